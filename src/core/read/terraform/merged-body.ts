/** A block's inside as Terraform sees it: attributes by name, nested blocks in order, override files merged in. */
import type { Attribute, Block, Body, HclFile } from "../hcl/ast.ts";

/** A node and the file it is written in. */
export interface Written<T> {
  readonly node: T;
  readonly file: HclFile;
}

export interface MergedBody {
  readonly attributes: ReadonlyMap<string, Written<Attribute>>;
  readonly blocks: readonly Written<Block>[];
}

export interface Declaration {
  readonly block: Block;
  readonly file: HclFile;
  readonly body: MergedBody;
}

export function mergedBody(body: Body, file: HclFile): MergedBody {
  const attributes = new Map<string, Written<Attribute>>();
  const blocks: Written<Block>[] = [];
  for (const item of body.items) {
    if (item.kind === "block") blocks.push({ node: item, file });
    // The first of two equal names counts; the parser or the validator complains about the second.
    else if (!attributes.has(item.name)) attributes.set(item.name, { node: item, file });
  }
  return { attributes, blocks };
}

export const declare = (block: Block, file: HclFile): Declaration => ({
  block,
  file,
  body: mergedBody(block.body, file),
});

/** Blocks whose overrides are merged into the original instead of replacing it. */
const MERGED = new Set(["lifecycle"]);

/** Attributes of the override win; its nested blocks replace all of the same type. */
export function override(base: Declaration, by: Declaration): Declaration {
  const attributes = new Map(base.body.attributes);
  for (const [name, attribute] of by.body.attributes) {
    attributes.set(name, attribute);
    // count and for_each exclude each other, so either takes the other's place.
    if (name === "count") attributes.delete("for_each");
    if (name === "for_each") attributes.delete("count");
  }
  const typeOf = (block: Block): string => (block.type === "dynamic" ? (block.labels[0]?.value ?? "") : block.type);
  const replaced = new Set(by.body.blocks.map(({ node }) => typeOf(node)).filter((type) => !MERGED.has(type)));
  const kept = base.body.blocks.filter(({ node }) => !replaced.has(typeOf(node)));
  return { block: base.block, file: base.file, body: { attributes, blocks: [...kept, ...by.body.blocks] } };
}

/** Nested blocks of one type, as bodies. */
export const nested = (body: MergedBody, type: string): MergedBody[] =>
  body.blocks.filter(({ node }) => node.type === type).map(({ node, file }) => mergedBody(node.body, file));
