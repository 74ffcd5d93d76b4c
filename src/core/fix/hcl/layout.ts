// How a file is laid out: its line ends, its indentation, its lines. New text follows suit.
import { type Block, type Body, blocksOf, type HclFile, type Span } from "../../read/hcl/ast.ts";

export interface Layout {
  readonly eol: "\n" | "\r\n";
  /** One level of indentation. */
  readonly unit: string;
}

export const layoutOf = (file: HclFile): Layout => {
  const firstBreak = file.latin1.indexOf("\n");
  const eol = firstBreak > 0 && file.latin1[firstBreak - 1] === "\r" ? "\r\n" : "\n";
  return { eol, unit: unitIn(file, blocksOf(file.body)) ?? "  " };
};

const unitIn = (file: HclFile, blocks: readonly Block[]): string | undefined => {
  for (const block of blocks) {
    const outer = indentAt(file, block.start);
    const first = block.body.items[0];
    const inner = first && isFirstOnLine(file, first.start) ? indentAt(file, first.start) : "";
    if (inner.length > outer.length && inner.startsWith(outer)) return inner.slice(outer.length);
  }
  return undefined;
};

/** First byte of the line that `offset` is on. */
export const lineStart = (file: HclFile, offset: number): number =>
  offset === 0 ? 0 : file.latin1.lastIndexOf("\n", offset - 1) + 1;

/** The blanks that the line of `offset` begins with. */
export const indentAt = (file: HclFile, offset: number): string => {
  const start = lineStart(file, offset);
  let end = start;
  while (file.latin1[end] === " " || file.latin1[end] === "\t") end++;
  return file.latin1.slice(start, end);
};

export const isFirstOnLine = (file: HclFile, offset: number): boolean =>
  lineStart(file, offset) + indentAt(file, offset).length >= offset;

/** Where the line break behind `offset` begins (\r of CRLF), past any comment that reaches over the line's end. */
export const lineEnd = (file: HclFile, offset: number): number => {
  const newline = file.latin1.indexOf("\n", offset);
  if (newline < 0) return file.bytes.length;
  const comment = file.comments.find((it) => it.start <= newline && newline < it.end);
  if (comment) return lineEnd(file, comment.end);
  return newline > offset && file.latin1[newline - 1] === "\r" ? newline - 1 : newline;
};

/** First byte of the line behind `offset`'s line. */
export const nextLine = (file: HclFile, offset: number): number => {
  const newline = file.latin1.indexOf("\n", lineEnd(file, offset));
  return newline < 0 ? file.bytes.length : newline + 1;
};

/** Whether nothing but blanks is between two offsets. */
export const isBlankBetween = (file: HclFile, start: number, end: number): boolean =>
  file.latin1.slice(start, end).trim() === "";

/** Whether the line that starts at `offset` is empty; false at the end of the file. */
export const isBlankLine = (file: HclFile, offset: number): boolean =>
  offset < file.bytes.length && isBlankBetween(file, offset, nextLine(file, offset));

export const isOneLine = (file: HclFile, span: Span): boolean =>
  !file.latin1.slice(span.start, span.end).includes("\n");

/** Indentation for an item of a body: as its other items have it. */
export const itemIndent = (file: HclFile, body: Body, outer: string, layout: Layout): string => {
  const sample = body.items.find((item) => isFirstOnLine(file, item.start));
  return sample ? indentAt(file, sample.start) : outer + layout.unit;
};
