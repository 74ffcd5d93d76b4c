/**
 * Finds secrets in text: by the prefix that a vendor gives them, by the name of the key that holds them, and by entropy.
 * Says what kind and where, never what: rules report the kind, the redactor cuts the range.
 */

export type SecretKind =
  | "aws-access-key-id"
  | "aws-secret-access-key"
  | "private-key"
  | "github-token"
  | "gitlab-token"
  | "slack-token"
  | "slack-webhook"
  | "stripe-key"
  | "google-api-key"
  | "google-service-account-key"
  | "google-oauth-secret"
  | "azure-storage-key"
  | "azure-client-secret"
  | "twilio-key"
  | "sendgrid-key"
  | "mailgun-key"
  | "npm-token"
  | "pypi-token"
  | "docker-token"
  | "datadog-key"
  | "openai-key"
  | "anthropic-key"
  | "hashicorp-token"
  | "json-web-token"
  | "connection-string"
  | "url-credentials"
  | "named-secret"
  | "high-entropy";

export interface Secret {
  readonly kind: SecretKind;
  /** Offsets of the secret itself in the text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

interface Detector {
  readonly kind: SecretKind;
  /** The first capturing group is the secret; without one, the whole match. */
  readonly pattern: RegExp;
  readonly accept?: (secret: string) => boolean;
}

const isBase64Key = (secret: string): boolean =>
  !/^[0-9a-f]+$/i.test(secret) && /[A-Z]/.test(secret) && /[a-z]/.test(secret) && entropy(secret) >= 4;

/** Secrets that their own form gives away. Order matters: of two that overlap the first is kept. */
const BY_FORM: readonly Detector[] = [
  {
    kind: "private-key",
    pattern:
      /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]*?-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----)?/g,
  },
  { kind: "aws-access-key-id", pattern: /(?<![A-Z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])/g },
  {
    kind: "aws-secret-access-key",
    pattern: /(?:aws|secret|access)[\w-]{0,30}["']?\s*[=:,]\s*["']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/gi,
    accept: isBase64Key,
  },
  { kind: "github-token", pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})\b/g },
  { kind: "gitlab-token", pattern: /\bgl(?:pat|dt|rt|cbt|ptt|ft|soat|agent)-[A-Za-z0-9_-]{20,}/g },
  { kind: "slack-token", pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-\d-[A-Za-z0-9-]{10,}/g },
  {
    kind: "slack-webhook",
    pattern: /https:\/\/hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9/_-]{20,}/g,
  },
  { kind: "stripe-key", pattern: /\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,}|\bwhsec_[A-Za-z0-9]{24,}/g },
  { kind: "google-api-key", pattern: /\bAIza[A-Za-z0-9_-]{35}/g },
  { kind: "google-oauth-secret", pattern: /\bGOCSPX-[A-Za-z0-9_-]{20,}|\bya29\.[A-Za-z0-9_-]{20,}/g },
  { kind: "google-service-account-key", pattern: /"private_key_id"\s*:\s*"([0-9a-f]{40})"/g },
  { kind: "sendgrid-key", pattern: /\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}/g },
  { kind: "twilio-key", pattern: /\b(?:SK|AC)[0-9a-f]{32}\b/g },
  { kind: "mailgun-key", pattern: /\bkey-[0-9a-f]{32}\b/g },
  { kind: "npm-token", pattern: /\bnpm_[A-Za-z0-9]{36}\b|_authToken\s*=\s*([A-Za-z0-9_-]{20,})/g },
  { kind: "pypi-token", pattern: /\bpypi-[A-Za-z0-9_-]{50,}/g },
  { kind: "docker-token", pattern: /\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}/g },
  { kind: "anthropic-key", pattern: /\bsk-ant-[A-Za-z0-9_-]{20,}/g },
  { kind: "openai-key", pattern: /\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{32,}/g },
  { kind: "hashicorp-token", pattern: /\bhv[sbr]\.[A-Za-z0-9_-]{24,}|\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}/g },
  { kind: "azure-storage-key", pattern: /AccountKey\s*=\s*([A-Za-z0-9+/]{64,}={0,2})/gi },
  {
    kind: "azure-client-secret",
    pattern: /(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])/g,
  },
  { kind: "datadog-key", pattern: /\bdd_?(?:api|app)_?key["']?\s*[=:]\s*["']?([0-9a-f]{32,40})\b/gi },
  { kind: "json-web-token", pattern: /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g },
  {
    kind: "connection-string",
    pattern: /\b(?:Password|Pwd|SharedAccessKey|SharedAccessSignature)\s*=\s*([^;"'\s]{4,})(?=\s*(?:;|"|'|$))/gi,
    accept: isNotPlaceholder,
  },
  {
    kind: "url-credentials",
    pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@"'<>]{0,64}:([^\s/@"'<>]{3,128})@[^\s"'<>]/gi,
    accept: isNotPlaceholder,
  },
];

/** A key whose name says that it holds a secret, and what it is set to. */
const NAMED =
  /(?<![A-Za-z0-9])([A-Za-z0-9_.-]{0,40}(?:password|passwd|passphrase|secret|token|api[_-]?key|apikey|access[_-]?key|private[_-]?key|credential|auth[_-]?key|client[_-]?secret)[A-Za-z0-9_.-]{0,20})["']?\s*(?:=>|[=:])\s*(?:"([^"\n]{4,})"|'([^'\n]{4,})'|([^\s"',;{}()[\]]{4,}))/gi;

export interface SecretOptions {
  /** Name of the key that holds the whole text ("DB_PASSWORD"): then its value alone may be a secret. */
  readonly key?: string;
  /** Also report values by the name of their key, and lone texts of high entropy. Default: forms only. */
  readonly guess?: boolean;
}

/** Every secret in the text, in order, not overlapping. */
export function findSecrets(text: string, options: SecretOptions = {}): readonly Secret[] {
  const found: Secret[] = [];
  const add = (secret: Secret): void => {
    if (!found.some((other) => secret.start < other.end && other.start < secret.end)) found.push(secret);
  };
  for (const detector of BY_FORM) for (const secret of matchesOf(detector, text)) add(secret);
  if (
    options.key !== undefined &&
    isAwsSecretName(options.key) &&
    /^[A-Za-z0-9/+]{40}$/.test(text) &&
    isBase64Key(text)
  )
    add({ kind: "aws-secret-access-key", start: 0, end: text.length });
  if (options.guess) {
    for (const match of text.matchAll(NAMED)) {
      const value = match[2] ?? match[3] ?? match[4] ?? "";
      const start = match.index + match[0].lastIndexOf(value);
      if (isNamedSecret(match[1] ?? "", value)) add({ kind: "named-secret", start, end: start + value.length });
    }
    const trimmed = text.trim();
    if (options.key !== undefined && isNamedSecret(options.key, trimmed))
      add({ kind: "named-secret", start: text.indexOf(trimmed), end: text.indexOf(trimmed) + trimmed.length });
    else if (isHighEntropy(trimmed))
      add({ kind: "high-entropy", start: text.indexOf(trimmed), end: text.indexOf(trimmed) + trimmed.length });
  }
  return found.sort((a, b) => a.start - b.start);
}

function matchesOf(detector: Detector, text: string): readonly Secret[] {
  return [...text.matchAll(detector.pattern)].flatMap((match) => {
    const secret = match[1] ?? match[0];
    if (detector.accept && !detector.accept(secret)) return [];
    const start = match.index + match[0].lastIndexOf(secret);
    return [{ kind: detector.kind, start, end: start + secret.length }];
  });
}

const isAwsSecretName = (name: string): boolean => /secret|aws/i.test(name);

/** Whether a key's name says "secret" and its value looks like one, and not like a reference to one. */
export const isNamedSecret = (name: string, value: string): boolean =>
  isSecretName(name) && value.length >= 4 && isNotPlaceholder(value) && !isReference(value);

/** Names that hold secrets: "db_password", "API_KEY"; not those that hold where a secret is ("secret_arn"). */
export const isSecretName = (name: string): boolean =>
  /passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential|client[_-]?secret|auth[_-]?key/i.test(
    name,
  ) &&
  !/(?:arn|name|id|path|url|uri|file|policy|length|ttl|expiry|expiration|version|rotation|endpoint|enabled|required|type)s?$/i.test(
    name,
  );

const isReference = (value: string): boolean =>
  /^(?:arn:|\$\{|\{\{|\$\(|\$[A-Za-z_]|%[A-Za-z_]+%|vault:|ssm:|secretsmanager:|https?:\/\/|\/|<)/i.test(value) ||
  /^(?:var|local|data|module)\.[a-z]/.test(value) ||
  /^(?:true|false|null|none|nil|undefined|\d{1,5})$/i.test(value);

function isNotPlaceholder(value: string): boolean {
  const plain = value.trim();
  if (/^(?:x+|\*+|\.+|-+|_+|#+|0+)$/i.test(plain)) return false;
  if (/^(?:\$\{.*\}|\$\(.*\)|\{\{.*\}\}|<.*>|\[.*\]|%\w+%|\$\w+)$/.test(plain)) return false;
  return !/^(?:change[_-]?me|replace[_-]?me|your[_-].*|example|placeholder|dummy|todo|tbd|redacted|secret|password|token|none|null|test)$/i.test(
    plain,
  );
}

/** Long text without structure, in base64 or hex. */
export function isHighEntropy(text: string): boolean {
  if (text.length < 24 || /\s/.test(text)) return false;
  if (/^[0-9a-f]+$/i.test(text))
    return text.length >= 32 && entropy(text) >= 3.2 && /[a-f]/i.test(text) && /\d/.test(text);
  return (
    /^[A-Za-z0-9+/=_-]+$/.test(text) &&
    /\d/.test(text) &&
    /[a-z]/.test(text) &&
    /[A-Z]/.test(text) &&
    entropy(text) >= 4.2
  );
}

/** Shannon entropy in bits per character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** Kinds that are AWS credentials. */
export const AWS_KINDS: readonly SecretKind[] = ["aws-access-key-id", "aws-secret-access-key"];
