/** How RDS is run: logins, logs, TLS, monitoring, tags. */

import { requireOneOf, requireSet, requireTrue } from "../checks.ts";
import { controls } from "../compliance.ts";
import { addBlock, set } from "../operations.ts";
import { rule } from "../rule.ts";
import { anyOf, fail, notApplicable, pass, undecided, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";

const instance = (...lines: readonly string[]): string =>
  `resource "aws_db_instance" "d" {\n  engine         = "postgres"\n  instance_class = "db.t4g.medium"\n${lines.map((line) => `  ${line}\n`).join("")}}\n`;
const cluster = (...lines: readonly string[]): string =>
  `resource "aws_rds_cluster" "d" {\n  engine = "aurora-postgresql"\n${lines.map((line) => `  ${line}\n`).join("")}}\n`;

const IAM_AUTH = "iam_database_authentication_enabled";
const AUTH_WHY =
  "Passwords of the database live long, are shared, and end up in configuration. With IAM authentication applications log in with short-lived tokens.";
const AUTH_DOCS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html";

export const instanceLogin = rule({
  id: "aws-rds-instance-iam-authentication",
  aliases: ["CKV_AWS_161", "AWS-0176", "AVD-AWS-0176"],
  title: "RDS instance does not offer IAM authentication",
  severity: "medium",
  category: "security",
  on: "aws_db_instance",
  why: AUTH_WHY,
  remedy: `Set ${IAM_AUTH} = true; passwords go on working.`,
  references: [AUTH_DOCS],
  check(view) {
    const engine = view.text("engine");
    if (engine !== undefined && !["mysql", "postgres"].includes(engine)) return notApplicable;
    return requireTrue(view, IAM_AUTH, { message: "IAM authentication is off" });
  },
  fix: { risk: "in-place", edit: () => [set(IAM_AUTH, true)] },
  bad: [instance(), instance(`${IAM_AUTH} = false`)],
  good: instance(`${IAM_AUTH} = true`),
});

export const clusterLogin = rule({
  id: "aws-rds-cluster-iam-authentication",
  aliases: ["CKV_AWS_162", "AWS-0176", "AVD-AWS-0176"],
  title: "RDS cluster does not offer IAM authentication",
  severity: "medium",
  category: "security",
  on: "aws_rds_cluster",
  why: AUTH_WHY,
  remedy: `Set ${IAM_AUTH} = true; passwords go on working.`,
  references: [AUTH_DOCS],
  check: (view) => requireTrue(view, IAM_AUTH, { message: "IAM authentication is off" }),
  fix: { risk: "in-place", edit: () => [set(IAM_AUTH, true)] },
  bad: [cluster(), cluster(`${IAM_AUTH} = false`)],
  good: cluster(`${IAM_AUTH} = true`),
});

const EXPORTS = "enabled_cloudwatch_logs_exports";
const LOGS_WHY =
  "Logs stay on the database's own disk, where they are overwritten after days and where an intruder can reach them. In CloudWatch they are kept and can raise alarms.";
const LOGS_DOCS =
  "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html";

/** Every log that an engine can export, by the start of the engine's name. */
const LOGS_OF_ENGINE: readonly (readonly [engine: string, logs: readonly string[]])[] = [
  ["aurora-postgresql", ["postgresql"]],
  ["aurora", ["audit", "error", "general", "slowquery"]],
  ["postgres", ["postgresql", "upgrade"]],
  ["mysql", ["audit", "error", "general", "slowquery"]],
  ["mariadb", ["audit", "error", "general", "slowquery"]],
  ["oracle", ["alert", "audit", "listener", "trace"]],
  ["sqlserver-ex", ["error"]],
  ["sqlserver", ["agent", "error"]],
  ["db2", ["diag.log", "notify.log"]],
];

const exportLogs = {
  risk: "in-place",
  edit(view: View) {
    const engine = view.text("engine") ?? "";
    const logs = LOGS_OF_ENGINE.find(([name]) => engine.startsWith(name))?.[1];
    return logs ? [set(EXPORTS, logs)] : "The engine is not known here, so neither is what it can log.";
  },
} as const;

export const instanceLogs = rule({
  id: "aws-rds-instance-log-exports",
  aliases: ["CKV_AWS_129"],
  title: "RDS instance exports no logs",
  severity: "low",
  category: "security",
  on: "aws_db_instance",
  why: LOGS_WHY,
  remedy: `List the engine's logs in ${EXPORTS}.`,
  references: [LOGS_DOCS],
  compliance: controls({ nist: ["AU-2", "AU-3", "AU-12"], pci: ["10.2.1"], soc2: ["CC7.2"] }),
  check: (view) => requireSet(view, EXPORTS, { message: "No logs are exported" }),
  fix: exportLogs,
  bad: [instance(), instance(`${EXPORTS} = []`)],
  good: instance(`${EXPORTS} = ["postgresql"]`),
});

export const clusterLogs = rule({
  id: "aws-rds-cluster-log-exports",
  aliases: ["CKV_AWS_324"],
  title: "RDS cluster exports no logs",
  severity: "low",
  category: "security",
  on: "aws_rds_cluster",
  why: LOGS_WHY,
  remedy: `List the engine's logs in ${EXPORTS}.`,
  references: [LOGS_DOCS],
  compliance: controls({ nist: ["AU-2", "AU-3", "AU-12"], pci: ["10.2.1"], soc2: ["CC7.2"] }),
  check: (view) => requireSet(view, EXPORTS, { message: "No logs are exported" }),
  fix: exportLogs,
  bad: [cluster(), cluster(`${EXPORTS} = []`)],
  good: cluster(`${EXPORTS} = ["postgresql"]`),
});

const GROUP = "aws_db_parameter_group";

/** The parameter that makes an engine refuse plain connections. Undefined where the engine has none. */
function tlsParameter(engine: string): string | undefined {
  if (/^(postgres|sqlserver)/.test(engine)) return "rds.force_ssl";
  return /^(mysql|mariadb)/.test(engine) ? "require_secure_transport" : undefined;
}

/** From PostgreSQL 15 on the default is to demand TLS. */
const demandsByDefault = (group: View): boolean =>
  Number(/^postgres(\d+)/.exec(group.text("family") ?? "")?.[1] ?? 0) >= 15;

function forcesTls(group: View, name: string): Verdict {
  const parameters = group.blocks("parameter");
  const mine = parameters.items.filter((p) => p.text("name") === name);
  if (mine.length > 0)
    return anyOf(mine.map((p) => requireOneOf(p, "value", ["1", "on", "ON", "true"], { message: `${name} is off` })));
  if (!parameters.complete) return undecided();
  return demandsByDefault(group) ? pass() : fail(undefined, `${name} is not set`);
}

export const forceTls = rule({
  id: "aws-rds-force-tls",
  aliases: ["CKV2_AWS_69"],
  title: "RDS accepts connections without TLS",
  severity: "medium",
  category: "security",
  on: "aws_db_instance",
  why: "Passwords and data cross the network in the clear when a client does not ask for encryption. The server can insist on it.",
  remedy:
    "Set rds.force_ssl = 1 (PostgreSQL, SQL Server) or require_secure_transport = 1 (MySQL, MariaDB) in the parameter group.",
  references: ["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html"],
  compliance: controls({ nist: ["SC-8", "SC-13"], soc2: ["CC6.7"] }),
  check(view) {
    const engine = view.text("engine");
    if (engine === undefined) return view.get("engine").kind === "unknown" ? undecided("engine") : notApplicable;
    const name = tlsParameter(engine);
    const [group] = view.joined(GROUP, "parameter_group_name");
    if (name === undefined || !group) return notApplicable;
    const verdict = forcesTls(group, name);
    if (verdict.status === "fail") return fail("parameter_group_name", `${verdict.message} in ${group.address}`);
    return verdict.status === "unknown" ? undecided("parameter_group_name") : pass("parameter_group_name");
  },
  fix: {
    risk: "disruptive",
    edit(view) {
      const name = tlsParameter(view.text("engine") ?? "");
      const [group] = view.joined(GROUP, "parameter_group_name");
      if (!group || name === undefined) return "The parameter group is not in this code.";
      const there = group.blocks("parameter").items.find((p) => p.text("name") === name);
      return there
        ? [set(`${there.path}.value`, "1", group)]
        : [addBlock("parameter", { attributes: { name, value: "1" } }, group)];
    },
  },
  bad: `resource "${GROUP}" "g" {\n  family = "postgres14"\n}\n\n${instance(`parameter_group_name = ${GROUP}.g.name`)}`,
  good: `resource "${GROUP}" "g" {\n  family = "postgres14"\n  parameter {\n    name  = "rds.force_ssl"\n    value = "1"\n  }\n}\n\n${instance(`parameter_group_name = ${GROUP}.g.name`)}`,
});

export const enhancedMonitoring = rule({
  id: "aws-rds-enhanced-monitoring",
  aliases: ["CKV_AWS_118"],
  title: "RDS enhanced monitoring is off",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: ["aws_db_instance", "aws_rds_cluster_instance"],
  why: "What the operating system under the database does is not seen, such as which process takes the memory. Enhanced monitoring shows it to the second.",
  remedy: "Set monitoring_interval, such as 60, and monitoring_role_arn.",
  references: ["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.html"],
  check: (view) => requireOneOf(view, "monitoring_interval", [1, 5, 10, 15, 30, 60]),
  bad: instance(),
  good: instance("monitoring_interval = 60"),
});

export const minorUpgrades = rule({
  id: "aws-rds-minor-upgrades",
  aliases: ["CKV_AWS_226"],
  title: "RDS does not take minor upgrades by itself",
  severity: "low",
  category: "security",
  profile: "strict",
  on: ["aws_db_instance", "aws_rds_cluster_instance"],
  why: "Security patches wait until somebody thinks of them. Minor upgrades are made in the maintenance window and do not change behaviour.",
  remedy: "Set auto_minor_version_upgrade = true, or leave it out.",
  references: ["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Upgrading.html"],
  compliance: controls({ cisAws: ["2.3.2"], nist: ["SI-2"], pci: ["6.3.3"], soc2: ["CC7.1"] }),
  check: (view) => requireTrue(view, "auto_minor_version_upgrade", { absent: "pass" }),
  fix: { risk: "in-place", edit: () => [set("auto_minor_version_upgrade", true)] },
  bad: instance("auto_minor_version_upgrade = false"),
  good: instance(),
});

/** Performance Insights does not run on the smallest MySQL and MariaDB instances, nor on Db2. */
function hasNoInsights(view: View): boolean {
  const engine = view.text("engine") ?? "";
  if (engine.startsWith("db2")) return true;
  return /^(mysql|mariadb)$/.test(engine) && /^db\.(t2|t3|t4g)\.(micro|small)$/.test(view.text("instance_class") ?? "");
}

export const performanceInsights = rule({
  id: "aws-rds-performance-insights",
  aliases: ["CKV_AWS_353", "AWS-0133", "AVD-AWS-0133"],
  title: "RDS Performance Insights is off",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: ["aws_rds_cluster_instance", "aws_db_instance"],
  why: "When the database is slow nobody can see which query it waits for. A week of history costs nothing.",
  remedy: "Set performance_insights_enabled = true.",
  references: ["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.html"],
  check: (view) => (hasNoInsights(view) ? notApplicable : requireTrue(view, "performance_insights_enabled")),
  fix: {
    risk: "in-place",
    edit: (view) =>
      view.has("performance_insights_kms_key_id") === false
        ? "Name a key first (performance_insights_kms_key_id): it cannot be chosen once Performance Insights is on."
        : [set("performance_insights_enabled", true)],
  },
  bad: instance('performance_insights_kms_key_id = "arn:aws:kms:eu-west-1:123456789012:key/1"'),
  good: instance("performance_insights_enabled = true"),
});

export const insightsKey = rule({
  id: "aws-rds-performance-insights-key",
  aliases: ["CKV_AWS_354", "AWS-0078", "AVD-AWS-0078"],
  title: "RDS Performance Insights does not use a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: ["aws_rds_cluster_instance", "aws_db_instance"],
  why: "The texts of queries, with the values in them, are kept under a key that AWS manages. With a key of your own you decide who may decrypt.",
  remedy: "Set performance_insights_kms_key_id; it cannot be changed later.",
  references: ["https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.access-control.html"],
  check(view) {
    const on = view.is("performance_insights_enabled");
    const key = requireSet(view, "performance_insights_kms_key_id");
    if (on === true || key.status === "pass") return key;
    return on === false ? notApplicable : undecided("performance_insights_enabled");
  },
  bad: instance("performance_insights_enabled = true"),
  good: instance(
    "performance_insights_enabled = true",
    'performance_insights_kms_key_id = "arn:aws:kms:eu-west-1:123456789012:key/1"',
  ),
});

const TAGS_WHY =
  "Snapshots without tags belong to nobody: their cost is not assigned, and rules on tags do not protect them.";

export const clusterSnapshotTags = rule({
  id: "aws-rds-cluster-snapshot-tags",
  aliases: ["CKV_AWS_313"],
  title: "RDS cluster does not copy its tags to snapshots",
  severity: "low",
  category: "cost",
  profile: "strict",
  on: "aws_rds_cluster",
  why: `${TAGS_WHY} Copying them costs nothing.`,
  remedy: "Set copy_tags_to_snapshot = true.",
  check: (view) => requireTrue(view, "copy_tags_to_snapshot"),
  fix: { risk: "in-place", edit: () => [set("copy_tags_to_snapshot", true)] },
  bad: cluster(),
  good: cluster("copy_tags_to_snapshot = true"),
});

export const instanceSnapshotTags = rule({
  id: "aws-rds-instance-snapshot-tags",
  aliases: ["CKV2_AWS_60"],
  title: "RDS instance does not copy its tags to snapshots",
  severity: "low",
  category: "cost",
  profile: "strict",
  on: "aws_db_instance",
  why: `${TAGS_WHY} Copying them costs nothing.`,
  remedy: "Set copy_tags_to_snapshot = true.",
  check: (view) =>
    /^(aurora|docdb|neptune)/.test(view.text("engine") ?? "")
      ? notApplicable
      : requireTrue(view, "copy_tags_to_snapshot"),
  fix: { risk: "in-place", edit: () => [set("copy_tags_to_snapshot", true)] },
  bad: instance(),
  good: instance("copy_tags_to_snapshot = true"),
});
