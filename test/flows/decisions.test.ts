import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { Refused, Unreachable } from "../../src/adapters/errors.ts";
import type { GitHub, PullRequest } from "../../src/adapters/github/types.ts";
import type { Terraform } from "../../src/adapters/terraform/types.ts";
import type { Change, Engine, PlanShown } from "../../src/core/approve/change.ts";
import { parsePolicy } from "../../src/core/approve/policy.ts";
import { applyChange, Busy } from "../../src/flows/apply-change.ts";
import { approveChange, shownDigest } from "../../src/flows/approve-change.ts";
import type { Deps } from "../../src/flows/deps.ts";
import { recover } from "../../src/flows/recover.ts";
import { createStore, type TestStore } from "../support/database.ts";
import { filesOnGitHub, flowDeps, openPull } from "../support/flow-deps.ts";

const HOUR = 3_600_000;
const HEAD = "b".repeat(40);
const ANA = { id: 7, login: "ana" };
const PLAN: PlanShown = {
  tool: "Terraform",
  version: "1.11",
  add: 0,
  change: 1,
  destroy: 0,
  text: "~ a.b",
  hash: "p1",
};

/** One test's GitHub: what stands there, and what was done to it. */
interface World {
  policy: string;
  pull: PullRequest;
  permission: "admin" | "write" | "read" | "none";
  readonly merged: string[];
}

let test: TestStore;
let world: World;
let scratch: string;
let changes = 0;
beforeAll(async () => {
  test = await createStore();
  scratch = await mkdtemp(join(tmpdir(), "draco-flows-"));
}, 60_000);
afterAll(async () => {
  await test?.close();
  await rm(scratch, { recursive: true, force: true });
});
beforeEach(() => {
  world = { policy: "version: 1\n", pull: openPull({ headSha: HEAD }), permission: "write", merged: [] };
});

const github = (over: Partial<GitHub> = {}): Partial<GitHub> => ({
  ...filesOnGitHub({ "main.tf": 'resource "terraform_data" "a" {}\n', ".github/draco.yml": world.policy }),
  getPullRequest: async () => world.pull,
  permissionOf: async () => world.permission,
  mergePullRequest: async (_, __, { expectedHeadSha }) => {
    world.merged.push(expectedHeadSha);
    world.pull = { ...world.pull, state: "merged", mergeCommitSha: "c".repeat(40) };
    return "c".repeat(40);
  },
  deliveries: async () => undefined,
  ...over,
});
const deps = (over: Partial<Deps> = {}) => flowDeps(test, github(), over);
const system = { actor: "system", surface: "system" } as const;

async function waiting(over: { engine?: Engine; contributors?: string[]; quorum?: number } = {}): Promise<Change> {
  const n = ++changes;
  const { engine = "none", contributors = [], quorum = 1 } = over;
  const { change } = await test.store.changes.create({
    repository: 1,
    kind: "code",
    title: "Close the bucket",
    root: "",
    fingerprints: [`f-${n}`],
    engine,
    risk: "in-place",
    quorum,
    contributors,
    baseSha: "a".repeat(40),
    actor: "system",
  });
  world.pull = { ...world.pull, number: n };
  const set = { pullNumber: n, headSha: HEAD, baseSha: "a".repeat(40), ...(engine === "terraform" && { plan: PLAN }) };
  const moved = await test.store.changes.transition({
    ...system,
    changeId: change.id,
    event: { type: "propose" },
    set,
  });
  if (!moved.ok) throw new Error(moved.reason);
  const digest = shownDigest(moved.change, HEAD, parsePolicy(world.policy).policy);
  const expiresAt = new Date(test.clock.now.getTime() + HOUR);
  const shown = await test.store.changes.transition({
    ...system,
    changeId: change.id,
    event: { type: "show", digest, expiresAt },
  });
  if (!shown.ok) throw new Error(shown.reason);
  return shown.change;
}
const say = (change: Change, user = ANA) => ({ change, user, surface: "command" as const, source: "comment:1" });
const stateOf = async (change: Change) => (await test.store.changes.get(change.id))?.state;
const said = async (change: Change) =>
  (await test.store.outbox.list({ changeId: change.id })).map((message) => String(message.payload.body));

describe("approving", () => {
  it("takes the word of somebody who may, for what stands there, and enqueues the apply", async () => {
    const change = await waiting();
    expect(await approveChange(deps(), say(change))).toMatchObject({ ok: true });
    expect(await stateOf(change)).toBe("approved");
    expect(await test.store.approvals.standing(change.id, change.digest ?? "")).toMatchObject([{ login: "ana" }]);
  });

  it("waits for as many as the policy wants, and counts nobody twice", async () => {
    world.policy = "version: 1\napprove: { quorum: 2 }\n";
    const change = await waiting({ quorum: 2 });
    expect(await approveChange(deps(), say(change))).toMatchObject({
      ok: true,
      text: expect.stringContaining("needs more"),
    });
    expect(await approveChange(deps(), say(change))).toMatchObject({ ok: false });
    expect(await stateOf(change)).toBe("awaiting-approval");
    expect(await approveChange(deps(), say(change, { id: 8, login: "bob" }))).toMatchObject({ ok: true });
    expect(await stateOf(change)).toBe("approved");
  });

  it("is refused while paused, and nothing changes", async () => {
    const change = await waiting();
    await test.store.settings.pause(1, "system");
    try {
      expect(await approveChange(deps(), say(change))).toMatchObject({
        ok: false,
        text: expect.stringContaining("paused"),
      });
    } finally {
      await test.store.settings.resume(1);
    }
    expect(await stateOf(change)).toBe("awaiting-approval");
  });

  it("is refused while the policy is broken, though it is an administrator who asks", async () => {
    const change = await waiting();
    world.policy = "version: 1\napprove: { quorum: many }\n";
    world.permission = "admin";
    expect(await approveChange(deps(), say(change))).toMatchObject({
      ok: false,
      text: expect.stringContaining("errors"),
    });
    expect(await stateOf(change)).toBe("awaiting-approval");
  });

  it("is refused to those who may not, asked of GitHub now", async () => {
    const change = await waiting();
    world.permission = "read";
    expect(await approveChange(deps(), say(change))).toMatchObject({ ok: false });
    const unknown = deps();
    const away = {
      ...unknown,
      github: { ...github(), permissionOf: () => Promise.reject(new Unreachable("GitHub", "away")) } as GitHub,
    };
    await expect(approveChange(away, say(change))).rejects.toThrow(Unreachable);
    expect(await test.store.approvals.of(change.id)).toEqual([]);
  });

  it.each([
    ["the head moved", () => ({ pull: { ...world.pull, headSha: "d".repeat(40) } })],
    ["the policy changed", () => ({ policy: "version: 1\napprove: { validFor: 60 }\n" })],
  ])("is refused when %s since it was shown, and what was shown is void", async (_, move) => {
    const change = await waiting();
    Object.assign(world, move());
    expect(await approveChange(deps(), say(change))).toMatchObject({
      ok: false,
      text: expect.stringContaining("no longer what was shown"),
    });
    expect(await stateOf(change)).toBe("stale");
  });

  it("is refused to who contributed, for another digest, and after its time", async () => {
    const ana = await test.store.actors.ensure({ githubId: ANA.id, login: ANA.login });
    const own = await waiting({ contributors: [ana.id] });
    expect(await approveChange(deps(), say(own))).toMatchObject({
      ok: false,
      text: expect.stringContaining("contributed"),
    });
    const change = await waiting();
    expect(await approveChange(deps(), say(change), `sha256:${"0".repeat(64)}`)).toMatchObject({ ok: false });
    test.clock.advance(HOUR);
    expect(await approveChange(deps(), say(change))).toMatchObject({
      ok: false,
      text: expect.stringContaining("expired"),
    });
    expect(await test.store.approvals.of(change.id)).toEqual([]);
  });
});

describe("applying", () => {
  const approved = async (over: Parameters<typeof waiting>[0] = {}): Promise<Change> => {
    const change = await waiting(over);
    const answer = await approveChange(deps(), say(change));
    if (!answer.ok) throw new Error(answer.text);
    return change;
  };

  it("merges the commit that was approved, once, however often the job runs", async () => {
    const change = await approved();
    const given = deps();
    await Promise.allSettled([1, 2, 3].map(() => applyChange(given, { changeId: change.id })));
    await applyChange(given, { changeId: change.id });
    expect(await stateOf(change)).toBe("applied");
    expect(new Set(world.merged)).toEqual(new Set([HEAD]));
    expect(await test.store.applies.of(change.id)).toHaveLength(1);
  });

  it("merges nothing when the head moved since the approval; the approval is void and people are told", async () => {
    const change = await approved();
    world.pull = { ...world.pull, headSha: "d".repeat(40) };
    await applyChange(deps(), { changeId: change.id });
    expect(world.merged).toEqual([]);
    expect(await stateOf(change)).toBe("stale");
    expect(await said(change)).toEqual([expect.stringContaining("nothing was applied")]);
    expect(await test.store.applies.of(change.id)).toEqual([]);
  });

  it("gives up aloud when GitHub does not merge it, and asks for a new look", async () => {
    const change = await approved();
    const refusing = github({
      mergePullRequest: async () => {
        throw new Refused("GitHub", "could not merge #1: 405 Pull Request is not mergeable", "405");
      },
    });
    await applyChange(flowDeps(test, refusing), { changeId: change.id });
    expect(await test.store.changes.get(change.id)).toMatchObject({ state: "stale", reason: "base-moved" });
    const told = await test.store.outbox.list({ changeId: change.id });
    expect(String(told[0]?.payload.body)).toContain("GitHub does not merge it");
    expect(await test.store.applies.of(change.id)).toEqual([]);
  });

  it("merges nothing on an approval that ran out", async () => {
    const change = await approved();
    test.clock.advance(HOUR);
    await applyChange(deps(), { changeId: change.id });
    expect(world.merged).toEqual([]);
    expect(await stateOf(change)).toBe("expired");
    expect(await test.store.applies.of(change.id)).toEqual([]);
  });

  it.each([
    ["changed", "version: 1\napprove: { quorum: 2 }\n"],
    ["broke", "version: 1\napprove: { quorum: many }\n"],
  ])("merges nothing when the policy %s since the approval", async (_, policy) => {
    const change = await approved();
    world.policy = policy;
    await applyChange(deps(), { changeId: change.id });
    expect(world.merged).toEqual([]);
    expect(await stateOf(change)).toBe("stale");
  });

  it("waits while paused, and merges nothing", async () => {
    const change = await approved();
    await test.store.settings.pause("all", "system");
    try {
      await expect(applyChange(deps(), { changeId: change.id })).rejects.toThrow(Busy);
    } finally {
      await test.store.settings.resume("all");
    }
    expect(world.merged).toEqual([]);
    expect(await stateOf(change)).toBe("approved");
  });

  describe("with Terraform", () => {
    const terraform = (digest: string, applies: string[], ok = true): Pick<Deps, "terraform"> => ({
      terraform: {
        stateDir: join(scratch, "states"),
        scratchDir: join(scratch, "work"),
        client: {
          version: async () => ({ name: "Terraform", version: "1.11" }),
          init: async () => ({ ok: true, value: undefined }),
          plan: async () => ({
            ok: true,
            value: {
              file: "/plan",
              digest,
              changes: [],
              counts: { add: 0, change: 1, replace: 0, destroy: 0 },
              empty: false,
              text: "",
              terraformVersion: "1.11",
              warnings: [],
            },
          }),
          apply: async (_, { file }) => {
            applies.push(file);
            return ok
              ? { ok: true, value: { text: "Apply complete!" } }
              : { ok: false, reason: "failed", diagnostics: [], stderr: "" };
          },
        } as Terraform,
      },
    });

    it("applies the very plan that was approved, once", async () => {
      const change = await approved({ engine: "terraform" });
      const applies: string[] = [];
      const given = deps(terraform("p1", applies));
      await Promise.allSettled([1, 2, 3].map(() => applyChange(given, { changeId: change.id })));
      expect(applies).toEqual(["/plan"]);
      expect(await stateOf(change)).toBe("applied");
      expect(await test.store.locks.holder("state:1:")).toBeUndefined();
    });

    it("applies nothing when the plan is another by now, and says so", async () => {
      const change = await approved({ engine: "terraform" });
      const applies: string[] = [];
      await applyChange(deps(terraform("p2", applies)), { changeId: change.id });
      expect(applies).toEqual([]);
      expect(await stateOf(change)).toBe("stale");
      expect(await said(change)).toEqual([expect.stringContaining("differs from the one that was approved")]);
    });

    it("waits while another change holds the state", async () => {
      const change = await approved({ engine: "terraform" });
      const lock = await test.store.locks.acquire("state:1:", "another", HOUR);
      await expect(applyChange(deps(terraform("p1", [])), { changeId: change.id })).rejects.toThrow(Busy);
      if (lock) await test.store.locks.release(lock);
      expect(await stateOf(change)).toBe("approved");
    });

    it("does not try again what failed half-way", async () => {
      const change = await approved({ engine: "terraform" });
      const applies: string[] = [];
      const given = deps(terraform("p1", applies, false));
      await applyChange(given, { changeId: change.id });
      await applyChange(given, { changeId: change.id });
      expect(applies).toHaveLength(1);
      expect(await stateOf(change)).toBe("failed");
      expect(await said(change)).toEqual([expect.stringContaining("Nothing is tried again without a new approval")]);
    });

    it("says that nothing was applied where there is no Terraform", async () => {
      const change = await approved({ engine: "terraform" });
      await applyChange(deps(), { changeId: change.id });
      expect(await stateOf(change)).toBe("skipped");
      expect(await said(change)).toEqual([expect.stringContaining("**not applied**")]);
    });
  });
});

describe("recovering", () => {
  const jobs = async (name: string, field: string, value: string): Promise<number> => {
    const { rows } = await test.database.pool.query(
      "SELECT count(*)::int AS n FROM pgboss.job WHERE name = $1 AND data->'data'->>$2 = $3",
      [name, field, value],
    );
    return rows[0].n;
  };

  it("takes up deliveries that nothing finished, after a while, once", async () => {
    await test.store.deliveries.accept({ guid: "stuck", event: "push", payload: {} });
    await test.database.pool.query("DELETE FROM pgboss.job WHERE data->'data'->>'guid' = 'stuck'");
    await recover(deps());
    expect(await jobs("receive-delivery", "guid", "stuck")).toBe(0);
    test.clock.advance(11 * 60_000);
    await recover(deps());
    await recover(deps());
    expect(await jobs("receive-delivery", "guid", "stuck")).toBe(1);
  });

  it("asks GitHub again for what it could not deliver, and for nothing else", async () => {
    await test.store.deliveries.accept({ guid: "here", event: "push", payload: {} });
    const delivery = (id: number, guid: string, statusCode: number) => ({
      id,
      guid,
      statusCode,
      event: "push",
      at: "",
    });
    const asked: number[] = [];
    const given = flowDeps(
      test,
      github({
        deliveries: async () =>
          [
            delivery(1, "lost", 503),
            delivery(2, "later-ok", 500),
            delivery(3, "later-ok", 202),
            delivery(4, "here", 504),
          ] as never,
        redeliver: async (id) => void asked.push(id),
      }),
    );
    await recover(given);
    expect(asked).toEqual([1]);
  });

  it("lets approvals expire, and interrupts attempts whose worker is gone, and tells people", async () => {
    const old = await waiting();
    const begun = await waiting();
    await approveChange(deps(), say(begun));
    expect(await test.store.applies.begin(begun.id, begun.digest ?? "", "gone", 60_000)).toMatchObject({ ok: true });
    test.clock.advance(HOUR);
    await recover(deps());
    expect(await stateOf(old)).toBe("expired");
    expect(await stateOf(begun)).toBe("interrupted");
    expect(await said(begun)).toEqual([expect.stringContaining("**interrupted**")]);
    await recover(deps());
    expect(await said(begun)).toHaveLength(1);
  });

  it("notices a merge that it was not told of", async () => {
    const change = await waiting();
    world.pull = { ...world.pull, state: "merged", mergeCommitSha: "c".repeat(40), mergedBy: { ...ANA, bot: false } };
    const given = flowDeps(
      test,
      github({ getPullRequest: async (_, n) => (n === change.pullNumber ? world.pull : openPull({ number: n })) }),
    );
    await recover(given);
    await recover(given);
    expect(await jobs("decide", "source", `reconcile:${change.id}:merged`)).toBe(1);
  });

  it("gives up on messages whose sender died, and says so", async () => {
    const { id } = await test.store.outbox.add({ idempotencyKey: "undecided", channel: "sms", payload: { to: "+1" } });
    await test.store.outbox.claim(id, 60_000);
    const given = deps();
    await recover(given);
    expect((await test.store.outbox.get(id))?.state).toBe("sending");
    test.clock.advance(61_000);
    await recover(given);
    expect(await test.store.outbox.get(id)).toMatchObject({
      state: "failed",
      lastError: expect.stringContaining("may have been sent"),
    });
    expect(given.logged.filter(({ level }) => level === "error").map(({ message }) => message)).toContain(
      "nobody knows whether this message was sent",
    );
  });

  it("does the other steps when one fails", async () => {
    const change = await waiting();
    test.clock.advance(HOUR);
    const given = flowDeps(test, github({ deliveries: () => Promise.reject(new Unreachable("GitHub", "away")) }));
    await recover(given);
    expect(await stateOf(change)).toBe("expired");
    expect(given.logged).toContainEqual(
      expect.objectContaining({ level: "error", facts: expect.objectContaining({ step: "redeliver" }) }),
    );
  });
});
