/** What was seen at the place that decided: short enough for a line, and never a secret. */
import type { Evidence } from "../model/finding.ts";
import type { Resource } from "../model/resource.ts";
import { isList, isObject, isUnknown, type Value } from "../model/value.ts";
import { findSecrets } from "./evaluators/secrets.ts";
import { normalise } from "./fingerprint.ts";

const LONGEST = 160;

/** Attribute names whose text is a secret whatever it looks like. */
const SECRET_NAME =
  /(^|_)(password|passwd|passphrase|secret|secret_key|secret_string|token|private_key|access_key|api_key|auth_token|connection_string|client_secret|credentials?|user_data|user_data_base64|custom_data)$/i;

/** The value at a dotted path of a resource; a list met on the way stands for its first element. */
export function valueAt(resource: Resource, path: string): Value | undefined {
  let value: Value | undefined = resource.attributes;
  if (path === "") return value;
  for (const part of path.split(".")) {
    if (isList(value) && !/^\d+$/.test(part)) value = value[0];
    if (isUnknown(value)) return value;
    if (isList(value)) value = value[Number(part)];
    else if (isObject(value)) value = Object.hasOwn(value, part) ? value[part] : undefined;
    else return undefined;
  }
  return value;
}

/** Whether the value at a path is, holds, or lies within something that is marked, or named, as a secret. */
export function isSensitive(resource: Resource, path: string, value: Value | undefined): boolean {
  const marked = resource.sensitive.some(
    (s) => s === path || path.startsWith(`${s}.`) || (path !== "" && s.startsWith(`${path}.`)),
  );
  if (marked) return true;
  if (typeof value === "string") return SECRET_NAME.test(lastName(path));
  return typeof value === "object" && holdsSecretName(value);
}

/** What to show, and the value that goes into the fingerprint (a secret must not be guessable from it either). */
export function evidenceAt(resource: Resource, path: string): { readonly evidence: Evidence; readonly value: string } {
  if (path === "") return { evidence: { path, value: "" }, value: "" };
  const value = valueAt(resource, path);
  const text = normalise(value);
  const shown = shorten(text);
  // What is cut off is not shown, and is too long to be guessed from a hash: only what is shown is searched.
  const searched = typeof value === "string" ? value.slice(0, 2 * LONGEST) : text.slice(0, 2 * LONGEST);
  const secret =
    isSensitive(resource, path, value) || (mayHoldSecret(value) && findSecrets(searched, { guess: true }).length > 0);
  return secret
    ? { evidence: { path, value: "(sensitive)" }, value: "(sensitive)" }
    : { evidence: { path, value: shown }, value: text };
}

/** Numbers, flags and short words hold no secret. */
const mayHoldSecret = (value: Value | undefined): boolean =>
  typeof value === "string" ? value.length >= 8 : typeof value === "object" && value !== null;

const shorten = (text: string): string => {
  const line = text.replace(/\s+/g, " ");
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
};

const lastName = (path: string): string => {
  const names = path.split(".").filter((part) => !/^\d+$/.test(part));
  return names.at(-1) ?? "";
};

function holdsSecretName(value: Value | undefined): boolean {
  if (isList(value)) return value.some(holdsSecretName);
  if (!isObject(value)) return false;
  return Object.entries(value).some(
    ([name, item]) => (typeof item === "string" && item !== "" && SECRET_NAME.test(name)) || holdsSecretName(item),
  );
}
