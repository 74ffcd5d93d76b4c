/** The verbs of `/draco`, written down once: the parser and the help text both read this. */

export interface Verb {
  readonly name: VerbName;
  readonly summary: string;
  /** What may stand behind the verb: kinds of targets. */
  readonly targets: readonly TargetKind[];
  /** Whether it must name at least one. */
  readonly needsTarget?: boolean;
  readonly flags: readonly Flag[];
  /** Least permission on the repository, as GitHub names it; the policy can ask for more. */
  readonly permission: "read" | "write" | "admin";
  readonly example: string;
}

export interface Flag {
  readonly name: string;
  /** What its value looks like; absent: the flag stands alone. */
  readonly value?: "text" | "days" | "date" | "scope";
  readonly required?: boolean;
  readonly summary: string;
}

export type TargetKind = "verb" | "plan" | "finding" | "project" | "pull" | "all";

export const VERB_NAMES = [
  "help",
  "status",
  "scan",
  "plan",
  "fix",
  "approve",
  "deny",
  "apply",
  "cancel",
  "rollback",
  "verify",
  "pause",
  "resume",
  "explain",
  "notify",
  "snooze",
  "waive",
] as const;
export type VerbName = (typeof VERB_NAMES)[number];

const reason = (required: boolean): Flag => ({
  name: "reason",
  value: "text",
  required,
  summary: "Why, in your words; kept in the history.",
});
const scope: Flag = { name: "scope", value: "scope", summary: "repo (the default) or all repositories." };

export const GRAMMAR: { readonly [Name in VerbName]: Verb } = {
  help: {
    name: "help",
    summary: "Shows what can be said, or how one verb works.",
    targets: ["verb"],
    flags: [],
    permission: "read",
    example: "/draco help approve",
  },
  status: {
    name: "status",
    summary: "Brings Draco's comment up to date.",
    targets: ["plan"],
    flags: [],
    permission: "read",
    example: "/draco status",
  },
  scan: {
    name: "scan",
    summary: "Scans this commit again.",
    targets: ["project", "all"],
    flags: [],
    permission: "write",
    example: "/draco scan",
  },
  plan: {
    name: "plan",
    summary: "Plans again and shows what would be applied.",
    targets: ["plan", "project", "all"],
    flags: [],
    permission: "write",
    example: "/draco plan project:live/network",
  },
  fix: {
    name: "fix",
    summary: "Opens a pull request that mends a finding.",
    targets: ["finding", "all"],
    needsTarget: true,
    flags: [
      { name: "no-ai", summary: "Built-in fixers only." },
      { name: "draft", summary: "As a draft." },
    ],
    permission: "write",
    example: "/draco fix finding:3f9a2c1e",
  },
  approve: {
    name: "approve",
    summary: "Approves exactly what is shown now.",
    targets: ["plan"],
    flags: [reason(false)],
    permission: "read",
    example: "/draco approve plan:7F3K9Q",
  },
  deny: {
    name: "deny",
    summary: "Refuses a change; nothing is applied and its pull request is closed.",
    targets: ["plan"],
    flags: [reason(true)],
    permission: "read",
    example: '/draco deny plan:7F3K9Q --reason="breaks the nightly job"',
  },
  apply: {
    name: "apply",
    summary: "Applies what has been approved.",
    targets: ["plan"],
    flags: [],
    permission: "write",
    example: "/draco apply plan:7F3K9Q",
  },
  cancel: {
    name: "cancel",
    summary: "Takes back a change that waits; its approvals are void.",
    targets: ["plan"],
    flags: [],
    permission: "write",
    example: "/draco cancel plan:7F3K9Q",
  },
  rollback: {
    name: "rollback",
    summary: "Opens a pull request that undoes a change.",
    targets: ["plan"],
    flags: [reason(false)],
    permission: "write",
    example: "/draco rollback plan:7F3K9Q",
  },
  verify: {
    name: "verify",
    summary: "Checks again that a change did what it should.",
    targets: ["plan"],
    flags: [],
    permission: "write",
    example: "/draco verify plan:7F3K9Q",
  },
  pause: {
    name: "pause",
    summary: "Stops everything that changes anything, at once.",
    targets: [],
    flags: [scope, reason(false)],
    permission: "admin",
    example: '/draco pause --reason="incident 77"',
  },
  resume: {
    name: "resume",
    summary: "Ends a pause.",
    targets: [],
    flags: [scope],
    permission: "admin",
    example: "/draco resume",
  },
  explain: {
    name: "explain",
    summary: "Says why something is a problem, and how to mend it.",
    targets: ["finding", "plan"],
    needsTarget: true,
    flags: [],
    permission: "read",
    example: "/draco explain finding:3f9a2c1e",
  },
  notify: {
    name: "notify",
    summary: "Asks the approvers again.",
    targets: ["plan"],
    flags: [{ name: "sms", summary: "By SMS too." }],
    permission: "write",
    example: "/draco notify --sms",
  },
  snooze: {
    name: "snooze",
    summary: "Leaves a finding alone for some days.",
    targets: ["finding"],
    needsTarget: true,
    flags: [{ name: "for", value: "days", required: true, summary: "How long: 1d to 90d." }, reason(false)],
    permission: "write",
    example: "/draco snooze finding:3f9a2c1e --for=14d",
  },
  waive: {
    name: "waive",
    summary: "Proposes a waiver in .github/draco.yml, for people to review.",
    targets: ["finding"],
    needsTarget: true,
    flags: [reason(true), { name: "until", value: "date", summary: "Last day on which it holds: 2027-01-31." }],
    permission: "write",
    example: '/draco waive finding:3f9a2c1e --reason="public website" --until=2027-01-31',
  },
};
