import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createStore, type TestStore } from "../../support/database.ts";

describe("the outbox", () => {
  let test: TestStore;
  let key = 0;
  beforeAll(async () => {
    test = await createStore();
  }, 60_000);
  afterAll(async () => test?.close());

  const message = (idempotencyKey: string) =>
    ({ idempotencyKey, channel: "sms", payload: { to: "+41790000000", body: "nul \u0000 here" } }) as const;
  const add = async (): Promise<string> => (await test.store.outbox.add(message(`key-${++key}`))).id;
  const waiting = async () => (await test.queue.depth())["send-message"].waiting;

  it("takes a message with its job, once for each key", async () => {
    const before = await waiting();
    const first = await test.store.outbox.add(message("same"));
    const again = await test.store.outbox.add(message("same"));
    expect([first.outcome, again]).toEqual(["new", { id: first.id, outcome: "duplicate" }]);
    expect(await waiting()).toBe(before + 1);
    expect(await test.store.outbox.get(first.id)).toMatchObject({
      state: "pending",
      attempts: 0,
      payload: { body: "nul \ufffd here" },
    });
  });

  it("keeps nothing of a message whose job cannot be sent", async () => {
    await test.database.pool.query("ALTER TABLE pgboss.job RENAME TO job_gone");
    try {
      await expect(test.store.outbox.add(message("lost"))).rejects.toThrow();
    } finally {
      await test.database.pool.query("ALTER TABLE pgboss.job_gone RENAME TO job");
    }
    expect((await test.store.outbox.add(message("lost"))).outcome).toBe("new");
  });

  it("hands a message to one of many senders", async () => {
    const id = await add();
    const claims = await Promise.all(Array.from({ length: 8 }, () => test.store.outbox.claim(id)));
    expect(claims.filter((claim) => claim !== undefined)).toMatchObject([{ id, state: "sending", attempts: 1 }]);
    await test.store.outbox.sent(id, `SM${id}`);
    expect(await test.store.outbox.claim(id)).toBeUndefined();
    expect(await test.store.outbox.byProviderId(`SM${id}`)).toMatchObject({
      id,
      state: "sent",
      sentAt: test.clock.now,
    });
  });

  it("never hands out again what a sender died over, and lists it for somebody to decide", async () => {
    const id = await add();
    await test.store.outbox.claim(id, 60_000);
    expect((await test.store.outbox.undecided()).map((each) => each.id)).not.toContain(id);
    test.clock.advance(61_000);
    expect((await test.store.outbox.undecided()).map((each) => each.id)).toContain(id);
    expect(await test.store.outbox.claim(id)).toBeUndefined();
  });

  it("tries a refused message again, later each time, and at last no more", async () => {
    const id = await add();
    const pauses: (number | undefined)[] = [];
    for (let n = 1; n <= 8; n++) {
      expect(await test.store.outbox.claim(id)).toMatchObject({ attempts: n });
      const again = await test.store.outbox.failed(id, `refused ${n}`);
      pauses.push(again && (again.getTime() - test.clock.now.getTime()) / 1000);
    }
    expect(pauses).toEqual([10, 20, 40, 80, 160, 320, 640, undefined]);
    expect(await test.store.outbox.get(id)).toMatchObject({ state: "failed", lastError: "refused 8" });
    expect(await test.store.outbox.claim(id)).toBeUndefined();
  });

  it("has a new job waiting for each try that is to come, and none after a final refusal", async () => {
    const id = await add();
    const jobs = async (): Promise<number> => {
      const { rows } = await test.database.pool.query(
        "SELECT count(*)::int AS n FROM pgboss.job WHERE data->'data'->>'outboxId' = $1 AND state < 'active'",
        [id],
      );
      return rows[0].n;
    };
    await test.database.pool.query("UPDATE pgboss.job SET state = 'active' WHERE data->'data'->>'outboxId' = $1", [id]);
    await test.store.outbox.claim(id);
    await test.store.outbox.failed(id, "away");
    expect(await jobs()).toBe(1);
    await test.database.pool.query("UPDATE pgboss.job SET state = 'completed' WHERE data->'data'->>'outboxId' = $1", [
      id,
    ]);
    await test.store.outbox.claim(id);
    expect(await test.store.outbox.failed(id, "no such number", { final: true })).toBeUndefined();
    expect(await jobs()).toBe(0);
  });
});
