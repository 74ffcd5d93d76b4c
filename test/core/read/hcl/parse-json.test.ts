import { describe, expect, it } from "@jest/globals";
import { type Block, blocksOf, literalString } from "../../../../src/core/read/hcl/ast.ts";
import { parseHclJson, parseTfvarsJson } from "../../../../src/core/read/hcl/parse-json.ts";
import { print, printBody } from "./print.ts";
import { misplacedNode } from "./tree.ts";

const parse = (text: string) => parseHclJson(new TextEncoder().encode(text), "main.tf.json");
const errorsOf = (text: string) =>
  parse(text).diagnostics.map(({ line, column, summary }) => `${line}:${column} ${summary}`);
const bodyOf = (value: unknown): string => printBody(parse(JSON.stringify(value)).body);

describe("Terraform's JSON syntax", () => {
  it("is read into the same tree as native syntax", () => {
    expect(
      bodyOf({
        terraform: { required_providers: { aws: { source: "hashicorp/aws" } }, backend: { s3: { bucket: "b" } } },
        variable: { a: { type: "string", validation: { condition: "${var.a != null}" } } },
        locals: { x: [1, -2.5, true, null, { y: "z" }] },
      }),
    ).toBe(
      'terraform {required_providers {aws={"source"="hashicorp/aws"}}; backend "s3" {bucket="b"}}; ' +
        'variable "a" {type="string"; validation {condition=${(!= (. var a) null)}}}; ' +
        'locals {x=[1 -2.5 true null {"y"="z"}]}',
    );
  });

  it("takes objects and lists of objects for blocks, one block each", () => {
    expect(bodyOf({ resource: { t: { a: { n: 1 }, b: [{ n: 2 }, { n: 3 }] }, u: [{ c: { n: 4 } }] } })).toBe(
      'resource "t" "a" {n=1}; resource "t" "b" {n=2}; resource "t" "b" {n=3}; resource "u" "c" {n=4}',
    );
    expect(bodyOf([{ output: { a: { value: 1 } } }, { output: { b: { value: 2 } } }])).toBe(
      'output "a" {value=1}; output "b" {value=2}',
    );
    expect(bodyOf({ provider: { aws: [{ region: "a" }, { alias: "x" }] } })).toBe(
      'provider "aws" {region="a"}; provider "aws" {alias="x"}',
    );
  });

  it("knows the blocks that Terraform itself nests in resources, and leaves the provider's as values", () => {
    expect(
      bodyOf({
        resource: {
          t: {
            a: {
              lifecycle: { prevent_destroy: true },
              dynamic: { rule: { for_each: [], content: {} } },
              rule: [{ x: 1 }],
            },
          },
        },
      }),
    ).toBe(
      'resource "t" "a" {lifecycle {prevent_destroy=true}; dynamic "rule" {for_each=[]; content={}}; rule=[{"x"=1}]}',
    );
  });

  it("reads // properties as comments", () => {
    const file = parse('{"//": "top", "resource": {"//": "no type", "t": {"a": {"//": ["in", "side"], "n": 1}}}}');
    expect(printBody(file.body)).toBe('resource "t" "a" {n=1}');
    expect(file.comments.map((comment) => file.textOf(comment))).toEqual(['"top"', '"no type"', '["in", "side"]']);
  });

  it("gives places in the file, also inside strings with escapes", () => {
    const text = '{\n  "locals": {\n    "é\\u00fc": "x\\n\\"\\u00e9${ f(\\"a\\", b.c) }z"\n  }\n}';
    const file = parse(text);
    expect(file.diagnostics).toEqual([]);
    expect(misplacedNode(file)).toBeUndefined();
    const item = blocksOf(file.body)[0]?.body.items[0];
    if (item?.kind !== "attribute" || item.value.kind !== "template") throw new Error("an attribute with a template");
    expect(item.name).toBe("éü");
    expect(print(item.value)).toBe('"x\\n\\"é"+${(call f "a" (. b c))}+"z"');
    const interpolation = item.value.parts[1];
    if (interpolation?.kind !== "interpolation" || interpolation.expression.kind !== "call") throw new Error("a call");
    expect(file.textOf(interpolation)).toBe('${ f(\\"a\\", b.c) }');
    expect(interpolation.expression.args.map((argument) => file.textOf(argument))).toEqual(['\\"a\\"', "b.c"]);
    expect(file.lineAt(interpolation.start)).toBe(3);
  });

  it("gives blocks their braces, and labels their keys", () => {
    const text = '{"resource": {"t": {"a": {"n": 1}, "b": [{}, {"n": 2}]}}}';
    const file = parse(text);
    const shown = blocksOf(file.body).map((block: Block) => [
      file.textOf({ start: block.open, end: block.close + 1 }),
      ...block.labels.map((label) => file.textOf(label)),
    ]);
    expect(shown).toEqual([
      ['{"n": 1}', '"t"', '"a"'],
      ["{}", '"t"', '"b"'],
      ['{"n": 2}', '"t"', '"b"'],
    ]);
  });

  it("says where JSON is broken, and keeps what came before", () => {
    expect(errorsOf('{"a": 1,}')).toEqual(["1:9 Invalid JSON"]);
    expect(errorsOf('{"a" 1}')).toEqual(["1:6 Invalid JSON"]);
    expect(errorsOf('{"a": 01}')).toEqual(["1:8 Invalid JSON"]);
    expect(errorsOf('{"a": "x\ny"}')).toEqual(["1:9 Invalid JSON string"]);
    expect(errorsOf('{"a": "\\x"}')).toEqual(["1:8 Invalid JSON string"]);
    expect(errorsOf("{} x")).toEqual(["1:4 Extra characters after JSON value"]);
    expect(errorsOf("")).toEqual(["1:1 Invalid JSON"]);
    expect(errorsOf('{"resource": 5}')).toEqual(["1:14 Incorrect JSON value type"]);
    expect(errorsOf('{"a": "${b c}"}')).toEqual(["1:12 Unclosed template interpolation"]);
    expect(errorsOf("[".repeat(100_000))).toEqual(["1:251 Nesting too deep"]);
    const file = parse('{"locals": {"a": 1, "b": }}');
    expect(printBody(file.body)).toBe("locals {a=1; b=ERROR}");
  });

  it("reads variable files as attributes only", () => {
    const file = parseTfvarsJson(new TextEncoder().encode('{"resource": {"x": "y"}, "n": 1}'), "x.tfvars.json");
    expect(printBody(file.body)).toBe('resource={"x"="y"}; n=1');
    const item = file.body.items[0];
    const inner = item?.kind === "attribute" && item.value.kind === "object" ? item.value.items[0] : undefined;
    expect(inner && literalString(inner.value)).toBe("y");
  });
});
