/**
 * Reads a regular expression in RE2's syntax into a tree. What RE2 refuses (look-around, back-references, counts above
 * 1000) is refused here with the same words.
 */
import {
  characterOf,
  complement,
  PERL,
  POSIX,
  rangeOf,
  testOf,
  testOfCharacter,
  unicodeProperty,
} from "./regex-classes.ts";
import { type Node, type Pattern, PatternError, repeatsWithin } from "./regex-tree.ts";

const MOST_REPEATS = 1000;
const DEEPEST = 1000;

interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
  readonly U: boolean;
}

export function parsePattern(source: string): Pattern | PatternError {
  try {
    return readPattern(source);
  } catch (error) {
    if (error instanceof PatternError) return error;
    throw error;
  }
}

function readPattern(source: string): Pattern {
  const text = [...source];
  const groups: (string | undefined)[] = [];
  let at = 0;
  let flags: Flags = { i: false, m: false, s: false, U: false };
  const rest = (from: number): string => text.slice(from).join("");
  const between = (from: number): string => text.slice(from, at).join("");
  const fail = (what: string, where: string): never => {
    throw new PatternError(what, where);
  };

  function either(depth: number): Node {
    if (depth > DEEPEST) fail("expression nests too deeply", source);
    const branches: Node[] = [];
    let parts: Node[] = [];
    while (at < text.length && text[at] !== ")") {
      if (text[at] === "|") {
        at += 1;
        branches.push(sequence(parts));
        parts = [];
      } else parts.push(...repeated(depth));
    }
    branches.push(sequence(parts));
    return branches.length === 1 ? (branches[0] as Node) : { kind: "either", parts: branches };
  }

  const sequence = (parts: readonly Node[]): Node =>
    parts.length === 1 ? (parts[0] as Node) : { kind: "sequence", parts };

  /** An atom with what repeats it; nothing for a change of flags. */
  function repeated(depth: number): readonly Node[] {
    const start = at;
    const first = readRepeat();
    if (first) fail("missing argument to repetition operator", between(start));
    if (text[at] === "\\" && text[at + 1] === "Q") return quoted();
    const atom = readAtom(depth);
    if (atom === undefined) return [];
    const opStart = at;
    const repeat = readRepeat();
    if (!repeat) return [atom];
    const second = at;
    if (readRepeat()) fail("invalid nested repetition operator", text.slice(opStart, at).join(""));
    at = second;
    return [repeatOf(atom, repeat, text.slice(opStart, at).join(""))];
  }

  function repeatOf(of: Node, repeat: Repeat, where: string): Node {
    const node: Node = { kind: "repeat", of, ...repeat };
    if (
      (repeat.min > 1 || (repeat.max > 1 && repeat.max < Number.POSITIVE_INFINITY)) &&
      !repeatsWithin(node, MOST_REPEATS)
    ) {
      fail("invalid repeat count", where);
    }
    return node;
  }

  function quoted(): readonly Node[] {
    const end = rest(at + 2).indexOf("\\E");
    const letters = end < 0 ? text.slice(at + 2) : [...rest(at + 2).slice(0, end)];
    at += 2 + letters.length + (end < 0 ? 0 : 2);
    const nodes = letters.map((letter): Node => literal(letter.codePointAt(0) ?? 0));
    const opStart = at;
    const repeat = nodes.length > 0 ? readRepeat() : undefined;
    const last = nodes.pop();
    if (last !== undefined) nodes.push(repeat ? repeatOf(last, repeat, text.slice(opStart, at).join("")) : last);
    return nodes;
  }

  interface Repeat {
    readonly min: number;
    readonly max: number;
    readonly greedy: boolean;
  }

  function readRepeat(): Repeat | undefined {
    const start = at;
    let min = 0;
    let max = Number.POSITIVE_INFINITY;
    const sign = text[at];
    if (sign === "*" || sign === "+" || sign === "?") {
      at += 1;
      min = sign === "+" ? 1 : 0;
      max = sign === "?" ? 1 : max;
    } else {
      const counts = sign === "{" ? /^\{(\d+)(,(\d*))?\}/.exec(rest(at)) : null;
      if (!counts) return undefined;
      at += counts[0].length;
      min = Number(counts[1]);
      max = counts[2] === undefined ? min : counts[3] === "" ? max : Number(counts[3]);
      const tooMany = min > MOST_REPEATS || (max > MOST_REPEATS && max !== Number.POSITIVE_INFINITY);
      if (tooMany || max < min) fail("invalid repeat count", between(start));
    }
    const lazy = text[at] === "?";
    if (lazy) at += 1;
    return { min, max, greedy: lazy === flags.U };
  }

  const literal = (code: number): Node => ({ kind: "class", test: testOfCharacter(code, flags.i) });

  function readAtom(depth: number): Node | undefined {
    const letter = text[at] ?? "";
    at += 1;
    switch (letter) {
      case "(":
        return group(depth);
      case "[":
        return bracket();
      case ".":
        return { kind: "class", test: flags.s ? () => true : (code) => code !== 10 };
      case "^":
        return { kind: "at", where: flags.m ? "line start" : "text start" };
      case "$":
        return { kind: "at", where: flags.m ? "line end" : "text end" };
      case "\\":
        return escaped();
      default:
        return literal(letter.codePointAt(0) ?? 0);
    }
  }

  function group(depth: number): Node | undefined {
    const start = at - 1;
    const outer = flags;
    let index = 0;
    if (text[at] === "?") {
      if (text[at + 1] === "<" || (text[at + 1] === "P" && text[at + 2] === "<")) {
        const open = text[at + 1] === "<" ? at + 2 : at + 3;
        const close = text.indexOf(">", open);
        if (close < 0) fail("invalid named capture", rest(start));
        const name = text.slice(open, close).join("");
        at = close + 1;
        if (!/^\w+$/.test(name)) fail("invalid named capture", between(start));
        groups.push(name);
        index = groups.length;
      } else if (readFlags(start) === ")") return undefined;
    } else {
      groups.push(undefined);
      index = groups.length;
    }
    const of = either(depth + 1);
    if (text[at] !== ")") fail("missing closing )", source);
    at += 1;
    flags = outer;
    return index === 0 ? { kind: "sequence", parts: [of] } : { kind: "group", of, index };
  }

  /** Reads `?i-s:` or `?i)` and gives the sign that ended it. */
  function readFlags(start: number): string {
    at += 1;
    let value = true;
    let seen = false;
    const changed: { -readonly [K in keyof Flags]: Flags[K] } = { ...flags };
    for (;;) {
      const letter = text[at] ?? "";
      if (letter !== "") at += 1;
      if (letter === "i" || letter === "m" || letter === "s" || letter === "U") {
        changed[letter] = value;
        seen = true;
      } else if (letter === "-" && value) {
        value = false;
        seen = false;
      } else if ((letter === ":" || letter === ")") && (value || seen)) {
        flags = changed;
        return letter;
      } else
        fail(
          letter === "" ? "missing argument to repetition operator" : "invalid or unsupported Perl syntax",
          between(start),
        );
    }
  }

  const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

  function escaped(): Node {
    const start = at - 1;
    const letter = text[at] ?? fail("trailing backslash at end of expression", "");
    at += 1;
    if (letter === "A") return { kind: "at", where: "text start" };
    if (letter === "z") return { kind: "at", where: "text end" };
    if (letter === "b") return { kind: "at", where: "boundary" };
    if (letter === "B") return { kind: "at", where: "no boundary" };
    const named = classEscape(letter, start);
    if (named !== undefined) return { kind: "class", test: testOf([named], false, flags.i) };
    return literal(characterEscape(letter, start));
  }

  function classEscape(letter: string, start: number): string | undefined {
    if (letter !== "p" && letter !== "P") return PERL[letter];
    let name = text[at] ?? "";
    at += 1;
    if (name === "{") {
      const close = text.indexOf("}", at);
      if (close < 0) fail("invalid character class range", rest(start));
      name = text.slice(at, close).join("");
      at = close + 1;
    }
    const negated = (letter === "P") !== name.startsWith("^");
    const property = unicodeProperty(name.replace(/^\^/, "")) ?? fail("invalid character class range", between(start));
    return negated ? complement(property) : `[${property}]`;
  }

  function characterEscape(letter: string, start: number): number {
    const control = CONTROL[letter];
    if (control !== undefined) return control;
    if (/[0-7]/.test(letter)) {
      if (letter !== "0" && !/[0-7]/.test(text[at] ?? "")) fail("invalid escape sequence", between(start));
      let code = Number(letter);
      for (let i = 1; i < 3 && /[0-7]/.test(text[at] ?? ""); i++, at++) code = code * 8 + Number(text[at]);
      return code;
    }
    if (letter === "x") {
      const digits = /^(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{2}))/.exec(rest(at));
      const code = Number.parseInt(digits?.[1] ?? digits?.[2] ?? "", 16);
      if (!digits || code > 0x10ffff) fail("invalid escape sequence", text.slice(start, at + 1).join(""));
      at += digits?.[0].length ?? 0;
      return code;
    }
    const code = letter.codePointAt(0) ?? 0;
    if (code >= 0x80 || /[0-9A-Za-z]/.test(letter)) fail("invalid escape sequence", between(start));
    return code;
  }

  function bracket(): Node {
    const start = at - 1;
    const negated = text[at] === "^";
    if (negated) at += 1;
    const items: string[] = [];
    for (let first = true; first || text[at] !== "]"; first = false) {
      if (at >= text.length) fail("missing closing ]", rest(start));
      const posix = text[at] === "[" && text[at + 1] === ":" ? /^\[:(\^?)(\w*):\]/.exec(rest(at)) : null;
      if (posix) {
        const range = POSIX[posix[2] ?? ""] ?? fail("invalid character class range", posix[0]);
        items.push(posix[1] === "^" ? complement(range) : range);
        at += posix[0].length;
        continue;
      }
      const itemStart = at;
      if (text[at] === "-" && !first && text[at + 1] !== "]" && text[at + 1] !== undefined) {
        fail("invalid character class range", text.slice(at, at + 2).join(""));
      }
      if (text[at] === "\\" && /[dDsSwWpP]/.test(text[at + 1] ?? "")) {
        at += 2;
        items.push(classEscape(text[at - 1] ?? "", at - 2) ?? "");
        continue;
      }
      const low = bracketCharacter(start);
      let high = low;
      if (text[at] === "-" && text[at + 1] !== "]" && text[at + 1] !== undefined) {
        at += 1;
        high = bracketCharacter(start);
        if (high < low) fail("invalid character class range", between(itemStart));
      }
      items.push(low === high ? characterOf(low) : rangeOf(low, high));
    }
    at += 1;
    return { kind: "class", test: testOf(items, negated, flags.i) };
  }

  function bracketCharacter(open: number): number {
    const letter = text[at] ?? fail("missing closing ]", rest(open));
    at += 1;
    if (letter !== "\\") return letter.codePointAt(0) ?? 0;
    const next = text[at] ?? fail("trailing backslash at end of expression", "");
    at += 1;
    return characterEscape(next, at - 2);
  }

  const root = either(0);
  if (at < text.length) fail("unexpected )", source);
  return { root, groups };
}
