import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Change } from "../../../src/core/approve/change.ts";
import { availableKinds, createStore, type TestStore } from "../../support/database.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const OTHER = `sha256:${"b".repeat(64)}`;

describe.each(availableKinds())("changes on %s", (kind) => {
  let test: TestStore;
  let person: string;
  let finding = 0;
  beforeAll(async () => {
    test = await createStore(kind);
    person = (await test.store.actors.ensure({ githubId: 7, login: "ana" })).id;
  }, 60_000);
  afterAll(async () => test?.close());

  const system = { actor: "system", surface: "system" } as const;

  async function shown(options: { readonly quorum?: number; readonly contributors?: string[] } = {}): Promise<Change> {
    const { change } = await test.store.changes.create({
      repository: 1,
      kind: "code",
      title: "Close the bucket",
      root: "live",
      fingerprints: [`finding-${++finding}`],
      engine: "terraform",
      risk: "in-place",
      quorum: options.quorum ?? 1,
      contributors: options.contributors ?? [],
      actor: "system",
      patch: {
        edits: [{ file: "main.tf", start: 0, end: 3, text: "new" }],
        touches: ["a.b"],
        by: "fixer",
        risk: "in-place",
      },
    });
    await move(change.id, { type: "propose" });
    return move(change.id, { type: "show", digest: DIGEST, expiresAt: new Date(test.clock.now.getTime() + 3_600_000) });
  }
  async function move(changeId: string, event: Parameters<TestStore["store"]["changes"]["transition"]>[0]["event"]) {
    const outcome = await test.store.changes.transition({ ...system, changeId, event });
    if (!outcome.ok) throw new Error(`${outcome.code}: ${outcome.reason}`);
    return outcome.change;
  }
  const approve = (changeId: string, digest = DIGEST, actor = person) =>
    test.store.changes.transition({
      changeId,
      event: { type: "approve", digest, actor, surface: "command" },
      actor,
      surface: "command",
      source: "comment-1:1",
    });

  it("keeps what it was given", async () => {
    const change = await shown();
    const read = await test.store.changes.get(change.id);
    expect(read).toEqual(change);
    expect(read).toMatchObject({ state: "awaiting-approval", digest: DIGEST, repository: 1, patch: { by: "fixer" } });
    expect(read?.planId).toMatch(/^[0-9A-HJKMNP-TV-Z]{6}$/);
    expect(await test.store.changes.byPlanId(change.planId.toLowerCase())).toEqual(change);
  });

  it("opens one change for one problem", async () => {
    const change = await shown();
    const again = await test.store.changes.create({
      repository: 1,
      kind: "code",
      title: "The same",
      root: "live",
      fingerprints: ["something-else", ...change.fingerprints],
      engine: "none",
      risk: "in-place",
      quorum: 1,
      actor: "system",
    });
    expect(again).toMatchObject({ created: false, change: { id: change.id } });
  });

  it("records an approval, its history and the job to apply it together", async () => {
    const change = await shown();
    const before = (await test.queue.depth())["apply-change"].waiting;
    const outcome = await approve(change.id);
    expect(outcome).toMatchObject({ ok: true, from: "awaiting-approval", change: { state: "approved" } });
    expect(await test.store.approvals.standing(change.id, DIGEST)).toMatchObject([
      { actor: person, login: "ana", surface: "command" },
    ]);
    expect((await test.queue.depth())["apply-change"].waiting).toBe(before + 1);
    expect((await test.store.history.of(change.id)).map((entry) => [entry.event, entry.to, entry.login])).toEqual([
      ["detect", "detected", undefined],
      ["propose", "proposed", undefined],
      ["show", "awaiting-approval", undefined],
      ["approve", "approved", "ana"],
    ]);
  });

  it("refuses an approval of something else, and leaves no trace of it", async () => {
    const change = await shown();
    expect(await approve(change.id, OTHER)).toMatchObject({ ok: false, code: "stale-digest" });
    expect(await test.store.approvals.of(change.id)).toEqual([]);
    expect(await test.store.changes.get(change.id)).toEqual(change);
  });

  it("voids approvals when something new is shown, and does not take the old digest again", async () => {
    const change = await shown({ quorum: 2 });
    await approve(change.id);
    await move(change.id, { type: "show", digest: OTHER, expiresAt: new Date(test.clock.now.getTime() + 60_000) });
    expect(await test.store.approvals.of(change.id)).toMatchObject([
      { digest: DIGEST, voidReason: "something new was shown" },
    ]);
    expect(await approve(change.id)).toMatchObject({ ok: false, code: "stale-digest" });
  });

  it("applies a digest once: the second attempt is refused, and the history says who did it", async () => {
    const change = await shown();
    await approve(change.id);
    const begun = await test.store.applies.begin(change.id, DIGEST, "worker-1", 60_000);
    if (!begun.ok) throw new Error(begun.reason);
    expect(await test.store.applies.begin(change.id, DIGEST, "worker-2", 60_000)).toMatchObject({ ok: false });
    expect(await test.store.applies.renew(begun.attempt, 60_000)).toBe(true);
    expect(await test.store.applies.renew({ ...begun.attempt, token: begun.attempt.token - 1n }, 60_000)).toBe(false);
    const done = await test.store.applies.finish({
      attempt: begun.attempt,
      outcome: "applied",
      output: "Apply complete!\u0000",
    });
    expect(done).toMatchObject({ ok: true, change: { state: "applied", attempts: 1 } });
    expect(await test.store.applies.finish({ attempt: begun.attempt, outcome: "applied" })).toMatchObject({
      ok: false,
    });
    expect(await test.store.applies.of(change.id)).toMatchObject([{ outcome: "applied", worker: "worker-1" }]);
    await expect(
      test.store.changes.transition({
        ...system,
        changeId: change.id,
        event: { type: "show", digest: DIGEST, expiresAt: test.clock.now },
      }),
    ).resolves.toMatchObject({ ok: false });
  });

  it("takes an attempt whose worker is gone for interrupted, and never for applied", async () => {
    const change = await shown();
    await approve(change.id);
    const begun = await test.store.applies.begin(change.id, DIGEST, "worker-1", 60_000);
    if (!begun.ok) throw new Error(begun.reason);
    expect(await test.store.applies.interruptLapsed()).toEqual([]);
    test.clock.advance(61_000);
    expect(await test.store.applies.interruptLapsed()).toMatchObject([{ id: change.id, state: "interrupted" }]);
    expect(await test.store.applies.renew(begun.attempt, 60_000)).toBe(false);
    expect(await test.store.applies.finish({ attempt: begun.attempt, outcome: "applied" })).toMatchObject({
      code: "raced",
    });
    expect((await test.store.changes.get(change.id))?.state).toBe("interrupted");
  });

  it("writes nothing at all when the job cannot be sent", async () => {
    const change = await shown();
    const bad = { name: "no-such-queue", data: {} } as never;
    await test.database.pool.query("ALTER TABLE pgboss.queue RENAME TO queue_gone");
    try {
      await expect(approve(change.id)).rejects.toThrow();
      await expect(test.queue.send(bad)).rejects.toThrow();
    } finally {
      await test.database.pool.query("ALTER TABLE pgboss.queue_gone RENAME TO queue");
    }
    expect(await test.store.changes.get(change.id)).toEqual(change);
    expect(await test.store.approvals.of(change.id)).toEqual([]);
  });
});
