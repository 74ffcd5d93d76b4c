/** format and formatlist: Terraform's printf. */
import { convert } from "../convert.ts";
import { FunctionError, type TerraformFunction } from "../function.ts";
import type { Num } from "../number.ts";
import {
  isNumber,
  isWhollyKnown,
  listOf,
  NullValue,
  Sequence,
  type TypedValue,
  typeOf,
  UNKNOWN,
  UnknownValue,
  unknownOf,
} from "../typed-value.ts";
import { BOOL, LIST_OF_STRING, NUMBER, STRING } from "../types.ts";
import { any, MAX_TEXT, text, tooMuchText } from "./define.ts";
import { formatFloat, formatInteger, shortest, type Verb } from "./format-number.ts";
import { encodeJson, outlined, quoteJson, textWithHole } from "./json.ts";
import { charactersOf } from "./strings.ts";

const OPEN = { nullable: true, unknowns: true } as const;
const VERB = /^%([0#+\- ]*)([1-9]\d*)?(?:\.(\d*))?(?:\[([1-9]\d*)\])?([a-zA-Z])/;
const LONGEST = /^%[0#+\- ]*(?:[1-9]\d*)?(?:\.\d*)?(?:\[(?:[1-9]\d*)?\]?)?/;

const bytes = (value: string): number => Buffer.byteLength(value);

/** Pieces of the result; an unknown argument leaves a hole (see `outlined`). */
function formatText(format: string, args: readonly TypedValue[]): string | FunctionError {
  let formatted = "";
  let used = 0;
  let next = 1;
  for (let at = 0; at < format.length; ) {
    const percent = format.indexOf("%", at);
    formatted += format.slice(at, percent < 0 ? format.length : percent);
    if (percent < 0) break;
    if (format[percent + 1] === "%") {
      formatted += "%";
      at = percent + 2;
      continue;
    }
    const match = VERB.exec(format.slice(percent));
    if (!match) return malformed(format, percent);
    const [raw, flags = "", width, precision, index, letter = ""] = match;
    const verb: Verb = {
      raw,
      offset: bytes(format.slice(0, percent)),
      letter,
      flags,
      width: width === undefined ? undefined : Number(width),
      precision: precision === undefined ? undefined : Number(precision),
    };
    const wanted = index === undefined ? next : Number(index);
    const arg = args[wanted - 1];
    if (arg === undefined) {
      return new FunctionError(
        `not enough arguments for ${JSON.stringify(raw)} at ${verb.offset}: need index ${wanted} but have ${args.length} total`,
      );
    }
    if (Math.max(verb.width ?? 0, verb.precision ?? 0) > MAX_TEXT)
      return new FunctionError("the result is too large to evaluate");
    const piece = formatOne(verb, arg);
    if (piece instanceof FunctionError) return piece;
    formatted += piece;
    const refused = tooMuchText(formatted.length);
    if (refused) return refused;
    used = Math.max(used, wanted);
    next = wanted + 1;
    at = percent + raw.length;
  }
  if (used < args.length) {
    const why = used === 0 ? "no verbs in format string" : `only ${used} used by format string`;
    return new FunctionError(`too many arguments; ${why}`, used + 1);
  }
  return formatted;
}

function malformed(format: string, percent: number): FunctionError {
  const read = LONGEST.exec(format.slice(percent))?.[0] ?? "%";
  const at = percent + read.length;
  const letter = String.fromCodePoint(format.codePointAt(at) ?? 0);
  const offset = bytes(format.slice(0, at));
  return at >= format.length
    ? new FunctionError(`invalid format string starting at offset ${offset}`)
    : new FunctionError(`unrecognized format character '${letter}' at offset ${offset}`);
}

function formatOne(verb: Verb, arg: TypedValue): string | FunctionError {
  const unsupported = (why: string): FunctionError =>
    new FunctionError(`unsupported value for ${JSON.stringify(verb.raw)} at ${verb.offset}: ${why}`);
  if (!/[vtbdoxXeEfgGsq]/.test(verb.letter)) {
    return new FunctionError(
      `unsupported format verb '${verb.letter}' in ${JSON.stringify(verb.raw)} at offset ${verb.offset}`,
    );
  }
  if (!isWhollyKnown(arg)) return arg instanceof UnknownValue ? textWithHole(arg) : encodeJson(arg);
  if (verb.letter === "v") return asIs(verb, arg);
  if (arg instanceof NullValue) return unsupported("null value cannot be formatted");
  const wanted = verb.letter === "t" ? BOOL : verb.letter === "s" || verb.letter === "q" ? STRING : NUMBER;
  const converted = convert(arg, wanted);
  if (!converted.ok) return unsupported(converted.message);
  if (wanted === BOOL) return String(converted.value);
  if (wanted === NUMBER) {
    const n = converted.value as Num;
    return /[bdoxX]/.test(verb.letter)
      ? (formatInteger(verb, n) ?? unsupported("an integer is required"))
      : formatFloat(verb, n);
  }
  const full = String(converted.value);
  const shown = verb.precision ? charactersOf(full).slice(0, verb.precision).join("") : full;
  return padText(verb, verb.letter === "q" ? quoteJson(shown) : shown);
}

function asIs(verb: Verb, arg: TypedValue): string {
  if (verb.flags.includes("#")) return padText(verb, encodeJson(arg));
  return padText(verb, typeof arg === "string" ? arg : isNumber(arg) ? shortest(arg) : encodeJson(arg));
}

function padText(verb: Verb, value: string): string {
  const missing = verb.width === undefined ? 0 : verb.width - charactersOf(value).length;
  if (missing <= 0) return value;
  const padding = (verb.flags.includes("0") ? "0" : " ").repeat(missing);
  return verb.flags.includes("-") ? value + padding : padding + value;
}

/** Terraform cannot format what has no type at all, not even null: the whole result is open. */
const untyped = (args: readonly TypedValue[]): boolean =>
  args.some((arg) => arg instanceof NullValue && typeOf(arg).kind === "dynamic");

function formatCall(format: string, args: readonly TypedValue[]): TypedValue | FunctionError {
  const formatted = formatText(format, args);
  if (args.every(isWhollyKnown)) return formatted instanceof FunctionError ? formatted : outlined(formatted);
  // Terraform does not look at the format before it knows all arguments.
  return formatted instanceof FunctionError ? unknownOf(STRING, { notNull: true }) : openText(formatted);
}

const openText = (formatted: string): TypedValue => {
  const value = outlined(formatted);
  return value instanceof UnknownValue ? value : unknownOf(STRING, { notNull: true });
};

function formatList(format: string, args: readonly TypedValue[]): TypedValue | FunctionError {
  const sequences = args.map((arg) => (arg instanceof Sequence ? arg.items : undefined));
  const first = sequences.findIndex((items) => items !== undefined);
  const length = first < 0 ? 1 : (sequences[first]?.length ?? 0);
  for (const [index, items] of sequences.entries()) {
    if (items === undefined || items.length === length) continue;
    return new FunctionError(
      `argument ${index + 1} has length ${items.length}, which is inconsistent with argument ${first + 1} of length ${length}`,
      index + 1,
    );
  }
  const listless = args.some((arg) => {
    const kind = arg instanceof UnknownValue ? arg.type.kind : "string";
    return kind === "list" || kind === "set" || kind === "tuple" || kind === "dynamic";
  });
  if (listless) return unknownOf(LIST_OF_STRING, { notNull: true });
  const texts: TypedValue[] = [];
  for (let index = 0; index < length; index++) {
    const formatted = formatCall(
      format,
      args.map((arg, i) => sequences[i]?.[index] ?? arg),
    );
    if (formatted instanceof FunctionError)
      return new FunctionError(`error on format iteration ${index}: ${formatted.message}`);
    texts.push(formatted);
  }
  return listOf(STRING, texts);
}

export const formatFunctions: readonly TerraformFunction[] = [
  {
    name: "format",
    parameters: [text("format")],
    variadic: any("args", OPEN),
    returns: STRING,
    call: ([format, ...args]) => (untyped(args) ? UNKNOWN : formatCall(String(format), args)),
  },
  {
    name: "formatlist",
    parameters: [text("format")],
    variadic: any("args", OPEN),
    returns: LIST_OF_STRING,
    call: ([format, ...args]) => (untyped(args) ? UNKNOWN : formatList(String(format), args)),
  },
];
