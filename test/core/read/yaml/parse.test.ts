import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { SourceRange } from "../../../../src/core/model/source-range.ts";
import { parseYaml } from "../../../../src/core/read/yaml/parse.ts";

const encoder = new TextEncoder();
const file = (text: string, path = "a.yaml") => ({ path, bytes: encoder.encode(text) });
const slice = (text: string, range: SourceRange | undefined): string =>
  range ? new TextDecoder().decode(encoder.encode(text).slice(range.start, range.end)) : "(nowhere)";

describe("parseYaml", () => {
  it("gives byte ranges behind text that is not ASCII, a byte order mark and carriage returns", () => {
    const text = "\ufeffname: Žluťoučký 🐎\r\nnext:\r\n  value: true\r\n";
    const [document] = parseYaml(file(text)).documents;
    const found = document?.locate("next.value");
    expect(slice(text, found?.range)).toBe("true");
    expect(found?.range.line).toBe(3);
    expect(slice(text, document?.locate("name")?.range)).toBe("Žluťoučký 🐎");
    expect(document?.valueOf(document.root)).toEqual({ name: "Žluťoučký 🐎", next: { value: true } });
  });

  it("reads every document around a broken one, and says where that one breaks", () => {
    const { documents, diagnostics } = parseYaml(file("a: 1\n---\nb: [1, 2\nc: }\n---\nd: 4\n"));
    expect(documents.map((d) => d.valueOf(d.root))).toEqual([{ a: 1 }, { d: 4 }]);
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(diagnostics[0]).toMatchObject({ severity: "error", file: "a.yaml" });
    expect(diagnostics[0]?.line).toBeGreaterThanOrEqual(3);
    expect(diagnostics[0]?.line).toBeLessThanOrEqual(5);
  });

  it("follows anchors, aliases and merge keys, and finds merged values where they are written", () => {
    const text = "base: &b\n  a: 1\n  b: 2\nuse:\n  <<: *b\n  b: 3\nlist: [*b]\n";
    const [document] = parseYaml(file(text)).documents;
    expect(document?.valueOf(document.root)).toEqual({
      base: { a: 1, b: 2 },
      use: { a: 1, b: 3 },
      list: [{ a: 1, b: 2 }],
    });
    expect(document?.locate("use.a")?.range.line).toBe(2);
    expect(document?.locate("use.b")?.range.line).toBe(6);
  });

  it("finds keys that hold dots", () => {
    const text = "annotations:\n  checkov.io/skip1: CKV_1=x\n";
    const [document] = parseYaml(file(text)).documents;
    expect(slice(text, document?.locate("annotations.checkov.io/skip1")?.range)).toBe("CKV_1=x");
    expect(document?.locate("annotations.none")).toBeUndefined();
  });

  it("ends a billion laughs and an alias inside itself in a diagnostic", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let i = 1; i < 10; i++)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(", ")}]`,
      );
    const laughs = parseYaml(file(lines.join("\n")));
    expect(laughs.documents).toEqual([]);
    expect(laughs.diagnostics[0]?.summary).toMatch(/Aliases expand/);
    const self = parseYaml(file("a: &a\n  b: *a\n"));
    expect(self.documents).toEqual([]);
    expect(self.diagnostics[0]?.summary).toMatch(/inside the value/);
  });

  it("says that nesting is too deep instead of failing", () => {
    for (const text of ["[".repeat(100_000), "{a: ".repeat(50_000), "- ".repeat(50_000), "? ".repeat(50_000)]) {
      const { documents, diagnostics } = parseYaml(file(text));
      expect(documents).toEqual([]);
      expect(diagnostics[0]?.summary).toMatch(/too deeply/);
    }
    const deep = parseYaml(file(`${"[".repeat(290)}${"]".repeat(290)}\n---\n${"- ".repeat(290)}a\n`));
    expect(deep.documents).toHaveLength(2);
  });

  it("says that a file is not text", () => {
    const { diagnostics } = parseYaml({ path: "a.yaml", bytes: new Uint8Array([0xff, 0xfe, 0x61]) });
    expect(diagnostics[0]?.summary).toMatch(/UTF-8/);
  });

  it("gives comments that may suppress with their ranges, and no text of block scalars", () => {
    const text = "a: 1 # draco:ignore RULE -- é\n# checkov:skip=CKV_1:why\nrun: |\n  # draco:ignore NOT\n# other\n";
    const { comments } = parseYaml(file(text));
    expect(comments.map((c) => c.text)).toEqual(["draco:ignore RULE -- é", "checkov:skip=CKV_1:why"]);
    expect(comments.map((c) => slice(text, c.range))).toEqual(["# draco:ignore RULE -- é", "# checkov:skip=CKV_1:why"]);
  });

  it("reads yes and on as YAML 1.1 does where the format does so, keeps them as keys, and keeps account numbers", () => {
    const text = "on: yes\nquoted: 'yes'\naccount: 012345678901\nbig: 123456789012345678901\n";
    const [old] = parseYaml(file(text), "1.1").documents;
    expect(old?.valueOf(old.root)).toEqual({
      on: true,
      quoted: "yes",
      account: "012345678901",
      big: "123456789012345678901",
    });
    const [recent] = parseYaml(file(text)).documents;
    expect(recent?.objectOf(recent.root)).toMatchObject({ on: "yes" });
  });

  it("never throws, and keeps every position inside the file", () => {
    const piece = fc.constantFrom(
      "a",
      ":",
      " ",
      "\n",
      "- ",
      "&x ",
      "*x",
      "[",
      "]",
      "{",
      "}",
      "|",
      "'",
      '"',
      "#",
      "é",
      "!Ref ",
      "<<: ",
      "---\n",
      "\r\n",
      "\t",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join("");
        const size = encoder.encode(text).length;
        const { documents, diagnostics, comments } = parseYaml(file(text));
        for (const document of documents) {
          const range = document.rangeOf(document.root);
          expect(range.start).toBeLessThanOrEqual(range.end);
          expect(range.end).toBeLessThanOrEqual(size);
        }
        for (const { range } of [...diagnostics, ...comments]) expect(range?.end ?? 0).toBeLessThanOrEqual(size);
      }),
      { numRuns: 500, seed: 7 },
    );
  });
});
