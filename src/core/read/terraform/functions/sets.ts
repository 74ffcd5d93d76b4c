/** Set algebra. */
import { convert } from "../convert.ts";
import { FunctionError, type Parameter, type TerraformFunction } from "../function.ts";
import {
  isWhollyKnown,
  joinMarks,
  listOf,
  type Marks,
  mark,
  marksOf,
  Sequence,
  setKey,
  setOf,
  type TypedValue,
  tupleOf,
  typeOf,
  UnknownValue,
  unmark,
} from "../typed-value.ts";
import { DYNAMIC, isPrimitive, listType, setType, type Type, tupleType, unify } from "../types.ts";
import { any } from "./define.ts";

type Depth = "shallow" | "deep";

const INCOMPATIBLE = new FunctionError("given sets must all have compatible element types");
const setParameter = (name: string, depth: Depth): Parameter => ({ name, type: setType(DYNAMIC), depth });
const itemsOf = (value: TypedValue | undefined): readonly TypedValue[] =>
  value instanceof Sequence ? value.items : [];

/** The one element type of all sets; an empty set without a type takes that of the others. */
function commonElement(args: readonly TypedValue[]): Type | FunctionError {
  const elements = args.flatMap((arg) => {
    const type = typeOf(arg);
    const element = "element" in type ? type.element : DYNAMIC;
    return element.kind === "dynamic" && arg instanceof Sequence && arg.items.length === 0 ? [] : [element];
  });
  // Elements without a type (nulls) fit among texts and numbers only.
  const typed = elements.filter((element) => element.kind !== "dynamic");
  const one = unify(typed);
  return one === undefined || (typed.length > 0 && typed.length < elements.length && !isPrimitive(one))
    ? INCOMPATIBLE
    : one;
}

const algebra = (
  name: string,
  parameters: readonly string[],
  others: string | undefined,
  /** What unknown elements do to the result: "deep" leaves it open. */
  depth: Depth,
  keep: (items: ReadonlyMap<string, TypedValue>, other: ReadonlyMap<string, TypedValue>) => Map<string, TypedValue>,
): TerraformFunction => ({
  name,
  parameters: parameters.map((each) => setParameter(each, depth)),
  ...(others !== undefined && { variadic: setParameter(others, depth) }),
  returns: (args) => {
    const element = commonElement(args);
    return element instanceof FunctionError ? element : setType(element);
  },
  call: (args) => {
    const element = commonElement(args);
    if (element instanceof FunctionError) return element;
    const sets: Map<string, TypedValue>[] = [];
    for (const [set, arg] of args.entries()) {
      const converted = convert(arg, setType(element));
      if (!converted.ok) return INCOMPATIBLE;
      // Two unknowns may turn out different, so each is its own element.
      const keyOf = (item: TypedValue, at: number): string => (isWhollyKnown(item) ? setKey(item) : `${set}.${at}`);
      sets.push(new Map(itemsOf(unmark(converted.value)).map((item, at) => [keyOf(item, at), item])));
    }
    return setOf(element, [...sets.reduce(keep).values()]);
  },
});

const MOST_COMBINATIONS = 1_000_000;

interface Product {
  readonly type: Type;
  readonly elements: readonly Type[];
}

function productType(args: readonly TypedValue[]): Product | FunctionError {
  if (args.length < 2) return new FunctionError("at least two arguments are required");
  const elements: Type[] = [];
  let ordered = true;
  for (const [index, arg] of args.entries()) {
    const type = typeOf(arg);
    if (type.kind === "set") ordered = false;
    if (type.kind === "set" || type.kind === "list") elements.push(type.element);
    else if (type.kind === "tuple") {
      const settled = type.elements.filter((each) => each.kind !== "dynamic");
      const one = unify(unmark(arg) instanceof UnknownValue ? type.elements : settled);
      if (one === undefined) return new FunctionError("all elements must be of the same type", index);
      elements.push(one);
    } else return new FunctionError("a set or a list is required", index);
  }
  const tuple = tupleType(elements);
  return { type: ordered ? listType(tuple) : setType(tuple), elements };
}

const setProduct: TerraformFunction = {
  name: "setproduct",
  parameters: [],
  variadic: any("sets", { depth: "shallow", marks: true }),
  returns: (args) => {
    if (args.some((arg) => typeOf(arg).kind === "dynamic")) return DYNAMIC;
    const product = productType(args);
    return product instanceof FunctionError ? product : product.type;
  },
  call: (args) => {
    const product = productType(args);
    if (product instanceof FunctionError) return product;
    const marks = args.reduce<Marks | undefined>((all, arg) => joinMarks(all, marksOf(arg)), undefined);
    const factors: (readonly TypedValue[])[] = [];
    for (const [index, arg] of args.entries()) {
      const element = product.elements[index] ?? DYNAMIC;
      const items: TypedValue[] = [];
      for (const item of itemsOf(unmark(arg))) {
        const converted = convert(item, element);
        if (!converted.ok) return new FunctionError("all elements must be of the same type", index);
        items.push(converted.value);
      }
      factors.push(items);
    }
    const total = factors.reduce((count, items) => count * items.length, 1);
    if (total * (factors.length + 1) > MOST_COMBINATIONS)
      return new FunctionError("the result is too large to evaluate");
    let rows: (readonly TypedValue[])[] = total === 0 ? [] : [[]];
    if (total > 0) for (const items of factors) rows = rows.flatMap((row) => items.map((item) => [...row, item]));
    const tuple = tupleType(product.elements);
    const tuples = rows.map((row) => tupleOf(row));
    return mark(product.type.kind === "list" ? listOf(tuple, tuples) : setOf(tuple, tuples), marks);
  },
};

export const setFunctions: readonly TerraformFunction[] = [
  algebra(
    "setintersection",
    ["first_set"],
    "other_sets",
    "deep",
    (a, b) => new Map([...a].filter(([key]) => b.has(key))),
  ),
  algebra("setsubtract", ["a", "b"], undefined, "deep", (a, b) => new Map([...a].filter(([key]) => !b.has(key)))),
  algebra("setunion", ["first_set"], "other_sets", "shallow", (a, b) => new Map([...a, ...b])),
  setProduct,
];
