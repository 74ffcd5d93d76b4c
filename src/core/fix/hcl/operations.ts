// What fixers ask for, as edits of one file: set and remove at a path, add blocks and resources. Pure: file in, edits out;
// bytes outside the edits stay, and nothing is edited where the file already says it.
import type { BlockBody, Edit, FixValue } from "../../model/patch.ts";
import {
  attributeOf,
  type Block,
  type Body,
  blocksOf,
  type Expression,
  type HclFile,
  literalKey,
} from "../../read/hcl/ast.ts";
import {
  accept,
  aligned,
  type Draft,
  draftOf,
  type EditAttempt,
  insert,
  nothingToDo,
  refuse,
  replace,
} from "./attempt.ts";
import { type Container, insertAttribute, insertBlock, insertElement, insertItem } from "./insert.ts";
import { renderJson } from "./json.ts";
import { indentAt, isOneLine, lineEnd } from "./layout.ts";
import { removeIn } from "./remove.ts";
import { isBodyWritable, isWritable, renderBlock, renderString, renderValue } from "./render.ts";
import { isSame, isSameBody } from "./same.ts";

/**
 * A place below a block: names, and indices of nested blocks and list elements, dotted ("rule.0.apply.0.enabled") or as
 * segments where names hold dots. A missing index means the first.
 */
export type Path = string | readonly string[];

const segmentsOf = (path: Path): readonly string[] => (typeof path === "string" ? path.split(".") : path);
const isIndex = (segment: string | undefined): segment is string => segment !== undefined && /^\d+$/.test(segment);
const containerOf = (within: Block | Body): Container =>
  within.kind === "block" ? { body: within.body, block: within } : { body: within, block: undefined };

/** Sets the value at a path. What is missing is made: blocks where an index follows their name, else object attributes. */
export const setAttribute = (file: HclFile, within: Block | Body, path: Path, value: FixValue): EditAttempt => {
  const draft = draftOf(file);
  if (!isWritable(value)) return refuse(draft, within, "The value is not known, so it cannot be written.");
  return aligned(draft, setInBody(draft, containerOf(within), segmentsOf(path), value));
};

/** Replaces one expression, such as the literal that decides a value elsewhere (a default, a local, a module argument). */
export const setExpression = (file: HclFile, expression: Expression, value: FixValue): EditAttempt => {
  const draft = draftOf(file);
  if (!isWritable(value)) return refuse(draft, expression, "The value is not known, so it cannot be written.");
  return aligned(draft, replaceValue(draft, expression, value, undefined));
};

/** Removes the attribute, block or element at a path, with its line. A block's name without an index: all blocks of it. */
export const removeAttribute = (file: HclFile, within: Block | Body, path: Path): EditAttempt => {
  const draft = draftOf(file);
  if (file.syntax === "json") return refuse(draft, within, "Only values of JSON files can be replaced.");
  return aligned(draft, removeIn(draft, containerOf(within), segmentsOf(path)));
};

/** Adds a nested block at a path (an index at its end is ignored), unless there is one that says the same. */
export const addBlock = (file: HclFile, within: Block | Body, path: Path, body: BlockBody): EditAttempt => {
  const draft = draftOf(file);
  if (file.syntax === "json") return refuse(draft, within, "Only values of JSON files can be replaced.");
  if (!isBodyWritable(body)) return refuse(draft, within, "A value is not known, so it cannot be written.");
  const segments = segmentsOf(path);
  return aligned(
    draft,
    addIn(draft, containerOf(within), isIndex(segments.at(-1)) ? segments.slice(0, -1) : segments, body),
  );
};

export interface NewResource {
  readonly type: string;
  readonly name: string;
  readonly body: BlockBody;
}

/** Appends a resource block at the end of the file, or behind a block of it. */
export const addResource = (file: HclFile, resource: NewResource, after?: Block): EditAttempt => {
  const draft = draftOf(file);
  const { type, name, body } = resource;
  if (file.syntax === "json") return refuse(draft, file.body, "Only values of JSON files can be replaced.");
  if (!isBodyWritable(body)) return refuse(draft, file.body, "A value is not known, so it cannot be written.");
  const twin = blocksOf(file.body, "resource").find(
    ({ labels }) => labels[0]?.value === type && labels[1]?.value === name,
  );
  if (twin && isSameBody(file, twin.body, body)) return nothingToDo;
  if (twin) return refuse(draft, twin, `There is a ${type}.${name} already, and it says something else.`);
  const text = renderBlock(`resource ${renderString(type)} ${renderString(name)}`, body, draft.layout, "");
  return aligned(draft, accept(after ? behind(draft, after, text) : atFileEnd(draft, text)));
};

const behind = (draft: Draft, block: Block, text: string): Edit => {
  const { eol } = draft.layout;
  // Resources stand in files, never in blocks: behind the outermost block around the one that was named.
  const outermost =
    blocksOf(draft.file.body).find(({ start, end }) => start <= block.start && block.end <= end) ?? block;
  return insert(draft, lineEnd(draft.file, outermost.end), eol + eol + text);
};

const atFileEnd = (draft: Draft, text: string): Edit => {
  const { latin1, bytes } = draft.file;
  const { eol } = draft.layout;
  const content = latin1.trimEnd().length;
  if (content === 0 || latin1 === "\xef\xbb\xbf") return insert(draft, bytes.length, text + eol);
  const breaks = latin1.slice(content).split("\n").length - 1;
  if (breaks === 0) return insert(draft, bytes.length, eol + eol + text);
  return insert(draft, bytes.length, (breaks === 1 ? eol : "") + text + eol);
};

const setInBody = (draft: Draft, container: Container, path: readonly string[], value: FixValue): EditAttempt => {
  const [name = "", ...rest] = path;
  const { body } = container;
  const attribute = attributeOf(body, name);
  if (attribute && rest.length === 0) return replaceValue(draft, attribute.value, value, container.block);
  if (attribute) return setInValue(draft, attribute.value, rest, value, container.block);

  const blocks = nestedBlocks(body, name);
  if (blocks.length === 0 && (rest.length < 2 || !isIndex(rest[0]))) {
    if (draft.file.syntax === "json") return refuse(draft, container.block ?? body, `"${name}" is not set here.`);
    return insertAttribute(draft, container, name, nested(rest, value));
  }
  const inner = isIndex(rest[0]) ? rest.slice(1) : rest;
  const index = isIndex(rest[0]) ? Number(rest[0]) : 0;
  const block = blocks[index];
  if (inner.length === 0) return refuse(draft, block ?? body, `"${name}" is a block: name one of its attributes.`);
  if (block) return setInBody(draft, containerOf(block), inner, value);
  if (index > blocks.length) return refuse(draft, container.block ?? body, `There is no block ${name}.${index}.`);
  return insertBlock(draft, container, name, bodyWith(inner, value));
};

/** Blocks of a type; where a dynamic block makes them, the content it makes them from. */
export const nestedBlocks = (body: Body, type: string): readonly Block[] => {
  const written = blocksOf(body, type);
  if (written.length > 0) return written;
  return blocksOf(body, "dynamic")
    .filter((dynamic) => dynamic.labels[0]?.value === type)
    .flatMap((dynamic) => blocksOf(dynamic.body, "content"));
};

/** A value wrapped in the objects and lists that a path through missing attributes stands for. */
const nested = (path: readonly string[], value: FixValue): FixValue => {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  const inner = nested(rest, value);
  // A reference below a name is rendered like any other value: what it is wrapped in makes no difference to that.
  return (isIndex(first) ? [inner] : { [first]: inner }) as FixValue;
};

const bodyWith = (path: readonly string[], value: FixValue): BlockBody => {
  const [name = "", ...rest] = path;
  if (rest.length < 2 || !isIndex(rest[0])) return { attributes: { [name]: nested(rest, value) } };
  return { attributes: {}, blocks: [{ type: name, body: bodyWith(rest.slice(1), value) }] };
};

const setInValue = (
  draft: Draft,
  expression: Expression,
  path: readonly string[],
  value: FixValue,
  block: Block | undefined,
): EditAttempt => {
  const [segment = "", ...rest] = path;
  if (path.length === 0) return replaceValue(draft, expression, value, block);
  if (expression.kind === "parentheses") return setInValue(draft, expression.inner, path, value, block);
  // Documents that a resource holds as text: what they say is written in the function's argument.
  const [document] = expression.kind === "call" && expression.name === "jsonencode" ? expression.args : [];
  if (document) return setInValue(draft, document, path, value, block);
  if (expression.kind === "object") {
    const item = expression.items.findLast((candidate) => literalKey(candidate.key) === segment);
    if (item) return setInValue(draft, item.value, rest, value, block);
    // An attribute that holds one object where the provider's schema has a list of blocks.
    if (segment === "0" && rest.length > 0) return setInValue(draft, expression, rest, value, block);
    if (draft.file.syntax === "json") return refuse(draft, expression, `"${segment}" is not set here.`);
    return insertItem(draft, expression, segment, nested(rest, value));
  }
  if (expression.kind === "tuple") {
    const index = isIndex(segment) ? Number(segment) : 0;
    const element = expression.items[index];
    if (element) return setInValue(draft, element, isIndex(segment) ? rest : path, value, block);
    if (index > expression.items.length) return refuse(draft, expression, `The list has no element ${index}.`);
    if (draft.file.syntax === "json") return refuse(draft, expression, `The list has no element ${index}.`);
    return insertElement(draft, expression, nested(isIndex(segment) ? rest : path, value));
  }
  return refuse(draft, expression, `"${segment}" is computed here: ${draft.file.textOf(expression).slice(0, 60)}`);
};

const replaceValue = (draft: Draft, expression: Expression, value: FixValue, block: Block | undefined): EditAttempt => {
  const { file, layout } = draft;
  if (isSame(file, expression, value)) return nothingToDo;
  if (file.syntax === "json") return accept(replace(draft, expression.start, expression.end, renderJson(value)));
  const inline = block !== undefined && isOneLine(file, block);
  const text = renderValue(value, layout, indentAt(file, expression.start), inline);
  return accept(replace(draft, expression.start, expression.end, text));
};

const addIn = (draft: Draft, container: Container, path: readonly string[], content: BlockBody): EditAttempt => {
  const [type = "", ...rest] = path;
  const blocks = blocksOf(container.body, type);
  if (rest.length === 0) {
    if (blocks.some((block) => isSameBody(draft.file, block.body, content))) return nothingToDo;
    return insertBlock(draft, container, type, content);
  }
  const index = isIndex(rest[0]) ? Number(rest[0]) : 0;
  const inner = isIndex(rest[0]) ? rest.slice(1) : rest;
  const parent = nestedBlocks(container.body, type)[index];
  if (parent) return addIn(draft, containerOf(parent), inner, content);
  if (index > 0) return refuse(draft, container.block ?? container.body, `There is no block ${type}.${index}.`);
  return insertBlock(draft, container, type, blockAround(inner, content));
};

const blockAround = (path: readonly string[], content: BlockBody): BlockBody => {
  const [type = "", ...rest] = path;
  const inner = isIndex(rest[0]) ? rest.slice(1) : rest;
  return { attributes: {}, blocks: [{ type, body: inner.length === 0 ? content : blockAround(inner, content) }] };
};
