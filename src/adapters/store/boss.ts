/** pg-boss on our connections: its tables, its queues and how often each job is tried. It runs nothing by itself. */
import PgBoss from "pg-boss";
import type { Database } from "./database.ts";
import { JOB_NAMES, type JobName } from "./jobs.ts";
import type { Db } from "./rows.ts";

export const SCHEMA = "pgboss";
/** The queue of jobs that failed for good. */
export const DEAD = "dead-letter";

interface Plan {
  readonly retries: number;
  /** First pause in seconds; it doubles, with jitter. */
  readonly delay: number;
}

const PLANS: { readonly [Name in JobName]: Plan } = {
  "receive-delivery": { retries: 8, delay: 2 },
  "scan-repository": { retries: 5, delay: 5 },
  "propose-fix": { retries: 5, delay: 5 },
  decide: { retries: 8, delay: 2 },
  "apply-change": { retries: 3, delay: 5 },
  "verify-change": { retries: 5, delay: 5 },
  "send-message": { retries: 5, delay: 2 },
  recover: { retries: 0, delay: 1 },
  "schedule-tick": { retries: 0, delay: 1 },
};

export async function openBoss(
  database: Database,
  leaseSeconds: number,
  onError: (error: unknown) => void,
): Promise<PgBoss> {
  const boss = new PgBoss({
    // Whole transactions come as one text; where one fails, the pool throws its connection away.
    db: { executeSql: (text, values) => database.pool.query(text, values) },
    schema: SCHEMA,
    schedule: false,
    maintenanceIntervalSeconds: 300,
  });
  boss.on("error", (error) => onError(error));
  await alone(database, async () => {
    await boss.start();
    await createQueues(boss, leaseSeconds);
  });
  return boss;
}

/** Processes that open one database at the same moment take turns. PGlite has one process, and one connection. */
async function alone({ kind, pool }: Database, work: () => Promise<void>): Promise<void> {
  if (kind === "pglite") return work();
  const client = await pool.connect();
  try {
    await client.query("SELECT pg_advisory_lock(hashtext('draco.queue'))");
    try {
      await work();
    } finally {
      await client.query("SELECT pg_advisory_unlock(hashtext('draco.queue'))");
    }
  } finally {
    client.release();
  }
}

async function createQueues(boss: PgBoss, leaseSeconds: number): Promise<void> {
  const known = new Set((await boss.getQueues()).map(({ name }) => name));
  if (!known.has(DEAD)) await boss.createQueue(DEAD, { name: DEAD, retentionDays: 90 });
  for (const name of JOB_NAMES) {
    const { retries, delay } = PLANS[name];
    const queue: PgBoss.Queue = {
      name,
      policy: "short",
      retryLimit: retries,
      retryDelay: delay,
      retryBackoff: true,
      expireInSeconds: leaseSeconds,
      ...(retries > 0 && { deadLetter: DEAD }),
    };
    if (known.has(name)) await boss.updateQueue(name, queue);
    else await boss.createQueue(name, queue);
  }
}

/** pg-boss leaves out what it was not told; Prisma wants null. */
export async function inTransaction(tx: Db, text: string, values: unknown[]): Promise<{ rows: unknown[] }> {
  return { rows: await tx.$queryRawUnsafe<unknown[]>(text, ...values.map((value) => value ?? null)) };
}
