import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createStore, hasServer, type TestStore } from "../../support/database.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const onServer = hasServer() ? describe : describe.skip;

onServer("several workers at once, on a server", () => {
  let test: TestStore;
  let workers: Pick<TestStore, "store">[];
  beforeAll(async () => {
    test = await createStore("postgres");
    workers = [test, await test.another(), await test.another()];
  }, 60_000);
  afterAll(async () => test?.close());

  const draft = (fingerprint: string, quorum = 1) => ({
    repository: 1,
    kind: "code" as const,
    title: "t",
    root: "",
    fingerprints: [fingerprint],
    engine: "terraform" as const,
    risk: "in-place" as const,
    quorum,
    actor: "system",
  });

  it("open one change for one finding, count each approval once, apply exactly once, and keep the history whole", async () => {
    const made = await Promise.all(workers.map(({ store }) => store.changes.create(draft("f1", 2))));
    expect(new Set(made.map(({ change }) => change.id)).size).toBe(1);
    expect(made.filter(({ created }) => created)).toHaveLength(1);
    const id = made[0]?.change.id ?? "";
    const system = { actor: "system", surface: "system" } as const;
    await test.store.changes.transition({ ...system, changeId: id, event: { type: "propose" } });
    const expiresAt = new Date(test.clock.now.getTime() + 60_000);
    await test.store.changes.transition({
      ...system,
      changeId: id,
      event: { type: "show", digest: DIGEST, expiresAt },
    });

    const people = await Promise.all([1, 2].map((n) => test.store.actors.ensure({ githubId: n, login: `p${n}` })));
    const said = await Promise.all(
      workers.flatMap(({ store }) =>
        people.map(({ id: actor }) =>
          store.changes.transition({
            changeId: id,
            event: { type: "approve", digest: DIGEST, actor, surface: "command" },
            actor,
            surface: "command",
          }),
        ),
      ),
    );
    expect(said.filter((outcome) => outcome.ok)).toHaveLength(2);
    const begun = await Promise.all(
      workers.flatMap(({ store }, n) => [1, 2, 3].map(() => store.applies.begin(id, DIGEST, `worker-${n}`, 60_000))),
    );
    expect(begun.filter((outcome) => outcome.ok)).toHaveLength(1);
    expect((await test.store.history.of(id)).map((entry) => entry.event)).toEqual([
      "detect",
      "propose",
      "show",
      "approve",
      "approve",
      "begin-apply",
    ]);
    expect(await test.store.history.verify()).toMatchObject([{ ok: true, chain: "repository:1" }]);
  }, 60_000);

  it("hold a lock one at a time, with a token that grows", async () => {
    const taken = await Promise.all(workers.map(({ store }, n) => store.locks.acquire("state", `w${n}`, 1_000)));
    const [lease] = taken.filter((each) => each !== undefined);
    expect(taken.filter((each) => each !== undefined)).toHaveLength(1);
    test.clock.advance(2_000);
    const next = await test.store.locks.acquire("state", "another", 1_000);
    expect(next && lease && next.token > lease.token).toBe(true);
    expect(lease && (await test.store.locks.renew(lease, 1_000))).toBe(false);
  });

  it("cannot change history, and show it when the database itself was made to", async () => {
    await expect(test.database.pool.query("UPDATE change_history SET actor = 'eve'")).rejects.toThrow(/append-only/);
    await expect(test.database.pool.query("DELETE FROM change_history")).rejects.toThrow(/append-only/);
    await expect(test.database.pool.query("TRUNCATE change_history")).rejects.toThrow(/append-only/);
    const checkpoints = await test.store.history.checkpoint();
    await test.database.pool.query("ALTER TABLE change_history DISABLE TRIGGER USER");
    await test.database.pool.query("DELETE FROM change_history WHERE seq = (SELECT max(seq) FROM change_history)");
    expect(await test.store.history.verify()).toMatchObject([
      { ok: false, reason: expect.stringContaining("cut off") },
    ]);
    await test.database.pool.query(
      "UPDATE history_heads h SET seq = c.seq, hash = c.hash FROM (SELECT seq, hash FROM change_history ORDER BY seq DESC LIMIT 1) c",
    );
    expect(await test.store.history.verify()).toMatchObject([{ ok: true }]);
    expect(await test.store.history.verify({ checkpoints })).toMatchObject([{ ok: false }]);
  });
});
