/** Athena: where results go, and whether clients may choose otherwise. */
import { requireOneOf } from "../checks.ts";
import { rule } from "../rule.ts";
import { fail, pass, undecided } from "../verdict.ts";
import { alias, block, example, setAt, switchedTo } from "./shapes.ts";

const WORKGROUP = "aws_athena_workgroup";
const DATABASE = "aws_athena_database";
const DOCS = "https://docs.aws.amazon.com/athena/latest/ug/";
const OPTION = "configuration.result_configuration.encryption_configuration.encryption_option";
const OPTIONS = ["SSE_S3", "SSE_KMS", "CSE_KMS"] as const;

const workgroup = (...configuration: readonly string[]): string =>
  example(WORKGROUP, 'name = "w"', ...(configuration.length > 0 ? [block("configuration", ...configuration)] : []));
const ENCRYPTED = block(
  "result_configuration",
  'output_location = "s3://b/"',
  block("encryption_configuration", 'encryption_option = "SSE_S3"'),
);

export const enforced = switchedTo({
  id: "aws-athena-workgroup-enforced",
  aliases: alias("CKV_AWS_82", "AWS-0007"),
  title: "Athena workgroup lets clients choose where results go",
  severity: "high",
  profile: "strict",
  on: WORKGROUP,
  why: "A client may write results elsewhere, and in plain text, whatever the workgroup says. Enforced, its settings count.",
  remedy: "Set configuration.enforce_workgroup_configuration = true.",
  references: [`${DOCS}workgroups-settings-override.html`],
  path: "configuration.enforce_workgroup_configuration",
  absent: "pass",
  risk: "in-place",
  message: "Clients may override the settings",
  bad: workgroup("enforce_workgroup_configuration = false"),
  good: [workgroup(), workgroup("enforce_workgroup_configuration = true")],
});

export const resultEncryption = rule({
  id: "aws-athena-result-encryption",
  aliases: alias("CKV_AWS_159", "AWS-0006"),
  title: "Athena results are not encrypted",
  severity: "high",
  category: "security",
  profile: "strict",
  on: WORKGROUP,
  why: "Results hold copies of what was asked for, and stay in the bucket. Nothing in the workgroup says that they are encrypted.",
  remedy: 'Set result_configuration.encryption_configuration.encryption_option = "SSE_S3".',
  references: [`${DOCS}encrypting-query-results-stored-in-s3.html`],
  check: (view) => requireOneOf(view, OPTION, OPTIONS, { message: "Results are not encrypted" }),
  fix: { risk: "in-place", edit: (view) => setAt(view, OPTION, "SSE_S3") },
  bad: [workgroup(), workgroup(block("result_configuration", 'output_location = "s3://b/"'))],
  good: workgroup(ENCRYPTED),
});

export const databaseEncryption = rule({
  id: "aws-athena-database-encryption",
  aliases: alias("CKV_AWS_77"),
  title: "Athena database is not encrypted",
  severity: "high",
  category: "security",
  profile: "strict",
  on: DATABASE,
  why: "What statements of the database write lies in the bucket in plain text. Whoever may read the bucket reads it.",
  remedy: "Add encryption_configuration with an encryption_option; the database is made anew.",
  references: [`${DOCS}encryption.html`],
  check(view) {
    const { items, complete } = view.blocks("encryption_configuration");
    if (items.length > 0) return pass("encryption_configuration");
    return complete ? fail(undefined, "Nothing is said of encryption") : undecided("encryption_configuration");
  },
  fix: { risk: "replaces", edit: (view) => setAt(view, "encryption_configuration.encryption_option", "SSE_S3") },
  bad: example(DATABASE, 'name   = "d"', 'bucket = "b"'),
  good: example(
    DATABASE,
    'name   = "d"',
    'bucket = "b"',
    block("encryption_configuration", 'encryption_option = "SSE_S3"'),
  ),
});
