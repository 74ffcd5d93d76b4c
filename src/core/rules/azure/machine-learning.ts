/** Machine Learning and Databricks. */
import { requireOneOf, requireSet, requireTrue, someJoined } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, notApplicable, undecided, verdictOf } from "../verdict.ts";
import { block, resource, written } from "./example.ts";
import { expect, setting } from "./setting.ts";

const LEARNING = "azurerm_machine_learning_workspace";
const learning = written(LEARNING);
const cluster = written("azurerm_machine_learning_compute_cluster");

export const clusterLocalAuth = setting({
  id: "azure-machine-learning-local-authentication",
  aliases: ["CKV_AZURE_142"],
  title: "Machine Learning cluster lets people log in with local accounts",
  severity: "medium",
  profile: "strict",
  on: "azurerm_machine_learning_compute_cluster",
  why: "Local accounts over SSH are known to no directory, and stay when people leave. Entra ID can withdraw access at once.",
  remedy: "Set local_auth_enabled = false; the cluster is made anew.",
  at: ["local_auth_enabled", "local_authentication_enabled"],
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

export const idleNodes = rule({
  id: "azure-machine-learning-idle-nodes",
  aliases: ["CKV_AZURE_150"],
  title: "Machine Learning cluster keeps nodes that have nothing to do",
  severity: "low",
  category: "cost",
  profile: "strict",
  on: "azurerm_machine_learning_compute_cluster",
  why: "Nodes are paid for day and night, used or not. With a minimum of 0 they go when the work is done.",
  remedy: "Set scale_settings.min_node_count = 0.",
  references: ["https://learn.microsoft.com/azure/machine-learning/how-to-manage-optimize-cost"],
  check: (view) => requireOneOf(view, "scale_settings.min_node_count", [0], { message: "Idle nodes are kept" }),
  fix: { risk: "in-place", edit: () => [set("scale_settings.0.min_node_count", 0)] },
  bad: cluster(block("scale_settings", "min_node_count = 1", "max_node_count = 3")),
  good: cluster(block("scale_settings", "min_node_count = 0", "max_node_count = 3")),
});

export const databricksPublic = setting({
  id: "azure-databricks-public-network",
  aliases: ["CKV_AZURE_158"],
  title: "Databricks workspace is reachable from public networks",
  severity: "medium",
  profile: "strict",
  on: DATABRICKS,
  why: "Notebooks and data are one stolen login away, from anywhere. With a private endpoint they are not.",
  remedy: "Set public_network_access_enabled = false.",
  references: ["https://learn.microsoft.com/azure/databricks/security/network/front-end/front-end-private-connect"],
  at: "public_network_access_enabled",
  wanted: false,
  risk: "disruptive",
  bad: [resource(DATABRICKS), resource(DATABRICKS, "public_network_access_enabled = true")],
  good: resource(DATABRICKS, "public_network_access_enabled = false"),
});
