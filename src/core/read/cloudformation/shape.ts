/**
 * The language of the mapping tables, and how a table is applied: CloudFormation's property tree becomes Terraform's
 * attribute tree. What a table does not name keeps its shape under a snake_case name.
 */
import { isUnknown } from "../../model/value.ts";
import { snakeCase } from "./evaluate.ts";
import { jsonText } from "./json-text.ts";
import { entry, type Leaf, leaf, list, type Table, type Traced, table, textOf } from "./traced.ts";

/** How one property is written in Terraform. */
export type Field =
  /** Renamed; a dotted path nests it: "logging.enable". */
  | string
  /** A value turned into another one. */
  | { readonly to: string; readonly as: (value: Traced) => Traced | undefined }
  /** A block, or a list of blocks. */
  | { readonly to: string; readonly fields: Fields; readonly constants?: Constants }
  /** An object whose properties belong to the enclosing block. */
  | { readonly up: Fields }
  /** One property that Terraform has in several places. */
  | { readonly all: readonly Field[] }
  /** Nothing in Terraform. */
  | null;

export interface Fields {
  readonly [property: string]: Field;
}
export interface Constants {
  readonly [attribute: string]: string | boolean | number;
}

export interface Mapping {
  /** Terraform's type. */
  readonly type: string;
  readonly fields?: Fields;
  readonly constants?: Constants;
  /** What CloudFormation does where nothing is written, and Terraform's provider does otherwise; by dotted path. */
  readonly defaults?: Constants;
  /** Terraform resources that this one resource stands for as well, where their property is written. */
  readonly also?: readonly (Mapping & {
    readonly when: string;
    /** Attribute that points back at the main resource. */
    readonly link?: string;
    /** One resource for each element of the property, whose fields are the element's. */
    readonly each?: true;
  })[];
}

export interface Mappings {
  readonly [type: string]: Mapping;
}

/** The attributes that a resource's properties come to. */
export function shape(properties: Traced | undefined, mapping: Mapping | undefined, only = false): Table {
  const at = { node: properties?.node, key: properties?.key };
  const out = new Map<string, Traced>();
  for (const [name, value] of Object.entries(mapping?.constants ?? {})) out.set(name, leaf(value, at));
  if (properties?.kind === "table") fill(out, properties, mapping?.fields ?? {}, only);
  for (const [path, value] of Object.entries(mapping?.defaults ?? {})) supply(out, path, leaf(value, at));
  return table(out, at);
}

function fill(out: Map<string, Traced>, from: Table, fields: Fields, only: boolean): void {
  for (const [property, value] of from.entries) {
    const field = fields[property];
    if (field === null || (field === undefined && only)) continue;
    place(out, field ?? defaultField(property), value);
  }
}

const defaultField = (property: string): Field =>
  property === "Tags" ? { to: "tags", as: keyValues("Key", "Value") } : snakeCase(property);

function place(out: Map<string, Traced>, field: Field, value: Traced): void {
  if (field === null) return;
  if (typeof field === "string") put(out, field, generic(value));
  else if ("all" in field) for (const one of field.all) place(out, one, value);
  else if ("up" in field) {
    for (const part of value.kind === "list" ? value.items : [value])
      if (part.kind === "table") fill(out, part, field.up, false);
  } else if ("as" in field) {
    const turned = field.as(value);
    if (turned) put(out, field.to, turned);
  } else put(out, field.to, blocks(value, field.fields, field.constants));
}

/** Nested objects are lists of blocks in Terraform, even when there can be only one. */
function blocks(value: Traced, fields: Fields, constants: Constants = {}): Traced {
  if (value.kind === "leaf") return isUnknown(value.value) ? value : list([value], value);
  const parts = value.kind === "list" ? value.items : [value];
  const shaped = parts.map((part) => {
    if (part.kind !== "table") return part;
    const out = new Map<string, Traced>();
    for (const [name, constant] of Object.entries(constants)) out.set(name, leaf(constant, part));
    fill(out, part, fields, false);
    return table(out, part);
  });
  return list(shaped, value);
}

/** No table says how: names in snake_case, objects as blocks. */
function generic(value: Traced): Traced {
  if (value.kind === "leaf") return value;
  if (value.kind === "list")
    return list(
      value.items.map((item) => (item.kind === "table" ? genericTable(item) : generic(item))),
      value,
    );
  return list([genericTable(value)], value);
}

function genericTable(value: Table): Table {
  const out = new Map<string, Traced>();
  for (const [key, part] of value.entries) place(out, defaultField(key), part);
  return table(out, value);
}

/** Puts a value where there is none yet, in blocks that are there too. */
function supply(out: Map<string, Traced>, path: string, value: Traced): void {
  const dot = path.indexOf(".");
  const head = dot === -1 ? path : path.slice(0, dot);
  const known = out.get(head);
  if (!known) put(out, path, value);
  else if (dot !== -1 && known.kind === "list") {
    const items = known.items.map((item) => {
      if (item.kind !== "table") return item;
      const inner = new Map(item.entries);
      supply(inner, path.slice(dot + 1), value);
      return table(inner, item);
    });
    out.set(head, list(items, known));
  }
}

/** Puts a value at a dotted path; blocks on the way are made, and shared. A list that is there already grows. */
export function put(out: Map<string, Traced>, path: string, value: Traced): void {
  const dot = path.indexOf(".");
  if (dot === -1) {
    const known = out.get(path);
    out.set(
      path,
      known?.kind === "list" && value.kind === "list" ? list([...known.items, ...value.items], known) : value,
    );
    return;
  }
  const head = path.slice(0, dot);
  const known = out.get(head);
  const first = known?.kind === "list" ? known.items[0] : undefined;
  const inner = new Map(first?.kind === "table" ? first.entries : []);
  put(inner, path.slice(dot + 1), value);
  out.set(head, list([table(inner, first ?? value)], known ?? value));
}

// What tables turn values into.

/** A policy or other document as JSON text. */
export const json = (to: string): Field => ({ to, as: (value) => jsonText(value, value) });

/** An object kept as a map, with its own keys. */
export const map = (to: string): Field => ({ to, as: (value) => value });

/** One value as a list of one. */
export const single = (to: string): Field => ({
  to,
  as: (value) => (value.kind === "list" ? value : list([value], value)),
});

/** [{ Key, Value }] as a map. */
export const keyValues =
  (key: string, value: string) =>
  (given: Traced): Traced => {
    if (given.kind !== "list") return given;
    const entries = new Map<string, Traced>();
    for (const item of given.items) {
      const name = textOf(entry(item, key));
      const content = entry(item, value);
      if (name !== undefined && content) entries.set(name, content);
    }
    return table(entries, given);
  };

/** { name: value } as blocks [{ name, value }]. */
export const nameValueBlocks = (to: string, name = "name", value = "value"): Field => ({
  to,
  as: (given) =>
    given.kind !== "table"
      ? given
      : list(
          [...given.entries].map(([key, content]) =>
            table(
              new Map<string, Traced>([
                [name, leaf(key, content)],
                [value, content],
              ]),
              content,
            ),
          ),
          given,
        ),
});

/** [{ Key: "a.b", Value: v }]: each key has an attribute of its own. */
export const keyed = (paths: { readonly [key: string]: string }, key = "Key", value = "Value"): Field => ({
  all: Object.entries(paths).map(
    ([name, to]): Field => ({
      to,
      as: (given) =>
        given.kind === "list"
          ? entry(
              given.items.find((item) => textOf(entry(item, key)) === name),
              value,
            )
          : undefined,
    }),
  ),
});

/** Known texts replaced by others: "Enabled" by true. */
export const words = (to: string, meaning: { readonly [text: string]: string | boolean }): Field => ({
  to,
  as: (given) => {
    const text = textOf(given);
    const meant = text === undefined ? undefined : meaning[text];
    return meant === undefined ? given : ({ ...given, value: meant } as Leaf);
  },
});
