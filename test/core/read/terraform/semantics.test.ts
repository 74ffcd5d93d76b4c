/** What scanners get wrong about Terraform's semantics, and what the answer is. */
import { describe, expect, it } from "@jest/globals";
import { isList, isUnknown, Unknown } from "../../../../src/core/model/value.ts";
import { read } from "./read.ts";

const bucket = (body: string, before = ""): ReturnType<typeof read> =>
  read(`${before}\nresource "aws_s3_bucket" "b" {\n${body}\n}`);
const value = (expression: string, before = ""): unknown =>
  bucket(`  x = ${expression}`, before).attributes("aws_s3_bucket.b").x;
const UNKNOWN_BOOL = 'variable "u" {\n  type = bool\n}';

describe("conditionals", () => {
  it("decides an open condition where both arms agree", () => {
    expect(value('var.u ? "AES256" : "AES256"', UNKNOWN_BOOL)).toBe("AES256");
  });

  it("leaves it open where the arms differ, and keeps what they have in common", () => {
    const open = value('var.u ? "aws:kms" : "aws:kms:dsse"', UNKNOWN_BOOL);
    expect(isUnknown(open as Unknown)).toBe(true);
    expect((open as Unknown).prefix).toBe("aws:kms");
  });

  it("lets one side of && and || decide", () => {
    expect(value("false && var.u", UNKNOWN_BOOL)).toBe(false);
    expect(value("var.u || true", UNKNOWN_BOOL)).toBe(true);
    expect(isUnknown(value("var.u && true", UNKNOWN_BOOL) as Unknown)).toBe(true);
  });

  it("does not complain of the arm that is not taken", () => {
    const { reading, attributes } = bucket("  x = length(local.l) > 0 ? local.l[0] : null", "locals {\n  l = []\n}");
    expect(attributes("aws_s3_bucket.b").x).toBeNull();
    expect(reading.diagnostics).toEqual([]);
  });
});

describe("count and for_each", () => {
  it("makes no resource of a count of zero, nor of an empty for_each, nor of dependants that follow", () => {
    const { addresses } = read(`
      resource "aws_s3_bucket" "none" { count = 0 }
      resource "aws_s3_bucket" "empty" { for_each = {} }
      resource "aws_s3_bucket_acl" "follows" {
        count  = length(aws_s3_bucket.none)
        bucket = aws_s3_bucket.none[0].id
      }`);
    expect(addresses).toEqual([]);
  });

  it("lets one possible instance stand for an unknown count", () => {
    const { resource } = read(
      `variable "n" { type = number }\nresource "aws_s3_bucket" "b" {\n  count = var.n\n  x = count.index\n}`,
    );
    expect(resource("aws_s3_bucket.b[0]").possible).toBe(true);
    expect(resource("aws_s3_bucket.b[0]").attributes.x).toBe(0);
  });

  it("analyses one symbolic instance where for_each is unknown, with the shape that is known", () => {
    const { resource } = read(`
      variable "buckets" { type = map(object({ acl = string, versioned = optional(bool, true) })) }
      resource "aws_s3_bucket" "b" {
        for_each = var.buckets
        acl      = each.value.acl
        fixed    = "private"
        name     = "logs-\${each.key}"
      }`);
    const { attributes, possible } = resource("aws_s3_bucket.b");
    expect(possible).toBe(true);
    expect(attributes.fixed).toBe("private");
    expect(attributes.acl).toBeInstanceOf(Unknown);
    expect((attributes.name as Unknown).prefix).toBe("logs-");
  });

  it("takes sets, objects and for expressions, one instance per key", () => {
    const { addresses, attributes } = read(`
      locals { list = [{ n = "a", p = 1 }, { n = "b", p = 2 }] }
      resource "aws_x" "set" { for_each = toset(["b", "a", "b"]) }
      resource "aws_x" "made" {
        for_each = { for o in local.list : o.n => o if o.p > 1 }
        p        = each.value.p
      }`);
    expect(addresses).toEqual(['aws_x.set["a"]', 'aws_x.set["b"]', 'aws_x.made["b"]']);
    expect(attributes('aws_x.made["b"]').p).toBe(2);
  });

  it("refuses an absurd count at its place, and goes on", () => {
    const { reading, addresses } = read('resource "aws_x" "x" {\n  count = 1000000000\n}\nresource "aws_x" "y" {}');
    expect(reading.diagnostics).toMatchObject([
      { severity: "error", summary: "Too many instances", file: "main.tf", line: 2 },
    ]);
    expect(addresses).toContain("aws_x.y");
  });
});

describe("references per instance", () => {
  const instances = `resource "aws_s3_bucket" "x" {\n  for_each = toset(["a", "b"])\n}\nresource "aws_s3_bucket" "n" {\n  count = 2\n}\nresource "aws_s3_bucket" "single" {\n  count = 1\n}\n`;
  const links = (expression: string, head = ""): string[] => {
    const { resource } = read(`${instances}resource "aws_l" "l" {\n${head}\n  bucket = ${expression}\n}`);
    return resource(head === "" ? "aws_l.l" : 'aws_l.l["a"]').references.map((r) => `${r.path} ${r.to} ${r.attribute}`);
  };

  it.each([
    ['aws_s3_bucket.x["a"].id', ['bucket aws_s3_bucket.x["a"] id']],
    ["aws_s3_bucket.n[*].id", ["bucket.0 aws_s3_bucket.n[0] id", "bucket.1 aws_s3_bucket.n[1] id"]],
    ["aws_s3_bucket.n.*.arn", ["bucket.0 aws_s3_bucket.n[0] arn", "bucket.1 aws_s3_bucket.n[1] arn"]],
    ["one(aws_s3_bucket.single[*].id)", ["bucket aws_s3_bucket.single[0] id"]],
    ["try(aws_s3_bucket.single[0].id, null)", ["bucket aws_s3_bucket.single[0] id"]],
    ["values(aws_s3_bucket.x)[*].id", ['bucket.0 aws_s3_bucket.x["a"] id', 'bucket.1 aws_s3_bucket.x["b"] id']],
    ["[for b in aws_s3_bucket.x : b.id]", ['bucket.0 aws_s3_bucket.x["a"] id', 'bucket.1 aws_s3_bucket.x["b"] id']],
    ['"arn:aws:s3:::${aws_s3_bucket.n[1].bucket}/*"', ["bucket aws_s3_bucket.n[1] bucket"]],
  ])("%s", (expression, expected) => {
    expect(links(expression)).toEqual(expected);
  });

  it("each.key picks the instance of the same key, and so does for_each over the resource itself", () => {
    expect(links("aws_s3_bucket.x[each.key].id", '  for_each = toset(["a"])')).toEqual([
      'bucket aws_s3_bucket.x["a"] id',
    ]);
    expect(links("each.value.id", "  for_each = aws_s3_bucket.x")).toEqual(['bucket aws_s3_bucket.x["a"] id']);
  });

  it("follows links through locals, variables, module arguments and outputs", () => {
    const { resource } = read({
      "main.tf": `
        resource "aws_s3_bucket" "logs" {}
        locals { target = aws_s3_bucket.logs }
        module "one" {
          source = "./one"
          bucket = local.target.id
        }
        module "two" {
          source = "./one"
          bucket = module.one.made
        }`,
      "one/main.tf": `
        variable "bucket" { type = string }
        resource "aws_s3_bucket_acl" "acl" { bucket = var.bucket }
        resource "aws_s3_bucket" "own" {}
        output "made" { value = aws_s3_bucket.own.id }`,
    });
    expect(resource("module.one.aws_s3_bucket_acl.acl").references).toEqual([
      { path: "bucket", to: "aws_s3_bucket.logs", attribute: "id" },
    ]);
    expect(resource("module.two.aws_s3_bucket_acl.acl").references).toEqual([
      { path: "bucket", to: "module.one.aws_s3_bucket.own", attribute: "id" },
    ]);
  });

  it("keeps the link of a value that is known, and not that of a mere comparison", () => {
    const { resource } = read(`
      resource "aws_s3_bucket" "b" { bucket = "logs" }
      resource "aws_s3_bucket_acl" "a" {
        bucket = aws_s3_bucket.b.bucket
        acl    = aws_s3_bucket.b.bucket == "logs" ? "private" : "public-read"
      }`);
    expect(resource("aws_s3_bucket_acl.a").attributes).toEqual({ bucket: "logs", acl: "private" });
    expect(resource("aws_s3_bucket_acl.a").references).toEqual([
      { path: "bucket", to: "aws_s3_bucket.b", attribute: "bucket" },
    ]);
  });

  it("links to instances of an unknown number without naming one", () => {
    const { resource } = read(`
      variable "names" { type = set(string) }
      resource "aws_subnet" "s" { for_each = var.names }
      resource "aws_lb" "l" { subnets = values(aws_subnet.s)[*].id }
      resource "aws_lb" "m" { subnets = [for s in aws_subnet.s : s.id] }`);
    for (const address of ["aws_lb.l", "aws_lb.m"]) {
      expect(resource(address).attributes.subnets).toBeInstanceOf(Unknown);
    }
    expect(resource("aws_lb.m").references).toEqual([{ path: "subnets", to: "aws_subnet.s", attribute: "id" }]);
  });

  it("data sources are unknown, and links all the same", () => {
    const { resource } = read(
      'data "aws_vpc" "main" {\n  default = true\n}\nresource "aws_subnet" "s" {\n  vpc_id = data.aws_vpc.main.id\n  d = data.aws_vpc.main.default\n}',
    );
    expect(resource("aws_subnet.s").attributes.d).toBe(true);
    expect(resource("aws_subnet.s").references[0]).toEqual({
      path: "vpc_id",
      to: "data.aws_vpc.main",
      attribute: "id",
    });
    expect(resource("data.aws_vpc.main").type).toBe("data.aws_vpc");
  });
});

describe("nested and dynamic blocks", () => {
  it("are lists of objects; static and dynamic ones are joined in order", () => {
    const { attributes } = bucket(`
      rule { n = "first" }
      dynamic "rule" {
        for_each = ["x", "y"]
        iterator = it
        content { n = "\${it.key}-\${it.value}" }
      }
      rule { n = "last" }`);
    expect(attributes("aws_s3_bucket.b").rule).toEqual([{ n: "first" }, { n: "0-x" }, { n: "1-y" }, { n: "last" }]);
  });

  it("are absent where for_each is empty", () => {
    expect(
      Object.keys(bucket('dynamic "logging" {\n  for_each = []\n  content {}\n}').attributes("aws_s3_bucket.b")),
    ).toEqual([]);
  });

  it("nest, each with its own iterator", () => {
    const { attributes } = bucket(`
      dynamic "outer" {
        for_each = { a = [1, 2], b = [] }
        content {
          name = outer.key
          dynamic "inner" {
            for_each = outer.value
            content { v = "\${outer.key}\${inner.value}" }
          }
        }
      }`);
    expect(attributes("aws_s3_bucket.b").outer).toEqual([
      { name: "a", inner: [{ v: "a1" }, { v: "a2" }] },
      { name: "b" },
    ]);
  });

  it("leave an unknown in the list where for_each is unknown, beside the static ones", () => {
    const { attributes } = bucket(
      'rule {\n  n = 1\n}\ndynamic "rule" {\n  for_each = var.l\n  content {\n    n = rule.value\n  }\n}',
      'variable "l" {\n  type = list(number)\n}',
    );
    const rule = attributes("aws_s3_bucket.b").rule;
    expect(isList(rule) && rule[0]).toEqual({ n: 1 });
    expect(isList(rule) && isUnknown(rule[1])).toBe(true);
    // What each of the blocks would say follows, for rules to judge what is certain of it.
    expect(isList(rule) && rule[2]).toEqual({ n: new Unknown() });
  });
});

describe("null, defaults and optional()", () => {
  it("null stays null, for rules to read as absent", () => {
    expect(value("null")).toBeNull();
  });

  it("coalesce skips null and the empty string", () => {
    expect(value('coalesce(null, "", "x")')).toBe("x");
  });

  it("nullable = false makes null the default", () => {
    const files = (extra: string) => ({
      "main.tf": 'module "m" {\n  source = "./m"\n  v = null\n}',
      "m/main.tf": `variable "v" {\n  default = "d"\n${extra}\n}\nresource "aws_x" "x" {\n  v = var.v\n}`,
    });
    expect(read(files("nullable = false")).attributes("module.m.aws_x.x").v).toBe("d");
    expect(read(files("")).attributes("module.m.aws_x.x").v).toBeNull();
  });

  it("optional() fills nested defaults, inside of map(object()) too, and for null", () => {
    const { attributes } = read(`
      variable "m" {
        type = map(object({
          on   = optional(bool, true)
          deep = optional(object({ size = optional(number, 3), name = optional(string) }), {})
        }))
        default = { a = {}, b = { on = null, deep = { size = "9" } } }
      }
      resource "aws_x" "x" { v = var.m }`);
    expect(attributes("aws_x.x").v).toEqual({
      a: { on: true, deep: { size: 3, name: null } },
      b: { on: true, deep: { size: 9, name: null } },
    });
  });
});

describe("types", () => {
  it("converts as Terraform does", () => {
    const { attributes } = read(
      `
      variable "b" { type = bool }
      variable "n" { type = number }
      variable "s" { type = set(string) }
      variable "l" { type = list(string) }
      resource "aws_x" "x" {
        b = var.b
        n = var.n
        s = var.s
        l = var.l
      }`,
      { variables: { b: "true", n: "22", s: '["b", "a", "b"]', l: "[1, true]" } },
    );
    expect(attributes("aws_x.x")).toEqual({ b: true, n: 22, s: ["a", "b"], l: ["1", "true"] });
  });

  it("== across types is false", () => {
    expect(value('1 == "1"')).toBe(false);
    expect(value('true == "true"')).toBe(false);
    expect(value("[1] == tolist([1])")).toBe(false);
  });

  it("computes with more digits than a double has", () => {
    expect(value("tostring(0.1 + 0.2)")).toBe("0.3");
    expect(value("tostring(9007199254740993 * 3)")).toBe("27021597764222979");
    expect(value("tostring(1e30 + 1)")).toBe("1000000000000000000000000000001");
  });

  it("tells a value that does not fit its type at its place, and calls it unknown", () => {
    const { reading, attributes } = read(
      'variable "n" {\n  type = number\n  default = "x"\n}\nresource "aws_x" "x" {\n  n = var.n\n}',
    );
    expect(attributes("aws_x.x").n).toBeInstanceOf(Unknown);
    expect(reading.diagnostics).toMatchObject([{ line: 3, detail: expect.stringContaining("a number is required") }]);
  });
});

describe("strings", () => {
  it("dedents heredocs, follows directives and strip marks, and keeps escapes", () => {
    const text = value(
      '<<-EOT\n    a\n      %{~ for x in ["p", "q"] ~}\n    ${x};\n    %{~ endfor ~}\n\n    $${kept} %%{kept}\n    EOT\n',
    );
    expect(text).toBe("    a\n    p;\n    q;\n\n    ${kept} %{kept}\n");
  });

  it("keeps the known parts of a text with unknown ones", () => {
    const text = value('"arn:aws:iam::aws:policy/${var.u}/x"', 'variable "u" {\n  type = string\n}') as Unknown;
    expect(text.prefix).toBe("arn:aws:iam::aws:policy/");
    expect(text.outline).toBe("arn:aws:iam::aws:policy/\uFFFC/x");
  });

  it("an unknown text with another known start is certainly different", () => {
    expect(value('"a-${var.u}" == "b-c"', 'variable "u" {}')).toBe(false);
  });
});

describe("try, can, lookup and merge with unknowns", () => {
  const unknowns = 'variable "m" {\n  type = map(string)\n}\nvariable "o" {}\nlocals {\n  known = { a = 1 }\n}';
  it("try: unknown stays unknown, a missing attribute of a known object is the default", () => {
    expect(isUnknown(value('try(var.o.a.b, "d")', unknowns) as Unknown)).toBe(true);
    expect(value('try(local.known.missing, "d")', unknowns)).toBe("d");
  });
  it("can: unknown stays unknown", () => {
    expect(isUnknown(value("can(var.o.a)", unknowns) as Unknown)).toBe(true);
    expect(value("can(local.known.missing)", unknowns)).toBe(false);
    expect(value("can(local.known.a)", unknowns)).toBe(true);
  });
  it("lookup in an unknown map is unknown", () => {
    expect(isUnknown(value('lookup(var.m, "k", "d")', unknowns) as Unknown)).toBe(true);
  });
  it("merge: what comes after an unknown map is fixed, what comes before is not", () => {
    expect(value('merge(var.o, { k = "v" })', unknowns)).toBeDefined();
    expect(isUnknown(value('merge({ k = "v" }, var.o)', unknowns) as Unknown)).toBe(true);
  });
});

describe("for expressions, splats and scope", () => {
  it("filters, groups and nests", () => {
    const locals = 'locals {\n  l = [{ t = "a", n = 1 }, { t = "b", n = 2 }, { t = "a", n = 3 }]\n}';
    expect(value("{ for o in local.l : o.t => o.n... }", locals)).toEqual({ a: [1, 3], b: [2] });
    expect(value("[for i, o in local.l : [for k, v in o : k] if i != 1]", locals)).toEqual([
      ["n", "t"],
      ["n", "t"],
    ]);
    expect(value("local.l[*].t", locals)).toEqual(["a", "b", "a"]);
    expect(value("[{ x = [1, 2] }, { x = [3] }][*].x[0]")).toEqual([1, 3]);
  });

  it("knows path.module, and does not know terraform.workspace", () => {
    const { attributes } = read({
      "app/main.tf":
        'module "m" {\n  source = "../mods/m"\n}\nresource "aws_x" "x" {\n  p = path.module\n  w = terraform.workspace == "prod"\n}',
      "mods/m/main.tf":
        'resource "aws_x" "x" {\n  p = path.module\n  r = path.root\n  f = file("${path.module}/t.txt")\n}',
      "mods/m/t.txt": "hello",
    });
    expect(attributes("aws_x.x").p).toBe(".");
    expect(attributes("aws_x.x").w).toBeInstanceOf(Unknown);
    expect(attributes("module.m.aws_x.x")).toEqual({ p: "../mods/m", r: ".", f: "hello" });
  });

  it("marks what is sensitive, through functions and templates", () => {
    const { resource } = read(
      'variable "p" {\n  sensitive = true\n  default = "s3cret"\n}\nresource "aws_x" "x" {\n  a = upper(var.p)\n  b { c = "x-${var.p}" }\n  d = sensitive("x")\n  e = nonsensitive(var.p)\n}',
    );
    expect(resource("aws_x.x").sensitive).toEqual(["a", "d", "b.0.c"]);
  });
});

describe("lifecycle and providers", () => {
  it("reads ignore_changes and prevent_destroy", () => {
    const { resource } = read(
      'resource "aws_x" "x" {\n  lifecycle {\n    ignore_changes = [tags["a"], rule[0].n, acl]\n    prevent_destroy = true\n  }\n}\nresource "aws_x" "y" {\n  lifecycle {\n    ignore_changes = all\n  }\n}',
    );
    expect(resource("aws_x.x").lifecycle).toEqual({
      ignoreChanges: ["tags.a", "rule.0.n", "acl"],
      preventDestroy: true,
    });
    expect(resource("aws_x.y").lifecycle).toEqual({ ignoreChanges: "all", preventDestroy: false });
  });

  it("takes the exact version from the lock file, else the constraint; regions follow aliases into modules", () => {
    const files = {
      "main.tf": `
        terraform { required_providers { aws = { source = "hashicorp/aws", version = "~> 5.0" } } }
        provider "aws" { region = "eu-west-1" }
        provider "aws" {
          alias  = "west"
          region = "us-west-2"
        }
        resource "aws_x" "x" {}
        module "m" {
          source    = "./m"
          providers = { aws = aws.west }
        }`,
      "m/main.tf": 'resource "aws_x" "x" {}',
    };
    expect(read(files).resource("aws_x.x").provider).toEqual({ name: "aws", region: "eu-west-1", version: "~> 5.0" });
    const locked = read({
      ...files,
      ".terraform.lock.hcl": 'provider "registry.terraform.io/hashicorp/aws" {\n  version = "5.31.0"\n}',
    });
    expect(locked.resource("module.m.aws_x.x").provider).toEqual({
      name: "aws",
      region: "us-west-2",
      version: "5.31.0",
    });
    expect(locked.attributes("provider.aws.west")).toEqual({ alias: "west", region: "us-west-2" });
  });
});
