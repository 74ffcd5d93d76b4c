/** Aurora clusters: audit logs and going back in time. */
import { requireContains, requireThat } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { notApplicable, undecided, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";
import { alias, example } from "./shapes.ts";

const CLUSTER = "aws_rds_cluster";
const DOCS = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/";
const cluster = (engine: string, ...lines: readonly string[]): string =>
  example(CLUSTER, `engine = "${engine}"`, ...lines);

/** A verdict where another engine runs, or it is not known which. */
const unlessEngine = (view: View, ...engines: readonly string[]): Verdict | undefined => {
  if (view.get("engine").kind === "unknown") return undecided("engine");
  return engines.includes(view.text("engine") ?? "aurora") ? undefined : notApplicable;
};

const LOGS = "enabled_cloudwatch_logs_exports";

export const auditLogs = rule({
  id: "aws-aurora-audit-logs",
  aliases: alias("CKV_AWS_325"),
  title: "MySQL cluster exports no audit log",
  severity: "low",
  category: "security",
  profile: "strict",
  on: CLUSTER,
  why: "Who signed in and asked for what is recorded nowhere. After an incident nobody can say what was read.",
  remedy: 'Add "audit" to enabled_cloudwatch_logs_exports, and switch server_audit_logging on.',
  references: [`${DOCS}AuroraMySQL.Integrating.CloudWatch.html`],
  check: (view) =>
    unlessEngine(view, "aurora", "aurora-mysql", "mysql") ??
    requireContains(view, LOGS, ["audit"], { message: "The audit log is not exported" }),
  fix: {
    risk: "in-place",
    edit: (view) => [set(LOGS, [...new Set([...view.strings(LOGS).items, "audit"])])],
  },
  bad: [cluster("aurora-mysql"), cluster("aurora-mysql", 'enabled_cloudwatch_logs_exports = ["error"]')],
  good: [cluster("aurora-mysql", 'enabled_cloudwatch_logs_exports = ["audit", "error"]'), cluster("aurora-postgresql")],
});

const DAY = 86_400;

export const backtrack = rule({
  id: "aws-aurora-backtrack",
  aliases: alias("CKV_AWS_326"),
  title: "Aurora cluster cannot go back in time",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: CLUSTER,
  why: "After a wrong statement the cluster has to be restored, which takes hours. Backtracking takes minutes, at a price for the changes that it keeps.",
  remedy:
    "Set backtrack_window to a number of seconds, 259200 at most; it can only be chosen when the cluster is made.",
  references: [`${DOCS}AuroraMySQL.Managing.Backtrack.html`],
  check: (view) =>
    unlessEngine(view, "aurora", "aurora-mysql") ??
    requireThat(view, "backtrack_window", (v) => Number(v) > 0, { message: "Backtracking is off" }),
  fix: { risk: "replaces", edit: () => [set("backtrack_window", DAY)] },
  bad: [cluster("aurora-mysql"), cluster("aurora-mysql", "backtrack_window = 0")],
  good: [cluster("aurora-mysql", "backtrack_window = 86400"), cluster("aurora-postgresql")],
});
