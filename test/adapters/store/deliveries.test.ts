import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { availableKinds, createStore, type TestStore } from "../../support/database.ts";

describe.each(availableKinds())("deliveries on %s", (kind) => {
  let test: TestStore;
  beforeAll(async () => {
    test = await createStore(kind);
  }, 60_000);
  afterAll(async () => test?.close());

  const delivery = (guid: string) => ({
    guid,
    event: "push",
    installationId: 1,
    repositoryId: 1,
    payload: { ref: "refs/heads/main", text: "nul \u0000 here", deep: [{ "k\u0000ey": "\\u0000 typed out" }] },
  });
  const waiting = async () => (await test.queue.depth())["receive-delivery"].waiting;

  it("are stored with their job, once", async () => {
    const before = await waiting();
    expect(await test.store.deliveries.accept(delivery("g1"))).toBe("new");
    expect(await test.store.deliveries.accept(delivery("g1"))).toBe("duplicate");
    expect(await waiting()).toBe(before + 1);
    expect(await test.store.deliveries.get("g1")).toMatchObject({
      event: "push",
      repositoryId: 1,
      payload: { ref: "refs/heads/main", text: "nul \ufffd here" },
    });
  });

  it("are new to one of many who bring the same at the same time", async () => {
    const before = await waiting();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => test.store.deliveries.accept(delivery("g2"))));
    expect(outcomes.filter((outcome) => outcome === "new")).toHaveLength(1);
    expect(await waiting()).toBe(before + 1);
  });

  it("are not stored when their job cannot be sent, so that GitHub keeps them as failed", async () => {
    await test.database.pool.query("ALTER TABLE pgboss.job RENAME TO job_gone");
    try {
      await expect(test.store.deliveries.accept(delivery("g3"))).rejects.toThrow();
    } finally {
      await test.database.pool.query("ALTER TABLE pgboss.job_gone RENAME TO job");
    }
    expect(await test.store.deliveries.get("g3")).toBeUndefined();
    expect(await test.store.deliveries.accept(delivery("g3"))).toBe("new");
  });

  it("that nobody finished are found again, and those that were never received", async () => {
    await test.store.deliveries.accept(delivery("g4"));
    await test.store.deliveries.accept(delivery("g5"));
    await test.store.deliveries.finish("g5");
    test.clock.advance(60_000);
    const unfinished = await test.store.deliveries.unfinished(test.clock.now);
    expect(unfinished.map(({ guid }) => guid)).toContain("g4");
    expect(unfinished.map(({ guid }) => guid)).not.toContain("g5");
    expect(await test.store.deliveries.missing(["g4", "g99"])).toEqual(["g99"]);
    expect(await test.store.deliveries.forget(test.clock.now)).toBe(1);
    expect(await test.store.deliveries.get("g5")).toBeUndefined();
  });
});
