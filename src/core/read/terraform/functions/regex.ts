/** regex, regexall, and the regular expressions of replace(). */
import { FunctionError, type TerraformFunction } from "../function.ts";
import { listOf, NullValue, objectOf, type TypedValue, textOf, tupleOf } from "../typed-value.ts";
import { DYNAMIC, listType, objectType, STRING, type Type, tupleType } from "../types.ts";
import { text, tooMuchText } from "./define.ts";
import { parsePattern } from "./regex-parse.ts";
import { compile, type Effort, exhausted, type Match, type Program, search } from "./regex-run.ts";
import { type Pattern, PatternError } from "./regex-tree.ts";

const TOO_COSTLY = "the pattern takes too long to search for in this text";
const codesOf = (value: string): readonly number[] => Array.from(value, (letter) => letter.codePointAt(0) ?? 0);
const sliceOf = (codes: readonly number[], start: number, end: number): string => {
  let part = "";
  for (let i = start; i < end; i++) part += String.fromCodePoint(codes[i] ?? 0);
  return part;
};

interface Prepared {
  readonly pattern: Pattern;
  readonly program: Program;
  readonly type: Type;
}

function prepare(source: string): Prepared | FunctionError {
  const pattern = parsePattern(source);
  if (pattern instanceof PatternError) {
    return new FunctionError(`invalid regexp pattern: ${pattern.what} in ${pattern.where}`, 0);
  }
  const type = resultType(pattern);
  if (type instanceof FunctionError) return type;
  const program = compile(pattern);
  return program ? { pattern, program, type } : new FunctionError("invalid regexp pattern: expression too large", 0);
}

function resultType(pattern: Pattern): Type | FunctionError {
  const { groups } = pattern;
  if (groups.length === 0) return STRING;
  const named = groups.filter((name) => name !== undefined);
  if (named.length === 0) return tupleType(groups.map(() => STRING));
  return named.length === groups.length
    ? objectType(new Map(named.map((name) => [name, STRING])))
    : new FunctionError("invalid regexp pattern: cannot mix both named and unnamed capture groups", 0);
}

function resultOf(pattern: Pattern, match: Match, codes: readonly number[]): TypedValue {
  const group = (index: number): TypedValue => {
    const start = match[index * 2] ?? -1;
    return start < 0 ? new NullValue(STRING) : textOf(sliceOf(codes, start, match[index * 2 + 1] ?? start));
  };
  if (pattern.groups.length === 0) return group(0);
  const captured = pattern.groups.map((name, index) => [name ?? "", group(index + 1)] as const);
  return pattern.groups[0] === undefined ? tupleOf(captured.map(([, value]) => value)) : objectOf(new Map(captured));
}

/** All matches that do not overlap; an empty one directly after another match does not count. */
function allMatches(program: Program, codes: readonly number[]): readonly Match[] | FunctionError {
  const matches: Match[] = [];
  const effort: Effort = { spent: 0 };
  let previousEnd = -1;
  for (let at = 0; at <= codes.length; ) {
    const match = search(program, codes, at, effort);
    if (exhausted(effort)) return new FunctionError(TOO_COSTLY);
    if (match === undefined) break;
    const [start = 0, end = 0] = match;
    if (end !== at || start !== previousEnd) matches.push(match);
    at = end === at ? at + 1 : end;
    previousEnd = end;
  }
  return matches;
}

/** Go's ReplaceAllString: $1, $name and ${name} in the replacement stand for groups. */
export function replaceMatches(value: string, source: string, replacement: string): string | FunctionError {
  const pattern = parsePattern(source);
  if (pattern instanceof PatternError)
    return new FunctionError(`error parsing regexp: ${pattern.what}: \`${pattern.where}\``);
  const program = compile(pattern);
  if (program === undefined) return new FunctionError(`error parsing regexp: expression too large: \`${source}\``);
  const codes = codesOf(value);
  const effort: Effort = { spent: 0 };
  let replaced = "";
  let lastEnd = 0;
  for (let at = 0; at <= codes.length; ) {
    const match = search(program, codes, at, effort);
    if (exhausted(effort)) return new FunctionError(TOO_COSTLY);
    if (match === undefined) break;
    const [start = 0, end = 0] = match;
    replaced += sliceOf(codes, lastEnd, start);
    if (end > lastEnd || start === 0) replaced += expand(replacement, pattern, match, codes);
    const refused = tooMuchText(replaced.length);
    if (refused) return refused;
    lastEnd = end;
    at = Math.max(at + 1, end);
  }
  return replaced + sliceOf(codes, lastEnd, codes.length);
}

const REFERENCE = /\$(?:(\$)|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))?/gu;

const expand = (replacement: string, pattern: Pattern, match: Match, codes: readonly number[]): string =>
  replacement.replace(REFERENCE, (whole, dollar?: string, braced?: string, bare?: string) => {
    if (dollar !== undefined) return "$";
    const name = braced ?? bare;
    if (name === undefined) return whole;
    const index = /^(0|[1-9]\d{0,7})$/.test(name) ? Number(name) : namedGroup(pattern, match, name);
    const start = match[index * 2] ?? -1;
    return start < 0 ? "" : sliceOf(codes, start, match[index * 2 + 1] ?? start);
  });

const namedGroup = (pattern: Pattern, match: Match, name: string): number =>
  pattern.groups.findIndex((group, i) => group === name && (match[(i + 1) * 2] ?? -1) >= 0) + 1 ||
  Number.MAX_SAFE_INTEGER;

const typeForUnknown = (pattern: TypedValue | undefined, wrap: (type: Type) => Type): Type | FunctionError => {
  if (typeof pattern !== "string") return wrap(DYNAMIC);
  const prepared = prepare(pattern);
  return prepared instanceof FunctionError ? prepared : wrap(prepared.type);
};

export const regexFunctions: readonly TerraformFunction[] = [
  {
    name: "regex",
    parameters: [text("pattern"), text("string")],
    returns: ([pattern]) => typeForUnknown(pattern, (type) => type),
    call: ([pattern, value]) => {
      const prepared = prepare(String(pattern));
      if (prepared instanceof FunctionError) return prepared;
      const codes = codesOf(String(value));
      const effort: Effort = { spent: 0 };
      const match = search(prepared.program, codes, 0, effort);
      if (match) return resultOf(prepared.pattern, match, codes);
      return new FunctionError(exhausted(effort) ? TOO_COSTLY : "pattern did not match any part of the given string");
    },
  },
  {
    name: "regexall",
    parameters: [text("pattern"), text("string")],
    returns: ([pattern]) => typeForUnknown(pattern, listType),
    call: ([pattern, value]) => {
      const prepared = prepare(String(pattern));
      if (prepared instanceof FunctionError) return prepared;
      const codes = codesOf(String(value));
      const matches = allMatches(prepared.program, codes);
      if (matches instanceof FunctionError) return matches;
      return listOf(
        prepared.type,
        matches.map((match) => resultOf(prepared.pattern, match, codes)),
      );
    },
  },
];
