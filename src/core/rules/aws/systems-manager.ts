/** Systems Manager: parameters, documents, and sessions on machines. */
import { isUnknown } from "../../model/value.ts";
import { requireSet } from "../checks.ts";
import { findSecrets, isNamedSecret, isSecretName } from "../evaluators/secrets.ts";
import { HOLE } from "../evaluators/texts.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, fail, notApplicable, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { View } from "../view.ts";
import { alias, example } from "./shapes.ts";

const PARAMETER = "aws_ssm_parameter";
const DOCUMENT = "aws_ssm_document";
const DOCS = "https://docs.aws.amazon.com/systems-manager/latest/userguide/";

const parameter = (name: string, type: string, value: string, ...lines: readonly string[]): string =>
  example(PARAMETER, `name  = "${name}"`, `type  = "${type}"`, `value = "${value}"`, ...lines);

export const plainText = rule({
  id: "aws-ssm-parameter-plain-text",
  aliases: alias("CKV2_AWS_34"),
  title: "SSM parameter is not encrypted",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: PARAMETER,
  why: "Everyone who may list parameters reads it in plain text, in the console and in logs of calls. A SecureString needs the right to decrypt as well.",
  remedy: 'Set type = "SecureString".',
  references: [`${DOCS}secure-string-parameter-kms-encryption.html`],
  check(view) {
    const type = view.get("type");
    if (type.kind === "unknown") return undecided("type");
    return verdictOf(view.text("type") === "SecureString", "type", "The parameter is in plain text");
  },
  fix: { risk: "disruptive", edit: () => [set("type", "SecureString")] },
  bad: parameter("/app/url", "String", "https://example.com"),
  good: parameter("/app/url", "SecureString", "https://example.com"),
});

export const parameterKey = rule({
  id: "aws-ssm-parameter-customer-key",
  aliases: alias("CKV_AWS_337"),
  title: "SSM parameter does not use a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: PARAMETER,
  why: "The key that AWS manages opens the parameter to everyone in the account who may read it. With a key of your own there is a second lock.",
  remedy: 'Set type = "SecureString" and name a key in key_id.',
  references: [`${DOCS}secure-string-parameter-kms-encryption.html`],
  check: (view) =>
    allOf([
      verdictOf(view.get("type").kind === "unknown" ? "unknown" : view.text("type") === "SecureString", "type"),
      requireSet(view, "key_id", { message: "No key of your own is named" }),
    ]),
  bad: parameter("/app/url", "SecureString", "x"),
  good: parameter("/app/url", "SecureString", "x", 'key_id = "arn:aws:kms:eu-west-1:123456789012:key/1"'),
});

export const secretInCode = rule({
  id: "aws-ssm-parameter-secret",
  aliases: alias("CKV_AWS_384"),
  title: "SSM parameter holds a secret that is written in the code",
  severity: "high",
  category: "security",
  profile: "strict",
  on: PARAMETER,
  why: "Everyone who can read the repository or the state has the secret. Parameter Store protects it only once it is there.",
  remedy: "Revoke the secret, write its successor by hand or pipeline, and let the code refer to it.",
  references: [`${DOCS}systems-manager-parameter-store.html`],
  check(view) {
    const found = view.get("value");
    if (found.kind === "absent") return notApplicable;
    const text = isUnknown(found.value) ? (found.value.outline ?? found.value.prefix) : String(found.value);
    const [secret] = findSecrets(text);
    if (secret) return fail("value", `The value is a secret (${secret.kind})`);
    if (found.kind === "unknown") return pass("value");
    const name = view.text("name") ?? "";
    const trial = /test|example|sample|dummy/i;
    if (trial.test(name) || trial.test(text)) return pass("value");
    const last = name.split("/").at(-1) ?? "";
    const named = isSecretName(last.replace(/\d+$/, "")) && isNamedSecret("secret", text);
    return named ? fail("value", "The name says that it is a secret") : pass("value");
  },
  bad: parameter("/app/api_key", "String", "akdfaksdfjkasdfjskafjdkfajsdfk345"),
  good: parameter("/app/stage", "String", "production"),
});

const document = (type: string, content: string, ...lines: readonly string[]): string =>
  example(DOCUMENT, 'name          = "d"', `document_type = "${type}"`, `content = jsonencode(${content})`, ...lines);

export const publicDocument = rule({
  id: "aws-ssm-document-public",
  aliases: alias("CKV_AWS_303"),
  title: "SSM document is shared with everyone",
  severity: "high",
  category: "security",
  profile: "strict",
  on: DOCUMENT,
  why: "Every AWS account can read the document, and documents tell of machines, paths and now and then a password. Few are meant for everybody.",
  remedy: "Name the accounts in permissions.account_ids.",
  references: [`${DOCS}documents-ssm-sharing.html`],
  check(view) {
    const ids = view.strings("permissions.account_ids");
    if (ids.items.some((id) => /\ball\b/i.test(id)))
      return fail("permissions.account_ids", "Every account may read it");
    return ids.complete ? pass("permissions.account_ids") : undecided("permissions.account_ids");
  },
  bad: document(
    "Command",
    '{ schemaVersion = "2.2" }',
    'permissions = {\n  type        = "Share"\n  account_ids = "All"\n}',
  ),
  good: [
    document("Command", '{ schemaVersion = "2.2" }'),
    document(
      "Command",
      '{ schemaVersion = "2.2" }',
      'permissions = {\n  type        = "Share"\n  account_ids = "123456789012"\n}',
    ),
  ],
});

/** What a session document's text, JSON or YAML, says of a setting. Undefined: nothing; HOLE: not known yet. */
function setting(text: string, name: string): string | undefined {
  const pattern = new RegExp(`["']?\\b${name}["']?\\s*:\\s*(?:"([^"]*)"|'([^']*)'|([^\\s,}#]+))`);
  const [, double, single, bare] = pattern.exec(text) ?? [];
  return double ?? single ?? bare;
}

const isOn = (text: string, name: string): boolean | "unknown" => {
  const value = setting(text, name);
  return value?.includes(HOLE) ? "unknown" : value?.toLowerCase() === "true";
};
const isGiven = (text: string, name: string): boolean => (setting(text, name) ?? "") !== "";

function ofSession(view: View, check: (text: string) => Verdict): Verdict {
  if (view.get("document_type").kind === "unknown") return undecided("document_type");
  if (view.text("document_type") !== "Session") return notApplicable;
  const content = view.get("content");
  if (content.kind === "absent") return notApplicable;
  if (!isUnknown(content.value))
    return check(typeof content.value === "string" ? content.value : JSON.stringify(content.value));
  return content.value.outline === undefined ? undecided("content") : check(content.value.outline);
}

const session = (inputs: string): string =>
  document("Session", `{\n  sessionType = "Standard_Stream"\n  inputs = {\n    ${inputs}\n  }\n}`);

export const sessionEncryption = rule({
  id: "aws-ssm-session-encryption",
  aliases: alias("CKV_AWS_112"),
  title: "Sessions on machines are not encrypted with a key of your own",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: DOCUMENT,
  why: "What people type and see, passwords too, passes through AWS under TLS only. With a KMS key nobody without it can read along.",
  remedy: "Set kmsKeyId in the session document's inputs.",
  references: [`${DOCS}session-preferences-enable-encryption.html`],
  check: (view) =>
    ofSession(view, (text) => verdictOf(isGiven(text, "kmsKeyId"), "content", "No key encrypts the sessions")),
  bad: session('kmsKeyId = ""'),
  good: session('kmsKeyId = "alias/sessions"'),
});

const LOGS = [
  ["s3BucketName", "s3EncryptionEnabled"],
  ["cloudWatchLogGroupName", "cloudWatchEncryptionEnabled"],
] as const;

export const sessionLogs = rule({
  id: "aws-ssm-session-logs",
  aliases: alias("CKV_AWS_113"),
  title: "Sessions on machines leave no encrypted log",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: DOCUMENT,
  why: "What was done on a machine cannot be found out later. A log in plain text shows whatever was typed, passwords too.",
  remedy: "Name a bucket or a log group in the document's inputs, with its encryption switched on.",
  references: [`${DOCS}session-manager-logging.html`],
  check: (view) =>
    ofSession(view, (text) => {
      const kept = LOGS.filter(([place]) => isGiven(text, place)).map(([, encrypted]) => isOn(text, encrypted));
      if (kept.includes(true)) return pass("content");
      return kept.includes("unknown") ? undecided("content") : fail("content", "No log of sessions is kept encrypted");
    }),
  bad: [session('s3BucketName = ""'), session('s3BucketName        = "logs"\n    s3EncryptionEnabled = false')],
  good: session('s3BucketName        = "logs"\n    s3EncryptionEnabled = true'),
});
