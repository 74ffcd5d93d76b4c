/** Stores of a special kind: QLDB, Keyspaces, Timestream, and the vaults that backups and archives go to. */
import { requireSet, requireThat } from "../checks.ts";
import { grantsAnyone } from "../evaluators/policy/access.ts";
import { policyAt } from "../evaluators/policy/locate.ts";
import { rule } from "../rule.ts";
import { allOf, not, pass, verdictOf } from "../verdict.ts";
import { alias, block, example, ownKey, switchedTo } from "./shapes.ts";

const LEDGER = "aws_qldb_ledger";
const DOCS = "https://docs.aws.amazon.com/qldb/latest/developerguide/";
const KEY = '"arn:aws:kms:eu-west-1:123456789012:key/1"';
const ledger = (mode: string, ...lines: readonly string[]): string =>
  example(LEDGER, 'name             = "l"', `permissions_mode = "${mode}"`, ...lines);

export const ledgerProtection = switchedTo({
  id: "aws-qldb-deletion-protection",
  aliases: alias("CKV_AWS_172"),
  title: "QLDB ledger can be deleted by mistake",
  category: "reliability",
  profile: "strict",
  on: LEDGER,
  why: "One wrong destroy removes a history that was meant to be kept for ever. Protection is on unless it is switched off.",
  remedy: "Set deletion_protection = true.",
  references: [`${DOCS}ledger-management.html`],
  path: "deletion_protection",
  absent: "pass",
  risk: "in-place",
  message: "Nothing keeps it from being deleted",
  bad: ledger("STANDARD", "deletion_protection = false"),
  good: [ledger("STANDARD"), ledger("STANDARD", "deletion_protection = true")],
});

export const ledgerPermissions = switchedTo({
  id: "aws-qldb-permissions-mode",
  aliases: alias("CKV_AWS_170"),
  title: "QLDB ledger lets everyone with access do everything",
  profile: "strict",
  on: LEDGER,
  why: "In the mode ALLOW_ALL whoever may connect may read and change every table. The standard mode gives rights by table and command.",
  remedy: 'Set permissions_mode = "STANDARD", and give the rights in IAM.',
  references: [`${DOCS}ledger-management.html`],
  path: "permissions_mode",
  to: "STANDARD",
  risk: "disruptive",
  message: "Whoever may connect may do everything",
  bad: ledger("ALLOW_ALL"),
  good: ledger("STANDARD"),
});

const TABLE = "aws_keyspaces_table";
const table = (...lines: readonly string[]): string =>
  example(TABLE, 'keyspace_name = "k"', 'table_name    = "t"', ...lines);

export const keyspacesKey = rule({
  id: "aws-keyspaces-customer-key",
  aliases: alias("CKV_AWS_265"),
  title: "Keyspaces table does not use a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: TABLE,
  why: "The table is encrypted with a key that AWS owns. With a key of your own you decide who may decrypt it.",
  remedy: 'Set encryption_specification.type = "CUSTOMER_MANAGED_KMS_KEY" with kms_key_identifier.',
  references: ["https://docs.aws.amazon.com/keyspaces/latest/devguide/EncryptionAtRest.html"],
  check: (view) =>
    allOf([
      requireThat(view, "encryption_specification.type", (v) => v === "CUSTOMER_MANAGED_KMS_KEY", {
        message: "AWS's own key is used",
      }),
      requireSet(view, "encryption_specification.kms_key_identifier", { message: "No key of your own is named" }),
    ]),
  bad: [table(), table(block("encryption_specification", 'type = "AWS_OWNED_KMS_KEY"'))],
  good: table(
    block("encryption_specification", 'type               = "CUSTOMER_MANAGED_KMS_KEY"', `kms_key_identifier = ${KEY}`),
  ),
});

const TIMESTREAM = "aws_timestreamwrite_database";

export const timestreamKey = ownKey({
  id: "aws-timestream-customer-key",
  aliases: alias("CKV_AWS_160"),
  title: "Timestream database does not use a key of your own",
  on: TIMESTREAM,
  why: "Measurements are encrypted with a key that AWS manages. With a key of your own you decide who may decrypt them.",
  remedy: "Name a key in kms_key_id.",
  path: "kms_key_id",
  bad: example(TIMESTREAM, 'database_name = "d"'),
  good: example(TIMESTREAM, 'database_name = "d"', `kms_key_id    = ${KEY}`),
});

const VAULT = "aws_backup_vault";

export const vaultKey = ownKey({
  id: "aws-backup-vault-customer-key",
  aliases: alias("CKV_AWS_166"),
  title: "Backup vault does not use a key of your own",
  on: VAULT,
  why: "Backups of everything lie in one vault under a key that AWS manages. With a key of your own you decide who may restore them.",
  remedy: "Name a key in kms_key_arn; the vault is made anew.",
  path: "kms_key_arn",
  bad: example(VAULT, 'name = "v"'),
  good: example(VAULT, 'name        = "v"', `kms_key_arn = ${KEY}`),
});

const GLACIER = "aws_glacier_vault";
const glacier = (principal: string): string =>
  example(
    GLACIER,
    'name          = "v"',
    `access_policy = jsonencode({
  Version   = "2012-10-17"
  Statement = [{
    Effect    = "Allow"
    Principal = ${principal}
    Action    = "glacier:InitiateJob"
    Resource  = "*"
  }]
})`,
  );

export const glacierPublic = rule({
  id: "aws-glacier-public-policy",
  aliases: alias("CKV_AWS_167"),
  title: "Glacier vault lets anyone in",
  severity: "high",
  category: "security",
  profile: "strict",
  on: GLACIER,
  why: "Every AWS account gets what the statement allows, on archives that were meant to be kept safe. Nobody looks at them for years.",
  remedy: "Name the principals, or add a condition on their account or organisation.",
  references: ["https://docs.aws.amazon.com/amazonglacier/latest/dev/vault-access-policy.html"],
  check(view) {
    const policy = policyAt(view, "access_policy");
    if (!policy) return pass("access_policy");
    return verdictOf(not(grantsAnyone(policy).truth), "access_policy", "A statement allows any principal");
  },
  bad: glacier('"*"'),
  good: [glacier('{ AWS = "arn:aws:iam::123456789012:root" }'), example(GLACIER, 'name = "v"')],
});
