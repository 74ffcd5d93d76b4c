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
  readonly value?: "text";
  readonly required?: boolean;
  readonly summary: string;
}

export type TargetKind = "verb" | "plan" | "finding" | "all";

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
  "verify",
  "pause",
  "resume",
  "explain",
  "notify",
] as const;
export type VerbName = (typeof VERB_NAMES)[number];

const reason = (required: boolean): Flag => ({
  name: "reason",
  value: "text",
  required,
  summary: "Why, in your words; kept in the history.",
});

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
    targets: [],
    flags: [],
    permission: "read",
    example: "/draco status",
  },
  scan: {
    name: "scan",
    summary: "Scans this commit again.",
    targets: [],
    flags: [],
    permission: "write",
    example: "/draco scan",
  },
  plan: {
    name: "plan",
    summary: "Plans again and shows what would be applied.",
    targets: ["plan"],
    flags: [],
    permission: "write",
    example: "/draco plan plan:7F3K9Q",
  },
  fix: {
    name: "fix",
    summary: "Opens a pull request that mends a finding.",
    targets: ["finding", "all"],
    needsTarget: true,
    flags: [],
    permission: "write",
    example: "/draco fix finding:3f9a2c1e",
  },
  approve: {
    name: "approve",
    summary: "Approves exactly what is shown now.",
    targets: ["plan"],
    flags: [],
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
    summary: "Nothing is approved or applied in this repository any more, at once.",
    targets: [],
    flags: [reason(false)],
    permission: "admin",
    example: '/draco pause --reason="incident 77"',
  },
  resume: {
    name: "resume",
    summary: "Ends a pause.",
    targets: [],
    flags: [],
    permission: "admin",
    example: "/draco resume",
  },
  explain: {
    name: "explain",
    summary: "Says why something is a problem, and how to mend it.",
    targets: ["finding"],
    needsTarget: true,
    flags: [],
    permission: "read",
    example: "/draco explain finding:3f9a2c1e",
  },
  notify: {
    name: "notify",
    summary: "Asks the approvers again.",
    targets: ["plan"],
    flags: [],
    permission: "write",
    example: "/draco notify plan:7F3K9Q",
  },
};
