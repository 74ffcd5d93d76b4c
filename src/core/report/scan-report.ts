/** The shape of a scan's answer (`draco.scan/1`): what the CLI prints as JSON, what `scan()` returns, what renderers draw. */
import type {
  Category,
  Diagnostic,
  Evidence,
  ResourceRef,
  Severity,
  Skipped,
  Status,
  Suppression,
} from "../model/finding.ts";
import type { FixRisk } from "../model/patch.ts";
import type { Ledger } from "../rules/ledger.ts";

export const SCAN_SCHEMA = "draco.scan/1";

export interface ScanReport {
  readonly schema: typeof SCAN_SCHEMA;
  /** Every id of other scanners that the loaded rules claim, sorted. */
  readonly aliases: readonly string[];
  /** What the rules that have results say of themselves, by id. */
  readonly rules: { readonly [id: string]: RuleInfo };
  /** One per path asked for, in that order. */
  readonly roots: readonly RootReport[];
}

export interface RuleInfo {
  readonly title: string;
  readonly severity: Severity;
  readonly category: Category;
  readonly why: string;
  readonly remedy: string;
  readonly aliases: readonly string[];
  readonly references: readonly string[];
  readonly fixRisk?: FixRisk;
}

export interface RootReport {
  /** The path as it was asked for. */
  readonly root: string;
  /** Directory that `file` is relative to, itself relative to the repository: "" for the repository's own root. */
  readonly repositoryPath: string;
  readonly results: readonly ScanResult[];
  readonly ledger: Ledger;
  readonly skipped: readonly Skipped[];
  readonly errors: readonly ScanError[];
  readonly warnings: readonly ScanError[];
  readonly counts: { readonly files: number; readonly resources: number };
}

export interface ScanResult {
  readonly rule: string;
  readonly aliases: readonly string[];
  readonly status: Status;
  readonly severity: Severity;
  readonly category: Category;
  readonly resource: ResourceRef;
  /** Relative to the root, forward slashes; for something seen in an account, its id. */
  readonly file: string;
  /** From 1; 0 for something seen in an account. */
  readonly line: number;
  readonly endLine: number;
  readonly message: string;
  readonly evidence: Evidence;
  readonly fingerprint: string;
  readonly fix: "automatic" | "ai" | "none";
  readonly suppressed?: Suppression;
  /** Root module or template the resource belongs to, where that is not the directory or file of `file`. */
  readonly stack?: string;
  /** tfvars environments that this is true of, where it is not true of all that were tried. */
  readonly environments?: readonly string[];
  /** Its count or for_each is not known: it may not exist. */
  readonly possible?: boolean;
}

export interface ScanError {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export const scanError = (d: Diagnostic): ScanError => ({
  file: d.file,
  line: d.line,
  column: d.column,
  message: d.detail ? `${d.summary}: ${d.detail}` : d.summary,
});

/** A failure that nobody has suppressed. */
export const isOpen = (result: ScanResult): boolean => result.status === "fail" && result.suppressed === undefined;

/** Path of a result's file from the repository's root. */
export function repositoryFile(root: RootReport, file: string): string {
  const parts: string[] = [];
  for (const part of `${root.repositoryPath}/${file}`.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}
