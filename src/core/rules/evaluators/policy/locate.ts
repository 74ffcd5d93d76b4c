/** Finds the policy that an attribute holds, through the data source that wrote it where there is one. */
import { isList, isUnknown, type Value } from "../../../model/value.ts";
import type { Block, View } from "../../view.ts";
import { type Texts, textsAt } from "../texts.ts";
import {
  type Condition,
  optional,
  type Policy,
  type Principals,
  parsePolicy,
  principalsOfKind,
  type Statement,
  UNKNOWN_POLICY,
} from "./document.ts";

const DOCUMENT = "data.aws_iam_policy_document";

/** The policy in this attribute. Undefined where the attribute holds none (absent, empty, or not JSON). */
export function policyAt(block: View | Block, path: string, view?: View): Policy | undefined {
  const found = block.get(path);
  if (found.kind === "absent") return undefined;
  const read = parsePolicy(found.value);
  const owner = view ?? ("estate" in block ? block : undefined);
  if (!owner || !isUnknown(found.value) || read !== UNKNOWN_POLICY) return read;
  const document = owner.resource.references
    .filter((reference) => reference.path === found.path || reference.path === path)
    .map((reference) => owner.estate.get(reference.to))
    .filter((target) => target?.type === DOCUMENT);
  const [only] = document;
  return only && document.length === 1 ? policyOfDocument(only) : read;
}

/** What a data.aws_iam_policy_document renders to, with the documents it takes over. */
export function policyOfDocument(document: View, depth = 0): Policy {
  if (depth > 8) return UNKNOWN_POLICY;
  const own = document.blocks("statement");
  const sources = takenOver(document, ["source_policy_documents", "source_json"], depth);
  const overrides = takenOver(document, ["override_policy_documents", "override_json"], depth);
  const statements = [...sources.statements, ...own.items.map(statementOf)];
  const replacing = new Set(overrides.statements.map((s) => s.sid).filter((sid) => sid !== undefined && sid !== ""));
  return {
    statements: [...statements.filter((s) => s.sid === undefined || !replacing.has(s.sid)), ...overrides.statements],
    complete: own.complete && sources.complete && overrides.complete,
  };
}

/** Where the document itself writes a statement of its policy: those that it takes over come before its own. */
export function statementPath(document: View, index: number): string {
  const takesOver = ["source_policy_documents", "source_json"].some((path) => document.has(path) !== false);
  const own = index >= 0 && index < document.blocks("statement").items.length;
  return own && !takesOver ? `statement.${index}` : "statement";
}

/** One `statement` block; its defaults are the data source's: effect Allow. */
export function statementOf(block: Block): Statement {
  const effect = block.get("effect");
  const sid = block.text("sid");
  const conditions = block.blocks("condition");
  return {
    ...(sid !== undefined && { sid }),
    effect: effect.kind === "unknown" ? "unknown" : block.text("effect")?.toLowerCase() === "deny" ? "Deny" : "Allow",
    ...optional("actions", listAt(block, "actions")),
    ...optional("notActions", listAt(block, "not_actions")),
    ...optional("resources", listAt(block, "resources")),
    ...optional("notResources", listAt(block, "not_resources")),
    ...optional("principals", principalsAt(block, "principals")),
    ...optional("notPrincipals", principalsAt(block, "not_principals")),
    conditions: conditions.items.map(conditionOf),
    conditionsComplete: conditions.complete,
  };
}

const conditionOf = (block: Block): Condition => ({
  operator: block.text("test") ?? "",
  key: block.text("variable") ?? "",
  values: textsAt(block, "values"),
});

function listAt(block: Block, path: string): Texts | undefined {
  const texts = textsAt(block, path);
  return texts.items.length === 0 && texts.complete ? undefined : texts;
}

function principalsAt(block: Block, path: string): Principals | undefined {
  const { items, complete } = block.blocks(path);
  if (items.length === 0 && complete) return undefined;
  const read = items.map((item) => {
    const type = item.text("type");
    return principalsOfKind(type === "*" || type === undefined ? "AWS" : type, textsAt(item, "identifiers"));
  });
  return { items: read.flatMap((r) => r.items), complete: complete && read.every((r) => r.complete) };
}

function takenOver(document: View, paths: readonly string[], depth: number): Policy {
  const taken = paths.flatMap((path) => {
    const found = document.get(path);
    if (found.kind === "absent") return [];
    if (!isList(found.value)) return [documentAt(document, found.value, path, depth)];
    return found.value.map((value, index) => documentAt(document, value, `${path}.${index}`, depth));
  });
  return {
    statements: taken.flatMap((policy) => policy.statements),
    complete: taken.every((policy) => policy.complete),
  };
}

/** A document given as text, or by reference to the data source that writes it. */
function documentAt(document: View, value: Value, path: string, depth: number): Policy {
  const parsed = parsePolicy(value);
  if (parsed !== UNKNOWN_POLICY) return parsed ?? { statements: [], complete: true };
  const target = document.resource.references
    .filter((reference) => reference.path === path)
    .map((reference) => document.estate.get(reference.to))
    .find((view) => view?.type === DOCUMENT && view !== document);
  return target ? policyOfDocument(target, depth + 1) : UNKNOWN_POLICY;
}

/** Whether the policy in this attribute is written by a policy document of this code, which is judged by itself. */
export function writesPolicy(view: View, block: Block, path: string): boolean {
  const at = block.get(path).path;
  return view.resource.references.some(
    (reference) => reference.path === at && view.estate.get(reference.to)?.type === DOCUMENT,
  );
}
