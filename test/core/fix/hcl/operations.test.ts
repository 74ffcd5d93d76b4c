import { describe, expect, it } from "@jest/globals";
import { applyEdits } from "../../../../src/core/fix/edit.ts";
import type { EditAttempt } from "../../../../src/core/fix/hcl/attempt.ts";
import {
  addBlock,
  addResource,
  removeAttribute,
  setAttribute,
  setExpression,
} from "../../../../src/core/fix/hcl/operations.ts";
import type { BlockBody, FixValue } from "../../../../src/core/model/patch.ts";
import { Unknown } from "../../../../src/core/model/value.ts";
import { attributeOf, type Block, blocksOf, type HclFile } from "../../../../src/core/read/hcl/ast.ts";
import { parseHcl } from "../../../../src/core/read/hcl/parse.ts";
import { parseHclJson } from "../../../../src/core/read/hcl/parse-json.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const lines = (...parts: string[]): string => `${parts.join("\n")}\n`;

type Operation = (file: HclFile, block: Block) => EditAttempt;

const firstBlock = (file: HclFile): Block => {
  const block = blocksOf(file.body)[0];
  if (!block) throw new Error("the text has a block");
  return block;
};

/** The text after an operation on its first block; the operation a second time must change nothing more. */
const edited = (text: string, operate: Operation): string => {
  const edit = (given: string): string => {
    const bytes = bytesOf(given);
    const file = parseHcl(bytes, "main.tf");
    expect(file.diagnostics).toEqual([]);
    const attempt = operate(file, firstBlock(file));
    if (!attempt.ok) return `refused: ${attempt.why}`;
    return new TextDecoder().decode(applyEdits(bytes, attempt.edits));
  };
  const once = edit(text);
  if (!once.startsWith("refused")) expect(edit(once)).toBe(once);
  return once;
};

const set =
  (path: string | readonly string[], value: FixValue): Operation =>
  (file, block) =>
    setAttribute(file, block, path, value);
const remove =
  (path: string | readonly string[]): Operation =>
  (file, block) =>
    removeAttribute(file, block, path);
const add =
  (path: string, body: BlockBody): Operation =>
  (file, block) =>
    addBlock(file, block, path, body);

describe("setting an attribute", () => {
  it("replaces only the expression", () => {
    const text = lines('resource "a" "b" {', "  acl   =   f(1,", "    2) # why", "  /* x */ b=1", "}");
    expect(edited(text, set("acl", "private"))).toBe(text.replace("f(1,\n    2)", '"private"'));
    expect(edited(text, set("b", 2))).toBe(text.replace("b=1", "b=2"));
  });

  it("changes nothing where the value is already set, however it is written", () => {
    const text = lines(
      "r {",
      '  a = ("x")',
      "  b = 1.0",
      "  c = [1, true, null]",
      '  d = { "k" : -2 }',
      '  e = "${v.id}"',
      "}",
    );
    const same: [string, FixValue][] = [
      ["a", "x"],
      ["b", 1],
      ["c", [1, true, null]],
      ["d", { k: -2 }],
      ["e", { ref: "v.id" }],
    ];
    for (const [path, value] of same) expect(edited(text, set(path, value))).toBe(text);
  });

  it("inserts a missing one behind the block's attributes, aligned with them", () => {
    const text = lines("r {", "  a   = 1", "  bcd = 2 # note", "", "  n {", "  }", "}");
    expect(edited(text, set("ef", true))).toBe(text.replace("# note\n", "# note\n  ef  = true\n"));
    expect(edited(text, set("longer", true))).toBe(
      lines("r {", "  a      = 1", "  bcd    = 2 # note", "  longer = true", "", "  n {", "  }", "}"),
    );
  });

  it("leaves a run alone that its author did not align", () => {
    const text = lines("r {", "  a = 1", "  bcd = 2", "}");
    expect(edited(text, set("e", 3))).toBe(lines("r {", "  a = 1", "  bcd = 2", "  e = 3", "}"));
  });

  it("keeps CRLF, tabs, and a missing last line break", () => {
    expect(edited("r {\r\n\ta = 1\r\n}", set("b.0.c", 2))).toBe("r {\r\n\ta = 1\r\n\r\n\tb {\r\n\t\tc = 2\r\n\t}\r\n}");
    expect(edited("r {\r\n}\r\n", set("b", 2))).toBe("r {\r\n  b = 2\r\n}\r\n");
  });

  it("keeps a single-line block on its line, and opens it up for a second attribute", () => {
    expect(edited("r { a = 1 }\n", set("a", ["x"]))).toBe('r { a = ["x"] }\n');
    expect(edited("r { a = 1 }\n", set("bc", 2))).toBe("r {\n  a  = 1\n  bc = 2\n}\n");
    expect(edited("r {}\n", set("a", 1))).toBe("r {\n  a = 1\n}\n");
  });

  it("goes into nested blocks by index, and makes what is missing", () => {
    const text = lines("r {", "  v {", "    on = false", "  }", "  v {", "    x = 1", "  }", "}");
    expect(edited(text, set("v.1.on", true))).toBe(text.replace("x = 1", "x  = 1\n    on = true"));
    expect(edited(text, set("v.on", true))).toBe(text.replace("on = false", "on = true"));
    expect(edited(lines("r {", "  a = 1", "}"), set("rule.0.apply.0.algorithm", "aws:kms"))).toBe(
      lines("r {", "  a = 1", "", "  rule {", "    apply {", '      algorithm = "aws:kms"', "    }", "  }", "}"),
    );
    expect(edited(text, set("v.2.on", true))).toContain("  v {\n    x = 1\n  }\n\n  v {\n    on = true\n  }\n}");
    expect(edited(text, set("v.3.on", true))).toBe("refused: There is no block v.3.");
    expect(edited(text, set("v", true))).toBe('refused: "v" is a block: name one of its attributes.');
  });

  it("goes into the content of a dynamic block", () => {
    const text = lines(
      "r {",
      '  dynamic "v" {',
      "    for_each = x",
      "    content {",
      "      on = false",
      "    }",
      "  }",
      "}",
    );
    expect(edited(text, set("v.0.on", true))).toBe(text.replace("false", "true"));
  });

  it("goes into objects and lists", () => {
    const text = lines(
      "r {",
      "  tags = {",
      '    "a" = 1',
      "    b   = 2 # two",
      "  }",
      "  xs = [",
      "    1,",
      "    2",
      "  ]",
      "}",
    );
    expect(edited(text, set("tags.b", 3))).toBe(text.replace("= 2", "= 3"));
    expect(edited(text, set(["tags", "c.d/e"], "f"))).toBe(
      text.replace("# two\n", '# two\n    "c.d/e" = "f"\n').replace('"a" =', '"a"     =').replace("b   =", "b       ="),
    );
    expect(edited(text, set("xs.1", 5))).toBe(text.replace("2\n  ]", "5\n  ]"));
    expect(edited(text, set("xs.2", 5))).toBe(text.replace("2\n  ]", "2,\n    5,\n  ]"));
    expect(edited("r { tags = { a = 1 } }\n", set("tags.b", 2))).toBe("r { tags = { a = 1, b = 2 } }\n");
    expect(edited("r {\n  tags = {}\n}\n", set("tags.b", 2))).toBe("r {\n  tags = { b = 2 }\n}\n");
    expect(edited("r {\n  xs = []\n}\n", set("xs.0", 2))).toBe("r {\n  xs = [2]\n}\n");
    expect(edited("r {\n}\n", set("tags.b", 2))).toBe("r {\n  tags = {\n    b = 2\n  }\n}\n");
    expect(edited("r {\n  tags = var.tags\n}\n", set("tags.b", 2))).toBe('refused: "b" is computed here: var.tags');
  });

  it("writes every kind of value so that it reads back the same", () => {
    const text = '"\\ \n\t\u0001 ${a} %{b} $${c} é 😀';
    const value: FixValue = {
      s: text,
      n: -1.5e30,
      l: [],
      o: {},
      nested: [{ a: [null, false] }],
      for: 1,
      "a b": { ref: "x.y[0]" },
    };
    const bytes = bytesOf(edited("r {\n}\n", set("v", value)));
    const file = parseHcl(bytes, "main.tf");
    expect(file.diagnostics).toEqual([]);
    const again = setAttribute(file, firstBlock(file), "v", value);
    expect(again).toEqual({ ok: true, edits: [] });
    expect(file.textOf(file.body)).toContain('"\\"\\\\ \\n\\t\\u0001 $${a} %%{b} $$${c} é 😀"');
  });

  it("refuses values that nobody knows", () => {
    expect(edited("r {\n}\n", set("a", new Unknown()))).toMatch(/^refused/);
    expect(edited("r {\n}\n", set("a", [Number.NaN]))).toMatch(/^refused/);
  });

  it("works on a file's own body, such as a tfvars file", () => {
    for (const [text, expected] of [
      ["a = 1\nbc = 2", "a = 1\nbc = 2\nd = 3"],
      ["a  = 1\nbc = 2\n", "a  = 1\nbc = 2\nd  = 3\n"],
      ["", "d = 3\n"],
    ] as const) {
      const file = parseHcl(bytesOf(text), "x.tfvars");
      const attempt = setAttribute(file, file.body, "d", 3);
      expect(attempt.ok && new TextDecoder().decode(applyEdits(file.bytes, attempt.edits))).toBe(expected);
    }
  });

  it("replaces one expression wherever it is", () => {
    const file = parseHcl(bytesOf("locals {\n  a = { b = [1, 2] } # x\n}\n"), "main.tf");
    const value = attributeOf(firstBlock(file).body, "a")?.value;
    const list = value?.kind === "object" ? value.items[0]?.value : undefined;
    const attempt = list?.kind === "tuple" && list.items[1] ? setExpression(file, list.items[1], "z") : undefined;
    expect(attempt?.ok && new TextDecoder().decode(applyEdits(file.bytes, attempt.edits))).toBe(
      'locals {\n  a = { b = [1, "z"] } # x\n}\n',
    );
  });

  it("replaces values of JSON files", () => {
    const text = '{"resource":{"a":{"b":{"acl": "public", "x": [1]}}}}';
    const file = parseHclJson(bytesOf(text), "main.tf.json");
    const outcome = (path: string, value: FixValue) => {
      const attempt = setAttribute(file, firstBlock(file), path, value);
      return attempt.ok ? new TextDecoder().decode(applyEdits(file.bytes, attempt.edits)) : attempt.why;
    };
    expect(outcome("acl", "${x}")).toBe(text.replace('"public"', () => '"$${x}"'));
    expect(outcome("x.0", { ref: "a.b" })).toBe(text.replace("[1]", () => '["${a.b}"]'));
    expect(outcome("missing", 1)).toBe('"missing" is not set here.');
  });
});

describe("removing", () => {
  it("takes an attribute's line, and realigns what stays", () => {
    const text = lines("r {", "  # about a", "  a        = 1", "  long_one = [", "    1", "  ]", "  b = 2 # gone", "}");
    expect(edited(text, remove("b"))).toBe(text.replace("  b = 2 # gone\n", ""));
    expect(edited(lines("r {", "  a   = 1", "  bcd = 2", "}"), remove("bcd"))).toBe(lines("r {", "  a = 1", "}"));
    expect(edited(text, remove("missing"))).toBe(text);
  });

  it("takes blocks with the blank line that set them off", () => {
    const text = lines("r {", "  a = 1", "", "  v {", "    x = 1", "  }", "", "  w {", "  }", "}");
    expect(edited(text, remove("v"))).toBe(lines("r {", "  a = 1", "", "  w {", "  }", "}"));
    expect(edited(text, remove("w.0"))).toBe(lines("r {", "  a = 1", "", "  v {", "    x = 1", "  }", "}"));
    expect(edited(text, remove("v.0.x"))).toBe(text.replace("    x = 1\n", ""));
    expect(edited(lines("r {", "  v {}", "  v {}", "}"), remove("v"))).toBe(lines("r {", "}"));
  });

  it("takes items and elements with their commas", () => {
    expect(edited("r { a = 1 }\n", remove("a"))).toBe("r {}\n");
    expect(edited("r {\n  a = { b = 1, c = 2 }\n}\n", remove("a.b"))).toBe("r {\n  a = { c = 2 }\n}\n");
    expect(edited("r {\n  a = { b = 1, c = 2 }\n}\n", remove("a.c"))).toBe("r {\n  a = { b = 1 }\n}\n");
    expect(edited("r {\n  a = { b = 1 }\n}\n", remove("a.b"))).toBe("r {\n  a = {}\n}\n");
    const list = parseHcl(bytesOf('r {\n  a = [\n    "x", # one\n    "y",\n  ]\n}\n'), "main.tf");
    const attempt = removeAttribute(list, firstBlock(list), "a.0");
    expect(attempt.ok && new TextDecoder().decode(applyEdits(list.bytes, attempt.edits))).toBe(
      'r {\n  a = [\n    "y",\n  ]\n}\n',
    );
  });
});

describe("adding", () => {
  it("puts a block at the end of its body, or behind the last of its type", () => {
    const text = lines("r {", "  a = 1", "  # tail", "}");
    const body: BlockBody = { attributes: { x: 1, long: "y" }, blocks: [{ type: "in", body: { attributes: {} } }] };
    const block = ["  v {", "    x    = 1", '    long = "y"', "", "    in {}", "  }"];
    expect(edited(text, add("v", body))).toBe(lines("r {", "  a = 1", "  # tail", "", ...block, "}"));
    expect(edited("r {}\n", add("v", body))).toBe(lines("r {", ...block, "}"));
    const two = lines("r {", "  v {", "  }", "", "  w {", "  }", "}");
    expect(edited(two, add("v", body))).toBe(lines("r {", "  v {", "  }", "", ...block, "", "  w {", "  }", "}"));
  });

  it("nests it where the path says", () => {
    expect(edited("r {\n}\n", add("a.0.b", { attributes: { c: 1 } }))).toBe(
      lines("r {", "  a {", "    b {", "      c = 1", "    }", "  }", "}"),
    );
    expect(edited("r {\n  a {\n  }\n}\n", add("a.0.b.0", { attributes: {} }))).toBe(
      lines("r {", "  a {", "    b {}", "  }", "}"),
    );
  });

  it("appends resources at the end of the file or behind a block", () => {
    const resource = { type: "aws_x", name: "y", body: { attributes: { a: 1, bcd: { ref: "aws_z.b.id" } } } };
    const written = ['resource "aws_x" "y" {', "  a   = 1", "  bcd = aws_z.b.id", "}"];
    const atEnd: Operation = (file) => addResource(file, resource);
    expect(edited("r {}\n", atEnd)).toBe(lines("r {}", "", ...written));
    expect(edited("r {}\n\n", atEnd)).toBe(lines("r {}", "", ...written));
    expect(edited("r {}", atEnd)).toBe(lines("r {}", "", ...written).trimEnd());
    expect(edited("r {}\n\ns {}\n", (file, block) => addResource(file, resource, block))).toBe(
      lines("r {}", "", ...written, "", "s {}"),
    );
    expect(edited('resource "aws_x" "y" {\n}\n', atEnd)).toMatch(/^refused/);
  });
});
