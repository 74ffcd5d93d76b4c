// Where new attributes, blocks and items go, and what white space they bring.
import type { BlockBody, FixValue } from "../../model/patch.ts";
import {
  type Block,
  type Body,
  blocksOf,
  type HclFile,
  type ObjectExpression,
  type Tuple,
} from "../../read/hcl/ast.ts";
import { accept, type Draft, type EditAttempt, insert, refuse, replace } from "./attempt.ts";
import {
  indentAt,
  isBlankBetween,
  isBlankLine,
  isFirstOnLine,
  isOneLine,
  itemIndent,
  lineEnd,
  nextLine,
} from "./layout.ts";
import { isBareKey, renderBlock, renderString, renderValue } from "./render.ts";

/** A body with the block that holds it; none for a file's own body. */
export interface Container {
  readonly body: Body;
  readonly block: Block | undefined;
}

export const insertAttribute = (draft: Draft, container: Container, name: string, value: FixValue): EditAttempt => {
  const { file, layout } = draft;
  const { body, block } = container;
  if (block && block.close < 0) return refuse(draft, block, `The block "${block.type}" has no closing brace.`);
  const indent = contentIndent(draft, container);
  const line = `${indent}${name} = ${renderValue(value, layout, indent)}`;
  if (block && isOneLine(file, { start: block.open, end: block.close })) return openUp(draft, block, line, indent);
  const anchor = anchorAttribute(body);
  if (anchor) return insertBehind(draft, anchor.end, line);
  if (!block) return insertAtFileStart(draft, line);
  const gap = body.items.length > 0 && !isBlankLine(file, nextLine(file, block.open)) ? layout.eol : "";
  return accept(insert(draft, lineEnd(file, block.open + 1), `${layout.eol}${line}${gap}`));
};

/** The last attribute before the first nested block; where blocks come first, the last attribute there is. */
const anchorAttribute = (body: Body) => {
  const firstBlock = body.items.findIndex((item) => item.kind === "block");
  const leading = firstBlock < 0 ? body.items : body.items.slice(0, firstBlock);
  return leading.at(-1) ?? body.items.findLast((item) => item.kind === "attribute");
};

export const contentIndent = (draft: Draft, { body, block }: Container): string =>
  block ? itemIndent(draft.file, body, indentAt(draft.file, block.start), draft.layout) : "";

/** New lines behind the line of `offset`, whether or not that line has a line break. */
const insertBehind = (draft: Draft, offset: number, lines: string): EditAttempt =>
  accept(insert(draft, lineEnd(draft.file, offset), draft.layout.eol + lines));

const insertAtFileStart = (draft: Draft, line: string): EditAttempt => {
  const start = draft.file.latin1.startsWith("\xef\xbb\xbf") ? 3 : 0;
  const gap = draft.file.body.items.length > 0 ? draft.layout.eol : "";
  return accept(insert(draft, start, line + draft.layout.eol + gap));
};

/** `{ a = 1 }` on one line, opened up to take another line. */
const openUp = (draft: Draft, block: Block, line: string, indent: string): EditAttempt => {
  const { file, layout } = draft;
  const inside = block.open + 1;
  const outer = indentAt(file, block.start);
  if (isBlankBetween(file, inside, block.close)) {
    return accept(replace(draft, inside, block.close, `${layout.eol}${line}${layout.eol}${outer}`));
  }
  const text = file.latin1.slice(inside, block.close);
  const start = inside + text.length - text.trimStart().length;
  const end = inside + text.trimEnd().length;
  return accept(
    replace(draft, inside, start, layout.eol + indent),
    replace(draft, end, block.close, `${layout.eol}${line}${layout.eol}${outer}`),
  );
};

/** A nested block: behind the last one of its type, or at the end of the body. */
export const insertBlock = (draft: Draft, container: Container, type: string, content: BlockBody): EditAttempt => {
  const { file, layout } = draft;
  const { body, block } = container;
  if (!block) return refuse(draft, { start: 0, end: 0 }, "Blocks nest in blocks, not in files.");
  if (block.close < 0) return refuse(draft, block, `The block "${block.type}" has no closing brace.`);
  const indent = contentIndent(draft, container);
  const text = indent + renderBlock(type, content, layout, indent);
  if (isOneLine(file, { start: block.open, end: block.close }))
    return openUp(draft, block, gapIn(body, layout.eol) + text, indent);

  const twin = blocksOf(body, type).at(-1);
  if (twin) {
    const next = nextLine(file, twin.end);
    const gap =
      isBlankLine(file, next) || next >= block.close || isBlankBetween(file, next, block.close) ? "" : layout.eol;
    return accept(insert(draft, lineEnd(file, twin.end), layout.eol + layout.eol + text + gap));
  }
  const end = block.open + 1 + file.latin1.slice(block.open + 1, block.close).trimEnd().length;
  const tail = file.latin1.slice(end, block.close).includes("\n") ? "" : layout.eol + indentAt(file, block.start);
  return accept(insert(draft, end, layout.eol + gapIn(body, layout.eol) + text + tail));
};

const gapIn = (body: Body, eol: string): string => (body.items.length > 0 ? eol : "");

/** A new item at the end of an object. */
export const insertItem = (draft: Draft, object: ObjectExpression, key: string, value: FixValue): EditAttempt => {
  const { file, layout } = draft;
  const last = object.items.at(-1);
  const name = last?.key.kind === "template" || !isBareKey(key) ? renderString(key) : key;
  const separator = last && file.latin1[last.separator] === ":" ? " : " : " = ";
  const assignment = (indent: string, inline: boolean) =>
    `${name}${separator}${renderValue(value, layout, indent, inline)}`;
  if (!last && isOneLine(file, object)) {
    return accept(replace(draft, object.start, object.end, `{ ${assignment("", true)} }`));
  }
  return insertMember(draft, object, last?.end, assignment);
};

/** A new element at the end of a list. */
export const insertElement = (draft: Draft, tuple: Tuple, value: FixValue): EditAttempt => {
  const element = (indent: string, inline: boolean) => renderValue(value, draft.layout, indent, inline);
  if (tuple.items.length === 0 && isOneLine(draft.file, tuple)) {
    return accept(replace(draft, tuple.start, tuple.end, `[${element("", true)}]`));
  }
  return insertMember(draft, tuple, tuple.items.at(-1)?.end, element);
};

const insertMember = (
  draft: Draft,
  collection: ObjectExpression | Tuple,
  lastEnd: number | undefined,
  render: (indent: string, inline: boolean) => string,
): EditAttempt => {
  const { file, layout } = draft;
  const close = collection.end - 1;
  if (lastEnd === undefined) {
    const indent = indentAt(file, collection.start) + layout.unit;
    const comma = collection.kind === "tuple" ? "," : "";
    return accept(
      insert(draft, lineEnd(file, collection.start + 1), `${layout.eol}${indent}${render(indent, false)}${comma}`),
    );
  }
  const comma = commaBehind(file, lastEnd, close);
  const last = collection.items.at(-1);
  if (isOneLine(file, { start: lastEnd, end: close }) || !last || !isFirstOnLine(file, last.start)) {
    return accept(insert(draft, lastEnd, `, ${render(indentAt(file, lastEnd), true)}`));
  }
  const indent = indentAt(file, last.start);
  const needsComma = collection.kind === "tuple" && comma < 0;
  const tail = comma >= 0 || collection.kind === "tuple" ? "," : "";
  const line = insert(
    draft,
    lineEnd(file, Math.max(lastEnd, comma)),
    `${layout.eol}${indent}${render(indent, false)}${tail}`,
  );
  return needsComma ? accept(insert(draft, lastEnd, ","), line) : accept(line);
};

/** The comma behind a member, before the closing bracket; -1 where there is none. */
export const commaBehind = (file: HclFile, from: number, close: number): number => {
  for (let at = from; at < close; at++) {
    const comment = file.comments.find((it) => it.start === at);
    if (comment) at = comment.end - 1;
    else if (file.latin1[at] === ",") return at;
  }
  return -1;
};
