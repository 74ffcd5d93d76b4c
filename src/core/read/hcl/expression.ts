// Expressions: precedence, traversals, calls, collections and for-expressions, straight from bytes to nodes.
import type { BinaryOperator, Expression, Unary } from "./ast.ts";
import {
  BRACE_OPEN,
  BRACKET_CLOSE,
  BRACKET_OPEN,
  CLASS,
  COLON,
  DIGIT,
  DOT,
  EQUALS,
  GREATER,
  isDigit,
  isNameStart,
  LESS,
  MINUS,
  OPERATOR,
  PAREN_CLOSE,
  PAREN_OPEN,
  PERCENT,
  QUESTION,
  QUOTE,
  SLASH,
  STAR,
} from "./characters.ts";
import { CollectionReader } from "./collection.ts";
import { MAX_DEPTH } from "./cursor.ts";

const BANG = 33;
const AMPERSAND = 38;
const PLUS = 43;
const BAR = 124;

const PRECEDENCE: { readonly [operator in BinaryOperator]: number } = {
  "||": 1,
  "&&": 2,
  "==": 3,
  "!=": 3,
  "<": 4,
  "<=": 4,
  ">": 4,
  ">=": 4,
  "+": 5,
  "-": 5,
  "*": 6,
  "/": 6,
  "%": 6,
};

export class ExpressionReader extends CollectionReader {
  override expression(): Expression {
    if (this.depth >= MAX_DEPTH) return this.tooDeep();
    this.depth++;
    const condition = this.binary(1);
    const expression = this.byte(this.pos) === QUESTION && !this.failed ? this.conditional(condition) : condition;
    this.depth--;
    return expression;
  }

  /** Reads one expression and nothing else; anything behind it is an error. */
  wholeExpression(): Expression {
    this.breaks = false;
    const expression = this.expression();
    this.skip();
    if (!this.failed && this.pos < this.end) {
      this.fail(
        this.pos,
        this.pos + 1,
        "Extra characters after expression",
        `Expected the end, found ${this.describe()}.`,
      );
    }
    return expression;
  }

  private conditional(condition: Expression): Expression {
    let height = this.height;
    this.pos++;
    const consequent = this.expression();
    height = Math.max(height, this.height);
    if (!this.failed && this.skip() !== COLON) {
      const detail = `Expected ":" and the value for false, found ${this.describe()}.`;
      this.fail(this.pos, this.pos + 1, "Missing false expression in conditional", detail);
    }
    if (this.failed) return this.fail(condition.start, this.pos, "", "");
    this.pos++;
    const alternative = this.expression();
    this.height = Math.max(height, this.height) + 1;
    return { kind: "conditional", start: condition.start, end: alternative.end, condition, consequent, alternative };
  }

  /** Operators of at least this precedence, left-associative. Leaves the cursor past blanks. */
  private binary(least: number): Expression {
    let left = this.unary();
    for (;;) {
      if (this.failed) return left;
      const byte = this.skip();
      if (((CLASS[byte] ?? 0) & OPERATOR) === 0) return left;
      const operator = this.operatorAt(byte);
      if (operator === undefined || PRECEDENCE[operator] < least) return left;
      const height = this.height;
      this.pos += operator.length;
      const right = this.binary(PRECEDENCE[operator] + 1);
      this.height = Math.max(height, this.height) + 1;
      left = { kind: "binary", start: left.start, end: right.end, operator, left, right };
      if (this.height > MAX_DEPTH) return this.tooDeep();
    }
  }

  private operatorAt(byte: number): BinaryOperator | undefined {
    const next = this.byte(this.pos + 1);
    switch (byte) {
      case BAR:
        return next === BAR ? "||" : undefined;
      case AMPERSAND:
        return next === AMPERSAND ? "&&" : undefined;
      case EQUALS:
        return next === EQUALS ? "==" : undefined;
      case BANG:
        return next === EQUALS ? "!=" : undefined;
      case LESS:
        return next === EQUALS ? "<=" : next === LESS ? undefined : "<";
      case GREATER:
        return next === EQUALS ? ">=" : ">";
      case PLUS:
        return "+";
      case MINUS:
        return "-";
      case STAR:
        return "*";
      case SLASH:
        return "/";
      case PERCENT:
        return next === BRACE_OPEN ? undefined : "%";
      default:
        return undefined;
    }
  }

  private unary(): Expression {
    const byte = this.skip();
    if (byte !== MINUS && byte !== BANG) return this.traversal(this.term(byte));
    if (this.depth >= MAX_DEPTH) return this.tooDeep();
    const start = this.pos;
    const operator: Unary["operator"] = byte === MINUS ? "-" : "!";
    this.pos++;
    this.depth++;
    const operand = this.unary();
    this.depth--;
    this.height++;
    return { kind: "unary", start, end: operand.end, operator, operand };
  }

  private term(byte: number): Expression {
    if (byte === QUOTE) return this.quoted();
    const bits = CLASS[byte] ?? 0;
    if ((bits & DIGIT) !== 0) return this.number();
    if (isNameStart(byte) || byte >= 128) {
      const end = this.nameEnd(this.pos);
      if (end > this.pos) return this.named(end);
    }
    if (byte === BRACKET_OPEN) return this.bracketed();
    if (byte === BRACE_OPEN) return this.braced();
    if (byte === PAREN_OPEN) return this.parentheses();
    if (byte === LESS && this.byte(this.pos + 1) === LESS) return this.heredoc();
    return this.fail(this.pos, this.pos + 1, "Invalid expression", `Expected an expression, found ${this.describe()}.`);
  }

  private number(): Expression {
    const start = this.pos;
    let at = this.digits(start);
    if (this.byte(at) === DOT && isDigit(this.byte(at + 1))) at = this.digits(at + 1);
    if ((this.byte(at) | 32) === 101) {
      const sign = this.byte(at + 1) === PLUS || this.byte(at + 1) === MINUS ? 1 : 0;
      if (isDigit(this.byte(at + 1 + sign))) at = this.digits(at + 1 + sign);
    }
    this.pos = at;
    this.height = 0;
    return { kind: "number", start, end: at, text: this.latin1.slice(start, at) };
  }

  private digits(start: number): number {
    let at = start;
    while (isDigit(this.byte(at))) at++;
    return at;
  }

  /** A keyword, a variable or a call. */
  private named(nameEnd: number): Expression {
    const start = this.pos;
    const name = this.nameAt(start, nameEnd);
    this.pos = nameEnd;
    const next = this.byte(nameEnd);
    if (next === PAREN_OPEN || next === COLON || next === SLASH || next <= 32) {
      const after = this.skip();
      if (after === PAREN_OPEN) return this.call(start, nameEnd, name);
      if (after === COLON && this.byte(this.pos + 1) === COLON) return this.namespacedCall(start, name);
      this.pos = nameEnd;
    }
    this.height = 0;
    if (name === "true" || name === "false") return { kind: "bool", start, end: nameEnd, value: name === "true" };
    if (name === "null") return { kind: "null", start, end: nameEnd };
    return { kind: "variable", start, end: nameEnd, name };
  }

  private namespacedCall(start: number, first: string): Expression {
    let name = first;
    while (this.skip() === COLON && this.byte(this.pos + 1) === COLON) {
      this.pos += 2;
      this.skip();
      const end = this.nameEnd(this.pos);
      if (end === this.pos || !isNameStart(this.byte(this.pos))) {
        return this.fail(
          this.pos,
          end,
          "Missing function name",
          `Expected a name after "::", found ${this.describe()}.`,
        );
      }
      name += `::${this.nameAt(this.pos, end)}`;
      this.pos = end;
    }
    const nameEnd = this.pos;
    if (this.byte(this.pos) === PAREN_OPEN) return this.call(start, nameEnd, name);
    return this.fail(start, this.pos, "Missing open parenthesis", `The function ${name} must be called: ${name}(…).`);
  }

  private call(start: number, nameEnd: number, name: string): Expression {
    const list = this.list(PAREN_CLOSE, "function call", "argument", true);
    return { kind: "call", start, end: this.pos, name, nameEnd, args: list.items, expand: list.expand };
  }

  private parentheses(): Expression {
    const start = this.pos;
    const breaks = this.breaks;
    this.breaks = false;
    this.pos++;
    const inner = this.expression();
    this.closeAfter(PAREN_CLOSE, start, "parentheses");
    this.breaks = breaks;
    this.height++;
    return { kind: "parentheses", start, end: this.pos, inner };
  }

  /** Attribute steps, indices and splats behind a term. */
  protected traversal(from: Expression): Expression {
    let object = from;
    for (;;) {
      if (this.failed) return object;
      const byte = this.skip();
      if (byte === DOT) {
        if (this.byte(this.pos + 1) === DOT) return object;
        object = this.dotStep(object);
      } else if (byte === BRACKET_OPEN) object = this.bracketStep(object);
      else return object;
      this.height++;
      if (this.height > MAX_DEPTH) return this.tooDeep();
    }
  }

  private dotStep(object: Expression): Expression {
    this.pos++;
    const byte = this.skip();
    if (byte === STAR) return this.attributeSplat(object);
    return this.nameOrLegacyIndex(object, byte);
  }

  /** Behind a dot. */
  private nameOrLegacyIndex(object: Expression, byte: number): Expression {
    const start = this.pos;
    if (isDigit(byte)) {
      const end = this.digits(start);
      this.pos = end;
      const key: Expression = { kind: "number", start, end, text: this.latin1.slice(start, end) };
      return { kind: "index", start: object.start, end, object, key, legacy: true };
    }
    const end = isNameStart(byte) || byte >= 128 ? this.nameEnd(start) : start;
    if (end === start) {
      const detail = `Expected an attribute name or index after the dot, found ${this.describe()}.`;
      return this.fail(object.start, this.pos, "Invalid attribute name", detail);
    }
    this.pos = end;
    return { kind: "get", start: object.start, end, object, name: this.nameAt(start, end), nameStart: start };
  }

  /** `.*`: carries only the attribute steps and legacy indices that follow. */
  private attributeSplat(source: Expression): Expression {
    const star = this.pos;
    const height = this.height;
    this.pos++;
    let each: Expression = { kind: "splat-item", start: star, end: star + 1 };
    this.height = 0;
    while (this.skip() === DOT && this.byte(this.pos + 1) !== DOT && !this.failed && this.height <= MAX_DEPTH) {
      this.pos++;
      const byte = this.skip();
      if (byte === STAR) {
        const detail = "A splat expression (*) cannot be used inside another attribute-only splat expression.";
        return this.fail(source.start, this.pos, "Nested splat expression not allowed", detail);
      }
      each = this.nameOrLegacyIndex(each, byte);
      this.height++;
    }
    this.height = Math.max(height, this.height);
    return { kind: "splat", start: source.start, end: each.end, source, each, full: false };
  }

  private bracketStep(object: Expression): Expression {
    const open = this.pos;
    const breaks = this.breaks;
    const height = this.height;
    this.breaks = false;
    this.pos++;
    if (this.skip() === STAR) {
      const star = this.pos;
      this.pos++;
      this.closeAfter(BRACKET_CLOSE, open, "splat");
      this.breaks = breaks;
      return this.fullSplat(object, star, height);
    }
    const key = this.expression();
    this.closeAfter(BRACKET_CLOSE, open, "index");
    this.breaks = breaks;
    this.height = Math.max(height, this.height);
    return { kind: "index", start: object.start, end: this.pos, object, key, legacy: false };
  }

  /** `[*]`: carries everything that follows. */
  private fullSplat(source: Expression, star: number, height: number): Expression {
    if (this.depth >= MAX_DEPTH) return this.tooDeep();
    const end = this.pos;
    this.height = 0;
    this.depth++;
    const each = this.traversal({ kind: "splat-item", start: star, end: star + 1 });
    this.depth--;
    this.height = Math.max(height, this.height);
    return { kind: "splat", start: source.start, end: Math.max(end, each.end), source, each, full: true };
  }
}
