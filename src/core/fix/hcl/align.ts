// Columns of `=` and of trailing comments, as `terraform fmt` sets them: within a run of lines that have one each. A run
// whose lines were not aligned before is its author's business and stays.
import type { Edit } from "../../model/patch.ts";
import type { HclFile } from "../../read/hcl/ast.ts";
import { parseHcl } from "../../read/hcl/parse.ts";
import { walk } from "../../read/hcl/walk.ts";
import { applyEdits, composeEdits, originalOffset, writtenRanges } from "../edit.ts";
import { isBlankBetween, lineEnd, lineStart } from "./layout.ts";

/** The edits, and what it takes to keep the runs of lines that they touch aligned. */
export const withAlignment = (file: HclFile, edits: readonly Edit[]): readonly Edit[] => {
  if (edits.length === 0) return edits;
  const size = file.bytes.length;
  const wasRagged = new Set(cellsOf(file).flatMap((run) => run.filter(isRagged).map((cell) => cell.mark)));
  let result = edits;
  // Moving the assignments moves the comments behind them: two rounds.
  for (const kind of ["assignment", "comment"] as const) {
    const edited = parseHcl(applyEdits(file.bytes, result), file.file);
    const touched = writtenRanges(result).map(({ start, end }) => ({
      from: edited.lineAt(Math.max(0, start - 1)),
      // The next line too: an edit can cut it off from the run it was in.
      to: edited.lineAt(end) + 1,
    }));
    const isTouched = (cell: Cell) => touched.some(({ from, to }) => cell.line >= from && cell.line <= to);
    const mayMove = (cell: Cell) => {
      const before = originalOffset(size, result, cell.mark);
      return before === undefined || !wasRagged.has(before);
    };
    const moves = cellsOf(edited)
      .filter((run) => run[0]?.kind === kind && run.some(isTouched) && run.every(mayMove))
      .flatMap((run) => run.filter(isRagged))
      .map((cell): Edit => ({ file: file.file, start: cell.gap, end: cell.mark, text: " ".repeat(cell.spaces) }));
    result = composeEdits(size, result, moves);
  }
  return result;
};

/** A place before which blanks align something. */
interface Cell {
  readonly kind: "assignment" | "comment";
  readonly line: number;
  /** Where the blanks begin. */
  readonly gap: number;
  /** Where the `=` or the comment begins. */
  readonly mark: number;
  /** Blanks that the run asks for. */
  readonly spaces: number;
}

const isRagged = (cell: Cell): boolean => cell.mark - cell.gap !== cell.spaces;

const cellsOf = (file: HclFile): readonly Cell[][] => [
  ...runs(file, "assignment", assignmentMarks(file)),
  ...runs(file, "comment", commentMarks(file)),
];

interface Mark {
  readonly offset: number;
  /** The line that it reaches to: a heredoc counts as one line. */
  readonly endLine: number;
}

/** Cells of consecutive lines together, each with the blanks that put its mark one column behind the run's longest text. */
const runs = (file: HclFile, kind: Cell["kind"], marks: ReadonlyMap<number, Mark>): Cell[][] => {
  const grouped: { readonly line: number; readonly gap: number; readonly mark: Mark; readonly width: number }[][] = [];
  for (const [line, mark] of [...marks].sort(([a], [b]) => a - b)) {
    let gap = mark.offset;
    while (file.latin1[gap - 1] === " " || file.latin1[gap - 1] === "\t") gap--;
    const cell = { line, gap, mark, width: file.columnAt(gap) };
    const run = grouped.at(-1);
    if (run?.at(-1)?.mark.endLine === line - 1) run.push(cell);
    else grouped.push([cell]);
  }
  return grouped.map((run) => {
    const widest = Math.max(...run.map((cell) => cell.width));
    return run.map(({ line, gap, mark, width }) => ({
      kind,
      line,
      gap,
      mark: mark.offset,
      spaces: widest - width + 1,
    }));
  });
};

/** Per line the first `=` whose value ends on the line, or is a heredoc. */
const assignmentMarks = (file: HclFile): ReadonlyMap<number, Mark> => {
  const first = new Map<number, Mark & { isWhole: boolean }>();
  walk(file.body, (node) => {
    if (node.kind !== "attribute" && node.kind !== "item") return;
    const offset = node.kind === "attribute" ? node.equals : node.separator;
    if (file.latin1[offset] !== "=") return;
    const line = file.lineAt(offset);
    if ((first.get(line)?.offset ?? Number.POSITIVE_INFINITY) <= offset) return;
    const isHeredoc = node.value.kind === "heredoc";
    const endLine = isHeredoc ? file.lineAt(node.value.end) : line;
    first.set(line, { offset, endLine, isWhole: isHeredoc || endsOnItsLine(file, offset, node.value.end) });
  });
  return new Map([...first].filter(([, mark]) => mark.isWhole));
};

const endsOnItsLine = (file: HclFile, mark: number, end: number): boolean => {
  if (file.lineAt(mark) !== file.lineAt(end)) return false;
  const stop = lineEnd(file, mark);
  const comment = file.comments.find((it) => it.start >= end && it.start < stop);
  return (
    isBlankBetween(file, end, comment?.start ?? stop) ||
    /^\s*,\s*$/.test(file.latin1.slice(end, comment?.start ?? stop))
  );
};

/** Per line the comment to the line's end, where something stands before it. */
const commentMarks = (file: HclFile): ReadonlyMap<number, Mark> =>
  new Map(
    file.comments.flatMap(({ start, end }) => {
      const toLineEnd = file.latin1[start] === "#" || file.latin1[start + 1] === "/";
      if (!toLineEnd || end < start || isBlankBetween(file, lineStart(file, start), start)) return [];
      const line = file.lineAt(start);
      return [[line, { offset: start, endLine: line }] as const];
    }),
  );
