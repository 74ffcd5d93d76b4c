/** Functions that pick from a sequence or put it in another order. */
import { FunctionError, type TerraformFunction } from "../function.ts";
import type { Num } from "../number.ts";
import {
  compareStrings,
  listOf,
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
import { DYNAMIC, friendlyName, LIST_OF_STRING, listType, STRING, type Type, tupleType } from "../types.ts";
import { any, list, NOT_WHOLE, number, wholeNumber } from "./define.ts";

const MARKED = { depth: "shallow", marks: true } as const;
const itemsOf = (value: TypedValue | undefined): readonly TypedValue[] =>
  value instanceof Sequence ? value.items : [];
const typeAt = (args: readonly TypedValue[], index: number): Type => typeOf(args[index] ?? nullOf(DYNAMIC));

const compact: TerraformFunction = {
  name: "compact",
  parameters: [list("list", STRING)],
  returns: LIST_OF_STRING,
  call: ([values]) =>
    listOf(
      STRING,
      itemsOf(values).filter((item) => typeof item === "string" && item !== ""),
    ),
};

const NOT_ONE = new FunctionError("must be a list, set, or tuple value with either zero or one elements", 0);

const one: TerraformFunction = {
  name: "one",
  parameters: [any("list", { depth: "shallow" })],
  neverNull: false,
  returns: (args) => {
    const type = typeAt(args, 0);
    if (type.kind === "dynamic") return DYNAMIC;
    if (type.kind === "list" || type.kind === "set") return type.element;
    return type.kind === "tuple" && type.elements.length < 2 ? (type.elements[0] ?? DYNAMIC) : NOT_ONE;
  },
  call: (args) => {
    const [given] = args;
    if (!(given instanceof Sequence) || given.items.length > 1) return NOT_ONE;
    return given.items[0] ?? nullOf(given.kind === "tuple" ? DYNAMIC : given.element);
  },
};

const reverse: TerraformFunction = {
  name: "reverse",
  parameters: [any("list", MARKED)],
  returns: (args) => {
    const type = typeAt(args, 0);
    if (type.kind === "dynamic") return DYNAMIC;
    if (type.kind === "tuple") return tupleType([...type.elements].reverse());
    if (type.kind === "list" || type.kind === "set") return listType(type.element);
    return new FunctionError(`can only reverse list or tuple values, not ${friendlyName(type)}`, 0);
  },
  call: ([given = tupleOf([])]) => {
    const sequence = unmark(given);
    if (!(sequence instanceof Sequence)) {
      return new FunctionError(`can only reverse list or tuple values, not ${friendlyName(typeOf(given))}`, 0);
    }
    const items = [...sequence.items].reverse();
    return mark(sequence.kind === "tuple" ? tupleOf(items) : listOf(sequence.element, items), marksOf(given));
  },
};

interface Bounds {
  readonly start: number | undefined;
  readonly end: number | undefined;
}

/** Both ends of a slice, checked as far as they are known. */
function boundsOf(args: readonly TypedValue[]): Bounds | FunctionError {
  const [given = tupleOf([])] = args;
  const type = typeOf(given);
  const sequence = unmark(given);
  const length =
    type.kind === "tuple" ? type.elements.length : sequence instanceof Sequence ? sequence.items.length : undefined;
  const ends: (number | undefined)[] = [];
  for (const [index, name] of [
    [1, "start"],
    [2, "end"],
  ] as const) {
    const value = args[index];
    if (value === undefined || value instanceof UnknownValue) {
      ends.push(undefined);
      continue;
    }
    const whole = wholeNumber(value as Num);
    if (whole === undefined) return new FunctionError(`invalid ${name} index: ${NOT_WHOLE}`, index);
    if (whole < 0n) return new FunctionError(`${name} index must not be less than zero`, index);
    if (length !== undefined && whole > BigInt(length)) {
      return new FunctionError(`${name} index must not be greater than the length of the list`, index);
    }
    ends.push(Number(whole));
  }
  const [start, end] = ends;
  if (start !== undefined && end !== undefined && start > end) {
    return new FunctionError("start index must not be greater than end index", 1);
  }
  return { start, end };
}

const NO_SET =
  "cannot slice a set, because its elements do not have indices; explicitly convert to a list if the ordering of the result is not important";

const slice: TerraformFunction = {
  name: "slice",
  parameters: [any("list", MARKED), number("start_index"), number("end_index")],
  returns: (args) => {
    const type = typeAt(args, 0);
    if (type.kind === "dynamic") return DYNAMIC;
    if (type.kind === "set") return new FunctionError(NO_SET, 0);
    if (type.kind !== "list" && type.kind !== "tuple") return new FunctionError("must be a list or tuple value", 0);
    const bounds = boundsOf(args);
    if (bounds instanceof FunctionError) return bounds;
    if (type.kind !== "tuple") return type;
    return bounds.start === undefined || bounds.end === undefined
      ? DYNAMIC
      : tupleType(type.elements.slice(bounds.start, bounds.end));
  },
  call: (args) => {
    const [given = tupleOf([])] = args;
    const sequence = unmark(given);
    if (!(sequence instanceof Sequence)) return new FunctionError("must be a list or tuple value", 0);
    if (sequence.kind === "set") return new FunctionError(NO_SET, 0);
    const bounds = boundsOf(args);
    if (bounds instanceof FunctionError) return bounds;
    const items = sequence.items.slice(bounds.start, bounds.end);
    return mark(sequence.kind === "tuple" ? tupleOf(items) : listOf(sequence.element, items), marksOf(given));
  },
};

const sort: TerraformFunction = {
  name: "sort",
  parameters: [list("list", STRING, { depth: "shallow" })],
  returns: LIST_OF_STRING,
  call: ([values]) => {
    const items = itemsOf(values);
    if (items.some((item) => item instanceof UnknownValue))
      return listOf(
        STRING,
        items.map(() => unknownOf(STRING)),
      );
    const empty = items.findIndex((item) => item instanceof NullValue);
    if (empty >= 0) return new FunctionError(`given list element ${empty} is null; a null string cannot be sorted`);
    return listOf(STRING, items.map(String).sort(compareStrings));
  },
};

export const orderFunctions: readonly TerraformFunction[] = [compact, one, reverse, slice, sort];
