/**
 * IAM, resource and trust policies as data: JSON text or an object becomes statements whose parts are lists. What is
 * not known before apply stays visible: as a hole inside a text, or as a list that is not complete.
 */
import { isList, isObject, isUnknown, type ObjectValue, type Value } from "../../../model/value.ts";
import { HOLE, NO_TEXTS, type Texts, textsOf } from "../texts.ts";

export interface Principal {
  readonly kind: "any" | "aws" | "service" | "federated" | "canonical";
  readonly value: string;
}

export interface Principals {
  readonly items: readonly Principal[];
  readonly complete: boolean;
}

export interface Condition {
  /** As written: "ForAnyValue:StringLikeIfExists". */
  readonly operator: string;
  readonly key: string;
  readonly values: Texts;
}

export interface Statement {
  readonly sid?: string;
  readonly effect: "Allow" | "Deny" | "unknown";
  readonly principals?: Principals;
  readonly notPrincipals?: Principals;
  readonly actions?: Texts;
  readonly notActions?: Texts;
  readonly resources?: Texts;
  readonly notResources?: Texts;
  readonly conditions: readonly Condition[];
  /** False where there may be more conditions than are known. */
  readonly conditionsComplete: boolean;
}

export interface Policy {
  readonly statements: readonly Statement[];
  /** False where there may be more statements than are known. */
  readonly complete: boolean;
}

export const UNKNOWN_POLICY: Policy = { statements: [], complete: false };

/** Reads a policy out of an attribute's value. Undefined where there is none: absent, empty, or not a policy. */
export function parsePolicy(value: Value | undefined): Policy | undefined {
  if (isUnknown(value))
    return value.outline === undefined ? UNKNOWN_POLICY : (parseText(value.outline) ?? UNKNOWN_POLICY);
  if (typeof value === "string") return parseText(value);
  if (isList(value)) return value.length === 0 ? undefined : parsePolicy(value[0]);
  if (!isObject(value)) return undefined;
  const statements = member(value, "Statement");
  if (statements === undefined || statements === null) return undefined;
  const listed: readonly Value[] = isList(statements) ? statements : [statements];
  return { statements: listed.filter(isObject).map(parseStatement), complete: !listed.some(isHole) };
}

function parseText(text: string): Policy | undefined {
  if (text.trim() === "") return undefined;
  const whole = text.includes(HOLE) ? quoteHoles(text) : text;
  const value = parseJson(whole) ?? parseJson(withoutTrailingCommas(whole));
  return value === undefined ? undefined : parsePolicy(value);
}

function parseJson(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}

/** AWS refuses a list that ends in a comma, but what its author meant is plain, and is judged. */
const withoutTrailingCommas = (text: string): string =>
  text.replace(/"(?:[^"\\]|\\.)*"|,(?=\s*[\]}])/g, (token) => (token === "," ? "" : token));

/** Holes outside of strings become strings, so that the rest can be read. */
const quoteHoles = (text: string): string =>
  text.replace(/"(?:[^"\\]|\\.)*"|\uFFFC/g, (token) => (token === HOLE ? `"${HOLE}"` : token));

function parseStatement(given: ObjectValue): Statement {
  const effect = member(given, "Effect");
  const sid = member(given, "Sid");
  const conditions = member(given, "Condition");
  const texts = (name: string): Texts | undefined => textsOf(member(given, name));
  const principals = (name: string): Principals | undefined => principalsOf(member(given, name));
  return {
    ...(typeof sid === "string" && { sid }),
    effect: effectOf(effect),
    ...optional("principals", principals("Principal")),
    ...optional("notPrincipals", principals("NotPrincipal")),
    ...optional("actions", texts("Action")),
    ...optional("notActions", texts("NotAction")),
    ...optional("resources", texts("Resource")),
    ...optional("notResources", texts("NotResource")),
    conditions: conditionsOf(conditions),
    conditionsComplete: !isHole(conditions) && !(isObject(conditions) && Object.values(conditions).some(isHole)),
  };
}

const isHole = (value: Value | undefined): boolean =>
  isUnknown(value) || (typeof value === "string" && value.includes(HOLE));

function effectOf(value: Value | undefined): Statement["effect"] {
  if (typeof value !== "string" || value.includes(HOLE)) return "unknown";
  return value.toLowerCase() === "deny" ? "Deny" : "Allow";
}

function conditionsOf(value: Value | undefined): readonly Condition[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([operator, tests]) =>
    isObject(tests)
      ? Object.entries(tests).map(([key, values]) => ({ operator, key, values: textsOf(values) ?? NO_TEXTS }))
      : [],
  );
}

const KINDS: { readonly [key: string]: Principal["kind"] } = {
  aws: "aws",
  service: "service",
  federated: "federated",
  canonicaluser: "canonical",
};

export function principalsOf(value: Value | undefined): Principals | undefined {
  if (value === undefined || value === null) return undefined;
  if (isUnknown(value) || value === HOLE) return { items: [], complete: false };
  if (typeof value === "string") return { items: [principal("aws", value)], complete: true };
  // Terraform's data source spells Principal "*" as type "*"; CloudFormation may give a plain list.
  if (isList(value)) {
    const texts = textsOf(value) ?? NO_TEXTS;
    return { items: texts.items.map((text) => principal("aws", text)), complete: texts.complete };
  }
  if (!isObject(value)) return undefined;
  const read = Object.entries(value).map(([key, given]) => principalsOfKind(key, textsOf(given) ?? NO_TEXTS));
  return { items: read.flatMap((r) => r.items), complete: read.every((r) => r.complete) };
}

/** Principals of one kind, as the data source's `principals { type identifiers }` gives them. */
export function principalsOfKind(type: string, identifiers: Texts): Principals {
  const kind = KINDS[type.toLowerCase()] ?? "aws";
  return { items: identifiers.items.map((value) => principal(kind, value)), complete: identifiers.complete };
}

const principal = (kind: Principal["kind"], value: string): Principal => ({
  kind: kind === "aws" && value === "*" ? "any" : kind,
  value,
});

/** A member by name; IAM's element names are matched without regard to case, as the service does. */
function member(object: ObjectValue, name: string): Value | undefined {
  if (Object.hasOwn(object, name)) return object[name];
  const wanted = name.toLowerCase();
  const key = Object.keys(object).find((k) => k.toLowerCase() === wanted);
  return key === undefined ? undefined : object[key];
}

/** A member that is left out where there is no value. */
export const optional = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });
