/** RDS: encryption, reachability, backups, and protection against loss. */

import { forbidOneOf, forbidTrue, requireBetween, requireSet, requireTrue } from "../checks.ts";
import { controls } from "../compliance.ts";
import { isPast, rdsCertificateExpires } from "../evaluators/dates.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { fail, not, notApplicable, or, pass, undecided, verdictOf } from "../verdict.ts";
import type { View } from "../view.ts";

const instance = (...lines: readonly string[]): string =>
  `resource "aws_db_instance" "d" {\n  engine         = "postgres"\n  instance_class = "db.t4g.medium"\n${lines.map((line) => `  ${line}\n`).join("")}}\n`;
const cluster = (...lines: readonly string[]): string =>
  `resource "aws_rds_cluster" "d" {\n  engine = "aurora-postgresql"\n${lines.map((line) => `  ${line}\n`).join("")}}\n`;

const ENCRYPTION_DOCS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html";

/** Restored or replicated storage is encrypted as its source is. */
const inherits = (view: View): boolean =>
  ["replicate_source_db", "snapshot_identifier", "restore_to_point_in_time", "replication_source_identifier"].some(
    (path) => view.has(path) !== false,
  );

export const instanceEncryption = rule({
  id: "aws-rds-instance-encryption",
  aliases: ["CKV_AWS_16", "AWS-0080", "AVD-AWS-0080"],
  title: "RDS instance does not encrypt its storage",
  severity: "high",
  category: "security",
  on: "aws_db_instance",
  why: "Whoever gets hold of the storage, a backup or a snapshot reads the data. Encryption can only be chosen when the instance is made.",
  remedy:
    "Set storage_encrypted = true; the instance is made anew, so restore its data from an encrypted copy of a snapshot.",
  references: [ENCRYPTION_DOCS],
  compliance: controls({ cisAws: ["2.3.1"], nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  check(view) {
    if (view.get("storage_encrypted").kind === "absent" && inherits(view)) return notApplicable;
    return requireTrue(view, "storage_encrypted", { message: "Storage is not encrypted" });
  },
  intent: (view) => view.is("storage_encrypted"),
  fix: { risk: "replaces", edit: () => [set("storage_encrypted", true)] },
  bad: [instance(), instance("storage_encrypted = false")],
  good: instance("storage_encrypted = true"),
});

export const clusterEncryption = rule({
  id: "aws-rds-cluster-encryption",
  aliases: ["CKV_AWS_96", "AWS-0079", "AVD-AWS-0079"],
  title: "RDS cluster does not encrypt its storage",
  severity: "high",
  category: "security",
  on: "aws_rds_cluster",
  why: "Whoever gets hold of the storage, a backup or a snapshot reads the data. Encryption can only be chosen when the cluster is made.",
  remedy:
    "Set storage_encrypted = true; the cluster is made anew, so restore its data from an encrypted copy of a snapshot.",
  references: [ENCRYPTION_DOCS],
  compliance: controls({ cisAws: ["2.3.1"], nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  check(view) {
    if (view.text("engine_mode") === "serverless") return pass("engine_mode");
    if (view.get("storage_encrypted").kind === "absent" && inherits(view)) return notApplicable;
    return requireTrue(view, "storage_encrypted", { message: "Storage is not encrypted" });
  },
  intent: (view) => or(view.is("storage_encrypted"), view.text("engine_mode") === "serverless"),
  fix: { risk: "replaces", edit: () => [set("storage_encrypted", true)] },
  bad: [cluster(), cluster("storage_encrypted = false")],
  good: [cluster("storage_encrypted = true"), cluster('engine_mode = "serverless"')],
});

export const globalEncryption = rule({
  id: "aws-rds-global-cluster-encryption",
  aliases: ["CKV_AWS_140"],
  title: "RDS global cluster does not encrypt its storage",
  severity: "high",
  category: "security",
  profile: "strict",
  on: "aws_rds_global_cluster",
  why: "Whoever gets hold of the storage, a backup or a snapshot in any region reads the data. Encryption can only be chosen when the cluster is made.",
  remedy: "Set storage_encrypted = true; the cluster is made anew.",
  references: [ENCRYPTION_DOCS],
  compliance: controls({ nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  check(view) {
    if (view.get("storage_encrypted").kind === "absent" && view.get("source_db_cluster_identifier").kind !== "absent")
      return notApplicable;
    return requireTrue(view, "storage_encrypted", { message: "Storage is not encrypted" });
  },
  intent: (view) => view.is("storage_encrypted"),
  fix: { risk: "replaces", edit: () => [set("storage_encrypted", true)] },
  bad: `resource "aws_rds_global_cluster" "g" {\n  global_cluster_identifier = "g"\n  engine                    = "aurora-postgresql"\n}\n`,
  good: `resource "aws_rds_global_cluster" "g" {\n  global_cluster_identifier = "g"\n  engine                    = "aurora-postgresql"\n  storage_encrypted         = true\n}\n`,
});

export const clusterKey = rule({
  id: "aws-rds-cluster-customer-key",
  aliases: ["CKV_AWS_327"],
  title: "RDS cluster does not use a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "aws_rds_cluster",
  why: "The key that AWS manages cannot be limited, shared or withdrawn. With a key of your own you decide who may decrypt.",
  remedy: "Set kms_key_id to a key of your own; the cluster is made anew.",
  references: [ENCRYPTION_DOCS],
  check: (view) => requireSet(view, "kms_key_id"),
  bad: cluster("storage_encrypted = true"),
  good: cluster("storage_encrypted = true", 'kms_key_id = "arn:aws:kms:eu-west-1:123456789012:key/1"'),
});

export const publiclyAccessible = rule({
  id: "aws-rds-public",
  aliases: ["CKV_AWS_17", "AWS-0180", "AVD-AWS-0180"],
  title: "RDS instance is publicly accessible",
  severity: "high",
  category: "security",
  on: ["aws_db_instance", "aws_rds_cluster_instance"],
  why: "The database has a public address, and anyone can try passwords and flaws on it. Applications reach it through the VPC just as well.",
  remedy: "Set publicly_accessible = false.",
  references: ["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html"],
  compliance: controls({ cisAws: ["2.3.3"], nist: ["AC-3", "AC-4", "SC-7"], pci: ["1.4.4"], soc2: ["CC6.1", "CC6.6"] }),
  check: (view) => forbidTrue(view, "publicly_accessible", { message: "The database has a public address" }),
  intent: (view) => not(view.is("publicly_accessible")),
  fix: { risk: "disruptive", edit: () => [set("publicly_accessible", false)] },
  bad: instance("publicly_accessible = true"),
  good: [instance(), instance("publicly_accessible = false")],
});

export const backups = rule({
  id: "aws-rds-backups",
  aliases: ["CKV_AWS_133", "AWS-0077", "AVD-AWS-0077"],
  title: "RDS makes no backups",
  severity: "medium",
  category: "reliability",
  on: ["aws_rds_cluster", "aws_db_instance"],
  why: "With a retention of 0 days there is nothing to restore from after a mistake or an attack. It also switches off point-in-time recovery.",
  remedy: "Set backup_retention_period to 7 days or more.",
  references: ["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html"],
  compliance: controls({ nist: ["CP-9", "CP-10"], soc2: ["A1.2"] }),
  check: (view) =>
    requireBetween(view, "backup_retention_period", 1, 35, { absent: "pass", message: "Backups are off" }),
  fix: { risk: "disruptive", edit: () => [set("backup_retention_period", 7)] },
  bad: instance("backup_retention_period = 0"),
  good: [instance(), instance("backup_retention_period = 7")],
});

const PROTECTION = {
  severity: "medium",
  category: "reliability",
  why: "One wrong destroy or replacement removes the database and what is in it. With protection AWS refuses until it is switched off on purpose.",
  remedy: "Set deletion_protection = true.",
  references: ["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html"],
  check: (view: View) => requireTrue(view, "deletion_protection", { message: "Nothing keeps it from being deleted" }),
  fix: { risk: "in-place", edit: () => [set("deletion_protection", true)] },
} as const;

export const clusterProtection = rule({
  ...PROTECTION,
  id: "aws-rds-cluster-deletion-protection",
  aliases: ["CKV_AWS_139", "AWS-0343", "AVD-AWS-0343"],
  title: "RDS cluster can be deleted by mistake",
  on: "aws_rds_cluster",
  bad: [cluster(), cluster("deletion_protection = false")],
  good: cluster("deletion_protection = true"),
});

export const instanceProtection = rule({
  ...PROTECTION,
  id: "aws-rds-instance-deletion-protection",
  aliases: ["CKV_AWS_293", "AWS-0177", "AVD-AWS-0177"],
  title: "RDS instance can be deleted by mistake",
  on: "aws_db_instance",
  bad: [instance(), instance("deletion_protection = false")],
  good: instance("deletion_protection = true"),
});

export const certificate = rule({
  id: "aws-rds-certificate-authority",
  aliases: ["CKV_AWS_211"],
  title: "RDS uses a certificate authority that has expired",
  severity: "medium",
  category: "security",
  on: "aws_db_instance",
  why: "Clients that check certificates cannot connect, and the others no longer know whom they speak to. The authorities of 2015 and 2019 have expired.",
  remedy: 'Set ca_cert_identifier = "rds-ca-rsa2048-g1", after giving clients the new root.',
  references: ["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html"],
  check(view) {
    const found = view.get("ca_cert_identifier");
    if (found.kind === "absent") return pass("ca_cert_identifier");
    const name = view.text("ca_cert_identifier");
    if (name === undefined) return undecided("ca_cert_identifier");
    const expires = rdsCertificateExpires(name);
    if (expires === undefined)
      return verdictOf("unknown", "ca_cert_identifier", `${name} is not in the table of authorities`);
    return verdictOf(!isPast(expires), "ca_cert_identifier", `${name} expired on ${expires}`);
  },
  fix: { risk: "disruptive", edit: () => [set("ca_cert_identifier", "rds-ca-rsa2048-g1")] },
  bad: instance('ca_cert_identifier = "rds-ca-2019"'),
  good: [instance(), instance('ca_cert_identifier = "rds-ca-rsa2048-g1"')],
});

export const sharedSnapshot = rule({
  id: "aws-rds-snapshot-public",
  aliases: ["CKV_AWS_302"],
  title: "RDS snapshot is shared with everyone",
  severity: "critical",
  category: "security",
  on: "aws_db_snapshot",
  why: "Every AWS account can copy the snapshot and read the database. Public snapshots are listed, and searched for.",
  remedy: 'Remove "all" from shared_accounts and name the accounts that need the snapshot.',
  references: ["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html"],
  compliance: controls({ nist: ["AC-3", "AC-4", "SC-7"], pci: ["1.4.4"], soc2: ["CC6.1", "CC6.6"] }),
  check(view) {
    const accounts = view.strings("shared_accounts");
    if (accounts.items.includes("all")) return fail("shared_accounts", "Every AWS account may restore it");
    return accounts.complete ? pass("shared_accounts") : undecided("shared_accounts");
  },
  fix: {
    risk: "disruptive",
    edit(view) {
      const { items, complete } = view.strings("shared_accounts");
      if (!complete) return "Some of the accounts are not known before apply.";
      return [
        set(
          "shared_accounts",
          items.filter((account) => account !== "all"),
        ),
      ];
    },
  },
  bad: ['["all"]', '["123456789012", "all"]'].map(
    (accounts) =>
      `resource "aws_db_snapshot" "s" {\n  db_instance_identifier = "d"\n  db_snapshot_identifier = "s"\n  shared_accounts        = ${accounts}\n}\n`,
  ),
  good: `resource "aws_db_snapshot" "s" {\n  db_instance_identifier = "d"\n  db_snapshot_identifier = "s"\n}\n`,
});

export const multiZone = rule({
  id: "aws-rds-multi-az",
  aliases: ["CKV_AWS_157"],
  title: "RDS instance lives in one zone",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: "aws_db_instance",
  why: "When the zone fails the database is gone until it comes back. A standby in another zone takes over by itself, at twice the price.",
  remedy: "Set multi_az = true where the database must not be down.",
  references: ["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.html"],
  compliance: controls({ nist: ["CP-10"], soc2: ["A1.2"] }),
  check: (view) => requireTrue(view, "multi_az"),
  fix: { risk: "disruptive", edit: () => [set("multi_az", true)] },
  bad: instance(),
  good: instance("multi_az = true"),
});

/** CVE-free releases start after these: https://aws.amazon.com/security/security-bulletins/AWS-2022-004/. */
const LEAKY_AURORA = ["10.11", "10.12", "10.13", "11.6", "11.7", "11.8"];

export const leakyAurora = rule({
  id: "aws-rds-aurora-file-read-flaw",
  aliases: ["CKV_AWS_388"],
  title: "Aurora PostgreSQL version lets users read files of the host",
  severity: "high",
  category: "security",
  profile: "strict",
  on: ["aws_db_instance", "aws_rds_cluster", "aws_rds_cluster_instance"],
  why: "In these versions the extension log_fdw reads any file of the host, internal credentials too (Lightspin, 2022). Later minor versions close the hole.",
  remedy: "Upgrade to a later minor version.",
  references: ["https://aws.amazon.com/security/security-bulletins/AWS-2022-004/"],
  check(view) {
    if (view.get("engine").kind === "unknown") return undecided("engine");
    if (view.text("engine") !== "aurora-postgresql") return notApplicable;
    return forbidOneOf(view, "engine_version", LEAKY_AURORA, { message: "This version reads files of the host" });
  },
  bad: `resource "aws_db_instance" "d" {\n  engine         = "aurora-postgresql"\n  engine_version = "11.8"\n  instance_class = "db.r5.large"\n}\n`,
  good: `resource "aws_db_instance" "d" {\n  engine         = "aurora-postgresql"\n  engine_version = "15.4"\n  instance_class = "db.r5.large"\n}\n`,
});
