/** From the evaluator's values to the model's plain ones, as `terraform show -json` would print them. */
import { Unknown, type Value } from "../../model/value.ts";
import { toDouble } from "./number.ts";
import {
  isNumber,
  LazyObject,
  type Mapping,
  Marked,
  type Marks,
  NullValue,
  Sequence,
  type TypedValue,
  UnknownValue,
} from "./typed-value.ts";

/** Told of every marked value on the way, with its dotted path. */
export type MarkSink = (path: string, marks: Marks) => void;

/** `path` is that of the value itself ("" for a whole resource); a sink is told of marks at any depth. */
export function toValue(value: TypedValue, sink?: MarkSink, path = "", from: readonly string[] = []): Value {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (isNumber(value)) return toDouble(value);
  if (value instanceof NullValue) return null;
  if (value instanceof Marked) {
    sink?.(path, value.marks);
    return toValue(value.value, sink, path, value.marks.from.length > 0 ? value.marks.from : from);
  }
  if (value instanceof UnknownValue) return new Unknown(value.is.prefix ?? "", from, value.is.outline);
  if (value instanceof Sequence) {
    return value.items.map((item, index) =>
      toValue(item, sink, path === "" ? String(index) : `${path}.${index}`, from),
    );
  }
  if (value instanceof LazyObject && value.open) {
    sink?.(path, { sensitive: false, ephemeral: false, from: [`${value.address}.`] });
    return new Unknown("", [value.address]);
  }
  const object: { [key: string]: Value } = {};
  for (const [key, item] of (value as Mapping).entries) {
    const plain = toValue(item, sink, path === "" ? key : `${path}.${key}`, from);
    // An assignment to __proto__ would set the prototype instead of a property.
    if (key === "__proto__") Object.defineProperty(object, key, { value: plain, enumerable: true });
    else object[key] = plain;
  }
  return object;
}
