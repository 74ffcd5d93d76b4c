/** Azure SQL servers: who is told of threats. */
import { isList } from "../../model/value.ts";
import { requireSet, requireThat, someJoined } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { written } from "./example.ts";
import { setting } from "./setting.ts";

const SERVER = "azurerm_mssql_server";
const SERVERS = [SERVER, "azurerm_sql_server"];
const ALERTS = "azurerm_mssql_server_security_alert_policy";
const server = written(SERVER);
const alerts = written(ALERTS);

export const alertTypes = rule({
  id: "azure-mssql-alert-types",
  aliases: ["CKV_AZURE_25", "AZU-0028", "AVD-AZU-0028"],
  title: "Some threats to a SQL server raise no alert",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: ALERTS,
  why: "Alerts that are switched off are attacks that nobody hears of. SQL injection and unusual exports are among them.",
  remedy: "Leave disabled_alerts empty.",
  references: ["https://learn.microsoft.com/azure/azure-sql/database/threat-detection-overview"],
  check: (view) =>
    requireThat(view, "disabled_alerts", (v) => isList(v) && v.every((alert) => alert === ""), {
      absent: "pass",
      message: "Some alerts are switched off",
    }),
  fix: { risk: "in-place", edit: () => [set("disabled_alerts", [])] },
  bad: alerts('state           = "Enabled"', 'disabled_alerts = ["Sql_Injection"]'),
  good: [alerts('state = "Enabled"'), alerts("disabled_alerts = []")],
});

export const alertRecipients = rule({
  id: "azure-mssql-alert-recipients",
  aliases: ["CKV_AZURE_26", "AZU-0018", "AVD-AZU-0018"],
  title: "Alerts of a SQL server reach nobody",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: ALERTS,
  why: "An alert that is sent to no one is not an alert. Someone must be told to act in time.",
  remedy: "Set email_addresses to a mailbox that is read.",
  references: ["https://learn.microsoft.com/azure/azure-sql/database/threat-detection-configure"],
  check: (view) => requireSet(view, "email_addresses", { message: "No address is told" }),
  bad: [alerts('state = "Enabled"'), alerts("email_addresses = []")],
  good: alerts('email_addresses = ["security@example.com"]'),
});

export const alertAdmins = setting({
  id: "azure-mssql-alert-admins",
  aliases: ["CKV_AZURE_27", "AZU-0023", "AVD-AZU-0023"],
  title: "Alerts of a SQL server do not reach its administrators",
  severity: "low",
  profile: "strict",
  on: ALERTS,
  why: "Those who could stop an attack do not hear of it. Administrators of the subscription can be told without a list to maintain.",
  remedy: "Set email_account_admins = true.",
  at: ["email_account_admins", "email_account_admins_enabled"],
  wanted: true,
  risk: "in-place",
  bad: [alerts(), alerts("email_account_admins = false")],
  good: alerts("email_account_admins = true"),
});

export const alertPolicy = rule({
  id: "azure-sql-threat-detection",
  aliases: ["CKV2_AZURE_2", "CKV2_AZURE_13"],
  title: "Nothing watches a SQL server for attacks",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: SERVERS,
  why: "Injection, guessed passwords and unusual exports go unnoticed. Defender for SQL watches for them, and its assessment finds weak settings.",
  remedy: 'Add an azurerm_mssql_server_security_alert_policy with state = "Enabled".',
  references: ["https://learn.microsoft.com/azure/azure-sql/database/azure-defender-for-sql"],
  check: (view) =>
    someJoined(
      view,
      ALERTS,
      "server_name",
      (policy) => requireThat(policy, "state", (v) => v === "Enabled", { message: "The policy is not enabled" }),
      "No security alert policy watches it",
    ),
  bad: [server(), `${server()}\n${alerts(`server_name = ${SERVER}.r.name`, 'state       = "Disabled"')}`],
  good: `${server()}\n${alerts(`server_name = ${SERVER}.r.name`, 'state       = "Enabled"')}`,
});
