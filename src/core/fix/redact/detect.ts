/**
 * Finds what must not leave in a piece of text: secrets, which never come back, and what tells whose infrastructure this
 * is, which gets a surrogate. By shape only; whoever knows an attribute's name knows more (see ai/minimise.ts).
 */
import ipaddr from "ipaddr.js";
import { findSecrets as secretsByForm } from "../../rules/evaluators/secrets.ts";

export type SensitiveKind =
  | "secret"
  | "email"
  | "arn"
  | "account"
  | "guid"
  | "resource-id"
  | "ipv4"
  | "ipv6"
  | "host"
  | "name";

export interface Sensitive {
  readonly kind: SensitiveKind;
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

/** Every quantifier is bounded, or its characters cannot match what follows: no input makes these slow. */
const SECRETS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]{0,8000}?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
  /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,255}\b/g,
  /\bgithub_pat_\w{20,255}/g,
  /\bglpat-[\w-]{20,64}/g,
  /\bxox[abeoprs]-[\w-]{10,250}/g,
  /\bAIza[\w-]{35}/g,
  /\bya29\.[\w-]{20,500}/g,
  /\bSG\.[\w-]{10,64}\.[\w-]{10,128}/g,
  /\b(?:SK|AC)[0-9a-f]{32}\b/g,
  /\b[sr]k_(?:live|test)_[A-Za-z0-9]{10,128}/g,
  /\bsk-(?:proj-|ant-)?[\w-]{20,200}/g,
  /\bnpm_[A-Za-z0-9]{36}\b/g,
  /\bdop_v1_[0-9a-f]{64}\b/g,
  /\bhv[sb]\.[\w-]{20,200}/g,
  /\b[A-Za-z0-9]{14}\.atlasv1\.[\w-]{20,100}/g,
  /\beyJ[\w-]{8,2000}\.eyJ[\w-]{4,4000}\.[\w-]{0,1000}/g,
  /https:\/\/hooks\.slack\.com\/[\w/-]{10,120}/g,
  /\b(?:AccountKey|SharedAccessKey|SharedAccessSignature)=[^\s;"']{8,300}/gi,
  // Credentials inside a URL: postgres://user:password@host.
  /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"']{1,100}:[^\s@/"']{1,200}@[^\s"']{0,300}/gi,
];

/** `password = "…"`, `"api_key": "…"`: whatever the value looks like. */
const KEYED_SECRET =
  /["']?\b([\w-]{0,40}(?:passw(?:or)?d|passphrase|secret|token|api_?key|access_?key|private_?key|credentials?|conn(?:ection)?_?str(?:ing)?))["']?\s{0,40}[=:]\s{0,40}(["'])([^"'\r\n]{1,2000})\2/gi;

/** Names of keys whose value is a secret. */
export const SECRET_KEY =
  /passw(or)?d|passphrase|(^|[_-])secret|secret($|[_-](key|value|string|access))|(^|[_-])token$|api_?key|private_?key|credential|conn(ection)?_?str/i;

const IDENTIFIERS: readonly { readonly kind: SensitiveKind; readonly pattern: RegExp }[] = [
  { kind: "email", pattern: /\b[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}\b/g },
  // Policies that AWS itself manages say nothing of anybody: their account is "aws".
  {
    kind: "arn",
    pattern: /\barn:aws[a-z-]{0,12}:[a-z0-9-]{1,40}:[a-z0-9-]{0,30}:(?!aws:)(?:\d{12})?:[\w+=,.@:/*-]{1,512}/g,
  },
  { kind: "guid", pattern: /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi },
  {
    kind: "resource-id",
    pattern:
      /\b(?:i|vpc|subnet|sg|sgr|ami|vol|snap|eni|rtb|igw|nat|acl|lt|eipalloc|vpce|tgw|pcx|fs|dopt)-(?:[0-9a-f]{17}|[0-9a-f]{8})\b/g,
  },
  { kind: "account", pattern: /(?<![\w.])\d{12}(?![\w.])/g },
  { kind: "ipv4", pattern: /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])/g },
  { kind: "ipv6", pattern: /(?<![\w:.])(?=[0-9a-f]{0,4}:[0-9a-f]{0,4}:)[0-9a-f:]{2,39}(?![\w:.])/gi },
  {
    kind: "host",
    pattern:
      /(?<![\w.@-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}(?:com|net|org|io|dev|cloud|app|co|info|ai|ch|de|at|eu|uk|fr|it|nl|es|pl|us|ca|au|jp|in|internal|local|lan|corp|intra|home)(?![\w-])/gi,
  },
];

/** Hosts of vendors: names of services, not of anybody's. */
const VENDOR_HOST =
  /^(?:[a-z0-9-]+\.){0,2}amazonaws\.com$|(?:^|\.)(?:k8s\.io|kubernetes\.io|googleapis\.com|gcr\.io|docker\.io|ghcr\.io|hashicorp\.com|terraform\.io|github\.com|microsoft\.com|azure\.com)$/i;

/** Spans in order, none overlapping; where two meet, the earlier and graver wins. */
export function findSensitive(text: string): Sensitive[] {
  const found: Sensitive[] = [];
  const add = (kind: SensitiveKind, start: number, value: string) => {
    const end = start + value.length;
    if (value !== "" && !found.some((f) => start < f.end && f.start < end)) found.push({ kind, start, end, value });
  };
  for (const pattern of SECRETS) for (const match of text.matchAll(pattern)) add("secret", match.index, match[0]);
  // What the rules call a secret in code is one here: the redactor never knows fewer than they do.
  for (const { start, end } of secretsByForm(text)) add("secret", start, text.slice(start, end));
  for (const match of text.matchAll(KEYED_SECRET)) {
    const value = match[3] ?? "";
    if (isPlainReference(value)) continue;
    add("secret", match.index + match[0].length - value.length - 1, value);
  }
  for (const { kind, pattern } of IDENTIFIERS) {
    for (const match of text.matchAll(pattern)) if (tells(kind, match[0])) add(kind, match.index, match[0]);
  }
  for (const match of text.matchAll(/[A-Za-z0-9+/=_-]{20,4000}/g)) {
    if (!VENDOR_NAME.test(match[0]) && looksRandom(match[0])) add("secret", match.index, match[0]);
  }
  return found.sort((a, b) => a.start - b.start);
}

/** Names of TLS policies look like keys, and a fix must see and write them. */
const VENDOR_NAME = /^(?:ELBSecurityPolicy|TransferSecurityPolicy|AppGwSslPolicy|Policy-Min-TLS)[A-Za-z0-9-]{0,40}$/;

/** Only secrets: what the last gate before the network looks for. */
export const findSecrets = (text: string): Sensitive[] =>
  findSensitive(text).filter((found) => found.kind === "secret");

const isPlainReference = (value: string): boolean =>
  /^\$\{[^{}"]*\}$/.test(value) || /^<<(SECRET|TEXT)_\d+>>$/.test(value);

function tells(kind: SensitiveKind, value: string): boolean {
  // Private, loopback, documentation and catch-all ranges are topology, which a fix depends on; not identity.
  if (kind === "ipv4" || kind === "ipv6") return ipaddr.isValid(value) && ipaddr.parse(value).range() === "unicast";
  if (kind === "host") return !VENDOR_HOST.test(value);
  return true;
}

/** Bits per character, of a text that mixes kinds of characters; names with words in them stay below. */
function looksRandom(text: string): boolean {
  if (/^[0-9a-f]+$/i.test(text)) return /\d/.test(text) && /[a-f]/i.test(text) && entropy(text) >= 3;
  const classes = [...text].map((c): number => (/[a-z]/.test(c) ? 0 : /[A-Z]/.test(c) ? 1 : /\d/.test(c) ? 2 : 3));
  if (![0, 1, 2].every((one) => classes.includes(one)) || entropy(text) < 4) return false;
  // Words, even in camel case and with numbers, seldom change class from one character to the next.
  const changes = classes.filter((one, i) => i > 0 && one !== classes[i - 1]).length;
  return changes / (text.length - 1) >= 0.35;
}

export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1);
  let bits = 0;
  for (const n of counts.values()) bits -= (n / text.length) * Math.log2(n / text.length);
  return bits;
}
