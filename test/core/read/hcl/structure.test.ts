import { describe, expect, it } from "@jest/globals";
import { attributeOf, attributesOf, blocksOf } from "../../../../src/core/read/hcl/ast.ts";
import { parseHcl } from "../../../../src/core/read/hcl/parse.ts";
import { errorsOf, parseText, printBody } from "./print.ts";
import { misplacedNode } from "./tree.ts";

const bodyOf = (text: string): string => printBody(parseText(text).body);

describe("HCL structure", () => {
  it("reads attributes and blocks in source order, duplicates kept", () => {
    const text = 'a = 1\nb "x" y {\n  c = 2\n  d {}\n  c = 3\n}\na = 4\n';
    expect(errorsOf(text)).toEqual([]);
    expect(bodyOf(text)).toBe('a=1; b "x" "y" {c=2; d {}; c=3}; a=4');
    const { body } = parseText(text);
    expect(attributesOf(body).map((attribute) => attribute.name)).toEqual(["a", "a"]);
    expect(attributeOf(body, "a")?.start).toBe(0);
    expect(blocksOf(body, "b")).toHaveLength(1);
    expect(blocksOf(body)).toHaveLength(1);
  });

  it("reads single-line blocks, names that are keywords, and files without a last line break", () => {
    expect(bodyOf('a { b = "foo" }')).toBe('a {b="foo"}');
    expect(bodyOf("a {}\ntrue = true\nfor = null\nif {\n}\n")).toBe("a {}; true=true; for=null; if {}");
    for (const text of ['a { b = "foo" }', "a {}", "true = 1", "a {\n}"]) expect(errorsOf(text)).toEqual([]);
  });

  it("reads a byte order mark, CRLF, tabs and empty files", () => {
    expect(bodyOf("\ufeffa = 1\n")).toBe("a=1");
    expect(bodyOf("a = 1\r\nb {\r\n\tc = [\r\n\t\t1,\r\n\t]\r\n}\r\n")).toBe("a=1; b {c=[1]}");
    for (const text of ["", "\n\n", "# only a comment", "/* a\n b */", "\ufeff"]) {
      expect([text, errorsOf(text), bodyOf(text)]).toEqual([text, [], ""]);
    }
  });

  it("keeps comments of all three kinds with their ranges, and none from inside strings", () => {
    const file = parseText('# one\r\na = "# no" // two\nb = <<EOT\n# text\nEOT\n/* three\n */ c = 1 /* four */ # five');
    expect(file.diagnostics).toEqual([]);
    expect(file.comments.map((comment) => file.textOf(comment))).toEqual([
      "# one",
      "// two",
      "/* three\n */",
      "/* four */",
      "# five",
    ]);
  });

  it("gives blocks the ranges of header, labels and braces", () => {
    const file = parseText('x = 1\nresource "aws_s3_bucket" logs {\n  a = 1\n}\n');
    const block = blocksOf(file.body)[0];
    if (!block) throw new Error("a block");
    expect(file.textOf({ start: block.start, end: block.headerEnd })).toBe('resource "aws_s3_bucket" logs');
    expect(file.textOf({ start: block.start, end: block.typeEnd })).toBe("resource");
    expect(block.labels.map((label) => [file.textOf(label), label.quoted, label.value])).toEqual([
      ['"aws_s3_bucket"', true, "aws_s3_bucket"],
      ["logs", false, "logs"],
    ]);
    expect([file.latin1[block.open], file.latin1[block.close], block.end]).toEqual(["{", "}", block.close + 1]);
    expect(file.textOf(block.body)).toBe("\n  a = 1\n");
    expect(file.rangeOf(block)).toEqual({ file: "main.tf", start: block.start, end: block.end, line: 2, endLine: 4 });
  });

  it("counts lines and columns from 1, columns in characters", () => {
    const file = parseText('a = "é😀" # x\r\nb = 2\n');
    expect(file.lineAt(0)).toBe(1);
    expect(file.columnAt(file.latin1.indexOf("#"))).toBe(10);
    expect(file.lineAt(file.latin1.indexOf("b"))).toBe(2);
    expect(file.columnAt(file.latin1.indexOf("b"))).toBe(1);
    expect(file.lineAt(file.bytes.length)).toBe(3);
  });
});

describe("HCL damage", () => {
  const expectRead = (text: string, errors: readonly string[], body: string): void => {
    const file = parseText(text);
    expect([text, errorsOf(text), printBody(file.body)]).toEqual([text, errors, body]);
    expect(misplacedNode(file)).toBeUndefined();
  };

  it("in one attribute leaves the others", () => {
    expectRead("a = \nb = 1\n", ["1:5 Invalid expression"], "a=ERROR; b=1");
    expectRead("a = 1 2\nb = 1\n", ["1:7 Missing newline after argument"], "a=1; b=1");
    expectRead('a = "x\nb = 1\n', ["1:5 Unterminated string"], "a=ERROR; b=1");
    expectRead("r {\n  a = @\n  b = 1\n}\nc = 2\n", ["2:7 Invalid expression"], "r {a=ERROR; b=1}; c=2");
    expectRead('a = "${b c}d"\ne = 1\n', ["1:10 Unclosed template interpolation"], 'a=${b}+"d"; e=1');
    expectRead("a: 1\nb = 1\n", ["1:2 Invalid argument or block definition"], "b=1");
    expectRead('"a" = 1\nb = 1\n', ["1:1 Invalid argument name"], "a=1; b=1");
    expectRead("a = ‘x’\nb = 1\n", ["1:5 Invalid expression"], "a=ERROR; b=1");
    expectRead("a = 'x'\nb = 1\n", ["1:5 Invalid expression"], "a=ERROR; b=1");
  });

  it("inside brackets leaves the other elements and what follows", () => {
    expectRead("a = [1 2, 3]\nb = 1\n", ["1:8 Missing item separator"], "a=[1 3]; b=1");
    expectRead('a = [\n  "x"\n  "y",\n]\nb = 1\n', ["3:3 Missing item separator"], 'a=["x" "y"]; b=1');
    expectRead("a = { b = , c = 2 }\nd = 1\n", ["1:11 Invalid expression"], "a={b=ERROR c=2}; d=1");
    expectRead("a = {\n  b\n  c = 2\n}\nd = 1\n", ["2:4 Missing attribute value"], "a={c=2}; d=1");
    expectRead("a = f(1, , 2)\nb = 1\n", ["1:10 Invalid expression"], "a=(call f 1 ERROR 2); b=1");
    expectRead("a = (1 + )\nb = 1\n", ["1:10 Invalid expression"], "a=(paren (+ 1 ERROR)); b=1");
  });

  it("that leaves a bracket open ends at the next item", () => {
    const text = 'resource "a" "b" {\n  list = ["x", "y"\n  acl  = "private"\n}\nresource "c" "d" {}\n';
    expectRead(
      text,
      ["3:3 Missing item separator"],
      'resource "a" "b" {list=["x" "y"]; acl="private"}; resource "c" "d" {}',
    );
    expectRead("a = f(1\nb = 2\n", ["2:1 Missing argument separator"], "a=(call f 1); b=2");
  });

  it("that leaves a block open ends where indentation says so", () => {
    const text = 'resource "a" "b" {\n  x = 1\n  y {\n    z = 2\n\nresource "c" "d" {\n  e = 3\n}\n';
    expectRead(
      text,
      ["1:18 Unclosed configuration block", "3:5 Unclosed configuration block"],
      'resource "a" "b" {x=1; y {z=2}}; resource "c" "d" {e=3}',
    );
  });

  it("that leaves an object open ends where indentation says so", () => {
    const text = 'r "a" {\n  tags = {\n    n = 1\n  acl = "p"\n}\nr "b" {}\n';
    expectRead(text, ["2:10 Unclosed object"], 'r "a" {tags={n=1}; acl="p"}; r "b" {}');
  });

  it("that leaves a heredoc open ends at the next thing at the left margin", () => {
    const text = 'r "a" {\n  p = <<EOT\n  text\n}\nr "b" {\n  q = 1\n}\n';
    expectRead(text, ["2:7 Unterminated heredoc"], 'r "a" {p=ERROR}; r "b" {q=1}');
  });

  it("in a block header leaves the body", () => {
    expectRead('resource "a" 5 {\n  x = 1\n}\ny = 2\n', ["1:14 Invalid block definition"], 'resource "a" {x=1}; y=2');
    expectRead('resource "a {\n  x = 1\n}\ny = 2\n', ["1:10 Unterminated string"], "resource {x=1}; y=2");
  });

  it("of stray braces is told once each", () => {
    expectRead("a {\n}\n}\nb = 1\n", ["3:1 Unexpected closing brace"], "a {}; b=1");
  });

  it("by nesting is bounded, and ends in an error with a place", () => {
    for (const open of ["[", "(", "{a=", "-", "!", "f(", "a[", "[for x in ", '"${', "b {\n", "a ? b : "]) {
      const text = `x = ${open.repeat(20_000)}\n`;
      const file = parseText(open === "b {\n" ? open.repeat(20_000) : text);
      expect(file.diagnostics.some((diagnostic) => diagnostic.summary === "Nesting too deep")).toBe(true);
      expect(misplacedNode(file)).toBeUndefined();
    }
    for (const chain of ["1 + ", "a.b.", "a && "]) {
      const file = parseText(`x = ${chain.repeat(20_000)}1\n`);
      expect(file.diagnostics[0]?.summary).toBe("Nesting too deep");
    }
    expect(parseText(`x = a${"[*]".repeat(20_000)}\n`).diagnostics[0]?.summary).toBe("Nesting too deep");
  });

  it("everywhere is summed up after a hundred errors", () => {
    const file = parseText("a = ]\n".repeat(5_000));
    expect(file.diagnostics).toHaveLength(101);
    expect(file.diagnostics.at(-1)?.summary).toBe("Too many errors");
    expect(file.body.items).toHaveLength(5_000);
  });

  it("of the encoding is one error with a place", () => {
    const file = parseHcl(Uint8Array.of(97, 32, 61, 32, 34, 0xff, 34, 10), "main.tf");
    expect(file.diagnostics.map(({ line, column, summary }) => [line, column, summary])).toEqual([
      [1, 6, "Invalid character encoding"],
    ]);
  });
});
