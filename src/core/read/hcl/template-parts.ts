// From a template's flat pieces to its tree: strip markers, heredoc indentation, nesting of directives. The order of
// these steps, and that each line of a heredoc is a piece of its own, decide the white space of the result.
import type { Expression, Interpolation, Name, Span, TemplateLiteral, TemplatePart } from "./ast.ts";
import type { Problem, Source } from "./source.ts";

export type ControlWord = "if" | "else" | "endif" | "for" | "endfor";

export interface Control extends Span {
  readonly kind: "control";
  /** Undefined where it is none that HCL knows. */
  readonly word: ControlWord | undefined;
  readonly stripBefore: boolean;
  readonly stripAfter: boolean;
  readonly expression: Expression | undefined;
  readonly keyName: Name | undefined;
  readonly valueName: Name | undefined;
}

export type Piece = TemplateLiteral | Interpolation | Control;

const isHexDigit = (byte: number): boolean =>
  (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 70) || (byte >= 97 && byte <= 102);

/** Length of the escape that begins with the backslash at `at`; 0 where there is no such escape. */
export const escapeLength = (data: Uint8Array, at: number): number => {
  const letter = String.fromCharCode(data[at + 1] ?? 0);
  if ('nrt"\\'.includes(letter)) return 2;
  const digits = letter === "u" ? 4 : letter === "U" ? 8 : 0;
  for (let i = 0; i < digits; i++) if (!isHexDigit(data[at + 2 + i] ?? 0)) return 0;
  return digits > 0 ? digits + 2 : 0;
};

const SIMPLE: { readonly [letter: string]: string } = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };
const QUOTED_ESCAPES = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))|([$%])\4(?=\{)/g;
const TEMPLATE_ESCAPES = /([$%])\1(?=\{)/g;
const NOT_ASCII = /[^\0-\x7f]/;

const character = (hex: string): string => {
  const code = Number.parseInt(hex, 16);
  return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? "\ufffd" : String.fromCodePoint(code);
};

/** The value of literal text: UTF-8, escapes (backslashes only in quoted strings), Unicode NFC as HCL prescribes. */
export const decodeText = (source: Source, start: number, end: number, backslashes: boolean): string => {
  const raw = source.latin1.slice(start, end);
  const text = NOT_ASCII.test(raw) ? source.textOf({ start, end }) : raw;
  const decoded = backslashes
    ? text.replace(QUOTED_ESCAPES, (all, short?: string, long?: string, letter?: string, doubled?: string) => {
        if (doubled !== undefined) return doubled;
        const hex = short ?? long;
        return hex !== undefined ? character(hex) : (SIMPLE[letter ?? ""] ?? all);
      })
    : text.replace(TEMPLATE_ESCAPES, "$1");
  return NOT_ASCII.test(decoded) ? decoded.normalize("NFC") : decoded;
};

interface Assembled {
  readonly parts: TemplatePart[];
  /** Levels that directives add. */
  readonly height: number;
  readonly problems: readonly Problem[];
}

export const assembleParts = (pieces: readonly Piece[], dedent: boolean, maxDepth: number): Assembled => {
  const stripped = pieces.some(hasStrip) ? strip(pieces) : pieces;
  return nest(dedent ? dedented(stripped) : stripped, maxDepth);
};

const hasStrip = (piece: Piece): boolean => piece.kind !== "literal" && (piece.stripBefore || piece.stripAfter);

const strip = (pieces: readonly Piece[]): Piece[] =>
  pieces.map((piece, i) => {
    if (piece.kind !== "literal") return piece;
    const before = pieces[i - 1];
    const after = pieces[i + 1];
    let value = piece.value;
    if (before && before.kind !== "literal" && before.stripAfter) value = value.trimStart();
    if (after && after.kind !== "literal" && after.stripBefore) value = value.trimEnd();
    return { ...piece, value };
  });

/** Characters of the white space that a text begins with. */
const leadingSpace = (text: string): string[] => [...text.slice(0, text.length - text.trimStart().length)];

/** Takes off the white space that all lines begin with. Blank lines do not count, and stay as they are. */
const dedented = (pieces: readonly Piece[]): readonly Piece[] => {
  const lineStarts = new Set<Piece>();
  let least = Number.POSITIVE_INFINITY;
  let atLineStart = true;
  for (const piece of pieces) {
    if (atLineStart) {
      atLineStart = false;
      if (piece.kind !== "literal") least = 0;
      else if (piece.value.trimStart() !== "" || !piece.value.endsWith("\n")) {
        lineStarts.add(piece);
        least = Math.min(least, leadingSpace(piece.value).length);
      }
    }
    if (piece.kind === "literal" && piece.value.endsWith("\n")) atLineStart = true;
  }
  if (least === 0) return pieces;
  return pieces.map((piece) => {
    if (piece.kind !== "literal" || !lineStarts.has(piece)) return piece;
    const removed = leadingSpace(piece.value).slice(0, least).join("").length;
    return { ...piece, value: piece.value.slice(removed) };
  });
};

interface Open {
  readonly control: Control;
  readonly parts: TemplatePart[];
  otherwise: TemplatePart[] | undefined;
}

/** Directives around their contents. Iterative, so that a template of directives cannot end the stack. */
const nest = (pieces: readonly Piece[], maxDepth: number): Assembled => {
  const root: TemplatePart[] = [];
  const stack: Open[] = [];
  const problems: Problem[] = [];
  let height = 0;
  let current = root;
  const complain = (at: Span, summary: string, detail: string) =>
    problems.push({ start: at.start, end: at.end, summary, detail });
  const close = (end: number) => {
    const open = stack.pop();
    if (!open) return;
    const parent = stack.at(-1);
    current = parent ? (parent.otherwise ?? parent.parts) : root;
    current.push(directive(open, end));
  };

  for (const piece of pieces) {
    if (piece.kind === "literal") appendText(current, piece);
    else if (piece.kind === "interpolation") current.push(piece);
    else if (piece.word === "if" || piece.word === "for") {
      if (stack.length >= maxDepth) {
        complain(piece, "Nesting too deep", "Template directives nest too deep here.");
        continue;
      }
      const open: Open = { control: piece, parts: [], otherwise: undefined };
      stack.push(open);
      height = Math.max(height, stack.length);
      current = open.parts;
    } else if (piece.word) {
      const open = stack.at(-1);
      const opener = piece.word === "endfor" ? "for" : "if";
      if (open?.control.word !== opener || (piece.word === "else" && open.otherwise)) {
        complain(piece, `Unexpected ${piece.word} directive`, `There is no open "${opener}" that it could belong to.`);
      } else if (piece.word === "else") {
        open.otherwise = [];
        current = open.otherwise;
      } else close(piece.end);
    }
  }
  const end = pieces.at(-1)?.end ?? 0;
  while (stack.length > 0) {
    const open = stack.at(-1);
    if (open)
      complain(
        open.control,
        "Unclosed template directive",
        `This "${open.control.word}" has no "end${open.control.word}".`,
      );
    close(end);
  }
  return { parts: root, height, problems };
};

const directive = (open: Open, end: number): TemplatePart => {
  const { start, expression, keyName, valueName } = open.control;
  const missing: Expression = { kind: "error", start, end: open.control.end };
  if (open.control.word === "if") {
    const alternative = open.otherwise ?? [];
    return { kind: "if", start, end, condition: expression ?? missing, consequent: open.parts, alternative };
  }
  const nameless = { start, end: open.control.end, name: "" };
  const collection = expression ?? missing;
  return { kind: "for", start, end, keyName, valueName: valueName ?? nameless, collection, parts: open.parts };
};

/** Adjoining texts become one. */
const appendText = (parts: TemplatePart[], text: TemplateLiteral): void => {
  const last = parts.at(-1);
  if (last?.kind !== "literal") parts.push(text);
  else parts[parts.length - 1] = { kind: "literal", start: last.start, end: text.end, value: last.value + text.value };
};
