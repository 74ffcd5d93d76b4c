/** DocumentDB: encryption, logs, protection against loss. */

import { eachBlock, forbidOneOf, requireThat, someBlock } from "../checks.ts";
import { controls } from "../compliance.ts";
import { addBlock, set } from "../operations.ts";
import { rule } from "../rule.ts";
import { fail, notApplicable, pass, undecided } from "../verdict.ts";
import type { Block, View } from "../view.ts";
import { alias, block, example, ownKey, switchedTo } from "./shapes.ts";

const CLUSTER = "aws_docdb_cluster";
const GLOBAL = "aws_docdb_global_cluster";
const PARAMETERS = "aws_docdb_cluster_parameter_group";
const DOCS = "https://docs.aws.amazon.com/documentdb/latest/developerguide/";
const KEY = '"arn:aws:kms:eu-west-1:123456789012:key/1"';

const cluster = (...lines: readonly string[]): string =>
  example(CLUSTER, 'cluster_identifier = "c"', 'master_username    = "owner"', ...lines);
const parameters = (...lines: readonly string[]): string =>
  example(PARAMETERS, 'name   = "p"', 'family = "docdb5.0"', ...lines);
const parameter = (name: string, value: string): string =>
  block("parameter", `name  = "${name}"`, `value = "${value}"`);

export const encryption = switchedTo({
  id: "aws-docdb-encryption",
  aliases: alias("CKV_AWS_74", "AWS-0021"),
  title: "DocumentDB cluster is not encrypted",
  severity: "high",
  on: CLUSTER,
  why: "Whoever gets hold of the storage or a snapshot reads every document. Encryption can only be chosen when the cluster is made.",
  remedy: "Set storage_encrypted = true; the cluster is made anew.",
  references: [`${DOCS}encryption-at-rest.html`],
  compliance: controls({ nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  path: "storage_encrypted",
  risk: "replaces",
  message: "Storage is not encrypted",
  bad: [cluster(), cluster("storage_encrypted  = false")],
  good: cluster("storage_encrypted  = true"),
});

const LOGS = "enabled_cloudwatch_logs_exports";

export const logs = rule({
  id: "aws-docdb-logs",
  aliases: alias("CKV_AWS_85", "AWS-0020"),
  title: "DocumentDB exports no logs",
  severity: "medium",
  category: "security",
  on: CLUSTER,
  why: "Failed log-ins, changes and slow queries are recorded nowhere. After an incident nobody can say what was read.",
  remedy: 'Set enabled_cloudwatch_logs_exports = ["audit", "profiler"].',
  references: [`${DOCS}event-auditing.html`],
  compliance: controls({ nist: ["AU-2", "AU-3", "AU-12"], pci: ["10.2.1"], soc2: ["CC7.2"] }),
  check(view) {
    const { items, complete } = view.strings(LOGS);
    if (items.some((item) => item === "audit" || item === "profiler")) return pass(LOGS);
    return complete ? fail(LOGS, "No log is exported") : undecided(LOGS);
  },
  fix: { risk: "in-place", edit: () => [set(LOGS, ["audit", "profiler"])] },
  bad: cluster(),
  good: cluster('enabled_cloudwatch_logs_exports = ["audit"]'),
});

const named = (view: View, name: string): Block | undefined =>
  view.blocks("parameter").items.find((item) => item.text("name") === name);

export const tls = rule({
  id: "aws-docdb-tls",
  aliases: alias("CKV_AWS_90"),
  title: "DocumentDB has TLS switched off",
  severity: "high",
  category: "security",
  profile: "strict",
  on: PARAMETERS,
  why: "Passwords and documents cross the network unencrypted. TLS is on unless somebody switches it off.",
  remedy: 'Set the parameter tls to "enabled".',
  references: [`${DOCS}security.encryption.ssl.html`],
  check: (view) =>
    eachBlock(
      view,
      "parameter",
      (item) =>
        item.text("name") === "tls"
          ? forbidOneOf(item, "value", ["disabled"], { message: "Clients speak plain text" })
          : notApplicable,
      pass(),
    ),
  fix: {
    risk: "disruptive",
    edit(view) {
      const given = named(view, "tls");
      return given ? [set(`${given.path}.value`, "enabled")] : "There is no such parameter.";
    },
  },
  bad: parameters(parameter("tls", "disabled")),
  good: [parameters(), parameters(parameter("tls", "enabled"))],
});

const AUDIT = "audit_logs";

export const audit = rule({
  id: "aws-docdb-audit-logs",
  aliases: alias("CKV_AWS_104"),
  title: "DocumentDB parameter group keeps no audit log",
  severity: "low",
  category: "security",
  profile: "strict",
  on: PARAMETERS,
  why: "Log-ins and changes to users and collections are not written down. Exporting the audit log shows nothing while the parameter is off.",
  remedy: 'Set the parameter audit_logs to "enabled", or to the events that matter.',
  references: [`${DOCS}event-auditing.html`],
  check: (view) =>
    someBlock(
      view,
      "parameter",
      (item) => {
        if (item.get("name").kind === "unknown") return undecided(item.path);
        if (item.text("name") !== AUDIT) return fail(item.path);
        return requireThat(item, "value", (v) => v !== "disabled" && v !== "none");
      },
      "The audit log is off",
    ),
  fix: {
    risk: "in-place",
    edit(view) {
      const given = named(view, AUDIT);
      return given
        ? [set(`${given.path}.value`, "enabled")]
        : [addBlock("parameter", { attributes: { name: AUDIT, value: "enabled" } })];
    },
  },
  bad: [parameters(), parameters(parameter(AUDIT, "disabled"))],
  good: [parameters(parameter(AUDIT, "enabled")), parameters(parameter(AUDIT, "ddl, dml_write"))],
});

export const clusterKey = ownKey({
  id: "aws-docdb-customer-key",
  aliases: alias("CKV_AWS_182"),
  title: "DocumentDB cluster does not use a key of your own",
  on: CLUSTER,
  why: "Documents and snapshots are encrypted with a key that AWS manages. With a key of your own you decide who may decrypt them.",
  remedy: "Name a key in kms_key_id; the cluster is made anew.",
  path: "kms_key_id",
  bad: cluster("storage_encrypted  = true"),
  good: cluster("storage_encrypted  = true", `kms_key_id         = ${KEY}`),
});

export const globalEncryption = switchedTo({
  id: "aws-docdb-global-cluster-encryption",
  aliases: alias("CKV_AWS_292"),
  title: "DocumentDB global cluster is not encrypted",
  severity: "high",
  profile: "strict",
  on: GLOBAL,
  why: "Whoever gets hold of the storage or a snapshot in any region reads every document. Encryption can only be chosen when the cluster is made.",
  remedy: "Set storage_encrypted = true; the cluster is made anew.",
  references: [`${DOCS}encryption-at-rest.html`],
  path: "storage_encrypted",
  risk: "replaces",
  message: "Storage is not encrypted",
  unless: (view) =>
    view.get("storage_encrypted").kind === "absent" && view.has("source_db_cluster_identifier") !== false
      ? notApplicable
      : undefined,
  bad: example(GLOBAL, 'global_cluster_identifier = "g"'),
  good: example(GLOBAL, 'global_cluster_identifier = "g"', "storage_encrypted         = true"),
});

export const backups = rule({
  id: "aws-docdb-backups",
  aliases: alias("CKV_AWS_360"),
  title: "DocumentDB keeps backups for less than a week",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: CLUSTER,
  why: "Mistakes are often found days later, when the last good backup is gone. The default is a single day.",
  remedy: "Set backup_retention_period to 7 days or more.",
  references: [`${DOCS}backup_restore.html`],
  check: (view) =>
    requireThat(view, "backup_retention_period", (v) => Number(v) >= 7, {
      message: "Backups are kept for too few days",
    }),
  fix: { risk: "in-place", edit: () => [set("backup_retention_period", 7)] },
  bad: [cluster(), cluster("backup_retention_period = 1")],
  good: cluster("backup_retention_period = 7"),
});
