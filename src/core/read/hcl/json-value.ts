// JSON into expression nodes with ranges. Strings are templates, as HCL's JSON syntax has it; duplicate keys are kept.
import type { Expression, ObjectItem, Template, TemplatePart } from "./ast.ts";
import { BodyReader } from "./body.ts";
import {
  BACKSLASH,
  BRACE_CLOSE,
  BRACE_OPEN,
  BRACKET_CLOSE,
  BRACKET_OPEN,
  COLON,
  COMMA,
  isDigit,
  MINUS,
  NEWLINE,
  QUOTE,
} from "./characters.ts";
import { MAX_DEPTH } from "./cursor.ts";
import { type Problem, Source } from "./source.ts";

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const KEYWORD = /true|false|null/y;
const HAS_TEMPLATE = /[$%]\{/;
const ESCAPE = /^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})$/;

export class JsonReader {
  readonly problems: Problem[] = [];
  private readonly source: Source;
  private readonly text: string;
  private pos = 0;
  private depth = 0;
  private failed = false;

  constructor(source: Source) {
    this.source = source;
    this.text = source.latin1;
    if (this.text.startsWith("\xef\xbb\xbf")) this.pos = 3;
  }

  /** The file's one value. After an error, what was read before it. */
  document(): Expression {
    const value = this.value();
    if (!this.failed && this.skip() >= 0)
      this.fail("Extra characters after JSON value", "A JSON file holds one value.");
    return value;
  }

  private skip(): number {
    let byte = this.text.charCodeAt(this.pos);
    while (byte === 32 || byte === 9 || byte === NEWLINE || byte === 13) byte = this.text.charCodeAt(++this.pos);
    return this.pos < this.text.length ? byte : -1;
  }

  private fail(summary: string, detail: string): Expression {
    const start = Math.min(this.pos, this.text.length);
    if (!this.failed) this.problems.push({ start, end: Math.min(start + 1, this.text.length), summary, detail });
    this.failed = true;
    return { kind: "error", start, end: start };
  }

  private value(): Expression {
    const byte = this.skip();
    const start = this.pos;
    if (byte === QUOTE) return this.string();
    if (byte === BRACE_OPEN || byte === BRACKET_OPEN) {
      if (this.depth >= MAX_DEPTH) return this.fail("Nesting too deep", `JSON can nest ${MAX_DEPTH} levels deep here.`);
      this.depth++;
      const value = byte === BRACE_OPEN ? this.object() : this.array();
      this.depth--;
      return value;
    }
    if (byte === MINUS || isDigit(byte)) {
      const text = this.match(NUMBER);
      if (text) return { kind: "number", start, end: this.pos, text };
    }
    const keyword = this.match(KEYWORD);
    if (keyword === "null") return { kind: "null", start, end: this.pos };
    if (keyword) return { kind: "bool", start, end: this.pos, value: keyword === "true" };
    return this.fail("Invalid JSON", "Expected a value: an object, a list, a string, a number, true, false or null.");
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.pos;
    const text = pattern.exec(this.text)?.[0];
    this.pos += text?.length ?? 0;
    return text;
  }

  private array(): Expression {
    const start = this.pos++;
    const items: Expression[] = [];
    this.members(BRACKET_CLOSE, () => items.push(this.value()));
    return { kind: "tuple", start, end: this.pos, items };
  }

  private object(): Expression {
    const start = this.pos++;
    const items: ObjectItem[] = [];
    this.members(BRACE_CLOSE, () => {
      if (this.skip() !== QUOTE) return this.fail("Invalid JSON", "Expected a property name in double quotes.");
      const key = this.string();
      if (this.failed) return key;
      if (this.skip() !== COLON) return this.fail("Invalid JSON", 'Expected ":" behind the property name.');
      const separator = this.pos++;
      const value = this.value();
      items.push({ kind: "item", start: key.start, end: Math.max(value.end, separator + 1), key, separator, value });
      return value;
    });
    return { kind: "object", start, end: this.pos, items };
  }

  private members(closer: number, read: () => void): void {
    if (this.skip() === closer) {
      this.pos++;
      return;
    }
    for (;;) {
      read();
      if (this.failed) return;
      const byte = this.skip();
      this.pos++;
      if (byte === closer) return;
      if (byte !== COMMA) {
        this.pos--;
        this.fail("Invalid JSON", `Expected "," or "${String.fromCharCode(closer)}".`);
        return;
      }
    }
  }

  private string(): Expression {
    const start = this.pos;
    let at = start + 1;
    let hasEscape = false;
    for (let byte = this.text.charCodeAt(at); byte !== QUOTE; byte = this.text.charCodeAt(at)) {
      if (at >= this.text.length || byte < 32) {
        this.pos = at;
        return this.fail("Invalid JSON string", "A string ends with a double quote, on its line.");
      }
      if (byte === BACKSLASH) {
        const length = this.text.charCodeAt(at + 1) === 117 ? 6 : 2;
        if (!ESCAPE.test(this.text.slice(at, at + length))) {
          this.pos = at;
          return this.fail("Invalid JSON string", "This is no escape that JSON knows.");
        }
        hasEscape = true;
        at += length;
      } else at++;
    }
    this.pos = at + 1;
    return { kind: "template", start, end: at + 1, parts: this.parts(start + 1, at, hasEscape) };
  }

  private parts(start: number, end: number, hasEscape: boolean): TemplatePart[] {
    if (end === start) return [];
    const raw = this.source.textOf({ start, end });
    if (!hasEscape && !HAS_TEMPLATE.test(raw)) return [{ kind: "literal", start, end, value: raw.normalize("NFC") }];
    const { text, offsets } = withoutEscapes(raw, start);
    const inner = new Source(Buffer.from(text, "utf8"), this.source.file);
    const reader = new BodyReader(inner, false);
    const template = reader.bareTemplate();
    const back = (offset: number) => offsets[offset] ?? end;
    for (const { start: from, end: to, summary, detail } of reader.problems) {
      this.problems.push({ start: back(from), end: Math.max(back(from) + 1, back(to)), summary, detail });
    }
    return moved(template, back).parts.slice();
  }
}

const ESCAPED: { readonly [letter: string]: string } = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** JSON text without its escapes, and for each byte of it (as UTF-8) the offset in the file that it comes from. */
const withoutEscapes = (raw: string, start: number): { text: string; offsets: number[] } => {
  let text = "";
  const offsets: number[] = [];
  let offset = start;
  const add = (character: string, sourceBytes: number) => {
    text += character;
    for (let i = Buffer.byteLength(character); i > 0; i--) offsets.push(offset);
    offset += sourceBytes;
  };
  for (const [written] of raw.matchAll(/\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.|[\s\S]/gu)) {
    if (!written.startsWith("\\")) add(written, Buffer.byteLength(written));
    else if (written[1] !== "u") add(ESCAPED[written[1] ?? ""] ?? written.slice(1), 2);
    else add(codeUnits(written), written.length);
  }
  return { text, offsets };
};

const codeUnits = (written: string): string =>
  written.replace(/\\u(....)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

const OFFSETS: ReadonlySet<string> = new Set([
  "start",
  "end",
  "nameStart",
  "nameEnd",
  "separator",
  "contentStart",
  "contentEnd",
]);

/** A tree whose offsets are translated. */
const moved = (template: Template, to: (offset: number) => number): Template => {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        typeof inner === "number" && OFFSETS.has(key) ? to(inner) : walk(inner),
      ]),
    );
  };
  // The walk keeps every property and its type; only numbers change.
  return walk(template) as Template;
};
