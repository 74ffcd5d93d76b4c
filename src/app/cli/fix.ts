/** `draco fix`: the diff that mends what fixers can mend, shown or written. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FixRisk } from "../../core/model/patch.ts";
import { renderDiff } from "../../core/report/diff.ts";
import { plainText } from "../../core/report/neutralise.ts";
import { plural, styleFor, wrapText } from "../../core/report/style.ts";
import type { Judgement } from "../../core/rules/engine.ts";
import { type Mended, mendRoot } from "../../flows/fix-directory.ts";
import { PathNotFound } from "../../flows/scan-deps.ts";
import { type Scanned, type ScannedRoot, scanDirectories } from "../../flows/scan-directory.ts";
import { collect, newCommand, Option, runCommand } from "./command.ts";
import { type Io, screenOf, today, UserError } from "./io.ts";
import { startProgress } from "./progress.ts";
import { checkRuleIds } from "./rule-ids.ts";
import { absolutePaths, scanDeps, variablesFrom } from "./scan-deps.ts";

interface Options {
  readonly rule?: readonly string[];
  readonly risk: "in-place" | "disruptive" | "all";
  readonly profile?: "default" | "strict";
  readonly dryRun?: boolean;
  readonly interactive?: boolean;
  readonly color: boolean;
}

const RISKS: { readonly [risk in Options["risk"]]: readonly FixRisk[] } = {
  "in-place": ["in-place"],
  disruptive: ["in-place", "disruptive"],
  all: ["in-place", "disruptive", "replaces"],
};

const EXAMPLES = [
  "draco fix --dry-run                           show what would change here",
  "draco fix infra --rule aws-s3-versioning      one rule only",
  "draco fix infra --risk disruptive             also what may restart or break clients",
  "draco fix infra --interactive                 decide on each change",
];

export async function fix(args: readonly string[], io: Io): Promise<number> {
  const command = newCommand(
    "draco fix",
    io,
    "Mend what a fixer can mend. Every change is proven first: the finding is gone, nothing new is wrong.",
    EXAMPLES,
  )
    .argument("[path...]", "directories or files (default: the current directory)")
    .option("--rule <id>", "only this rule or alias; repeat it, or separate with commas", collect)
    .addOption(
      new Option("--risk <risk>", "how far a fix may go: all includes those that replace a resource")
        .choices(["in-place", "disruptive", "all"])
        .default("in-place"),
    )
    .addOption(new Option("--profile <profile>", "which rules").choices(["default", "strict"]))
    .option("--dry-run", "print the diff and write nothing")
    .option("--interactive", "ask about each change")
    .option("--no-color", "no colours, even on a terminal")
    .action(async (paths: readonly string[], options: Options) => runFix(paths, options, io));
  return (await runCommand(command, args)) ?? 0;
}

async function runFix(paths: readonly string[], options: Options, io: Io): Promise<void> {
  if (options.rule) await checkRuleIds(options.rule);
  const progress = startProgress(io);
  const screen = screenOf(io, io.outIsTerminal, options.color);
  const scanned = await scanPaths(paths, options, io, progress.say);
  for (const root of scanned.roots) {
    const profile = options.profile ?? root.policy?.profile;
    const mended = await mendRoot(root, {
      rules: scanned.rules,
      ...(profile && { profile }),
      risks: RISKS[options.risk],
      read: { variables: variablesFrom(io.env) },
      onProgress: progress.say,
      ...(options.interactive && { choose: chooser(io, screen.colour, progress.done) }),
    });
    progress.done();
    if (mended.changes.length > 0) io.out(renderDiff(mended.changes, screen.colour));
    if (!options.dryRun) write(root, mended);
    io.err(summary(root, mended, options, io));
  }
}

async function scanPaths(
  paths: readonly string[],
  options: Options,
  io: Io,
  onProgress: (message: string) => void,
): Promise<Scanned> {
  try {
    return await scanDirectories(scanDeps(onProgress), {
      paths: absolutePaths(paths, io.cwd),
      today: today(io),
      variables: variablesFrom(io.env),
      ...(options.profile && { profile: options.profile }),
      ...(options.rule && { rules: options.rule, everyRule: true }),
    });
  } catch (thrown) {
    if (thrown instanceof PathNotFound) throw new UserError(thrown.message);
    throw thrown;
  }
}

const chooser =
  (io: Io, colour: boolean, clear: () => void) =>
  async (finding: Judgement, change: Mended["changes"]): Promise<boolean> => {
    clear();
    io.err(
      `\n${finding.severity.toUpperCase()} ${plainText(finding.message)} (${plainText(finding.resource.address)})\n`,
    );
    io.err(renderDiff(change, colour));
    return /^y(es)?$/i.test(await io.ask("Make this change? [y/N] "));
  };

function write(root: ScannedRoot, mended: Mended): void {
  for (const { after } of mended.changes) {
    const path = join(root.directory, after.path);
    try {
      writeFileSync(path, after.bytes);
    } catch (thrown) {
      throw new UserError(`${path} cannot be written: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }
}

function summary(root: ScannedRoot, mended: Mended, options: Options, io: Io): string {
  const screen = screenOf(io, io.errIsTerminal, options.color);
  const style = styleFor(screen.colour);
  const verb = options.dryRun ? "would be mended" : "mended";
  const count = `${plural(mended.mended.length, "finding")} ${verb} in ${plural(mended.changes.length, "file")}`;
  const reasons = new Map<string, Judgement[]>();
  for (const { why, finding } of mended.declined) reasons.set(why, [...(reasons.get(why) ?? []), finding]);
  const lines = [...reasons]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([why, left]) =>
      wrapText(
        `${plainText(why, 400)}${style.dim(named(left))}`,
        screen.width,
        `  ${String(left.length).padStart(4)} `,
      ),
    );
  const left = lines.length === 0 ? "" : `${style.dim(`${mended.declined.length} left alone:`)}\n${lines.join("\n")}\n`;
  return `${style.bold(plainText(root.input.root))}: ${count}\n${left}`;
}

/** Who is meant, where they are few enough to be named. */
const named = (findings: readonly Judgement[]): string =>
  findings.length > MOST_NAMED
    ? ""
    : ` (${findings.map((finding) => `${finding.rule} on ${plainText(finding.resource.address)}`).join(", ")})`;

const MOST_NAMED = 3;
