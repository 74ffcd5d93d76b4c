/**
 * What stands in a block, as plain values by path, so that two versions can be compared whatever syntax they are
 * written in: literals decoded, `jsonencode` and JSON in text opened, references as "${text}". Evaluates nothing.
 */
import { type Body, type Expression, type HclFile, literalKey } from "../../read/hcl/ast.ts";

export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** A nested block or the resource itself. `path` names blocks and object keys, never positions. */
export interface PlainBody {
  readonly path: string;
  readonly attributes: ReadonlyMap<string, Plain>;
}

/** The body and every one below, parents first. */
export function plainBodies(file: HclFile, body: Body, path = ""): PlainBody[] {
  const attributes = new Map<string, Plain>();
  const below: PlainBody[] = [];
  for (const item of body.items) {
    if (item.kind === "attribute") attributes.set(item.name, plainOf(file, item.value));
    else below.push(...plainBodies(file, item.body, join(path, item.type)));
  }
  return [{ path, attributes }, ...below];
}

export const join = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);

export function plainOf(file: HclFile, expression: Expression): Plain {
  switch (expression.kind) {
    case "number":
      return Number(expression.text);
    case "bool":
      return expression.value;
    case "null":
      return null;
    case "parentheses":
      return plainOf(file, expression.inner);
    case "tuple":
      return expression.items.map((item) => plainOf(file, item));
    case "object":
      return Object.fromEntries(
        expression.items.map((item) => [
          literalKey(item.key) ?? `\${${file.textOf(item.key)}}`,
          plainOf(file, item.value),
        ]),
      );
    case "template":
    case "heredoc":
      return openJson(
        expression.parts.map((part) => (part.kind === "literal" ? part.value : file.textOf(part))).join(""),
      );
    case "call": {
      const [only] = expression.args;
      if (expression.name === "jsonencode" && only && expression.args.length === 1) return plainOf(file, only);
      return `\${${file.textOf(expression)}}`;
    }
    default:
      return `\${${file.textOf(expression)}}`;
  }
}

function openJson(text: string): Plain {
  if (!/^\s*[{[]/.test(text)) return text;
  try {
    return JSON.parse(text) as Plain;
  } catch {
    return text;
  }
}

export interface Leaf {
  readonly path: string;
  readonly value: string | number | boolean | null;
}

/** Scalars below a value; items of a list share its path. */
export function leavesOf(value: Plain, path: string): Leaf[] {
  if (isList(value)) return value.flatMap((item) => leavesOf(item, path));
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, join(path, key)));
  }
  return [{ path, value }];
}

export const isList = (value: Plain | undefined): value is readonly Plain[] => Array.isArray(value);

export const isRecord = (value: Plain | undefined): value is { readonly [key: string]: Plain } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const same = (a: Plain | undefined, b: Plain | undefined): boolean => canonical(a) === canonical(b);

/** Texts that are equal exactly where the values are, whatever the order of keys. */
export function canonical(value: Plain | undefined): string {
  if (isList(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? "";
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}
