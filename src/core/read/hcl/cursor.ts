// Where the parser stands in a file, and how it gets up again after an error. There is no token list: readers look at
// bytes. While `failed` is set, every reader returns what it has; whoever finds a place to go on from clears it.
import type { Comment, ErrorExpression, Expression } from "./ast.ts";
import {
  BACKSLASH,
  BRACE_CLOSE,
  BRACE_OPEN,
  BRACKET_CLOSE,
  BRACKET_OPEN,
  CLASS,
  COMMA,
  EQUALS,
  HASH,
  identifierEnd,
  isBlank,
  NAME_PART,
  NEWLINE,
  PAREN_CLOSE,
  PAREN_OPEN,
  QUOTE,
  SLASH,
  STAR,
} from "./characters.ts";
import type { Problem, Source } from "./source.ts";

/** Nesting of blocks and expressions, and length of operator and traversal chains: deeper trees could end a reader's stack. */
export const MAX_DEPTH = 250;
/** A file with more errors than this says no more about the rest. */
export const MAX_PROBLEMS = 100;
/** NULs behind the last byte, so that looking a few bytes ahead never leaves the array. */
const PADDING = 8;

export abstract class Cursor {
  readonly source: Source;
  readonly data: Uint8Array;
  readonly latin1: string;
  readonly end: number;
  readonly comments: Comment[] = [];
  readonly problems: Problem[] = [];
  /** Something opened and never closed before the end of the file. */
  unclosed = false;
  protected pos = 0;
  /** Whether a line break ends an expression here: true in bodies and objects, false inside brackets. */
  protected breaks = true;
  protected failed = false;
  protected depth = 0;
  /** Height of the expression that was read last. */
  protected height = 0;
  /** In a second pass over a file with something unclosed, indentation says what its author meant. */
  protected readonly byIndentation: boolean;
  private commentedTo = 0;
  private plausibleChecked = -1;
  private plausibleResult = false;

  constructor(source: Source, byIndentation: boolean, from = 0, to: number = source.bytes.length) {
    this.source = source;
    this.latin1 = source.latin1;
    this.byIndentation = byIndentation;
    this.pos = from;
    this.end = to;
    this.data = new Uint8Array(to + PADDING);
    this.data.set(to === source.bytes.length ? source.bytes : source.bytes.subarray(0, to));
  }

  abstract expression(): Expression;

  protected byte(at: number): number {
    return this.data[at] ?? 0;
  }

  /** Past blanks, comments and, where they mean nothing, line breaks. The byte there: 0 at the end of the file. */
  protected skip(): number {
    const data = this.data;
    let at = this.pos;
    for (;;) {
      const byte = data[at] ?? 0;
      if (byte === 32 || byte === 9 || byte === 13) at++;
      else if (byte === NEWLINE && !this.breaks) at++;
      else if (byte === HASH) at = this.lineComment(at);
      else if (byte === SLASH) {
        const next = data[at + 1] ?? 0;
        if (next === SLASH) at = this.lineComment(at);
        else if (next === STAR) at = this.blockComment(at);
        else break;
      } else break;
    }
    this.pos = at;
    return data[at] ?? 0;
  }

  /** As skip, over line breaks in any case. */
  protected skipLines(): number {
    const breaks = this.breaks;
    this.breaks = false;
    const byte = this.skip();
    this.breaks = breaks;
    return byte;
  }

  private lineComment(start: number): number {
    const newline = this.latin1.indexOf("\n", start);
    const end = newline < 0 || newline > this.end ? this.end : newline;
    this.comment(start, this.byte(end - 1) === 13 ? end - 1 : end);
    return end;
  }

  private blockComment(start: number): number {
    const close = this.latin1.indexOf("*/", start + 2);
    if (close >= 0 && close + 2 <= this.end) {
      this.comment(start, close + 2);
      return close + 2;
    }
    if (start >= this.commentedTo)
      this.problem(start, start + 2, "Unterminated comment", "This comment begins with /* and is never closed by */.");
    this.comment(start, this.end);
    return this.end;
  }

  private comment(start: number, end: number): void {
    if (start < this.commentedTo) return;
    this.commentedTo = end;
    this.comments.push({ start, end });
  }

  /** As identifierEnd, with the common case of plain letters in a tight loop. */
  protected nameEnd(start: number): number {
    const data = this.data;
    let at = start;
    let byte = data[at] ?? 0;
    while (((CLASS[byte] ?? 0) & NAME_PART) !== 0) {
      at++;
      byte = data[at] ?? 0;
    }
    return byte < 128 ? at : identifierEnd(data, start);
  }

  protected nameAt(start: number, end: number): string {
    const text = this.latin1.slice(start, end);
    return isAscii(text) ? text : this.source.textOf({ start, end });
  }

  /** Reports an error; further ones are silent until somebody has recovered. */
  protected problem(start: number, end: number, summary: string, detail: string): void {
    if (this.problems.length > MAX_PROBLEMS) return;
    const last = Math.min(this.end, Math.max(end, start + 1));
    const span = { start: Math.min(start, last), end: last };
    if (this.problems.length === MAX_PROBLEMS) {
      this.problems.push({
        ...span,
        summary: "Too many errors",
        detail: "Further errors in this file are not listed.",
      });
    } else {
      this.problems.push({ ...span, summary, detail });
    }
  }

  protected fail(start: number, end: number, summary: string, detail: string): ErrorExpression {
    if (!this.failed) this.problem(start, end, summary, detail);
    this.failed = true;
    this.height = 0;
    return { kind: "error", start: Math.min(start, this.pos), end: Math.max(start, this.pos) };
  }

  protected tooDeep(): ErrorExpression {
    return this.fail(
      this.pos,
      this.pos + 1,
      "Nesting too deep",
      `Blocks and expressions can nest ${MAX_DEPTH} levels deep here.`,
    );
  }

  /** What stands at the cursor, for messages. */
  protected describe(): string {
    if (this.pos >= this.end) return "the end of the file";
    const byte = this.byte(this.pos);
    if (byte === NEWLINE || (byte === 13 && this.byte(this.pos + 1) === NEWLINE)) return "the end of the line";
    const end = identifierEnd(this.data, this.pos);
    if (end > this.pos) return `"${this.nameAt(this.pos, Math.min(end, this.pos + 40))}"`;
    if (byte < 32 || byte === 127) return `the control character ${byte}`;
    const length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return `"${this.source.textOf({ start: this.pos, end: Math.min(this.end, this.pos + length) })}"`;
  }

  /**
   * After a failure inside brackets: on to the next comma or to `closer` on this level (true), or to where the
   * enclosing level must go on (false): another closer, a line that looks like an item of a body, the end.
   */
  protected resume(closer: number, commas = true): boolean {
    if (this.isAtPlausibleItem()) return false;
    let level = 0;
    for (let at = this.pos; at < this.end; ) {
      const byte = this.byte(at);
      if (level === 0 && (byte === closer || (commas && byte === COMMA))) return this.resumeAt(at, true);
      if (byte === NEWLINE) {
        at++;
        if (level === 0 && this.plausibleItemAt(at)) return this.resumeAt(at, false);
      } else if (byte === BRACE_OPEN || byte === BRACKET_OPEN || byte === PAREN_OPEN) {
        level++;
        at++;
      } else if (byte === BRACE_CLOSE || byte === BRACKET_CLOSE || byte === PAREN_CLOSE) {
        if (level === 0) return this.resumeAt(at, false);
        level--;
        at++;
      } else at = this.pastLexeme(at);
    }
    return this.resumeAt(this.end, false);
  }

  private resumeAt(at: number, recovered: boolean): boolean {
    this.pos = at;
    if (recovered) this.failed = false;
    return recovered;
  }

  /** Past a closing bracket behind one expression, also after damage. */
  protected closeAfter(closer: number, open: number, what: string): void {
    if (!this.failed && this.skip() !== closer) {
      if (this.pos >= this.end) this.unclosed = true;
      const detail = `Expected "${String.fromCharCode(closer)}", found ${this.describe()}.`;
      const at = this.pos >= this.end ? open : this.pos;
      this.fail(at, at + 1, `Unclosed ${what}`, detail);
    }
    if (!this.failed || this.resume(closer, false)) this.pos++;
  }

  /** Past a string on one line, a comment, or one byte. */
  protected pastLexeme(start: number): number {
    const byte = this.byte(start);
    if (byte === QUOTE) {
      for (let at = start + 1; at < this.end; at++) {
        const inside = this.byte(at);
        if (inside === NEWLINE) return at;
        if (inside === QUOTE) return at + 1;
        if (inside === BACKSLASH) at++;
      }
      return this.end;
    }
    if (byte === HASH || (byte === SLASH && this.byte(start + 1) === SLASH)) return this.lineComment(start);
    if (byte === SLASH && this.byte(start + 1) === STAR) return this.blockComment(start);
    return start + 1;
  }

  /** Whether a line that starts at `at` looks like `name =`, `name {` or `name "label" {`. */
  protected plausibleItemAt(at: number): boolean {
    if (this.plausibleChecked !== at) {
      this.plausibleChecked = at;
      this.plausibleResult = this.looksLikeItem(at);
    }
    return this.plausibleResult;
  }

  /** Whether the cursor stands at the beginning of such a line. */
  protected isAtPlausibleItem(): boolean {
    const indentation = this.indentationOf(this.pos);
    return indentation >= 0 && this.plausibleItemAt(this.pos - indentation);
  }

  private looksLikeItem(lineStart: number): boolean {
    let at = lineStart;
    while (isBlank(this.byte(at))) at++;
    let end = identifierEnd(this.data, at);
    if (end === at) return false;
    for (let words = 0; words < 8; words++) {
      while (isBlank(this.byte(end))) end++;
      const byte = this.byte(end);
      if (byte === BRACE_OPEN) return true;
      if (byte === EQUALS) return words === 0 && this.byte(end + 1) !== EQUALS && this.byte(end + 1) !== 62;
      at = end;
      end = byte === QUOTE ? this.pastLexeme(at) : identifierEnd(this.data, at);
      if (end === at) return false;
    }
    return false;
  }

  /** Blanks before `at` on its line; -1 where something else stands before it. */
  protected indentationOf(at: number): number {
    let start = at;
    while (start > 0 && isBlank(this.byte(start - 1))) start--;
    return start === 0 || this.byte(start - 1) === NEWLINE ? at - start : -1;
  }
}

const NOT_ASCII = /[\x80-\xff]/;
/** Of a string with one character per byte. */
export const isAscii = (latin1: string): boolean => !NOT_ASCII.test(latin1);
