/** From what was read to what is reported: rules, suppressions, baseline, in that order. Pure; the flows call it. */
import type { Diagnostic, Severity } from "./model/finding.ts";
import { severityRank } from "./model/finding.ts";
import type { SourceFile } from "./model/source-range.ts";
import type { Reading } from "./read/reading.ts";
import {
  type RootReport,
  type RuleInfo,
  SCAN_SCHEMA,
  type ScanReport,
  type ScanResult,
  scanError,
} from "./report/scan-report.ts";
import { applyBaseline, type Baseline } from "./rules/baseline.ts";
import { type Judgement, joinPath, runRules, selectRules } from "./rules/engine.ts";
import type { JudgementMemory } from "./rules/judgement-memory.ts";
import type { Ledger } from "./rules/ledger.ts";
import type { Rule } from "./rules/rule.ts";
import { suppress, type Waiver } from "./rules/suppress.ts";

export interface RootInput {
  /** As it was asked for. */
  readonly root: string;
  /** From the repository's root to the directory that paths are relative to; "" where they are the same. */
  readonly repositoryPath: string;
  /** The directory asked for, relative to the one that paths are relative to: reports count from there. */
  readonly home?: string;
  readonly files: readonly SourceFile[];
  readonly reading: Reading;
  /** Report only what is in these files, though all were evaluated. */
  readonly onlyFiles?: (file: string) => boolean;
}

export interface Judging {
  readonly rules: readonly Rule[];
  readonly profile?: "default" | "strict";
  /** Rule ids or aliases; none: every rule of the profile. */
  readonly only?: readonly string[];
  /** Rule ids or aliases that are not run. */
  readonly except?: readonly string[];
  /** The least severity to report. */
  readonly severity?: Severity;
  readonly keep?: "failures" | "all";
  readonly waivers?: readonly Waiver[];
  readonly baseline?: Baseline;
  /** ISO date. */
  readonly today: string;
  /** What earlier runs over the same repository came to. */
  readonly memory?: JudgementMemory;
}

export interface JudgedRoot {
  readonly results: readonly Judgement[];
  readonly ledger: Ledger;
  readonly diagnostics: readonly Diagnostic[];
}

/** Every rule's answer about one root, with suppressed results marked. */
export function judgeRoot(input: RootInput, judging: Judging): JudgedRoot {
  const least = judging.severity;
  const rules = selectRules(judging.rules, {
    profile: judging.profile ?? "default",
    ...(judging.only && { only: judging.only }),
    ...(judging.except && { except: judging.except }),
    ...(least && { atLeast: (severity: Severity) => severityRank(severity) >= severityRank(least) }),
  });
  const run = runRules({
    stacks: input.reading.stacks,
    rules,
    keep: judging.keep ?? "failures",
    ...(judging.memory && { memory: judging.memory }),
    repositoryPath: input.repositoryPath,
  });
  const wanted = input.onlyFiles;
  const chosen = wanted ? run.results.filter((r) => "file" in r.at && wanted(r.at.file)) : run.results;
  const suppressed = suppress(chosen, {
    reading: input.reading,
    rules: judging.rules,
    today: judging.today,
    linesOf: linesByFile(input.files),
    repositoryPath: input.repositoryPath,
    ...(judging.waivers && { waivers: judging.waivers }),
  });
  const paths = new Set(input.files.map((file) => file.path));
  const results = judging.baseline
    ? applyBaseline(suppressed.results, judging.baseline, (path) => paths.has(path))
    : suppressed.results;
  return {
    results,
    ledger: run.ledger,
    diagnostics: [...input.reading.diagnostics, ...run.diagnostics, ...suppressed.diagnostics],
  };
}

export function reportRoot(input: RootInput, judged: JudgedRoot, rules: readonly Rule[]): RootReport {
  const aliases = new Map(rules.map((rule) => [rule.id, rule.aliases]));
  const home = input.home ?? "";
  const seen = <T extends { readonly file: string }>(at: T): T =>
    home === "" ? at : { ...at, file: fromHome(home, at.file) };
  return {
    root: input.root,
    repositoryPath: joinPath(input.repositoryPath, home),
    results: judged.results.map((result) => seen(scanResult(result, aliases.get(result.rule) ?? []))),
    ledger: judged.ledger,
    skipped: input.reading.skipped.map((s) => (home === "" ? s : { ...s, path: fromHome(home, s.path) })),
    errors: judged.diagnostics
      .filter((d) => d.severity === "error")
      .map(scanError)
      .map(seen),
    warnings: judged.diagnostics
      .filter((d) => d.severity === "warning")
      .map(scanError)
      .map(seen),
    counts: {
      files: input.files.length - skippedFiles(input),
      resources: input.reading.stacks.reduce((sum, stack) => sum + stack.resources.length, 0),
    },
  };
}

/** envs/prod and modules/x/main.tf: ../../modules/x/main.tf. */
function fromHome(home: string, file: string): string {
  const from = home.split("/");
  const to = file.split("/");
  let same = 0;
  while (same < from.length && same < to.length - 1 && from[same] === to[same]) same++;
  return [...from.slice(same).map(() => ".."), ...to.slice(same)].join("/");
}

/** Files that were read to be looked at, and turned out to be something else. */
function skippedFiles({ files, reading }: RootInput): number {
  const skipped = new Set(reading.skipped.map((s) => s.path));
  return files.filter((file) => skipped.has(file.path)).length;
}

export function reportScan(roots: readonly RootReport[], rules: readonly Rule[]): ScanReport {
  const met = new Set(roots.flatMap((root) => root.results.map((result) => result.rule)));
  const told = rules.filter((rule) => met.has(rule.id)).sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    schema: SCAN_SCHEMA,
    aliases: [...new Set(rules.flatMap((rule) => rule.aliases))].sort(),
    rules: Object.fromEntries(told.map((rule) => [rule.id, ruleInfo(rule)])),
    roots,
  };
}

const ruleInfo = (rule: Rule): RuleInfo => ({
  title: rule.title,
  severity: rule.severity,
  category: rule.category,
  why: rule.why,
  remedy: rule.remedy,
  aliases: rule.aliases,
  references: rule.references,
  ...(rule.fix && { fixRisk: rule.fix.risk }),
});

function scanResult(result: Judgement, aliases: readonly string[]): ScanResult {
  const { at } = result;
  const file = "file" in at ? at.file : at.id;
  const home = file.includes("/") ? file.slice(0, file.lastIndexOf("/")) : "";
  const stack = result.stack === "." ? "" : result.stack;
  return {
    rule: result.rule,
    aliases,
    status: result.status,
    severity: result.severity,
    category: result.category,
    resource: result.resource,
    file,
    line: "file" in at ? at.line : 0,
    endLine: "file" in at ? at.endLine : 0,
    message: result.message,
    evidence: result.evidence,
    fingerprint: result.fingerprint,
    fix: result.fix,
    ...(result.suppressed && { suppressed: result.suppressed }),
    ...(stack !== home && stack !== file && { stack: stack === "" ? "." : stack }),
    ...(result.environments && { environments: result.environments }),
    ...(result.possible && { possible: true }),
  };
}

/** Splits a file into lines the first time that somebody asks for them. */
function linesByFile(files: readonly SourceFile[]): (file: string) => readonly string[] | undefined {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const split = new Map<string, readonly string[]>();
  return (path) => {
    const known = split.get(path);
    if (known) return known;
    const file = byPath.get(path);
    if (!file) return undefined;
    const lines = new TextDecoder().decode(file.bytes).split(/\r?\n/);
    split.set(path, lines);
    return lines;
  };
}
