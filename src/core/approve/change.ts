/** The change: what a person approves, and what is applied. Data only; `state.ts` says how it moves. */
import type { FixRisk, Patch } from "../model/patch.ts";

export const CHANGE_STATES = [
  "detected",
  "advised",
  "proposed",
  "planning",
  "plan-failed",
  "awaiting-approval",
  "approved",
  "applying",
  "applied",
  "skipped",
  "verifying",
  "verified",
  "unverified",
  "failed",
  "interrupted",
  "stale",
  "denied",
  "expired",
  "closed",
] as const;

export type ChangeState = (typeof CHANGE_STATES)[number];

/** Where somebody acted, or "system" for Draco's own steps. */
export const SURFACES = ["merge", "review", "check-button", "command", "sms", "schedule", "system"] as const;
export type Surface = (typeof SURFACES)[number];

/** What carries out the change: Terraform run by Draco, or nobody (the merge is the end). */
export type Engine = "terraform" | "none";

export interface Approval {
  /** Pseudonym of the approver, as in the history; distinct persons have distinct ones. */
  readonly actor: string;
  readonly digest: string;
  readonly surface: Surface;
  readonly at: Date;
}

export interface Change {
  readonly id: string;
  /** Six characters that people can read out: "7F3K9Q". */
  readonly planId: string;
  readonly repository: number;
  readonly kind: "code" | "cloud";
  readonly title: string;
  /** Root module the change belongs to, "" for the repository's root. */
  readonly root: string;
  /** Fingerprints of the findings that it mends. */
  readonly fingerprints: readonly string[];
  readonly state: ChangeState;
  /** Grows with every write; a write names the version that it read. */
  readonly version: number;
  /** Digest of what was shown last; approvals count only for this one. */
  readonly digest?: string;
  readonly patch?: Patch;
  /** What the engine said it would do, already redacted. */
  readonly plan?: PlanShown;
  readonly engine: Engine;
  readonly risk: FixRisk;
  /** How many distinct approvers this digest needs. */
  readonly quorum: number;
  /** Digests that were used up by an attempt to apply. */
  readonly attempts: number;
  /** Pseudonyms of people whose own work this is: they do not count towards the quorum. */
  readonly contributors: readonly string[];
  readonly branch?: string;
  readonly baseRef?: string;
  readonly pullNumber?: number;
  readonly headSha?: string;
  readonly baseSha?: string;
  readonly mergeSha?: string;
  /** The comment on the pull request that shows this change. */
  readonly commentId?: number;
  /** Why it is in this state, for a person. */
  readonly reason?: string;
  readonly shownAt?: Date;
  readonly expiresAt?: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface PlanShown {
  readonly tool: string;
  readonly version: string;
  readonly add: number;
  readonly change: number;
  readonly destroy: number;
  /** Text for people, secrets masked. */
  readonly text: string;
  /** Hash of the normalised plan; part of the change's digest. */
  readonly hash: string;
}
