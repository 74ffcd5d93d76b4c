/**
 * Properties that a fixer may write into a template, by CloudFormation's own names. Where Terraform has them is asked of
 * the mapping tables, so that a fix in Terraform's terms finds its property. Knows nothing of files.
 */
import { isList, type Value } from "../../model/value.ts";
import { MAPPINGS } from "./mapping/index.ts";
import { type Mapping, shape } from "./shape.ts";
import { type Leaf, leaf, leavesWhere, list, type Traced, table } from "./traced.ts";
import { COMPANIONS, ELEMENTS, KEYED, PROPERTIES, WORDS } from "./writable-properties.ts";

export interface Property {
  /** Dotted path below Properties. */
  readonly path: string;
  readonly value: Value;
  /** Set where `path` is a list of keys and values: the element that says `value`. */
  readonly key?: string;
}

/**
 * The property of a CloudFormation resource for an attribute of Terraform's `of` (its main type, or one of the
 * companions it stands for). Undefined where it is none that Draco may write, or the value cannot be said there.
 */
export function propertyFor(type: string, of: string, path: string, value: Value): Property | undefined {
  const direct = Object.hasOwn(COMPANIONS, of) ? COMPANIONS[of]?.[path] : undefined;
  if (direct !== undefined && PROPERTIES[type]?.includes(direct)) return { path: direct, value };
  const mapping = MAPPINGS[type];
  const part = mapping?.type === of ? mapping : mapping?.also?.find((also) => also.type === of);
  if (!mapping || !part) return undefined;
  const wanted = path.split(".");
  for (const property of PROPERTIES[type] ?? []) {
    const at = attributeOf(part, property);
    const indices = at && match(at, wanted);
    if (!indices) continue;
    const said = inWords(part, property, value);
    return said === undefined ? undefined : { path: filled(property, indices), value: said };
  }
  return keyedFor(type, part, path, value);
}

function keyedFor(type: string, part: Mapping, path: string, value: Value): Property | undefined {
  const keyed = KEYED[type];
  if (!keyed || typeof value === "object") return undefined;
  const key = keyed.keys.find((name) => {
    const at = { node: undefined };
    const item = table(
      new Map([
        ["Key", leaf(name, at)],
        ["Value", leaf("?", at)],
      ]),
      at,
    );
    const shaped = shape(table(new Map([[keyed.list, list([item], at)]]), at), part);
    return leavesWhere(shaped, () => true).some(([attribute]) => match(attribute, path.split(".")) !== undefined);
  });
  return key === undefined ? undefined : { path: keyed.list, key, value: String(value) };
}

/** Every property that may be written, for whoever checks the list. */
export const writableProperties = (): Iterable<readonly [string, readonly string[]]> => Object.entries(PROPERTIES);

/** Where the mapping puts a property: its path in Terraform, with 0 for every index. */
function attributeOf(mapping: Mapping, property: string): string | undefined {
  return leavesOf(mapping, property, "?")[0]?.[0];
}

function leavesOf(mapping: Mapping, property: string, value: Leaf["value"]): readonly (readonly [string, Leaf])[] {
  const at = { node: undefined };
  const marked = leaf(value, at);
  const built = property
    .split(".")
    .reduceRight<Traced>(
      (inner, name) => (name === "*" ? list([inner], at) : table(new Map([[name, inner]]), at)),
      marked,
    );
  const shaped = shape(built, { type: mapping.type, ...(mapping.fields && { fields: mapping.fields }) });
  return leavesWhere(shaped, () => true);
}

/** The elements that are meant, in order, where the two are the same path; an index that is left out is the first. */
function match(attribute: string, wanted: readonly string[]): readonly string[] | undefined {
  const indices: string[] = [];
  let next = 0;
  for (const part of attribute.split(".")) {
    const given = wanted[next];
    if (part === "0") {
      const isIndex = given !== undefined && /^\d+$/.test(given);
      indices.push(isIndex ? given : "0");
      if (isIndex) next++;
    } else if (given === part) next++;
    else return undefined;
  }
  return next === wanted.length ? indices : undefined;
}

/** Single objects have no index in CloudFormation, and 0 in Terraform: any other index is the list's. */
const filled = (property: string, indices: readonly string[]): string =>
  property.replace("*", indices.find((index) => index !== "0") ?? "0");

/** The value in CloudFormation's words; undefined where it has none. */
function inWords(mapping: Mapping, property: string, value: Value): Value | undefined {
  const name = property.slice(property.lastIndexOf(".") + 1);
  const element = ELEMENTS[name];
  if (element !== undefined) return isList(value) ? value.map((text) => ({ [element]: text })) : undefined;
  const known = WORDS[name];
  if (!known) return value;
  return known.find((word) => leavesOf(mapping, property, word)[0]?.[1].value === value);
}
