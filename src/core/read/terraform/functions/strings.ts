/** String functions. Characters are grapheme clusters where Terraform counts them, letters are cased one by one as Go does. */
import { FunctionError, type TerraformFunction } from "../function.ts";
import { listOf, NullValue, Sequence, type TypedValue, textOf, UnknownValue, unknownOf } from "../typed-value.ts";
import { BOOL, LIST_OF_STRING, STRING } from "../types.ts";
import { fromTexts, list, number, testOfTexts, text, tooMuchText, wholeIndex } from "./define.ts";
import { replaceMatches } from "./regex.ts";

const clusters = new Intl.Segmenter("en", { granularity: "grapheme" });
/** Inside a conjunct of Indic letters, which Terraform's older tables take apart. */
const CONJUNCT = /(?<=[\p{M}\u200d])(?=\p{Lo})/u;
const PLAIN = /^[\x20-\x7e]*$/;

/** Grapheme clusters: what a person calls a character. */
export const charactersOf = (value: string): readonly string[] =>
  PLAIN.test(value)
    ? value.split("")
    : Array.from(clusters.segment(value), ({ segment }) => segment).flatMap((segment) =>
        CONJUNCT.test(segment) ? segment.split(CONJUNCT) : [segment],
      );

/** Letter by letter: a mapping that would make several letters of one (ß → SS) is not made. */
const mapLetters = (value: string, map: (letter: string) => string): string => {
  if (PLAIN.test(value)) return map(value);
  let mapped = "";
  for (const letter of value) {
    const other = letter === "İ" ? "i" : map(letter);
    mapped += [...other].length === 1 ? other : letter;
  }
  return mapped;
};

const TITLE_CASE: Readonly<Record<string, string>> = {
  ǆ: "ǅ",
  Ǆ: "ǅ",
  ǅ: "ǅ",
  ǉ: "ǈ",
  Ǉ: "ǈ",
  ǈ: "ǈ",
  ǌ: "ǋ",
  Ǌ: "ǋ",
  ǋ: "ǋ",
  ǳ: "ǲ",
  Ǳ: "ǲ",
  ǲ: "ǲ",
};
const WORD_LETTER = /^[\p{L}\p{Nd}_]$/u;
const SPACE = /^[\p{White_Space}]$/u;

/** Go's strings.Title: a letter after anything that ends a word becomes capital. */
function titleCase(value: string): string {
  let titled = "";
  let atStart = true;
  for (const letter of value) {
    titled += atStart ? (TITLE_CASE[letter] ?? mapLetters(letter, (it) => it.toUpperCase())) : letter;
    const code = letter.codePointAt(0) ?? 0;
    atStart = code < 0x80 ? !WORD_LETTER.test(letter) : !WORD_LETTER.test(letter) && SPACE.test(letter);
  }
  return titled;
}

const SPACES_AROUND =
  /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/g;

function trimSet(value: string, cutset: string): string {
  const cut = new Set(cutset);
  const letters = [...value];
  let start = 0;
  let end = letters.length;
  while (start < end && cut.has(letters[start] ?? "")) start += 1;
  while (end > start && cut.has(letters[end - 1] ?? "")) end -= 1;
  return letters.slice(start, end).join("");
}

const indent: TerraformFunction = {
  name: "indent",
  parameters: [number("spaces"), text("str")],
  returns: STRING,
  call: ([spaces, value]) => {
    const width = wholeIndex(spaces);
    if (typeof width !== "number") return width;
    if (width < 0) return new FunctionError("the number of spaces must not be negative");
    const lines = String(value).split("\n");
    if (lines.length === 1) return String(value);
    return tooMuchText(width * (lines.length - 1)) ?? lines.join(`\n${" ".repeat(width)}`);
  },
};

const join: TerraformFunction = {
  name: "join",
  parameters: [text("separator")],
  variadic: list("lists", STRING),
  returns: STRING,
  call: ([separator, ...lists]) => {
    if (lists.length === 0) return new FunctionError("at least one list is required");
    const parts: string[] = [];
    let length = 0;
    for (const [index, given] of lists.entries()) {
      for (const [at, item] of itemsOf(given).entries()) {
        if (item instanceof NullValue)
          return new FunctionError(`element ${at} is null; cannot concatenate null values`, index + 1);
        parts.push(String(item));
        length += String(item).length + String(separator).length;
      }
    }
    return tooMuchText(length) ?? textOf(parts.join(String(separator)));
  },
};

const itemsOf = (value: TypedValue): readonly TypedValue[] => (value instanceof Sequence ? value.items : []);

const replace: TerraformFunction = {
  name: "replace",
  parameters: [text("str"), text("substr"), text("replace")],
  returns: STRING,
  call: (args) => {
    const [value = "", search = "", replacement = ""] = args.map(String);
    if (search.length > 1 && search.startsWith("/") && search.endsWith("/")) {
      const replaced = replaceMatches(value, search.slice(1, -1), replacement);
      return typeof replaced === "string" ? textOf(replaced) : replaced;
    }
    const parts = search === "" ? ["", ...value, ""] : value.split(search);
    return tooMuchText(value.length + (parts.length - 1) * replacement.length) ?? textOf(parts.join(replacement));
  },
};

const split: TerraformFunction = {
  name: "split",
  parameters: [text("separator"), text("str")],
  returns: LIST_OF_STRING,
  call: ([separator, value]) => {
    const parts = separator === "" ? [...String(value)] : String(value).split(String(separator));
    return listOf(STRING, parts.map(textOf));
  },
};

/** Decided as soon as what is certain of the text decides it. */
const startsWith: TerraformFunction = {
  name: "startswith",
  parameters: [{ ...text("str"), unknowns: true }, text("prefix")],
  returns: BOOL,
  call: ([value = "", prefix]) => {
    const wanted = String(prefix);
    if (!(value instanceof UnknownValue)) return String(value).startsWith(wanted);
    const certain = value.is.prefix ?? "";
    if (certain.startsWith(wanted)) return true;
    return wanted.startsWith(certain) ? unknownOf(BOOL, { notNull: true }) : false;
  },
};

const substring: TerraformFunction = {
  name: "substr",
  parameters: [text("str"), number("offset"), number("length")],
  returns: STRING,
  call: ([value, offsetValue, lengthValue]) => {
    const offset = wholeIndex(offsetValue);
    if (typeof offset !== "number") return offset;
    const length = wholeIndex(lengthValue);
    if (typeof length !== "number") return length;
    const characters = charactersOf(String(value));
    const start = offset < 0 ? Math.max(0, characters.length + offset) : offset;
    return characters.slice(start, length < 0 ? undefined : start + length).join("");
  },
};

export const stringFunctions: readonly TerraformFunction[] = [
  fromTexts("chomp", ["str"], (value) => value.replace(/[\r\n]+$/, "")),
  testOfTexts("endswith", ["str", "suffix"], (value = "", suffix = "") => value.endsWith(suffix)),
  startsWith,
  testOfTexts("strcontains", ["str", "substr"], (value = "", part = "") => value.includes(part)),
  indent,
  join,
  fromTexts("lower", ["str"], (value) => mapLetters(value, (letter) => letter.toLowerCase())),
  fromTexts("upper", ["str"], (value) => mapLetters(value, (letter) => letter.toUpperCase())),
  fromTexts("title", ["str"], titleCase),
  replace,
  split,
  fromTexts("strrev", ["str"], (value) => [...charactersOf(value)].reverse().join("")),
  substring,
  fromTexts("trim", ["str", "cutset"], (value, cutset) => trimSet(value, cutset)),
  fromTexts("trimprefix", ["str", "prefix"], (value, prefix) =>
    value.startsWith(prefix) ? value.slice(prefix.length) : value,
  ),
  fromTexts("trimspace", ["str"], (value) => value.replace(SPACES_AROUND, "")),
  fromTexts("trimsuffix", ["str", "suffix"], (value, suffix) =>
    suffix !== "" && value.endsWith(suffix) ? value.slice(0, -suffix.length) : value,
  ),
];
