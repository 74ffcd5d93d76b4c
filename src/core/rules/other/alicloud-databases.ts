import { requireOneOf } from "../checks.ts";
import { intervalOf } from "../evaluators/network/addresses.ts";
import { HOLE, textsAt } from "../evaluators/texts.ts";
import { addBlock, set } from "../operations.ts";
import { type Rule, rule } from "../rule.ts";
import { alias, block, example, setting } from "../shapes.ts";
import { allOf, anyOf, fail, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { View } from "../view.ts";

const STRICT = { severity: "low", profile: "strict" } as const;

const DATABASE = "alicloud_db_instance";

const DB_LINES = [
  'engine           = "MySQL"',
  'engine_version   = "8.0"',
  'instance_type    = "rds.mysql.s2.large"',
  "instance_storage = 30",
];

/** "0.0.0.0" in a list of addresses stands for everyone, as "0.0.0.0/0" does. */
function openList(view: View, path: string): Verdict {
  const { items, complete } = textsAt(view, path);
  const open = items.some((item) => {
    const interval = item.includes(HOLE) ? undefined : intervalOf(item);
    return item === "0.0.0.0" || (interval !== undefined && interval.first === 0n && item.trim().endsWith("/0"));
  });
  return open ? fail(path, "Everyone is let in") : complete ? pass(path) : undecided(path);
}

const openDatabase = (
  id: string,
  checkov: string,
  on: string,
  path: string,
  title: string,
  lines: readonly string[],
): Rule =>
  rule({
    id,
    aliases: alias(checkov),
    title,
    severity: "high",
    category: "security",
    profile: "strict",
    on,
    why: "Anyone can try passwords and flaws on the database. Applications reach it inside the network.",
    remedy: `Name the addresses that need the database in ${path}.`,
    check: (view) => openList(view, path),
    bad: [
      example(on, ...lines, `${path} = ["10.0.0.0/8", "0.0.0.0/0"]`),
      example(on, ...lines, `${path} = ["0.0.0.0"]`),
    ],
    good: [example(on, ...lines, `${path} = ["10.0.0.0/8"]`), example(on, ...lines)],
  });

const MONGO = "alicloud_mongodb_instance";

const MONGO_LINES = [
  'engine_version      = "4.2"',
  'db_instance_class   = "dds.mongo.mid"',
  "db_instance_storage = 10",
];

export const publicDatabase = openDatabase(
  "alicloud-rds-open",
  "CKV_ALI_9",
  DATABASE,
  "security_ips",
  "RDS instance is open to everyone",
  DB_LINES,
);

export const publicMongo = openDatabase(
  "alicloud-mongodb-open",
  "CKV_ALI_43",
  MONGO,
  "security_ip_list",
  "MongoDB instance is open to everyone",
  MONGO_LINES,
);

export const databaseTls = setting({
  ...STRICT,
  id: "alicloud-rds-tls",
  aliases: alias("CKV_ALI_20"),
  title: "RDS instance does not offer TLS",
  severity: "medium",
  on: DATABASE,
  at: "ssl_action",
  wanted: "Open",
  also: ["Update"],
  wrong: "Close",
  risk: "disruptive",
  like: DB_LINES,
  why: "Passwords and data pass in plain text, and anyone on the way can read them. With TLS only the two ends can.",
});

export const databaseEncryption = setting({
  ...STRICT,
  id: "alicloud-rds-encryption",
  aliases: alias("CKV_ALI_22"),
  title: "RDS instance does not encrypt its data",
  severity: "medium",
  on: DATABASE,
  at: "tde_status",
  wanted: "Enabled",
  wrong: "Disabled",
  risk: "disruptive",
  like: DB_LINES,
  why: "Whoever gets hold of the files or a backup reads the data. Transparent encryption keeps it unreadable.",
});

export const sqlRetention = rule({
  id: "alicloud-rds-sql-log-retention",
  aliases: alias("CKV_ALI_25"),
  title: "RDS instance keeps its SQL log for less than 180 days",
  severity: "low",
  category: "security",
  profile: "strict",
  on: DATABASE,
  why: "Break-ins are often found months later. What was read then can only be told from logs that are still there.",
  remedy: 'Set sql_collector_status = "Enabled" and sql_collector_config_value = 180 or more.',
  check: (view) =>
    allOf([
      requireOneOf(view, "sql_collector_status", ["Enabled"]),
      requireOneOf(view, "sql_collector_config_value", [180, 365, 1095, 1825]),
    ]),
  fix: {
    risk: "in-place",
    edit: () => [set("sql_collector_status", "Enabled"), set("sql_collector_config_value", 180)],
  },
  bad: [
    example(DATABASE, ...DB_LINES),
    example(DATABASE, ...DB_LINES, 'sql_collector_status = "Enabled"', "sql_collector_config_value = 30"),
  ],
  good: example(DATABASE, ...DB_LINES, 'sql_collector_status = "Enabled"', "sql_collector_config_value = 180"),
});

export const minorUpgrades = setting({
  ...STRICT,
  id: "alicloud-rds-minor-upgrades",
  aliases: alias("CKV_ALI_30"),
  title: "RDS instance does not upgrade by itself",
  on: DATABASE,
  at: "auto_upgrade_minor_version",
  wanted: "Auto",
  wrong: "Manual",
  risk: "in-place",
  like: DB_LINES,
  why: "Fixes of known flaws wait until somebody remembers. Minor upgrades come in the maintenance window.",
});

const parameter = (id: string, checkov: string, name: string, what: string): Rule => {
  const written = (value: string): string =>
    example(DATABASE, ...DB_LINES, block("parameters", `name  = "${name}"`, `value = "${value}"`));
  return rule({
    id,
    aliases: alias(checkov),
    title: `RDS instance does not log ${what}`,
    severity: "low",
    category: "security",
    profile: "strict",
    on: DATABASE,
    why: "After an incident nobody can say who was there, and for how long. A line in the log tells.",
    remedy: `Set the parameter ${name} to "ON".`,
    check(view) {
      const { items, complete } = view.blocks("parameters");
      const found = items.find((item) => item.text("name") === name);
      if (!found) return complete ? fail(undefined, `${name} is not set`) : undecided("parameters");
      const value = found.get("value");
      return value.kind === "unknown"
        ? undecided(value.path)
        : verdictOf(/^(?:on|1|true)$/i.test(found.text("value") ?? ""), value.path, `${name} is off`);
    },
    fix: {
      risk: "disruptive",
      edit: (view) => {
        const found = view.blocks("parameters").items.find((item) => item.text("name") === name);
        return found
          ? [set(`${found.path}.value`, "ON")]
          : [addBlock("parameters", { attributes: { name, value: "ON" } })];
      },
    },
    bad: [example(DATABASE, ...DB_LINES), written("OFF")],
    good: [written("ON"), written("on")],
  });
};

export const logDuration = parameter(
  "alicloud-rds-log-duration",
  "CKV_ALI_35",
  "log_duration",
  "how long statements take",
);

export const logDisconnections = parameter(
  "alicloud-rds-log-disconnections",
  "CKV_ALI_36",
  "log_disconnections",
  "disconnections",
);

export const logConnections = parameter("alicloud-rds-log-connections", "CKV_ALI_37", "log_connections", "connections");

export const mongoNetwork = rule({
  id: "alicloud-mongodb-network",
  aliases: alias("CKV_ALI_41"),
  title: "MongoDB instance is in the classic network",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: MONGO,
  why: "In the classic network the tenants are apart only by lists of addresses. In a VPC nobody else is in the network.",
  remedy: 'Set network_type = "VPC" and vswitch_id.',
  check: (view) => anyOf([requireOneOf(view, "network_type", ["VPC"], { message: "It is not said to be in a VPC" })]),
  bad: [example(MONGO, ...MONGO_LINES), example(MONGO, ...MONGO_LINES, 'network_type        = "Classic"')],
  good: example(MONGO, ...MONGO_LINES, 'network_type        = "VPC"', 'vswitch_id          = "vsw-1"'),
});

export const mongoTls = setting({
  ...STRICT,
  id: "alicloud-mongodb-tls",
  aliases: alias("CKV_ALI_42"),
  title: "MongoDB instance does not offer TLS",
  severity: "medium",
  on: MONGO,
  at: "ssl_action",
  wanted: "Open",
  also: ["Update"],
  wrong: "Close",
  risk: "disruptive",
  like: MONGO_LINES,
  why: "Passwords and data pass in plain text, and anyone on the way can read them. With TLS only the two ends can.",
});

export const mongoEncryption = setting({
  ...STRICT,
  id: "alicloud-mongodb-encryption",
  aliases: alias("CKV_ALI_44"),
  title: "MongoDB instance does not encrypt its data",
  severity: "medium",
  on: MONGO,
  at: "tde_status",
  wanted: "enabled",
  also: ["Enabled"],
  wrong: "disabled",
  risk: "disruptive",
  like: MONGO_LINES,
  why: "Whoever gets hold of the files or a backup reads the data. Transparent encryption keeps it unreadable.",
});
