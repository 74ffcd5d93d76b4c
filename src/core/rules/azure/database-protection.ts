/** Servers for MySQL, PostgreSQL and MariaDB: encryption, backups, logs, and who watches them. */
import { requireSet, someJoined } from "../checks.ts";
import { set } from "../operations.ts";
import { type Rule, type RuleSource, rule } from "../rule.ts";
import { allOf, notApplicable, pass, undecided } from "../verdict.ts";
import { block, resource, written } from "./example.ts";
import { expect, setting } from "./setting.ts";

const POSTGRESQL = "azurerm_postgresql_server";
const MYSQL = "azurerm_mysql_server";
const MARIADB = "azurerm_mariadb_server";
const postgresql = written(POSTGRESQL);
const mysql = written(MYSQL);
const mariadb = written(MARIADB);

export const infrastructureEncryption = setting({
  id: "azure-database-infrastructure-encryption",
  aliases: ["CKV_AZURE_130", "CKV_AZURE_96"],
  title: "Database server encrypts its storage only once",
  severity: "low",
  profile: "strict",
  on: [POSTGRESQL, MYSQL],
  why: "One flaw or one lost key then opens the storage. Infrastructure encryption adds a second layer with a second key.",
  remedy: "Set infrastructure_encryption_enabled = true; the server is made anew.",
  at: "infrastructure_encryption_enabled",
  wanted: true,
  risk: "replaces",
  bad: [postgresql(), mysql("infrastructure_encryption_enabled = false")],
  good: [postgresql("infrastructure_encryption_enabled = true"), mysql("infrastructure_encryption_enabled = true")],
});

const GEO_BACKUP = {
  severity: "low",
  category: "reliability",
  profile: "strict",
  why: "Backups lie in the region that they are to protect from. Geo-redundant ones can be restored in another.",
  remedy: "Set geo_redundant_backup_enabled = true; it can only be chosen when the server is made.",
  at: "geo_redundant_backup_enabled",
  wanted: true,
  risk: "replaces",
} as const;

export const mysqlBackup = setting({
  ...GEO_BACKUP,
  id: "azure-mysql-geo-backup",
  aliases: ["CKV_AZURE_94"],
  title: "MySQL backups stay in one region",
  on: [MYSQL, "azurerm_mysql_flexible_server"],
  bad: [mysql(), resource("azurerm_mysql_flexible_server", "geo_redundant_backup_enabled = false")],
  good: [mysql("geo_redundant_backup_enabled = true")],
});

export const mariadbBackup = setting({
  ...GEO_BACKUP,
  id: "azure-mariadb-geo-backup",
  aliases: ["CKV_AZURE_129"],
  title: "MariaDB backups stay in one region",
  on: MARIADB,
  bad: [mariadb(), mariadb("geo_redundant_backup_enabled = false")],
  good: mariadb("geo_redundant_backup_enabled = true"),
});

export const postgresqlBackup = setting({
  ...GEO_BACKUP,
  id: "azure-postgresql-geo-backup",
  aliases: ["CKV_AZURE_102"],
  title: "PostgreSQL backups stay in one region",
  on: POSTGRESQL,
  bad: [postgresql(), postgresql("geo_redundant_backup_enabled = false")],
  good: postgresql("geo_redundant_backup_enabled = true"),
});

const FLEXIBLE = "azurerm_postgresql_flexible_server";

export const flexibleBackup = rule({
  id: "azure-postgresql-flexible-geo-backup",
  aliases: ["CKV_AZURE_136"],
  title: "PostgreSQL flexible server keeps its backups in one region",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: FLEXIBLE,
  why: GEO_BACKUP.why,
  remedy: GEO_BACKUP.remedy,
  references: ["https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-backup-restore"],
  check(view) {
    const mode = view.get("create_mode");
    // A replica has no backups of its own.
    if (mode.kind === "value" && mode.value === "Replica") return notApplicable;
    const verdict = expect(view, { at: "geo_redundant_backup_enabled", wanted: true, message: "Backups stay here" });
    return verdict.status === "fail" && mode.kind === "unknown" ? undecided("create_mode") : verdict;
  },
  fix: { risk: "replaces", edit: () => [set("geo_redundant_backup_enabled", true)] },
  bad: [resource(FLEXIBLE), resource(FLEXIBLE, "geo_redundant_backup_enabled = false")],
  good: [resource(FLEXIBLE, "geo_redundant_backup_enabled = true"), resource(FLEXIBLE, 'create_mode = "Replica"')],
});

const THREATS = {
  severity: "medium",
  profile: "strict",
  why: "Guessed passwords and unusual queries go unnoticed. Threat detection tells you of them while they happen.",
  remedy: "Add threat_detection_policy with enabled = true.",
  at: "threat_detection_policy.enabled",
  wanted: true,
  risk: "in-place",
} as const;

export const mysqlThreats = setting({
  ...THREATS,
  id: "azure-mysql-threat-detection",
  aliases: ["CKV_AZURE_127"],
  title: "Nothing watches a MySQL server for attacks",
  on: MYSQL,
  bad: [mysql(), mysql(block("threat_detection_policy", "enabled = false"))],
  good: mysql(block("threat_detection_policy", "enabled = true")),
});

export const postgresqlThreats = setting({
  ...THREATS,
  id: "azure-postgresql-threat-detection",
  aliases: ["CKV_AZURE_128"],
  title: "Nothing watches a PostgreSQL server for attacks",
  on: POSTGRESQL,
  bad: [postgresql(), postgresql(block("threat_detection_policy", "enabled = false"))],
  good: postgresql(block("threat_detection_policy", "enabled = true")),
});

const CONFIGURATION = "azurerm_postgresql_configuration";
const FLEXIBLE_CONFIGURATION = "azurerm_postgresql_flexible_server_configuration";

/** A rule about one parameter of PostgreSQL: where it is configured it must be on. */
function parameter(name: string, words: Pick<RuleSource, "id" | "aliases" | "title" | "severity" | "why">): Rule {
  const configured = (value: string): string => resource(CONFIGURATION, `name  = "${name}"`, `value = "${value}"`);
  return rule({
    ...words,
    category: "security",
    profile: "strict",
    on: [CONFIGURATION, FLEXIBLE_CONFIGURATION],
    remedy: `Set ${name} to "on".`,
    references: ["https://learn.microsoft.com/azure/postgresql/single-server/concepts-server-logs"],
    check(view) {
      const given = view.get("name");
      if (given.kind === "unknown") return undecided("name");
      if (given.kind === "absent" || String(given.value) !== name) return notApplicable;
      const value = view.get("value");
      if (value.kind === "value" && /^on$/i.test(String(value.value))) return pass("value");
      return expect(view, { at: "value", wanted: "on", message: `${name} is not on` });
    },
    fix: { risk: "in-place", edit: () => [set("value", "on")] },
    bad: configured("off"),
    good: configured("on"),
  });
}

export const logCheckpoints = parameter("log_checkpoints", {
  id: "azure-postgresql-log-checkpoints",
  aliases: ["CKV_AZURE_30", "AZU-0024", "AVD-AZU-0024"],
  title: "PostgreSQL does not log its checkpoints",
  severity: "low",
  why: "Checkpoints that come too often or last too long are a first sign of trouble. Without the log nobody sees it.",
});

export const logConnections = parameter("log_connections", {
  id: "azure-postgresql-log-connections",
  aliases: ["CKV_AZURE_31", "AZU-0019", "AVD-AZU-0019"],
  title: "PostgreSQL does not log who connects",
  severity: "medium",
  why: "Someone who tries passwords leaves no trace, nor does someone who got in. The log tells of both.",
});

export const connectionThrottling = parameter("connection_throttling", {
  id: "azure-postgresql-throttling",
  aliases: ["CKV_AZURE_32", "AZU-0021", "AVD-AZU-0021"],
  title: "PostgreSQL does not slow down who tries passwords",
  severity: "medium",
  why: "An address that fails to log in may try again as fast as it can. Throttling makes guessing too slow to be worth it.",
});

export const logRetention = parameter("log_retention", {
  id: "azure-postgresql-log-retention",
  aliases: ["CKV_AZURE_146"],
  title: "PostgreSQL does not keep its logs",
  severity: "low",
  why: "Logs that are thrown away at once help nobody. Kept for some days they tell what happened.",
});

export const mysqlKey = rule({
  id: "azure-mysql-customer-key",
  aliases: ["CKV2_AZURE_16"],
  title: "MySQL server is not encrypted with a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: MYSQL,
  why: "The key that Microsoft manages cannot be limited or withdrawn. With a key of your own you decide who may decrypt.",
  remedy: "Add an azurerm_mysql_server_key that names the server and a key in your vault.",
  check: (view) =>
    someJoined(
      view,
      "azurerm_mysql_server_key",
      "server_id",
      (key) => requireSet(key, "key_vault_key_id"),
      "It is encrypted with Microsoft's key",
    ),
  bad: mysql(),
  good: `${mysql()}\n${resource("azurerm_mysql_server_key", `server_id        = ${MYSQL}.r.id`, 'key_vault_key_id = "id"')}`,
});

const KEY = "azurerm_postgresql_server_key";
const keyed = resource(KEY, `server_id        = ${POSTGRESQL}.r.id`, 'key_vault_key_id = "id"');

export const postgresqlKey = rule({
  id: "azure-postgresql-customer-key",
  aliases: ["CKV2_AZURE_17"],
  title: "PostgreSQL server is not encrypted with a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: [POSTGRESQL, KEY],
  why: "The key that Microsoft manages cannot be limited or withdrawn. With a key of your own you decide who may decrypt.",
  remedy: "Add an azurerm_postgresql_server_key that names the server and a key in your vault.",
  check: (view) =>
    view.type === KEY
      ? allOf([
          requireSet(view, "server_id", { message: "It names no server" }),
          requireSet(view, "key_vault_key_id", { message: "It names no key" }),
        ])
      : someJoined(
          view,
          KEY,
          "server_id",
          (key) => requireSet(key, "key_vault_key_id"),
          "It is encrypted with Microsoft's key",
        ),
  bad: [postgresql(), resource(KEY, 'server_id = "id"')],
  good: `${postgresql()}\n${keyed}`,
});
