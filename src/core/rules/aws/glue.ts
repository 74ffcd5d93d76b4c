/** Glue: the catalogue, and what jobs write. */
import { requireOneOf, requireSet, requireTrue } from "../checks.ts";
import { rule } from "../rule.ts";
import { allOf } from "../verdict.ts";
import { alias, block, example } from "./shapes.ts";

const SETTINGS = "aws_glue_data_catalog_encryption_settings";
const SECURITY = "aws_glue_security_configuration";
const JOBS = ["aws_glue_job", "aws_glue_crawler", "aws_glue_dev_endpoint"] as const;
const DOCS = "https://docs.aws.amazon.com/glue/latest/dg/";
const KEY = '"arn:aws:kms:eu-west-1:123456789012:key/1"';

const CATALOGUE = "data_catalog_encryption_settings";
const settings = (passwords: boolean, mode: string): string =>
  example(
    SETTINGS,
    block(
      CATALOGUE,
      block(
        "connection_password_encryption",
        `aws_kms_key_id                       = ${KEY}`,
        `return_connection_password_encrypted = ${passwords}`,
      ),
      block("encryption_at_rest", `catalog_encryption_mode = "${mode}"`, `sse_aws_kms_key_id      = ${KEY}`),
    ),
  );

export const catalogue = rule({
  id: "aws-glue-catalog-encryption",
  aliases: alias("CKV_AWS_94"),
  title: "Glue catalogue is not encrypted",
  severity: "high",
  category: "security",
  profile: "strict",
  on: SETTINGS,
  why: "The catalogue says what data there is and where, and holds passwords of connections. In plain text, whoever may read it has both.",
  remedy: 'Set return_connection_password_encrypted = true and catalog_encryption_mode = "SSE-KMS".',
  references: [`${DOCS}encrypt-glue-data-catalog.html`],
  check: (view) =>
    allOf([
      requireTrue(view, `${CATALOGUE}.connection_password_encryption.return_connection_password_encrypted`, {
        message: "Passwords of connections are in plain text",
      }),
      requireOneOf(
        view,
        `${CATALOGUE}.encryption_at_rest.catalog_encryption_mode`,
        ["SSE-KMS", "SSE-KMS-WITH-SERVICE-ROLE"],
        { message: "The catalogue is in plain text" },
      ),
    ]),
  bad: [settings(true, "DISABLED"), settings(false, "SSE-KMS")],
  good: settings(true, "SSE-KMS"),
});

const MODES = [
  ["cloudwatch_encryption", "cloudwatch_encryption_mode", ["SSE-KMS"]],
  ["job_bookmarks_encryption", "job_bookmarks_encryption_mode", ["CSE-KMS"]],
  ["s3_encryption", "s3_encryption_mode", ["SSE-KMS", "SSE-S3"]],
] as const;
const security = (s3: string): string =>
  example(
    SECURITY,
    'name = "s"',
    block(
      "encryption_configuration",
      ...MODES.map(([name, mode, [first]]) =>
        block(name, `${mode} = "${name === "s3_encryption" ? s3 : first}"`, `kms_key_arn = ${KEY}`),
      ),
    ),
  );

export const securityConfiguration = rule({
  id: "aws-glue-security-configuration-encryption",
  aliases: alias("CKV_AWS_99"),
  title: "Glue security configuration leaves something in plain text",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: SECURITY,
  why: "Jobs write results, logs and bookmarks, each of which shows the data. One that is not encrypted is enough for whoever may read the bucket.",
  remedy: "Set a mode other than DISABLED for CloudWatch, job bookmarks and S3.",
  references: [`${DOCS}encryption-security-configuration.html`],
  check: (view) =>
    allOf(
      MODES.map(([name, mode, allowed]) =>
        requireOneOf(view, `encryption_configuration.${name}.${mode}`, allowed, {
          message: `${name} is in plain text`,
        }),
      ),
    ),
  bad: security("DISABLED"),
  good: security("SSE-KMS"),
});

const job = (...lines: readonly string[]): string =>
  example("aws_glue_job", 'name     = "j"', 'role_arn = "arn:aws:iam::123456789012:role/j"', ...lines);

export const usesConfiguration = rule({
  id: "aws-glue-security-configuration",
  aliases: alias("CKV_AWS_195"),
  title: "Glue job has no security configuration",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: JOBS,
  why: "What the job writes, and its logs and bookmarks, are encrypted only where a security configuration says so. Without one nothing does.",
  remedy: "Name an aws_glue_security_configuration in security_configuration.",
  references: [`${DOCS}encryption-security-configuration.html`],
  check: (view) => requireSet(view, "security_configuration", { message: "Nothing says how to encrypt" }),
  bad: job(),
  good: job('security_configuration = "s"'),
});
