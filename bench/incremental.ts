/**
 * What a push costs that touches one file of a repository of 2,000: CPU time of reading and judging it all again with a
 * memory of the commit before, and how many root modules were evaluated for it.
 */
import type { SourceFile } from "../src/core/model/source-range.ts";
import { readFiles } from "../src/core/read/read-files.ts";
import { TerraformMemory } from "../src/core/read/terraform/memory.ts";
import { JudgementMemory } from "../src/core/rules/judgement-memory.ts";
import { loadAllRules } from "../src/core/rules/registry.ts";
import { judgeRoot } from "../src/core/scan.ts";

export interface Incremental {
  readonly files: number;
  /** CPU time, user and system, in milliseconds: of the first look, and the least and median of those after a touch. */
  readonly coldMs: number;
  readonly leastMs: number;
  readonly medianMs: number;
  /** Root modules evaluated after each touch. */
  readonly evaluated: readonly number[];
}

const ROUNDS = 9;
const encoder = new TextEncoder();

export async function measureIncremental(): Promise<Incremental> {
  const rules = await loadAllRules();
  const memory = { reading: new TerraformMemory(), judgements: new JudgementMemory() };
  const texts = repository();
  const look = async (): Promise<number> => {
    // New bytes every time, as from the database.
    const files: SourceFile[] = [...texts].map(([path, text]) => ({ path, bytes: encoder.encode(text) }));
    const before = process.cpuUsage();
    const reading = await readFiles(files, { memory: memory.reading });
    judgeRoot(
      { root: ".", repositoryPath: "", files, reading },
      { rules, profile: "strict", today: "2026-01-01", memory: memory.judgements },
    );
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };

  const coldMs = await look();
  const times: number[] = [];
  const evaluated: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const touched = `live/r${round * 7}/bucket1.tf`;
    texts.set(touched, `${texts.get(touched)}# round ${round}\n`);
    const known = memory.reading.evaluations;
    times.push(await look());
    evaluated.push(memory.reading.evaluations - known);
  }
  times.sort((a, b) => a - b);
  return {
    files: texts.size,
    coldMs,
    leastMs: times[0] ?? Number.NaN,
    medianMs: times[ROUNDS >> 1] ?? Number.NaN,
    evaluated,
  };
}

/** 200 root modules of eight files, each with a module of two. */
function repository(): Map<string, string> {
  const texts = new Map<string, string>();
  for (let i = 0; i < 200; i++) {
    const root = `live/r${i}`;
    texts.set(`${root}/variables.tf`, 'variable "acl" {\n  default = "private"\n}\n');
    texts.set(`${root}/terraform.tfvars`, `acl = "${i % 2 ? "private" : "public-read"}"\n`);
    texts.set(`${root}/module.tf`, `module "disk" {\n  source = "../../modules/m${i}"\n}\n`);
    for (let j = 0; j < 5; j++)
      texts.set(
        `${root}/bucket${j}.tf`,
        `resource "aws_s3_bucket" "b${j}" {\n  bucket = "b-${i}-${j}"\n  acl    = var.acl\n}\n`,
      );
    texts.set(`modules/m${i}/main.tf`, 'resource "aws_ebs_volume" "v" {\n  size = 8\n}\n');
    texts.set(`modules/m${i}/outputs.tf`, 'output "id" {\n  value = aws_ebs_volume.v.id\n}\n');
  }
  return texts;
}
