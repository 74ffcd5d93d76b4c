/** The inside of a resource or nested block as values: attributes as they are, nested blocks as lists of objects. */
import type { Block, HclFile } from "../hcl/ast.ts";
import { literalString } from "../hcl/ast.ts";
import { eachOf } from "./iterate.ts";
import { type MergedBody, mergedBody, type Written } from "./merged-body.ts";
import { inFile, type Scope, withFrame } from "./scope.ts";
import { mark, marksOf, NullValue, objectOf, type TypedValue, tupleOf, UNKNOWN, unmark } from "./typed-value.ts";

export interface Hidden {
  readonly attributes: ReadonlySet<string>;
  readonly blocks: ReadonlySet<string>;
}

export const NOTHING_HIDDEN: Hidden = { attributes: new Set(), blocks: new Set() };

/** The type a nested block adds to, which for `dynamic "x"` is x. */
export const nestedType = (block: Block): string =>
  block.type === "dynamic" ? (block.labels[0]?.value ?? "") : block.type;

/** Names of attributes and nested blocks, in order of writing. */
export function memberNames(body: MergedBody, hidden: Hidden): string[] {
  const names: string[] = [];
  for (const name of body.attributes.keys()) if (!hidden.attributes.has(name)) names.push(name);
  const seen = new Set(names);
  for (const { node } of body.blocks) {
    const type = nestedType(node);
    if (hidden.blocks.has(type) || seen.has(type)) continue;
    seen.add(type);
    names.push(type);
  }
  return names;
}

/** One attribute, or all nested blocks of one type; undefined where nothing of that name is written. */
export function evaluateMember(body: MergedBody, name: string, scope: Scope): TypedValue | undefined {
  const attribute = body.attributes.get(name);
  if (attribute !== undefined) return scope.evaluate(attribute.node.value, inFile(scope, attribute.file));
  const items: TypedValue[] = [];
  let written = false;
  let present = false;
  for (const block of body.blocks) {
    if (nestedType(block.node) !== name) continue;
    written = true;
    if (block.node.type === "dynamic") evaluateDynamic(block, scope, items);
    else items.push(evaluateBlock(block.node, block.file, scope));
    present ||= items.length > 0;
  }
  // A dynamic block without items is as if it were not written at all.
  return written && present ? tupleOf(items) : undefined;
}

function evaluateBlock(block: Block, file: HclFile, scope: Scope): TypedValue {
  const body = mergedBody(block.body, file);
  const entries = new Map<string, TypedValue>();
  for (const name of memberNames(body, NOTHING_HIDDEN)) {
    const value = evaluateMember(body, name, scope);
    if (value !== undefined) entries.set(name, value);
  }
  return objectOf(entries);
}

function evaluateDynamic({ node, file }: Written<Block>, outer: Scope, items: TypedValue[]): void {
  const scope = inFile(outer, file);
  const body = mergedBody(node.body, file);
  const forEach = body.attributes.get("for_each");
  const content = body.blocks.find((block) => block.node.type === "content");
  // JSON syntax does not tell a content block from an attribute.
  const object = body.attributes.get("content");
  if (forEach === undefined || (content === undefined && object === undefined)) {
    scope.session.report(
      file,
      node,
      "Invalid dynamic block",
      'A dynamic block needs "for_each" and a "content" block.',
    );
    items.push(UNKNOWN);
    return;
  }
  const iterator = body.attributes.get("iterator")?.node.value;
  const name =
    iterator?.kind === "variable" ? iterator.name : (iterator && literalString(iterator)) || nestedType(node);
  const collection = scope.evaluate(forEach.node.value, scope);
  const expansion = expandDynamic(collection, scope, forEach.node.value);
  const evaluateItem = (key: TypedValue, value: TypedValue): TypedValue => {
    const each = objectOf(
      new Map([
        ["key", key],
        ["value", value],
      ]),
    );
    const inner = withFrame(scope, name, each);
    if (content !== undefined) return evaluateBlock(content.node, content.file, inner);
    return object === undefined ? UNKNOWN : inner.evaluate(object.node.value, inner);
  };
  if (expansion === undefined) {
    // Perhaps no block, perhaps many: what each of them would say is known all the same.
    const open = mark(UNKNOWN, marksOf(collection));
    items.push(open, evaluateItem(open, open));
    return;
  }
  for (const [key, value] of expansion) items.push(evaluateItem(key, value));
}

/** Unlike a resource, a dynamic block also takes lists and sets of anything. */
function expandDynamic(
  collection: TypedValue,
  scope: Scope,
  at: Parameters<typeof eachOf>[1],
): readonly (readonly [TypedValue, TypedValue])[] | undefined {
  const marks = marksOf(collection);
  const bare = unmark(collection);
  if (bare instanceof NullValue) {
    scope.session.report(scope.file, at, "Invalid dynamic for_each value", "Cannot use a null value in for_each.");
    return undefined;
  }
  const pairs = eachOf(bare, at, scope);
  return marks === undefined ? pairs : pairs?.map(([key, value]) => [key, mark(value, marks)] as const);
}
