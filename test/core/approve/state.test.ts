import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { CHANGE_STATES, type ChangeState, type Surface } from "../../../src/core/approve/change.ts";
import { type ChangeEvent, isFinal, type Machine, transition } from "../../../src/core/approve/state.ts";

const NOW = new Date("2026-11-23T12:00:00Z");
const LATER = new Date("2026-11-23T13:00:00Z");
const MUCH_LATER = new Date("2026-11-24T13:00:00Z");
const machine = (over: Partial<Machine> = {}): Machine => ({
  state: "awaiting-approval",
  digest: "d1",
  engine: "terraform",
  quorum: 1,
  contributors: [],
  approvers: [],
  spent: [],
  expiresAt: LATER,
  ...over,
});
const approve = (actor: string, digest = "d1"): ChangeEvent => ({ type: "approve", digest, actor, surface: "command" });
const next = (m: Machine, event: ChangeEvent, now = NOW) => {
  const outcome = transition(m, event, now);
  return outcome.ok ? outcome.state : outcome.code;
};

describe("a change", () => {
  it("goes from a finding to a verified fix", () => {
    const steps: [Partial<Machine>, ChangeEvent, ChangeState][] = [
      [{ state: "detected" }, { type: "propose" }, "proposed"],
      [{ state: "proposed" }, { type: "plan" }, "planning"],
      [{ state: "planning" }, { type: "show", digest: "d1", expiresAt: LATER }, "awaiting-approval"],
      [{ state: "awaiting-approval" }, approve("ana"), "approved"],
      [{ state: "approved", approvers: ["ana"] }, { type: "begin-apply", digest: "d1" }, "applying"],
      [{ state: "applying", spent: ["d1"] }, { type: "finish-apply", digest: "d1" }, "applied"],
      [{ state: "applied" }, { type: "verify" }, "verifying"],
      [{ state: "verifying" }, { type: "pass-verify" }, "verified"],
    ];
    for (const [over, event, expected] of steps) expect(next(machine(over), event)).toBe(expected);
  });

  it("asks for the apply job with the approval that completes the quorum, and not before", () => {
    const jobs = (m: Machine, event: ChangeEvent) => {
      const outcome = transition(m, event, NOW);
      return outcome.ok ? outcome.effects.filter((effect) => effect.kind === "enqueue") : outcome.code;
    };
    expect(jobs(machine({ quorum: 2 }), approve("ana"))).toEqual([]);
    expect(jobs(machine({ quorum: 2, approvers: ["ana"] }), approve("ben"))).toEqual([
      { kind: "enqueue", job: "apply-change" },
    ]);
  });

  it("counts a person once, contributors never, and nobody for another digest or too late", () => {
    expect(next(machine({ quorum: 2, approvers: ["ana"] }), approve("ana"))).toBe("already-approved");
    expect(next(machine({ contributors: ["ana"] }), approve("ana"))).toBe("own-change");
    expect(next(machine(), approve("ana", "d0"))).toBe("stale-digest");
    expect(next(machine(), approve("ana"), LATER)).toBe("expired");
  });

  it("looks again before it applies", () => {
    const approved = machine({ state: "approved", approvers: ["ana"] });
    const begin: ChangeEvent = { type: "begin-apply", digest: "d1" };
    expect(next({ ...approved, digest: "d2" }, begin)).toBe("stale-digest");
    expect(next({ ...approved, spent: ["d1"] }, begin)).toBe("already-applied");
    expect(next({ ...approved, approvers: [] }, begin)).toBe("not-enough-approvals");
    expect(next({ ...approved, quorum: 0, approvers: [] }, begin)).toBe("not-enough-approvals");
    expect(next({ ...approved, contributors: ["ana"] }, begin)).toBe("not-enough-approvals");
    expect(next(approved, begin, LATER)).toBe("expired");
    expect(next(approved, begin)).toBe("applying");
  });

  it("keeps approvals when the same is shown again, and voids them when something else is", () => {
    const approved = machine({ state: "approved", approvers: ["ana"] });
    expect(transition(approved, { type: "show", digest: "d1", expiresAt: LATER }, NOW)).toEqual({
      ok: true,
      state: "approved",
      effects: [],
    });
    const other = transition(approved, { type: "show", digest: "d2", expiresAt: LATER }, NOW);
    expect(other).toMatchObject({ ok: true, state: "awaiting-approval" });
    expect(other.ok && other.effects.map(({ kind }) => kind)).toEqual(["void-approvals", "ask-approvers"]);
  });

  it("goes back to waiting when an approval that it needs is withdrawn", () => {
    const approved = machine({ state: "approved", quorum: 1, approvers: ["ana", "ben"] });
    expect(next(approved, { type: "withdraw", actor: "ana" })).toBe("approved");
    expect(next({ ...approved, quorum: 2 }, { type: "withdraw", actor: "ana" })).toBe("awaiting-approval");
    expect(next(approved, { type: "withdraw", actor: "eve" })).toBe("not-approver");
  });

  it("lands by a merge only where no engine applies it", () => {
    expect(next(machine({ engine: "none" }), { type: "land" })).toBe("applied");
    expect(next(machine({ engine: "terraform" }), { type: "land" })).toBe("needs-engine");
  });

  it("is never interrupted by a push or a close once it is being applied", () => {
    for (const type of ["void", "expire", "cancel", "close", "deny", "plan", "show"] as const) {
      const event = { type, reason: "new-commit", digest: "d2", expiresAt: LATER } as unknown as ChangeEvent;
      expect(next(machine({ state: "applying" }), event, LATER)).toBe("wrong-state");
    }
  });
});

/** A little database: it keeps what the store keeps, and does what the store does with effects. */
interface World {
  state: ChangeState;
  digest: string | undefined;
  expiresAt: Date | undefined;
  approvals: { actor: string; digest: string }[];
  spent: string[];
  applied: string[];
}

const PEOPLE = ["ana", "ben", "eve"];
const DIGESTS = ["d1", "d2", "d3"];
const late = fc.oneof({ weight: 7, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });
const surfaces = fc.constantFrom<Surface>("merge", "review", "check-button", "command", "sms");
const digest = fc.oneof(
  { weight: 3, arbitrary: fc.constant("d1") },
  { weight: 1, arbitrary: fc.constantFrom(...DIGESTS) },
);
const actor = fc.constantFrom(...PEOPLE);
const anyEvent: fc.Arbitrary<ChangeEvent> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("show" as const),
      digest,
      expiresAt: fc.constantFrom(NOW, LATER, MUCH_LATER),
    }),
  },
  { weight: 16, arbitrary: fc.record({ type: fc.constant("approve" as const), digest, actor, surface: surfaces }) },
  { weight: 12, arbitrary: fc.record({ type: fc.constant("begin-apply" as const), digest }) },
  fc.record({ type: fc.constant("finish-apply" as const), digest }),
  fc.record({ type: fc.constantFrom("fail-apply" as const, "skip-apply" as const), digest, reason: fc.constant("x") }),
  fc.record({ type: fc.constant("interrupt" as const), digest }),
  fc.record({ type: fc.constant("withdraw" as const), actor }),
  fc.record({ type: fc.constant("void" as const), reason: fc.constant("new-commit" as const) }),
  fc.record({
    type: fc.constantFrom(
      "decline" as const,
      "deny" as const,
      "fail-plan" as const,
      "fail-verify" as const,
      "close" as const,
    ),
    reason: fc.constant("x"),
  }),
  fc.record({
    type: fc.constantFrom(
      "propose" as const,
      "plan" as const,
      "expire" as const,
      "cancel" as const,
      "land" as const,
      "verify" as const,
      "pass-verify" as const,
      "reopen" as const,
    ),
  }),
);

describe("whatever happens, in whatever order, however often", () => {
  const step = (world: World, event: ChangeEvent, quorum: number, contributors: string[], now: Date): boolean => {
    const outcome = transition(
      {
        state: world.state,
        ...(world.digest !== undefined && { digest: world.digest }),
        ...(world.expiresAt && { expiresAt: world.expiresAt }),
        engine: "terraform",
        quorum,
        contributors,
        approvers: world.approvals.filter((a) => a.digest === world.digest).map((a) => a.actor),
        spent: world.spent,
      },
      event,
      now,
    );
    if (!outcome.ok) return false;
    for (const effect of outcome.effects) {
      if (effect.kind === "record-approval") world.approvals.push({ actor: effect.actor, digest: effect.digest });
      if (effect.kind === "void-approvals") {
        world.approvals = world.approvals.filter((a) => effect.actor !== undefined && a.actor !== effect.actor);
      }
    }
    world.state = outcome.state;
    if (event.type === "show") Object.assign(world, { digest: event.digest, expiresAt: event.expiresAt });
    if (event.type === "begin-apply") world.spent.push(event.digest);
    return true;
  };

  it("nothing is applied without the quorum's approval of exactly that, and nothing twice", () => {
    let begun = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyEvent, fc.boolean(), late), { minLength: 5, maxLength: 60, size: "max" }),
        fc.integer({ min: 1, max: 2 }),
        fc.subarray(PEOPLE, { maxLength: 1 }),
        (events, quorum, contributors) => {
          const world: World = {
            state: "proposed",
            digest: undefined,
            expiresAt: undefined,
            approvals: [],
            spent: [],
            applied: [],
          };
          const said: { actor: string; digest: string }[] = [];
          for (const [event, twice, late] of events) {
            for (const _ of twice ? [1, 2] : [1]) {
              const before: World = { ...world, approvals: [...world.approvals], spent: [...world.spent] };
              if (event.type === "approve") said.push(event);
              if (!step(world, event, quorum, contributors, late ? LATER : NOW)) continue;
              if (event.type !== "begin-apply") continue;
              begun++;
              expect(world.applied).not.toContain(event.digest);
              world.applied.push(event.digest);
              expect(event.digest).toBe(before.digest);
              const yes = new Set(
                said.filter((s) => s.digest === event.digest && !contributors.includes(s.actor)).map((s) => s.actor),
              );
              expect(yes.size).toBeGreaterThanOrEqual(quorum);
              expect(before.approvals.filter((a) => a.digest === event.digest).length).toBeGreaterThanOrEqual(quorum);
            }
          }
        },
      ),
      { numRuns: 3000 },
    );
    expect(begun).toBeGreaterThan(200); // the property would hold emptily if nothing were ever applied
  });

  it("no change is lost: from every state something leads on, unless it is over", () => {
    const events: ChangeEvent[] = [
      { type: "propose" },
      { type: "decline", reason: "x" },
      { type: "show", digest: "d2", expiresAt: LATER },
      { type: "approve", digest: "d1", actor: "ana", surface: "sms" },
      { type: "begin-apply", digest: "d1" },
      { type: "finish-apply", digest: "d1" },
      { type: "verify" },
      { type: "pass-verify" },
      { type: "plan" },
    ];
    for (const state of CHANGE_STATES) {
      const leads = events.some(
        (event) => transition(machine({ state, approvers: state === "approved" ? ["ana"] : [] }), event, NOW).ok,
      );
      expect({ state, leads }).toEqual({ state, leads: !isFinal(state) });
    }
  });
});
