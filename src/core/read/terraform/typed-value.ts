/**
 * The evaluator's own values, as Terraform's (cty): typed, three-valued, with marks. Only src/core/read/terraform sees
 * them; `toValue` in to-value.ts turns them into the model's plain Value.
 *
 *   known     string, boolean, Num (number or BigFloat), Sequence (list, set, tuple), Mapping (map, object)
 *   null      NullValue, with its type
 *   unknown   UnknownValue, with its type and what is certain of it (prefix, not null, bounds of length)
 *   marked    Marked around any of these: sensitive, ephemeral, and the addresses it came from
 *
 * Neighbours: number.ts (arithmetic), types.ts (types, unification), convert.ts (conversion, defaults), equality.ts,
 * function.ts (the contract of a Terraform function).
 */
import { BigFloat, compareNumbers, formatNumber, type Num } from "./number.ts";
import { BOOL, DYNAMIC, NUMBER, objectType, STRING, type Type, tupleType } from "./types.ts";

export type TypedValue = string | boolean | Num | Sequence | Mapping | NullValue | UnknownValue | Marked;
/** What remains after `unmark`: the outermost value has no marks (elements still may). */
export type Bare = Exclude<TypedValue, Marked>;

export class NullValue {
  readonly type: Type;
  constructor(type: Type) {
    this.type = type;
  }
}

/** What is certain of an unknown value. All optional; an empty object is the plain unknown. */
export interface Refinement {
  readonly notNull?: boolean;
  /** Strings: what the text starts with. */
  readonly prefix?: string;
  /** Strings: the whole text with U+FFFC in place of each unknown part. */
  readonly outline?: string;
  /** Collections: bounds of their length. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Maps and objects: keys that are certainly there, with what they hold (merge(unknown, { k = v }) fixes k). */
  readonly entries?: ReadonlyMap<string, TypedValue>;
}

const NOTHING: Refinement = {};

export class UnknownValue {
  readonly type: Type;
  readonly is: Refinement;
  constructor(type: Type, is: Refinement = NOTHING) {
    this.type = type;
    this.is = is;
  }
}

/** Marks travel with a value through every operation and function. */
export interface Marks {
  readonly sensitive: boolean;
  readonly ephemeral: boolean;
  /** Resource attributes this value was read from: 'aws_s3_bucket.b["x"].id'. Sorted by first appearance, no doubles. */
  readonly from: readonly string[];
}

export class Marked {
  readonly value: Bare;
  readonly marks: Marks;
  constructor(value: Bare, marks: Marks) {
    this.value = value;
    this.marks = marks;
  }
}

const HAS_UNKNOWN = 1;
const HAS_MARKS = 2;

const flagsOf = (value: TypedValue): number => {
  if (typeof value !== "object") return 0;
  if (value instanceof Sequence || value instanceof Mapping) return value.flags;
  if (value instanceof UnknownValue) return HAS_UNKNOWN;
  if (value instanceof Marked) return HAS_MARKS | flagsOf(value.value);
  return 0;
};

/**
 * Logical size: one per value plus one per 16 characters of text, shared parts counted as often as they are seen. It is
 * what bounds billion-laughs: see `tooLarge`.
 */
export const sizeOf = (value: TypedValue): number => {
  if (typeof value === "string") return 1 + (value.length >> 4);
  if (typeof value !== "object") return 1;
  if (value instanceof Sequence || value instanceof Mapping) return value.size;
  return value instanceof Marked ? sizeOf(value.value) : 1;
};

const MAX_SIZE = 1 << 20;
/** True for a value no honest configuration has (about 16 MB of text, or a million elements). */
export const tooLarge = (value: TypedValue): boolean => sizeOf(value) > MAX_SIZE;

export class Sequence {
  readonly kind: "list" | "set" | "tuple";
  /** Element type of a list or set; meaningless for a tuple. */
  readonly element: Type;
  /** A set's items are sorted as Terraform iterates them, without doubles and without marks. */
  readonly items: readonly TypedValue[];
  readonly flags: number;
  readonly size: number;
  #type: Type | undefined;
  constructor(kind: "list" | "set" | "tuple", element: Type, items: readonly TypedValue[]) {
    this.kind = kind;
    this.element = element;
    this.items = items;
    let flags = 0;
    let size = 1;
    for (let i = 0; i < items.length; i++) {
      const item = items[i] as TypedValue;
      flags |= flagsOf(item);
      size += sizeOf(item);
    }
    this.flags = flags;
    this.size = size;
  }
  get type(): Type {
    this.#type ??=
      this.kind === "tuple" ? tupleType(this.items.map(typeOf)) : { kind: this.kind, element: this.element };
    return this.#type;
  }
}

export class Mapping {
  readonly kind: "map" | "object";
  /** Element type of a map; meaningless for an object. */
  readonly element: Type;
  readonly #entries: ReadonlyMap<string, TypedValue>;
  readonly flags: number;
  readonly size: number;
  #keys: readonly string[] | undefined;
  #type: Type | undefined;
  constructor(kind: "map" | "object", element: Type, entries: ReadonlyMap<string, TypedValue>, certainly = 0) {
    this.kind = kind;
    this.element = element;
    this.#entries = entries;
    let flags = certainly;
    let size = 1;
    for (const item of entries.values()) {
      flags |= flagsOf(item);
      size += sizeOf(item) + 1;
    }
    this.flags = flags;
    this.size = size;
  }
  /** In order of writing. Iterate `keys` where Terraform's (sorted) order matters. */
  get entries(): ReadonlyMap<string, TypedValue> {
    return this.#entries;
  }
  /** One entry; undefined where there is none. */
  get(key: string): TypedValue | undefined {
    return this.#entries.get(key);
  }
  /** Keys in the order in which Terraform iterates. */
  get keys(): readonly string[] {
    this.#keys ??= [...this.entries.keys()].sort(compareStrings);
    return this.#keys;
  }
  get type(): Type {
    if (this.#type !== undefined) return this.#type;
    if (this.kind === "map") this.#type = { kind: "map", element: this.element };
    else {
      const attributes = new Map<string, Type>();
      for (const [name, item] of this.entries) attributes.set(name, typeOf(item));
      this.#type = objectType(attributes);
    }
    return this.#type;
  }
}

const NO_ENTRIES: ReadonlyMap<string, TypedValue> = new Map();

/**
 * An object whose attributes are evaluated when asked for: a resource, a module's outputs, the variables. Where it is
 * `open`, attributes may exist that the code does not name (computed ones): `get` answers unknown for them.
 */
export class LazyObject extends Mapping {
  /** "aws_s3_bucket.logs[0]", "module.net"; what a reference to the whole is a reference to. */
  readonly address: string;
  readonly open: boolean;
  readonly #read: (name: string) => TypedValue | undefined;
  readonly #names: () => Iterable<string>;
  #all: ReadonlyMap<string, TypedValue> | undefined;
  constructor(
    address: string,
    open: boolean,
    read: (name: string) => TypedValue | undefined,
    names: () => Iterable<string>,
  ) {
    super("object", DYNAMIC, NO_ENTRIES, HAS_UNKNOWN);
    this.address = address;
    this.open = open;
    this.#read = read;
    this.#names = names;
  }
  override get(key: string): TypedValue | undefined {
    return this.#read(key);
  }
  override get entries(): ReadonlyMap<string, TypedValue> {
    if (this.#all === undefined) {
      const all = new Map<string, TypedValue>();
      for (const name of this.#names()) {
        const value = this.#read(name);
        if (value !== undefined) all.set(name, value);
      }
      this.#all = all;
    }
    return this.#all;
  }
  override get type(): Type {
    return DYNAMIC;
  }
}

/** The instances of something whose count or for_each is unknown; `one` stands for any of them. */
export class UnknownInstances extends UnknownValue {
  readonly one: LazyObject;
  constructor(one: LazyObject) {
    super(DYNAMIC, { notNull: true });
    this.one = one;
  }
}

export function typeOf(value: TypedValue): Type {
  if (typeof value === "string") return STRING;
  if (typeof value === "boolean") return BOOL;
  if (typeof value === "number" || value instanceof BigFloat) return NUMBER;
  return value instanceof Marked ? typeOf(value.value) : value.type;
}

/** U+FFFC, which stands for an unknown part in an outline. */
export const HOLE = "\ufffc";

export const nullOf = (type: Type): NullValue => (type === DYNAMIC ? NULL : new NullValue(type));
export const NULL = new NullValue(DYNAMIC);
export const unknownOf = (type: Type, is?: Refinement): UnknownValue =>
  type === DYNAMIC && is === undefined ? UNKNOWN : new UnknownValue(type, is);
/** Unknown in value and in type. */
export const UNKNOWN = new UnknownValue(DYNAMIC);

const ASCII = /^[\0-\x7f]*$/;
/** Text as Terraform keeps it (NFC). Use it for text that did not come from another TypedValue. */
export const textOf = (text: string): string => (ASCII.test(text) ? text : text.normalize("NFC"));

/** Items must already be of the element type (convert.ts does it). */
export const listOf = (element: Type, items: readonly TypedValue[]): Sequence => new Sequence("list", element, items);
export const tupleOf = (items: readonly TypedValue[]): Sequence => new Sequence("tuple", DYNAMIC, items);
export const mapOf = (element: Type, entries: ReadonlyMap<string, TypedValue>): Mapping =>
  new Mapping("map", element, entries);
export const objectOf = (entries: ReadonlyMap<string, TypedValue>): Mapping => new Mapping("object", DYNAMIC, entries);
export const EMPTY_TUPLE = tupleOf([]);
export const EMPTY_OBJECT = objectOf(new Map());

/** Sorts, removes doubles, and moves the marks of the elements to the set, as Terraform does. */
export function setOf(element: Type, items: readonly TypedValue[]): Sequence | Marked {
  let marks: Marks | undefined;
  let bare: TypedValue[] = [];
  for (const item of items) {
    if (flagsOf(item) & HAS_MARKS) {
      const [value, itemMarks] = unmarkDeep(item);
      marks = joinMarks(marks, itemMarks);
      bare.push(value);
    } else bare.push(item);
  }
  if (bare.length > 1) {
    const keyed = bare.map((value) => ({ value, key: setKey(value) }));
    keyed.sort((a, b) => compareInSet(a.value, b.value, a.key, b.key));
    // Two unknowns may turn out different, so they both stay.
    bare = keyed
      .filter((entry, i) => i === 0 || entry.key !== keyed[i - 1]?.key || !isWhollyKnown(entry.value))
      .map((entry) => entry.value);
  }
  return mark(new Sequence("set", element, bare), marks) as Sequence | Marked;
}

function compareInSet(a: TypedValue, b: TypedValue, keyA: string, keyB: string): number {
  if (typeof a === "string" && typeof b === "string") return compareStrings(a, b);
  const rank = (value: TypedValue): number => (value instanceof UnknownValue ? 2 : value instanceof NullValue ? 1 : 0);
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
  return compareStrings(keyA, keyB);
}

/** One text per distinct wholly known value; also the order in which Terraform iterates sets of anything but primitives. */
export function setKey(value: TypedValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "boolean") return value ? "1" : "0";
  if (isNumber(value)) return formatNumber(value);
  if (value instanceof UnknownValue) return "?";
  if (value instanceof NullValue) return "~";
  if (value instanceof Marked) return setKey(value.value);
  if (value instanceof Sequence) {
    const body = value.items.map((item) => `${setKey(item)};`).join("");
    return value.kind === "tuple" ? `<${body}>` : `[${body}]`;
  }
  if (value.kind === "object")
    return `<${value.keys.map((key) => `${setKey(value.entries.get(key) ?? NULL)};`).join("")}>`;
  return `{${value.keys.map((key) => `${JSON.stringify(key)}:${setKey(value.entries.get(key) ?? NULL)};`).join("")}}`;
}

/** Order of Go strings: by bytes of UTF-8, which is the order of code points. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates sort after the rest of the basic plane, though their units are smaller.
    const highX = x >= 0xd800 && x < 0xe000;
    const highY = y >= 0xd800 && y < 0xe000;
    return highX === highY ? x - y : highX ? 1 : -1;
  }
  return a.length - b.length;
}

export const isNumber = (value: TypedValue): value is Num => typeof value === "number" || value instanceof BigFloat;
/** Neither unknown itself nor holding anything unknown. */
export const isWhollyKnown = (value: TypedValue): boolean => (flagsOf(value) & HAS_UNKNOWN) === 0;
export const containsMarks = (value: TypedValue): boolean => (flagsOf(value) & HAS_MARKS) !== 0;
export const unmark = (value: TypedValue): Bare => (value instanceof Marked ? value.value : value);
export const marksOf = (value: TypedValue): Marks | undefined => (value instanceof Marked ? value.marks : undefined);
export const isNullValue = (value: TypedValue): boolean => unmark(value) instanceof NullValue;

export function joinMarks(a: Marks | undefined, b: Marks | undefined): Marks | undefined {
  if (a === undefined || a === b) return b;
  if (b === undefined) return a;
  const missing = b.from.filter((address) => !a.from.includes(address));
  return {
    sensitive: a.sensitive || b.sensitive,
    ephemeral: a.ephemeral || b.ephemeral,
    from: missing.length === 0 ? a.from : [...a.from, ...missing],
  };
}

/** Adds marks to a value; without marks, the value itself. */
export function mark(value: TypedValue, marks: Marks | undefined): TypedValue {
  if (marks === undefined) return value;
  if (!(value instanceof Marked)) return new Marked(value, marks);
  return new Marked(value.value, joinMarks(value.marks, marks) ?? marks);
}

export const SENSITIVE: Marks = { sensitive: true, ephemeral: false, from: [] };
export const EPHEMERAL: Marks = { sensitive: false, ephemeral: true, from: [] };
export const isSensitive = (value: TypedValue): boolean => value instanceof Marked && value.marks.sensitive;

/** The value without any marks, at any depth, and the union of what was taken off. */
export function unmarkDeep(value: TypedValue): readonly [Bare, Marks | undefined] {
  if (!containsMarks(value)) return [value as Bare, undefined];
  let marks: Marks | undefined;
  const strip = (inner: TypedValue): Bare => {
    if (!containsMarks(inner)) return inner as Bare;
    if (inner instanceof Marked) {
      marks = joinMarks(marks, inner.marks);
      return strip(inner.value);
    }
    if (inner instanceof Sequence) return new Sequence(inner.kind, inner.element, inner.items.map(strip));
    if (!(inner instanceof Mapping)) return inner;
    const entries = new Map<string, TypedValue>();
    for (const [key, item] of inner.entries) entries.set(key, strip(item));
    return new Mapping(inner.kind, inner.element, entries);
  };
  const stripped = strip(value);
  return [stripped, marks];
}
