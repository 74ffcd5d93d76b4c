/** What a repository's policy says of scans, read in one way by whoever scans: the command line and the server alike. */
import type { Policy, PolicyParsed } from "./approve/policy.ts";
import type { Diagnostic, Severity, Skipped } from "./model/finding.ts";
import { matchesPath } from "./read/globs.ts";
import { compileCustomRules } from "./rules/custom.ts";
import type { Rule } from "./rules/rule.ts";
import type { Waiver } from "./rules/suppress.ts";
import type { Judging } from "./scan.ts";

/** The rules of `.github/draco/rules/*.yml` stand beside those of the policy itself. */
export const RULES_DIRECTORY = ".github/draco/rules";
export const isRuleFile = (path: string): boolean =>
  path.startsWith(`${RULES_DIRECTORY}/`) && /^[^/]+\.ya?ml$/.test(path.slice(RULES_DIRECTORY.length + 1));

export interface ScanPolicy {
  readonly profile: "default" | "strict";
  readonly severity: Severity;
  readonly failOn: Severity | "none";
  /** Globs from the repository's root: only these (all where none are named), and not these. */
  readonly paths: readonly string[];
  readonly ignore: readonly string[];
  readonly disable: readonly string[];
  readonly rules: readonly Rule[];
  readonly waivers: readonly Waiver[];
  /** What is wrong with the policy itself. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The policy with the rules of its rule files in it, and what is wrong with any of them. */
export function withRuleFiles(own: PolicyParsed, files: readonly PolicyParsed[]): PolicyParsed {
  if (files.length === 0) return own;
  return {
    ok: own.ok && files.every((file) => file.ok),
    policy: { ...own.policy, rules: [...own.policy.rules, ...files.flatMap((file) => file.policy.rules)] },
    diagnostics: [...own.diagnostics, ...files.flatMap((file) => file.diagnostics)],
  };
}

export const scanPolicyOf = (policy: Policy, diagnostics: readonly Diagnostic[] = []): ScanPolicy => ({
  profile: policy.scan.profile,
  severity: policy.scan.severity,
  failOn: policy.scan.failOn,
  paths: policy.scan.paths,
  ignore: policy.scan.ignore,
  disable: policy.scan.disable,
  rules: compileCustomRules(policy.rules),
  waivers: policy.waivers,
  diagnostics,
});

/** @param path from the repository's root. */
export const isWanted = (policy: Pick<ScanPolicy, "paths" | "ignore">, path: string): boolean =>
  (policy.paths.length === 0 || policy.paths.some((glob) => matchesPath(glob, path))) &&
  !policy.ignore.some((glob) => matchesPath(glob, path));

export const leftOut = (path: string): Skipped => ({ path, reason: "left out by .github/draco.yml" });

/** How a scan under this policy judges, but for which rules there are and what day it is. */
export const judgingUnder = (
  policy: ScanPolicy,
): Required<Pick<Judging, "profile" | "severity" | "except" | "waivers">> => ({
  profile: policy.profile,
  severity: policy.severity,
  except: policy.disable,
  waivers: policy.waivers,
});
