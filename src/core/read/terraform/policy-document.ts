/**
 * data.aws_iam_policy_document: `json` as the AWS provider renders it, so that jsonencode(), heredocs and this data
 * source all end in one text. What is unknown stays a hole in the outline. Follows the provider's iam/policy_model.go.
 */
import { memberNames, NOTHING_HIDDEN } from "./body-value.ts";
import { convert } from "./convert.ts";
import type { MergedBody } from "./merged-body.ts";
import { unknownText } from "./template.ts";
import {
  compareStrings,
  HOLE,
  joinMarks,
  Mapping,
  type Marks,
  mark,
  NullValue,
  Sequence,
  type TypedValue,
  UnknownValue,
  unmarkDeep,
} from "./typed-value.ts";
import { STRING } from "./types.ts";

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type Statement = { readonly [key: string]: Json };
type Read = (member: string) => TypedValue | undefined;

interface Document {
  id: string;
  version: string;
  statements: Statement[];
}

const DEFAULT_VERSION = "2012-10-17";

/** Any member of the data source; undefined for those that are neither written nor computed. */
export function policyDocumentMember(name: string, read: Read, body: MergedBody): TypedValue | undefined {
  if (name !== "json" && name !== "minified_json") return read(name);
  let marks: Marks | undefined;
  const bare = (member: string): TypedValue | undefined => {
    const value = read(member);
    if (value === undefined) return undefined;
    const [unmarked, taken] = unmarkDeep(value);
    marks = joinMarks(marks, taken);
    return unmarked instanceof NullValue ? undefined : unmarked;
  };
  const merged: Document = { id: "", version: "", statements: [] };
  const mergeAll = (member: string): void => {
    for (const text of textsIn(bare(member))) mergeText(merged, text);
  };
  mergeAll("source_json");
  mergeAll("source_policy_documents");
  merge(merged, written(bare, memberNames(body, NOTHING_HIDDEN).includes("statement")));
  mergeAll("override_policy_documents");
  mergeAll("override_json");
  const text = render(merged, name === "json" ? "  " : "");
  return mark(text.includes(HOLE) ? unknownText(text) : text, marks);
}

/** The document that the data source's own arguments describe. */
function written(read: Read, hasStatements: boolean): Document {
  const version = textIn(read("version")) ?? DEFAULT_VERSION;
  const blocks = hasStatements ? read("statement") : undefined;
  const statements = blocks instanceof Sequence ? blocks.items.map((block) => statementOf(block, version)) : [];
  return { id: textIn(read("policy_id")) ?? "", version, statements };
}

/** A statement that is not known at all: no one may conclude anything from its absence. */
const OPEN: Statement = { Effect: HOLE, Action: HOLE, Resource: HOLE };

function statementOf(block: TypedValue, version: string): Statement {
  if (!(block instanceof Mapping)) return OPEN;
  const at = (name: string): TypedValue | undefined => block.get(name);
  const variables = (text: string): string => (version === DEFAULT_VERSION ? text.replaceAll("&{", "${") : text);
  const sorted = (name: string, replace = (text: string): string => text): Json | undefined => {
    const texts = textsIn(at(name)).map(replace);
    return texts.length === 0 ? undefined : oneOrMany(distinct(texts).sort(descending));
  };
  return present({
    Sid: textIn(at("sid")) || undefined,
    Effect: textIn(at("effect")) ?? "Allow",
    Action: sorted("actions"),
    NotAction: sorted("not_actions"),
    Resource: sorted("resources", variables),
    NotResource: sorted("not_resources", variables),
    Principal: principals(at("principals"), variables),
    NotPrincipal: principals(at("not_principals"), variables),
    Condition: conditions(at("condition"), variables),
  });
}

function principals(blocks: TypedValue | undefined, variables: (text: string) => string): Json | undefined {
  if (!(blocks instanceof Sequence)) return undefined;
  const byType = new Map<string, string[]>();
  for (const block of blocks.items) {
    if (!(block instanceof Mapping)) return HOLE;
    const type = textIn(block.get("type")) ?? HOLE;
    byType.set(type, [...(byType.get(type) ?? []), ...textsIn(block.get("identifiers")).map(variables)]);
  }
  return principalJson(byType);
}

/** Only { "*": "*" } becomes "*": for trust policies AWS does not take it for { "AWS": "*" }. */
function principalJson(byType: ReadonlyMap<string, readonly string[]>): Json | undefined {
  if (byType.size === 0) return undefined;
  const anyone = byType.get("*");
  if (byType.size === 1 && anyone?.length === 1 && anyone[0] === "*") return "*";
  const raw: { [type: string]: Json } = {};
  for (const type of [...byType.keys()].sort(compareStrings))
    raw[type] = oneOrMany(distinct(byType.get(type) ?? []).sort(descending));
  return raw;
}

function conditions(blocks: TypedValue | undefined, variables: (text: string) => string): Json | undefined {
  if (!(blocks instanceof Sequence) || blocks.items.length === 0) return undefined;
  const raw = new Map<string, Map<string, Json>>();
  for (const block of blocks.items) {
    if (!(block instanceof Mapping)) return { [HOLE]: { [HOLE]: HOLE } };
    const test = textIn(block.get("test")) ?? HOLE;
    const variable = variables(textIn(block.get("variable")) ?? HOLE);
    const values = textsIn(block.get("values")).map(variables);
    const byVariable = raw.get(test) ?? new Map<string, Json>();
    const known = byVariable.get(variable);
    byVariable.set(variable, Array.isArray(known) ? [...known, ...values] : oneOrMany(values));
    raw.set(test, byVariable);
  }
  return sortedObject(raw, (byVariable) => sortedObject(byVariable, (values) => values));
}

function mergeText(into: Document, text: string): void {
  if (text.trim() === "") return;
  const parsed = parse(text);
  if (parsed === undefined) {
    into.statements.push(OPEN);
    return;
  }
  const list = Array.isArray(parsed.Statement)
    ? parsed.Statement
    : parsed.Statement === undefined
      ? []
      : [parsed.Statement];
  const statements = list.map((statement) => normalStatement(statement as Json));
  merge(into, {
    id: typeof parsed.Id === "string" ? parsed.Id : "",
    version: typeof parsed.Version === "string" ? parsed.Version : "",
    statements,
  });
}

function parse(text: string): { readonly [key: string]: Json } | undefined {
  // A hole outside of quotes stands for a whole value.
  const quoted = text.replace(/"(?:[^"\\]|\\.)*"|\uFFFC/g, (token) => (token === HOLE ? `"${HOLE}"` : token));
  try {
    const parsed = JSON.parse(quoted) as Json;
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
      ? (parsed as { readonly [key: string]: Json })
      : undefined;
  } catch {
    return undefined;
  }
}

const ORDER = [
  "Sid",
  "Effect",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Principal",
  "NotPrincipal",
  "Condition",
] as const;

/** A statement read from JSON, with the members the provider knows, in its order. */
function normalStatement(statement: Json): Statement {
  if (typeof statement !== "object" || statement === null || Array.isArray(statement)) return OPEN;
  const given = statement as { readonly [key: string]: Json };
  const normal: { [key: string]: Json | undefined } = {};
  for (const name of ORDER) normal[name] = name.endsWith("Principal") ? readPrincipal(given[name]) : given[name];
  if (normal.Sid === "") normal.Sid = undefined;
  return present(normal);
}

function readPrincipal(value: Json | undefined): Json | undefined {
  if (value === "*") return "*";
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const byType = new Map<string, string[]>();
  for (const [type, ids] of Object.entries(value)) byType.set(type, (Array.isArray(ids) ? ids : [ids]).map(String));
  return principalJson(byType);
}

/** Later statements take the place of earlier ones with the same Sid. */
function merge(into: Document, from: Document): void {
  if (from.id !== "") into.id = from.id;
  if (from.version > into.version) into.version = from.version;
  for (const statement of from.statements) {
    const same = statement.Sid === undefined ? -1 : into.statements.findIndex((known) => known.Sid === statement.Sid);
    if (same < 0) into.statements.push(statement);
    else into.statements[same] = statement;
  }
}

function render(document: Document, indent: string): string {
  const json = present({
    Version: document.version || undefined,
    Id: document.id || undefined,
    Statement: document.statements.length === 0 ? undefined : document.statements,
  });
  // Go's encoder escapes what HTML could misread.
  return JSON.stringify(json, null, indent).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const descending = (a: string, b: string): number => compareStrings(b, a);
const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];
const oneOrMany = (texts: readonly string[]): Json => (texts.length === 1 ? (texts[0] ?? "") : texts);

function present(object: { readonly [key: string]: Json | undefined }): Statement {
  const kept: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries(object)) if (value !== undefined) kept[key] = value;
  return kept;
}

function sortedObject<T>(map: ReadonlyMap<string, T>, value: (item: T) => Json): Json {
  const object: { [key: string]: Json } = {};
  for (const key of [...map.keys()].sort(compareStrings)) object[key] = value(map.get(key) as T);
  return object;
}

/** The text of a value, with holes; undefined where it is absent. */
function textIn(value: TypedValue | undefined): string | undefined {
  if (value === undefined || value instanceof NullValue) return undefined;
  const text = convert(value, STRING);
  if (!text.ok) return HOLE;
  if (text.value instanceof UnknownValue) return text.value.is.outline ?? (text.value.is.prefix ?? "") + HOLE;
  return typeof text.value === "string" ? text.value : undefined;
}

/** The texts of a list or of one value. */
function textsIn(value: TypedValue | undefined): string[] {
  const items = value instanceof Sequence ? value.items : value === undefined ? [] : [value];
  return items.map(textIn).filter((text) => text !== undefined);
}
