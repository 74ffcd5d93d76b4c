import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { SourceFile } from "../../../../src/core/model/source-range.ts";
import { readFiles } from "../../../../src/core/read/read-files.ts";
import { TerraformMemory } from "../../../../src/core/read/terraform/memory.ts";
import { JudgementMemory } from "../../../../src/core/rules/judgement-memory.ts";
import { loadAllRules } from "../../../../src/core/rules/registry.ts";
import { judgeRoot } from "../../../../src/core/scan.ts";

type Texts = { readonly [path: string]: string };

const encoder = new TextEncoder();
const sources = (texts: Texts): SourceFile[] =>
  Object.entries(texts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, text]) => ({ path, bytes: encoder.encode(text) }));

/** What a scan says: results, counts and complaints, in order. */
async function said(texts: Texts, memory?: { reading: TerraformMemory; judgements: JudgementMemory }) {
  const files = sources(texts);
  const reading = await readFiles(files, memory && { memory: memory.reading });
  const judged = judgeRoot(
    { root: ".", repositoryPath: "", files, reading },
    { rules: await loadAllRules(), today: "2026-01-01", ...(memory && { memory: memory.judgements }) },
  );
  return {
    ledger: judged.ledger,
    results: judged.results.map(({ view, ...result }) => result),
    diagnostics: judged.diagnostics.map((d) => `${d.file}:${d.line} ${d.summary}`).sort(),
    resources: reading.stacks.map((s) => `${s.path} ${s.environment ?? ""} ${s.resources.map((r) => r.address)}`),
    evaluations: memory?.reading.evaluations,
  };
}

const newMemory = () => ({ reading: new TerraformMemory(), judgements: new JudgementMemory() });

/** 200 root modules of 8 files, each with a module of 2 files of its own or shared: 2,000 files. */
function largeRepository(): { [path: string]: string } {
  const texts: { [path: string]: string } = {};
  for (let i = 0; i < 200; i++) {
    const root = `live/r${i}`;
    texts[`${root}/variables.tf`] = 'variable "acl" {\n  default = "private"\n}\n';
    texts[`${root}/terraform.tfvars`] = `acl = "${i % 2 ? "private" : "public-read"}"\n`;
    texts[`${root}/module.tf`] = `module "disk" {\n  source = "../../modules/m${i}"\n}\n`;
    for (let j = 0; j < 5; j++)
      texts[`${root}/bucket${j}.tf`] =
        `resource "aws_s3_bucket" "b${j}" {\n  bucket = "b-${i}-${j}"\n  acl = var.acl\n}\n`;
    texts[`modules/m${i}/main.tf`] = 'resource "aws_ebs_volume" "v" {\n  size = 8\n}\n';
    texts[`modules/m${i}/outputs.tf`] = 'output "id" {\n  value = aws_ebs_volume.v.id\n}\n';
  }
  return texts;
}

describe("TerraformMemory", () => {
  it("evaluates one root module of a repository of 2,000 files when one file of it is touched", async () => {
    const texts = largeRepository();
    expect(Object.keys(texts)).toHaveLength(2000);
    const memory = newMemory();
    const before = await said(texts, memory);
    expect(before.evaluations).toBe(200);

    texts["live/r7/bucket3.tf"] = 'resource "aws_s3_bucket" "b3" {\n  bucket = "b"\n  acl = "public-read-write"\n}\n';
    const touched = await said(texts, memory);
    expect(touched.evaluations).toBe(201);
    expect(touched.results).toEqual((await said(texts)).results);
    expect(touched.results).not.toEqual(before.results);

    texts["modules/m9/main.tf"] = 'resource "aws_ebs_volume" "v" {\n  size = 8\n  encrypted = true\n}\n';
    expect((await said(texts, memory)).evaluations).toBe(202);
    expect((await said(texts, memory)).evaluations).toBe(202);
  }, 60_000);

  it("judges again only what was evaluated again", async () => {
    const texts = largeRepository();
    const memory = newMemory();
    const files = sources(texts);
    let asked = 0;
    const rules = (await loadAllRules()).map((rule) => ({
      ...rule,
      check: (view: Parameters<typeof rule.check>[0]) => {
        asked++;
        return rule.check(view);
      },
    }));
    const judge = async (now: readonly SourceFile[]) => {
      const reading = await readFiles(now, { memory: memory.reading });
      const input = { root: ".", repositoryPath: "", files: now, reading };
      return judgeRoot(input, { rules, today: "2026-01-01", memory: memory.judgements });
    };
    const first = await judge(files);
    const all = asked;
    asked = 0;
    const changed = files.map((file) =>
      file.path === "live/r0/variables.tf" ? { ...file, bytes: encoder.encode('variable "acl" {}\n') } : file,
    );
    const second = await judge(changed);
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(all / 150);
    expect(second.ledger["aws-s3-public-acl"]?.evaluated).toBe(first.ledger["aws-s3-public-acl"]?.evaluated);
  }, 60_000);

  const SMALL: Texts = {
    "a/main.tf": `variable "acl" {
  default = "private" # draco:ignore aws-s3-versioning -- none
}
resource "aws_s3_bucket" "a" {
  bucket = "a"
  acl    = var.acl
  tags   = { policy = file("\${path.module}/text.json"), all = join(",", fileset(path.module, "*.json")) }
}
module "net" {
  source = "../net"
}
module "gone" {
  source = "../gone"
}
`,
    "a/text.json": "{}",
    "a/prod.tfvars": 'acl = "public-read"\n',
    "net/main.tf": 'resource "aws_security_group" "g" {\n  description = templatefile("t.tpl", {})\n}\n',
    "b/main.tf": 'module "net" {\n  source = "../net"\n}\n',
  };

  const EDITS: readonly (readonly [path: string, text: string | undefined])[] = [
    ["a/text.json", '{"a":1}'],
    ["a/more.json", "{}"],
    ["a/prod.tfvars", 'acl = "public-read-write"\n'],
    ["a/dev.tfvars", 'acl = "private"\n'],
    ["a/terraform.tfvars", 'acl = "public-read"\n'],
    ["a/prod.tfvars", undefined],
    ["a/envs/qa.tfvars", 'acl = "authenticated-read"\n'],
    ["gone/main.tf", 'resource "aws_ebs_volume" "v" {}\n'],
    ["gone/main.tf", undefined],
    ["net/main.tf", 'resource "aws_ebs_volume" "w" {\n  size = 1\n}\n'],
    ["net/more.tf", 'resource "aws_ebs_volume" "x" {\n  size = \n}\n'],
    ["net/main_override.tf", 'resource "aws_security_group" "g" {\n  description = "o"\n}\n'],
    ["a/.terraform.lock.hcl", 'provider "registry.terraform.io/hashicorp/aws" {\n  version = "3.0.0"\n}\n'],
    ["a/.terraform/modules/modules.json", '{"Modules":[{"Key":"gone","Dir":"../net"}]}'],
    ["b/main.tf", undefined],
    ["c/main.tf", 'module "a" {\n  source = "../a"\n  acl = "public-read"\n}\n'],
    ["a/main.tf", 'module "net" {\n  source = "../net"\n  for_each = toset(["x"])\n}\n'],
  ];

  it("never says anything else than a fresh reading, whatever has changed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...EDITS), { maxLength: 8 }), async (edits) => {
        const memory = newMemory();
        const texts: { [path: string]: string } = { ...SMALL };
        await said(texts, memory);
        for (const [path, text] of edits) {
          if (text === undefined) delete texts[path];
          else texts[path] = text;
          const { evaluations, ...recalled } = await said(texts, memory);
          const { evaluations: none, ...fresh } = await said(texts);
          expect(recalled).toEqual(fresh);
        }
      }),
      { numRuns: 30, seed: 5 },
    );
  }, 60_000);

  it("forgets what was used least recently when it holds too much", () => {
    const memory = new TerraformMemory(100);
    const file = (name: string) => ({ path: name, bytes: new Uint8Array(40).fill(name.charCodeAt(0)) });
    memory.intern([file("a"), file("b")]);
    expect(memory.bytes).toBe(80);
    memory.intern([file("c")]);
    expect(memory.bytes).toBe(80);
  });
});
