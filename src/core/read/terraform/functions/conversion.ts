/** Type conversion, and the functions about marks. try and can are the evaluator's, since they take expressions. */
import { convert } from "../convert.ts";
import { FunctionError, type TerraformFunction } from "../function.ts";
import {
  Mapping,
  Marked,
  type Marks,
  mark,
  marksOf,
  NullValue,
  nullOf,
  SENSITIVE,
  Sequence,
  setOf,
  type TypedValue,
  typeOf,
  UnknownValue,
  unknownOf,
  unmark,
} from "../typed-value.ts";
import { BOOL, DYNAMIC, friendlyName, listType, mapType, NUMBER, STRING, setType, type Type } from "../types.ts";
import { any, ofAnything } from "./define.ts";

const conversion = (name: string, wanted: Type): TerraformFunction => ({
  name,
  parameters: [any("v", ofAnything)],
  returns: wanted,
  neverNull: false,
  call: ([given = ""]) => {
    const converted = convert(given, wanted);
    if (converted.ok) return converted.value;
    const value = unmark(given);
    const shown = marksOf(given)?.sensitive
      ? "(sensitive value)"
      : JSON.stringify(typeof value === "string" ? value : "");
    if (typeof value === "string" && wanted.kind === "bool") {
      return new FunctionError(`cannot convert ${shown} to bool; only the strings "true" or "false" are allowed`, 0);
    }
    if (typeof value === "string" && wanted.kind === "number") {
      return new FunctionError(
        `cannot convert ${shown} to number; given string must be a decimal representation of a number`,
        0,
      );
    }
    return new FunctionError(`cannot convert ${friendlyName(typeOf(given))} to ${friendlyName(wanted)}`, 0);
  },
});

const withoutMark = (value: TypedValue, taken: Partial<Marks>): TypedValue => {
  if (!(value instanceof Marked)) return value;
  const left: Marks = { ...value.marks, ...taken };
  return left.sensitive || left.ephemeral || left.from.length > 0 ? new Marked(value.value, left) : value.value;
};

/** Every ephemeral part, at any depth, as null of its type. */
function ephemeralAsNull(value: TypedValue): TypedValue {
  if (value instanceof Marked) {
    if (!value.marks.ephemeral) return mark(ephemeralAsNull(value.value), value.marks);
    return withoutMark(new Marked(nullOf(typeOf(value.value)), value.marks), { ephemeral: false });
  }
  if (value instanceof Sequence) {
    const items = value.items.map(ephemeralAsNull);
    return value.kind === "set" ? setOf(value.element, items) : new Sequence(value.kind, value.element, items);
  }
  if (value instanceof Mapping) {
    return new Mapping(
      value.kind,
      value.element,
      new Map([...value.entries].map(([key, item]) => [key, ephemeralAsNull(item)])),
    );
  }
  return value;
}

export const conversionFunctions: readonly TerraformFunction[] = [
  conversion("tobool", BOOL),
  conversion("tolist", listType(DYNAMIC)),
  conversion("tomap", mapType(DYNAMIC)),
  conversion("tonumber", NUMBER),
  conversion("toset", setType(DYNAMIC)),
  conversion("tostring", STRING),
  {
    name: "sensitive",
    parameters: [any("value", ofAnything)],
    returns: DYNAMIC,
    neverNull: false,
    call: ([value = new NullValue(DYNAMIC)]) => mark(value, SENSITIVE),
  },
  {
    name: "nonsensitive",
    parameters: [any("value", ofAnything)],
    returns: DYNAMIC,
    neverNull: false,
    call: ([value = new NullValue(DYNAMIC)]) => withoutMark(value, { sensitive: false }),
  },
  {
    name: "issensitive",
    parameters: [any("value", ofAnything)],
    returns: BOOL,
    call: ([value = ""]) => {
      if (marksOf(value)?.sensitive) return true;
      return unmark(value) instanceof UnknownValue ? unknownOf(BOOL, { notNull: true }) : false;
    },
  },
  {
    name: "ephemeralasnull",
    parameters: [any("value", ofAnything)],
    returns: DYNAMIC,
    neverNull: false,
    call: ([value = new NullValue(DYNAMIC)]) => ephemeralAsNull(value),
  },
];
