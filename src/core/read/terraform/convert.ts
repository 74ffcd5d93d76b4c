/** Conversion of a value to a type constraint, with the defaults of optional() attributes (cty's convert, typeexpr). */
import { formatNumber, parseNumber } from "./number.ts";
import {
  isNumber,
  isWhollyKnown,
  LazyObject,
  listOf,
  Mapping,
  Marked,
  mark,
  NULL,
  NullValue,
  nullOf,
  objectOf,
  Sequence,
  setOf,
  type TypedValue,
  tupleOf,
  typeOf,
  UnknownValue,
  unmark,
} from "./typed-value.ts";
import {
  convertible,
  DYNAMIC,
  friendlyName,
  hasDynamic,
  isPrimitive,
  type ObjectType,
  type Type,
  unify,
} from "./types.ts";

/** `message` completes "Invalid value: …", as Terraform phrases it ("string required"). */
export type Conversion =
  | { readonly ok: true; readonly value: TypedValue }
  | { readonly ok: false; readonly message: string };

const ok = (value: TypedValue): Conversion => ({ ok: true, value });
const failed = (message: string): Conversion => ({ ok: false, message });
const mismatch = (value: TypedValue, type: Type): Conversion =>
  failed(
    `${isPrimitive(type) && isPrimitive(typeOf(value)) && type.kind !== "string" ? `a ${type.kind} is` : friendlyName(type)} required`,
  );

export function convert(value: TypedValue, type: Type): Conversion {
  switch (type.kind) {
    case "dynamic":
      return ok(value);
    case "string":
      if (typeof value === "string") return ok(value);
      break;
    case "number":
      if (typeof value === "number") return ok(value);
      break;
    case "bool":
      if (typeof value === "boolean") return ok(value);
      break;
  }
  if (value instanceof Marked) {
    const inner = convert(value.value, type);
    return inner.ok ? ok(mark(inner.value, value.marks)) : inner;
  }
  if (value instanceof NullValue) return ok(nullOf(type));
  if (value instanceof UnknownValue) return convertUnknown(value, type);
  switch (type.kind) {
    case "string":
      if (typeof value === "boolean") return ok(String(value));
      return isNumber(value) ? ok(formatNumber(value)) : mismatch(value, type);
    case "number": {
      if (isNumber(value)) return ok(value);
      const number = typeof value === "string" ? parseNumber(value) : undefined;
      if (number !== undefined) return ok(number);
      return typeof value === "string" ? failed("a number is required") : mismatch(value, type);
    }
    case "bool":
      return toBool(value, type);
    case "list":
    case "set":
      return value instanceof Sequence ? convertSequence(value, type.kind, type.element) : mismatch(value, type);
    case "map":
      return value instanceof Mapping ? convertToMap(value, type.element) : mismatch(value, type);
    case "object":
      return value instanceof Mapping ? convertToObject(value, type) : mismatch(value, type);
    case "tuple":
      return convertToTuple(value, type.elements, type);
    default:
      return ok(value);
  }
}

function toBool(value: TypedValue, type: Type): Conversion {
  if (value === "true" || value === "1") return ok(true);
  if (value === "false" || value === "0") return ok(false);
  if (typeof value !== "string") return mismatch(value, type);
  const lower = value.toLowerCase();
  if (lower === "true" || lower === "false") {
    return failed(`a bool is required; to convert from string, use lowercase "${lower}"`);
  }
  return failed("a bool is required");
}

function convertUnknown(value: UnknownValue, type: Type): Conversion {
  if (value.type === type) return ok(value);
  if (!convertible(value.type, type)) return mismatch(value, type);
  const { notNull, prefix, outline, minLength, maxLength } = value.is;
  const target = hasDynamic(type) && value.type.kind !== "dynamic" ? settle(value.type, type) : type;
  const text = type.kind === "string" && value.type.kind === "string";
  return ok(
    new UnknownValue(target, {
      ...(notNull && { notNull }),
      ...(text && prefix !== undefined && { prefix }),
      ...(text && outline !== undefined && { outline }),
      ...(type.kind === value.type.kind && minLength !== undefined && { minLength }),
      ...(type.kind === value.type.kind && maxLength !== undefined && { maxLength }),
    }),
  );
}

/** The type a value of one type has after conversion to a constraint with `any` in it. */
function settle(from: Type, to: Type): Type {
  if (to.kind === "dynamic") return from;
  if (to.kind !== "list" && to.kind !== "set" && to.kind !== "map") return to;
  const elements =
    "element" in from
      ? [from.element]
      : from.kind === "tuple"
        ? from.elements
        : from.kind === "object"
          ? [...from.attributes.values()]
          : [];
  const one = unify(elements);
  return { kind: to.kind, element: one === undefined ? to.element : settle(one, to.element) };
}

/** The element type of a collection made from these values; nulls without a type have no say. */
function elementType(values: Iterable<TypedValue>, wanted: Type): Type | undefined {
  if (!hasDynamic(wanted)) return wanted;
  const types: Type[] = [];
  let previous: Type | undefined;
  for (const value of values) {
    if (unmark(value) === NULL) continue;
    const type = typeOf(value);
    if (type !== previous) types.push(type);
    previous = type;
  }
  const one = unify(types);
  return one === undefined || wanted.kind === "dynamic" ? one : settle(one, wanted);
}

function convertSequence(value: Sequence, kind: "list" | "set", wanted: Type): Conversion {
  if (kind === value.kind && value.element === wanted) return ok(value);
  // Two unknown elements of a set may turn out equal, so that its length, and with it the list, is not known.
  if (kind === "list" && value.kind === "set" && !isWhollyKnown(value)) {
    return ok(new UnknownValue({ kind: "list", element: settle(value.element, wanted) }, { notNull: true }));
  }
  const element = elementType(value.items, wanted);
  // A null without a type fits among texts and numbers; beside anything larger Terraform cannot tell the common type.
  const untyped = hasDynamic(wanted) && value.kind === "tuple" && value.items.some((item) => unmark(item) === NULL);
  if (element === undefined || (untyped && !isPrimitive(element) && element.kind !== "dynamic")) {
    return failed(`all ${kind} elements must have the same type`);
  }
  const settled = element.kind === "dynamic" && value.kind !== "tuple" ? value.element : element;
  const items: TypedValue[] = [];
  for (const [index, item] of value.items.entries()) {
    const converted = convert(item, settled);
    if (!converted.ok) return value.kind === "tuple" ? failed(`element ${index}: ${converted.message}`) : converted;
    items.push(converted.value);
  }
  return ok(kind === "set" ? setOf(settled, items) : listOf(settled, items));
}

function convertToMap(value: Mapping, wanted: Type): Conversion {
  if (value instanceof LazyObject && value.open) return ok(new UnknownValue({ kind: "map", element: wanted }));
  if (value.kind === "map" && value.element === wanted) return ok(value);
  const element = elementType(value.entries.values(), wanted);
  if (element === undefined) return failed("all map elements must have the same type");
  const settled = element.kind === "dynamic" && value.kind === "map" ? value.element : element;
  const entries = new Map<string, TypedValue>();
  for (const [key, item] of value.entries) {
    const converted = convert(item, settled);
    if (!converted.ok) return failed(`element "${key}": ${converted.message}`);
    entries.set(key, converted.value);
  }
  return ok(new Mapping("map", settled, entries));
}

function convertToObject(value: Mapping, type: ObjectType): Conversion {
  const entries = new Map<string, TypedValue>();
  const missing: string[] = [];
  for (const [name, wanted] of type.attributes) {
    let given = value.get(name);
    if (given === undefined || unmark(given) instanceof NullValue) {
      const fallback = type.optional?.get(name);
      if (fallback !== undefined) given = fallback;
    }
    if (given === undefined) {
      if (!type.optional?.has(name)) missing.push(name);
      else entries.set(name, nullOf(wanted));
      continue;
    }
    const converted = convert(given, wanted);
    if (!converted.ok) return failed(`attribute "${name}": ${converted.message}`);
    entries.set(name, converted.value);
  }
  if (missing.length === 0) return ok(objectOf(entries));
  const names = missing.sort().map((name) => `"${name}"`);
  if (names.length === 1) return failed(`attribute ${names[0]} is required`);
  return failed(`attributes ${names.slice(0, -1).join(", ")} and ${names.at(-1)} are required`);
}

function convertToTuple(value: TypedValue, elements: readonly Type[], type: Type): Conversion {
  if (!(value instanceof Sequence) || value.kind !== "tuple") return mismatch(value, type);
  if (value.items.length !== elements.length) return mismatch(value, type);
  const items: TypedValue[] = [];
  for (const [index, item] of value.items.entries()) {
    const converted = convert(item, elements[index] ?? DYNAMIC);
    if (!converted.ok) return failed(`element ${index}: ${converted.message}`);
    items.push(converted.value);
  }
  return ok(tupleOf(items));
}
