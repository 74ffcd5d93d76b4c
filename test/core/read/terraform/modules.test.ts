/** Which files count, which directories are roots, which values reach which module. */
import { describe, expect, it } from "@jest/globals";
import { Unknown } from "../../../../src/core/model/value.ts";
import { read } from "./read.ts";

describe("files", () => {
  it("override files merge attribute by attribute, and nested blocks by type", () => {
    const { attributes } = read({
      "main.tf": 'resource "aws_x" "x" {\n  a = 1\n  b = 2\n  rule { n = 1 }\n  rule { n = 2 }\n  other { n = 1 }\n}',
      "z_override.tf": 'resource "aws_x" "x" {\n  b = 3\n  rule { n = 9 }\n}',
      "override.tf": 'resource "aws_x" "x" {\n  b = 4\n  c = 5\n}',
    });
    expect(attributes("aws_x.x")).toEqual({ a: 1, b: 3, c: 5, other: [{ n: 1 }], rule: [{ n: 9 }] });
  });

  it(".tofu hides the .tf of the same name, and only that", () => {
    const { addresses } = read({
      "a.tf": 'resource "aws_x" "tf" {}',
      "a.tofu": 'resource "aws_x" "tofu" {}',
      "b.tf": 'resource "aws_x" "b" {}',
    });
    expect(addresses).toEqual(["aws_x.tofu", "aws_x.b"]);
  });

  it("reads JSON syntax with expressions in strings and // comments, and leaves test files alone", () => {
    const { attributes, addresses } = read({
      "main.tf.json": JSON.stringify({
        "//": "made by a tool",
        variable: { v: { type: "list(string)", default: ["p"] } },
        locals: { name: "n" },
        resource: { aws_x: { x: { "//": "c", bucket: "${local.name}-${var.v[0]}", tags: { A: "b" }, count: 1 } } },
      }),
      "x.tftest.hcl": 'run "x" {}\nresource "aws_x" "no" {}',
    });
    expect(addresses).toEqual(["aws_x.x[0]"]);
    expect(attributes("aws_x.x[0]")).toEqual({ bucket: "n-p", tags: { A: "b" } });
  });

  it("expands dynamic blocks of JSON syntax", () => {
    const body = {
      dynamic: { rule: { for_each: [1, 2], content: { n: "${rule.value}" } } },
      lifecycle: { prevent_destroy: true },
    };
    const { resource } = read({ "main.tf.json": JSON.stringify({ resource: { aws_x: { x: body } } }) });
    expect(resource("aws_x.x").attributes).toEqual({ rule: [{ n: 1 }, { n: 2 }] });
    expect(resource("aws_x.x").lifecycle?.preventDestroy).toBe(true);
  });

  it("a broken file is told with its position, and hides nothing else", () => {
    const { reading, addresses } = read({
      "a.tf": 'resource "aws_x" "a" {\n  x = = 1\n}\nresource "aws_x" "a2" {}',
      "b.tf": 'resource "aws_x" "b" {}',
    });
    expect(reading.diagnostics[0]).toMatchObject({ severity: "error", file: "a.tf", line: 2 });
    expect(addresses).toEqual(expect.arrayContaining(["aws_x.a2", "aws_x.b"]));
  });

  it("a resource declared twice is told, and read twice", () => {
    const { reading, addresses } = read('resource "aws_x" "x" {}\nresource "aws_x" "x" {\n  a = 1\n}');
    expect(addresses).toEqual(["aws_x.x", "aws_x.x"]);
    expect(reading.diagnostics).toMatchObject([{ summary: "Duplicate declaration", line: 2 }]);
  });
});

describe("variables", () => {
  const main = 'variable "v" {\n  default = "default"\n}\nresource "aws_x" "x" {\n  v = var.v\n}';
  const v = (files: { [path: string]: string }, options = {}): unknown =>
    read({ "main.tf": main, ...files }, options).attributes("aws_x.x").v;

  it("later sources win: default, TF_VAR_, terraform.tfvars, .json, *.auto.tfvars in order, -var-file", () => {
    const env = { variables: { v: "env" } };
    const files: { [path: string]: string } = {};
    expect(v(files)).toBe("default");
    expect(v(files, env)).toBe("env");
    files["terraform.tfvars"] = 'v = "tfvars"';
    expect(v(files, env)).toBe("tfvars");
    files["terraform.tfvars.json"] = '{ "v": "json" }';
    expect(v(files, env)).toBe("json");
    files["b.auto.tfvars"] = 'v = "auto b"';
    files["a.auto.tfvars"] = 'v = "auto a"';
    expect(v(files, env)).toBe("auto b");
    files["given.tfvars"] = 'v = "given"';
    expect(v(files, { ...env, varFiles: ["given.tfvars"] })).toBe("given");
  });

  it("a required variable without a value is unknown, never empty", () => {
    const { attributes } = read('variable "v" {\n  type = string\n}\nresource "aws_x" "x" {\n  v = var.v\n}');
    expect(attributes("aws_x.x").v).toBeInstanceOf(Unknown);
  });

  it("a child module sees its call's arguments only", () => {
    const { attributes } = read({
      "main.tf": 'variable "v" {\n  default = "root"\n}\nmodule "m" {\n  source = "./m"\n}',
      "terraform.tfvars": 'v = "set"',
      "m/main.tf": main,
    });
    expect(attributes("module.m.aws_x.x").v).toBe("default");
  });

  it("evaluates once per discovered environment", () => {
    const { reading } = read({
      "main.tf": main,
      "envs/dev.tfvars": 'v = "dev"',
      "envs/prod/terraform.tfvars": 'v = "prod"',
      "backend.tfvars": 'bucket = "state"',
    });
    expect(reading.stacks.map((s) => [s.environment, s.resources[0]?.attributes.v])).toEqual([
      ["dev", "dev"],
      ["prod", "prod"],
    ]);
  });
});

describe("modules", () => {
  it("two calls of one source have separate scopes; outputs feed siblings and counts", () => {
    const { attributes, addresses } = read({
      "main.tf": `
        module "b" {
          source = "./m"
          n      = module.a.next
        }
        module "a" {
          source = "./m"
          n      = 1
        }
        resource "aws_x" "counted" { count = module.b.next }`,
      "m/main.tf": 'variable "n" {}\nresource "aws_x" "x" {\n  n = var.n\n}\noutput "next" {\n  value = var.n + 1\n}',
    });
    expect(attributes("module.a.aws_x.x").n).toBe(1);
    expect(attributes("module.b.aws_x.x").n).toBe(2);
    expect(addresses.filter((address) => address.startsWith("aws_x.counted"))).toHaveLength(3);
  });

  it("follows long chains of siblings, whatever their order", () => {
    const calls = Array.from(
      { length: 60 },
      (_, i) => `module "m${i}" {\n  source = "./m"\n  n = ${i === 59 ? "0" : `module.m${i + 1}.next`}\n}`,
    );
    const { attributes } = read({
      "main.tf": calls.join("\n"),
      "m/main.tf": 'variable "n" {}\nresource "aws_x" "x" {\n  n = var.n\n}\noutput "next" {\n  value = var.n + 1\n}',
    });
    expect(attributes("module.m0.aws_x.x").n).toBe(59);
  });

  it("count and for_each of calls are in the addresses, nested and diamond calls too", () => {
    const { addresses } = read({
      "main.tf":
        'module "net" {\n  source = "./net"\n  for_each = toset(["a"])\n}\nmodule "leaf" {\n  source = "./leaf"\n  count = 2\n}',
      "net/main.tf": 'module "leaf" {\n  source = "../leaf"\n}',
      "leaf/main.tf": 'resource "aws_x" "x" {}',
    });
    expect(addresses).toEqual([
      'module.net["a"]',
      'module.net["a"].module.leaf',
      'module.net["a"].module.leaf.aws_x.x',
      "module.leaf[0]",
      "module.leaf[0].aws_x.x",
      "module.leaf[1]",
      "module.leaf[1].aws_x.x",
    ]);
  });

  it("directories that are called are not roots of their own; a call may lead above the root", () => {
    const { reading } = read({
      "live/prod/main.tf": 'module "m" {\n  source = "../../modules/m"\n}',
      "live/dev/main.tf": 'module "m" {\n  source = "../../modules/m"\n}',
      "modules/m/main.tf": 'resource "aws_x" "x" {}',
      "other/main.tf": "",
    });
    expect(reading.stacks.map((stack) => stack.path)).toEqual(["live/dev", "live/prod", "other"]);
  });

  it("a remote module is a resource with unknown outputs; a vendored one is read", () => {
    const main = {
      "main.tf":
        'module "vpc" {\n  source = "terraform-aws-modules/vpc/aws"\n  version = "~> 5.0"\n}\nresource "aws_x" "x" {\n  v = module.vpc.vpc_id\n}',
    };
    const remote = read(main);
    expect(remote.attributes("module.vpc")).toEqual({ source: "terraform-aws-modules/vpc/aws", version: "~> 5.0" });
    expect(remote.resource("aws_x.x").references).toEqual([{ path: "v", to: "module.vpc", attribute: "vpc_id" }]);
    const vendored = read({
      ...main,
      ".terraform/modules/modules.json":
        '{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"vpc","Source":"registry.terraform.io/terraform-aws-modules/vpc/aws","Version":"5.1.0","Dir":".terraform/modules/vpc"}]}',
      ".terraform/modules/vpc/main.tf": 'resource "aws_vpc" "this" {}\noutput "vpc_id" {\n  value = aws_vpc.this.id\n}',
    });
    expect(vendored.resource("aws_x.x").references).toEqual([
      { path: "v", to: "module.vpc.aws_vpc.this", attribute: "id" },
    ]);
    expect(vendored.reading.stacks).toHaveLength(1);
  });
});
