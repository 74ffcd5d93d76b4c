// What tests ask of a syntax tree, without knowing the kinds of its nodes.
import type { HclFile, Span } from "../../../../src/core/read/hcl/ast.ts";

export interface AnyNode extends Span {
  readonly kind: string;
  readonly [property: string]: unknown;
}

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null;

export const isNode = (value: unknown): value is AnyNode =>
  isRecord(value) && typeof value.kind === "string" && typeof value.start === "number";

/** Direct child nodes, in the order of the node's properties. */
export const childrenOf = (node: AnyNode): AnyNode[] =>
  Object.values(node).flatMap((value) => (Array.isArray(value) ? value : [value]).filter(isNode));

export const rootOf = (file: HclFile): AnyNode => {
  const body: unknown = file.body;
  if (!isNode(body)) throw new Error("a file's body is a node");
  return body;
};

export const allNodes = (file: HclFile): AnyNode[] => {
  const nodes = [rootOf(file)];
  for (let i = 0; i < nodes.length; i++) nodes.push(...childrenOf(nodes[i] ?? rootOf(file)));
  return nodes;
};

/** Why a range of this file cannot be right; undefined where all of them can. */
export const misplacedNode = (file: HclFile): string | undefined => {
  const size = file.bytes.length;
  const say = (node: AnyNode, what: string) => `${node.kind} [${node.start}, ${node.end}) ${what}`;
  for (const node of allNodes(file)) {
    if (!(node.start >= 0 && node.start <= node.end && node.end <= size))
      return say(node, `is not inside [0, ${size})`);
    for (const child of childrenOf(node)) {
      // Blocks of a JSON file share their outer labels, which stand before all of them.
      if (file.syntax === "json" && child.kind === "label") continue;
      if (child.start < node.start || child.end > node.end)
        return say(child, `is not inside its parent ${say(node, "")}`);
    }
    const items = node.items ?? node.parts ?? node.args;
    if (!Array.isArray(items)) continue;
    for (let i = 1; i < items.length; i++) {
      if (items[i].start < items[i - 1].end) return say(items[i], "overlaps the node before it");
    }
  }
  for (const comment of file.comments) {
    if (!(comment.start >= 0 && comment.start < comment.end && comment.end <= size))
      return "a comment is outside the file";
  }
  for (const { line, column, range } of file.diagnostics) {
    if (line < 1 || column < 1 || !range || range.start < 0 || range.end > size || range.start > range.end) {
      return `a diagnostic at ${line}:${column} is outside the file`;
    }
  }
  return undefined;
};
