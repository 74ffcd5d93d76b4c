/**
 * Times `draco scan` as a whole process: start-up, a directory of real code, and how cost grows with size.
 * Where a directory of real code is given, a "checkov" directory in it is what is timed; and Checkov itself is timed
 * beside Draco, where one is on the PATH.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const CLI = resolve(process.env.DRACO_CLI ?? "dist/cli.js");
const BUDGET = { startUpMs: 250, corpusMs: 1500, checkovRatio: 40, growth: 1.3, rssMb: 400 };

interface Run {
  readonly ms: number;
  readonly rssMb: number;
}

interface Row {
  readonly what: string;
  readonly median: string;
  readonly "peak RSS": string;
  readonly budget: string;
  readonly ok: string;
}

export function benchScan(corpora: string | undefined): boolean {
  const scratch = mkdtempSync(join(tmpdir(), "draco-bench-"));
  try {
    const rows = [...startUp(scratch), ...(corpora === undefined ? [] : corpus(corpora)), ...growth(scratch, corpora)];
    console.table(rows);
    return rows.every((row) => row.ok !== "NO");
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function startUp(scratch: string): readonly Row[] {
  const one = join(scratch, "one");
  mkdirSync(one);
  writeFileSync(join(one, "main.tf"), moduleText(0));
  const run = median(15, () => draco(join(one, "main.tf")));
  return [row("one small file", run, run.ms <= BUDGET.startUpMs, `${BUDGET.startUpMs} ms`)];
}

function corpus(corpora: string): readonly Row[] {
  const directory = existsSync(join(corpora, "checkov")) ? join(corpora, "checkov") : corpora;
  const strict = median(5, () => draco(directory, "--profile", "strict"));
  const rows = [
    row(`corpus, ${countFiles(directory)} files`, strict, strict.ms <= BUDGET.corpusMs, `${BUDGET.corpusMs} ms`),
  ];
  if (spawnSync("checkov", ["--version"]).status !== 0) return rows;
  const checkov = timed("checkov", ["-d", directory, "--quiet", "--compact", "--output", "json"]);
  const ratio = checkov.ms / strict.ms;
  return [
    ...rows,
    row(`Checkov, ${ratio.toFixed(0)} times as long`, checkov, ratio >= BUDGET.checkovRatio, `${BUDGET.checkovRatio}×`),
  ];
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
  const start = median(5, () => draco(empty)).ms;
  const first = median(3, () => draco(base));
  const rows = [row(`${countFiles(base)} files`, first, true, "")];
  for (const times of [10, 100]) {
    const directory = join(scratch, `x${times}`);
    replicate(base, directory, times);
    const run = median(times === 100 ? 1 : 3, () => draco(directory));
    const factor = (run.ms - start) / (first.ms - start) / times;
    const files = countFiles(directory);
    const fits = factor <= BUDGET.growth && (files < 10_000 || run.rssMb <= BUDGET.rssMb);
    rows.push(
      row(`${files} files, ${factor.toFixed(2)} × linear`, run, fits, `${BUDGET.growth} ×, ${BUDGET.rssMb} MB`),
    );
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

function median(times: number, run: () => Run): Run {
  const runs = Array.from({ length: times }, run).sort((a, b) => a.ms - b.ms);
  const middle = runs[Math.floor(times / 2)] ?? { ms: Number.NaN, rssMb: Number.NaN };
  return { ms: middle.ms, rssMb: Math.max(...runs.map((r) => r.rssMb)) };
}

const row = (what: string, run: Run, ok: boolean, budget: string): Row => ({
  what,
  median: `${run.ms.toFixed(0)} ms`,
  "peak RSS": Number.isNaN(run.rssMb) ? "?" : `${run.rssMb.toFixed(0)} MB`,
  budget,
  ok: budget === "" ? "" : ok ? "yes" : "NO",
});

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

/** Up to a hundred directories of real Terraform, so that the seed stays small. */
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
  for (const [i, directory] of found.entries())
    for (const name of readdirSync(directory))
      if (name.endsWith(".tf")) cpSync(join(directory, name), join(seed, `m${i}`, name));
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
