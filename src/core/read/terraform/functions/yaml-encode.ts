/** yamlencode: block style, every text in double quotes (folded at 80 columns) or, with line breaks, as a literal block. */
import { formatNumber } from "../number.ts";
import { isNumber, Mapping, NULL, NullValue, Sequence, type TypedValue } from "../typed-value.ts";

const WIDTH = 80;
const LONGEST_SIMPLE_KEY = 128;

export function encodeYaml(value: TypedValue): string {
  const written = writeNode(value, 0, 0).trimStart();
  const scalar = typeof value === "boolean" || isNumber(value) || value instanceof NullValue;
  return `${written}${written.endsWith("\n") ? "" : "\n"}${scalar ? "...\n" : ""}`;
}

/**
 * A node after its introducer ("key:" or "-"), with the space or line break that belongs before it.
 * `indent` is that of the collection around it, `column` where the introducer ended.
 */
function writeNode(value: TypedValue, indent: number, column: number): string {
  if (value instanceof Mapping && value.entries.size > 0) return `\n${mapping(value, indent)}`;
  if (value instanceof Sequence && value.items.length > 0) return `\n${sequence(value, indent)}`;
  return ` ${writeScalar(value, indent + 2, column + 1)}`;
}

function mapping(value: Mapping, indent: number): string {
  return value.keys.map((key) => " ".repeat(indent) + entry(key, value.entries.get(key) ?? NULL, indent)).join("");
}

function entry(key: string, value: TypedValue, indent: number): string {
  if (key.includes("\n") || Buffer.byteLength(key) > LONGEST_SIMPLE_KEY) {
    const written = endLine(`? ${writeScalar(key, indent + 2, indent + 2)}`);
    return `${written}${" ".repeat(indent)}:${inline(value, indent)}`;
  }
  const written = `${quote(key, 0, 0, false)}:`;
  // A list directly in a mapping is not indented, a mapping in a mapping is.
  const inner = value instanceof Mapping ? indent + 2 : indent;
  return endLine(written + writeNode(value, inner, indent + written.length));
}

const sequence = (value: Sequence, indent: number): string =>
  value.items.map((item) => `${" ".repeat(indent)}-${inline(item, indent)}`).join("");

/** A node on the line of its "-" or ":", whose further lines are indented by two. */
function inline(value: TypedValue, indent: number): string {
  if (value instanceof Mapping && value.entries.size > 0) return ` ${mapping(value, indent + 2).trimStart()}`;
  if (value instanceof Sequence && value.items.length > 0) return ` ${sequence(value, indent + 2).trimStart()}`;
  return endLine(` ${writeScalar(value, indent + 2, indent + 2)}`);
}

const endLine = (text: string): string => (text.endsWith("\n") ? text : `${text}\n`);

function writeScalar(value: TypedValue, indent: number, column: number): string {
  if (typeof value === "string")
    return value.includes("\n") && isLiteral(value) ? literal(value, indent) : quote(value, indent, column, true);
  if (typeof value === "boolean") return String(value);
  if (isNumber(value)) return formatNumber(value);
  if (value instanceof NullValue) return "null";
  return value instanceof Sequence ? "[]" : "{}";
}

/** Printable by the emitter's reckoning, which knows the basic plane only. */
const PRINTABLE = /^[\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/;
const isLiteral = (value: string): boolean => PRINTABLE.test(value) && !/ \n| $|[\u2028\u2029]/.test(value);

function literal(value: string, indent: number): string {
  const margin = " ".repeat(indent);
  const hint = /^[ \n]/.test(value) ? "2" : "";
  const chomp = !value.endsWith("\n") ? "-" : value === "\n" || value.endsWith("\n\n") ? "+" : "";
  const lines = value.replace(/\n$/, "").split("\n");
  return `|${hint}${chomp}\n${lines.map((line) => (line === "" ? "" : margin + line)).join("\n")}${value.endsWith("\n") ? "\n" : ""}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\x1b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\x85": "\\N",
  "\u2028": "\\L",
  "\u2029": "\\P",
};

function escapeLetter(letter: string): string | undefined {
  const known = ESCAPES[letter];
  if (known !== undefined) return known;
  if (PRINTABLE.test(letter)) return undefined;
  const code = letter.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/** In double quotes; a single space beyond the width becomes a line break, where breaks are allowed. */
function quote(value: string, indent: number, startColumn: number, mayBreak: boolean): string {
  const letters = [...value];
  let written = '"';
  let column = startColumn + 1;
  let afterSpace = false;
  for (const [at, letter] of letters.entries()) {
    const escaped = escapeLetter(letter);
    if (letter === " " && mayBreak && !afterSpace && column > WIDTH && at > 0 && at < letters.length - 1) {
      const more = letters[at + 1] === " ";
      written += `\n${" ".repeat(indent)}${more ? "\\" : ""}`;
      column = indent + (more ? 1 : 0);
    } else {
      written += escaped ?? letter;
      column += escaped?.length ?? 1;
    }
    afterSpace = letter === " ";
  }
  return `${written}"`;
}
