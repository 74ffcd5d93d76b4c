/** Synapse, Machine Learning, Databricks, cognitive services and search. */
import { requireSet, requireTrue, someJoined } from "../checks.ts";
import { coversInternet, intervalOf } from "../evaluators/network/addresses.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, fail, notApplicable, pass, undecided, verdictOf } from "../verdict.ts";
import { block, resource, written } from "./example.ts";
import { expect, setting } from "./setting.ts";

const SYNAPSE = "azurerm_synapse_workspace";
const POOL = "azurerm_synapse_sql_pool";
const POOL_ALERTS = "azurerm_synapse_sql_pool_security_alert_policy";
const ASSESSMENT = "azurerm_synapse_sql_pool_vulnerability_assessment";
const LEARNING = "azurerm_machine_learning_workspace";
const SEARCH = "azurerm_search_service";
const COGNITIVE = "azurerm_cognitive_account";
const synapse = written(SYNAPSE);
const pool = written(POOL);
const learning = written(LEARNING);
const cluster = written("azurerm_machine_learning_compute_cluster");
const search = written(SEARCH);
const cognitive = written(COGNITIVE);
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

export const clusterLocalAuth = setting({
  id: "azure-machine-learning-local-authentication",
  aliases: ["CKV_AZURE_142"],
  title: "Machine Learning cluster lets people log in with local accounts",
  severity: "medium",
  profile: "strict",
  on: "azurerm_machine_learning_compute_cluster",
  why: "Local accounts over SSH are known to no directory, and stay when people leave. Entra ID can withdraw access at once.",
  remedy: "Set local_auth_enabled = false; the cluster is made anew.",
  at: "local_auth_enabled",
  wanted: false,
  risk: "replaces",
  bad: [cluster(), cluster("local_auth_enabled = true")],
  good: cluster("local_auth_enabled = false"),
});

export const learningPublic = setting({
  id: "azure-machine-learning-public-network",
  aliases: ["CKV2_AZURE_49", "CKV_AZURE_144"],
  title: "Machine Learning workspace is reachable from public networks",
  severity: "medium",
  profile: "strict",
  on: LEARNING,
  why: "Models, data and keys are one stolen login away, from anywhere. With a private endpoint they are not.",
  remedy: "Set public_network_access_enabled = false.",
  references: ["https://learn.microsoft.com/azure/machine-learning/how-to-configure-private-link"],
  at: ["public_network_access_enabled", "public_access_behind_virtual_network_enabled"],
  wanted: false,
  absent: "pass",
  risk: "disruptive",
  bad: learning("public_network_access_enabled = true"),
  good: [learning(), learning("public_network_access_enabled = false")],
});

const impact = (open: boolean): string =>
  `${resource("azurerm_storage_account", `public_network_access_enabled = ${open}`)}
${learning("storage_account_id   = azurerm_storage_account.r.id", "high_business_impact = true")}`;

export const learningStorage = rule({
  id: "azure-machine-learning-storage-public",
  aliases: ["CKV2_AZURE_50"],
  title: "Storage of a sensitive Machine Learning workspace is public",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: LEARNING,
  why: "The workspace is marked as having high business impact, and yet its data can be reached from anywhere. A leaked key is enough to take it.",
  remedy: "Set public_network_access_enabled = false on its storage account.",
  check(view) {
    const sensitive = view.is("high_business_impact");
    if (sensitive === false) return notApplicable;
    const accounts = view.joined("azurerm_storage_account", "storage_account_id");
    if (accounts.length === 0 || sensitive === "unknown") return undecided("storage_account_id");
    return allOf(
      accounts.map((account) => {
        const closed = expect(account, { at: "public_network_access_enabled", wanted: false });
        return verdictOf(
          closed.status === "unknown" ? "unknown" : closed.status === "pass",
          undefined,
          `${account.address} is reachable from public networks`,
        );
      }),
    );
  },
  fix: {
    risk: "disruptive",
    edit: (view) =>
      view
        .joined("azurerm_storage_account", "storage_account_id")
        .map((account) => set("public_network_access_enabled", false, account)),
  },
  bad: impact(true),
  good: impact(false),
});

const DATABRICKS = "azurerm_databricks_workspace";
const ROOT_KEY = "azurerm_databricks_workspace_root_dbfs_customer_managed_key";

export const databricksKey = rule({
  id: "azure-databricks-root-key",
  aliases: ["CKV2_AZURE_48"],
  title: "Root storage of Databricks is not encrypted with a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: DATABRICKS,
  why: "The key that Microsoft manages cannot be limited or withdrawn. With a key of your own you decide who may decrypt.",
  remedy: `Set customer_managed_key_enabled = true and add an ${ROOT_KEY}.`,
  references: ["https://learn.microsoft.com/azure/databricks/security/keys/customer-managed-keys-dbfs/"],
  check: (view) =>
    allOf([
      requireTrue(view, "customer_managed_key_enabled", { message: "Keys of your own are not enabled" }),
      someJoined(
        view,
        [ROOT_KEY, "azurerm_databricks_workspace_customer_managed_key"],
        "workspace_id",
        (key) => requireSet(key, "key_vault_key_id"),
        "No key is given for its root storage",
      ),
    ]),
  bad: [resource(DATABRICKS), resource(DATABRICKS, "customer_managed_key_enabled = true")],
  good: `${resource(DATABRICKS, "customer_managed_key_enabled = true")}
${resource(ROOT_KEY, `workspace_id     = ${DATABRICKS}.r.id`, 'key_vault_key_id = "id"')}`,
});

const PUBLIC = {
  severity: "medium",
  profile: "strict",
  why: "Only keys stand between the internet and the service. With a private endpoint a leaked key is useless from outside.",
  remedy: "Set public_network_access_enabled = false and use a private endpoint.",
  at: "public_network_access_enabled",
  wanted: false,
  risk: "disruptive",
} as const;

export const cognitivePublic = setting({
  ...PUBLIC,
  id: "azure-cognitive-public-network",
  aliases: ["CKV_AZURE_134"],
  title: "Cognitive service is reachable from public networks",
  on: COGNITIVE,
  bad: [cognitive(), cognitive("public_network_access_enabled = true")],
  good: cognitive("public_network_access_enabled = false"),
});

export const cognitiveLocalAuth = setting({
  id: "azure-cognitive-local-authentication",
  aliases: ["CKV_AZURE_236"],
  title: "Cognitive service accepts access keys",
  severity: "medium",
  profile: "strict",
  on: COGNITIVE,
  why: "Whoever has a key may use the service at your expense, and nobody can tell who it was. Identities of Entra ID can be withdrawn one by one.",
  remedy: "Set local_auth_enabled = false, after moving clients to Entra ID.",
  references: ["https://learn.microsoft.com/azure/ai-services/disable-local-auth"],
  at: "local_auth_enabled",
  wanted: false,
  risk: "disruptive",
  bad: [cognitive(), cognitive("local_auth_enabled = true")],
  good: cognitive("local_auth_enabled = false"),
});

export const cognitiveIdentity = rule({
  id: "azure-cognitive-identity",
  aliases: ["CKV_AZURE_238"],
  title: "Cognitive service has no identity of its own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: COGNITIVE,
  why: "Without an identity it needs keys to reach other services, and they end up in settings. A managed identity has none to leak.",
  remedy: 'Add identity with type = "SystemAssigned".',
  check: (view) => requireSet(view, "identity.type", { message: "It has no managed identity" }),
  fix: { risk: "in-place", edit: () => [set("identity.0.type", "SystemAssigned")] },
  bad: cognitive(),
  good: cognitive(block("identity", 'type = "SystemAssigned"')),
});

export const searchPublic = setting({
  ...PUBLIC,
  id: "azure-search-public-network",
  aliases: ["CKV_AZURE_124"],
  title: "Search service is reachable from public networks",
  on: SEARCH,
  bad: [search(), search("public_network_access_enabled = true")],
  good: search("public_network_access_enabled = false"),
});

export const searchIdentity = rule({
  id: "azure-search-identity",
  aliases: ["CKV_AZURE_207"],
  title: "Search service has no identity of its own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: SEARCH,
  why: "Without an identity it needs keys to read what it indexes, and they end up in settings. A managed identity has none to leak.",
  remedy: 'Add identity with type = "SystemAssigned".',
  references: ["https://learn.microsoft.com/azure/search/search-howto-managed-identities-data-sources"],
  check: (view) => requireSet(view, "identity.type", { message: "It has no managed identity" }),
  fix: { risk: "in-place", edit: () => [set("identity.0.type", "SystemAssigned")] },
  bad: search(),
  good: search(block("identity", 'type = "SystemAssigned"')),
});

export const searchAddresses = rule({
  id: "azure-search-addresses",
  aliases: ["CKV_AZURE_210"],
  title: "Search service lets the whole internet in",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: SEARCH,
  why: "A list of addresses that holds them all limits nothing. It looks like a firewall, and is none.",
  remedy: "List your own networks in allowed_ips.",
  references: ["https://learn.microsoft.com/azure/search/service-configure-firewall"],
  check(view) {
    const allowed = view.strings("allowed_ips");
    const intervals = allowed.items.map(intervalOf).filter((interval) => interval !== undefined);
    if (coversInternet(intervals)) return fail("allowed_ips", "Every address is allowed");
    return allowed.complete ? pass("allowed_ips") : undecided("allowed_ips");
  },
  bad: [search('allowed_ips = ["0.0.0.0/0"]'), search('allowed_ips = ["0.0.0.0/1", "128.0.0.0/1"]')],
  good: [search(), search('allowed_ips = ["198.51.100.0/24"]')],
});
