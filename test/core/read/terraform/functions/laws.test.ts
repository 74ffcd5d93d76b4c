import { constants, generateKeyPairSync, publicEncrypt } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { callFunction, FunctionError } from "../../../../../src/core/read/terraform/function.ts";
import { findFunction } from "../../../../../src/core/read/terraform/functions/index.ts";
import { fromDouble } from "../../../../../src/core/read/terraform/number.ts";
import {
  compareStrings,
  listOf,
  NULL,
  objectOf,
  Sequence,
  setKey,
  type TypedValue,
  textOf,
  tupleOf,
} from "../../../../../src/core/read/terraform/typed-value.ts";
import { STRING } from "../../../../../src/core/read/terraform/types.ts";
import { contextOf } from "./evaluate.ts";
import { askTerraform, hasTerraform } from "./oracle.ts";

const context = contextOf(false);

function call(name: string, ...args: readonly TypedValue[]): TypedValue {
  const fn = findFunction(name);
  if (fn === undefined) throw new Error(`no function ${name}`);
  const result = callFunction(fn, args, context);
  if (result instanceof FunctionError) throw new Error(`${name}: ${result.message}`);
  return result;
}

const anyText = fc.string({ unit: "grapheme", maxLength: 40 }).map(textOf);
const plainText = fc.string({ maxLength: 20 });
const { value: anyValue } = fc.letrec<{ value: TypedValue; list: TypedValue; object: TypedValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    anyText,
    fc.boolean(),
    fc.constant<TypedValue>(NULL),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(fromDouble),
    tie("list"),
    tie("object"),
  ),
  list: fc.array(tie("value"), { maxLength: 4 }).map(tupleOf),
  object: fc
    .dictionary(anyText, tie("value"), { maxKeys: 4 })
    .map((entries) => objectOf(new Map(Object.entries(entries)))),
}));
const texts = (value: TypedValue): readonly TypedValue[] => (value instanceof Sequence ? value.items : []);

describe("laws of the functions", () => {
  it("jsondecode undoes jsonencode", () => {
    fc.assert(
      fc.property(anyValue, (value) =>
        expect(setKey(call("jsondecode", call("jsonencode", value)))).toBe(setKey(value)),
      ),
    );
  });

  it("jsonencode writes JSON that JavaScript reads the same", () => {
    fc.assert(fc.property(anyText, (value) => expect(JSON.parse(String(call("jsonencode", value)))).toBe(value)));
  });

  it("yamldecode undoes yamlencode", () => {
    fc.assert(
      fc.property(anyValue, (value) =>
        expect(setKey(call("yamldecode", call("yamlencode", value)))).toBe(setKey(value)),
      ),
    );
  });

  it("base64decode undoes base64encode, and textdecodebase64 textencodebase64", () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom("UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE"), (value, charset) => {
        expect(call("base64decode", call("base64encode", value))).toBe(value);
        expect(call("textdecodebase64", call("textencodebase64", value, charset), charset)).toBe(value);
      }),
    );
  });

  it("join undoes split", () => {
    fc.assert(
      fc.property(plainText, fc.string({ minLength: 1, maxLength: 2 }), (value, separator) =>
        expect(call("join", separator, call("split", separator, value))).toBe(value),
      ),
    );
  });

  it("sort is idempotent, keeps every element, and orders by code points", () => {
    fc.assert(
      fc.property(fc.array(anyText), (items) => {
        const sorted = call("sort", listOf(STRING, items));
        expect(texts(call("sort", sorted))).toEqual(texts(sorted));
        expect([...texts(sorted)]).toEqual([...items].sort(compareStrings));
        const bytes = texts(sorted).map((item) => Buffer.from(String(item)));
        expect(bytes.every((each, i) => i === 0 || Buffer.compare(bytes[i - 1] ?? each, each) <= 0)).toBe(true);
      }),
    );
  });

  it("strrev and reverse are their own inverse, and keep the length", () => {
    fc.assert(
      fc.property(fc.array(anyValue), fc.string({ maxLength: 20 }), (items, value) => {
        expect(setKey(call("reverse", call("reverse", tupleOf(items))))).toBe(setKey(tupleOf(items)));
        expect(call("strrev", call("strrev", value))).toBe(value);
        expect(call("length", call("strrev", value))).toBe(call("length", value));
      }),
    );
  });

  it("zipmap of keys and values is the object", () => {
    fc.assert(
      fc.property(fc.dictionary(plainText, anyValue), (entries) => {
        const object = objectOf(new Map(Object.entries(entries)));
        expect(setKey(call("zipmap", call("keys", object), call("values", object)))).toBe(setKey(object));
      }),
    );
  });

  it("a literal pattern finds what is there, whatever its characters", () => {
    fc.assert(
      fc.property(plainText, plainText, plainText, (before, wanted, after) => {
        const pattern = wanted.replaceAll(/[^\w]/g, (letter) => `\\x{${(letter.codePointAt(0) ?? 0).toString(16)}}`);
        expect(call("regex", pattern, before + wanted + after)).toBe(wanted);
        expect(call("replace", before + wanted + after, `/${pattern}/`, "$0")).toBe(before + wanted + after);
      }),
    );
  });

  it("agrees with JavaScript on simple patterns", () => {
    const atom = fc.constantFrom(
      "a",
      "b",
      ".",
      "[ab]",
      "[^a]",
      "a*",
      "b+",
      "a?",
      "(a|b)",
      "(ab|a)",
      "b*?",
      "$",
      "^",
      "(a)*",
    );
    fc.assert(
      fc.property(
        fc.array(atom, { minLength: 1, maxLength: 6 }),
        fc.stringMatching(/^[abc]{0,10}$/),
        (atoms, value) => {
          const pattern = atoms.map((each) => each.replaceAll("(", "(?:")).join("");
          const theirs = new RegExp(pattern).exec(value)?.[0];
          const fn = findFunction("regex");
          const ours = fn && callFunction(fn, [pattern, value], context);
          expect(ours instanceof FunctionError ? undefined : ours).toBe(theirs);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("cidrhost and cidrsubnet count up from the network", () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(255), (subnet, host) => {
        expect(call("cidrsubnet", "10.0.0.0/8", 8, subnet)).toBe(`10.${subnet}.0.0/16`);
        expect(call("cidrhost", `10.${subnet}.0.0/16`, host)).toBe(`10.${subnet}.0.${host}`);
      }),
    );
  });
});

describe("rsadecrypt", () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  const secret = "correct horse, battery staple";
  const ciphertext = publicEncrypt(
    { key: publicKey, padding: constants.RSA_PKCS1_PADDING },
    Buffer.from(secret),
  ).toString("base64");

  it("reads what was encrypted for the key", () => {
    expect(call("rsadecrypt", ciphertext, pem)).toBe(secret);
    expect(call("rsadecrypt", ciphertext, privateKey.export({ type: "pkcs8", format: "pem" }).toString())).toBe(secret);
  });

  const onlyWithTerraform = hasTerraform() ? it : it.skip;
  onlyWithTerraform("reads it as terraform does", async () => {
    const [answer] = await askTerraform([`rsadecrypt(${JSON.stringify(ciphertext)}, ${JSON.stringify(pem)})`]);
    expect(answer).toEqual({ kind: "value", text: '"string"', json: JSON.stringify(secret) });
  });

  it("refuses what was encrypted for another", () => {
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
      type: "pkcs1",
      format: "pem",
    });
    expect(() => call("rsadecrypt", ciphertext, other.toString())).toThrow("failed to decrypt");
  });
});
