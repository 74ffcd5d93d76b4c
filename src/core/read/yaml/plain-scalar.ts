/** Scalars on one line, as YAML 1.2's core schema means them. */
import { type Node, Scalar } from "yaml";

/** Thrown where the text needs the general library; caught by `readPlainYaml` alone. */
export const REFUSED: unique symbol = Symbol("not plain YAML");

export function refuse(): never {
  throw REFUSED;
}

export const TAG = /![A-Za-z][A-Za-z0-9:]*(?=[ \n])/y;

export const isBreak = (code: number): boolean => code === 0x0a;

export function ranged<T extends Node>(node: T, start: number, end: number, outer: number): T {
  node.range = [start, end, outer];
  return node;
}

const INTEGER = /^(?:[-+]?\d+|0o[0-7]+|0x[\da-fA-F]+)$/;
const FLOAT = /^[-+]?(?:\.\d+|\d+\.\d*|(?:\.\d+|\d+(?:\.\d*)?)[eE][-+]?\d+)$/;

/** Text [start, end) without quotes. A tagged one is text whatever it looks like. */
export function plainScalar(text: string, start: number, end: number, isTagged = false): Scalar {
  const source = text.slice(start, end);
  const node = ranged(new Scalar(isTagged ? source : meaningOf(source)), start, end, end);
  node.source = source;
  node.type = "PLAIN";
  return node;
}

function meaningOf(source: string): null | boolean | number | string {
  const code = source.charCodeAt(0);
  // Digits, signs and dots open numbers; n, N, t, T, f, F and ~ open words. All else is text.
  if (code >= 0x2b && code <= 0x39) {
    if (INTEGER.test(source)) return integer(source);
    if (FLOAT.test(source)) return Number.parseFloat(source);
    if (/^[-+]?\.(?:inf|Inf|INF|nan|NaN|NAN)$/.test(source)) return refuse();
    return source;
  }
  switch (source) {
    case "":
    case "~":
    case "null":
    case "Null":
    case "NULL":
      return null;
    case "true":
    case "True":
    case "TRUE":
      return true;
    case "false":
    case "False":
    case "FALSE":
      return false;
  }
  return source;
}

function integer(source: string): number {
  if (source.startsWith("0o")) return Number.parseInt(source.slice(2), 8);
  return Number.parseInt(source, source.startsWith("0x") ? 16 : 10);
}

const SINGLE_QUOTED = /'((?:[^'\n]|'')*)'/y;
const DOUBLE_QUOTED = /"((?:[^"\\\n]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*)"/y;

/** A quoted scalar on one line, with no other escapes than JSON's. */
export function quotedScalar(text: string, start: number): Scalar {
  const isDouble = text.charCodeAt(start) === 0x22;
  const pattern = isDouble ? DOUBLE_QUOTED : SINGLE_QUOTED;
  pattern.lastIndex = start;
  const inner = pattern.exec(text)?.[1] ?? refuse();
  const value = isDouble
    ? inner.includes("\\")
      ? String(JSON.parse(`"${inner}"`))
      : inner
    : inner.replaceAll("''", "'");
  const end = pattern.lastIndex;
  const node = ranged(new Scalar(value), start, end, end);
  node.source = value;
  node.type = isDouble ? "QUOTE_DOUBLE" : "QUOTE_SINGLE";
  return node;
}
