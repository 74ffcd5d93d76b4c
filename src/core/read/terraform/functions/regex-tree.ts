/** What a regular expression is made of, once read. */
import type { CharacterTest } from "./regex-classes.ts";

export type Node =
  | { readonly kind: "class"; readonly test: CharacterTest }
  | { readonly kind: "sequence" | "either"; readonly parts: readonly Node[] }
  | { readonly kind: "repeat"; readonly of: Node; readonly min: number; readonly max: number; readonly greedy: boolean }
  | { readonly kind: "group"; readonly of: Node; readonly index: number }
  | { readonly kind: "at"; readonly where: Assertion };

export type Assertion = "text start" | "text end" | "line start" | "line end" | "boundary" | "no boundary";

export interface Pattern {
  readonly root: Node;
  /** Names of the capture groups in order; undefined for one without a name. */
  readonly groups: readonly (string | undefined)[];
}

/** Why a pattern is refused, in RE2's words, and the part of it at fault. */
export class PatternError {
  readonly what: string;
  readonly where: string;
  constructor(what: string, where: string) {
    this.what = what;
    this.where = where;
  }
}

/** Nested counts multiply: ((a{100}){100}) is refused as a{10000} is. */
export function repeatsWithin(node: Node, most: number): boolean {
  if (node.kind === "sequence" || node.kind === "either") return node.parts.every((part) => repeatsWithin(part, most));
  if (node.kind === "group") return repeatsWithin(node.of, most);
  if (node.kind !== "repeat") return true;
  const count = node.max === Number.POSITIVE_INFINITY ? node.min : node.max;
  if (node.max === 0) return true;
  return count <= most && repeatsWithin(node.of, count > 0 ? Math.floor(most / count) : most);
}
