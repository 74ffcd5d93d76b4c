/** `scan()` for programs: the same engine, the same answer as `draco scan --format json`. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Severity } from "../core/model/finding.ts";
import type { ScanReport } from "../core/report/scan-report.ts";
import { type Baseline, parseBaseline } from "../core/rules/baseline.ts";
import { scanDirectories } from "../flows/scan-directory.ts";
import { absolutePaths, scanDeps } from "./cli/scan-deps.ts";

export interface ScanOptions {
  /** Directories and files; relative ones count from `cwd`. Default: `cwd`. */
  readonly paths?: readonly string[];
  /** Default: the process's own. */
  readonly cwd?: string;
  readonly profile?: "default" | "strict";
  /** Ids or aliases; none: every rule of the profile. */
  readonly rules?: readonly string[];
  /** The least severity to report. */
  readonly severity?: Severity;
  /** Also passes and what could not be decided. */
  readonly allResults?: boolean;
  /** Terraform variable files, later ones win. */
  readonly varFiles?: readonly string[];
  /** Terraform variables as TF_VAR_ would give them. */
  readonly variables?: { readonly [name: string]: string };
  /** A baseline, or the path of its file. */
  readonly baseline?: Baseline | string;
  /** Report only files that differ from where HEAD left this git revision. */
  readonly changedSince?: string;
  /** Day against which suppressions expire. Default: today. */
  readonly today?: Date;
}

/** Rejects where a path, a variable file, the baseline or the git revision is not there. */
export async function scan(options: ScanOptions = {}): Promise<ScanReport> {
  const cwd = options.cwd ?? process.cwd();
  const { report } = await scanDirectories(scanDeps(), {
    paths: absolutePaths(options.paths ?? [], cwd),
    today: (options.today ?? new Date()).toISOString().slice(0, 10),
    everyRule: true,
    ...(options.profile && { profile: options.profile }),
    ...(options.rules && { rules: options.rules }),
    ...(options.severity && { severity: options.severity }),
    ...(options.allResults && { allResults: true }),
    ...(options.varFiles && { varFiles: options.varFiles.map((file) => resolve(cwd, file)) }),
    ...(options.variables && { variables: options.variables }),
    ...(options.baseline !== undefined && { baseline: baselineOf(options.baseline, cwd) }),
    ...(options.changedSince !== undefined && { changedSince: options.changedSince }),
  });
  return report;
}

function baselineOf(given: Baseline | string, cwd: string): Baseline {
  if (typeof given !== "string") return given;
  const baseline = parseBaseline(readFileSync(resolve(cwd, given), "utf8"));
  if ("problem" in baseline) throw new Error(`${given} is not a baseline: ${baseline.problem}`);
  return baseline;
}
