/** Equality as Terraform's == sees it: types must match, and what is unknown may still be certainly different. */
import { compareNumbers } from "./number.ts";
import {
  isNumber,
  isWhollyKnown,
  Mapping,
  Marked,
  NullValue,
  Sequence,
  setKey,
  type TypedValue,
  typeOf,
  UnknownValue,
} from "./typed-value.ts";
import { hasDynamic, sameType } from "./types.ts";

/** undefined: not decidable before apply. Marks are ignored. Numbers never equal strings, lists never equal tuples. */
export function equals(a: TypedValue, b: TypedValue): boolean | undefined {
  if (a instanceof Marked) return equals(a.value, b);
  if (b instanceof Marked) return equals(a, b.value);
  if (a instanceof UnknownValue || b instanceof UnknownValue) return equalsUnknown(a, b);
  if (a instanceof NullValue || b instanceof NullValue) return a instanceof NullValue && b instanceof NullValue;
  if (typeof a === "string" || typeof a === "boolean" || typeof b === "string" || typeof b === "boolean")
    return a === b;
  if (isNumber(a) || isNumber(b)) return isNumber(a) && isNumber(b) && compareNumbers(a, b) === 0;
  if (a === b && isWhollyKnown(a)) return true;
  if (!comparable(a, b)) return false;
  if (a instanceof Sequence && b instanceof Sequence) return equalSequences(a, b);
  if (a instanceof Mapping && b instanceof Mapping) return equalMappings(a, b);
  return false;
}

function equalsUnknown(a: TypedValue, b: TypedValue): boolean | undefined {
  const [unknown, other] = a instanceof UnknownValue ? [a, b] : [b as UnknownValue, a];
  if (other instanceof NullValue) return unknown.is.notNull ? false : undefined;
  if (!hasDynamic(unknown.type) && !(other instanceof UnknownValue && hasDynamic(other.type)) && !comparable(a, b))
    return false;
  if (typeof other === "string" && unknown.is.prefix !== undefined && !other.startsWith(unknown.is.prefix))
    return false;
  if (other instanceof UnknownValue && unknown.is.prefix !== undefined && other.is.prefix !== undefined) {
    const length = Math.min(unknown.is.prefix.length, other.is.prefix.length);
    if (unknown.is.prefix.slice(0, length) !== other.is.prefix.slice(0, length)) return false;
  }
  if (other instanceof Sequence && other.kind !== "tuple") {
    if (unknown.is.maxLength !== undefined && other.items.length > unknown.is.maxLength) return false;
    if (unknown.is.minLength !== undefined && other.items.length < unknown.is.minLength && isWhollyKnown(other))
      return false;
  }
  return undefined;
}

function comparable(a: TypedValue, b: TypedValue): boolean {
  const left = typeOf(a);
  const right = typeOf(b);
  return hasDynamic(left) || hasDynamic(right) ? left.kind === right.kind : sameType(left, right);
}

function equalSequences(a: Sequence, b: Sequence): boolean | undefined {
  if (a.kind === "set") {
    if (!isWhollyKnown(a) || !isWhollyKnown(b)) return undefined;
    return a.items.length === b.items.length && setKey(a) === setKey(b);
  }
  if (a.items.length !== b.items.length) return false;
  return every(a.items.map((item, i) => [item, b.items[i]] as const));
}

function equalMappings(a: Mapping, b: Mapping): boolean | undefined {
  if (a.entries.size !== b.entries.size) return false;
  const pairs: (readonly [TypedValue, TypedValue | undefined])[] = [];
  for (const [key, item] of a.entries) {
    const other = b.entries.get(key);
    if (other === undefined) return false;
    pairs.push([item, other]);
  }
  return every(pairs);
}

/** One certain difference decides; otherwise one open pair leaves the whole open. */
function every(pairs: readonly (readonly [TypedValue, TypedValue | undefined])[]): boolean | undefined {
  let open = false;
  for (const [a, b] of pairs) {
    const same = b !== undefined && equals(a, b);
    if (same === false) return false;
    if (same === undefined) open = true;
  }
  return open ? undefined : true;
}
