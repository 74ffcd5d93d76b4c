/** Reads `.github/draco.yml`: what is wrong with it is told line by line, and what cannot be read allows nothing. */
import { isMap, isNode, isPair, isScalar, LineCounter, type Node, parseDocument } from "yaml";
import { z } from "zod";
import type { Diagnostic } from "../model/finding.ts";
import { nearest } from "./nearest.ts";
import { conditions, type Policy, policySchema } from "./policy-schema.ts";

export type { Policy } from "./policy-schema.ts";

const MAX_BYTES = 128 * 1024;

export interface PolicyParsed {
  /** False: the file is there and cannot be used. `policy` is then `NOTHING_ALLOWED`. */
  readonly ok: boolean;
  readonly policy: Policy;
  readonly diagnostics: readonly Diagnostic[];
}

/** What holds where a repository has no file. */
export const DEFAULT_POLICY: Policy = policySchema.parse({ version: 1 });

/** What holds while the file cannot be read: everything is scanned and told, nothing is proposed, approved or applied. */
export const NOTHING_ALLOWED: Policy = policySchema.parse({
  version: 1,
  remediation: { author: "none", maxOpen: 0 },
  approve: { who: { permission: "none" } },
});

/** @param file how the file is named in diagnostics. An empty file is no file. */
export function parsePolicy(text: string, file = ".github/draco.yml"): PolicyParsed {
  if (text.trim() === "") return { ok: true, policy: DEFAULT_POLICY, diagnostics: [] };
  const tell = (summary: string, line: number, column: number, detail?: string): Diagnostic => ({
    severity: "error",
    summary,
    ...(detail !== undefined && { detail }),
    file,
    line,
    column,
  });
  const broken = (diagnostics: readonly Diagnostic[]): PolicyParsed => ({
    ok: false,
    policy: NOTHING_ALLOWED,
    diagnostics,
  });

  if (Buffer.byteLength(text) > MAX_BYTES) return broken([tell("The policy is larger than 128 KiB.", 1, 1)]);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: false });
  if (document.errors.length > 0) {
    return broken(
      document.errors.map((error) => {
        const at = lines.linePos(error.pos[0]);
        return tell(`This is not valid YAML: ${error.message}`, at.line, at.col);
      }),
    );
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 50 });
  } catch (error) {
    return broken([tell(`This YAML cannot be used: ${error instanceof Error ? error.message : error}`, 1, 1)]);
  }
  if (value === null || value === undefined) return { ok: true, policy: DEFAULT_POLICY, diagnostics: [] };

  const parsed = policySchema.safeParse(value);
  if (!parsed.success) {
    return broken(
      parsed.error.issues.flatMap(flatten).map(({ path, message, key }) => {
        const node = locate(document.contents, path, key);
        const at = lines.linePos(node?.range?.[0] ?? 0);
        return tell(message, Math.max(1, at.line), Math.max(1, at.col), path.join(".") || undefined);
      }),
    );
  }
  const twice = duplicates(parsed.data.rules.map((rule) => rule.id));
  if (twice.length > 0) {
    return broken(
      twice.map((index) => {
        const node = locate(document.contents, ["rules", index, "id"]);
        const at = lines.linePos(node?.range?.[0] ?? 0);
        return tell(`There are two rules with the id "${parsed.data.rules[index]?.id}".`, at.line, at.col);
      }),
    );
  }
  return { ok: true, policy: parsed.data, diagnostics: [] };
}

/** The JSON schema of the file, for editors. */
export function policyJsonSchema(): object {
  const schema = z.toJSONSchema(policySchema, {
    io: "input",
    target: "draft-2020-12",
    override({ zodSchema, jsonSchema }) {
      if (zodSchema !== conditions) return;
      // The list may be left out around a single condition, which a preprocessing step cannot say of itself.
      const { type: _type, items, minItems: _min, ...rest } = jsonSchema;
      if (typeof items !== "object" || Array.isArray(items)) throw new Error("conditions are a list");
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
      Object.assign(jsonSchema, rest, { anyOf: [items, { type: "array", items, minItems: 1 }] });
    },
  });
  return { ...schema, title: "Draco's policy, .github/draco.yml" };
}

interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** The member of the mapping at `path` that is to be shown. */
  readonly key?: string;
}

function flatten(issue: z.core.$ZodIssue): readonly Problem[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const meant = nearest(key, keysAt(issue.path));
      return {
        path: issue.path,
        key,
        message: `There is no setting "${key}" here.${meant === undefined ? "" : ` Did you mean "${meant}"?`}`,
      };
    });
  }
  if (issue.code === "invalid_union") {
    // The alternative that came furthest says best what was meant.
    const closest = [...issue.errors].sort((a, b) => Math.max(0, ...b.map(depth)) - Math.max(0, ...a.map(depth)))[0];
    const deeper = closest?.filter((inner) => inner.path.length > 0) ?? [];
    if (deeper.length > 0) {
      return deeper.flatMap((inner) => flatten({ ...inner, path: [...issue.path, ...inner.path] }));
    }
  }
  return [{ path: issue.path, message: sentence(issue.message) }];
}

const depth = (issue: z.core.$ZodIssue): number => issue.path.length;

const sentence = (message: string): string => {
  const text = message.replace(/^Invalid input: /, "");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? "" : "."}`;
};

/** The settings that may stand at a path: to say what was meant by a wrong one. */
function keysAt(path: readonly PropertyKey[]): readonly string[] {
  let schema: unknown = policySchema;
  for (const step of path) {
    schema = unwrap(schema);
    if (schema instanceof z.ZodObject) schema = schema.shape[String(step)];
    else if (schema instanceof z.ZodArray) schema = schema.element;
    else return [];
  }
  const found = unwrap(schema);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

function unwrap(schema: unknown): unknown {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional
    ? unwrap(schema.def.innerType)
    : schema;
}

/** The node at a path, or the nearest one around it. */
function locate(contents: unknown, path: readonly PropertyKey[], key?: string): Node | undefined {
  let node = contents;
  for (const step of path) {
    const next = isMap(node)
      ? node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === step)?.value
      : childAt(node, step);
    // A single condition may stand where a list of them is meant.
    if (next === undefined && step === 0 && isMap(node)) continue;
    if (!isNode(next)) break;
    node = next;
  }
  if (key !== undefined && isMap(node)) {
    const name = node.items.find((item) => isScalar(item.key) && item.key.value === key)?.key;
    if (isNode(name)) return name;
  }
  return isNode(node) ? node : undefined;
}

function childAt(node: unknown, step: PropertyKey): unknown {
  if (typeof node !== "object" || node === null || !("items" in node) || !Array.isArray(node.items)) return undefined;
  return typeof step === "number" ? node.items[step] : undefined;
}

const duplicates = (names: readonly string[]): readonly number[] =>
  names.flatMap((name, index) => (names.indexOf(name) < index ? [index] : []));
