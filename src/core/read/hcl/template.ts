// Templates: quoted strings, heredocs and bare template files. Reads them into flat pieces; template-parts.ts makes the
// tree of them.
import type { Expression, Interpolation, Name, Template, TemplatePart } from "./ast.ts";
import {
  BACKSLASH,
  BRACE_CLOSE,
  BRACE_OPEN,
  CLASS,
  COMMA,
  DOLLAR,
  identifierEnd,
  isBlank,
  MINUS,
  NEWLINE,
  PERCENT,
  QUOTE,
  STRING_STOP,
  TILDE,
} from "./characters.ts";
import { Cursor, MAX_DEPTH } from "./cursor.ts";
import {
  assembleParts,
  type Control,
  type ControlWord,
  decodeText,
  escapeLength,
  type Piece,
} from "./template-parts.ts";

const CONTROL_WORDS: ReadonlySet<string> = new Set<ControlWord>(["if", "else", "endif", "for", "endfor"]);
const isControlWord = (word: string): word is ControlWord => CONTROL_WORDS.has(word);

export abstract class TemplateReader extends Cursor {
  /** At the opening quote. */
  protected quoted(): Expression {
    const start = this.pos;
    const data = this.data;
    let at = start + 1;
    let byte = data[at] ?? 0;
    while (((CLASS[byte] ?? 0) & STRING_STOP) === 0) {
      at++;
      byte = data[at] ?? 0;
    }
    if (byte !== QUOTE) return this.quotedWithPieces(start, at);
    this.pos = at + 1;
    this.height = 0;
    const parts: TemplatePart[] = [];
    if (at > start + 1) {
      parts.push({ kind: "literal", start: start + 1, end: at, value: this.latin1.slice(start + 1, at) });
    }
    return { kind: "template", start, end: at + 1, parts };
  }

  /** A string with escapes, interpolations or letters beyond ASCII; plain up to `scanned`. */
  private quotedWithPieces(start: number, scanned: number): Expression {
    const pieces: Piece[] = [];
    let height = 0;
    let literal = start + 1;
    let at = scanned;
    for (;;) {
      const byte = this.byte(at);
      if (byte === QUOTE) {
        this.addLiteral(pieces, literal, at, true);
        this.pos = at + 1;
        this.height = height;
        return { kind: "template", start, end: at + 1, parts: this.assemble(pieces, false) };
      }
      if (byte === BACKSLASH) at = this.escape(at);
      else if (byte === NEWLINE || at >= this.end) {
        this.pos = at;
        return this.fail(start, at, "Unterminated string", "A quoted string must end on the line where it begins.");
      } else if (byte === DOLLAR || byte === PERCENT) {
        if (this.byte(at + 1) === BRACE_OPEN) {
          this.addLiteral(pieces, literal, at, true);
          this.pos = at;
          pieces.push(this.sequence());
          if (this.height > height) height = this.height;
          if (this.failed && !this.endSequence()) return this.fail(start, this.pos, "", "");
          at = this.pos;
          literal = at;
        } else at += this.byte(at + 1) === byte && this.byte(at + 2) === BRACE_OPEN ? 3 : 1;
      } else at++;
    }
  }

  /** After a failure in `${…}`: on behind its closing brace if there is one before the next item. */
  private endSequence(): boolean {
    if (!this.resume(BRACE_CLOSE, false)) return false;
    this.pos++;
    return true;
  }

  /** At a backslash: where the escape ends. */
  private escape(at: number): number {
    const length = escapeLength(this.data, at);
    if (length > 0) return at + length;
    const next = this.byte(at + 1);
    if (next !== NEWLINE && at + 1 < this.end) {
      const detail = 'Known escapes are \\n, \\r, \\t, \\", \\\\, \\uNNNN and \\UNNNNNNNN with hexadecimal digits.';
      this.problem(at, at + 2, "Invalid escape sequence", detail);
    }
    return next === NEWLINE || at + 1 >= this.end ? at + 1 : at + 2;
  }

  private addLiteral(pieces: Piece[], start: number, end: number, escapes: boolean): void {
    if (end <= start) return;
    const value = decodeText(this.source, start, end, escapes);
    pieces.push({ kind: "literal", start, end, value });
  }

  /** At `${` or `%{`: reads to behind the closing brace. */
  private sequence(): Interpolation | Control {
    const start = this.pos;
    const isControl = this.byte(start) === PERCENT;
    const stripBefore = this.byte(start + 2) === TILDE;
    this.pos = start + (stripBefore ? 3 : 2);
    const breaks = this.breaks;
    this.breaks = false;
    const piece = isControl ? this.control(start, stripBefore) : this.interpolation(start, stripBefore);
    this.breaks = breaks;
    return piece;
  }

  private interpolation(start: number, stripBefore: boolean): Interpolation {
    const expression = this.expression();
    const stripAfter = this.sequenceEnd("interpolation");
    this.height++;
    return { kind: "interpolation", start, end: this.pos, stripBefore, stripAfter, expression };
  }

  private control(start: number, stripBefore: boolean): Control {
    this.skip();
    const wordStart = this.pos;
    const wordEnd = identifierEnd(this.data, wordStart);
    const word = this.latin1.slice(wordStart, wordEnd);
    let expression: Expression | undefined;
    let keyName: Name | undefined;
    let valueName: Name | undefined;
    this.height = 0;
    if (!isControlWord(word)) {
      this.fail(wordStart, wordEnd, "Invalid template directive", "A directive is if, else, endif, for or endfor.");
    } else {
      this.pos = wordEnd;
      if (word === "for") [keyName, valueName] = this.forNames();
      if (!this.failed && (word === "if" || word === "for")) expression = this.expression();
    }
    const stripAfter = this.sequenceEnd("directive");
    this.height++;
    const known = isControlWord(word) ? word : undefined;
    return {
      kind: "control",
      start,
      end: this.pos,
      word: known,
      stripBefore,
      stripAfter,
      expression,
      keyName,
      valueName,
    };
  }

  /** `v in` or `k, v in` of a for directive or for-expression. */
  protected forNames(): [Name | undefined, Name | undefined] {
    const first = this.declaredName();
    let second: Name | undefined;
    if (!this.failed && this.skip() === COMMA) {
      this.pos++;
      second = this.declaredName();
    }
    this.skip();
    if (!this.failed) {
      const end = identifierEnd(this.data, this.pos);
      if (this.latin1.slice(this.pos, end) === "in") this.pos = end;
      else
        this.fail(this.pos, end, "Invalid for expression", `Expected "in" and a collection, found ${this.describe()}.`);
    }
    return second ? [first, second] : [undefined, first];
  }

  private declaredName(): Name | undefined {
    this.skip();
    const start = this.pos;
    const end = identifierEnd(this.data, start);
    if (end === start) {
      this.fail(start, start + 1, "Invalid for expression", `Expected a variable name, found ${this.describe()}.`);
      return undefined;
    }
    this.pos = end;
    return { start, end, name: this.nameAt(start, end) };
  }

  /** Past `}` or `~}`; true for the latter. */
  private sequenceEnd(what: string): boolean {
    if (this.failed) return false;
    const strip = this.skip() === TILDE;
    if (strip) this.pos++;
    if (this.byte(this.pos) === BRACE_CLOSE) {
      this.pos++;
      return strip;
    }
    this.fail(this.pos, this.pos + 1, `Unclosed template ${what}`, `Expected "}" here, found ${this.describe()}.`);
    return strip;
  }

  /** At `<<`. */
  protected heredoc(): Expression {
    const start = this.pos;
    const indented = this.byte(start + 2) === MINUS;
    const markerStart = start + (indented ? 3 : 2);
    const markerEnd = identifierEnd(this.data, markerStart);
    let lineEnd = markerEnd;
    while (isBlank(this.byte(lineEnd))) lineEnd++;
    if (markerEnd === markerStart || (this.byte(lineEnd) !== NEWLINE && lineEnd < this.end)) {
      this.pos = markerEnd;
      return this.fail(start, markerEnd, "Invalid heredoc", "Expected << or <<-, a marker name, and then a new line.");
    }
    const marker = this.nameAt(markerStart, markerEnd);
    const contentStart = Math.min(lineEnd + 1, this.end);
    const pieces: Piece[] = [];
    const close = this.heredocContent(pieces, contentStart, markerStart, markerEnd);
    const parts = this.assemble(pieces, indented);
    if (close.found) {
      this.pos = close.markerEnd;
      return {
        kind: "heredoc",
        start,
        end: this.pos,
        marker,
        indented,
        contentStart,
        contentEnd: close.lineStart,
        parts,
      };
    }
    this.unclosed = true;
    this.pos = close.lineStart;
    return this.fail(start, markerEnd, "Unterminated heredoc", `No line consists of the closing marker ${marker}.`);
  }

  private heredocContent(pieces: Piece[], contentStart: number, markerStart: number, markerEnd: number) {
    let height = 0;
    let lineStart = contentStart;
    let at = contentStart;
    let fresh = true;
    while (at < this.end) {
      if (fresh) {
        const found = this.closingMarkerEnd(lineStart, markerStart, markerEnd);
        if (found > 0) return this.heredocEnd(true, lineStart, found, height);
        if (this.byIndentation && this.endsHeredocByIndentation(lineStart)) break;
      }
      at = this.textLine(pieces, at, this.end);
      if (this.height > height) height = this.height;
      fresh = this.byte(at - 1) === NEWLINE;
      if (fresh) lineStart = at;
    }
    return this.heredocEnd(false, fresh ? lineStart : this.end, 0, height);
  }

  private heredocEnd(found: boolean, lineStart: number, markerEnd: number, height: number) {
    this.height = height;
    return { found, lineStart, markerEnd };
  }

  /** Text and sequences up to and with the next line break that is not inside a sequence; where it stopped. */
  private textLine(pieces: Piece[], from: number, end: number): number {
    const data = this.data;
    let literal = from;
    let at = from;
    this.height = 0;
    let height = 0;
    while (at < end) {
      const byte = data[at] ?? 0;
      if (byte === NEWLINE) {
        at++;
        break;
      }
      if (byte !== DOLLAR && byte !== PERCENT) at++;
      else if (data[at + 1] !== BRACE_OPEN) at += data[at + 1] === byte && data[at + 2] === BRACE_OPEN ? 3 : 1;
      else {
        this.addLiteral(pieces, literal, at, false);
        this.pos = at;
        pieces.push(this.sequence());
        if (this.height > height) height = this.height;
        if (this.failed) this.endSequenceOnLine();
        at = this.pos;
        literal = at;
      }
    }
    this.addLiteral(pieces, literal, at, false);
    this.height = height;
    return at;
  }

  /** After a failure in a heredoc's `${…}`: on behind its brace, or else the rest of the line is text. */
  private endSequenceOnLine(): void {
    let at = this.pos;
    while (at < this.end && this.byte(at) !== NEWLINE && this.byte(at) !== BRACE_CLOSE) at++;
    this.pos = this.byte(at) === BRACE_CLOSE ? at + 1 : at;
    this.failed = false;
  }

  /** End of the closing marker if the line at `lineStart` holds nothing else; 0 otherwise. */
  private closingMarkerEnd(lineStart: number, markerStart: number, markerEnd: number): number {
    let at = lineStart;
    while (isBlank(this.byte(at))) at++;
    for (let i = markerStart; i < markerEnd; i++, at++) if (this.byte(at) !== this.byte(i)) return 0;
    let rest = at;
    while (isBlank(this.byte(rest))) rest++;
    return this.byte(rest) === NEWLINE || rest >= this.end ? at : 0;
  }

  private endsHeredocByIndentation(lineStart: number): boolean {
    return !isBlank(this.byte(lineStart)) && (this.byte(lineStart) === BRACE_CLOSE || this.plausibleItemAt(lineStart));
  }

  /** The whole range as a template without quotes, as templatefile() and JSON strings have it. */
  bareTemplate(): Template {
    const start = this.pos;
    const pieces: Piece[] = [];
    this.breaks = false;
    for (let at = start; at < this.end; ) at = this.textLine(pieces, at, this.end);
    return { kind: "template", start, end: this.end, parts: this.assemble(pieces, false) };
  }

  private assemble(pieces: Piece[], dedent: boolean): TemplatePart[] {
    const only = pieces[0];
    if (pieces.length === 1 && only?.kind === "interpolation") return [only];
    const assembled = assembleParts(pieces, dedent, MAX_DEPTH - this.depth);
    for (const problem of assembled.problems) this.problem(problem.start, problem.end, problem.summary, problem.detail);
    this.height = Math.max(this.height, assembled.height);
    return assembled.parts;
  }
}
