// The syntax tree of one HCL file, native or JSON. Every node carries exact byte offsets into the file as read; lines are
// derived on demand. It says what is written, never what it means: no schema, no evaluation.
import type { Diagnostic } from "../../model/finding.ts";
import type { SourceRange } from "../../model/source-range.ts";

/** Byte offsets: first byte, one past the last. Children lie inside their parents. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A parsed file. `latin1` has one character per byte, so that its indices are byte offsets. */
export interface HclFile {
  readonly syntax: "native" | "json";
  /** Path relative to the scan root. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly latin1: string;
  readonly body: Body;
  readonly comments: readonly Comment[];
  /** Errors with their places; everything around the damage is still in `body`. */
  readonly diagnostics: readonly Diagnostic[];
  /** Line of a byte offset, from 1. */
  lineAt(offset: number): number;
  /** Column of a byte offset in characters (not bytes), from 1. */
  columnAt(offset: number): number;
  rangeOf(span: Span): SourceRange;
  /** The source text of a span, decoded as UTF-8. */
  textOf(span: Span): string;
}

/** `# …`, `// …` (end excludes the line break) or a slash-star comment; in JSON the value of a `//` key. */
export type Comment = Span;

/** The inside of a file or of a block's braces (without them). Items in source order, duplicates kept. */
export interface Body extends Span {
  readonly kind: "body";
  readonly items: readonly (Attribute | Block)[];
}

/** `name = value`, from the name to the end of the value. */
export interface Attribute extends Span {
  readonly kind: "attribute";
  readonly name: string;
  /** End of the name, which starts where the attribute starts. In JSON the name's range includes its quotes. */
  readonly nameEnd: number;
  /** Offset of `=` (JSON: `:`). */
  readonly equals: number;
  readonly value: Expression;
}

/** `type "label" { … }`, from the type to the closing brace. */
export interface Block extends Span {
  readonly kind: "block";
  readonly type: string;
  readonly typeEnd: number;
  readonly labels: readonly Label[];
  /** End of the type or of the last label. */
  readonly headerEnd: number;
  /** Offset of `{`. */
  readonly open: number;
  /** Offset of `}`; -1 where it is missing. */
  readonly close: number;
  readonly body: Body;
}

/** A block label; its span includes the quotes. */
export interface Label extends Span {
  readonly kind: "label";
  readonly quoted: boolean;
  readonly value: string;
}

/** A name that is declared: a for-expression's variable. */
export interface Name extends Span {
  readonly name: string;
}

export type Expression =
  | NumberLiteral
  | BoolLiteral
  | NullLiteral
  | Template
  | Heredoc
  | Variable
  | GetAttribute
  | Index
  | Splat
  | SplatItem
  | Call
  | Conditional
  | Unary
  | Binary
  | Parentheses
  | Tuple
  | ObjectExpression
  | ForExpression
  | ErrorExpression;

export interface NumberLiteral extends Span {
  readonly kind: "number";
  /** As written: "1", "1.50", "1e9". */
  readonly text: string;
}

export interface BoolLiteral extends Span {
  readonly kind: "bool";
  readonly value: boolean;
}

export interface NullLiteral extends Span {
  readonly kind: "null";
}

/**
 * A quoted template `"…"`, the span with its quotes. No parts: the empty string. One literal part: a plain string.
 * One interpolation only: stands for that value, unconverted (see soleInterpolation).
 */
export interface Template extends Span {
  readonly kind: "template";
  readonly parts: readonly TemplatePart[];
}

/** `<<EOT` or `<<-EOT`, from `<<` to the end of the closing marker. Literal parts are already dedented. */
export interface Heredoc extends Span {
  readonly kind: "heredoc";
  readonly marker: string;
  /** `<<-`: common indentation is taken off. */
  readonly indented: boolean;
  /** First byte of the first content line. */
  readonly contentStart: number;
  /** First byte of the closing marker's line. */
  readonly contentEnd: number;
  readonly parts: readonly TemplatePart[];
}

export type TemplatePart = TemplateLiteral | Interpolation | IfDirective | ForDirective;

/** Text between interpolations. `value` is final: escapes decoded, dedented, stripped by neighbouring `~`. */
export interface TemplateLiteral extends Span {
  readonly kind: "literal";
  readonly value: string;
}

/** `${ expression }` with its delimiters. */
export interface Interpolation extends Span {
  readonly kind: "interpolation";
  /** `${~`: white space before is taken off. */
  readonly stripBefore: boolean;
  /** `~}`: white space after is taken off. */
  readonly stripAfter: boolean;
  readonly expression: Expression;
}

/** `%{ if c }…%{ else }…%{ endif }`. */
export interface IfDirective extends Span {
  readonly kind: "if";
  readonly condition: Expression;
  readonly consequent: readonly TemplatePart[];
  readonly alternative: readonly TemplatePart[];
}

/** `%{ for k, v in c }…%{ endfor }`. */
export interface ForDirective extends Span {
  readonly kind: "for";
  readonly keyName: Name | undefined;
  readonly valueName: Name;
  readonly collection: Expression;
  readonly parts: readonly TemplatePart[];
}

/** A root name: `var` in `var.x`. */
export interface Variable extends Span {
  readonly kind: "variable";
  readonly name: string;
}

/** `object.name`, from the object's start. */
export interface GetAttribute extends Span {
  readonly kind: "get";
  readonly object: Expression;
  readonly name: string;
  readonly nameStart: number;
}

/** `object[key]`, or the legacy `object.0` (then the key is a number literal). */
export interface Index extends Span {
  readonly kind: "index";
  readonly object: Expression;
  readonly key: Expression;
  readonly legacy: boolean;
}

/**
 * `source.*.a.b` or `source[*].a[0]`: `each` is evaluated once per element, with the element in place of its innermost
 * SplatItem. A source that is no list counts as a list of one, null as an empty one.
 */
export interface Splat extends Span {
  readonly kind: "splat";
  readonly source: Expression;
  readonly each: Expression;
  /** `[*]`; false for `.*`, which carries only attribute steps and legacy indices into `each`. */
  readonly full: boolean;
}

/** The element inside Splat.each; its span is the `*`. */
export interface SplatItem extends Span {
  readonly kind: "splat-item";
}

/** `name(args…)`. Namespaced names are joined: "provider::aws::arn_parse". */
export interface Call extends Span {
  readonly kind: "call";
  readonly name: string;
  readonly nameEnd: number;
  readonly args: readonly Expression[];
  /** The last argument is followed by `...`. */
  readonly expand: boolean;
}

export interface Conditional extends Span {
  readonly kind: "conditional";
  readonly condition: Expression;
  readonly consequent: Expression;
  readonly alternative: Expression;
}

export interface Unary extends Span {
  readonly kind: "unary";
  readonly operator: "-" | "!";
  readonly operand: Expression;
}

export type BinaryOperator = "||" | "&&" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "%";

export interface Binary extends Span {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export interface Parentheses extends Span {
  readonly kind: "parentheses";
  readonly inner: Expression;
}

export interface Tuple extends Span {
  readonly kind: "tuple";
  readonly items: readonly Expression[];
}

export interface ObjectExpression extends Span {
  readonly kind: "object";
  readonly items: readonly ObjectItem[];
}

/** `key = value` or `key : value`, from key to value. A bare name as key is a literal (see literalKey). */
export interface ObjectItem extends Span {
  readonly kind: "item";
  readonly key: Expression;
  /** Offset of `=` or `:`. */
  readonly separator: number;
  readonly value: Expression;
}

/** `[for v in c : value if cond]` or `{for k, v in c : key => value... if cond}`. */
export interface ForExpression extends Span {
  readonly kind: "for";
  readonly keyName: Name | undefined;
  readonly valueName: Name;
  readonly collection: Expression;
  /** Present exactly for the object form. */
  readonly key: Expression | undefined;
  readonly value: Expression;
  /** `...`: values are grouped by key. */
  readonly grouping: boolean;
  readonly condition: Expression | undefined;
}

/** A place that could not be read; a diagnostic says why. Evaluates to unknown. */
export interface ErrorExpression extends Span {
  readonly kind: "error";
}

export type Node = Body | Attribute | Block | Label | Expression | ObjectItem | TemplatePart;

export const attributesOf = (body: Body): Attribute[] => body.items.filter((item) => item.kind === "attribute");

export const attributeOf = (body: Body, name: string): Attribute | undefined => {
  for (const item of body.items) if (item.kind === "attribute" && item.name === name) return item;
  return undefined;
};

export const blocksOf = (body: Body, type?: string): Block[] => {
  const blocks: Block[] = [];
  for (const item of body.items) {
    if (item.kind === "block" && (type === undefined || item.type === type)) blocks.push(item);
  }
  return blocks;
};

/** The expression of `"${x}"`, which HCL evaluates to x itself, not to text. */
export const soleInterpolation = (template: Template | Heredoc): Expression | undefined => {
  const only = template.parts.length === 1 ? template.parts[0] : undefined;
  return only?.kind === "interpolation" ? only.expression : undefined;
};

/** The text of a template without interpolations or directives; undefined for any other expression. */
export const literalString = (expression: Expression): string | undefined => {
  if (expression.kind !== "template" && expression.kind !== "heredoc") return undefined;
  let text = "";
  for (const part of expression.parts) {
    if (part.kind !== "literal") return undefined;
    text += part.value;
  }
  return text;
};

/** An object key that is known without evaluation: bare names (true, false and null too), strings, numbers. */
export const literalKey = (key: Expression): string | undefined => {
  switch (key.kind) {
    case "variable":
      return key.name;
    case "bool":
      return String(key.value);
    case "null":
      return "null";
    case "number":
      return String(Number(key.text));
    default:
      return literalString(key);
  }
};

export type TraversalStep =
  | { readonly kind: "attribute"; readonly name: string; readonly span: Span }
  | { readonly kind: "index"; readonly key: Expression; readonly span: Span };

/** A reference without splats: root name, then steps in source order. */
export interface Traversal {
  readonly root: Variable;
  readonly steps: readonly TraversalStep[];
}

/** `aws_s3_bucket.b[0].id` as root and steps; undefined where the root is not a plain name. */
export const traversalOf = (expression: Expression): Traversal | undefined => {
  const steps: TraversalStep[] = [];
  let at = expression;
  while (at.kind === "get" || at.kind === "index") {
    const span = { start: at.object.end, end: at.end };
    if (at.kind === "get") steps.push({ kind: "attribute", name: at.name, span });
    else steps.push({ kind: "index", key: at.key, span });
    at = at.object;
  }
  return at.kind === "variable" ? { root: at, steps: steps.reverse() } : undefined;
};
