/** Cloud SQL instances: who reaches them, how, and what is kept. */
import { isEverywhere } from "../evaluators/network/addresses.ts";
import { HOLE, textsAt } from "../evaluators/texts.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { alias, block, example, setting } from "../shapes.ts";
import { anyOf, fail, notApplicable, pass, undecided, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";

const TYPE = "google_sql_database_instance";
const instance = (version: string, ...settings: readonly string[]): string =>
  example(TYPE, `database_version = "${version}"`, block("settings", 'tier = "db-custom-1-3840"', ...settings));
const postgres = (...settings: readonly string[]): string => instance("POSTGRES_17", ...settings);

/** A replica has what its source has. */
function isReplica(view: View): Verdict | undefined {
  const has = view.has("master_instance_name");
  return has === false ? undefined : notApplicable;
}

const SSL = "settings.ip_configuration.ssl_mode";
const ENCRYPTED = ["ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"];

export const requireTls = rule({
  id: "google-sql-require-tls",
  aliases: alias("CKV_GCP_6", "GCP-0015"),
  title: "Cloud SQL accepts plain connections",
  severity: "high",
  category: "security",
  on: TYPE,
  why: "Passwords and data pass in plain text, and anyone on the way can read them. With TLS required the server refuses such connections.",
  remedy: 'Set settings.ip_configuration.ssl_mode = "ENCRYPTED_ONLY", or require client certificates.',
  references: ["https://cloud.google.com/sql/docs/postgres/configure-ssl-instance"],
  check(view) {
    const mode = view.get(SSL);
    if (mode.kind === "unknown") return undecided(mode.path);
    if (mode.kind === "value")
      return ENCRYPTED.includes(String(mode.value))
        ? pass(mode.path)
        : fail(mode.path, "Plain connections are accepted");
    const older = view.is("settings.ip_configuration.require_ssl");
    if (older === "unknown") return undecided("settings.0.ip_configuration.0.require_ssl");
    return older
      ? pass("settings.0.ip_configuration.0.require_ssl")
      : fail(mode.path, "Plain connections are accepted");
  },
  fix: { risk: "disruptive", edit: () => [set("settings.0.ip_configuration.0.ssl_mode", "ENCRYPTED_ONLY")] },
  bad: [
    postgres(block("ip_configuration", "ipv4_enabled = false")),
    postgres(block("ip_configuration", "ipv4_enabled = false", 'ssl_mode     = "ALLOW_UNENCRYPTED_AND_ENCRYPTED"')),
  ],
  good: [
    postgres(block("ip_configuration", "ipv4_enabled = false", 'ssl_mode     = "ENCRYPTED_ONLY"')),
    postgres(block("ip_configuration", "ipv4_enabled = false", "require_ssl  = true")),
  ],
});

const networks = (...cidrs: readonly string[]): string =>
  block("ip_configuration", ...cidrs.map((cidr) => block("authorized_networks", `value = "${cidr}"`)));

export const openToInternet = rule({
  id: "google-sql-open",
  aliases: alias("CKV_GCP_11", "GCP-0017"),
  title: "Cloud SQL is open to the internet",
  severity: "high",
  category: "security",
  on: TYPE,
  why: "Anyone can try passwords and flaws on the database. The Cloud SQL proxy or a private address reach it without an open network.",
  remedy: "Name the networks that need the database in authorized_networks.",
  references: ["https://cloud.google.com/sql/docs/postgres/authorize-networks"],
  check(view) {
    const path = "settings.ip_configuration.authorized_networks";
    const { items, complete } = view.blocks(path);
    const texts = items.map((item) => textsAt(item, "value"));
    const cidrs = texts.flatMap((text) => text.items).filter((cidr) => !cidr.includes(HOLE));
    const open = items.find((item) => isEverywhere([item.text("value") ?? ""])) ?? items[0];
    if (isEverywhere(cidrs)) return fail(open?.path, "The whole internet is authorised");
    return complete && texts.every((text) => text.complete) ? pass(path) : undecided(path);
  },
  bad: [postgres(networks("10.0.0.0/8", "0.0.0.0/0")), postgres(networks("0.0.0.0/1", "128.0.0.0/1"))],
  good: [postgres(), postgres(networks("203.0.113.0/24"))],
});

export const publicAddress = setting({
  id: "google-sql-public-address",
  aliases: alias("CKV_GCP_60", "GCP-0017"),
  title: "Cloud SQL has a public address",
  severity: "high",
  on: TYPE,
  at: "settings.ip_configuration.ipv4_enabled",
  wanted: false,
  risk: "disruptive",
  message: "The database has a public address",
  why: "The database can be reached from outside, and only a list of networks and a password stand before it. A private address keeps it inside the network.",
  remedy: "Set settings.ip_configuration.ipv4_enabled = false and name a private_network.",
  bad: [postgres(), postgres(block("ip_configuration", "ipv4_enabled = true"))],
  good: postgres(block("ip_configuration", "ipv4_enabled = false", 'private_network = "projects/p/global/networks/n"')),
  references: ["https://cloud.google.com/sql/docs/postgres/private-ip"],
});

export const backups = setting({
  id: "google-sql-backups",
  aliases: alias("CKV_GCP_14", "GCP-0024"),
  title: "Cloud SQL makes no backups",
  severity: "medium",
  category: "reliability",
  on: TYPE,
  at: "settings.backup_configuration.enabled",
  wanted: true,
  risk: "in-place",
  unless: isReplica,
  message: "Backups are off",
  why: "After a mistake or an attack there is nothing to restore from. Automated backups cost a fraction of the instance.",
  bad: [postgres(), postgres(block("backup_configuration", "enabled = false"))],
  good: postgres(block("backup_configuration", "enabled = true")),
  references: ["https://cloud.google.com/sql/docs/postgres/backup-recovery/backups"],
});

function isNotMysql(view: View): Verdict | undefined {
  const version = view.get("database_version");
  if (version.kind === "unknown")
    return version.value.prefix.startsWith("MYSQL") ? undefined : undecided("database_version");
  return version.kind === "value" && String(version.value).startsWith("MYSQL") ? undefined : notApplicable;
}

export const pointInTimeRecovery = setting({
  id: "google-sql-mysql-point-in-time-recovery",
  aliases: alias("CKV2_GCP_20"),
  title: "MySQL can be restored only to its last backup",
  severity: "medium",
  category: "reliability",
  profile: "strict",
  on: TYPE,
  at: "settings.backup_configuration.binary_log_enabled",
  wanted: true,
  risk: "disruptive",
  unless: (view) => isReplica(view) ?? isNotMysql(view),
  message: "Binary logs are off",
  why: "Everything since the last backup is lost, up to a day of work. With binary logs the database can be restored to any second.",
  bad: [
    instance("MYSQL_8_0"),
    instance("MYSQL_8_0", block("backup_configuration", "enabled = true", "binary_log_enabled = false")),
  ],
  good: instance("MYSQL_8_0", block("backup_configuration", "enabled = true", "binary_log_enabled = true")),
  references: ["https://cloud.google.com/sql/docs/mysql/backup-recovery/pitr"],
});

const USER = "google_sql_user";
const rootUser = (...lines: readonly string[]): string =>
  `${instance("MYSQL_8_0")}
${example(USER, 'name     = "root"', "instance = google_sql_database_instance.x.name", ...lines)}`;

function hasPassword(user: View): Verdict {
  return anyOf(
    ["password", "password_wo", "password_wo_version"].map((path) => {
      const has = user.has(path);
      return has === "unknown" || has ? pass() : fail(undefined, `root has no password (${user.address})`);
    }),
  );
}

export const rootPassword = rule({
  id: "google-sql-root-password",
  aliases: alias("CKV2_GCP_7"),
  title: "MySQL's root user has no password",
  severity: "high",
  category: "security",
  profile: "strict",
  on: TYPE,
  why: "Whoever reaches the port owns the database. Nothing but a list of networks stands before it.",
  remedy: "Give the root user a password from a secret store, or remove the user.",
  references: ["https://cloud.google.com/sql/docs/mysql/create-manage-users"],
  check(view) {
    const other = isNotMysql(view);
    if (other) return other.status === "not-applicable" ? pass("database_version") : other;
    const roots = view.joined(USER, "instance").filter((user) => /^root(?:@.*)?$/.test(user.text("name") ?? ""));
    const verdicts = roots.map(hasPassword);
    return verdicts.find((verdict) => verdict.status === "fail") ?? pass();
  },
  bad: rootUser(),
  good: [
    rootUser('password = "${var.root_password}"').replace(/^/, 'variable "root_password" {}\n\n'),
    instance("MYSQL_8_0"),
  ],
});
