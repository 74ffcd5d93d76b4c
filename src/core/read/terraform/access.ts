/** Reading into a value: object.name, collection[key], and what of it is known when the value is not. */
import { formatNumber, isWhole, type Num, parseNumber } from "./number.ts";
import {
  isNumber,
  LazyObject,
  Mapping,
  Marked,
  mark,
  NullValue,
  Sequence,
  type TypedValue,
  typeOf,
  UNKNOWN,
  UnknownInstances,
  UnknownValue,
  unknownOf,
  unmark,
} from "./typed-value.ts";
import { friendlyName, type Type } from "./types.ts";

export class AccessError {
  readonly summary: string;
  readonly detail: string;
  constructor(summary: string, detail: string) {
    this.summary = summary;
    this.detail = detail;
  }
}

export function getAttribute(value: TypedValue, name: string): TypedValue | AccessError {
  if (value instanceof Mapping) {
    const found = value.get(name);
    if (found !== undefined) return found;
    if (value.kind === "map") {
      return new AccessError("Missing map element", `This map does not have an element with the key "${name}".`);
    }
    return new AccessError("Unsupported attribute", `This object does not have an attribute named "${name}".`);
  }
  if (value instanceof Marked) {
    const inner = getAttribute(value.value, name);
    return inner instanceof AccessError ? inner : mark(inner, value.marks);
  }
  if (value instanceof UnknownValue) {
    if (value instanceof UnknownInstances) return getAttribute(value.one, name);
    return value.is.entries?.get(name) ?? attributeOfUnknown(value.type, name);
  }
  if (value instanceof NullValue) {
    return new AccessError(
      "Attempt to get attribute from null value",
      "This value is null, so it does not have any attributes.",
    );
  }
  if (value instanceof Sequence) {
    const number = /^\d+$/.test(name) ? Number(name) : undefined;
    if (number !== undefined) return getIndex(value, number);
    return new AccessError(
      "Unsupported attribute",
      `Can't access attributes on a list of objects. Did you mean to access an attribute for a specific element of the list, or across all elements of the list?`,
    );
  }
  return new AccessError(
    "Unsupported attribute",
    `Can't access attributes on a primitive-typed value (${friendlyName(typeOf(value))}).`,
  );
}

function attributeOfUnknown(type: Type, name: string): TypedValue | AccessError {
  if (type.kind === "map") return unknownOf(type.element);
  if (type.kind === "object") {
    const attribute = type.attributes.get(name);
    if (attribute !== undefined) return unknownOf(attribute);
    return new AccessError("Unsupported attribute", `This object does not have an attribute named "${name}".`);
  }
  if (type.kind === "dynamic") return UNKNOWN;
  return new AccessError("Unsupported attribute", `This value does not have any attributes.`);
}

const noElement = (): AccessError =>
  new AccessError("Invalid index", "The given key does not identify an element in this collection value.");

/** The key may be marked; its sensitivity goes to the result, where it came from does not. */
export function getIndex(value: TypedValue, key: TypedValue): TypedValue | AccessError {
  if (key instanceof Marked) {
    const found = getIndex(value, key.value);
    if (found instanceof AccessError || !key.marks.sensitive) return found;
    return mark(found, { ...key.marks, from: [] });
  }
  if (value instanceof Marked) {
    const inner = getIndex(value.value, key);
    return inner instanceof AccessError ? inner : mark(inner, value.marks);
  }
  if (value instanceof NullValue) {
    return new AccessError("Attempt to index null value", "This value is null, so it does not have any indices.");
  }
  if (key instanceof NullValue) return new AccessError("Invalid index", "Can't use a null value as an indexing key.");
  if (value instanceof UnknownValue) {
    if (value instanceof UnknownInstances) return value.one;
    const certain = typeof key === "string" ? value.is.entries?.get(key) : undefined;
    return certain ?? indexOfUnknown(value.type, key);
  }
  if (value instanceof Sequence) return elementAt(value, key);
  if (value instanceof Mapping) {
    if (key instanceof UnknownValue) return value.kind === "map" ? unknownOf(value.element) : anyOf(value);
    const text =
      typeof key === "string"
        ? key
        : isNumber(key)
          ? formatNumber(key)
          : typeof key === "boolean"
            ? String(key)
            : undefined;
    const found = text === undefined ? undefined : value.get(text);
    if (found !== undefined) return found;
    return value instanceof LazyObject && value.open ? UNKNOWN : noElement();
  }
  return new AccessError("Invalid index", "This value does not have any indices.");
}

function elementAt(value: Sequence, key: TypedValue): TypedValue | AccessError {
  if (value.kind === "set") {
    return new AccessError(
      "Invalid index",
      "Elements of a set are identified only by their value and don't have any separate index or key to select with, so it's only possible to perform operations across all elements of the set.",
    );
  }
  if (key instanceof UnknownValue) return value.kind === "list" ? unknownOf(value.element) : UNKNOWN;
  const number: Num | undefined = isNumber(key) ? key : typeof key === "string" ? parseNumber(key) : undefined;
  if (number === undefined)
    return new AccessError(
      "Invalid index",
      "The given key does not identify an element in this collection value: a number is required.",
    );
  const item = typeof number === "number" && isWhole(number) ? value.items[number] : undefined;
  return item ?? noElement();
}

/** One of several instances, not known which: it may come from any of them. */
function anyOf(value: Mapping): TypedValue {
  const types = [...value.entries.values()].map(typeOf);
  const [first] = types;
  return first !== undefined && types.every((type) => type === first) ? unknownOf(first) : UNKNOWN;
}

function indexOfUnknown(type: Type, key: TypedValue): TypedValue | AccessError {
  switch (type.kind) {
    case "list":
    case "map":
      return unknownOf(type.element);
    case "tuple": {
      const element = typeof key === "number" ? type.elements[key] : undefined;
      return element !== undefined ? unknownOf(element) : UNKNOWN;
    }
    case "object": {
      const name = unmark(key);
      return typeof name === "string" ? attributeOfUnknown(type, name) : UNKNOWN;
    }
    case "dynamic":
      return UNKNOWN;
    default:
      return new AccessError("Invalid index", "This value does not have any indices.");
  }
}
