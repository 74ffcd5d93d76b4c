/**
 * How a change moves: a pure function of state and event. It refuses rather than guesses; whoever calls it stores the
 * outcome and the history row in one transaction, and does the effects only then.
 */
import type { ChangeState, Engine, Surface } from "./change.ts";

/** What decides a transition; the rest of the change does not matter here. */
export interface Machine {
  readonly state: ChangeState;
  readonly digest?: string;
  readonly engine: Engine;
  readonly quorum: number;
  readonly contributors: readonly string[];
  /** Approvals of the current digest that still stand. */
  readonly approvers: readonly string[];
  /** Digests that an attempt has used up already. */
  readonly spent: readonly string[];
  readonly expiresAt?: Date;
}

export type VoidReason = "new-commit" | "base-moved" | "state-moved" | "policy-changed" | "plan-differs";

export type ChangeEvent =
  | { readonly type: "propose" }
  | { readonly type: "decline"; readonly reason: string }
  | { readonly type: "plan" }
  | { readonly type: "fail-plan"; readonly reason: string }
  /** What would be applied was put before people; `digest` is of exactly that. */
  | { readonly type: "show"; readonly digest: string; readonly expiresAt: Date }
  | { readonly type: "approve"; readonly digest: string; readonly actor: string; readonly surface: Surface }
  | { readonly type: "withdraw"; readonly actor: string }
  | { readonly type: "deny"; readonly reason: string }
  | { readonly type: "void"; readonly reason: VoidReason }
  | { readonly type: "expire" }
  | { readonly type: "cancel" }
  | { readonly type: "begin-apply"; readonly digest: string }
  | { readonly type: "finish-apply"; readonly digest: string }
  | { readonly type: "skip-apply"; readonly digest: string; readonly reason: string }
  | { readonly type: "fail-apply"; readonly digest: string; readonly reason: string }
  | { readonly type: "interrupt"; readonly digest: string }
  /** Somebody merged it and there is no engine: nothing is left for Draco to apply, only to verify. */
  | { readonly type: "land" }
  | { readonly type: "verify" }
  | { readonly type: "pass-verify" }
  | { readonly type: "fail-verify"; readonly reason: string }
  | { readonly type: "close"; readonly reason: string }
  | { readonly type: "reopen" };

export type EventType = ChangeEvent["type"];

/** What must happen because of a transition. The store does the first three itself, with the transition. */
export type Effect =
  | { readonly kind: "record-approval"; readonly actor: string; readonly digest: string; readonly surface: Surface }
  | { readonly kind: "void-approvals"; readonly actor?: string; readonly reason: string }
  | { readonly kind: "enqueue"; readonly job: "apply-change" | "verify-change" }
  | { readonly kind: "ask-approvers" }
  | { readonly kind: "tell"; readonly what: ChangeState | "approval-counted" | "approval-void" };

export type RefusalCode =
  | "wrong-state"
  | "stale-digest"
  | "own-change"
  | "already-approved"
  | "not-approver"
  | "expired"
  | "not-expired"
  | "not-enough-approvals"
  | "already-applied"
  | "needs-engine";

export type Transition =
  | { readonly ok: true; readonly state: ChangeState; readonly effects: readonly Effect[] }
  | { readonly ok: false; readonly code: RefusalCode; readonly reason: string };

/** From which states an event is taken at all. */
const FROM: { readonly [E in EventType]: readonly ChangeState[] } = {
  propose: ["detected"],
  decline: ["detected"],
  plan: [
    "proposed",
    "plan-failed",
    "awaiting-approval",
    "approved",
    "stale",
    "expired",
    "failed",
    "skipped",
    "interrupted",
    "unverified",
  ],
  "fail-plan": ["planning"],
  show: [
    "proposed",
    "planning",
    "awaiting-approval",
    "approved",
    "stale",
    "expired",
    "failed",
    "skipped",
    "interrupted",
    "unverified",
  ],
  approve: ["awaiting-approval"],
  withdraw: ["awaiting-approval", "approved"],
  deny: ["proposed", "planning", "plan-failed", "awaiting-approval", "approved", "stale", "expired"],
  void: ["planning", "awaiting-approval", "approved"],
  expire: ["awaiting-approval", "approved"],
  cancel: ["planning", "awaiting-approval", "approved"],
  "begin-apply": ["approved"],
  "finish-apply": ["applying"],
  "skip-apply": ["applying"],
  "fail-apply": ["applying"],
  interrupt: ["applying"],
  land: ["proposed", "planning", "plan-failed", "awaiting-approval", "approved", "stale", "expired"],
  verify: ["applied", "unverified", "interrupted", "failed", "skipped"],
  "pass-verify": ["verifying"],
  "fail-verify": ["verifying"],
  close: [
    "detected",
    "proposed",
    "planning",
    "plan-failed",
    "awaiting-approval",
    "approved",
    "skipped",
    "stale",
    "expired",
    "failed",
    "interrupted",
    "unverified",
  ],
  reopen: ["closed"],
};

/** States that nothing leaves, except `reopen` of a closed change. */
export const isFinal = (state: ChangeState): boolean =>
  state === "verified" || state === "denied" || state === "advised" || state === "closed";

/** Whether anyone still has to do something about a change. */
export const isOpen = (state: ChangeState): boolean => !isFinal(state);

const to = (state: ChangeState, ...effects: Effect[]): Transition => ({ ok: true, state, effects });
const refuse = (code: RefusalCode, reason: string): Transition => ({ ok: false, code, reason });
const tell = (what: Extract<Effect, { kind: "tell" }>["what"]): Effect => ({ kind: "tell", what });
const voidAll = (reason: string): Effect => ({ kind: "void-approvals", reason });

/** @param now decides whether an approval has expired; the caller's clock. */
export function transition(machine: Machine, event: ChangeEvent, now: Date): Transition {
  if (!FROM[event.type].includes(machine.state)) {
    return refuse("wrong-state", `A change that is ${machine.state} cannot take "${event.type}".`);
  }
  switch (event.type) {
    case "propose":
      return to("proposed", tell("proposed"));
    case "decline":
      return to("advised", tell("advised"));
    case "plan":
      return to("planning", voidAll("a new plan was asked for"));
    case "fail-plan":
      return to("plan-failed", tell("plan-failed"));
    case "show":
      return show(machine, event);
    case "approve":
      return approve(machine, event, now);
    case "withdraw":
      return withdraw(machine, event.actor);
    case "deny":
      return to("denied", voidAll("denied"), tell("denied"));
    case "void":
      return to("stale", voidAll(event.reason), tell("stale"));
    case "expire":
      return hasExpired(machine, now)
        ? to("expired", voidAll("expired"), tell("expired"))
        : refuse("not-expired", "What was shown can still be approved.");
    case "cancel":
      return to("stale", voidAll("cancelled"), tell("approval-void"));
    case "begin-apply":
      return beginApply(machine, event.digest, now);
    case "finish-apply":
      return ofCurrent(
        machine,
        event.digest,
        to("applied", { kind: "enqueue", job: "verify-change" }, tell("applied")),
      );
    case "skip-apply":
      return ofCurrent(machine, event.digest, to("skipped", tell("skipped")));
    case "fail-apply":
      return ofCurrent(machine, event.digest, to("failed", tell("failed")));
    case "interrupt":
      return ofCurrent(machine, event.digest, to("interrupted", tell("interrupted")));
    case "land":
      return machine.engine === "none"
        ? to("applied", { kind: "enqueue", job: "verify-change" }, tell("applied"))
        : refuse("needs-engine", "What an engine applies is not applied by merging alone.");
    case "verify":
      return to("verifying");
    case "pass-verify":
      return to("verified", tell("verified"));
    case "fail-verify":
      return to("unverified", tell("unverified"));
    case "close":
      return to("closed", voidAll("closed"), tell("closed"));
    case "reopen":
      return to("proposed", tell("proposed"));
  }
}

/** Showing the same thing again keeps its approvals and only moves the deadline; anything else starts afresh. */
function show(machine: Machine, event: Extract<ChangeEvent, { type: "show" }>): Transition {
  if (machine.spent.includes(event.digest)) {
    return refuse("already-applied", "This digest was used up by an earlier attempt; show it under a new one.");
  }
  const again = event.digest === machine.digest;
  if (again && machine.state === "approved") return to("approved");
  if (again && machine.state === "awaiting-approval") return to("awaiting-approval");
  return to("awaiting-approval", voidAll("something new was shown"), { kind: "ask-approvers" });
}

function approve(machine: Machine, event: Extract<ChangeEvent, { type: "approve" }>, now: Date): Transition {
  if (event.digest !== machine.digest) {
    return refuse("stale-digest", "This approval is for something else than what is shown now. Look again.");
  }
  if (hasExpired(machine, now)) return refuse("expired", "What was shown has expired. Ask for a new plan.");
  if (machine.contributors.includes(event.actor)) {
    return refuse("own-change", "People who contributed to a change do not count towards its approval.");
  }
  if (machine.approvers.includes(event.actor)) return refuse("already-approved", "This person has approved already.");

  const record: Effect = { kind: "record-approval", actor: event.actor, digest: event.digest, surface: event.surface };
  return machine.approvers.length + 1 >= machine.quorum
    ? to("approved", record, { kind: "enqueue", job: "apply-change" }, tell("approved"))
    : to("awaiting-approval", record, tell("approval-counted"));
}

function withdraw(machine: Machine, actor: string): Transition {
  if (!machine.approvers.includes(actor)) return refuse("not-approver", "This person has not approved this change.");
  const remaining = machine.approvers.length - 1;
  const state = machine.state === "approved" && remaining >= machine.quorum ? "approved" : "awaiting-approval";
  return to(state, { kind: "void-approvals", actor, reason: "withdrawn" }, tell("approval-void"));
}

/** The last look before anything is touched: it trusts nothing that came before. */
function beginApply(machine: Machine, digest: string, now: Date): Transition {
  if (digest !== machine.digest) return refuse("stale-digest", "Something else was approved.");
  if (machine.spent.includes(digest)) return refuse("already-applied", "This digest was applied, or tried, already.");
  if (hasExpired(machine, now)) return refuse("expired", "The approval has expired.");
  const counted = new Set(machine.approvers.filter((actor) => !machine.contributors.includes(actor)));
  if (machine.quorum < 1 || counted.size < machine.quorum) {
    return refuse("not-enough-approvals", `${counted.size} of ${Math.max(1, machine.quorum)} approvals.`);
  }
  return to("applying");
}

const ofCurrent = (machine: Machine, digest: string, outcome: Transition): Transition =>
  digest === machine.digest ? outcome : refuse("stale-digest", "This is the outcome of something else.");

const hasExpired = (machine: Machine, now: Date): boolean =>
  machine.expiresAt !== undefined && now.getTime() >= machine.expiresAt.getTime();
