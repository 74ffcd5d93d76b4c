// Lists, objects, argument lists and for-expressions: everything between brackets that holds several things.
import type { Expression, ObjectItem } from "./ast.ts";
import {
  BRACE_CLOSE,
  BRACE_OPEN,
  BRACKET_CLOSE,
  BRACKET_OPEN,
  CLASS,
  COLON,
  COMMA,
  DOT,
  EQUALS,
  GREATER,
  HASH,
  isBlank,
  isDigit,
  isNameStart,
  NAME_PART,
  NEWLINE,
  PAREN_CLOSE,
  PAREN_OPEN,
  QUOTE,
  SLASH,
} from "./characters.ts";
import { TemplateReader } from "./template.ts";

export abstract class CollectionReader extends TemplateReader {
  protected bracketed(): Expression {
    const start = this.pos;
    if (this.isForAt(start + 1)) return this.forExpression(start, BRACKET_CLOSE);
    const { items } = this.list(BRACKET_CLOSE, "list", "item", false);
    return { kind: "tuple", start, end: this.pos, items };
  }

  /** Comma-separated expressions, from the opening bracket to behind the closing one. */
  protected list(closer: number, what: string, one: string, canExpand: boolean) {
    const open = this.pos;
    const breaks = this.breaks;
    const items: Expression[] = [];
    let expand = false;
    let height = 0;
    this.breaks = false;
    this.pos++;
    for (;;) {
      const byte = this.skip();
      if (byte === closer) {
        this.pos++;
        break;
      }
      if (this.pos >= this.end) {
        this.unclosed = true;
        this.fail(
          open,
          open + 1,
          `Unclosed ${what}`,
          `This bracket is never closed by "${String.fromCharCode(closer)}".`,
        );
        break;
      }
      items.push(this.expression());
      if (this.height > height) height = this.height;
      let next = this.failed ? 0 : this.skip();
      if (canExpand && next === DOT && this.byte(this.pos + 1) === DOT && this.byte(this.pos + 2) === DOT) {
        expand = true;
        this.pos += 3;
        next = this.skip();
        if (next !== closer)
          this.fail(this.pos, this.pos + 1, "Invalid expansion", 'Only the last argument can have "...".');
      }
      if (!this.failed && next !== COMMA && next !== closer && !this.missingSeparator(open, what, one)) continue;
      if (this.failed && !this.resume(closer)) break;
      if (this.byte(this.pos) === COMMA) this.pos++;
    }
    this.breaks = breaks;
    this.height = height + 1;
    return { items, expand };
  }

  /** Reports a missing comma; false where the next item simply begins here, as when a comma was forgotten. */
  private missingSeparator(open: number, what: string, one: string): boolean {
    if (this.pos >= this.end) {
      this.unclosed = true;
      this.fail(open, open + 1, `Unclosed ${what}`, "This bracket is never closed.");
      return true;
    }
    const detail = `Expected a comma to mark the beginning of the next ${one}, found ${this.describe()}.`;
    this.fail(this.pos, this.pos + 1, `Missing ${one} separator`, detail);
    const byte = this.byte(this.pos);
    const indentation = this.indentationOf(this.pos);
    const beginsItem = byte === QUOTE || byte === BRACE_OPEN || isDigit(byte) || isNameStart(byte);
    if (indentation < 0 || !beginsItem || this.plausibleItemAt(this.pos - indentation)) return true;
    this.failed = false;
    return false;
  }

  private isForAt(at: number): boolean {
    const data = this.data;
    let start = at;
    for (;;) {
      const byte = data[start] ?? 0;
      if (byte === 102) break;
      if (byte === 32 || byte === 9 || byte === NEWLINE || byte === 13) start++;
      else if (byte === HASH || byte === SLASH) {
        this.pos = start;
        const breaks = this.breaks;
        this.breaks = false;
        this.skip();
        this.breaks = breaks;
        const next = this.pos;
        this.pos = at - 1;
        if (next === start) return false;
        start = next;
      } else return false;
    }
    return this.latin1.startsWith("for", start) && ((CLASS[this.byte(start + 3)] ?? 0) & NAME_PART) === 0;
  }

  protected braced(): Expression {
    const start = this.pos;
    if (this.isForAt(start + 1)) return this.forExpression(start, BRACE_CLOSE);
    return this.object(start);
  }

  private forExpression(start: number, closer: number): Expression {
    const breaks = this.breaks;
    this.breaks = false;
    this.pos = start + 1;
    this.skip();
    this.pos += 3;
    const [keyName, valueName] = this.forNames();
    const missing: Expression = { kind: "error", start: this.pos, end: this.pos };
    let height = 0;
    const read = (): Expression => {
      const expression = this.expression();
      height = Math.max(height, this.height);
      return expression;
    };
    const collection = this.failed ? missing : read();
    let key: Expression | undefined;
    let value: Expression = missing;
    let condition: Expression | undefined;
    let grouping = false;
    if (!this.failed && this.skip() !== COLON) {
      this.fail(this.pos, this.pos + 1, "Invalid for expression", `Expected ":", found ${this.describe()}.`);
    }
    if (!this.failed) {
      this.pos++;
      value = read();
      if (!this.failed && closer === BRACE_CLOSE) [key, value] = this.arrow(value, read);
      if (!this.failed && this.skip() === DOT && this.latin1.startsWith("...", this.pos)) {
        if (!key)
          this.fail(this.pos, this.pos + 3, "Invalid for expression", "Grouping (...) needs an object with keys.");
        grouping = true;
        this.pos += 3;
      }
      if (!this.failed && this.skip() === 105 && this.latin1.slice(this.pos, this.nameEnd(this.pos)) === "if") {
        this.pos += 2;
        condition = read();
      }
    }
    this.closeAfter(closer, start, "for expression");
    this.breaks = breaks;
    this.height = height + 1;
    const name = valueName ?? { start: start + 1, end: start + 1, name: "" };
    return { kind: "for", start, end: this.pos, keyName, valueName: name, collection, key, value, grouping, condition };
  }

  private arrow(key: Expression, read: () => Expression): [Expression | undefined, Expression] {
    if (this.skip() === EQUALS && this.byte(this.pos + 1) === GREATER) {
      this.pos += 2;
      return [key, read()];
    }
    const detail = `Expected "=>" between key and value, found ${this.describe()}.`;
    return [key, this.fail(this.pos, this.pos + 1, "Invalid for expression", detail)];
  }

  private object(start: number): Expression {
    const breaks = this.breaks;
    const items: ObjectItem[] = [];
    let height = 0;
    let itemIndentation = -1;
    const outer = this.byIndentation ? this.objectIndentation(start) : -1;
    this.breaks = true;
    this.pos = start + 1;
    for (;;) {
      const byte = this.skipLines();
      if (byte === BRACE_CLOSE) {
        this.pos++;
        break;
      }
      if (this.pos >= this.end) {
        this.unclosed = true;
        this.fail(start, start + 1, "Unclosed object", 'This brace is never closed by "}".');
        break;
      }
      if (outer >= 0) {
        const indentation = this.indentationOf(this.pos);
        if (itemIndentation < 0) itemIndentation = indentation;
        if (itemIndentation > outer && indentation >= 0 && indentation <= outer) {
          this.fail(
            start,
            start + 1,
            "Unclosed object",
            'This brace is not closed by "}" before the next item of its level.',
          );
          break;
        }
      }
      const itemStart = this.pos;
      const item = this.objectItem();
      if (item) items.push(item);
      if (this.height > height) height = this.height;
      if (!this.objectItemEnd(itemStart)) break;
    }
    this.breaks = breaks;
    this.height = height + 1;
    return { kind: "object", start, end: this.pos, items };
  }

  private objectItem(): ObjectItem | undefined {
    const key = this.expression();
    let height = this.height;
    if (this.failed) return undefined;
    const byte = this.skip();
    if (byte !== EQUALS && byte !== COLON) {
      const detail = `Expected "=" or ":" and a value, found ${this.describe()}.`;
      this.fail(this.pos, this.pos + 1, "Missing attribute value", detail);
      return undefined;
    }
    const separator = this.pos;
    this.pos++;
    const value = this.expression();
    height = Math.max(height, this.height);
    this.height = height + 1;
    return { kind: "item", start: key.start, end: Math.max(separator + 1, value.end), key, separator, value };
  }

  /** Past the separator behind an item, also after damage; false where the object cannot go on. */
  private objectItemEnd(itemStart: number): boolean {
    if (!this.failed) {
      const byte = this.skip();
      if (byte === COMMA) {
        this.pos++;
        return true;
      }
      if (byte === NEWLINE || byte === BRACE_CLOSE || this.pos >= this.end) return true;
      const detail = `Expected a newline or comma to mark the beginning of the next item, found ${this.describe()}.`;
      this.fail(this.pos, this.pos + 1, "Missing attribute separator", detail);
    }
    return this.resumeObject(itemStart);
  }

  private resumeObject(itemStart: number): boolean {
    let level = 0;
    let at = this.pos;
    // Where not even the item's first byte could be read, standing still would be for ever.
    const fresh = at > itemStart && this.isAtPlausibleItem();
    while (!fresh && at < this.end) {
      const byte = this.byte(at);
      if (level === 0 && (byte === NEWLINE || byte === COMMA || byte === BRACE_CLOSE)) break;
      if (byte === BRACE_OPEN || byte === BRACKET_OPEN || byte === PAREN_OPEN) level++;
      else if (level > 0 && (byte === BRACE_CLOSE || byte === BRACKET_CLOSE || byte === PAREN_CLOSE)) level--;
      at = byte === QUOTE || byte === SLASH || byte === HASH ? this.pastLexeme(at) : at + 1;
    }
    this.pos = this.byte(at) === COMMA ? at + 1 : at;
    this.failed = false;
    return true;
  }

  /** Indentation of the line on which an object opens; -1 where that line is too long for indentation to mean anything. */
  private objectIndentation(open: number): number {
    let lineStart = open;
    while (lineStart > 0 && this.byte(lineStart - 1) !== NEWLINE) {
      lineStart--;
      if (open - lineStart > 500) return -1;
    }
    let at = lineStart;
    while (isBlank(this.byte(at))) at++;
    return at - lineStart;
  }
}
