/** What the queue asks of pg-boss's tables besides pg-boss itself: leases, dead letters, how much waits. */
import type PgBoss from "pg-boss";
import { DEAD, SCHEMA } from "./boss.ts";
import type { Database } from "./database.ts";
import { JOB_NAMES, type JobName } from "./jobs.ts";

export interface Dead {
  readonly id: string;
  readonly name: JobName;
  readonly data: unknown;
  readonly error: string;
  readonly at: Date;
}

export interface Depth {
  readonly waiting: number;
  readonly active: number;
  readonly dead: number;
}

/** What is stored: the name too, since a dead letter would not know it otherwise. */
export interface Envelope {
  readonly job: JobName;
  readonly data: unknown;
}

/** pg-boss counts a lease from when the job was started: moving that is renewing it. */
export async function renewLease({ pool }: Database, name: string, id: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE ${SCHEMA}.job SET started_on = now() WHERE name = $1 AND id = $2 AND state = 'active'`,
    [name, id],
  );
  return rowCount === 1;
}

/** Back to waiting, at the same attempt as before. */
export async function postpone({ pool }: Database, id: string, until: Date): Promise<void> {
  // pg-boss counts a try when it fetches a job that was started before: this one was not.
  await pool.query(
    `UPDATE ${SCHEMA}.job SET state = 'retry', start_after = $2, started_on = NULL WHERE id = $1 AND state = 'active'`,
    [id, until],
  );
}

export async function depths({ pool }: Database): Promise<{ readonly [Name in JobName]: Depth }> {
  const { rows } = await pool.query<{ name: JobName; waiting: string; active: string; dead: string }>(
    `SELECT coalesce(CASE WHEN name = $1 THEN data->>'job' END, name) AS name,
            count(*) FILTER (WHERE state < 'active' AND name <> $1) AS waiting,
            count(*) FILTER (WHERE state = 'active') AS active,
            count(*) FILTER (WHERE state < 'active' AND name = $1) AS dead
     FROM ${SCHEMA}.job GROUP BY 1`,
    [DEAD],
  );
  const counted = new Map(rows.map((row) => [row.name, row]));
  const entries = JOB_NAMES.map((name) => {
    const row = counted.get(name);
    const depth: Depth = {
      waiting: Number(row?.waiting ?? 0),
      active: Number(row?.active ?? 0),
      dead: Number(row?.dead ?? 0),
    };
    return [name, depth] as const;
  });
  return Object.fromEntries(entries) as { readonly [Name in JobName]: Depth };
}

/** Jobs that failed for good, newest first. */
export async function deadJobs({ pool }: Database, limit: number): Promise<readonly Dead[]> {
  const { rows } = await pool.query(
    `SELECT id, data, output, created_on FROM ${SCHEMA}.job
     WHERE name = $1 AND state < 'active' ORDER BY created_on DESC LIMIT $2`,
    [DEAD, limit],
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.data.job,
    data: row.data.data,
    error: row.output?.message ?? "unknown",
    at: row.created_on,
  }));
}

/** Takes a dead letter away and sends its job, both or neither. False: it is not there. */
export async function reviveDead({ pool }: Database, boss: PgBoss, id: string): Promise<boolean> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const { rows } = await client.query(
      `DELETE FROM ${SCHEMA}.job WHERE name = $1 AND id = $2 AND state < 'active' RETURNING data`,
      [DEAD, id],
    );
    const envelope: Envelope | undefined = rows[0]?.data;
    if (envelope) {
      await boss.send(envelope.job, envelope, {
        singletonKey: crypto.randomUUID(),
        db: { executeSql: (text, values) => client.query(text, values) },
      });
    }
    await client.query("COMMIT");
    return envelope !== undefined;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}
