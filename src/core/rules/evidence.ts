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

/** Text that is a secret whatever it is called. */
const holdsSecretText = (text: string): boolean => text.length >= 8 && findSecrets(text, { guess: true }).length > 0;

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

/** Whether the value at a path is, holds, or lies within something sensitive. */
export function isSensitive(resource: Resource, path: string, value: Value | undefined): boolean {
  if (
    resource.sensitive.some((s) => s === path || path.startsWith(`${s}.`) || (path !== "" && s.startsWith(`${path}.`)))
  )
    return true;
  if (typeof value === "string" && (SECRET_NAME.test(lastName(path)) || holdsSecretText(value))) return true;
  return typeof value === "object" && holdsSecret(value);
}

/** What to show, and the value that goes into the fingerprint (a secret must not be guessable from it either). */
export function evidenceAt(resource: Resource, path: string): { readonly evidence: Evidence; readonly value: string } {
  if (path === "") return { evidence: { path, value: "" }, value: "" };
  const value = valueAt(resource, path);
  if (isSensitive(resource, path, value)) return { evidence: { path, value: "(sensitive)" }, value: "(sensitive)" };
  const text = normalise(value);
  return { evidence: { path, value: shorten(text) }, value: text };
}

const shorten = (text: string): string => {
  const line = text.replace(/\s+/g, " ");
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
};

const lastName = (path: string): string => {
  const names = path.split(".").filter((part) => !/^\d+$/.test(part));
  return names.at(-1) ?? "";
};

function holdsSecret(value: Value | undefined): boolean {
  if (typeof value === "string") return holdsSecretText(value);
  if (isList(value)) return value.some(holdsSecret);
  if (!isObject(value)) return false;
  return Object.entries(value).some(
    ([name, item]) => (typeof item === "string" && item !== "" && SECRET_NAME.test(name)) || holdsSecret(item),
  );
}
