/** Character classes of RE2 as tests of one code point. JS decides membership and case folding, on single characters only. */
export type CharacterTest = (code: number) => boolean;

export const POSIX: Readonly<Record<string, string>> = {
  alnum: "[0-9A-Za-z]",
  alpha: "[A-Za-z]",
  ascii: "[\\x00-\\x7f]",
  blank: "[\\t\\x20]",
  cntrl: "[\\x00-\\x1f\\x7f]",
  digit: "[0-9]",
  graph: "[\\x21-\\x7e]",
  lower: "[a-z]",
  print: "[\\x20-\\x7e]",
  punct: "[\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e]",
  space: "[\\t-\\r\\x20]",
  upper: "[A-Z]",
  word: "[0-9A-Za-z_]",
  xdigit: "[0-9A-Fa-f]",
};

/** \d, \w, \s of RE2: of ASCII only, and \s without the vertical tab. */
export const PERL: Readonly<Record<string, string>> = {
  d: "[0-9]",
  w: "[0-9A-Za-z_]",
  s: "[\\t\\n\\f\\r\\x20]",
  D: "[^0-9]",
  W: "[^0-9A-Za-z_]",
  S: "[^\\t\\n\\f\\r\\x20]",
};

export const complement = (set: string): string => `[^${set}]`;
export const characterOf = (code: number): string => `\\u{${code.toString(16)}}`;
export const rangeOf = (low: number, high: number): string => `[${characterOf(low)}-${characterOf(high)}]`;

/** The JS class of a Unicode category or script by RE2's name ("L", "Lu", "Greek", "Any"); undefined where there is none. */
export function unicodeProperty(name: string): string | undefined {
  if (name === "Any") return "\\p{Any}";
  if (!/^[A-Z]\w*$/.test(name)) return undefined;
  const candidates = name.length <= 2 ? [`\\p{${name}}`] : [`\\p{Script=${name}}`];
  return candidates.find((candidate) => {
    try {
      return new RegExp(candidate, "v") instanceof RegExp;
    } catch {
      return false; // The only way to ask whether JS knows a property.
    }
  });
}

/** Is the code point in any of these sets (or in none, when negated)? */
export function testOf(sets: readonly string[], negated: boolean, ignoreCase: boolean): CharacterTest {
  const pattern = new RegExp(`^[${negated ? "^" : ""}${sets.join("")}]$`, ignoreCase ? "iv" : "v");
  const ascii = new Uint8Array(128);
  for (let code = 0; code < 128; code++) ascii[code] = pattern.test(String.fromCharCode(code)) ? 1 : 0;
  const others = new Map<number, boolean>();
  return (code) => {
    if (code < 128) return ascii[code] === 1;
    let member = others.get(code);
    if (member === undefined) {
      member = pattern.test(String.fromCodePoint(code));
      others.set(code, member);
    }
    return member;
  };
}

/** The same for a single character, which needs no table. */
export function testOfCharacter(code: number, ignoreCase: boolean): CharacterTest {
  const letter = String.fromCodePoint(code);
  const cased = ignoreCase && (letter.toLowerCase() !== letter || letter.toUpperCase() !== letter);
  return cased ? testOf([characterOf(code)], false, true) : (other) => other === code;
}
