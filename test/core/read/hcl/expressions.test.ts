import { describe, expect, it } from "@jest/globals";
import { literalKey, literalString, soleInterpolation, traversalOf } from "../../../../src/core/read/hcl/ast.ts";
import { parseHclExpression } from "../../../../src/core/read/hcl/parse.ts";
import { parseText, printValue } from "./print.ts";

const expectPrinted = (cases: readonly (readonly [source: string, printed: string])[]): void => {
  for (const [source, printed] of cases) expect([source, printValue(source)]).toEqual([source, printed]);
};

const expressionOf = (text: string) => {
  const { expression, diagnostics } = parseHclExpression(new TextEncoder().encode(text), "value");
  expect(diagnostics).toEqual([]);
  return expression;
};

describe("HCL expressions", () => {
  it("binds operators by precedence, from the left", () => {
    expectPrinted([
      ["1 + 2 * 3", "(+ 1 (* 2 3))"],
      ["1 * 2 + 3", "(+ (* 1 2) 3)"],
      ["1 - 2 - 3", "(- (- 1 2) 3)"],
      ["a || b && c == d", "(|| a (&& b (== c d)))"],
      ["a == b != c", "(!= (== a b) c)"],
      ["a < b == c >= d", "(== (< a b) (>= c d))"],
      ["-a.b * !c", "(* (- (. a b)) (! c))"],
      ["- - 1 % 2", "(% (- (- 1)) 2)"],
      ["(1 + 2) / 3", "(/ (paren (+ 1 2)) 3)"],
      ["a > b ? c : d ? e : f", "(if (> a b) c (if d e f))"],
    ]);
  });

  it("reads names with dashes as names and subtraction only around blanks", () => {
    expectPrinted([
      ["a-1", "a-1"],
      ["a - 1", "(- a 1)"],
      ["a -1", "(- a 1)"],
      ["año-é.ключ", "(. año-é ключ)"],
      ["_x", "_x"],
    ]);
  });

  it("keeps numbers as written", () => {
    expectPrinted([
      ["1", "1"],
      ["1.50", "1.50"],
      ["1e9", "1e9"],
      ["2.5E-3", "2.5E-3"],
      [
        "3.14159265358979323846264338327950288419716939937510582097494459",
        "3.14159265358979323846264338327950288419716939937510582097494459",
      ],
    ]);
  });

  it("reads every traversal step", () => {
    expectPrinted([
      ["var.a.b", "(. (. var a) b)"],
      ['a["k"][0]', '(index (index a "k") 0)'],
      ["a.0.1.b", "(. (legacy-index (legacy-index a 0) 1) b)"],
      ["a.*.b.0.c", "(.* a (. (legacy-index (. @ b) 0) c))"],
      ["a.*.b[0]", "(index (.* a (. @ b)) 0)"],
      ["a[*].b[0].c", "([*] a (. (index (. @ b) 0) c))"],
      ["a[*][*].b", "([*] a ([*] @ (. @ b)))"],
      ["f(x).y", "(. (call f x) y)"],
      ["[1, 2][0]", "(index [1 2] 0)"],
      ["a [ 0 ] . b", "(. (index a 0) b)"],
      ["true.a", "(. true a)"],
    ]);
    expect(printValue("a.*.b.*")).toContain("Nested splat expression not allowed");
    expect(printValue("a.")).toContain("Invalid attribute name");
  });

  it("reads calls with namespaces, trailing commas and expansion", () => {
    expectPrinted([
      ["f()", "(call f)"],
      ["max(1, 2,)", "(call max 1 2)"],
      ["max(\n1,\n2\n)", "(call max 1 2)"],
      ["max(xs...)", "(call max xs...)"],
      ["provider::aws::arn_parse(x)", "(call provider::aws::arn_parse x)"],
      ["f (1)", "(call f 1)"],
    ]);
    expect(printValue("f(a..., b)")).toContain("Invalid expansion");
  });

  it("reads lists, objects and their separators", () => {
    expectPrinted([
      ["[]", "[]"],
      ["[\n1,\n 2,\n]", "[1 2]"],
      ["{}", "{}"],
      ['{ a = 1, "b" : 2 }', '{a=1 "b"=2}'],
      ["{\na = 1\n\nb = 2\n}", "{a=1 b=2}"],
      ["{ (a.b) = 1, true = 2, 5 = 3, a.b = 4 }", "{(paren (. a b))=1 true=2 5=3 (. a b)=4}"],
      ["{ a = 1 # why\n b = 2 }", "{a=1 b=2}"],
      ['{ "${k}" = v }', "{${k}=v}"],
    ]);
  });

  it("ends an expression at a line break outside brackets, not inside them", () => {
    expectPrinted([
      ["(1\n+\n2)", "(paren (+ 1 2))"],
      ["[a\n? b\n: c]", "[(if a b c)]"],
      ["foo(\n{\na = 1\nb = [\n1\n]\n}\n)", "(call foo {a=1 b=[1]})"],
    ]);
    expect(printValue("1 +\n 2")).toContain("!1:8 Invalid expression");
  });

  it("reads for-expressions of both forms", () => {
    expectPrinted([
      ["[for x in xs : x.id if x.on]", "(for x xs (. x id) if (. x on))"],
      ["[\nfor i, x in xs :\n x\n]", "(for i,x xs x)"],
      ["{for k, v in m : k => v...}", "(for k,v m k=>v...)"],
      ["{ for k, v in m : upper(k) => v if v != null }", "(for k,v m (call upper k)=>v if (!= v null))"],
      ["[ # why\n for x in xs : x]", "(for x xs x)"],
      ["[form, 1]", "[form 1]"],
      ["{ format = 1 }", "{format=1}"],
    ]);
  });

  it("answers what an expression is without evaluating it", () => {
    expect(literalString(expressionOf('"a"'))).toBe("a");
    expect(literalString(expressionOf('""'))).toBe("");
    expect(literalString(expressionOf('"a${b}"'))).toBeUndefined();
    expect(literalKey(expressionOf("null"))).toBe("null");
    expect(literalKey(expressionOf("1.0"))).toBe("1");
    const template = expressionOf('"${a.b}"');
    expect(template.kind === "template" ? soleInterpolation(template)?.kind : "").toBe("get");
    const traversal = traversalOf(expressionOf('aws_s3_bucket.b["k"].id'));
    expect(traversal?.root.name).toBe("aws_s3_bucket");
    expect(traversal?.steps.map((step) => (step.kind === "attribute" ? step.name : "[]"))).toEqual(["b", "[]", "id"]);
    expect(traversalOf(expressionOf("f(x).y"))).toBeUndefined();
  });

  it("gives each node its exact bytes", () => {
    const file = parseText('é = { "ü" = [1, f(x.y)[0]] } # ö\n');
    const item = file.body.items[0];
    if (item?.kind !== "attribute" || item.value.kind !== "object") throw new Error("an attribute with an object");
    const entry = item.value.items[0];
    if (entry?.value.kind !== "tuple") throw new Error("a list");
    expect(file.textOf(item)).toBe('é = { "ü" = [1, f(x.y)[0]] }');
    expect(file.textOf({ start: item.start, end: item.nameEnd })).toBe("é");
    expect(file.textOf(entry.key)).toBe('"ü"');
    expect(entry.value.items.map((element) => file.textOf(element))).toEqual(["1", "f(x.y)[0]"]);
    expect(file.comments.map((comment) => file.textOf(comment))).toEqual(["# ö"]);
    expect(file.columnAt(entry.value.start)).toBe(13);
  });
});
