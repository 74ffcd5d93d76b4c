/** Database flags of Cloud SQL instances: what is logged, and what is better left off. */
import { isUnknown } from "../../model/value.ts";
import { addBlock, set } from "../operations.ts";
import { type Rule, type RuleSource, rule } from "../rule.ts";
import { alias, block, example } from "../shapes.ts";
import { fail, notApplicable, pass, undecided, type Verdict } from "../verdict.ts";
import type { Block, View } from "../view.ts";

const TYPE = "google_sql_database_instance";
const FLAGS = "settings.database_flags";

type Engine = "POSTGRES" | "MYSQL" | "SQLSERVER";
const VERSIONS: { readonly [engine in Engine]: string } = {
  POSTGRES: "POSTGRES_17",
  MYSQL: "MYSQL_8_0",
  SQLSERVER: "SQLSERVER_2022_STANDARD",
};

interface Flag {
  readonly id: string;
  readonly checkov: string;
  readonly trivy?: string;
  readonly title: string;
  readonly severity?: RuleSource["severity"];
  readonly engine: Engine;
  readonly flag: string;
  /** What it should be, and what the fixer writes. */
  readonly wanted: string;
  readonly isGood?: (value: string) => boolean;
  readonly wrong: string;
  /** What the flag is where nothing is said. */
  readonly absent: "pass" | "fail";
  readonly why: string;
}

const databaseFlag = (source: Flag): Rule => {
  const { id, checkov, trivy, title, severity = "low", engine, flag, wanted, wrong, absent, why } = source;
  const isGood = source.isGood ?? ((value: string) => value.toLowerCase() === wanted);
  const written = (value?: string): string =>
    example(
      TYPE,
      `database_version = "${VERSIONS[engine]}"`,
      block(
        "settings",
        'tier = "db-custom-1-3840"',
        ...(value === undefined ? [] : [block("database_flags", `name  = "${flag}"`, `value = "${value}"`)]),
      ),
    );
  return rule({
    id,
    aliases: alias(checkov, trivy),
    title,
    severity,
    category: "security",
    profile: "strict",
    on: TYPE,
    why,
    remedy: `Set the database flag ${flag} to "${wanted}".`,
    references: ["https://cloud.google.com/sql/docs/postgres/flags"],
    check(view) {
      const other = isOtherEngine(view, engine);
      if (other) return other;
      const { items, complete } = view.blocks(FLAGS);
      const found = items.find((item) => item.text("name") === flag);
      if (found) return judge(found, flag, isGood);
      if (!complete || items.some((item) => isUnknown(item.value) || item.get("name").kind === "unknown"))
        return undecided(FLAGS, `Whether ${flag} is set is not known`);
      return absent === "pass" ? pass() : fail(undefined, `${flag} is not set`);
    },
    fix: {
      risk: "disruptive",
      edit(view) {
        const found = view.blocks(FLAGS).items.find((item) => item.text("name") === flag);
        if (found) return [set(`${found.path}.value`, wanted)];
        const attributes = { name: flag, value: wanted };
        return view.blocks("settings").items.length > 0
          ? [addBlock("settings.0.database_flags", { attributes })]
          : [addBlock("settings", { attributes: {}, blocks: [{ type: "database_flags", body: { attributes } }] })];
      },
    },
    bad: [written(wrong), ...(absent === "fail" ? [written()] : [])],
    good: [written(wanted), ...(absent === "pass" ? [written()] : [])],
  });
};

function isOtherEngine(view: View, engine: Engine): Verdict | undefined {
  const version = view.get("database_version");
  if (version.kind === "absent") return notApplicable;
  const text = version.kind === "unknown" ? version.value.prefix : String(version.value);
  if (text.startsWith(engine)) return undefined;
  return version.kind === "unknown" && engine.startsWith(text) ? undecided("database_version") : notApplicable;
}

function judge(item: Block, flag: string, isGood: (value: string) => boolean): Verdict {
  const value = item.get("value");
  if (value.kind === "unknown") return undecided(value.path);
  const text = item.text("value") ?? "";
  return isGood(text) ? pass(value.path) : fail(value.path, `${flag} is "${text}"`);
}

const LEVELS = ["debug5", "debug4", "debug3", "debug2", "debug1", "info", "notice", "warning", "error"];

export const localInfile = databaseFlag({
  id: "google-sql-mysql-local-infile",
  checkov: "CKV_GCP_50",
  trivy: "GCP-0026",
  title: "MySQL lets clients load local files",
  severity: "high",
  engine: "MYSQL",
  flag: "local_infile",
  wanted: "off",
  wrong: "on",
  absent: "pass",
  why: "With LOAD DATA LOCAL a server, or somebody in between, can ask a client for any file it can read. Hardly any application needs it.",
});
export const logCheckpoints = databaseFlag({
  id: "google-sql-postgres-log-checkpoints",
  checkov: "CKV_GCP_51",
  trivy: "GCP-0025",
  title: "PostgreSQL does not log checkpoints",
  severity: "medium",
  engine: "POSTGRES",
  flag: "log_checkpoints",
  wanted: "on",
  wrong: "off",
  absent: "fail",
  why: "When the database stalls nobody sees whether checkpoints are the cause. One line for each of them tells.",
});
export const logConnections = databaseFlag({
  id: "google-sql-postgres-log-connections",
  checkov: "CKV_GCP_52",
  trivy: "GCP-0016",
  title: "PostgreSQL does not log connections",
  severity: "medium",
  engine: "POSTGRES",
  flag: "log_connections",
  wanted: "on",
  wrong: "off",
  absent: "fail",
  why: "After an incident nobody can say who connected, and from where. Attempts to guess a password leave no trace either.",
});
export const logDisconnections = databaseFlag({
  id: "google-sql-postgres-log-disconnections",
  checkov: "CKV_GCP_53",
  trivy: "GCP-0022",
  title: "PostgreSQL does not log disconnections",
  severity: "medium",
  engine: "POSTGRES",
  flag: "log_disconnections",
  wanted: "on",
  wrong: "off",
  absent: "fail",
  why: "How long a session lasted cannot be told afterwards. It is what shows a long, quiet copy of the data.",
});
export const logLockWaits = databaseFlag({
  id: "google-sql-postgres-log-lock-waits",
  checkov: "CKV_GCP_54",
  trivy: "GCP-0020",
  title: "PostgreSQL does not log waits for locks",
  severity: "medium",
  engine: "POSTGRES",
  flag: "log_lock_waits",
  wanted: "on",
  wrong: "off",
  absent: "fail",
  why: "Sessions that block one another look like a slow database. The log names who waits for whom.",
});
export const logMinMessages = databaseFlag({
  id: "google-sql-postgres-log-min-messages",
  checkov: "CKV_GCP_55",
  trivy: "GCP-0021",
  title: "PostgreSQL logs at a level that does not exist, or hardly at all",
  engine: "POSTGRES",
  flag: "log_min_messages",
  wanted: "warning",
  isGood: (value) => LEVELS.includes(value.toLowerCase()),
  wrong: "panic",
  absent: "pass",
  why: "Errors and warnings are not written down. What went wrong can then only be guessed.",
});
export const logTempFiles = databaseFlag({
  id: "google-sql-postgres-log-temp-files",
  checkov: "CKV_GCP_56",
  trivy: "GCP-0014",
  title: "PostgreSQL does not log every temporary file",
  engine: "POSTGRES",
  flag: "log_temp_files",
  wanted: "0",
  wrong: "10",
  absent: "pass",
  why: "Queries that spill to disk slow everyone down, unseen. Each temporary file in the log points at one.",
});
export const logMinDuration = databaseFlag({
  id: "google-sql-postgres-log-min-duration",
  checkov: "CKV_GCP_57",
  trivy: "GCP-0018",
  title: "PostgreSQL logs the text of slow statements",
  engine: "POSTGRES",
  flag: "log_min_duration_statement",
  wanted: "-1",
  wrong: "1",
  absent: "pass",
  why: "Statements carry values: names, numbers, passwords. Logged as they are, they can be read by everyone who reads logs.",
});
export const crossDatabaseChaining = databaseFlag({
  id: "google-sql-sqlserver-cross-database-chaining",
  checkov: "CKV_GCP_58",
  trivy: "GCP-0019",
  title: "SQL Server chains ownership across databases",
  severity: "medium",
  engine: "SQLSERVER",
  flag: "cross db ownership chaining",
  wanted: "off",
  wrong: "on",
  absent: "pass",
  why: "An owner in one database gets rights in another one that nobody granted there. Turned off, each database decides for itself.",
});
export const containedAuthentication = databaseFlag({
  id: "google-sql-sqlserver-contained-authentication",
  checkov: "CKV_GCP_59",
  trivy: "GCP-0023",
  title: "SQL Server lets databases have logins of their own",
  severity: "medium",
  engine: "SQLSERVER",
  flag: "contained database authentication",
  wanted: "off",
  wrong: "on",
  absent: "pass",
  why: "Owners of one database can make logins that the server's administrators do not see. Turned off, logins are made in one place.",
});
export const logHostname = databaseFlag({
  id: "google-sql-postgres-log-hostname",
  checkov: "CKV_GCP_108",
  title: "PostgreSQL does not log host names",
  engine: "POSTGRES",
  flag: "log_hostname",
  wanted: "on",
  wrong: "off",
  absent: "fail",
  why: "The log has only addresses, which may belong to another machine by the time somebody reads it. Names last longer.",
});
export const logMinErrorStatement = databaseFlag({
  id: "google-sql-postgres-log-min-error-statement",
  checkov: "CKV_GCP_109",
  title: "PostgreSQL does not log the statements that fail",
  engine: "POSTGRES",
  flag: "log_min_error_statement",
  wanted: "error",
  isGood: (value) => LEVELS.includes(value.toLowerCase()),
  wrong: "panic",
  absent: "fail",
  why: "Errors are in the log without the statement that caused them. Attempts at SQL injection then look like noise.",
});
export const pgaudit = databaseFlag({
  id: "google-sql-postgres-pgaudit",
  checkov: "CKV_GCP_110",
  title: "PostgreSQL keeps no audit log",
  engine: "POSTGRES",
  flag: "cloudsql.enable_pgaudit",
  wanted: "on",
  wrong: "off",
  absent: "fail",
  why: "Who read or changed which table cannot be told afterwards. pgAudit writes it down, by object and role.",
});
export const logStatement = databaseFlag({
  id: "google-sql-postgres-log-statement",
  checkov: "CKV_GCP_111",
  title: "PostgreSQL does not log changes of its schema",
  engine: "POSTGRES",
  flag: "log_statement",
  wanted: "ddl",
  isGood: (value) => ["ddl", "mod", "all"].includes(value.toLowerCase()),
  wrong: "none",
  absent: "fail",
  why: "A table or a grant that changed leaves no trace. With ddl every change of the schema is in the log.",
});
export const logDuration = databaseFlag({
  id: "google-sql-postgres-log-duration",
  checkov: "CKV2_GCP_13",
  title: "PostgreSQL does not log how long statements take",
  engine: "POSTGRES",
  flag: "log_duration",
  wanted: "on",
  wrong: "off",
  absent: "fail",
  why: "A database that gets slower gives no sign until it stands still. Durations, without the statements' text, show it early.",
});

const stats = (name: string, checkov: string, part: string): Rule =>
  databaseFlag({
    id: `google-sql-postgres-log-${name}-stats`,
    checkov,
    title: `PostgreSQL logs statistics of the ${part}`,
    engine: "POSTGRES",
    flag: `log_${name}_stats`,
    wanted: "off",
    wrong: "on",
    absent: "pass",
    why: `Statistics of the ${part} for every statement flood the log and slow the database down. They are meant for developers of PostgreSQL.`,
  });

export const executorStats = stats("executor", "CKV2_GCP_14", "executor");
export const parserStats = stats("parser", "CKV2_GCP_15", "parser");
export const plannerStats = stats("planner", "CKV2_GCP_16", "planner");
export const statementStats = stats("statement", "CKV2_GCP_17", "whole statement");
