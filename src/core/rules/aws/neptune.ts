/** Neptune: encryption, reachability, logs, who may sign in. */

import { forbidTrue, requireContains, requireThat } from "../checks.ts";
import { controls } from "../compliance.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { not } from "../verdict.ts";
import { alias, example, ownKey, switchedTo } from "./shapes.ts";

const CLUSTER = "aws_neptune_cluster";
const INSTANCE = "aws_neptune_cluster_instance";
const SNAPSHOT = "aws_neptune_cluster_snapshot";
const DOCS = "https://docs.aws.amazon.com/neptune/latest/userguide/";
const KEY = '"arn:aws:kms:eu-west-1:123456789012:key/1"';

const cluster = (...lines: readonly string[]): string => example(CLUSTER, 'cluster_identifier = "c"', ...lines);
const snapshot = (...lines: readonly string[]): string =>
  example(SNAPSHOT, 'db_cluster_identifier          = "c"', 'db_cluster_snapshot_identifier = "s"', ...lines);

export const encryption = switchedTo({
  id: "aws-neptune-encryption",
  aliases: alias("CKV_AWS_44", "AWS-0076"),
  title: "Neptune cluster is not encrypted",
  severity: "high",
  on: CLUSTER,
  why: "Whoever gets hold of the storage or a snapshot reads the whole graph. Encryption can only be chosen when the cluster is made.",
  remedy: "Set storage_encrypted = true; the cluster is made anew.",
  references: [`${DOCS}encrypt.html`],
  compliance: controls({ nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  path: "storage_encrypted",
  risk: "replaces",
  message: "Storage is not encrypted",
  bad: [cluster(), cluster("storage_encrypted  = false")],
  good: cluster("storage_encrypted  = true"),
});

const LOGS = "enable_cloudwatch_logs_exports";

export const auditLogs = rule({
  id: "aws-neptune-audit-logs",
  aliases: alias("CKV_AWS_101", "AWS-0075"),
  title: "Neptune exports no audit log",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: CLUSTER,
  why: "Who asked the graph for what is recorded nowhere. After an incident nobody can say what was read.",
  remedy: 'Set enable_cloudwatch_logs_exports = ["audit"], and the parameter neptune_enable_audit_log.',
  references: [`${DOCS}cloudwatch-logs.html`],
  check: (view) => requireContains(view, LOGS, ["audit"], { message: "The audit log is not exported" }),
  fix: { risk: "in-place", edit: () => [set(LOGS, ["audit"])] },
  bad: [cluster(), cluster("enable_cloudwatch_logs_exports = []")],
  good: cluster('enable_cloudwatch_logs_exports = ["audit"]'),
});

export const publicInstance = rule({
  id: "aws-neptune-public",
  aliases: alias("CKV_AWS_102"),
  title: "Neptune instance is publicly accessible",
  severity: "high",
  category: "security",
  profile: "strict",
  on: INSTANCE,
  why: "The database has a public address, and anyone can try what it answers. Applications reach it through the VPC just as well.",
  remedy: "Set publicly_accessible = false; the instance is made anew.",
  references: [`${DOCS}security-vpc.html`],
  check: (view) => forbidTrue(view, "publicly_accessible", { message: "The database has a public address" }),
  intent: (view) => not(view.is("publicly_accessible")),
  fix: { risk: "replaces", edit: () => [set("publicly_accessible", false)] },
  bad: example(
    INSTANCE,
    'cluster_identifier  = "c"',
    'instance_class      = "db.r5.large"',
    "publicly_accessible = true",
  ),
  good: example(INSTANCE, 'cluster_identifier  = "c"', 'instance_class      = "db.r5.large"'),
});

export const iamAuthentication = switchedTo({
  id: "aws-neptune-iam-authentication",
  aliases: alias("CKV_AWS_359"),
  title: "Neptune asks nobody who they are",
  profile: "strict",
  on: CLUSTER,
  why: "Whatever can reach the port reads and changes the graph: Neptune has no passwords. With IAM every request is signed.",
  remedy: "Set iam_database_authentication_enabled = true, and let clients sign their requests.",
  references: [`${DOCS}iam-auth-enable.html`],
  path: "iam_database_authentication_enabled",
  risk: "disruptive",
  message: "Requests are not authenticated",
  bad: [cluster(), cluster("iam_database_authentication_enabled = false")],
  good: cluster("iam_database_authentication_enabled = true"),
});

export const clusterKey = ownKey({
  id: "aws-neptune-customer-key",
  aliases: alias("CKV_AWS_347"),
  title: "Neptune cluster does not use a key of your own",
  on: CLUSTER,
  why: "The graph and its snapshots are encrypted with a key that AWS manages. With a key of your own you decide who may decrypt them.",
  remedy: "Name a key in kms_key_arn; the cluster is made anew.",
  path: "kms_key_arn",
  bad: cluster("storage_encrypted  = true"),
  good: cluster("storage_encrypted  = true", `kms_key_arn        = ${KEY}`),
});

export const backups = rule({
  id: "aws-neptune-backups",
  aliases: alias("CKV_AWS_361"),
  title: "Neptune keeps backups for less than a week",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: CLUSTER,
  why: "Mistakes are often found days later, when the last good backup is gone. The default is a single day.",
  remedy: "Set backup_retention_period to 7 days or more.",
  references: [`${DOCS}backup-restore-overview.html`],
  check: (view) =>
    requireThat(view, "backup_retention_period", (v) => Number(v) >= 7, {
      message: "Backups are kept for too few days",
    }),
  fix: { risk: "in-place", edit: () => [set("backup_retention_period", 7)] },
  bad: [cluster(), cluster("backup_retention_period = 1")],
  good: cluster("backup_retention_period = 7"),
});

export const snapshotTags = switchedTo({
  id: "aws-neptune-snapshot-tags",
  aliases: alias("CKV_AWS_362"),
  title: "Neptune snapshots lose the cluster's tags",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: CLUSTER,
  why: "Snapshots without tags belong to nobody: policies and bills by tag pass them over. Copying them costs nothing.",
  remedy: "Set copy_tags_to_snapshot = true.",
  references: [`${DOCS}tagging.html`],
  path: "copy_tags_to_snapshot",
  risk: "in-place",
  message: "Tags are not copied",
  bad: cluster(),
  good: cluster("copy_tags_to_snapshot = true"),
});

export const snapshotEncryption = switchedTo({
  id: "aws-neptune-snapshot-encryption",
  aliases: alias("CKV_AWS_279"),
  title: "Neptune snapshot is not encrypted",
  severity: "high",
  profile: "strict",
  on: SNAPSHOT,
  why: "Whoever gets hold of the snapshot reads the whole graph. It is encrypted only where its cluster is.",
  remedy: "Encrypt the cluster, and take the snapshot from there.",
  references: [`${DOCS}encrypt.html`],
  path: "storage_encrypted",
  risk: "replaces",
  message: "The snapshot is not encrypted",
  bad: snapshot(),
  good: snapshot("storage_encrypted = true"),
});

export const snapshotKey = ownKey({
  id: "aws-neptune-snapshot-customer-key",
  aliases: alias("CKV_AWS_280"),
  title: "Neptune snapshot does not use a key of your own",
  on: SNAPSHOT,
  why: "The snapshot is encrypted with a key that AWS manages, and cannot be shared with other accounts. With a key of your own you decide who may decrypt it.",
  remedy: "Encrypt the cluster with a key of your own, and take the snapshot from there.",
  path: "kms_key_id",
  bad: snapshot("storage_encrypted = true"),
  good: snapshot("storage_encrypted = true", `kms_key_id = ${KEY}`),
});

export const deletionProtection = switchedTo({
  id: "aws-neptune-deletion-protection",
  aliases: alias("CKV2_AWS_58"),
  title: "Neptune cluster can be deleted by mistake",
  category: "reliability",
  profile: "strict",
  on: CLUSTER,
  why: "One wrong destroy removes the cluster and what is in it. With protection AWS refuses until it is switched off on purpose.",
  remedy: "Set deletion_protection = true.",
  references: [`${DOCS}manage-console-instances-delete.html`],
  path: "deletion_protection",
  risk: "in-place",
  message: "Nothing keeps it from being deleted",
  bad: [cluster(), cluster("deletion_protection = false")],
  good: cluster("deletion_protection = true"),
});
