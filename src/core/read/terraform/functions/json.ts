/** JSON as Terraform writes and reads it: Go's escapes, sorted keys, numbers of any precision. */
import { FunctionError, type TerraformFunction } from "../function.ts";
import { formatNumber, parseNumber } from "../number.ts";
import {
  HOLE,
  isNumber,
  Marked,
  NULL,
  NullValue,
  objectOf,
  Sequence,
  type TypedValue,
  textOf,
  tupleOf,
  UnknownValue,
  unknownOf,
} from "../typed-value.ts";
import { DYNAMIC, STRING } from "../types.ts";
import { any, text } from "./define.ts";

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};
const ESCAPED = /["\\<>&\u2028\u2029\p{Cc}\p{Cs}]/gu;

export const quoteJson = (value: string): string =>
  `"${value.replace(ESCAPED, (letter) => {
    const code = letter.charCodeAt(0);
    if (code >= 0xd800 && code < 0xe000) return "\\ufffd"; // A lone half of a pair.
    if (code >= 0x7f && code < 0xa0) return letter;
    return SHORT[letter] ?? `\\u${code.toString(16).padStart(4, "0")}`;
  })}"`;

/** An unknown becomes a quoted hole, so that the outline of a document is a document. */
export function encodeJson(value: TypedValue): string {
  if (typeof value === "string") return quoteJson(value);
  if (typeof value === "boolean") return String(value);
  if (isNumber(value)) return formatNumber(value);
  if (value instanceof NullValue) return "null";
  if (value instanceof Marked) return encodeJson(value.value);
  if (value instanceof UnknownValue) return quoteJson(textWithHole(value));
  if (value instanceof Sequence) return `[${value.items.map(encodeJson).join(",")}]`;
  return `{${value.keys.map((key) => `${quoteJson(key)}:${encodeJson(value.entries.get(key) ?? NULL)}`).join(",")}}`;
}

/** What is known of an unknown text, with U+FFFC for what is not. */
export const textWithHole = (value: UnknownValue): string => value.is.outline ?? `${value.is.prefix ?? ""}${HOLE}`;

/** A text with holes as the unknown it is; a text without holes as itself. */
export const outlined = (value: string): TypedValue => {
  const hole = value.indexOf(HOLE);
  return hole < 0 ? textOf(value) : unknownOf(STRING, { notNull: true, prefix: value.slice(0, hole), outline: value });
};

const DEEPEST = 500;

class Unreadable extends Error {}

/** The value with Terraform's types (objects and tuples), or why it cannot be read. */
export function decodeJson(source: string): TypedValue | FunctionError {
  try {
    return readJson(source);
  } catch (error) {
    if (error instanceof Unreadable) return new FunctionError(error.message);
    throw error;
  }
}

const NUMBER_TEXT = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING_TEXT = /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const SPACE = /[ \t\r\n]*/y;
const LONE_SURROGATE = /\p{Cs}/gu;

function readJson(source: string): TypedValue {
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(source)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const unexpected = (where: string): Unreadable =>
    new Unreadable(
      at >= source.length ? "unexpected EOF" : `invalid character ${JSON.stringify(source[at])} ${where}`.trimEnd(),
    );
  const next = (): string => {
    match(SPACE);
    return source[at] ?? "";
  };

  function value(depth: number): TypedValue {
    if (depth > DEEPEST) throw new Unreadable("the document is nested too deeply");
    const letter = next();
    if (letter === "{") return object(depth);
    if (letter === "[") return array(depth);
    if (letter === '"') return string();
    for (const [word, meaning] of [
      ["true", true],
      ["false", false],
      ["null", NULL],
    ] as const) {
      if (!source.startsWith(word, at)) continue;
      at += word.length;
      return meaning;
    }
    if (
      /^[a-z]+$/.test(source.slice(at)) &&
      ["true", "false", "null"].some((word) => word.startsWith(source.slice(at)))
    ) {
      throw new Unreadable("unexpected EOF");
    }
    const digits = match(NUMBER_TEXT);
    const number = digits === undefined ? undefined : parseNumber(digits);
    if (number === undefined) throw unexpected("looking for beginning of value");
    return number;
  }

  function string(): string {
    const found = match(STRING_TEXT);
    if (found === undefined) throw new Unreadable("invalid character in string literal");
    return textOf((JSON.parse(found) as string).replace(LONE_SURROGATE, "\ufffd"));
  }

  function object(depth: number): TypedValue {
    at += 1;
    const entries = new Map<string, TypedValue>();
    for (let first = true; next() !== "}"; first = false) {
      if (!first) {
        if (source[at] !== ",") throw unexpected("after object key:value pair");
        at += 1;
        next();
      }
      if (source[at] !== '"') throw unexpected("");
      const key = string();
      if (next() !== ":") throw unexpected("after object key");
      at += 1;
      entries.set(key, value(depth + 1));
    }
    at += 1;
    return objectOf(entries);
  }

  function array(depth: number): TypedValue {
    at += 1;
    const items: TypedValue[] = [];
    while (next() !== "]") {
      if (items.length > 0) {
        if (source[at] !== ",") throw unexpected("after array element");
        at += 1;
      }
      items.push(value(depth + 1));
    }
    at += 1;
    return tupleOf(items);
  }

  const result = value(0);
  if (next() !== "") throw new Unreadable("extraneous data after JSON object");
  return result;
}

export const jsonFunctions: readonly TerraformFunction[] = [
  {
    name: "jsonencode",
    parameters: [any("val", { nullable: true, unknowns: true })],
    returns: STRING,
    call: ([value = NULL]) => outlined(encodeJson(value)),
  },
  {
    name: "jsondecode",
    parameters: [text("str")],
    returns: DYNAMIC,
    neverNull: false,
    call: ([source]) => decodeJson(String(source)),
  },
];
