/** `draco scan PATH`: walk, read, judge, report. No database, no network. */
import type { RootReport, ScanReport } from "../core/report/scan-report.ts";
import { loadAllRules, loadRulesFor } from "../core/rules/registry.ts";
import type { Rule } from "../core/rules/rule.ts";
import { type JudgedRoot, type Judging, judgeRoot, reportRoot, reportScan } from "../core/scan.ts";
import { judgingUnder, type ScanPolicy } from "../core/scan-policy.ts";
import { type ReadRoot, readRoot } from "./read-root.ts";
import type { ScanDeps, ScanOptions } from "./scan-deps.ts";

/** One path, judged, with what a fix or a baseline needs beside the report. */
export interface ScannedRoot extends ReadRoot {
  readonly judged: JudgedRoot;
  readonly report: RootReport;
}

export interface Scanned {
  readonly report: ScanReport;
  readonly roots: readonly ScannedRoot[];
  readonly rules: readonly Rule[];
}

export async function scanDirectories(deps: ScanDeps, options: ScanOptions): Promise<Scanned> {
  const read: ReadRoot[] = [];
  for (const { path, shown } of options.paths) read.push(await readRoot(deps, path, shown, options));

  const types = new Set<string>();
  for (const { input } of read)
    for (const stack of input.reading.stacks) for (const resource of stack.resources) types.add(resource.type);
  const builtIn = options.everyRule ? await loadAllRules() : await loadRulesFor(types);

  const roots = read.map((root): ScannedRoot => {
    const rules = [...builtIn, ...(root.policy?.rules ?? [])];
    const judged = judgeRoot(root.input, judgingOf(options, root.policy, rules));
    return { ...root, judged, report: reportRoot(root.input, judged, rules) };
  });
  const rules = [
    ...new Map([...builtIn, ...read.flatMap((r) => r.policy?.rules ?? [])].map((r) => [r.id, r])).values(),
  ];
  const report = reportScan(
    roots.map((root) => root.report),
    rules,
  );
  return { report, roots, rules };
}

function judgingOf(options: ScanOptions, policy: ScanPolicy | undefined, rules: readonly Rule[]): Judging {
  return {
    ...(policy && judgingUnder(policy)),
    rules,
    today: options.today,
    keep: options.allResults ? "all" : "failures",
    ...(options.profile && { profile: options.profile }),
    ...(options.severity && { severity: options.severity }),
    ...(options.rules && { only: options.rules }),
    ...(options.baseline && { baseline: options.baseline }),
  };
}
