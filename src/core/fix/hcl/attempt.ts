// The answer of every editing function: edits, or why there are none.
import type { Edit } from "../../model/patch.ts";
import type { SourceRange } from "../../model/source-range.ts";
import type { HclFile, Span } from "../../read/hcl/ast.ts";
import { withAlignment } from "./align.ts";
import { type Layout, layoutOf } from "./layout.ts";

/** No edits where the file already says it. `why` is a sentence for a person, `at` the place that stood in the way. */
export type EditAttempt =
  | { readonly ok: true; readonly edits: readonly Edit[] }
  | { readonly ok: false; readonly why: string; readonly at: SourceRange };

/** A file that is being edited. */
export interface Draft {
  readonly file: HclFile;
  readonly layout: Layout;
}

export const draftOf = (file: HclFile): Draft => ({ file, layout: layoutOf(file) });

export const refuse = (draft: Draft, at: Span, why: string): EditAttempt => ({
  ok: false,
  why,
  at: draft.file.rangeOf(at),
});

export const nothingToDo: EditAttempt = { ok: true, edits: [] };

export const accept = (...edits: readonly Edit[]): EditAttempt => ({ ok: true, edits });

export const replace = (draft: Draft, start: number, end: number, text: string): Edit => ({
  file: draft.file.file,
  start,
  end,
  text,
});

export const insert = (draft: Draft, at: number, text: string): Edit => replace(draft, at, at, text);

export const aligned = (draft: Draft, attempt: EditAttempt): EditAttempt =>
  attempt.ok && draft.file.syntax === "native"
    ? { ok: true, edits: withAlignment(draft.file, attempt.edits) }
    : attempt;
