/** SQL servers and databases: assessments, administrators, zones, encryption, what their firewalls let in. */
import { requireSet, someJoined } from "../checks.ts";
import { type Rule, type RuleSource, rule } from "../rule.ts";
import { anyOf, fail, notApplicable, pass, undecided } from "../verdict.ts";
import type { View } from "../view.ts";
import { block, resource, written } from "./example.ts";
import { expect, setting } from "./setting.ts";

const SERVER = "azurerm_mssql_server";
const SERVERS = [SERVER, "azurerm_sql_server"];
const ALERTS = "azurerm_mssql_server_security_alert_policy";
const ASSESSMENT = "azurerm_mssql_server_vulnerability_assessment";
const server = written(SERVER);
const database = written("azurerm_mssql_database");

const assessed = (...lines: readonly string[]): string =>
  `${server()}
${resource(ALERTS, `server_name = ${SERVER}.r.name`)}
${resource(ASSESSMENT, `server_security_alert_policy_id = ${ALERTS}.r.id`, block("recurring_scans", ...lines))}`;

interface Scans extends Pick<RuleSource, "id" | "aliases" | "title" | "why" | "remedy"> {
  readonly check: (assessment: View) => ReturnType<typeof pass>;
  readonly lines: readonly [bad: string, good: string];
}

/** A rule about the recurring scans of a server's vulnerability assessment, which hangs on its alert policy. */
function scans({ check, lines, ...words }: Scans): Rule {
  return rule({
    ...words,
    severity: "low",
    category: "security",
    profile: "strict",
    on: SERVERS,
    references: ["https://learn.microsoft.com/azure/azure-sql/database/sql-vulnerability-assessment"],
    check: (view) =>
      someJoined(
        view,
        ALERTS,
        "server_name",
        (policy) =>
          someJoined(
            policy,
            ASSESSMENT,
            "server_security_alert_policy_id",
            check,
            "No assessment belongs to its policy",
          ),
        "No security alert policy, and so no assessment, watches it",
      ),
    bad: [server(), assessed(lines[0])],
    good: assessed(lines[1]),
  });
}

export const recurringScans = scans({
  id: "azure-sql-recurring-scans",
  aliases: ["CKV2_AZURE_3"],
  title: "SQL server is not scanned again and again",
  why: "Weak settings and too many rights pile up unseen after the first look. Recurring scans list them.",
  remedy: "Set recurring_scans.enabled = true in an azurerm_mssql_server_vulnerability_assessment.",
  check: (assessment) => expect(assessment, { at: "recurring_scans.enabled", wanted: true, message: "Scans are off" }),
  lines: ["enabled = false", "enabled = true"],
});

export const scanRecipients = scans({
  id: "azure-sql-scan-recipients",
  aliases: ["CKV2_AZURE_4"],
  title: "Results of SQL scans reach nobody",
  why: "A list of weak settings that nobody gets is not mended. Someone must be told.",
  remedy: "Set recurring_scans.emails in an azurerm_mssql_server_vulnerability_assessment.",
  check: (assessment) => requireSet(assessment, "recurring_scans.emails", { message: "No address is told" }),
  lines: ["emails = []", 'emails = ["security@example.com"]'],
});

export const scanAdmins = scans({
  id: "azure-sql-scan-admins",
  aliases: ["CKV2_AZURE_5"],
  title: "Results of SQL scans do not reach the administrators",
  why: "Those who could mend weak settings do not hear of them. Administrators of the subscription can be told without a list to maintain.",
  remedy: "Set recurring_scans.email_subscription_admins = true.",
  check: (assessment) =>
    expect(assessment, {
      at: ["recurring_scans.email_subscription_admins", "recurring_scans.email_subscription_admins_enabled"],
      wanted: true,
      message: "Administrators are not told",
    }),
  lines: ["email_subscription_admins = false", "email_subscription_admins = true"],
});

export const directoryAdministrator = rule({
  id: "azure-sql-directory-administrator",
  aliases: ["CKV2_AZURE_7"],
  title: "SQL server knows no directory",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "azurerm_sql_server",
  why: "People share the password of the one SQL login. Accounts of Entra ID can be limited, watched and withdrawn one by one.",
  remedy: "Add an azurerm_sql_active_directory_administrator for the server.",
  references: ["https://learn.microsoft.com/azure/azure-sql/database/authentication-aad-overview"],
  check: (view) =>
    anyOf([
      requireSet(view, "azuread_administrator", { message: "Only the SQL login administers it" }),
      someJoined(
        view,
        "azurerm_sql_active_directory_administrator",
        "server_name",
        () => pass(),
        "Only the SQL login administers it",
      ),
    ]),
  bad: resource("azurerm_sql_server"),
  good: `${resource("azurerm_sql_server")}\n${resource("azurerm_sql_active_directory_administrator", "server_name = azurerm_sql_server.r.name")}`,
});

export const databaseZones = setting({
  id: "azure-mssql-database-zones",
  aliases: ["CKV_AZURE_229"],
  title: "SQL database lives in one zone",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: "azurerm_mssql_database",
  why: "When the zone fails the database is gone until it comes back. Replicas in other zones take over by themselves.",
  remedy: "Set zone_redundant = true, on a tier that has it.",
  references: ["https://learn.microsoft.com/azure/azure-sql/database/high-availability-sla-local-zone-redundancy"],
  at: "zone_redundant",
  wanted: true,
  risk: "disruptive",
  bad: [database(), database("zone_redundant = false")],
  good: database("zone_redundant = true"),
});

export const databaseEncryption = setting({
  id: "azure-mssql-database-encryption",
  aliases: ["CKV2_AZURE_25"],
  title: "Encryption of a SQL database is switched off",
  severity: "high",
  profile: "strict",
  on: "azurerm_mssql_database",
  why: "Whoever gets hold of the storage or of a backup reads the data. Transparent encryption is on unless it is switched off.",
  remedy: "Remove transparent_data_encryption_enabled = false.",
  references: ["https://learn.microsoft.com/azure/azure-sql/database/transparent-data-encryption-tde-overview"],
  at: "transparent_data_encryption_enabled",
  wanted: true,
  absent: "pass",
  risk: "in-place",
  bad: database("transparent_data_encryption_enabled = false"),
  good: [database(), database("transparent_data_encryption_enabled = true")],
});

const RULES = ["azurerm_mssql_firewall_rule", "azurerm_sql_firewall_rule"];
const range = (start: string, end: string): string =>
  resource("azurerm_mssql_firewall_rule", `start_ip_address = "${start}"`, `end_ip_address   = "${end}"`);

export const permissiveFirewall = rule({
  id: "azure-sql-firewall-permissive",
  aliases: ["CKV2_AZURE_34"],
  title: "SQL firewall lets strangers in",
  severity: "high",
  category: "security",
  profile: "strict",
  on: RULES,
  why: "From 0.0.0.0 a range holds every Azure customer, or the whole internet. They can try passwords on the database.",
  remedy: "Name the addresses that need the database, or use a private endpoint.",
  references: ["https://learn.microsoft.com/azure/azure-sql/database/firewall-configure"],
  check(view) {
    const start = view.get("start_ip_address");
    if (start.kind === "unknown") return undecided("start_ip_address");
    if (start.kind === "absent") return notApplicable;
    if (String(start.value) !== "0.0.0.0") return pass("start_ip_address");
    const end = view.get("end_ip_address");
    if (end.kind === "unknown") return undecided("end_ip_address");
    return view.text("end_ip_address") === "0.0.0.0" || view.text("end_ip_address") === "255.255.255.255"
      ? fail("start_ip_address", "Every Azure customer, or the whole internet, is let in")
      : pass("end_ip_address");
  },
  bad: [range("0.0.0.0", "0.0.0.0"), range("0.0.0.0", "255.255.255.255")],
  good: range("198.51.100.7", "198.51.100.9"),
});
