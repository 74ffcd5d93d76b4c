/** Terraform's types and type constraints, and the rules by which several types become one. */
import type { TypedValue } from "./typed-value.ts";

export type Type =
  | { readonly kind: "bool" | "number" | "string" | "dynamic" }
  | { readonly kind: "list" | "set" | "map"; readonly element: Type }
  | { readonly kind: "tuple"; readonly elements: readonly Type[] }
  | ObjectType;

export interface ObjectType {
  readonly kind: "object";
  readonly attributes: ReadonlyMap<string, Type>;
  /** In constraints only: attributes that may be left out, with the default that then applies (undefined: null). */
  readonly optional?: ReadonlyMap<string, TypedValue | undefined>;
}

export const BOOL: Type = { kind: "bool" };
export const NUMBER: Type = { kind: "number" };
export const STRING: Type = { kind: "string" };
/** `any`, or not known yet. */
export const DYNAMIC: Type = { kind: "dynamic" };

export const listType = (element: Type): Type => ({ kind: "list", element });
export const setType = (element: Type): Type => ({ kind: "set", element });
export const mapType = (element: Type): Type => ({ kind: "map", element });
export const tupleType = (elements: readonly Type[]): Type => ({ kind: "tuple", elements });
export const objectType = (
  attributes: ReadonlyMap<string, Type>,
  optional?: ReadonlyMap<string, TypedValue | undefined>,
): Type => (optional === undefined ? { kind: "object", attributes } : { kind: "object", attributes, optional });

export const LIST_OF_STRING = listType(STRING);
export const SET_OF_STRING = setType(STRING);
export const MAP_OF_STRING = mapType(STRING);
export const LIST_OF_ANY = listType(DYNAMIC);
export const MAP_OF_ANY = mapType(DYNAMIC);

export const isPrimitive = (type: Type): boolean =>
  type.kind === "string" || type.kind === "number" || type.kind === "bool";

export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  if ("element" in a && "element" in b) return sameType(a.element, b.element);
  if (a.kind === "tuple" && b.kind === "tuple") {
    return (
      a.elements.length === b.elements.length && a.elements.every((type, i) => sameType(type, b.elements[i] ?? DYNAMIC))
    );
  }
  if (a.kind === "object" && b.kind === "object") {
    if (a.attributes.size !== b.attributes.size) return false;
    for (const [name, type] of a.attributes) {
      const other = b.attributes.get(name);
      if (other === undefined || !sameType(type, other)) return false;
    }
  }
  return true;
}

export function hasDynamic(type: Type): boolean {
  if (type.kind === "dynamic") return true;
  if ("element" in type) return hasDynamic(type.element);
  if (type.kind === "tuple") return type.elements.some(hasDynamic);
  if (type.kind === "object") return [...type.attributes.values()].some(hasDynamic);
  return false;
}

/** As Terraform's error messages say it: "list of string", "object", "tuple". */
export function friendlyName(type: Type): string {
  switch (type.kind) {
    case "dynamic":
      return "dynamic";
    case "list":
    case "set":
    case "map":
      return `${type.kind} of ${type.element.kind === "dynamic" ? "any single type" : friendlyName(type.element)}`;
    default:
      return type.kind;
  }
}

const rank = (type: Type): number => (type.kind === "string" ? 0 : type.kind === "dynamic" ? 2 : 1);

/** Whether a value of one type may be convertible to another (some strings are numbers, so string to number is true). */
export function convertible(from: Type, to: Type): boolean {
  if (from === to || to.kind === "dynamic" || from.kind === "dynamic") return true;
  if (isPrimitive(from) && isPrimitive(to))
    return from.kind === to.kind || to.kind === "string" || from.kind === "string";
  switch (to.kind) {
    case "list":
    case "set":
      if (from.kind === "list" || from.kind === "set") return convertible(from.element, to.element);
      return from.kind === "tuple" && from.elements.every((type) => convertible(type, to.element));
    case "map":
      if (from.kind === "map") return convertible(from.element, to.element);
      return from.kind === "object" && [...from.attributes.values()].every((type) => convertible(type, to.element));
    case "tuple":
      return (
        from.kind === "tuple" &&
        from.elements.length === to.elements.length &&
        from.elements.every((type, i) => convertible(type, to.elements[i] ?? DYNAMIC))
      );
    case "object":
      for (const [name, type] of to.attributes) {
        const given =
          from.kind === "object" ? from.attributes.get(name) : from.kind === "map" ? from.element : undefined;
        if (given === undefined ? from.kind !== "object" || !to.optional?.has(name) : !convertible(given, type))
          return false;
      }
      return from.kind === "object" || from.kind === "map";
    default:
      return false;
  }
}

/**
 * The one type all can be converted to without doubt (tuples become lists, objects maps, primitives strings where one of
 * them is a string), undefined where there is none. This is what a list, a conditional or merge() makes of mixed types.
 * Follows cty's convert.UnifyUnsafe.
 */
export function unify(types: readonly Type[]): Type | undefined {
  const [first] = types;
  if (first === undefined) return DYNAMIC;
  if (types.every((type) => sameType(type, first))) return first;
  const known = types.filter((type) => type.kind !== "dynamic");
  const kinds = new Set(known.map((type) => type.kind));
  const only = (...allowed: Type["kind"][]): boolean => [...kinds].every((kind) => allowed.includes(kind));
  if (!isPrimitive(known[0] ?? DYNAMIC) && known.length < types.length) return DYNAMIC;
  if (only("object")) return unifyObjects(known as readonly ObjectType[]);
  if (only("tuple")) return unifyTuples(known);
  if (kinds.has("map") && only("map", "object")) {
    const element = unify(known.flatMap(elementTypes));
    return element && mapType(element);
  }
  if (kinds.has("list") && only("list", "tuple")) {
    const element = unify(known.flatMap(elementTypes));
    return element && listType(element);
  }
  if (only("set")) {
    const element = unify(known.flatMap(elementTypes));
    return element && setType(element);
  }
  if (kinds.has("list") && only("list", "set")) return known.find((type) => type.kind === "list");
  const preferred = [...types].sort((a, b) => rank(a) - rank(b));
  return preferred.find((to) => types.every((from) => safely(from, to)));
}

/** Conversions unification may choose: a string is not tried as a number, a list does not lose its order. */
const safely = (from: Type, to: Type): boolean =>
  sameType(from, to) ||
  (!(isPrimitive(to) && from.kind === "string") &&
    !(to.kind === "set" && from.kind === "list") &&
    convertible(from, to));

const elementTypes = (type: Type): readonly Type[] => {
  if ("element" in type) return [type.element];
  if (type.kind === "tuple") return type.elements;
  return type.kind === "object" ? [...type.attributes.values()] : [];
};

function unifyObjects(types: readonly ObjectType[]): Type | undefined {
  const [first] = types;
  if (first === undefined) return undefined;
  const sameNames = types.every(
    (type) =>
      type.attributes.size === first.attributes.size &&
      [...type.attributes.keys()].every((name) => first.attributes.has(name)),
  );
  if (sameNames) {
    const attributes = new Map<string, Type>();
    for (const name of first.attributes.keys()) {
      const unified = unify(types.map((type) => type.attributes.get(name) ?? DYNAMIC));
      if (unified === undefined) return undefined;
      attributes.set(name, unified);
    }
    return objectType(attributes);
  }
  const element = unify(types.flatMap((type) => [...type.attributes.values()]));
  return element && mapType(element);
}

function unifyTuples(types: readonly Type[]): Type | undefined {
  const tuples = types.map((type) => (type.kind === "tuple" ? type.elements : []));
  const length = tuples[0]?.length ?? 0;
  if (tuples.every((elements) => elements.length === length)) {
    const unified: Type[] = [];
    for (let i = 0; i < length; i++) {
      const element = unify(tuples.map((elements) => elements[i] ?? DYNAMIC));
      if (element === undefined) return undefined;
      unified.push(element);
    }
    return tupleType(unified);
  }
  const element = unify(tuples.flat());
  return element && listType(element);
}
