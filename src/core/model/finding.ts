import type { Format } from "./resource.ts";
import type { LiveRef, SourceRange } from "./source-range.ts";

export const SEVERITIES = ["low", "medium", "high", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];
export type Category = "security" | "cost" | "reliability";
export type Status = "fail" | "pass" | "unknown";

export const severityRank = (severity: Severity): number => SEVERITIES.indexOf(severity);

export interface ResourceRef {
  readonly address: string;
  readonly type: string;
}

/** What was seen, for people and for fingerprints. Sensitive values are never in here. */
export interface Evidence {
  /** Dotted path of the attribute that decided, "" for the resource as a whole. */
  readonly path: string;
  /** The value seen, rendered as JSON and shortened; "(absent)" or "(unknown)" or "(sensitive)". */
  readonly value: string;
}

/** Somebody chose not to act on this result. */
export interface Suppression {
  readonly by: "comment" | "waiver" | "baseline";
  readonly reason: string;
  readonly at?: SourceRange;
  /** ISO date, inclusive. */
  readonly until?: string;
}

/** One rule's answer about one resource. */
export interface Result {
  readonly rule: string;
  readonly status: Status;
  readonly severity: Severity;
  readonly category: Category;
  readonly resource: ResourceRef;
  readonly format: Format;
  readonly at: SourceRange | LiveRef;
  readonly message: string;
  readonly evidence: Evidence;
  /** Stable across line moves and renames of files: rule + path + address + normalised value, hashed. */
  readonly fingerprint: string;
  readonly fix: "automatic" | "ai" | "none";
  readonly suppressed?: Suppression;
}

/** A result that needs somebody's attention. */
export type Finding = Result & { readonly status: "fail" };

/** Something that could not be read or done, told to a person. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail?: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly range?: SourceRange;
}

/** A file that was left out on purpose, and why. */
export interface Skipped {
  readonly path: string;
  readonly reason: string;
}
