/** count and for_each: how many instances a block has, and what each of them sees. */

import { convert } from "./convert.ts";
import type { MergedBody } from "./merged-body.ts";
import type { Scope } from "./scope.ts";
import {
  isNumber,
  isWhollyKnown,
  LazyObject,
  Mapping,
  type Marks,
  mark,
  marksOf,
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
import { friendlyName, NUMBER, STRING } from "./types.ts";

export interface Instance {
  readonly key: string | number | undefined;
  /** What each.value is; undefined without for_each. */
  readonly value?: TypedValue;
  /** What each.key is, where it differs from the key. */
  readonly keyValue?: TypedValue;
}

export interface Expansion {
  readonly kind: "single" | "count" | "for_each";
  /** False where count or for_each is unknown: then the one instance stands for any number of them. */
  readonly known: boolean;
  readonly instances: readonly Instance[];
}

const SINGLE: Expansion = { kind: "single", known: true, instances: [{ key: undefined }] };
const OPEN_COUNT: Expansion = { kind: "count", known: false, instances: [{ key: 0 }] };
const UNKNOWN_KEY = unknownOf(STRING, { notNull: true });

export function expand(body: MergedBody, scope: Scope): Expansion {
  const count = body.attributes.get("count");
  if (count !== undefined) {
    const inner = scope.file === count.file ? scope : { ...scope, file: count.file };
    return expandCount(scope.evaluate(count.node.value, inner), inner, count.node.value);
  }
  const forEach = body.attributes.get("for_each");
  if (forEach === undefined) return SINGLE;
  const inner = scope.file === forEach.file ? scope : { ...scope, file: forEach.file };
  return expandForEach(scope.evaluate(forEach.node.value, inner), inner, forEach.node.value);
}

type Place = { readonly start: number; readonly end: number };

function expandCount(value: TypedValue, scope: Scope, at: Place): Expansion {
  const converted = convert(unmark(value), NUMBER);
  const number = converted.ok ? converted.value : undefined;
  if (number instanceof UnknownValue) return OPEN_COUNT;
  if (number === undefined || !isNumber(number) || typeof number !== "number" || number < 0) {
    scope.session.report(
      scope.file,
      at,
      "Invalid count argument",
      "The given value is not a whole number of zero or more.",
    );
    return OPEN_COUNT;
  }
  if (!scope.session.allocate(number, scope.file, at)) return OPEN_COUNT;
  return { kind: "count", known: true, instances: Array.from({ length: number }, (_, key) => ({ key })) };
}

/** Where the collection comes from is where its elements come from; that it is secret stays with the elements' own marks. */
const origins = (marks: Marks | undefined): Marks | undefined =>
  marks === undefined || marks.from.length === 0 ? undefined : { ...marks, sensitive: false, ephemeral: false };

export function expandForEach(value: TypedValue, scope: Scope, at: Place): Expansion {
  const bare = unmark(value);
  const marks = origins(marksOf(value));
  if (bare instanceof UnknownInstances) return open(bare.one, UNKNOWN_KEY);
  if (bare instanceof UnknownValue) return openOfType(bare, marks);
  if (bare instanceof LazyObject && bare.open) return open(UNKNOWN, UNKNOWN_KEY);
  if (bare instanceof Sequence && bare.kind === "set") {
    if (!isWhollyKnown(bare)) return openOfType(bare, marks);
    if (bare.items.length > 0 && bare.element !== STRING && bare.element.kind !== "string") {
      return invalid(scope, at, `a set of ${friendlyName(bare.element)}`);
    }
    if (!scope.session.allocate(bare.items.length, scope.file, at)) return openOfType(bare, marks);
    return {
      kind: "for_each",
      known: true,
      instances: bare.items.map((item) => ({ key: String(item), value: mark(item, marks) })),
    };
  }
  if (bare instanceof Mapping) {
    const { entries, keys } =
      bare instanceof LazyObject ? { entries: bare.entries, keys: [...bare.entries.keys()].sort() } : bare;
    if (!scope.session.allocate(keys.length, scope.file, at)) return open(UNKNOWN, UNKNOWN_KEY);
    return {
      kind: "for_each",
      known: true,
      instances: keys.map((key) => ({ key, value: mark(entries.get(key) ?? UNKNOWN, marks) })),
    };
  }
  return invalid(scope, at, bare instanceof NullValue ? "null" : friendlyName(typeOf(bare)));
}

function openOfType(value: TypedValue, marks: Marks | undefined): Expansion {
  const type = typeOf(value);
  if (type.kind === "set") {
    const element = mark(unknownOf(type.element, { notNull: true }), marks);
    return open(element, element);
  }
  return open(mark(type.kind === "map" ? unknownOf(type.element) : UNKNOWN, marks), UNKNOWN_KEY);
}

const open = (value: TypedValue, keyValue: TypedValue): Expansion => ({
  kind: "for_each",
  known: false,
  instances: [{ key: undefined, value, keyValue }],
});

function invalid(scope: Scope, at: Place, what: string): Expansion {
  scope.session.report(
    scope.file,
    at,
    "Invalid for_each argument",
    `The "for_each" argument must be a map, or a set of strings, and you have provided ${what}.`,
  );
  return open(UNKNOWN, UNKNOWN_KEY);
}

/** An instance key as addresses write it: HCL's quoting, in which template marks are doubled. */
export const keyText = (key: string | number | undefined): string =>
  key === undefined
    ? ""
    : typeof key === "number"
      ? `[${key}]`
      : `[${JSON.stringify(key).replaceAll("${", "$$${").replaceAll("%{", "%%{")}]`;
