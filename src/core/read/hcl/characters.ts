// What each byte may be in HCL: one table look-up instead of chains of comparisons.

export const NEWLINE = 10;
export const QUOTE = 34;
export const HASH = 35;
export const DOLLAR = 36;
export const PERCENT = 37;
export const PAREN_OPEN = 40;
export const PAREN_CLOSE = 41;
export const STAR = 42;
export const COMMA = 44;
export const MINUS = 45;
export const DOT = 46;
export const SLASH = 47;
export const COLON = 58;
export const LESS = 60;
export const EQUALS = 61;
export const GREATER = 62;
export const QUESTION = 63;
export const BRACKET_OPEN = 91;
export const BACKSLASH = 92;
export const BRACKET_CLOSE = 93;
export const BRACE_OPEN = 123;
export const BRACE_CLOSE = 125;
export const TILDE = 126;

/** Can begin an identifier (ASCII; above 127 ask identifierEnd). */
export const NAME_START = 1;
/** Can continue one. */
export const NAME_PART = 2;
export const DIGIT = 4;
/** Ends the fast scan of a quoted string: delimiters, escapes, line breaks, NUL, and everything above 127. */
export const STRING_STOP = 8;
/** Can begin a binary operator or a conditional. */
export const OPERATOR = 16;

/** Bits above per byte. */
export const CLASS: Uint8Array = (() => {
  const table = new Uint8Array(256);
  const mark = (characters: string, bits: number) => {
    for (const character of characters) {
      const code = character.charCodeAt(0);
      table[code] = (table[code] ?? 0) | bits;
    }
  };
  mark("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_", NAME_START | NAME_PART);
  mark("0123456789", DIGIT | NAME_PART);
  mark("-", NAME_PART);
  mark('"\\$%\n\r\0', STRING_STOP);
  mark("|&=!<>+-*/%?", OPERATOR);
  for (let code = 128; code < 256; code++) table[code] = STRING_STOP;
  return table;
})();

export const isNameStart = (byte: number): boolean => ((CLASS[byte] ?? 0) & NAME_START) !== 0;
export const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;
/** Space, tab and the carriage return of a CRLF line. */
export const isBlank = (byte: number): boolean => byte === 32 || byte === 9 || byte === 13;

const UNICODE_START = /^\p{ID_Start}$/u;
const UNICODE_PART = /^\p{ID_Continue}$/u;

/** The code point at `at` and its length in bytes; undefined where the bytes are not UTF-8. */
export const codePointAt = (
  data: Uint8Array,
  at: number,
): { readonly code: number; readonly length: number } | undefined => {
  const first = data[at] ?? 0;
  const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length === 0) return undefined;
  if (length === 1) return { code: first, length };
  let code = first & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) {
    const next = data[at + i] ?? 0;
    if ((next & 0xc0) !== 0x80) return undefined;
    code = (code << 6) | (next & 0x3f);
  }
  const smallest = length === 3 ? 0x800 : length === 4 ? 0x10000 : 0x80;
  if (code < smallest || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  return { code, length };
};

/** Where the identifier that begins at `start` ends; `start` itself where none begins. */
export const identifierEnd = (data: Uint8Array, start: number): number => {
  let at = start;
  for (;;) {
    const byte = data[at] ?? 0;
    if (byte < 128) {
      if (((CLASS[byte] ?? 0) & (at === start ? NAME_START : NAME_PART)) === 0) return at;
      at++;
      continue;
    }
    const point = codePointAt(data, at);
    if (!point || !(at === start ? UNICODE_START : UNICODE_PART).test(String.fromCodePoint(point.code))) return at;
    at += point.length;
  }
};
