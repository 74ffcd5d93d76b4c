/** One YAML document: its values, and where each of them is written. Anchors and merge keys are followed lazily. */
import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from "yaml";
import type { AttributeSource } from "../../model/resource.ts";
import type { SourceRange } from "../../model/source-range.ts";
import type { ObjectValue, Value } from "../../model/value.ts";
import type { SourceText } from "../source-text.ts";

/** A key of a mapping with its value. `value` is null where nothing follows the colon. */
export interface Entry {
  readonly key: string;
  readonly keyNode: Node;
  readonly value: Node | null;
}

/** What a path leads to. `key` is set for the values of mappings. */
export interface Place {
  readonly key?: Node;
  readonly value: Node | null;
}

/** YAML 1.1, which Kubernetes and CloudFormation read, has more spellings of true and false than 1.2. */
export type Dialect = "1.1" | "1.2";

/** The most values that aliases may add up to in one document. */
const MAX_EXPANDED = 200_000;

export class YamlDocument {
  readonly root: Node | undefined;
  readonly source: SourceText;
  readonly dialect: Dialect;
  readonly #entries = new Map<YAMLMap, ReadonlyMap<string, Entry>>();
  readonly #values = new Map<Node, { readonly value: Value; readonly size: number }>();
  readonly #anchors: ReadonlyMap<Alias, Node>;

  constructor(
    root: Node | undefined,
    source: SourceText,
    anchors: ReadonlyMap<Alias, Node> = new Map(),
    dialect: Dialect = "1.2",
  ) {
    this.root = root;
    this.source = source;
    this.dialect = dialect;
    this.#anchors = anchors;
  }

  /** What an alias stands for; any other node itself. */
  deref(node: Node | null | undefined): Node | undefined {
    let at = node ?? undefined;
    for (let hops = 0; at && isAlias(at) && hops < 16; hops++) at = this.#anchors.get(at);
    return at && isAlias(at) ? undefined : at;
  }

  /** The entries of a mapping, merge keys included, where a key is written twice the last one counts. */
  entries(node: Node | null | undefined): readonly Entry[] {
    return [...this.#entriesOf(node).values()];
  }

  #entriesOf(node: Node | null | undefined): ReadonlyMap<string, Entry> {
    const map = this.deref(node);
    if (!map || !isMap(map)) return NO_ENTRIES;
    const known = this.#entries.get(map);
    if (known) return known;
    this.#entries.set(map, NO_ENTRIES); // a mapping that merges itself has nothing to add
    const found = new Map<string, Entry>();
    const merged: Entry[] = [];
    for (const pair of map.items) {
      const keyNode = pair.key as Node | null;
      if (!keyNode) continue;
      const value = (pair.value as Node | null) ?? null;
      const key = keyText(this.deref(keyNode));
      if (key === "<<" && isScalar(keyNode) && keyNode.type === "PLAIN") {
        const target = this.deref(value);
        const sources = isSeq(target) ? (target.items as Node[]) : [target];
        for (const source of sources) merged.push(...this.entries(source));
      } else {
        found.delete(key);
        found.set(key, { key, keyNode, value });
      }
    }
    for (const entry of merged) if (!found.has(entry.key)) found.set(entry.key, entry);
    this.#entries.set(map, found);
    return found;
  }

  get(node: Node | null | undefined, key: string): Entry | undefined {
    return this.#entriesOf(node).get(key);
  }

  items(node: Node | null | undefined): readonly (Node | null)[] {
    const seq = this.deref(node);
    return seq && isSeq(seq) ? (seq.items as (Node | null)[]) : [];
  }

  /** The plain value of a node. Throws AliasBomb where aliases add up to too much, or hold themselves. */
  valueOf(node: Node | null | undefined): Value {
    return this.#convert(node).value;
  }

  objectOf(node: Node | null | undefined): ObjectValue {
    const value = this.valueOf(node);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as ObjectValue) : {};
  }

  scalarOf(node: Scalar): null | boolean | number | string {
    const value = node.value;
    if (node.tag?.startsWith("!") && typeof node.source === "string" && node.type === "PLAIN") return node.source;
    if (typeof value === "string") {
      if (this.dialect === "1.1" && node.type === "PLAIN" && node.tag === undefined) return plain11(value);
      return value;
    }
    if (typeof value === "number") {
      // An account number keeps its leading zero, and a number too long for a double its digits.
      const source = node.source ?? "";
      return /^0\d{5,}$/.test(source) || (/^[-+]?\d+$/.test(source) && !Number.isSafeInteger(value)) ? source : value;
    }
    if (value === null || typeof value === "boolean") return value;
    return node.source ?? String(value);
  }

  /** Follows a dotted path such as "spec.containers.0.image". Keys that hold dots themselves are found too. */
  find(path: string, from: Node | undefined = this.root): Place | undefined {
    return path === "" ? (from ? { value: from } : undefined) : this.#walk(from, path.split("."));
  }

  locate(path: string, from: Node | undefined = this.root): AttributeSource | undefined {
    const place = this.find(path, from);
    return place && this.sourceOf(place);
  }

  sourceOf(place: Place): AttributeSource {
    const { key, value } = place;
    if (!value) {
      const range = this.rangeOf(key);
      return { range, steps: [] };
    }
    const range = isScalar(value) || !key ? this.rangeOf(value) : this.spanOf(key, value);
    return { range, steps: [], ...(isScalar(value) && { literal: range }) };
  }

  /** From the start of one node to the end of another. */
  spanOf(first: Node, last: Node | null): SourceRange {
    const [start] = this.extent(first);
    const [, end] = this.extent(last ?? first);
    return this.source.range(start, Math.max(start, end));
  }

  rangeOf(node: Node | null | undefined): SourceRange {
    const [start, end] = this.extent(node);
    return this.source.range(start, end);
  }

  /** Character offsets of a node without the space after it. */
  extent(node: Node | null | undefined): readonly [number, number] {
    const range = node?.range;
    if (!range) return [0, 0];
    let end = range[1];
    while (end > range[0] && isSpace(this.source.text.charCodeAt(end - 1))) end--;
    return [range[0], end];
  }

  #walk(node: Node | null | undefined, parts: readonly string[]): Place | undefined {
    const at = this.deref(node);
    if (!at) return undefined;
    if (isSeq(at)) {
      const item = (at.items as (Node | null)[])[Number(parts[0])];
      if (item === undefined) return undefined;
      return parts.length === 1 ? { value: item } : this.#walk(item, parts.slice(1));
    }
    for (let length = 1; length <= parts.length; length++) {
      const entry = this.get(at, parts.slice(0, length).join("."));
      if (!entry) continue;
      if (length === parts.length) return { key: entry.keyNode, value: entry.value };
      const found = this.#walk(entry.value, parts.slice(length));
      if (found) return found;
    }
    return undefined;
  }

  #convert(given: Node | null | undefined): { readonly value: Value; readonly size: number } {
    const node = this.deref(given);
    if (!node) return NOTHING;
    if (isScalar(node)) return { value: this.scalarOf(node), size: 1 };
    const known = this.#values.get(node);
    if (known) {
      if (known === OPEN) throw new AliasBomb(node, "An alias stands inside the value that it repeats.");
      return known;
    }
    this.#values.set(node, OPEN);
    let size = 1;
    const take = (part: Node | null): Value => {
      const converted = this.#convert(part);
      size += converted.size;
      if (size > MAX_EXPANDED) throw new AliasBomb(node, `Aliases expand to more than ${MAX_EXPANDED} values.`);
      return converted.value;
    };
    const value: Value = isSeq(node)
      ? (node.items as (Node | null)[]).map(take)
      : Object.fromEntries(this.entries(node).map((entry) => [entry.key, take(entry.value)]));
    const result = { value, size };
    this.#values.set(node, result);
    return result;
  }
}

/** Aliases that would expand without bound. */
export class AliasBomb extends Error {
  readonly node: Node;
  constructor(node: Node, message: string) {
    super(message);
    this.node = node;
  }
}

const NO_ENTRIES: ReadonlyMap<string, Entry> = new Map();
const NOTHING = { value: null, size: 1 } as const;
const OPEN: { readonly value: Value; readonly size: number } = { value: null, size: 0 };

const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;

/** A key as it is written: `on` stays "on", 8080 becomes "8080". */
function keyText(node: Node | undefined): string {
  if (!node || !isScalar(node)) return node?.toString() ?? "";
  if (node.type === "PLAIN" && typeof node.source === "string") return node.source;
  return String(node.value);
}

function plain11(text: string): boolean | string {
  if (/^(?:yes|Yes|YES|on|On|ON)$/.test(text)) return true;
  if (/^(?:no|No|NO|off|Off|OFF)$/.test(text)) return false;
  return text;
}
