/** Evaluated template values that still know the node they were written at. */
import type { Node } from "yaml";
import type { AttributeSource, Reference, TraceStep } from "../../model/resource.ts";
import { isUnknown, type Unknown, type Value } from "../../model/value.ts";
import type { YamlDocument } from "../yaml/document.ts";

export type Atom = null | boolean | number | string | Unknown;

interface Written {
  readonly node: Node | undefined;
  /** The key it is the value of. */
  readonly key?: Node | undefined;
}

export interface Leaf extends Written {
  readonly kind: "leaf";
  readonly value: Atom;
  /** The parameter whose default it is. */
  readonly via?: { readonly name: string; readonly node: Node };
  readonly sensitive?: true;
}

export interface List extends Written {
  readonly kind: "list";
  readonly items: readonly Traced[];
}

export interface Table extends Written {
  readonly kind: "table";
  readonly entries: ReadonlyMap<string, Traced>;
}

export type Traced = Leaf | List | Table;

export const leaf = (value: Atom, at: Written): Leaf => ({ kind: "leaf", value, node: at.node, key: at.key });
export const list = (items: readonly Traced[], at: Written): List => ({
  kind: "list",
  items,
  node: at.node,
  key: at.key,
});
export const table = (entries: ReadonlyMap<string, Traced>, at: Written): Table => ({
  kind: "table",
  entries,
  node: at.node,
  key: at.key,
});

export function plain(traced: Traced): Value {
  if (traced.kind === "leaf") return traced.value;
  if (traced.kind === "list") return traced.items.map(plain);
  return Object.fromEntries([...traced.entries].map(([key, value]) => [key, plain(value)]));
}

export const entry = (traced: Traced | undefined, key: string): Traced | undefined =>
  traced?.kind === "table" ? traced.entries.get(key) : undefined;

/** Text of a known scalar. */
export function textOf(traced: Traced | undefined): string | undefined {
  if (traced?.kind !== "leaf" || traced.value === null || isUnknown(traced.value)) return undefined;
  return String(traced.value);
}

/** Every leaf that `wanted` picks, with its dotted path. */
export function leavesWhere(traced: Traced, wanted: (leaf: Leaf) => boolean): readonly (readonly [string, Leaf])[] {
  const found: (readonly [string, Leaf])[] = [];
  const trail: (string | number)[] = [];
  const walk = (part: Traced): void => {
    if (part.kind === "leaf") {
      if (wanted(part)) found.push([trail.join("."), part]);
      return;
    }
    const depth = trail.length;
    const children: Iterable<readonly [string | number, Traced]> =
      part.kind === "list" ? part.items.entries() : part.entries;
    for (const [key, child] of children) {
      trail[depth] = key;
      walk(child);
    }
    trail.length = depth;
  };
  walk(traced);
  return found;
}

export const unknownLeaves = (traced: Traced): readonly (readonly [string, Leaf])[] =>
  leavesWhere(traced, (found) => isUnknown(found.value));

/** What the unknown leaves point at. */
export function referencesIn(attributes: Table, isResource: (name: string) => boolean): readonly Reference[] {
  const references: Reference[] = [];
  for (const [path, { value }] of unknownLeaves(attributes)) {
    if (!isUnknown(value)) continue;
    for (const from of value.from) {
      const dot = from.indexOf(".");
      const to = dot === -1 ? from : from.slice(0, dot);
      if (isResource(to)) references.push({ path, to, attribute: dot === -1 ? "" : from.slice(dot + 1) });
    }
  }
  return references;
}

/** Where the value at a dotted path is written. A list met on the way stands for its first element. */
export function locateIn(attributes: Table, path: string, document: YamlDocument): AttributeSource | undefined {
  let at: Traced | undefined = attributes;
  for (const part of path.split(".")) {
    if (at?.kind === "list" && !/^\d+$/.test(part)) at = at.items[0];
    if (at?.kind === "list") at = at.items[Number(part)];
    else if (at?.kind === "table") at = at.entries.get(part);
    else return undefined;
  }
  if (!at?.node) return undefined;
  const source = document.sourceOf({ ...(at.key && { key: at.key }), value: at.node });
  if (at.kind !== "leaf" || !at.via) return source;
  const literal = document.rangeOf(at.via.node);
  const step: TraceStep = { kind: "variable-default", name: at.via.name, range: literal };
  return { range: source.range, steps: [step], literal };
}
