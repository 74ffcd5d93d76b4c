/** The names of Draco's jobs and what each carries: references, never contents. Every job may run twice. */
import type { Surface } from "../../core/approve/change.ts";

export type ScanTrigger = "push" | "pull-request" | "command" | "check-run" | "installation" | "schedule" | "verify";

export interface Jobs {
  "receive-delivery": { readonly guid: string };
  "scan-repository": {
    readonly repository: number;
    /** Absent: the head of the default branch at the time the job runs. */
    readonly sha?: string;
    readonly ref?: string;
    readonly pullNumber?: number;
    readonly trigger: ScanTrigger;
  };
  "propose-fix": {
    readonly repository: number;
    readonly root: string;
    readonly fingerprints: readonly string[];
    /** Who asked for it, where somebody did. */
    readonly requestedBy?: string;
  };
  decide: Decision;
  "apply-change": { readonly changeId: string };
  "verify-change": { readonly changeId: string };
  "send-message": { readonly outboxId: string };
  recover: Record<string, never>;
  "schedule-tick": Record<string, never>;
}

/** Somebody said something about a change; `decide` asks GitHub who they are and what they may do. */
export interface Decision {
  readonly surface: Surface;
  /** Comment id, review id, delivery, MessageSid: what proves that it happened once. */
  readonly source: string;
  readonly repository?: number;
  readonly issueNumber?: number;
  readonly githubUser?: { readonly id: number; readonly login: string };
  readonly what:
    | { readonly kind: "command"; readonly line: number; readonly text: string }
    | { readonly kind: "merge"; readonly mergeSha: string; readonly headSha: string }
    | { readonly kind: "review"; readonly state: "approved" | "changes_requested"; readonly commitSha: string }
    | { readonly kind: "button"; readonly action: string; readonly planId: string; readonly headSha: string }
    | { readonly kind: "sms"; readonly sid: string };
}

export type JobName = keyof Jobs;

export const JOB_NAMES = [
  "receive-delivery",
  "scan-repository",
  "propose-fix",
  "decide",
  "apply-change",
  "verify-change",
  "send-message",
  "recover",
  "schedule-tick",
] as const satisfies readonly JobName[];

/** A job to be done. Two waiting jobs of one name and one `key` are one. */
export type JobRequest = {
  [Name in JobName]: {
    readonly name: Name;
    readonly data: Jobs[Name];
    readonly key?: string;
    readonly startAfter?: Date;
    /** Higher runs first; 0 unless told. */
    readonly priority?: number;
  };
}[JobName];
