// Edits of one file's bytes: applied, checked, and two rounds of them joined into one.
import type { Edit } from "../model/patch.ts";

/** Two edits that cannot both be made, or an edit outside the file; undefined where all of them can be applied. */
export const conflictIn = (size: number, edits: readonly Edit[]): string | undefined => {
  let previous: Edit | undefined;
  for (const edit of inOrder(edits)) {
    if (!(edit.start >= 0 && edit.start <= edit.end && edit.end <= size)) {
      return `edit [${edit.start}, ${edit.end}) is not inside the ${size} bytes of ${edit.file}`;
    }
    if (previous && previous.file !== edit.file) return `edits of ${previous.file} and ${edit.file} are mixed`;
    if (previous && edit.start < previous.end) {
      return `edits [${previous.start}, ${previous.end}) and [${edit.start}, ${edit.end}) of ${edit.file} overlap`;
    }
    previous = edit;
  }
  return undefined;
};

/**
 * The bytes with all edits made, in any order given; insertions at the same place keep theirs. Every byte outside the
 * edits stays as it is. Throws RangeError where conflictIn names a conflict: ask it first about edits of several authors.
 */
export const applyEdits = (bytes: Uint8Array, edits: readonly Edit[]): Uint8Array => {
  const conflict = conflictIn(bytes.length, edits);
  if (conflict) throw new RangeError(conflict);
  return flatten(bytes, piecesOf(bytes.length, edits));
};

/** The edits that do to the original what `first` and then `second` (of the edited bytes) do. */
export const composeEdits = (size: number, first: readonly Edit[], second: readonly Edit[]): readonly Edit[] => {
  if (second.length === 0) return first;
  const between = piecesOf(size, first);
  const after: Piece[] = [];
  let at = 0;
  for (const edit of inOrder(second)) {
    after.push(...slicePieces(between, at, edit.start), textPiece(edit.text));
    at = edit.end;
  }
  after.push(...slicePieces(between, at, Number.POSITIVE_INFINITY));
  return editsOf(size, second[0]?.file ?? "", after);
};

/** Where an offset of the edited bytes was before the edits; undefined inside inserted text. */
export const originalOffset = (size: number, edits: readonly Edit[], offset: number): number | undefined => {
  let at = 0;
  for (const piece of piecesOf(size, edits)) {
    const length = lengthOf(piece);
    if (offset < at + length) return piece.kind === "kept" ? piece.start + offset - at : undefined;
    at += length;
  }
  return undefined;
};

/** Ranges of the edited bytes that the edits wrote; empty ones where they only removed. */
export const writtenRanges = (edits: readonly Edit[]): { readonly start: number; readonly end: number }[] => {
  let shift = 0;
  return inOrder(edits).map((edit) => {
    const start = edit.start + shift;
    const length = Buffer.byteLength(edit.text);
    shift += length - (edit.end - edit.start);
    return { start, end: start + length };
  });
};

/** A file as a sequence of kept ranges and new text. */
type Piece =
  | { readonly kind: "kept"; readonly start: number; readonly end: number }
  | { readonly kind: "text"; readonly bytes: Uint8Array };

const inOrder = (edits: readonly Edit[]): Edit[] => [...edits].sort((a, b) => a.start - b.start || a.end - b.end);

const textPiece = (text: string): Piece => ({ kind: "text", bytes: Buffer.from(text, "utf8") });

const lengthOf = (piece: Piece): number => (piece.kind === "kept" ? piece.end - piece.start : piece.bytes.length);

const piecesOf = (size: number, edits: readonly Edit[]): Piece[] => {
  const pieces: Piece[] = [];
  let at = 0;
  for (const edit of inOrder(edits)) {
    if (edit.start > at) pieces.push({ kind: "kept", start: at, end: edit.start });
    if (edit.text !== "") pieces.push(textPiece(edit.text));
    at = edit.end;
  }
  if (at < size) pieces.push({ kind: "kept", start: at, end: size });
  return pieces;
};

const slicePieces = (pieces: readonly Piece[], start: number, end: number): Piece[] => {
  const result: Piece[] = [];
  let at = 0;
  for (const piece of pieces) {
    const length = lengthOf(piece);
    const from = Math.max(start - at, 0);
    const to = Math.min(end - at, length);
    if (from < to) {
      result.push(
        piece.kind === "kept"
          ? { kind: "kept", start: piece.start + from, end: piece.start + to }
          : { kind: "text", bytes: piece.bytes.subarray(from, to) },
      );
    }
    at += length;
  }
  return result;
};

const editsOf = (size: number, file: string, pieces: readonly Piece[]): Edit[] => {
  const edits: Edit[] = [];
  let at = 0;
  let text: Uint8Array[] = [];
  const flush = (end: number) => {
    if (end > at || text.length > 0) edits.push({ file, start: at, end, text: Buffer.concat(text).toString("utf8") });
    text = [];
  };
  for (const piece of pieces) {
    if (piece.kind === "text") {
      if (piece.bytes.length > 0) text.push(piece.bytes);
      continue;
    }
    flush(piece.start);
    at = piece.end;
  }
  flush(size);
  return edits;
};

const flatten = (bytes: Uint8Array, pieces: readonly Piece[]): Uint8Array => {
  const result = new Uint8Array(pieces.reduce((sum, piece) => sum + lengthOf(piece), 0));
  let at = 0;
  for (const piece of pieces) {
    result.set(piece.kind === "kept" ? bytes.subarray(piece.start, piece.end) : piece.bytes, at);
    at += lengthOf(piece);
  }
  return result;
};
