/** Synapse: where its data may go, and who watches it. */
import { requireTrue, someJoined } from "../checks.ts";
import { rule } from "../rule.ts";
import { fail, pass, undecided } from "../verdict.ts";
import { block, resource, written } from "./example.ts";
import { expect, setting } from "./setting.ts";

const SYNAPSE = "azurerm_synapse_workspace";
const POOL = "azurerm_synapse_sql_pool";
const POOL_ALERTS = "azurerm_synapse_sql_pool_security_alert_policy";
const ASSESSMENT = "azurerm_synapse_sql_pool_vulnerability_assessment";
const synapse = written(SYNAPSE);
const pool = written(POOL);
const spark = written("azurerm_synapse_spark_pool");

export const exfiltration = setting({
  id: "azure-synapse-exfiltration-protection",
  aliases: ["CKV_AZURE_157"],
  title: "Synapse may send data to any tenant",
  severity: "medium",
  profile: "strict",
  on: SYNAPSE,
  why: "Whoever can run a query can copy the result to an account of their own. Exfiltration protection leaves the tenants that you approve.",
  remedy: "Set data_exfiltration_protection_enabled = true; the workspace is made anew.",
  references: ["https://learn.microsoft.com/azure/synapse-analytics/security/workspace-data-exfiltration-protection"],
  at: "data_exfiltration_protection_enabled",
  wanted: true,
  risk: "replaces",
  bad: [synapse(), synapse("data_exfiltration_protection_enabled = false")],
  good: synapse("data_exfiltration_protection_enabled = true"),
});

export const managedNetwork = setting({
  id: "azure-synapse-managed-network",
  aliases: ["CKV_AZURE_58"],
  title: "Synapse runs outside a virtual network",
  severity: "medium",
  profile: "strict",
  on: SYNAPSE,
  why: "Its machines share a network with those of others. A managed virtual network is yours alone, and can reach stores privately.",
  remedy: "Set managed_virtual_network_enabled = true; the workspace is made anew.",
  references: ["https://learn.microsoft.com/azure/synapse-analytics/security/synapse-workspace-managed-vnet"],
  at: "managed_virtual_network_enabled",
  wanted: true,
  risk: "replaces",
  bad: [synapse(), synapse("managed_virtual_network_enabled = false")],
  good: synapse("managed_virtual_network_enabled = true"),
});

export const adminPassword = rule({
  id: "azure-synapse-admin-password",
  aliases: ["CKV_AZURE_239"],
  title: "Password of Synapse's administrator is in the code",
  severity: "high",
  category: "security",
  profile: "strict",
  on: SYNAPSE,
  why: "Everyone who may read the repository or the state has it. Entra ID can administer the workspace without any password.",
  remedy:
    "Remove sql_administrator_login_password and administer the workspace through Entra ID, or read it from a vault.",
  check(view) {
    const found = view.get("sql_administrator_login_password");
    // A value that is not in the code (a variable, a vault) is not seen by whoever reads the code.
    if (found.kind === "unknown") return undecided(found.path);
    return found.kind === "absent" ? pass(found.path) : fail(found.path, "A password is written down");
  },
  bad: synapse('sql_administrator_login_password = "change-me-please"'),
  good: synapse('sql_administrator_login = "dba"'),
});

export const poolEncryption = setting({
  id: "azure-synapse-pool-encryption",
  aliases: ["CKV_AZURE_241"],
  title: "Synapse SQL pool is not encrypted",
  severity: "medium",
  profile: "strict",
  on: POOL,
  why: "Whoever gets hold of the storage or of a backup reads the data. Transparent encryption changes nothing for applications.",
  remedy: "Set data_encrypted = true.",
  at: "data_encrypted",
  wanted: true,
  risk: "in-place",
  bad: [pool(), pool("data_encrypted = false")],
  good: pool("data_encrypted = true"),
});

export const sparkIsolation = setting({
  id: "azure-synapse-spark-isolation",
  aliases: ["CKV_AZURE_242"],
  title: "Spark pool shares its hardware with others",
  severity: "low",
  profile: "strict",
  on: "azurerm_synapse_spark_pool",
  why: "A flaw in the hypervisor lets a neighbour read your memory. Isolated compute has no neighbours, at a higher price.",
  remedy: "Set compute_isolation_enabled = true, with the largest node size.",
  at: "compute_isolation_enabled",
  wanted: true,
  risk: "replaces",
  bad: [spark(), spark("compute_isolation_enabled = false")],
  good: spark("compute_isolation_enabled = true"),
});

const watched = (state: string): string =>
  `${pool()}\n${resource(POOL_ALERTS, `sql_pool_id  = ${POOL}.r.id`, `policy_state = "${state}"`)}`;

export const poolAlerts = rule({
  id: "azure-synapse-pool-alerts",
  aliases: ["CKV2_AZURE_51"],
  title: "Nothing watches a Synapse SQL pool for attacks",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: POOL,
  why: "Injection, guessed passwords and unusual exports go unnoticed. A security alert policy tells you of them.",
  remedy: 'Add an azurerm_synapse_sql_pool_security_alert_policy with policy_state = "Enabled".',
  check: (view) =>
    someJoined(
      view,
      POOL_ALERTS,
      "sql_pool_id",
      (policy) => expect(policy, { at: "policy_state", wanted: "Enabled", message: "The policy is not enabled" }),
      "No security alert policy watches it",
    ),
  bad: [pool(), watched("Disabled")],
  good: watched("Enabled"),
});

const assessed = (enabled: boolean): string =>
  `${resource(POOL_ALERTS, 'policy_state = "Enabled"')}\n${resource(
    ASSESSMENT,
    `sql_pool_security_alert_policy_id = ${POOL_ALERTS}.r.id`,
    block("recurring_scans", `enabled = ${enabled}`),
  )}`;

export const poolAssessment = rule({
  id: "azure-synapse-pool-assessment",
  aliases: ["CKV2_AZURE_52"],
  title: "Nothing looks for weak settings in a Synapse SQL pool",
  severity: "low",
  category: "security",
  profile: "strict",
  on: POOL_ALERTS,
  why: "Weak settings and too many rights pile up unseen. Recurring scans list them.",
  remedy: "Add an azurerm_synapse_sql_pool_vulnerability_assessment with recurring_scans.enabled = true.",
  check: (view) =>
    someJoined(
      view,
      ASSESSMENT,
      "sql_pool_security_alert_policy_id",
      (assessment) => requireTrue(assessment, "recurring_scans.enabled", { message: "Recurring scans are off" }),
      "No vulnerability assessment belongs to it",
    ),
  bad: [resource(POOL_ALERTS, 'policy_state = "Enabled"'), assessed(false)],
  good: assessed(true),
});
