/** `draco scan`: options in, report out, exit code by severity. */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { GitFailed } from "../../adapters/files/git.ts";
import { type Severity, severityRank } from "../../core/model/finding.ts";
import { isOpen, type ScanReport } from "../../core/report/scan-report.ts";
import type { Screen } from "../../core/report/style.ts";
import { type Baseline, parseBaseline, takeBaseline } from "../../core/rules/baseline.ts";
import { PathNotFound } from "../../flows/scan-deps.ts";
import { type Scanned, scanDirectories } from "../../flows/scan-directory.ts";
import { collect, newCommand, Option, runCommand, severity, severityOrNone } from "./command.ts";
import { type Io, screenOf, today, UserError } from "./io.ts";
import { startProgress } from "./progress.ts";
import { checkRuleIds } from "./rule-ids.ts";
import { absolutePaths, scanDeps, variablesFrom } from "./scan-deps.ts";
import { packageVersion } from "./version.ts";

const FORMATS = ["table", "json", "sarif", "junit", "markdown", "github"] as const;
type ReportFormat = (typeof FORMATS)[number];

interface Options {
  readonly format: ReportFormat;
  readonly allResults?: boolean;
  readonly rule?: readonly string[];
  readonly profile?: "default" | "strict";
  readonly severity?: Severity;
  readonly failOn?: Severity | "none";
  readonly varFile?: readonly string[];
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly output?: string;
  readonly changedSince?: string;
  readonly color: boolean;
}

const EXAMPLES = [
  "draco scan                                     this directory, for people",
  "draco scan infra modules --fail-on critical    exit 1 only for critical findings",
  "draco scan --format sarif --output draco.sarif for code scanning",
  "draco scan --changed-since origin/main         only what this branch touches",
  "draco scan --write-baseline draco.json         accept what is there today",
  "draco scan --baseline draco.json               then report only what is new",
];

export async function scan(args: readonly string[], io: Io): Promise<number> {
  let exitCode = 0;
  const command = newCommand(
    "draco scan",
    io,
    "Find security, cost and reliability problems in infrastructure code.",
    EXAMPLES,
  )
    .argument("[path...]", "directories or files (default: the current directory)")
    .addOption(new Option("--format <format>", "how to report").choices(FORMATS).default("table"))
    .option("--all-results", "also report what passed and what could not be decided")
    .option("--rule <id>", "only this rule or alias; repeat it, or separate with commas", collect)
    .addOption(new Option("--profile <profile>", "which rules (default: default)").choices(["default", "strict"]))
    .option("--severity <level>", "leave out what is below low, medium, high or critical", severity)
    .addOption(
      new Option("--fail-on <level>", "least severity that makes the exit code 1, or none (default: high)").argParser(
        severityOrNone,
      ),
    )
    .option("--var-file <file>", "Terraform variables, as terraform plan -var-file; repeatable", collectPath)
    .option("--baseline <file>", "findings known from before are kept apart and do not fail the scan")
    .option("--write-baseline <file>", "write what is found now as a baseline, and exit 0")
    .option("--output <file>", "write the report there instead of to standard output")
    .option("--changed-since <ref>", "only files that differ from where HEAD left this git revision")
    .option("--no-color", "no colours, even on a terminal")
    .action(async (paths: readonly string[], options: Options) => {
      exitCode = await runScan(paths, options, io);
    });
  return (await runCommand(command, args)) ?? exitCode;
}

async function runScan(paths: readonly string[], options: Options, io: Io): Promise<number> {
  const scanned = await scanPaths(paths, options, io);
  if (options.writeBaseline !== undefined) {
    const baseline = takeBaseline(scanned.roots.flatMap((root) => root.judged.results));
    write(resolve(io.cwd, options.writeBaseline), `${JSON.stringify(baseline, undefined, 2)}\n`);
    io.err(`${baseline.findings.length} findings written to ${options.writeBaseline}\n`);
    return 0;
  }
  const toFile = options.output !== undefined;
  const screen = toFile ? { colour: false, width: 0 } : screenOf(io, io.outIsTerminal, options.color);
  const text = await render(scanned.report, options.format, screen);
  if (options.output === undefined) io.out(text);
  else write(resolve(io.cwd, options.output), text);
  return failsAt(scanned, options.failOn) ? 1 : 0;
}

async function scanPaths(paths: readonly string[], options: Options, io: Io): Promise<Scanned> {
  const progress = startProgress(io);
  try {
    if (options.rule) await checkRuleIds(options.rule);
    return await scanDirectories(scanDeps(progress.say), {
      paths: absolutePaths(paths, io.cwd),
      today: today(io),
      variables: variablesFrom(io.env),
      ...(options.profile && { profile: options.profile }),
      ...(options.rule && { rules: options.rule }),
      ...(options.severity && { severity: options.severity }),
      ...(options.allResults && { allResults: true }),
      ...((options.rule || options.format === "json") && { everyRule: true }),
      ...(options.varFile && { varFiles: options.varFile.map((file) => resolve(io.cwd, file)) }),
      ...(options.baseline !== undefined && { baseline: readBaseline(options.baseline, io) }),
      ...(options.changedSince !== undefined && { changedSince: options.changedSince }),
    });
  } catch (thrown) {
    if (thrown instanceof PathNotFound || thrown instanceof GitFailed) throw new UserError(thrown.message);
    throw thrown;
  } finally {
    progress.done();
  }
}

async function render(report: ScanReport, format: ReportFormat, screen: Screen): Promise<string> {
  switch (format) {
    case "json":
      return `${JSON.stringify(report)}\n`;
    case "sarif":
      return (await import("../../core/report/sarif.ts")).renderSarif(report, packageVersion());
    case "junit":
      return (await import("../../core/report/junit.ts")).renderJunit(report);
    case "markdown":
      return (await import("../../core/report/markdown.ts")).renderMarkdown(report);
    case "github":
      return (await import("../../core/report/github-commands.ts")).renderGithubCommands(report);
    case "table":
      return (await import("../../core/report/table.ts")).renderTable(report, screen);
  }
}

/** The command line decides, then the repository's policy, then "high". */
const failsAt = ({ roots }: Scanned, asked: Severity | "none" | undefined): boolean =>
  roots.some(({ report, policy }) => {
    const least = asked ?? policy?.failOn ?? "high";
    if (least === "none") return false;
    return report.results.some((r) => isOpen(r) && severityRank(r.severity) >= severityRank(least));
  });

function readBaseline(file: string, io: Io): Baseline {
  let text: string;
  try {
    text = readFileSync(resolve(io.cwd, file), "utf8");
  } catch {
    throw new UserError(`the baseline ${file} cannot be read; write one with --write-baseline ${file}`);
  }
  const baseline = parseBaseline(text);
  if ("problem" in baseline) throw new UserError(`${file} is not a baseline: ${baseline.problem}`);
  return baseline;
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (thrown) {
    throw new UserError(`${path} cannot be written: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

const collectPath = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];
