/**
 * Durable jobs on the same database (pg-boss): sent in the transaction of what they belong to, leased while they run,
 * tried again with growing pauses, set aside when nothing helps. pg-boss keeps the tables; the loop that runs jobs is
 * ours, since its own forgets to await what it writes and would take the process down with the database.
 */
import type PgBoss from "pg-boss";
import { inTransaction, openBoss, SCHEMA } from "./boss.ts";
import type { Database } from "./database.ts";
import type { JobName, JobRequest, Jobs } from "./jobs.ts";
import {
  type Dead,
  type Depth,
  deadJobs,
  depths,
  type Envelope,
  postpone,
  renewLease,
  reviveDead,
} from "./queue-rows.ts";
import type { Db } from "./rows.ts";

export type { Dead, Depth } from "./queue-rows.ts";

/** A job is taken for lost when its worker has not renewed it for this long, unless told otherwise. */
const LEASE_SECONDS = 60;

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

export async function openQueue(database: Database, options: QueueOptions = {}): Promise<Queue> {
  const { pool } = database;
  const onError = options.onError ?? (() => {});
  const leaseSeconds = options.leaseSeconds ?? LEASE_SECONDS;
  const sql = (text: string, values: unknown[] = []) => pool.query(text, values);
  const boss = await openBoss(database, leaseSeconds, onError);
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
    dead: (limit = 100) => deadJobs(database, limit),
    async revive(id) {
      const revived = await reviveDead(database, boss, id);
      if (revived) wake();
      return revived;
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
