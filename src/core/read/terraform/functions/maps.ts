/** Functions over maps and objects. */
import { convert } from "../convert.ts";
import { FunctionError, type TerraformFunction } from "../function.ts";
import {
  compareStrings,
  isWhollyKnown,
  joinMarks,
  LazyObject,
  listOf,
  Mapping,
  type Marks,
  mapOf,
  mark,
  marksOf,
  NullValue,
  nullOf,
  objectOf,
  Sequence,
  type TypedValue,
  tupleOf,
  typeOf,
  UnknownValue,
  unknownOf,
  unmark,
} from "../typed-value.ts";
import {
  DYNAMIC,
  friendlyName,
  LIST_OF_STRING,
  listType,
  mapType,
  objectType,
  STRING,
  sameType,
  type Type,
  tupleType,
} from "../types.ts";
import { any, list, text } from "./define.ts";

const MARKED = { depth: "shallow", marks: true } as const;
const OPEN = { unknowns: true, marks: true } as const;
const typeAt = (args: readonly TypedValue[], index: number): Type => typeOf(args[index] ?? nullOf(DYNAMIC));

/** A resource or module of which not all attributes are in sight. */
const isOpen = (value: TypedValue): value is LazyObject => value instanceof LazyObject && value.open;

const keys: TerraformFunction = {
  name: "keys",
  parameters: [any("inputMap", OPEN)],
  returns: LIST_OF_STRING,
  call: ([given = ""]) => {
    const value = unmark(given);
    const type = typeOf(value);
    const marks = marksOf(given);
    if (type.kind === "dynamic") return mark(unknownOf(DYNAMIC, { notNull: true }), marks);
    if (type.kind === "object") return mark(tupleOf([...type.attributes.keys()].sort(compareStrings)), marks);
    if (type.kind !== "map") return new FunctionError("must have map or object type", 0);
    return mark(
      value instanceof Mapping ? listOf(STRING, value.keys) : unknownOf(LIST_OF_STRING, { notNull: true }),
      marks,
    );
  },
};

const NO_MAP = new FunctionError("values() requires a map as the first argument");

const values: TerraformFunction = {
  name: "values",
  parameters: [any("mapping", MARKED)],
  returns: (args) => {
    const type = typeAt(args, 0);
    if (type.kind === "dynamic") return DYNAMIC;
    if (type.kind === "map") return listType(type.element);
    if (type.kind !== "object") return NO_MAP;
    return tupleType(
      [...type.attributes.keys()].sort(compareStrings).map((name) => type.attributes.get(name) ?? DYNAMIC),
    );
  },
  call: ([given = ""]) => {
    const value = unmark(given);
    if (!(value instanceof Mapping)) return NO_MAP;
    if (isOpen(value)) return mark(unknownOf(DYNAMIC, { notNull: true }), marksOf(given));
    const items = value.keys.map((key) => value.entries.get(key) ?? nullOf(DYNAMIC));
    return mark(value.kind === "map" ? listOf(value.element, items) : tupleOf(items), marksOf(given));
  },
};

const lookup: TerraformFunction = {
  name: "lookup",
  parameters: [any("inputMap", OPEN), { ...text("key"), unknowns: true, marks: true }],
  variadic: any("default", { nullable: true, unknowns: true, marks: true }),
  returns: DYNAMIC,
  neverNull: false,
  call: (args) => {
    if (args.length > 3) return new FunctionError(`lookup() takes two or three arguments, got ${args.length}`);
    const [given = "", keyGiven = "", fallback] = args;
    const map = unmark(given);
    const key = unmark(keyGiven);
    const marks = joinMarks(marksOf(given), marksOf(keyGiven));
    const type = typeOf(map);
    if (type.kind !== "map" && type.kind !== "object" && type.kind !== "dynamic") {
      return new FunctionError("lookup() requires a map as the first argument", 0);
    }
    const wanted = type.kind === "map" ? type.element : DYNAMIC;
    const converted = fallback === undefined ? undefined : convert(fallback, wanted);
    if (converted && !converted.ok)
      return new FunctionError("the default value must have the same type as the map elements", 2);
    if (typeof key !== "string") return mark(unknownOf(wanted), marks);
    const found =
      map instanceof UnknownValue ? map.is.entries?.get(key) : map instanceof Mapping ? map.get(key) : undefined;
    if (found !== undefined) return mark(found, marks);
    if (isOpen(map)) return mark(unknownOf(DYNAMIC), marks);
    if (type.kind === "object" && !type.attributes.has(key)) {
      return converted?.ok
        ? mark(converted.value, marks)
        : new FunctionError(`the given object has no attribute ${JSON.stringify(key)}`, 0);
    }
    if (map instanceof UnknownValue) {
      return mark(unknownOf(type.kind === "object" ? (type.attributes.get(key) ?? DYNAMIC) : wanted), marks);
    }
    if (converted?.ok) return mark(converted.value, marks);
    const shown = marksOf(keyGiven)?.sensitive ? "(sensitive value)" : JSON.stringify(key);
    return new FunctionError(`lookup failed to find key ${shown}`);
  },
};

const merge: TerraformFunction = {
  name: "merge",
  parameters: [],
  variadic: any("maps", { nullable: true, unknowns: true, marks: true }),
  returns: DYNAMIC,
  call: (args) => {
    const bare = args.map(unmark);
    const marks = args.reduce<Marks | undefined>((all, arg) => joinMarks(all, marksOf(arg)), undefined);
    const type = mergeType(bare);
    if (type instanceof FunctionError) return type;
    const entries = new Map<string, TypedValue>();
    let open = false;
    for (const arg of bare) {
      if (arg instanceof UnknownValue || isOpen(arg)) {
        // What came before may be overwritten; what comes after is certain again.
        open = true;
        entries.clear();
        for (const [key, value] of (arg instanceof UnknownValue ? arg.is.entries : arg.entries) ?? [])
          entries.set(key, value);
      } else if (arg instanceof Mapping) for (const [key, value] of arg.entries) entries.set(key, value);
    }
    if (open) return mark(unknownOf(type, entries.size > 0 ? { notNull: true, entries } : { notNull: true }), marks);
    if (type.kind === "map") return mark(mapOf(type.element, entries), marks);
    return mark(objectOf(entries), marks);
  },
};

function mergeType(args: readonly TypedValue[]): Type | FunctionError {
  const given = args.filter((arg) => !(arg instanceof NullValue && arg.type.kind === "dynamic"));
  const [first] = given;
  const attributes = new Map<string, Type>();
  let attributesKnown = true;
  for (const arg of given) {
    const type = typeOf(arg);
    if (type.kind === "dynamic") attributesKnown = false;
    else if (type.kind !== "map" && type.kind !== "object") {
      return new FunctionError(`arguments must be maps or objects, got "${friendlyName(type)}"`);
    }
    if (type.kind === "object" && !(arg instanceof NullValue))
      for (const [name, each] of type.attributes) attributes.set(name, each);
    else if (arg instanceof Mapping) for (const name of arg.entries.keys()) attributes.set(name, arg.element);
    else if (arg instanceof UnknownValue) attributesKnown = false;
  }
  if (first === undefined) return objectType(attributes);
  const type = typeOf(first);
  if (given.length === args.length && given.every((arg) => sameType(typeOf(arg), type))) return type;
  return attributesKnown ? objectType(attributes) : DYNAMIC;
}

const transpose: TerraformFunction = {
  name: "transpose",
  parameters: [{ name: "values", type: mapType(LIST_OF_STRING) }],
  returns: mapType(LIST_OF_STRING),
  call: ([given]) => {
    const turned = new Map<string, string[]>();
    if (given instanceof Mapping) {
      for (const key of given.keys) {
        const inner = given.entries.get(key);
        if (!(inner instanceof Sequence)) return new FunctionError("input must not contain null list");
        for (const item of inner.items) {
          if (typeof item !== "string") return new FunctionError("input list must not contain null string");
          const at = turned.get(item);
          if (at) at.push(key);
          else turned.set(item, [key]);
        }
      }
    }
    const sorted = [...turned].map(([key, names]) => [key, listOf(STRING, names.sort(compareStrings))] as const);
    return mapOf(LIST_OF_STRING, new Map(sorted));
  },
};

const zipmap: TerraformFunction = {
  name: "zipmap",
  parameters: [list("keys", STRING, MARKED), any("values", MARKED)],
  returns: (args) => {
    const type = typeAt(args, 1);
    if (type.kind === "dynamic") return DYNAMIC;
    if (type.kind === "list") return mapType(type.element);
    return type.kind === "tuple"
      ? zipType(args, type.elements)
      : new FunctionError("values argument must be a list or tuple value");
  },
  call: (args) => {
    const [given = "", valuesGiven = ""] = args;
    const names = unmark(given);
    const sequence = unmark(valuesGiven);
    let marks = joinMarks(marksOf(given), marksOf(valuesGiven));
    if (!(names instanceof Sequence) || !(sequence instanceof Sequence) || sequence.kind === "set") {
      return new FunctionError("values argument must be a list or tuple value");
    }
    if (!isWhollyKnown(names)) {
      return mark(unknownOf(sequence.kind === "list" ? mapType(sequence.element) : DYNAMIC, { notNull: true }), marks);
    }
    if (names.items.length !== sequence.items.length) return lengthMismatch(names.items.length, sequence.items.length);
    const entries = new Map<string, TypedValue>();
    for (const [index, name] of names.items.entries()) {
      const key = unmark(name);
      if (typeof key !== "string") return new FunctionError(`keys list has null value at index ${index}`);
      marks = joinMarks(marks, marksOf(name));
      entries.set(key, sequence.items[index] ?? nullOf(DYNAMIC));
    }
    return mark(sequence.kind === "list" ? mapOf(sequence.element, entries) : objectOf(entries), marks);
  },
};

const lengthMismatch = (names: number, given: number): FunctionError =>
  new FunctionError(`number of keys (${names}) does not match number of values (${given})`);

function zipType(args: readonly TypedValue[], elements: readonly Type[]): Type | FunctionError {
  const names = unmark(args[0] ?? nullOf(DYNAMIC));
  if (!(names instanceof Sequence) || !isWhollyKnown(names)) return DYNAMIC;
  if (names.items.length !== elements.length) return lengthMismatch(names.items.length, elements.length);
  return objectType(new Map(names.items.map((name, index) => [String(unmark(name)), elements[index] ?? DYNAMIC])));
}

export const mapFunctions: readonly TerraformFunction[] = [keys, values, lookup, merge, transpose, zipmap];
