import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { applyEdits } from "../../../../src/core/fix/edit.ts";
import { removeYaml, type SetOptions, setYaml, type YamlEdit } from "../../../../src/core/fix/yaml/edit.ts";
import type { Value } from "../../../../src/core/model/value.ts";
import type { YamlDocument } from "../../../../src/core/read/yaml/document.ts";
import { parseYaml } from "../../../../src/core/read/yaml/parse.ts";

const encoder = new TextEncoder();
type Change = (document: YamlDocument) => YamlEdit;

function edited(text: string, change: Change): string {
  const bytes = encoder.encode(text);
  const [document] = parseYaml({ path: "a.yaml", bytes }).documents;
  if (!document?.root) throw new Error("nothing to edit");
  const attempt = change(document);
  if (!attempt.ok) throw new Error(attempt.why);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(applyEdits(bytes, attempt.edits));
}
const set = (text: string, path: string, value: Value, options?: SetOptions) =>
  edited(text, (document) =>
    document.root ? setYaml(document, document.root, path, value, options) : { ok: true, edits: [] },
  );
const remove = (text: string, path: string) =>
  edited(text, (document) => (document.root ? removeYaml(document, document.root, path) : { ok: true, edits: [] }));

describe("setYaml", () => {
  it.each([
    [
      "adds an element behind the last one and its comment",
      "a:\n  - b: 1\n    c: 2 # two\nd: 3\n",
      "a.1",
      { b: 2 },
      "a:\n  - b: 1\n    c: 2 # two\n  - { b: 2 }\nd: 3\n",
    ],
    ["adds an element to a flow list", "a: [1, 2] # x\n", "a.2", 3, "a: [1, 2, 3] # x\n"],
    ["adds an element to an empty list", "a: []\n", "a.0", { b: 1 }, "a: [{ b: 1 }]\n"],
    [
      "adds an element to a list of JSON over several lines",
      '{\n  "a": [\n    { "b": 1 }\n  ]\n}\n',
      "a.1",
      { b: 2 },
      '{\n  "a": [\n    { "b": 1 },\n    { "b": 2 }\n  ]\n}\n',
    ],
    ["replaces a scalar and nothing else", "a: 1 # why\nb: true\n", "a", 2, "a: 2 # why\nb: true\n"],
    ["keeps single quotes", "a: 'x'\n", "a", "it's", "a: 'it''s'\n"],
    ["keeps double quotes", 'a: "x"\n', "a", "y", 'a: "y"\n'],
    ["quotes what would be read as something else", "a: x\n", "a", "yes", 'a: "yes"\n'],
    [
      "adds a key after the last one, behind its comment",
      "a:\n  b: 1 # one\n# end\nc: 2\n",
      "a.d",
      true,
      "a:\n  b: 1 # one\n  d: true\n# end\nc: 2\n",
    ],
    [
      "makes the mappings on the way, with the file's indentation",
      "a:\n    b: 1\n",
      "a.c.d",
      false,
      "a:\n    b: 1\n    c:\n        d: false\n",
    ],
    ["fills an empty value", "a:\nb: 1\n", "a.c", 1, "a:\n  c: 1\nb: 1\n"],
    ["goes into flow mappings", "a: { b: 1 }\n", "a.c", ["ALL"], "a: { b: 1, c: [ALL] }\n"],
    ["goes into empty flow mappings", "a: {}\n", "a.c.d", 1, "a: { c: { d: 1 } }\n"],
    [
      "adds to an element of a list",
      "- name: x\n  image: y\n- name: z\n",
      "0.env.A",
      "b",
      "- name: x\n  image: y\n  env:\n    A: b\n- name: z\n",
    ],
    [
      "replaces a block list by a block list",
      "drop:\n  - NET_RAW\n  - KILL\nx: 1\n",
      "drop",
      ["ALL"],
      "drop:\n  - ALL\nx: 1\n",
    ],
    [
      "turns a word into a block",
      "on: push\npermissions: write-all # !\njobs: {}\n",
      "permissions",
      { contents: "read" },
      "on: push\npermissions:\n  contents: read # !\njobs: {}\n",
    ],
    [
      "rewrites a block scalar",
      "- run: |\n    one\n    two\n  shell: bash\n",
      "0.run",
      "three\nfour\n",
      "- run: |\n    three\n    four\n  shell: bash\n",
    ],
    ["keeps carriage returns", "a:\r\n  b: 1\r\nc: 2\r\n", "a.d", 3, "a:\r\n  b: 1\r\n  d: 3\r\nc: 2\r\n"],
    ["works behind other alphabets", "\ufeffwer: Žofie\na: ä\n", "a", 1, "\ufeffwer: Žofie\na: 1\n"],
    ["needs no newline at the end", "a: 1", "b", 2, "a: 1\nb: 2"],
    [
      "writes JSON into JSON",
      '{\n  "a": {\n    "b": 1\n  }\n}\n',
      "a.c",
      "x",
      '{\n  "a": {\n    "b": 1,\n    "c": "x"\n  }\n}\n',
    ],
  ])("%s", (_name, text, path, value, expected) => {
    expect(set(text, path, value as Value)).toBe(expected);
  });

  it("puts a new key before the one that is named", () => {
    expect(set("on: push\n\njobs:\n  a: {}\n", "permissions", { contents: "read" }, { before: "jobs" })).toBe(
      "on: push\npermissions:\n  contents: read\n\njobs:\n  a: {}\n",
    );
  });

  it("overrides a merged value where it is used, and refuses to change what an alias shares", () => {
    const text = "base: &b\n  x: 1\nuse:\n  <<: *b\n  y: 2\nalso: *b\n";
    expect(set(text, "use.x", 3)).toBe("base: &b\n  x: 1\nuse:\n  <<: *b\n  y: 2\n  x: 3\nalso: *b\n");
    expect(() => set(text, "also.x", 3)).toThrow(/anchor/);
  });

  it("makes exactly what was asked for, and is idempotent", () => {
    const key = fc.constantFrom("a", "b", "c", "d");
    const leaf = fc.oneof(
      fc.boolean(),
      fc.integer(),
      fc.constantFrom("x", "yes", "1", "a: b", "#x", "", " lead", "${{ y }}", "null"),
    );
    const tree = fc.dictionary(key, fc.oneof(leaf, fc.dictionary(key, leaf, { minKeys: 1 })), { minKeys: 1 });
    fc.assert(
      fc.property(tree, fc.array(key, { minLength: 1, maxLength: 3 }), leaf, (start, path, value) => {
        const lines = Object.entries(start).map(([k, v]) =>
          typeof v === "object"
            ? `${k}:\n${Object.entries(v)
                .map(([i, w]) => `  ${i}: ${JSON.stringify(w)} # ${i}\n`)
                .join("")}`
            : `${k}: ${JSON.stringify(v)}\n`,
        );
        const text = lines.join("");
        let at: unknown = start;
        for (const part of path.slice(0, -1))
          at = typeof at === "object" && at !== null ? (at as { [k: string]: unknown })[part] : at;
        if (at !== undefined && typeof at !== "object") return; // a plain value stands in the way
        const once = set(text, path.join("."), value);
        const [document] = parseYaml({ path: "a.yaml", bytes: encoder.encode(once) }).documents;
        const read = document?.valueOf(document.root);
        let found: unknown = read;
        for (const part of path) found = (found as { [k: string]: unknown })[part];
        expect(found).toEqual(value);
        expect(set(once, path.join("."), value)).toBe(once);
        for (const [k, v] of Object.entries(start)) if (k !== path[0]) expect(read).toHaveProperty(k, v);
      }),
      { numRuns: 300, seed: 11 },
    );
  });
});

describe("removeYaml", () => {
  it.each([
    ["removes whole lines, with their comment", "a: 1\nb: 2 # two\nc: 3\n", "b", "a: 1\nc: 3\n"],
    ["removes a block", "a:\n  b:\n    c: 1\n    d: 2\n  e: 3\n", "a.b", "a:\n  e: 3\n"],
    [
      "removes mappings that hold nothing else",
      "x: 1\nenv:\n  inner:\n    A: 1\ny: 2\n",
      "env.inner.A",
      "x: 1\ny: 2\n",
    ],
    ["removes from flow mappings", "a: { b: 1, c: 2 }\n", "a.b", "a: { c: 2 }\n"],
    ["removes the last of a flow mapping", "a: { b: 1, c: 2 }\n", "a.c", "a: { b: 1 }\n"],
    ["removes the first key of a list's element", "- a: 1\n  b: 2\n", "0.a", "- b: 2\n"],
    ["leaves a file alone where there is nothing", "a: 1\n", "b.c", "a: 1\n"],
  ])("%s", (_name, text, path, expected) => {
    expect(remove(text, path)).toBe(expected);
  });
});
