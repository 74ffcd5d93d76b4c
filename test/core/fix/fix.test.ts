import { describe, expect, it } from "@jest/globals";
import { planFix, planFixes } from "../../../src/core/fix/fix.ts";
import { proveFix } from "../../../src/core/fix/prove.ts";
import type { FixOperation } from "../../../src/core/model/patch.ts";
import type { SourceFile } from "../../../src/core/model/source-range.ts";
import { readFiles } from "../../../src/core/read/read-files.ts";
import { requireTrue } from "../../../src/core/rules/checks.ts";
import { runRules } from "../../../src/core/rules/engine.ts";
import { set } from "../../../src/core/rules/operations.ts";
import type { Rule } from "../../../src/core/rules/rule.ts";
import { testRule } from "../../support/resources.ts";

const volume = (edit: () => readonly FixOperation[] | string = () => [set("encrypted", true)], facts = {}): Rule =>
  testRule({
    id: "test-volume",
    on: "aws_ebs_volume",
    check: (view) => requireTrue(view, "encrypted"),
    fix: { risk: "in-place", edit },
    ...facts,
  });

const filesOf = (texts: { readonly [path: string]: string }): readonly SourceFile[] =>
  Object.entries(texts).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) }));
const textsOf = (files: readonly SourceFile[]) =>
  Object.fromEntries(files.map((file) => [file.path, new TextDecoder().decode(file.bytes)]));

async function judge(files: readonly SourceFile[], rules: readonly Rule[]) {
  const reading = await readFiles(files);
  return { reading, failing: runRules({ stacks: reading.stacks, rules }).results };
}

/** Files that differ after the first finding was mended, or why it was not. */
async function mend(texts: { readonly [path: string]: string }, rule = volume()) {
  const files = filesOf(texts);
  const [finding] = (await judge(files, [rule])).failing;
  if (!finding) throw new Error("nothing fails");
  const plan = planFix(finding, rule, files);
  return plan.ok ? textsOf(plan.files.changed().map((c) => c.after)) : plan.why;
}

const block = (value: string, more = "") =>
  `resource "aws_ebs_volume" "v" {\n  encrypted = ${value} # keep me\n${more}}\n`;
const variable = (value: string) => `variable "on" {\n  default = ${value}\n}\n`;

describe("planFix writes where the value is really set", () => {
  it("in the resource: a literal, or an attribute that is missing", async () => {
    expect(await mend({ "main.tf": block("false") })).toEqual({ "main.tf": block("true") });
    const bare = 'resource "aws_ebs_volume" "v" {\n  size = 8\n}\n';
    expect(await mend({ "main.tf": bare })).toEqual({
      "main.tf": bare.replace("8\n", "8\n  encrypted = true\n").replace("size =", "size      ="),
    });
  });

  it("in a local, and in a variable's default", async () => {
    const locals = "locals {\n  on = false\n}\n";
    expect(await mend({ "main.tf": block("local.on"), "locals.tf": locals })).toEqual({
      "locals.tf": locals.replace("false", "true"),
    });
    expect(await mend({ "main.tf": block("var.on"), "vars.tf": variable("false") })).toEqual({
      "vars.tf": variable("true"),
    });
  });

  it("in the tfvars file that overrules the default", async () => {
    const texts = { "main.tf": block("var.on"), "vars.tf": variable("true"), "terraform.tfvars": "on = false\n" };
    expect(await mend(texts)).toEqual({ "terraform.tfvars": "on = true\n" });
  });

  it("in the argument of the module's call", async () => {
    const call = 'module "disk" {\n  source = "./disk"\n  on     = false\n}\n';
    const texts = {
      "main.tf": call,
      "disk/main.tf": block("var.on"),
      "disk/vars.tf": 'variable "on" {\n  type = bool\n}\n',
    };
    expect(await mend(texts)).toEqual({ "main.tf": call.replace("false", "true") });
  });
});

describe("planFix declines, with a reason", () => {
  it("what lifecycle.ignore_changes would undo", async () => {
    expect(
      await mend({ "main.tf": block("false", "  lifecycle {\n    ignore_changes = [encrypted]\n  }\n") }),
    ).toContain("ignore_changes");
    const other = block("false", "  lifecycle {\n    ignore_changes = [tags]\n  }\n");
    expect(await mend({ "main.tf": other })).toEqual({ "main.tf": other.replace("= false", "= true") });
  });

  it("a replacement of what must not be destroyed", async () => {
    const replaces = volume(undefined, { fix: { risk: "replaces", edit: () => [set("encrypted", true)] } });
    const guarded = block("false", "  lifecycle {\n    prevent_destroy = true\n  }\n");
    expect(await mend({ "main.tf": guarded }, replaces)).toContain("prevent_destroy");
  });

  it("what lies in a vendored module", async () => {
    const texts = {
      "main.tf": 'module "disk" {\n  source = "acme/disk/aws"\n}\n',
      ".terraform/modules/modules.json":
        '{"Modules":[{"Key":"disk","Source":"acme/disk/aws","Dir":".terraform/modules/disk"}]}',
      ".terraform/modules/disk/main.tf": block("false"),
    };
    expect(await mend(texts)).toContain("someone else");
  });

  it("a member of a document that is written as text", async () => {
    const member = volume(() => [set("policy.0.sealed", true)]);
    const heredoc = block("false", '  policy = <<EOT\n[{ "name": "a" }]\nEOT\n');
    expect(await mend({ "main.tf": heredoc }, member)).toContain("policy is written as text");
    const encoded = block("false", '  policy = jsonencode([{ name = "a" }])\n');
    expect(await mend({ "main.tf": encoded }, member)).toEqual({ "main.tf": expect.stringContaining("sealed = true") });
    const open = block("false", "  policy = jsonencode([{ sealed = false }])\n");
    expect(await mend({ "main.tf": open }, member)).toEqual({
      "main.tf": open.replace("sealed = false", "sealed = true"),
    });
  });

  it("a block beside an attribute of its name", async () => {
    const flag = volume(() => [{ op: "add-block", path: "timeouts", body: { attributes: { create: "5m" } } }]);
    const attribute = block("false", '  timeouts = [{ delete = "5m" }]\n');
    expect(await mend({ "main.tf": attribute }, flag)).toContain("timeouts is written as an attribute");
    const blocks = block("false", '  timeouts {\n    delete = "5m"\n  }\n');
    expect(await mend({ "main.tf": blocks }, flag)).toEqual({ "main.tf": expect.stringContaining('create = "5m"') });
  });

  it("what the fixer itself will not write, and a fixer that fails", async () => {
    expect(
      await mend(
        { "main.tf": block("false") },
        volume(() => "it has two owners"),
      ),
    ).toBe("it has two owners");
    const broken = volume(() => {
      throw new Error("boom");
    });
    expect(await mend({ "main.tf": block("false") }, broken)).toContain("boom");
  });
});

describe("an address that is declared twice", () => {
  const twice = block("false") + block("false");

  it("is mended block by block, each told apart by its place in the file", async () => {
    const files = filesOf({ "main.tf": twice });
    const { failing, reading } = await judge(files, [volume()]);
    expect(failing).toHaveLength(2);
    for (const finding of failing) {
      const plan = planFix(finding, volume(), files);
      if (!plan.ok) throw new Error(plan.why);
      const after = plan.files.all();
      const proof = proveFix({
        findings: [finding],
        rules: [volume()],
        before: reading,
        after: await readFiles(after),
        files: after,
      });
      expect(proof).toMatchObject({ ok: true, gone: true, intent: true, nothingNew: true });
      const other = failing.filter((f) => f !== finding);
      const wrong = {
        findings: other,
        rules: [volume()],
        before: reading,
        after: await readFiles(after),
        files: after,
      };
      expect(proveFix(wrong)).toMatchObject({ ok: false, gone: false, intent: false });
    }
  });

  it("may be one entry of a template that several resources are made of: each is judged as itself", async () => {
    const traced = testRule({
      id: "test-traced",
      on: ["aws_api_gateway_stage"],
      check: (view) => requireTrue(view, "xray_tracing_enabled"),
      fix: { risk: "in-place", edit: () => [set("xray_tracing_enabled", true)] },
    });
    const template = (value: string) =>
      `AWSTemplateFormatVersion: "2010-09-09"\nResources:\n  Api:\n    Type: AWS::ApiGateway::Stage\n    Properties:\n      RestApiId: x\n      TracingEnabled: ${value}\n      MethodSettings:\n        - ResourcePath: /\n          HttpMethod: GET\n          MetricsEnabled: true\n`;
    const files = filesOf({ "stack.yaml": template("false") });
    const { failing, reading } = await judge(files, [traced]);
    const [finding] = failing;
    if (!finding) throw new Error("nothing fails");
    expect(finding.view.estate.views.filter((view) => view.address === "Api").length).toBeGreaterThan(1);
    const plan = planFix(finding, traced, files);
    if (!plan.ok) throw new Error(plan.why);
    const after = plan.files.all();
    expect(textsOf(after)).toEqual({ "stack.yaml": template("true") });
    expect(
      proveFix({ findings: [finding], rules: [traced], before: reading, after: await readFiles(after), files: after }),
    ).toMatchObject({ ok: true, problems: [] });
  });

  it("is not referred to by a new resource, since nobody could tell which one is meant", async () => {
    const companion = volume(() => [
      {
        op: "add-resource",
        type: "aws_ebs_note",
        name: "v",
        body: { attributes: { volume: { ref: "aws_ebs_volume.v.id" } } },
      },
    ]);
    expect(await mend({ "main.tf": twice }, companion)).toContain("declared 2 times");
    expect(await mend({ "main.tf": block("false") }, companion)).toEqual({
      "main.tf": expect.stringContaining("aws_ebs_note"),
    });
  });
});

describe("planFixes", () => {
  it("mends several findings of one block and one file together, and names every instance that changes", async () => {
    const count = 'resource "aws_ebs_volume" "v" {\n  count = 2\n}\n\nresource "aws_ebs_volume" "w" {\n}\n';
    const typed = testRule({
      id: "test-type",
      on: "aws_ebs_volume",
      check: (view) => (view.has("type") === true ? { status: "pass" } : { status: "fail", path: "type" }),
      fix: { risk: "in-place", edit: () => [set("type", "gp3")] },
    });
    const rules = [volume(), typed];
    const files = filesOf({ "main.tf": count });
    const { failing, reading } = await judge(files, rules);
    expect(failing).toHaveLength(6);
    const { plans, files: mended } = planFixes(failing, new Map(rules.map((r) => [r.id, r])), files);
    const touched = plans.flatMap(({ plan }) => (plan.ok ? plan.patch.touches : []));
    expect(touched).toEqual(expect.arrayContaining(["aws_ebs_volume.v[0]", "aws_ebs_volume.v[1]", "aws_ebs_volume.w"]));
    const after = await judge(mended.all(), rules);
    expect(after.failing).toEqual([]);
    const proof = proveFix({ findings: failing, rules, before: reading, after: after.reading, files: mended.all() });
    expect(proof).toMatchObject({
      ok: true,
      gone: true,
      intent: true,
      nothingNew: true,
      idempotent: true,
      parses: true,
    });
  });
});

describe("proveFix", () => {
  const rules = [volume()];
  const prove = async (before: string, after: string, also: readonly Rule[] = []) => {
    const was = await judge(filesOf({ "main.tf": before }), rules);
    const files = filesOf({ "main.tf": after });
    const is = await judge(files, rules);
    return proveFix({
      findings: was.failing,
      rules: [...rules, ...also],
      before: was.reading,
      after: is.reading,
      files,
    });
  };

  it("is not content with a finding that is still there", async () => {
    expect(await prove(block("false"), block('"no"'))).toMatchObject({ ok: false, gone: false, intent: false });
  });

  it("is not content when the resource was removed instead of mended", async () => {
    expect(await prove(block("false"), "# gone\n")).toMatchObject({ ok: false, gone: true, intent: false });
  });

  it("is not content when the file no longer parses", async () => {
    expect(await prove(block("false"), `${block("true")}resource {{{\n`)).toMatchObject({ ok: false, parses: false });
  });

  it("is not content when something else breaks", async () => {
    const small = testRule({
      id: "test-size",
      on: "aws_ebs_volume",
      check: (v) => (v.has("size") === true ? { status: "fail" } : { status: "pass" }),
    });
    const proof = await prove(block("false"), block("true", "  size = 8\n"), [small]);
    expect(proof).toMatchObject({ ok: false, gone: true, nothingNew: false });
    expect(proof.problems).toEqual([expect.stringContaining("test-size")]);
  });
});
