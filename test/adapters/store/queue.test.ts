import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { openQueue, Postpone, type Queue, type QueueOptions } from "../../../src/adapters/store/queue.ts";
import { availableKinds, createDatabase, createStore, hasServer, type TestDatabase } from "../../support/database.ts";

const eventually = async (check: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> => {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(25)) if (await check()) return;
  throw new Error("This did not come true in time.");
};

describe.each(availableKinds())("the queue on %s", (kind) => {
  let test: TestDatabase;
  let open: Queue | undefined;
  beforeAll(async () => {
    test = await createDatabase(kind);
  }, 60_000);
  afterAll(async () => test?.close());
  const begin = async (options: QueueOptions = {}): Promise<Queue> => {
    open = await openQueue(test.database, { pollMs: 50, ...options });
    return open;
  };
  afterEach(async () => {
    await open?.stop({ timeoutMs: 1_000 });
    open = undefined;
    await test.database.pool.query("DELETE FROM pgboss.job");
  });

  /** As it is, but without the pauses before another try. */
  const withoutPauses = (sets = "") =>
    test.database.pool.query(`UPDATE pgboss.queue SET retry_delay = 0, retry_backoff = false${sets}`);

  it("hands a job's data to its handler, and is empty afterwards", async () => {
    const queue = await begin();
    const seen: unknown[] = [];
    queue.work("apply-change", async (data, { attempt }) => void seen.push([data, attempt]));
    await queue.send({ name: "apply-change", data: { changeId: "c1" } });
    await eventually(() => seen.length === 1);
    expect(seen).toEqual([[{ changeId: "c1" }, 1]]);
    await eventually(async () => (await queue.depth())["apply-change"].active === 0);
    expect((await queue.depth())["apply-change"]).toEqual({ waiting: 0, active: 0, dead: 0 });
  });

  it("keeps one of two waiting jobs with the same key, and both with different ones", async () => {
    const queue = await begin();
    const job = (changeId: string, key?: string) =>
      ({ name: "verify-change", data: { changeId }, ...(key && { key }) }) as const;
    expect(await queue.send(job("c1", "c1"))).toBeDefined();
    expect(await queue.send(job("c1", "c1"))).toBeUndefined();
    expect(await queue.send(job("c2", "c2"))).toBeDefined();
    expect(await queue.send(job("c3"))).toBeDefined();
    expect(await queue.send(job("c3"))).toBeDefined();
    expect((await queue.depth())["verify-change"].waiting).toBe(4);
  });

  it("tries again after a failure, with a pause, and takes no other job down with it", async () => {
    const errors: unknown[] = [];
    const queue = await begin({ onError: (error) => errors.push(error) });
    const attempts: number[] = [];
    const others: string[] = [];
    queue.work("send-message", async (_, { attempt }) => {
      attempts.push(attempt);
      if (attempt === 1) throw new Error("the provider is away");
    });
    queue.work("decide", async (data) => void others.push(data.source));
    await queue.send({ name: "send-message", data: { outboxId: "o1" } });
    await queue.send({ name: "decide", data: { surface: "sms", source: "s1", what: { kind: "sms", sid: "s1" } } });
    await eventually(() => attempts.length === 2, 15_000);
    expect(attempts).toEqual([1, 2]);
    expect(others).toEqual(["s1"]);
    expect(errors).toMatchObject([{ message: "the provider is away" }]);
  }, 30_000);

  it("sets aside what fails for good, from where a person can send it again", async () => {
    const queue = await begin();
    let broken = true;
    const done: string[] = [];
    await withoutPauses(", retry_limit = 0");
    queue.work("apply-change", async ({ changeId }, { lastAttempt }) => {
      expect(lastAttempt).toBe(true);
      if (broken) throw new Error("no way");
      done.push(changeId);
    });
    await queue.send({ name: "apply-change", data: { changeId: "c9" } });
    await eventually(async () => (await queue.dead()).length === 1);
    const [dead] = await queue.dead();
    expect(dead).toMatchObject({ name: "apply-change", data: { changeId: "c9" }, error: "no way" });
    expect((await queue.depth())["apply-change"].dead).toBe(1);
    broken = false;
    expect(await queue.revive(dead?.id ?? "")).toBe(true);
    expect(await queue.revive(dead?.id ?? "")).toBe(false);
    await eventually(() => done.length === 1);
    expect(done).toEqual(["c9"]);
    expect(await queue.dead()).toEqual([]);
  });

  it("does not count a job that was put off as failed", async () => {
    const queue = await begin();
    const attempts: number[] = [];
    queue.work("decide", async (_, { attempt }) => {
      attempts.push(attempt);
      if (attempts.length < 3) throw new Postpone(new Date(Date.now() + 50), "a rate limit");
    });
    await queue.send({ name: "decide", data: { surface: "sms", source: "s", what: { kind: "sms", sid: "s" } } });
    await eventually(() => attempts.length === 3);
    expect(attempts).toEqual([1, 1, 1]);
  });

  it("runs jobs of one name side by side up to the limit, and no further", async () => {
    const queue = await begin();
    let now = 0;
    let most = 0;
    let done = 0;
    queue.work(
      "scan-repository",
      async () => {
        most = Math.max(most, ++now);
        await sleep(100);
        now--;
        done++;
      },
      { concurrency: 3 },
    );
    for (let i = 0; i < 9; i++) await queue.send({ name: "scan-repository", data: { repository: i, trigger: "push" } });
    await eventually(() => done === 9);
    expect(most).toBe(3);
  });

  it("finishes what it has begun when it is stopped, and leaves the rest", async () => {
    const queue = await begin();
    const done: string[] = [];
    let started = 0;
    queue.work("verify-change", async ({ changeId }) => {
      started++;
      await sleep(300);
      done.push(changeId);
    });
    await queue.send({ name: "verify-change", data: { changeId: "c1" } });
    await queue.send({ name: "verify-change", data: { changeId: "c2" } });
    await eventually(() => started === 1);
    await queue.stop();
    expect(done).toEqual(["c1"]);
    await sleep(300);
    expect(started).toBe(1);
    const { rows } = await test.database.pool.query(
      "SELECT state, count(*)::int AS n FROM pgboss.job WHERE name = 'verify-change' GROUP BY 1 ORDER BY 1",
    );
    expect(rows).toEqual([
      { state: "created", n: 1 },
      { state: "completed", n: 1 },
    ]);
  });

  it("tells a job that will not end to stop", async () => {
    const queue = await begin();
    let aborted = false;
    let started = false;
    queue.work("verify-change", async (_, { signal }) => {
      started = true;
      await new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => {
          aborted = true;
          resolve();
        });
      });
    });
    await queue.send({ name: "verify-change", data: { changeId: "c1" } });
    await eventually(() => started);
    await queue.stop({ timeoutMs: 100 });
    expect(aborted).toBe(true);
  });

  it("survives a database that is away for a while, also in the middle of a transaction", async () => {
    const errors: unknown[] = [];
    // A short lease has every look begin with pg-boss's own transaction, which fails half-way here.
    const queue = await begin({ onError: (error) => errors.push(error), leaseSeconds: 1 });
    await withoutPauses();
    const done: string[] = [];
    queue.work("verify-change", async ({ changeId }) => {
      if (done.push(changeId) > 1) return;
      await test.database.pool.query("ALTER TABLE pgboss.job RENAME TO job_gone");
    });
    await queue.send({ name: "verify-change", data: { changeId: "c1" } });
    await eventually(() => errors.length > 20);
    await test.database.pool.query("ALTER TABLE pgboss.job_gone RENAME TO job");
    expect(await queue.send({ name: "recover", data: {} })).toBeDefined();
    expect((await queue.depth()).recover.waiting).toBe(1);
    const unmarked = done.length;
    await eventually(() => done.length > unmarked, 15_000);
  }, 30_000);

  it("takes up what a killed worker left behind", async () => {
    const queue = await begin({ leaseSeconds: 1 });
    await withoutPauses();
    await queue.send({ name: "apply-change", data: { changeId: "c1" } });
    // A worker that took the job and was never heard of again.
    await test.database.pool.query(
      "UPDATE pgboss.job SET state = 'active', started_on = now() WHERE name = 'apply-change'",
    );
    const attempts: number[] = [];
    queue.work("apply-change", async (_, { attempt }) => void attempts.push(attempt));
    expect(attempts).toEqual([]);
    await eventually(() => attempts.length === 1, 20_000);
    expect(attempts).toEqual([2]);
  }, 30_000);

  it("leaves a job to the worker that keeps saying that it runs", async () => {
    const queue = await begin({ leaseSeconds: 1 });
    const attempts: number[] = [];
    let ended = false;
    queue.work(
      "scan-repository",
      async (_, { attempt, signal }) => {
        attempts.push(attempt);
        await sleep(2_500);
        ended = !signal.aborted;
      },
      { concurrency: 2 },
    );
    await queue.send({ name: "scan-repository", data: { repository: 1, trigger: "push" } });
    await eventually(() => ended);
    expect(attempts).toEqual([1]);
  });
});

describe("many workers on one server", () => {
  const server = hasServer() ? it : it.skip;

  server(
    "share the work: every job is done once",
    async () => {
      const test = await createStore("postgres");
      try {
        const workers = [test, await test.another(), await test.another(), await test.another()];
        const done: string[] = [];
        const by = workers.map(() => 0);
        workers.forEach(({ queue }, index) => {
          queue.work(
            "verify-change",
            async ({ changeId }) => {
              await sleep(5);
              done.push(changeId);
              by[index] = (by[index] ?? 0) + 1;
            },
            { concurrency: 4 },
          );
        });
        const ids = Array.from({ length: 200 }, (_, i) => `c${i}`);
        await Promise.all(
          ids.map((changeId) => test.queue.send({ name: "verify-change", data: { changeId }, key: changeId })),
        );
        await eventually(() => done.length >= 200, 20_000);
        await sleep(300);
        expect(done.toSorted()).toEqual(ids.toSorted());
        expect(by.every((count) => count > 0)).toBe(true);
      } finally {
        await test.close();
      }
    },
    60_000,
  );

  server(
    "tick once, however many clocks there are",
    async () => {
      const test = await createStore("postgres");
      try {
        const workers = [test, await test.another(), await test.another()];
        for (const { queue } of workers) queue.every(1, { name: "schedule-tick", data: {} });
        const start = Math.floor(Date.now() / 1000);
        await sleep(2_500);
        const { rows } = await test.database.pool.query(
          "SELECT count(*)::int AS n, count(DISTINCT singleton_on)::int AS slots FROM pgboss.job WHERE name = 'schedule-tick'",
        );
        const seconds = Math.floor(Date.now() / 1000) - start;
        expect(rows[0].n).toBe(rows[0].slots);
        // "short" keeps one waiting tick: nobody works here, so the first one still waits.
        expect(rows[0].n).toBeGreaterThanOrEqual(1);
        expect(rows[0].n).toBeLessThanOrEqual(seconds + 1);
      } finally {
        await test.close();
      }
    },
    60_000,
  );

  server(
    "can be opened by several processes at the same moment",
    async () => {
      const test = await createDatabase("postgres");
      try {
        const databases = await Promise.all([test.connect(), test.connect(), test.connect()]);
        const queues = await Promise.all(databases.map((database) => openQueue(database)));
        expect(await queues[0]?.send({ name: "recover", data: {} })).toBeDefined();
        await Promise.all(queues.map((queue) => queue.stop()));
      } finally {
        await test.close();
      }
    },
    60_000,
  );
});
