/** From a value back to the text that decides it: what a fix may edit. */
import { describe, expect, it } from "@jest/globals";
import type { AttributeSource } from "../../../../src/core/model/resource.ts";
import { type Read, read } from "./read.ts";

function located(
  from: Read,
  address: string,
  path: string,
):
  | (Omit<AttributeSource, "range" | "literal" | "steps"> & {
      range?: string | undefined;
      literal?: string | undefined;
      steps?: string[];
    })
  | undefined {
  const { origin } = from.resource(address);
  const source = origin.kind === "code" ? origin.locate(path) : undefined;
  if (source === undefined) return undefined;
  return {
    range: from.textAt(source.range),
    steps: source.steps.map((step) => `${step.kind} ${step.name}`),
    ...(source.literal && { literal: from.textAt(source.literal) }),
    ...(source.blocked !== undefined && { blocked: source.blocked }),
  };
}

describe("locate", () => {
  it("a literal is its own source", () => {
    const files = read('resource "aws_x" "x" {\n  acl = "public-read"\n  v { on = false }\n  t = { a = { b = 1 } }\n}');
    expect(located(files, "aws_x.x", "acl")).toEqual({ range: '"public-read"', steps: [], literal: '"public-read"' });
    expect(located(files, "aws_x.x", "v.0.on")).toEqual({ range: "false", steps: [], literal: "false" });
    expect(located(files, "aws_x.x", "v.0")?.range).toBe("v { on = false }");
    expect(located(files, "aws_x.x", "t.a.b")).toEqual({ range: "{ a = { b = 1 } }", steps: [], literal: "1" });
    expect(located(files, "aws_x.x", "missing")).toBeUndefined();
    expect(located(files, "aws_x.x", "v.1")).toBeUndefined();
  });

  it("goes through locals, variables, module arguments and known conditionals to the literal", () => {
    const files = read({
      "main.tf":
        'locals {\n  kinds = { logs = "public-read", other = "private" }\n}\nmodule "m" {\n  source = "./m"\n  acl = local.kinds["logs"]\n}',
      "m/main.tf":
        'variable "acl" {\n  default = "private"\n}\nlocals {\n  on = true\n}\nresource "aws_x" "x" {\n  acl = local.on ? var.acl : "no"\n}',
    });
    expect(located(files, "module.m.aws_x.x", "acl")).toEqual({
      range: 'local.on ? var.acl : "no"',
      steps: ["module-argument module.m", "local local.kinds"],
      literal: '"public-read"',
    });
  });

  it("tells tfvars from defaults", () => {
    const main =
      'variable "a" {\n  default = 1\n}\nvariable "b" {\n  default = 1\n}\nresource "aws_x" "x" {\n  a = var.a\n  b = tostring(var.b)\n}';
    const files = read({ "main.tf": main, "terraform.tfvars": "b = 2" });
    expect(located(files, "aws_x.x", "a")).toMatchObject({ steps: ["variable-default var.a"], literal: "1" });
    expect(located(files, "aws_x.x", "b")).toMatchObject({ steps: ["tfvars var.b"], literal: "2" });
  });

  it("finds the element behind each.value, and the item behind a dynamic block", () => {
    const files = read(`
      locals { rules = [{ port = 80 }, { port = 22 }] }
      resource "aws_x" "x" {
        for_each = { a = { acl = "p" }, b = { acl = "q" } }
        acl      = each.value.acl
        rule { port = 1 }
        dynamic "rule" {
          for_each = local.rules
          content { port = rule.value.port }
        }
      }`);
    expect(located(files, 'aws_x.x["b"]', "acl")).toMatchObject({ literal: '"q"' });
    expect(located(files, 'aws_x.x["b"]', "rule.0.port")).toMatchObject({ literal: "1", steps: [] });
    expect(located(files, 'aws_x.x["b"]', "rule.2.port")).toEqual({
      range: "rule.value.port",
      steps: ["dynamic rule", "local local.rules"],
      literal: "22",
    });
  });

  it("follows lookup, merge, try and the attribute of another resource", () => {
    const files = read(`
      locals { base = { a = 1, b = 2 } }
      resource "aws_y" "y" { name = "logs" }
      resource "aws_x" "x" {
        a = lookup(local.base, "b", 9)
        b = lookup(local.base, "c", 9)
        c = merge(local.base, { a = 3 }).a
        t = merge(local.base, { a = 3 })
        d = try(local.base.zzz, "fallback")
        e = aws_y.y.name
      }`);
    const literal = (path: string): string | undefined => located(files, "aws_x.x", path)?.literal;
    expect([literal("a"), literal("b"), literal("t.a"), literal("t.b"), literal("d"), literal("e")]).toEqual([
      "2",
      "9",
      "3",
      "2",
      '"fallback"',
      '"logs"',
    ]);
  });

  it("says why there is no one literal", () => {
    const files = read(
      {
        "main.tf":
          'variable "env" {}\nvariable "u" {\n  type = bool\n}\nresource "aws_x" "x" {\n  a = var.env\n  b = var.u ? 1 : 2\n  c = "x-${var.env}"\n  d = upper("a")\n  e = var.u\n}',
      },
      { variables: { env: "x" } },
    );
    const blocked = (path: string): string | undefined => located(files, "aws_x.x", path)?.blocked;
    expect(blocked("a")).toContain("TF_VAR_env");
    expect(blocked("b")).toContain("not known before apply");
    expect(blocked("c")).toContain("several sources");
    expect(blocked("d")).toContain("upper()");
    expect(blocked("e")).toContain("no value");
    const vendored = read({
      "main.tf": 'module "v" {\n  source = "a/b/c"\n}',
      ".terraform/modules/modules.json": '{"Modules":[{"Key":"v","Source":"a/b/c","Dir":".terraform/modules/v"}]}',
      ".terraform/modules/v/main.tf": 'resource "aws_x" "x" {\n  a = 1\n}',
    });
    expect(located(vendored, "module.v.aws_x.x", "a")?.blocked).toContain("someone else");
  });

  it("finds a literal inside of a dynamic block that may or may not be there", () => {
    const files = read(
      'variable "l" {\n  type = list(number)\n}\nresource "aws_x" "x" {\n  dynamic "rule" {\n    for_each = var.l\n    content {\n      cidr = "0.0.0.0/0"\n      port = rule.value\n    }\n  }\n}',
    );
    expect(located(files, "aws_x.x", "rule.1.cidr")).toMatchObject({ literal: '"0.0.0.0/0"', steps: ["dynamic rule"] });
    expect(located(files, "aws_x.x", "rule.1.port")).toMatchObject({
      range: "rule.value",
      blocked: expect.stringContaining("not known"),
    });
  });

  it("ends where references go round", () => {
    const files = read('locals {\n  a = local.b\n  b = local.a\n}\nresource "aws_x" "x" {\n  v = local.a\n}');
    expect(located(files, "aws_x.x", "v")?.blocked).toBeDefined();
  });
});
