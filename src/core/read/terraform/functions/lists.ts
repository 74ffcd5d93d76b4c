/** Functions over lists, tuples and sets as sequences. */
import { convert } from "../convert.ts";
import { equals } from "../equality.ts";
import { FunctionError, type TerraformFunction } from "../function.ts";
import {
  isWhollyKnown,
  joinMarks,
  LazyObject,
  listOf,
  Mapping,
  type Marks,
  mark,
  marksOf,
  NullValue,
  nullOf,
  Sequence,
  type TypedValue,
  tupleOf,
  typeOf,
  UnknownValue,
  unknownOf,
  unmark,
} from "../typed-value.ts";
import { BOOL, DYNAMIC, friendlyName, listType, NUMBER, type Type, tupleType, unify } from "../types.ts";
import { any, list, NOT_WHOLE, number, wholeIndex, wholeNumber } from "./define.ts";
import { charactersOf } from "./strings.ts";

const SHALLOW = { depth: "shallow" } as const;
const MARKED = { depth: "shallow", marks: true } as const;

const itemsOf = (value: TypedValue | undefined): readonly TypedValue[] =>
  value instanceof Sequence ? value.items : [];
/** Also true for an unknown of that kind: what counts is the type. */
const isKind = (value: TypedValue | undefined, ...kinds: readonly Type["kind"][]): boolean =>
  value !== undefined && kinds.includes(typeOf(value).kind);
const elementOf = (type: Type): Type => ("element" in type ? type.element : DYNAMIC);
const typeAt = (args: readonly TypedValue[], index: number): Type => typeOf(args[index] ?? nullOf(DYNAMIC));

const allTrue: TerraformFunction = {
  name: "alltrue",
  parameters: [list("list", BOOL, SHALLOW)],
  returns: BOOL,
  call: ([values]) => {
    for (const item of itemsOf(values)) {
      if (item instanceof UnknownValue) return unknownOf(BOOL, { notNull: true });
      if (item !== true) return false;
    }
    return true;
  },
};

const anyTrue: TerraformFunction = {
  name: "anytrue",
  parameters: [list("list", BOOL, SHALLOW)],
  returns: BOOL,
  call: ([values]) => {
    const items = itemsOf(values);
    if (items.includes(true)) return true;
    return items.some((item) => item instanceof UnknownValue) ? unknownOf(BOOL, { notNull: true }) : false;
  },
};

const chunkList: TerraformFunction = {
  name: "chunklist",
  parameters: [list("list", DYNAMIC, MARKED), number("size")],
  returns: (args) => listType(typeAt(args, 0)),
  call: (args) => {
    const [given = tupleOf([]), sizeValue] = args;
    const type = typeAt(args, 0);
    const items = itemsOf(unmark(given));
    const size = wholeIndex(sizeValue);
    if (typeof size !== "number") return new FunctionError(`invalid size: ${NOT_WHOLE}`);
    if (size < 0) return new FunctionError("the size argument must be positive");
    if (items.length === 0) return mark(listOf(type, []), marksOf(given));
    const chunks: TypedValue[] = [];
    const step = size === 0 ? items.length : size;
    for (let i = 0; i < items.length; i += step) chunks.push(listOf(elementOf(type), items.slice(i, i + step)));
    return mark(listOf(type, chunks), marksOf(given));
  },
};

const SAME_TYPE = new FunctionError("all arguments must have the same type");

const coalesce: TerraformFunction = {
  name: "coalesce",
  parameters: [],
  variadic: any("vals", { nullable: true, unknowns: true }),
  returns: DYNAMIC,
  call: (args) => {
    const types = args.filter((arg) => !(arg instanceof NullValue && arg.type.kind === "dynamic")).map(typeOf);
    // A null without a type leaves the type of the others as it comes, where they have none in common.
    const type = args.length === 0 ? undefined : (unify(types) ?? (types.length < args.length ? DYNAMIC : undefined));
    if (type === undefined) return SAME_TYPE;
    for (const arg of args) {
      const converted = convert(arg, type);
      if (!converted.ok) return SAME_TYPE;
      const value = converted.value;
      if (value instanceof UnknownValue) return unknownOf(type, { notNull: true });
      if (!(value instanceof NullValue) && !(type.kind === "string" && value === "")) return value;
    }
    return new FunctionError("no non-null, non-empty-string arguments");
  },
};

const coalesceList: TerraformFunction = {
  name: "coalescelist",
  parameters: [],
  variadic: any("vals", { nullable: true, unknowns: true }),
  returns: DYNAMIC,
  call: (args) => {
    if (args.length === 0) return new FunctionError("at least one argument is required");
    const unknownAt = args.findIndex((arg) => arg instanceof UnknownValue);
    const known = unknownAt < 0 ? args : args.slice(0, unknownAt);
    if (known.some((arg) => !(arg instanceof Sequence) || arg.kind === "set")) {
      const nullList = known.find((arg) => arg instanceof NullValue && isKind(arg, "list", "tuple"));
      if (nullList === undefined) return new FunctionError("coalescelist arguments must be lists or tuples");
    }
    const filled = known.find((arg) => itemsOf(arg).length > 0);
    if (filled) return filled;
    if (unknownAt >= 0) return unknownOf(DYNAMIC, { notNull: true });
    return new FunctionError("no non-null arguments");
  },
};

const concat: TerraformFunction = {
  name: "concat",
  parameters: [],
  variadic: any("seqs", MARKED),
  returns: (args) => concatType(args),
  call: (args) => {
    const type = concatType(args);
    if (type instanceof FunctionError) return type;
    const items: TypedValue[] = [];
    let marks: Marks | undefined;
    for (const arg of args) {
      const converted = type.kind === "list" ? convert(unmark(arg), type) : undefined;
      if (items.push(...itemsOf(converted?.ok ? converted.value : unmark(arg))) > 1_000_000)
        return new FunctionError("the result is too large to evaluate");
      marks = joinMarks(marks, marksOf(arg));
    }
    return mark(type.kind === "list" ? listOf(type.element, items) : tupleOf(items), marks);
  },
};

function concatType(args: readonly TypedValue[]): Type | FunctionError {
  const types = args.map(typeOf);
  const [first] = types;
  if (first === undefined) return new FunctionError("at least one argument is required");
  if (types.some((type) => type.kind === "dynamic")) return DYNAMIC;
  const wrong = types.findIndex((type) => type.kind !== "list" && type.kind !== "tuple");
  if (wrong >= 0) {
    return new FunctionError(
      `all arguments must be lists or tuples; got ${friendlyName(types[wrong] ?? DYNAMIC)}`,
      wrong,
    );
  }
  const one = first.kind === "list" && types.every((type) => type.kind === "list") ? unify(types) : undefined;
  if (one?.kind === "list") return one;
  const elements: Type[] = [];
  for (const [index, arg] of args.entries()) {
    const type = types[index] ?? DYNAMIC;
    if (type.kind === "tuple") elements.push(...type.elements);
    else if (unmark(arg) instanceof UnknownValue) return DYNAMIC;
    else elements.push(...itemsOf(unmark(arg)).map(() => elementOf(type)));
  }
  return tupleType(elements);
}

const distinct: TerraformFunction = {
  name: "distinct",
  parameters: [list("list", DYNAMIC)],
  returns: (args) => typeAt(args, 0),
  call: (args) => {
    const kept: TypedValue[] = [];
    for (const item of itemsOf(args[0])) if (!kept.some((other) => equals(other, item))) kept.push(item);
    return listOf(elementOf(typeAt(args, 0)), kept);
  },
};

const element: TerraformFunction = {
  name: "element",
  parameters: [any("list", MARKED), number("index")],
  returns: (args) => {
    const type = typeAt(args, 0);
    const index = args[1] instanceof UnknownValue ? undefined : wholeNumber(args[1]);
    if (type.kind === "list") return type.element;
    if (type.kind === "tuple")
      return index === undefined ? DYNAMIC : (type.elements[Number(index) % (type.elements.length || 1)] ?? DYNAMIC);
    return type.kind === "dynamic" ? DYNAMIC : new FunctionError(`cannot read elements from ${friendlyName(type)}`);
  },
  neverNull: false,
  call: ([given = tupleOf([]), indexValue]) => {
    const sequence = unmark(given);
    if (!(sequence instanceof Sequence) || sequence.kind === "set") {
      return new FunctionError(`cannot read elements from ${friendlyName(typeOf(given))}`);
    }
    const index = wholeNumber(indexValue);
    if (index === undefined) return new FunctionError(`invalid index: ${NOT_WHOLE}`);
    const { length } = sequence.items;
    if (length === 0) return new FunctionError("cannot use element function with an empty list");
    // Terraform lets a negative index pass where it is a whole number of rounds.
    const place = index % BigInt(length);
    if (place < 0n) return new FunctionError("cannot use element function with a negative index");
    const found = sequence.items[Number(place)] ?? nullOf(DYNAMIC);
    return mark(found, marksOf(given));
  },
};

const FLATTENED = ["list", "set", "tuple"] as const;

const flatten: TerraformFunction = {
  name: "flatten",
  parameters: [any("list", MARKED)],
  returns: DYNAMIC,
  call: ([given = tupleOf([])]) => {
    const bare = unmark(given);
    // With an unknown inside, Terraform takes even an object for a sequence.
    if (bare instanceof Mapping && !isWhollyKnown(bare))
      return mark(tupleOf([...bare.entries.values()]), marksOf(given));
    if (!isKind(given, ...FLATTENED)) return new FunctionError("can only flatten lists, sets and tuples");
    const items: TypedValue[] = [];
    let marks = marksOf(given);
    /** False where the length of the result is not known. */
    const gather = (value: TypedValue): boolean => {
      for (const item of itemsOf(value)) {
        const bare = unmark(item);
        if (bare instanceof NullValue || !isKind(bare, ...FLATTENED, "dynamic")) items.push(item);
        else if (bare instanceof UnknownValue) return false;
        else {
          marks = joinMarks(marks, marksOf(item));
          if (!gather(bare)) return false;
        }
      }
      return true;
    };
    return gather(unmark(given)) ? mark(tupleOf(items), marks) : mark(unknownOf(DYNAMIC, { notNull: true }), marks);
  },
};

const length: TerraformFunction = {
  name: "length",
  parameters: [any("value", { unknowns: true, marks: true })],
  returns: NUMBER,
  call: ([given = ""]) => {
    const value = unmark(given);
    const marks = marksOf(given);
    const type = typeOf(value);
    if (type.kind === "number" || type.kind === "bool") {
      return new FunctionError("argument must be a string, a collection type, or a structural type");
    }
    if (type.kind === "tuple") return mark(type.elements.length, marks);
    if (type.kind === "object") return mark(type.attributes.size, marks);
    if (typeof value === "string") return mark(charactersOf(value).length, marks);
    if (value instanceof Mapping && !(value instanceof LazyObject && value.open))
      return mark(value.entries.size, marks);
    // Unknown elements of a set may turn out to be equal.
    if (value instanceof Sequence && (value.kind !== "set" || isWhollyKnown(value) || value.items.length === 1))
      return mark(value.items.length, marks);
    return mark(unknownOf(NUMBER, { notNull: true }), marks);
  },
};

export const listFunctions: readonly TerraformFunction[] = [
  allTrue,
  anyTrue,
  chunkList,
  coalesce,
  coalesceList,
  concat,
  distinct,
  element,
  flatten,
  length,
];
