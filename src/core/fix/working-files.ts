/** Files that are being mended: what they were, the edits so far, and what they are now. Values, never changed in place. */
import type { Edit } from "../model/patch.ts";
import type { SourceFile, SourceRange } from "../model/source-range.ts";
import { applyEdits, composeEdits } from "./edit.ts";

interface Draft {
  readonly original: SourceFile;
  readonly current: SourceFile;
  /** In terms of the original. */
  readonly edits: readonly Edit[];
}

export class WorkingFiles {
  readonly #drafts: ReadonlyMap<string, Draft>;

  private constructor(drafts: ReadonlyMap<string, Draft>) {
    this.#drafts = drafts;
  }

  static of(files: readonly SourceFile[]): WorkingFiles {
    return new WorkingFiles(new Map(files.map((file) => [file.path, { original: file, current: file, edits: [] }])));
  }

  /** The file as it is now. */
  get(path: string): SourceFile | undefined {
    return this.#drafts.get(path)?.current;
  }

  /** Makes edits of files as they are now. */
  with(edits: readonly Edit[]): WorkingFiles {
    const drafts = new Map(this.#drafts);
    for (const path of new Set(edits.map((edit) => edit.file))) {
      const draft = drafts.get(path);
      if (!draft) throw new RangeError(`${path} is not among the files`);
      const mine = edits.filter((edit) => edit.file === path);
      const { original, current } = draft;
      drafts.set(path, {
        original,
        current: { path, bytes: applyEdits(current.bytes, mine) },
        edits: draft.edits.length === 0 ? mine : composeEdits(original.bytes.length, draft.edits, mine),
      });
    }
    return new WorkingFiles(drafts);
  }

  /** Where a range of the original is now; undefined where edits reach over one of its ends. */
  now(range: SourceRange): { readonly start: number; readonly end: number } | undefined {
    const edits = this.#drafts.get(range.file)?.edits ?? [];
    const start = shifted(edits, range.start, "after");
    const end = shifted(edits, range.end, "before");
    return start === undefined || end === undefined ? undefined : { start, end };
  }

  /** Every edit, in terms of the originals. */
  edits(): readonly Edit[] {
    return [...this.#drafts.values()].flatMap((draft) => draft.edits);
  }

  /** All files as they are now. */
  all(): readonly SourceFile[] {
    return [...this.#drafts.values()].map((draft) => draft.current);
  }

  /** Files that differ: before and after. */
  changed(): readonly { readonly before: SourceFile; readonly after: SourceFile }[] {
    return [...this.#drafts.values()]
      .filter((draft) => draft.edits.length > 0)
      .map(({ original, current }) => ({ before: original, after: current }));
  }
}

/** What was inserted exactly at the offset lies before it (a start) or after it (an end). */
function shifted(edits: readonly Edit[], offset: number, side: "before" | "after"): number | undefined {
  let delta = 0;
  for (const { start, end, text } of edits) {
    if (start < offset && offset < end) return undefined;
    const counts = start === end && start === offset ? side === "after" : end <= offset && start < offset;
    if (counts) delta += Buffer.byteLength(text) - (end - start);
  }
  return offset + delta;
}
