// Bodies: attributes and blocks, and getting back to the next one after damage.
import type { Attribute, Block, Body, Expression, Label } from "./ast.ts";
import { BRACE_CLOSE, BRACE_OPEN, COLON, COMMA, EQUALS, isBlank, isNameStart, NEWLINE, QUOTE } from "./characters.ts";
import { MAX_DEPTH } from "./cursor.ts";
import { ExpressionReader } from "./expression.ts";
import { decodeText } from "./template-parts.ts";

type Item = Attribute | Block;

export class BodyReader extends ExpressionReader {
  /** The whole file. */
  file(): Body {
    if (this.latin1.startsWith("\xef\xbb\xbf")) this.pos = 3;
    const items: Item[] = [];
    for (;;) {
      const byte = this.skipLines();
      if (this.pos >= this.end) return { kind: "body", start: 0, end: this.end, items };
      if (byte === BRACE_CLOSE) {
        this.problem(
          this.pos,
          this.pos + 1,
          "Unexpected closing brace",
          "There is no open block that this could close.",
        );
        this.pos++;
      } else {
        this.item(items);
        this.endOfItem(items, false);
      }
    }
  }

  /** An attribute or a block, also where it is damaged but recognisable. */
  private item(items: Item[]): void {
    const start = this.pos;
    const byte = this.byte(start);
    if (byte === QUOTE) {
      this.quotedItem(items, start);
      return;
    }
    const nameEnd = isNameStart(byte) || byte >= 128 ? this.nameEnd(start) : start;
    if (nameEnd === start) {
      this.fail(
        start,
        start + 1,
        "Argument or block definition required",
        `Expected one here, found ${this.describe()}.`,
      );
      return;
    }
    const name = this.nameAt(start, nameEnd);
    this.pos = nameEnd;
    const next = this.skip();
    if (next === EQUALS && this.byte(this.pos + 1) !== EQUALS) items.push(this.attribute(start, nameEnd, name));
    else if (next === BRACE_OPEN || next === QUOTE || isNameStart(next) || next >= 128) {
      const block = this.block(start, nameEnd, name);
      if (block) items.push(block);
    } else {
      const hint =
        next === COLON ? 'Use "=" to set an argument.' : `Expected "=" or a block, found ${this.describe()}.`;
      this.fail(this.pos, this.pos + 1, "Invalid argument or block definition", hint);
    }
  }

  private attribute(start: number, nameEnd: number, name: string): Attribute {
    const equals = this.pos;
    this.pos++;
    const value: Expression = this.expression();
    return { kind: "attribute", start, end: Math.max(equals + 1, value.end), name, nameEnd, equals, value };
  }

  /** `"name" = value`, a mistake with one meaning. */
  private quotedItem(items: Item[], start: number): void {
    const label = this.quotedLabel();
    if (this.failed) return;
    this.problem(start, label.end, "Invalid argument name", "Argument names must not be quoted.");
    if (this.skip() === EQUALS) items.push(this.attribute(start, label.end, label.value));
    else this.failed = true;
  }

  private block(start: number, typeEnd: number, type: string): Block | undefined {
    const labels: Label[] = [];
    let headerEnd = typeEnd;
    for (;;) {
      const byte = this.skip();
      if (byte === BRACE_OPEN) break;
      const at = this.pos;
      if (byte === QUOTE) {
        labels.push(this.quotedLabel());
      } else {
        const end = isNameStart(byte) || byte >= 128 ? this.nameEnd(at) : at;
        if (end === at) {
          const detail = `Expected a label or "{", found ${this.describe()}.`;
          this.fail(at, at + 1, "Invalid block definition", detail);
        } else {
          labels.push({ kind: "label", start: at, end, quoted: false, value: this.nameAt(at, end) });
          this.pos = end;
        }
      }
      if (this.failed) {
        if (labels.at(-1)?.start === at) labels.pop();
        if (!this.resumeHeader(at)) return undefined;
      }
      headerEnd = labels.at(-1)?.end ?? typeEnd;
    }
    const open = this.pos;
    if (this.depth >= MAX_DEPTH) {
      this.tooDeep();
      return undefined;
    }
    this.depth++;
    const block = this.blockBody(open, this.byIndentation ? this.indentationOf(start) : -1);
    this.depth--;
    const end = this.pos;
    return { kind: "block", start, end, type, typeEnd, labels, headerEnd, open, ...block };
  }

  /** In a damaged header, from the damage on: to the brace that ends its line. */
  private resumeHeader(from: number): boolean {
    let brace = -1;
    for (let at = from; at < this.end && this.byte(at) !== NEWLINE; at++) {
      const byte = this.byte(at);
      if (byte === BRACE_OPEN) brace = at;
      else if (!isBlank(byte)) brace = -1;
    }
    if (brace < 0) return false;
    this.pos = brace;
    this.failed = false;
    return true;
  }

  private quotedLabel(): Label {
    const start = this.pos;
    const literal = this.quoted();
    const end = this.pos;
    if (literal.kind === "template") {
      const only = literal.parts[0];
      if (!only) return { kind: "label", start, end, quoted: true, value: "" };
      if (literal.parts.length === 1 && only.kind === "literal") {
        return { kind: "label", start, end, quoted: true, value: only.value };
      }
      this.problem(start, end, "Invalid label", "Labels and names cannot contain interpolations.");
    }
    return {
      kind: "label",
      start,
      end,
      quoted: true,
      value: decodeText(this.source, start + 1, Math.max(start + 1, end - 1), false),
    };
  }

  /** From `{` to behind `}`. */
  private blockBody(open: number, headerIndentation: number): { close: number; body: Body } {
    const start = open + 1;
    const items: Item[] = [];
    this.pos = start;
    const first = this.skip();
    const inline = first !== NEWLINE && first !== BRACE_CLOSE && this.pos < this.end;
    let complained = false;
    let itemIndentation = -1;
    for (;;) {
      const byte = this.skipLines();
      if (byte === BRACE_CLOSE) {
        const close = this.pos;
        this.pos++;
        return { close, body: { kind: "body", start, end: close, items } };
      }
      if (this.pos >= this.end) {
        this.unclosed = true;
        return this.unclosedBody(open, items);
      }
      if (headerIndentation >= 0) {
        const indentation = this.indentationOf(this.pos);
        if (itemIndentation < 0) itemIndentation = indentation;
        if (itemIndentation > headerIndentation && indentation >= 0 && indentation <= headerIndentation) {
          return this.unclosedBody(open, items);
        }
      }
      const before = items.length;
      this.item(items);
      if (inline && !complained) complained = this.endOfInlineItem(items, before);
      else this.endOfItem(items, inline);
    }
  }

  /** Ends a body at the end of the file, or at the end of the line before the item at the cursor. */
  private unclosedBody(open: number, items: Item[]): { close: number; body: Body } {
    this.problem(open, open + 1, "Unclosed configuration block", "There is no closing brace for this block.");
    const lineBreak = this.pos >= this.end ? this.end : this.pos - this.indentationOf(this.pos) - 1;
    this.pos = Math.max(open + 1, items.at(-1)?.end ?? 0, lineBreak);
    return { close: -1, body: { kind: "body", start: open + 1, end: this.pos, items } };
  }

  /** After an item on the line of its block's opening brace, where only one attribute may stand. True where it complained. */
  private endOfInlineItem(items: Item[], before: number): boolean {
    const item = items[before];
    if (this.failed || !item) {
      this.resumeBody();
      return true;
    }
    const byte = this.skip();
    if (item.kind === "block") {
      const detail = "A single-line block definition cannot contain another block definition.";
      this.problem(item.start, item.open + 1, "Invalid single-argument block definition", detail);
      return true;
    }
    if (byte === BRACE_CLOSE) return false;
    const isNewline = byte === NEWLINE;
    const detail = isNewline
      ? "The closing brace of a single-line block must be on the same line."
      : "Only one argument is allowed in a single-line block.";
    if (this.pos < this.end) this.problem(this.pos, this.pos + 1, "Invalid single-argument block definition", detail);
    if (byte === COMMA) this.pos++;
    else if (!isNewline && !isNameStart(byte)) this.resumeBody();
    return true;
  }

  private endOfItem(items: Item[], lenient: boolean): void {
    if (this.failed) {
      this.resumeBody();
      return;
    }
    const byte = this.skip();
    if (byte === NEWLINE || this.pos >= this.end || (lenient && byte === BRACE_CLOSE)) return;
    if (byte === COMMA) {
      const detail = "Each argument must be on its own line, without a comma.";
      this.problem(this.pos, this.pos + 1, "Unexpected comma after argument", detail);
      this.pos++;
      return;
    }
    const what = items.at(-1)?.kind === "block" ? "block definition" : "argument";
    const detail = `Expected a new line after this ${what}, found ${this.describe()}.`;
    this.problem(this.pos, this.pos + 1, `Missing newline after ${what}`, detail);
    if (byte !== BRACE_CLOSE) this.resumeBody();
  }

  /** After damage: on to the next line that can begin an item, over any braces that the damage opened. */
  private resumeBody(): void {
    this.failed = false;
    this.breaks = true;
    let level = 0;
    let at = this.pos;
    if (this.isAtPlausibleItem()) return;
    while (at < this.end) {
      const byte = this.byte(at);
      if (byte === NEWLINE) {
        const line = at + 1;
        if (level === 0 || (!isIndented(this.byte(line)) && this.plausibleItemAt(line))) break;
        at = line;
      } else if (byte === BRACE_OPEN) {
        level++;
        at++;
      } else if (byte === BRACE_CLOSE) {
        if (level === 0 && at > this.pos) break;
        if (level > 0) level--;
        else if (at === this.pos) break;
        at++;
      } else at = this.pastLexeme(at);
    }
    this.pos = at;
  }
}

const isIndented = (byte: number): boolean => byte === 32 || byte === 9 || byte === NEWLINE || byte === 13;
