/**
 * The evaluator against terraform plan, and its speed.
 *   compare [COUNT [SEED]]  generates configurations on terraform_data, plans them with terraform, prints every difference
 *   speed DIRECTORY         parses and evaluates every Terraform file below a directory, cold and warm
 *   growth                  10 and 100 times the resources, modules and files: time must grow as they do
 * Run: npx esbuild bench/evaluate.ts --bundle --platform=node --format=esm --packages=external --outfile=dist/bench-evaluate.mjs && node dist/bench-evaluate.mjs compare 1000
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import type { SourceFile } from "../src/core/model/source-range.ts";
import { readTerraform } from "../src/core/read/terraform/read-terraform.ts";
import { generateConfiguration } from "../test/core/read/terraform/generate-configuration.ts";
import { compare, missingTerraform, plan } from "../test/core/read/terraform/oracle.ts";

/** Configurations per terraform run: its own time grows faster than their number. */
const BATCH = 50;

function compareWithTerraform(count: number, seed: number): void {
  const missing = missingTerraform();
  if (missing !== undefined) {
    console.log(`Nothing compared: ${missing}.`);
    return;
  }
  let configurations = 0;
  let resources = 0;
  let different = 0;
  for (let from = seed; from < seed + count; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, seed + count - from) }, (_, i) =>
      generateConfiguration(from + i),
    );
    const { json, refused } = plan(batch);
    const accepted = batch.filter(({ name }) => !refused.has(name));
    const { differences, compared } = compare(accepted, json);
    configurations += accepted.length;
    resources += compared;
    different += differences.length;
    for (const difference of differences) console.log(JSON.stringify(difference));
  }
  console.log(
    `${configurations} configurations, ${resources} resources compared, ${different} differences (seed ${seed})`,
  );
  process.exitCode = different === 0 ? 0 : 1;
}

function filesBelow(root: string): SourceFile[] {
  const files: SourceFile[] = [];
  const walk = (directory: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile() && statSync(path).size < 1_000_000)
        files.push({ path: relative(root, path), bytes: readFileSync(path) });
    }
  };
  walk(root);
  return files;
}

function measure(files: readonly SourceFile[]): {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly resources: number;
} {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const { stacks } = readTerraform({ files });
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return {
    wallMs,
    cpuMs: (user + system) / 1000,
    resources: stacks.reduce((sum, stack) => sum + stack.resources.length, 0),
  };
}

function speed(root: string): void {
  const files = filesBelow(root);
  for (const round of ["cold", "warm", "warm", "warm"]) {
    const { wallMs, cpuMs, resources } = measure(files);
    console.log(
      `${round}: ${files.length} files, ${resources} resources, ${wallMs.toFixed(0)} ms, ${cpuMs.toFixed(0)} ms CPU`,
    );
  }
}

const encode = (path: string, text: string): SourceFile => ({ path, bytes: new TextEncoder().encode(text) });
const block = (i: number): string =>
  `resource "aws_s3_bucket" "b${i}" {\n  bucket = "\${local.prefix}-${i}"\n  tags   = merge(local.tags, { n = ${i} })\n}\nresource "aws_s3_bucket_acl" "a${i}" {\n  bucket = aws_s3_bucket.b${i}.id\n  acl    = var.public ? "public-read" : "private"\n}\n`;
const HEAD = 'variable "public" {\n  default = false\n}\nlocals {\n  prefix = "x"\n  tags = { team = "a" }\n}\n';
const many = (n: number, each: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => each(i)).join("\n");

const SHAPES: { readonly [name: string]: (n: number) => SourceFile[] } = {
  "resources in one file": (n) => [encode("main.tf", HEAD + many(n, block))],
  "instances of one resource": (n) => [
    encode("main.tf", `${HEAD}resource "aws_x" "x" {\n  count = ${n}\n  name = "\${local.prefix}-\${count.index}"\n}`),
  ],
  "calls of one module": (n) => [
    encode(
      "main.tf",
      many(n, (i) => `module "m${i}" {\n  source = "./m"\n}`),
    ),
    encode("m/main.tf", HEAD + block(0)),
  ],
  "roots of one file": (n) => Array.from({ length: n }, (_, i) => encode(`r${i}/main.tf`, HEAD + block(0))),
};

function growth(): void {
  for (const [name, make] of Object.entries(SHAPES)) {
    measure(make(300));
    const times = [100, 1000, 10_000].map((n) => {
      const files = make(n);
      const rounds = n < 1000 ? 20 : n < 10_000 ? 5 : 1;
      return Math.min(...Array.from({ length: rounds }, () => measure(files).cpuMs));
    });
    const [one = 0, ten = 0, hundred = 0] = times;
    console.log(
      `${name}: ${times.map((ms) => `${ms.toFixed(1)} ms`).join(", ")} (×10: ${(ten / one).toFixed(1)}, ×100: ${(hundred / one).toFixed(1)})`,
    );
  }
}

const [command = "", ...args] = process.argv.slice(2);
if (command === "compare") compareWithTerraform(Number(args[0] ?? 500), Number(args[1] ?? 10_000));
else if (command === "speed" && args[0] !== undefined) speed(args[0]);
else if (command === "growth") growth();
else {
  console.error("usage: compare [COUNT [SEED]] | speed DIRECTORY | growth");
  process.exitCode = 2;
}
