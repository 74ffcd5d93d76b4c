/**
 * Times `draco scan` as a whole process: start-up, a directory of real code, and how cost grows with size.
 * Where a directory of real code is given, a "checkov" directory in it is what is timed; and Checkov itself is timed
 * beside Draco, where one is on the PATH.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Row } from "./row.ts";

const CLI = resolve(process.env.DRACO_CLI ?? "dist/cli.js");
const GOAL = { startUpMs: 250, corpusMs: 1500, checkovRatio: 40, growth: 1.3, rssMb: 400 };

interface Run {
  readonly ms: number;
  readonly rssMb: number;
}

/** Rows of the scan as a whole process. @param corpora a directory of real code. */
export function measureScan(corpora: string | undefined): readonly Row[] {
  const scratch = mkdtempSync(join(tmpdir(), "draco-bench-"));
  try {
    return [...startUp(scratch), ...(corpora === undefined ? [] : corpus(corpora)), ...growth(scratch, corpora)];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function startUp(scratch: string): readonly Row[] {
  const one = join(scratch, "one");
  mkdirSync(one);
  writeFileSync(join(one, "main.tf"), moduleText(0));
  const file = join(one, "main.tf");
  // JSON names the aliases of all rules, and so loads them all.
  const runs = { "one small file": ["--format", "table"], "one small file, as JSON": ["--format", "json"] };
  return Object.entries(runs).map(([what, format]) => {
    const measured = repeat(15, () => timed(process.execPath, [CLI, "scan", file, "--fail-on", "none", ...format]));
    return row(`scan of ${what}`, measured, `under ${GOAL.startUpMs} ms`, measured.medianMs < GOAL.startUpMs);
  });
}

function corpus(corpora: string): readonly Row[] {
  const directory = existsSync(join(corpora, "checkov")) ? join(corpora, "checkov") : corpora;
  const ours = repeat(7, () => draco(directory, "--profile", "strict"));
  const what = `scan of ${countFiles(directory)} real files, every rule`;
  const rows = [row(what, ours, `under ${GOAL.corpusMs} ms`, ours.medianMs < GOAL.corpusMs)];
  if (spawnSync("checkov", ["--version"]).status !== 0)
    return [...rows, { what: "Checkov on the same files", measured: "not on the PATH", goal: "", ok: undefined }];
  const theirs = timed("checkov", ["-d", directory, "--quiet", "--compact", "--output", "json"]);
  const ratio = theirs.ms / ours.medianMs;
  const measured = `${(theirs.ms / 1000).toFixed(1)} s, ${ratio.toFixed(0)} × as long`;
  const goal = `at least ${GOAL.checkovRatio} ×`;
  return [...rows, { what: "Checkov on the same files", measured, goal, ok: ratio >= GOAL.checkovRatio }];
}

/** The same modules 1, 10 and 100 times over. Start-up is taken off, so that it does not flatter the ratio. */
function growth(scratch: string, corpora: string | undefined): readonly Row[] {
  const seed = corpora === undefined ? generated(scratch) : terraformOnly(corpora, scratch);
  const baseFiles = countFiles(seed);
  const copies = Math.max(1, Math.round(100 / Math.max(1, baseFiles)));
  const base = join(scratch, "x1");
  replicate(seed, base, copies);
  const empty = join(scratch, "empty");
  mkdirSync(empty);
  const start = repeat(5, () => draco(empty)).leastMs;
  const first = repeat(5, () => draco(base));
  const rows = [row(`${countFiles(base)} files`, first, "", undefined)];
  for (const times of [10, 100]) {
    const directory = join(scratch, `x${times}`);
    replicate(base, directory, times);
    const runs = repeat(times === 100 ? 1 : 3, () => draco(directory));
    const factor = (runs.leastMs - start) / (first.leastMs - start) / times;
    const files = countFiles(directory);
    const fits = factor <= GOAL.growth && (files < 10_000 || runs.rssMb <= GOAL.rssMb);
    const goal = `${GOAL.growth} × linear${files < 10_000 ? "" : `, ${GOAL.rssMb} MB`}`;
    rows.push(row(`${files} files, ${factor.toFixed(2)} × linear`, runs, goal, fits));
    rmSync(directory, { recursive: true, force: true });
  }
  return rows;
}

const draco = (...args: readonly string[]): Run =>
  timed(process.execPath, [CLI, "scan", ...args, "--format", "json", "--fail-on", "none"]);

/** Wall-clock time, and the largest resident size that the child says it had (Linux and macOS). */
function timed(program: string, args: readonly string[]): Run {
  const gnuTime = existsSync("/usr/bin/time") && process.platform === "linux";
  const [command, given] = gnuTime ? ["/usr/bin/time", ["-f", "%M", program, ...args]] : [program, [...args]];
  const started = performance.now();
  const done = spawnSync(command, given, { encoding: "utf8", maxBuffer: 1 << 30 });
  const ms = performance.now() - started;
  if (done.status !== 0 && program === process.execPath) throw new Error(`${args.join(" ")}\n${done.stderr}`);
  const kilobytes = Number(/(\d+)\s*$/.exec(done.stderr)?.[1] ?? Number.NaN);
  return { ms, rssMb: gnuTime ? kilobytes / 1024 : Number.NaN };
}

interface Runs {
  readonly leastMs: number;
  readonly medianMs: number;
  readonly rssMb: number;
}

function repeat(times: number, run: () => Run): Runs {
  const runs = Array.from({ length: times }, run);
  const ms = runs.map((one) => one.ms).sort((a, b) => a - b);
  return {
    leastMs: ms[0] ?? Number.NaN,
    medianMs: ms[times >> 1] ?? Number.NaN,
    rssMb: Math.max(...runs.map((one) => one.rssMb)),
  };
}

function row(what: string, { leastMs, medianMs, rssMb }: Runs, goal: string, ok: boolean | undefined): Row {
  const memory = Number.isNaN(rssMb) ? "" : `, ${rssMb.toFixed(0)} MB`;
  return { what, measured: `${medianMs.toFixed(0)} ms (least ${leastMs.toFixed(0)})${memory}`, goal, ok };
}

/** A hundred root modules of a few resources each. */
function generated(scratch: string): string {
  const directory = join(scratch, "generated");
  for (let i = 0; i < 100; i++) {
    mkdirSync(join(directory, `m${i}`), { recursive: true });
    writeFileSync(join(directory, `m${i}`, "main.tf"), moduleText(i));
  }
  return directory;
}

const moduleText = (i: number): string => `variable "encrypted" {
  default = ${i % 2 === 0}
}

resource "aws_s3_bucket" "b${i}" {
  bucket = "bench-\${var.encrypted}-${i}"
  acl    = "private"
}

resource "aws_ebs_volume" "v${i}" {
  for_each          = toset(["a", "b"])
  availability_zone = "eu-west-1\${each.key}"
  size              = 8
  encrypted         = var.encrypted
}
`;

/** A hundred files of real Terraform: a hundred times as many are the 10,000 of the goal. */
function terraformOnly(corpora: string, scratch: string): string {
  const seed = join(scratch, "seed");
  const found: string[] = [];
  const visit = (directory: string): void => {
    if (found.length >= 60) return;
    const entries = readdirSync(directory, { withFileTypes: true });
    if (entries.some((e) => e.isFile() && e.name.endsWith(".tf"))) found.push(directory);
    for (const e of entries) if (e.isDirectory()) visit(join(directory, e.name));
  };
  visit(corpora);
  const files = found.flatMap((directory, i) =>
    readdirSync(directory)
      .filter((name) => name.endsWith(".tf"))
      .map((name) => ({ from: join(directory, name), to: join(seed, `m${i}`, name) })),
  );
  for (const { from, to } of files.slice(0, 100)) cpSync(from, to);
  return seed;
}

function replicate(from: string, to: string, times: number): void {
  for (let i = 0; i < times; i++) cpSync(from, join(to, `copy${i}`), { recursive: true });
}

function countFiles(directory: string): number {
  return readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(directory, name)).isFile(),
  ).length;
}
