/** A file's bytes as text, and the way back: from UTF-16 offsets of the text to bytes, lines and columns of the file. */
import type { SourceFile, SourceRange } from "../model/source-range.ts";

export class SourceText {
  readonly path: string;
  /** The decoded text. A byte order mark is kept as its first character, so that offsets stay exact. */
  readonly text: string;
  readonly #ascii: boolean;
  #bytesBefore: Uint32Array | undefined;
  #lineStarts: number[] | undefined;

  private constructor(path: string, text: string, byteLength: number) {
    this.path = path;
    this.text = text;
    this.#ascii = byteLength === text.length;
  }

  /** Undefined where the bytes are not UTF-8. */
  static decode(file: SourceFile): SourceText | undefined {
    try {
      const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(file.bytes);
      return new SourceText(file.path, text, file.bytes.length);
    } catch {
      return undefined;
    }
  }

  /** The byte at which the character at `offset` starts. */
  byteAt(offset: number): number {
    if (this.#ascii) return offset;
    this.#bytesBefore ??= bytesBefore(this.text);
    return this.#bytesBefore[Math.min(offset, this.text.length)] ?? 0;
  }

  /** Line of an offset, from 1. */
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

  /** Column of an offset in characters, from 1. */
  columnAt(offset: number): number {
    return offset - this.lineStart(this.lineAt(offset)) + 1;
  }

  /** Offset at which a line (from 1) starts. */
  lineStart(line: number): number {
    const starts = this.#starts();
    return starts[Math.min(Math.max(line, 1), starts.length) - 1] ?? 0;
  }

  /** The span of text [start, end), which may be empty. */
  range(start: number, end: number): SourceRange {
    const last = Math.max(start, end - 1);
    return {
      file: this.path,
      start: this.byteAt(start),
      end: this.byteAt(Math.max(start, end)),
      line: this.lineAt(start),
      endLine: this.lineAt(last),
    };
  }

  #starts(): readonly number[] {
    if (!this.#lineStarts) {
      this.#lineStarts = [0];
      for (let at = this.text.indexOf("\n"); at !== -1; at = this.text.indexOf("\n", at + 1))
        this.#lineStarts.push(at + 1);
    }
    return this.#lineStarts;
  }
}

/** For every UTF-16 offset, the number of UTF-8 bytes before it. */
function bytesBefore(text: string): Uint32Array {
  const before = new Uint32Array(text.length + 1);
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    before[i] = bytes;
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < text.length) {
      before[i + 1] = bytes;
      bytes += 4;
      i++;
    } else bytes += 3;
  }
  before[text.length] = bytes;
  return before;
}
