// A file's bytes with what is asked of them on demand: lines, columns, text. Knows nothing of HCL.
import type { Diagnostic } from "../../model/finding.ts";
import type { SourceRange } from "../../model/source-range.ts";
import type { Span } from "./ast.ts";

/** Something wrong at a place, before lines are known. */
export interface Problem extends Span {
  readonly summary: string;
  readonly detail: string;
}

export class Source {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly latin1: string;
  readonly #buffer: Buffer;
  #lineStarts: readonly number[] | undefined;

  constructor(bytes: Uint8Array, file: string) {
    this.file = file;
    this.bytes = bytes;
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.latin1 = this.#buffer.toString("latin1");
  }

  lineAt(offset: number): number {
    const starts = this.#starts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  columnAt(offset: number): number {
    const lineStart = this.#starts()[this.lineAt(offset) - 1] ?? 0;
    let column = 1;
    for (let i = lineStart; i < offset; i++) if (((this.bytes[i] ?? 0) & 0xc0) !== 0x80) column++;
    return column;
  }

  rangeOf(span: Span): SourceRange {
    const line = this.lineAt(span.start);
    // A range that ends with its line break ends on that line, not on the next one.
    const endLine = Math.max(line, this.lineAt(Math.max(span.start, span.end - 1)));
    return { file: this.file, start: span.start, end: span.end, line, endLine };
  }

  textOf(span: Span): string {
    return this.#buffer.toString("utf8", span.start, span.end);
  }

  diagnosticOf(problem: Problem): Diagnostic {
    return {
      severity: "error",
      summary: problem.summary,
      detail: problem.detail,
      file: this.file,
      line: this.lineAt(problem.start),
      column: this.columnAt(problem.start),
      range: this.rangeOf(problem),
    };
  }

  #starts(): readonly number[] {
    if (this.#lineStarts) return this.#lineStarts;
    const starts = [0];
    for (let at = this.latin1.indexOf("\n"); at >= 0; at = this.latin1.indexOf("\n", at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
    return starts;
  }
}
