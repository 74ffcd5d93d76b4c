/**
 * Durable jobs on the same database (pg-boss): sent in the transaction of what they belong to, leased while they run,
 * tried again with growing pauses, set aside when nothing helps. pg-boss keeps the tables; the loop that runs jobs is
 * ours, since its own forgets to await what it writes and would take the process down with the database.
 */
import PgBoss from "pg-boss";
import type { Database } from "./database.ts";
import { JOB_NAMES, type JobName, type JobRequest, type Jobs } from "./jobs.ts";
import type { Db } from "./rows.ts";

/** A job is taken for lost when its worker has not renewed it for this long, unless told otherwise. */
const LEASE_SECONDS = 60;
const SCHEMA = "pgboss";
const DEAD = "dead-letter";

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

export interface JobContext {
  readonly id: string;
  /** 1 at the first try. */
  readonly attempt: number;
  readonly lastAttempt: boolean;
  /** Aborts when the lease was lost, or when a stop has waited long enough. */
  readonly signal: AbortSignal;
}

/** Thrown by a handler: not a failure, come back later (a rate limit, a lock held by another). */
export class Postpone extends Error {
  override readonly name = "Postpone";
  readonly until: Date;
  constructor(until: Date, why: string) {
    super(why);
    this.until = until;
  }
}

export type Handler<Name extends JobName> = (data: Jobs[Name], context: JobContext) => Promise<void>;

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

export interface Queue {
  /** Enqueues a job, in a transaction where one is given. Undefined: one like it is waiting already. */
  send(job: JobRequest, tx?: Db): Promise<string | undefined>;
  /** Looks for work at once, after a transaction that sent some has ended. */
  wake(): void;
  /** Takes jobs of this name, up to `concurrency` at a time in this process. */
  work<Name extends JobName>(name: Name, handler: Handler<Name>, options?: { readonly concurrency?: number }): void;
  /** Sends a job at every multiple of `seconds`, once over all processes. A missed one is not made up for. */
  every(seconds: number, job: JobRequest): void;
  depth(): Promise<{ readonly [Name in JobName]: Depth }>;
  /** Jobs that failed for good, newest first. */
  dead(limit?: number): Promise<readonly Dead[]>;
  /** Sends a dead job again. False: it is not there. */
  revive(id: string): Promise<boolean>;
  /** Deletes jobs, in whatever state, whose data match this regular expression of PostgreSQL; case does not matter. */
  forget(pattern: string, tx: Db): Promise<void>;
  /** Takes no more jobs, waits for the running ones, then tells them to stop. Whatever is not done runs again later. */
  stop(options?: { readonly timeoutMs?: number }): Promise<void>;
}

export interface QueueOptions {
  /** How often to look for work sent by other processes. */
  readonly pollMs?: number;
  /** How long a worker may be silent about a job until another takes it; 60 unless told, and the same for all processes. */
  readonly leaseSeconds?: number;
  /** Told of failed jobs and of a database that cannot be reached. */
  readonly onError?: (error: unknown, job?: { readonly name: JobName; readonly id: string }) => void;
}

interface Worker {
  readonly concurrency: number;
  readonly running: Set<Promise<void>>;
  readonly handle: (data: unknown, context: JobContext) => Promise<void>;
}

/** What is stored: the name too, since a dead letter would not know it otherwise. */
interface Envelope {
  readonly job: JobName;
  readonly data: unknown;
}

export async function openQueue(database: Database, options: QueueOptions = {}): Promise<Queue> {
  const { pool } = database;
  const onError = options.onError ?? (() => {});
  const leaseSeconds = options.leaseSeconds ?? LEASE_SECONDS;
  const sql = (text: string, values: unknown[] = []) => pool.query(text, values);
  const boss = new PgBoss({
    db: { executeSql: (text, values) => execute(database, text, values) },
    schema: SCHEMA,
    schedule: false,
    maintenanceIntervalSeconds: 300,
  });
  boss.on("error", (error) => onError(error));
  await alone(database, async () => {
    await boss.start();
    await createQueues(boss, leaseSeconds);
  });
  // The lock on its directory proves that whoever ran these is gone: no need to wait for their leases.
  if (database.kind === "pglite") {
    await sql(`UPDATE ${SCHEMA}.job SET state = 'retry', start_after = now() WHERE state = 'active'`);
  }

  const workers = new Map<JobName, Worker>();
  const tickers: { seconds: number; job: JobRequest; slot: number }[] = [];
  const aborters = new Set<AbortController>();
  let stopping = false;
  let pumping: Promise<void> | undefined;
  let again = false;
  let expiredAt = 0;

  const send: Queue["send"] = async (job, tx) => {
    const data: Envelope = { job: job.name, data: job.data };
    const id = await boss.send(job.name, data, {
      singletonKey: job.key ?? crypto.randomUUID(),
      ...(job.startAfter && { startAfter: job.startAfter }),
      ...(job.priority !== undefined && { priority: job.priority }),
      ...(tx && { db: { executeSql: (text: string, values: unknown[]) => inTransaction(tx, text, values) } }),
    });
    return id ?? undefined;
  };

  const run = async (worker: Worker, job: PgBoss.JobWithMetadata<Envelope>): Promise<void> => {
    const name = job.name as JobName;
    const aborter = new AbortController();
    aborters.add(aborter);
    const heartbeat = setInterval(() => {
      renewLease(database, job.name, job.id).then(
        (kept) => kept || aborter.abort(new Error("The job's lease was lost.")),
        (error) => onError(error, { name, id: job.id }),
      );
    }, leaseSeconds * 250);
    const context: JobContext = {
      id: job.id,
      attempt: job.retryCount + 1,
      lastAttempt: job.retryCount >= job.retryLimit,
      signal: aborter.signal,
    };
    try {
      await worker.handle(job.data.data, context);
      await boss.complete(name, job.id);
    } catch (error) {
      if (error instanceof Postpone) await postpone(database, job.id, error.until);
      else {
        onError(error, { name, id: job.id });
        await boss.fail(name, job.id, describe(error));
      }
    } finally {
      clearInterval(heartbeat);
      aborters.delete(aborter);
    }
  };

  const start = (worker: Worker, job: PgBoss.JobWithMetadata<Envelope>): void => {
    const running: Promise<void> = run(worker, job)
      // The job could not even be marked as failed: its lease will tell.
      .catch((error) => onError(error, { name: job.name as JobName, id: job.id }))
      .finally(() => {
        worker.running.delete(running);
        wake();
      });
    worker.running.add(running);
  };

  /** One look: give back what was lost, send what is due, start what is ready and has room. */
  const look = async (): Promise<void> => {
    const now = Date.now();
    if (now - expiredAt > leaseSeconds * 250) {
      expiredAt = now;
      await boss.expire();
    }
    for (const ticker of tickers) {
      const slot = Math.floor(now / 1000 / ticker.seconds);
      if (slot === ticker.slot) continue;
      await boss.send(
        ticker.job.name,
        { job: ticker.job.name, data: ticker.job.data },
        { singletonSeconds: ticker.seconds },
      );
      ticker.slot = slot;
    }
    const free = [...workers].filter(([, worker]) => worker.running.size < worker.concurrency).map(([name]) => name);
    if (free.length === 0) return;
    const { rows } = await sql(
      `SELECT DISTINCT name FROM ${SCHEMA}.job WHERE name = ANY($1) AND state < 'active' AND start_after < now()`,
      [free],
    );
    for (const { name } of rows as { name: JobName }[]) {
      const worker = workers.get(name);
      if (!worker || stopping) continue;
      const room = worker.concurrency - worker.running.size;
      const jobs = await boss.fetch<Envelope>(name, { batchSize: room, includeMetadata: true });
      for (const job of jobs) start(worker, job);
    }
  };

  const pump = async (): Promise<void> => {
    do {
      again = false;
      await look().catch((error) => onError(error));
    } while (again && !stopping);
  };

  function wake(): void {
    if (stopping) return;
    again = true;
    pumping ??= pump().finally(() => {
      pumping = undefined;
    });
  }

  const poll = setInterval(wake, options.pollMs ?? 1000);

  return {
    async send(job, tx) {
      const id = await send(job, tx);
      if (!tx) wake();
      return id;
    },
    wake,
    work(name, handler, { concurrency = 1 } = {}) {
      if (workers.has(name)) throw new Error(`Two handlers for ${name}.`);
      workers.set(name, {
        concurrency,
        running: new Set(),
        handle: (data, context) => handler(data as Jobs[typeof name], context),
      });
      wake();
    },
    every(seconds, job) {
      tickers.push({ seconds, job, slot: Math.floor(Date.now() / 1000 / seconds) });
    },
    depth: () => depths(database),
    async dead(limit = 100) {
      const { rows } = await sql(
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
    },
    async revive(id) {
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
        if (envelope) wake();
        return envelope !== undefined;
      } catch (error) {
        await client.query("ROLLBACK");
        throw error;
      } finally {
        client.release();
      }
    },
    async forget(pattern, tx) {
      for (const table of ["job", "archive"]) {
        await tx.$executeRawUnsafe(`DELETE FROM ${SCHEMA}.${table} WHERE data::text ~* $1`, pattern);
      }
    },
    async stop({ timeoutMs = 30_000 } = {}) {
      if (stopping) return;
      stopping = true;
      clearInterval(poll);
      await pumping;
      const running = [...workers.values()].flatMap((worker) => [...worker.running]);
      const drained = Promise.allSettled(running);
      if (!(await within(timeoutMs, drained))) {
        for (const aborter of aborters) aborter.abort(new Error("Draco is stopping."));
        await within(2_000, drained);
      }
      await boss.stop({ graceful: false, close: false, wait: false });
    },
  };
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

/** pg-boss brings whole transactions as one text: where one fails, its connection must not go back in the middle of it. */
async function execute({ pool }: Database, text: string, values: unknown[]): Promise<{ rows: unknown[] }> {
  const client = await pool.connect();
  try {
    return await client.query(text, values);
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {}); // the connection is gone: the pool sees that by itself
    throw error;
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

/** pg-boss counts a lease from when the job was started: moving that is renewing it. */
async function renewLease({ pool }: Database, name: string, id: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE ${SCHEMA}.job SET started_on = now() WHERE name = $1 AND id = $2 AND state = 'active'`,
    [name, id],
  );
  return rowCount === 1;
}

/** Back to waiting, at the same attempt as before. */
async function postpone({ pool }: Database, id: string, until: Date): Promise<void> {
  // pg-boss counts a try when it fetches a job that was started before: this one was not.
  await pool.query(
    `UPDATE ${SCHEMA}.job SET state = 'retry', start_after = $2, started_on = NULL WHERE id = $1 AND state = 'active'`,
    [id, until],
  );
}

async function depths({ pool }: Database): Promise<{ readonly [Name in JobName]: Depth }> {
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

/** pg-boss leaves out what it was not told; Prisma wants null. */
async function inTransaction(tx: Db, text: string, values: unknown[]): Promise<{ rows: unknown[] }> {
  return { rows: await tx.$queryRawUnsafe<unknown[]>(text, ...values.map((value) => value ?? null)) };
}

const describe = (error: unknown): object =>
  error instanceof Error
    ? { name: error.name, message: error.message, stack: error.stack }
    : { message: String(error) };

async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
