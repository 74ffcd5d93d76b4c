/** ElastiCache and MemoryDB: encryption, passwords, backups. */

import { requireSet, requireThat, requireTrue } from "../checks.ts";
import { controls } from "../compliance.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, anyOf, notApplicable, undecided } from "../verdict.ts";
import { alias, example, ownKey, switchedTo } from "./shapes.ts";

const GROUP = "aws_elasticache_replication_group";
const CLUSTER = "aws_elasticache_cluster";
const DOCS = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/";
const group = (...lines: readonly string[]): string =>
  example(GROUP, 'replication_group_id = "g"', 'description          = "sessions"', ...lines);

export const encryptionAtRest = switchedTo({
  id: "aws-elasticache-encryption-at-rest",
  aliases: alias("CKV_AWS_29", "AWS-0045"),
  title: "ElastiCache does not encrypt what it stores",
  severity: "high",
  on: GROUP,
  why: "Backups and swap files hold sessions and cached records in plain text. Whoever gets hold of the storage reads them.",
  remedy: "Set at_rest_encryption_enabled = true; the group is made anew.",
  references: [`${DOCS}at-rest-encryption.html`],
  compliance: controls({ nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  path: "at_rest_encryption_enabled",
  risk: "replaces",
  message: "Storage is not encrypted",
  bad: [group(), group("at_rest_encryption_enabled = false")],
  good: group("at_rest_encryption_enabled = true"),
});

export const encryptionInTransit = switchedTo({
  id: "aws-elasticache-encryption-in-transit",
  aliases: alias("CKV_AWS_30", "AWS-0051"),
  title: "ElastiCache speaks plain text",
  severity: "high",
  on: GROUP,
  why: "Sessions, cached records and the password itself cross the network unencrypted. Whoever is inside can read and change them.",
  remedy: "Set transit_encryption_enabled = true, and let clients use TLS.",
  references: [`${DOCS}in-transit-encryption.html`],
  compliance: controls({ nist: ["SC-8", "SC-13"], soc2: ["CC6.7"] }),
  path: "transit_encryption_enabled",
  risk: "replaces",
  message: "Clients speak plain text",
  bad: [group(), group("transit_encryption_enabled = false")],
  good: group("transit_encryption_enabled = true"),
});

export const password = rule({
  id: "aws-elasticache-password",
  aliases: alias("CKV_AWS_31"),
  title: "ElastiCache asks for no password",
  severity: "high",
  category: "security",
  on: GROUP,
  why: "Whatever can reach the port reads and changes everything in the cache. Passwords and users work with encryption in transit only.",
  remedy: "Set transit_encryption_enabled = true, and auth_token or user_group_ids.",
  references: [`${DOCS}auth.html`],
  compliance: controls({ nist: ["AC-3", "IA-2"], soc2: ["CC6.1"] }),
  check: (view) =>
    allOf([
      requireTrue(view, "transit_encryption_enabled", { message: "Passwords need encryption in transit" }),
      anyOf(
        ["auth_token", "user_group_ids"].map((path) => requireSet(view, path, { message: "No password is asked" })),
      ),
    ]),
  bad: [group(), group("transit_encryption_enabled = true")],
  good: group("transit_encryption_enabled = true", 'user_group_ids             = ["users"]'),
});

export const backups = rule({
  id: "aws-elasticache-backups",
  aliases: alias("CKV_AWS_134", "AWS-0050"),
  title: "ElastiCache makes no backups",
  severity: "medium",
  category: "reliability",
  on: CLUSTER,
  why: "When the node fails, or somebody flushes it, everything in it is gone. Rebuilding it can take the database behind it down.",
  remedy: "Set snapshot_retention_limit to a number of days.",
  references: [`${DOCS}backups.html`],
  compliance: controls({ nist: ["CP-9", "CP-10"], soc2: ["A1.2"] }),
  check(view) {
    if (view.get("engine").kind === "unknown") return undecided("engine");
    if (view.text("engine") === "memcached" || view.has("replication_group_id") !== false) return notApplicable;
    return requireThat(view, "snapshot_retention_limit", (v) => Number(v) > 0, { message: "There are no backups" });
  },
  fix: { risk: "in-place", edit: () => [set("snapshot_retention_limit", 7)] },
  bad: [
    example(CLUSTER, 'cluster_id = "c"', 'engine     = "redis"'),
    example(CLUSTER, 'cluster_id = "c"', 'engine     = "redis"', "snapshot_retention_limit = 0"),
  ],
  good: [
    example(CLUSTER, 'cluster_id = "c"', 'engine     = "redis"', "snapshot_retention_limit = 7"),
    example(CLUSTER, 'cluster_id = "c"', 'engine     = "memcached"'),
  ],
});

export const failover = rule({
  id: "aws-elasticache-failover",
  aliases: alias("CKV2_AWS_50"),
  title: "ElastiCache does not fail over by itself",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: GROUP,
  why: "When the primary fails, nothing can be written until somebody acts. A replica takes over within a minute.",
  remedy: "Set automatic_failover_enabled = true, with at least one replica.",
  references: [`${DOCS}AutoFailover.html`],
  check: (view) => requireTrue(view, "automatic_failover_enabled", { message: "No replica takes over" }),
  fix: {
    risk: "disruptive",
    edit: (view) =>
      ["num_cache_clusters", "number_cache_clusters", "replicas_per_node_group"].some(
        (path) => (view.number(path) ?? 0) > 0,
      ) &&
      view.number("num_cache_clusters") !== 1 &&
      view.number("number_cache_clusters") !== 1
        ? [set("automatic_failover_enabled", true)]
        : "There is no replica that could take over: add one first.",
  },
  bad: group("num_cache_clusters   = 2"),
  good: group("num_cache_clusters         = 2", "automatic_failover_enabled = true"),
});

const MEMORY = "aws_memorydb_cluster";
const memory = (...lines: readonly string[]): string =>
  example(MEMORY, 'acl_name  = "open-access"', 'name      = "c"', 'node_type = "db.t4g.small"', ...lines);

export const memoryKey = ownKey({
  id: "aws-memorydb-customer-key",
  aliases: alias("CKV_AWS_201"),
  title: "MemoryDB does not use a key of your own",
  on: MEMORY,
  why: "The cluster and its snapshots are encrypted with a key that AWS owns. With a key of your own you decide who may decrypt them.",
  remedy: "Name a key in kms_key_arn; the cluster is made anew.",
  path: "kms_key_arn",
  bad: memory(),
  good: memory('kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1"'),
});

export const memoryTls = switchedTo({
  id: "aws-memorydb-tls",
  aliases: alias("CKV_AWS_202"),
  title: "MemoryDB speaks plain text",
  profile: "strict",
  on: MEMORY,
  why: "Records and passwords cross the network unencrypted. Without TLS only the open access list can be used.",
  remedy: "Leave tls_enabled at its default, true.",
  references: ["https://docs.aws.amazon.com/memorydb/latest/devguide/in-transit-encryption.html"],
  path: "tls_enabled",
  absent: "pass",
  risk: "replaces",
  message: "Clients speak plain text",
  bad: memory("tls_enabled = false"),
  good: [memory(), memory("tls_enabled = true")],
});

export const groupKey = ownKey({
  id: "aws-elasticache-customer-key",
  aliases: alias("CKV_AWS_191"),
  title: "ElastiCache does not use a key of your own",
  on: GROUP,
  why: "The group and its backups are encrypted with a key that AWS owns. With a key of your own you decide who may decrypt them.",
  remedy: "Name a key in kms_key_id; the group is made anew.",
  path: "kms_key_id",
  bad: group("at_rest_encryption_enabled = true"),
  good: group(
    "at_rest_encryption_enabled = true",
    'kms_key_id                 = "arn:aws:kms:eu-west-1:123456789012:key/1"',
  ),
});

const cluster = (...lines: readonly string[]): string =>
  example(CLUSTER, 'cluster_id = "c"', 'engine     = "memcached"', ...lines);

const redis = (...lines: readonly string[]): string =>
  example(CLUSTER, 'cluster_id = "c"', 'engine     = "redis"', ...lines);

export const minorUpgrades = switchedTo({
  id: "aws-elasticache-minor-upgrades",
  aliases: alias("CKV_AWS_322"),
  title: "ElastiCache does not get minor upgrades by itself",
  severity: "low",
  profile: "strict",
  on: CLUSTER,
  why: "Fixes of the engine, security fixes too, wait for somebody to ask for them. They are made in the maintenance window.",
  remedy: "Leave auto_minor_version_upgrade at its default, true.",
  references: [`${DOCS}VersionManagement.html`],
  path: "auto_minor_version_upgrade",
  absent: "pass",
  risk: "in-place",
  message: "Minor upgrades wait for somebody",
  unless: (view) => (view.text("engine") === "memcached" ? notApplicable : undefined),
  bad: redis("auto_minor_version_upgrade = false"),
  good: [redis(), redis("auto_minor_version_upgrade = true")],
});

export const subnetGroup = rule({
  id: "aws-elasticache-subnet-group",
  aliases: alias("CKV_AWS_323"),
  title: "ElastiCache is in the default network",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: CLUSTER,
  why: "Without a subnet group the cache sits in the default network, which was not made with it in mind. Everything there reaches it.",
  remedy: "Name a subnet group in subnet_group_name.",
  references: [`${DOCS}SubnetGroups.html`],
  check: (view) =>
    view.has("replication_group_id") !== false
      ? notApplicable
      : requireThat(view, "subnet_group_name", (v) => v !== "" && v !== "default", {
          message: "No subnet group is named",
        }),
  bad: [cluster(), cluster('subnet_group_name = "default"')],
  good: cluster('subnet_group_name = "private"'),
});
