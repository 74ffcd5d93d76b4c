// Cases in the manner of HCL's own specification suite: here in short, and, where DRACO_CORPORA names a folder that holds
// the suite, the suite itself: what its .t files say of errors must be what we say, by line and byte.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import {
  attributeOf,
  type Block,
  type Body,
  blocksOf,
  type Expression,
  literalKey,
  literalString,
} from "../../../../src/core/read/hcl/ast.ts";
import { parseHcl } from "../../../../src/core/read/hcl/parse.ts";

interface Place {
  readonly line: number;
  readonly column: number;
  readonly byte: number;
}
interface ExpectedError {
  readonly from: Place;
  readonly to: Place;
}

const errorsIn = (bytes: Uint8Array): ExpectedError[] => {
  const file = parseHcl(bytes, "case.hcl");
  return file.diagnostics.map(({ range }) => {
    const place = (byte: number): Place => ({ line: file.lineAt(byte), column: file.columnAt(byte), byte });
    return { from: place(range?.start ?? -1), to: place(range?.end ?? -1) };
  });
};

const at = (line: number, column: number, byte: number): Place => ({ line, column, byte });

describe("HCL specification cases", () => {
  const cases: { readonly text: string; readonly errors: readonly ExpectedError[] }[] = [
    { text: "# only\n// comments\n/* here */\n", errors: [] },
    { text: 'x {\n\n}\ny { z = "w" }\nv {}\n', errors: [] },
    { text: "x = 1, y = 2\n", errors: [{ from: at(1, 6, 5), to: at(1, 7, 6) }] },
    { text: "x {\n", errors: [{ from: at(1, 3, 2), to: at(1, 4, 3) }] },
    { text: "x { y = 1, z = 2 }\n", errors: [{ from: at(1, 10, 9), to: at(1, 11, 10) }] },
    { text: "x { y = 1\n}\n", errors: [{ from: at(1, 10, 9), to: at(2, 1, 10) }] },
    { text: "x { y = 1\n  z = 2 }\n", errors: [{ from: at(1, 10, 9), to: at(2, 1, 10) }] },
    { text: "x { y {} }\n", errors: [{ from: at(1, 5, 4), to: at(1, 8, 7) }] },
  ];
  for (const { text, errors } of cases) {
    it(`${errors.length === 0 ? "accept" : "refuse"} ${JSON.stringify(text)}`, () => {
      expect(errorsIn(new TextEncoder().encode(text))).toEqual(errors);
    });
  }

  const folder = process.env.DRACO_CORPORA ? join(process.env.DRACO_CORPORA, "hcl-specsuite") : "";
  const hasSuite = folder !== "" && existsSync(folder);
  if (!hasSuite)
    console.info("specsuite.test: set DRACO_CORPORA to a folder with hcl-specsuite to run the suite itself");

  (hasSuite ? it : it.skip)("agree with the suite", () => {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".t"));
    expect(names.length).toBeGreaterThan(10);
    let values = 0;
    for (const name of names) {
      const source = join(folder, name.replace(/\.t$/, ".hcl"));
      const expectation = parseHcl(new Uint8Array(readFileSync(join(folder, name))), name);
      // "unexpected" is an error of the schema, which a reader of syntax does not know.
      const errors = name.endsWith("unexpected.t") ? [] : expectedErrors(expectation.body);
      const bytes = new Uint8Array(readFileSync(source));
      expect([name, errorsIn(bytes)]).toEqual([name, errors]);
      const result = attributeOf(expectation.body, "result")?.value;
      const body = parseHcl(bytes, source).body;
      if (result?.kind === "object" && errors.length === 0) values += compareLiterals(name, body, result);
    }
    expect(values).toBeGreaterThan(20);
  });
});

const expectedErrors = (body: Body): ExpectedError[] =>
  blocksOf(body, "diagnostics").flatMap((diagnostics) =>
    blocksOf(diagnostics.body, "error").map((error) => ({ from: placeOf(error, "from"), to: placeOf(error, "to") })),
  );

const placeOf = (error: Block, name: string): Place => {
  const place = blocksOf(error.body, name)[0];
  const numberAt = (key: string): number => {
    const value = place && attributeOf(place.body, key)?.value;
    return value?.kind === "number" ? Number(value.text) : Number.NaN;
  };
  return at(numberAt("line"), numberAt("column"), numberAt("byte"));
};

/** Literals of the source, such as heredocs, against the values that the suite expects; how many there were. */
const compareLiterals = (name: string, body: Body, result: Expression): number => {
  if (result.kind !== "object") return 0;
  let compared = 0;
  const compare = (actual: Expression | undefined, expected: Expression): void => {
    if (!actual) return;
    if (actual.kind === "object" && expected.kind === "object") {
      for (const item of expected.items) {
        const twin = actual.items.find((candidate) => literalKey(candidate.key) === literalKey(item.key));
        compare(twin?.value, item.value);
      }
      return;
    }
    const want = literalString(expected);
    const have = literalString(actual);
    if (want === undefined || have === undefined) return;
    expect([name, have]).toEqual([name, want]);
    compared++;
  };
  for (const item of result.items) compare(attributeOf(body, literalKey(item.key) ?? "")?.value, item.value);
  return compared;
};
