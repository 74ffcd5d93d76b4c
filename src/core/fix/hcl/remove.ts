// Taking things out, together with the lines, commas and blank lines that were there for them alone.
import type { Edit } from "../../model/patch.ts";
import {
  attributesOf,
  type Block,
  type Body,
  blocksOf,
  type Expression,
  type HclFile,
  literalKey,
  type ObjectExpression,
  type Span,
  type Tuple,
} from "../../read/hcl/ast.ts";
import { accept, type Draft, type EditAttempt, nothingToDo, refuse, replace } from "./attempt.ts";
import { type Container, commaBehind } from "./insert.ts";
import { isBlankBetween, isBlankLine, isFirstOnLine, isOneLine, lineEnd, lineStart, nextLine } from "./layout.ts";

export const removeIn = (draft: Draft, container: Container, path: readonly string[]): EditAttempt => {
  const [name = "", ...rest] = path;
  const { body, block } = container;
  const attributes = attributesOf(body).filter((attribute) => attribute.name === name);
  const attribute = attributes[0];
  if (attribute && rest.length === 0) return accept(...attributes.map((it) => removeFromBody(draft, it, block)));
  if (attribute) return removeInValue(draft, attribute.value, rest);

  const blocks = blocksOf(body, name);
  const made = blocksOf(body, "dynamic").filter((dynamic) => dynamic.labels[0]?.value === name);
  if (rest.length === 0) return accept(...[...blocks, ...made].map((it) => removeFromBody(draft, it, block)));
  const index = /^\d+$/.test(rest[0] ?? "") ? Number(rest[0]) : undefined;
  const inner = index === undefined ? rest : rest.slice(1);
  const contents = blocks.length > 0 ? blocks : made.flatMap((dynamic) => blocksOf(dynamic.body, "content"));
  const found = contents[index ?? 0];
  if (!found) return nothingToDo;
  if (inner.length > 0) return removeIn(draft, { body: found.body, block: found }, inner);
  if (blocks.length === 0) return refuse(draft, found, `"${name}" blocks are made by a dynamic block here.`);
  return accept(removeFromBody(draft, found, block));
};

const removeInValue = (draft: Draft, expression: Expression, path: readonly string[]): EditAttempt => {
  const [segment = "", ...rest] = path;
  if (expression.kind === "parentheses") return removeInValue(draft, expression.inner, path);
  if (expression.kind === "object") {
    const items = expression.items.filter((item) => literalKey(item.key) === segment);
    const last = items.at(-1);
    if (!last) return nothingToDo;
    if (rest.length > 0) return removeInValue(draft, last.value, rest);
    return accept(...items.map((item) => removeMember(draft, expression, item)));
  }
  if (expression.kind === "tuple") {
    const element = expression.items[Number(segment)];
    if (!element) return nothingToDo;
    return rest.length > 0 ? removeInValue(draft, element, rest) : accept(removeMember(draft, expression, element));
  }
  return refuse(draft, expression, `"${segment}" is computed here: ${draft.file.textOf(expression).slice(0, 60)}`);
};

const removeFromBody = (draft: Draft, item: Body["items"][number], block: Block | undefined): Edit => {
  const { file } = draft;
  if (block && block.close >= 0 && isOneLine(file, { start: block.open, end: block.close })) {
    return replace(draft, block.open + 1, block.close, "");
  }
  return removeLines(draft, item, item.end);
};

/** The lines of a thing that has them to itself; else only the thing. A blank line that would be left over goes too. */
const removeLines = (draft: Draft, item: Span, end: number): Edit => {
  const { file } = draft;
  const stop = lineEnd(file, end);
  if (!isFirstOnLine(file, item.start) || !isOnlyComment(file, end, stop)) return replace(draft, item.start, end, "");
  let start = lineStart(file, item.start);
  const next = nextLine(file, end);
  const endsGroup =
    isBlankLine(file, next) || next >= file.bytes.length || /^\s*[}\])]/.test(file.latin1.slice(next, next + 200));
  if (endsGroup && start > 0 && isBlankLine(file, lineStart(file, start - 1))) start = lineStart(file, start - 1);
  return replace(draft, start, next, "");
};

const isOnlyComment = (file: HclFile, start: number, end: number): boolean => {
  const comment = file.comments.find((it) => it.start >= start && it.start < end);
  return isBlankBetween(file, start, comment?.start ?? end) && isBlankBetween(file, comment?.end ?? end, end);
};

const removeMember = (draft: Draft, collection: ObjectExpression | Tuple, member: Span): Edit => {
  const { file } = draft;
  const index = collection.items.findIndex((item) => item.start === member.start);
  const next = collection.items[index + 1];
  const previous = collection.items[index - 1];
  const comma = commaBehind(file, member.end, next?.start ?? collection.end - 1);
  const end = comma >= 0 ? comma + 1 : member.end;
  const hasOwnLines = isFirstOnLine(file, member.start) && isOnlyComment(file, end, lineEnd(file, end));
  if (hasOwnLines) return removeLines(draft, member, end);
  if (next) return replace(draft, member.start, next.start, "");
  if (previous) return replace(draft, previous.end, end, "");
  return replace(draft, collection.start + 1, collection.end - 1, "");
};
