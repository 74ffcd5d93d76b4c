// Every node below a node, for whoever looks for something in a tree without caring for its shape.
import type { Node, TemplatePart } from "./ast.ts";

/** Direct children in source order. */
export const childrenOf = (node: Node): readonly Node[] => {
  switch (node.kind) {
    case "body":
    case "tuple":
    case "object":
      return node.items;
    case "attribute":
      return [node.value];
    case "block":
      return [...node.labels, node.body];
    case "template":
    case "heredoc":
      return node.parts;
    case "interpolation":
      return [node.expression];
    case "if":
      return [node.condition, ...node.consequent, ...node.alternative];
    case "for":
      return "parts" in node ? [node.collection, ...node.parts] : forChildren(node);
    case "get":
      return [node.object];
    case "index":
      return [node.object, node.key];
    case "splat":
      return [node.source, node.each];
    case "call":
      return node.args;
    case "conditional":
      return [node.condition, node.consequent, node.alternative];
    case "unary":
      return [node.operand];
    case "binary":
      return [node.left, node.right];
    case "parentheses":
      return [node.inner];
    case "item":
      return [node.key, node.value];
    default:
      return [];
  }
};

const forChildren = (node: Exclude<Extract<Node, { kind: "for" }>, TemplatePart>): Node[] =>
  [node.collection, node.key, node.value, node.condition].filter((child) => child !== undefined);

/** Calls `visit` for the node and everything below it, parents first. */
export const walk = (node: Node, visit: (node: Node) => void): void => {
  visit(node);
  for (const child of childrenOf(node)) walk(child, visit);
};
