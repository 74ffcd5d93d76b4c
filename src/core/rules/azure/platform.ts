/** Platform services: API Management, App Configuration, Automation, Batch, Service Fabric, recovery vaults. */
import { requireSet, requireThat } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { anyOf, fail, pass, undecided } from "../verdict.ts";
import { block, resource, written } from "./example.ts";
import { setting } from "./setting.ts";

const management = written("azurerm_api_management");
const backend = written("azurerm_api_management_backend");
const configuration = written("azurerm_app_configuration");
const _portal = written("azurerm_spring_cloud_api_portal");
const batch = written("azurerm_batch_account");
const fabric = written("azurerm_service_fabric_cluster");

export const managementPublic = setting({
  id: "azure-api-management-public-network",
  aliases: ["CKV_AZURE_174"],
  title: "API Management is reachable from public networks",
  severity: "medium",
  profile: "strict",
  on: "azurerm_api_management",
  why: "The gateway and its portal answer everyone on the internet. Interfaces that only your own services use need a private endpoint alone.",
  remedy: "Set public_network_access_enabled = false.",
  references: ["https://learn.microsoft.com/azure/api-management/private-endpoint"],
  at: "public_network_access_enabled",
  wanted: false,
  risk: "disruptive",
  bad: [management(), management("public_network_access_enabled = true")],
  good: management("public_network_access_enabled = false"),
});

export const backendHttps = rule({
  id: "azure-api-management-backend-https",
  aliases: ["CKV_AZURE_215"],
  title: "API Management calls a backend over plain HTTP",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "azurerm_api_management_backend",
  why: "What clients sent over HTTPS travels on in the clear. Whoever listens reads tokens and data.",
  remedy: "Use an https:// address as url.",
  check(view) {
    const url = view.get("url");
    if (url.kind === "unknown") {
      if (/^https:\/\//i.test(url.value.prefix)) return pass("url");
      return /^http:\/\//i.test(url.value.prefix) ? fail("url", "It is not HTTPS") : undecided("url");
    }
    return requireThat(view, "url", (v) => /^https:\/\//i.test(String(v)), { message: "It is not HTTPS" });
  },
  fix: {
    risk: "disruptive",
    edit: (view) => {
      const url = view.text("url");
      return url?.startsWith("http://")
        ? [set("url", url.replace("http://", "https://"))]
        : "The address is not known, so it cannot be rewritten.";
    },
  },
  bad: backend('url = "http://backend.example.com"'),
  good: backend('url = "https://backend.example.com"'),
});

export const configurationLocalAuth = setting({
  id: "azure-app-configuration-local-authentication",
  aliases: ["CKV_AZURE_184"],
  title: "App Configuration accepts access keys",
  severity: "medium",
  profile: "strict",
  on: "azurerm_app_configuration",
  why: "Whoever has a key may read and change every setting, and nobody can tell who it was. Identities of Entra ID can be withdrawn one by one.",
  remedy: "Set local_auth_enabled = false, after moving clients to Entra ID.",
  references: ["https://learn.microsoft.com/azure/azure-app-configuration/howto-disable-access-key-authentication"],
  at: ["local_auth_enabled", "local_authentication_enabled"],
  wanted: false,
  risk: "disruptive",
  bad: [configuration(), configuration("local_auth_enabled = true")],
  good: configuration("local_auth_enabled = false"),
});

export const configurationPurge = setting({
  id: "azure-app-configuration-purge-protection",
  aliases: ["CKV_AZURE_187"],
  title: "App Configuration can be purged",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: "azurerm_app_configuration",
  why: "A deleted store can be erased for good before anyone notices. Purge protection makes everyone wait, and cannot be switched off again.",
  remedy: "Set purge_protection_enabled = true; it takes the standard SKU.",
  references: ["https://learn.microsoft.com/azure/azure-app-configuration/concept-soft-delete"],
  at: "purge_protection_enabled",
  wanted: true,
  risk: "disruptive",
  bad: [configuration(), configuration("purge_protection_enabled = false")],
  good: configuration("purge_protection_enabled = true"),
});

export const configurationPublic = setting({
  id: "azure-app-configuration-public-network",
  aliases: ["CKV_AZURE_185"],
  title: "App Configuration is reachable from public networks",
  severity: "medium",
  profile: "strict",
  on: "azurerm_app_configuration",
  why: "Only keys stand between the internet and your settings. With a private endpoint a leaked key is useless from outside.",
  remedy: 'Set public_network_access = "Disabled".',
  references: ["https://learn.microsoft.com/azure/azure-app-configuration/concept-private-endpoint"],
  at: "public_network_access",
  wanted: "Disabled",
  risk: "disruptive",
  bad: [configuration(), configuration('public_network_access = "Enabled"')],
  good: configuration('public_network_access = "Disabled"'),
});

const VARIABLES = ["bool", "datetime", "int", "object", "string"].map((kind) => `azurerm_automation_variable_${kind}`);

export const automationVariable = setting({
  id: "azure-automation-variable-encryption",
  aliases: ["CKV_AZURE_73"],
  title: "Automation variable is not encrypted",
  severity: "medium",
  profile: "strict",
  on: VARIABLES,
  why: "Everyone who may read the account reads the value, and scripts like to keep passwords there. It can only be chosen when the variable is made.",
  remedy: "Set encrypted = true; the variable is made anew.",
  references: ["https://learn.microsoft.com/azure/automation/shared-resources/variables"],
  at: "encrypted",
  wanted: true,
  risk: "replaces",
  bad: [
    resource("azurerm_automation_variable_string", 'value = "v"'),
    resource("azurerm_automation_variable_int", "encrypted = false"),
  ],
  good: resource("azurerm_automation_variable_string", "encrypted = true"),
});

export const batchVault = rule({
  id: "azure-batch-key-vault",
  aliases: ["CKV_AZURE_76"],
  title: "Batch account uses no key vault of yours",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "azurerm_batch_account",
  why: "Keys and certificates of jobs lie in a store that you neither see nor control. A vault of your own keeps them.",
  remedy: "Add key_vault_reference with the id and url of a vault.",
  references: ["https://learn.microsoft.com/azure/batch/batch-customer-managed-key"],
  check: (view) =>
    anyOf([
      requireSet(view, "key_vault_reference", { message: "No key vault is referenced" }),
      requireSet(view, "encryption.key_vault_key_id", { message: "No key vault is referenced" }),
    ]),
  bad: batch('pool_allocation_mode = "BatchService"'),
  good: batch(block("key_vault_reference", 'id  = "id"', 'url = "https://v.vault.azure.net/"')),
});

const SIGNED = "EncryptAndSign";

const security = (level: string): string =>
  fabric(block("fabric_settings", 'name = "Security"', `parameters = {\n  ClusterProtectionLevel = "${level}"\n}`));

export const fabricProtection = rule({
  id: "azure-service-fabric-protection",
  aliases: ["CKV_AZURE_125"],
  title: "Service Fabric nodes talk in the clear",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "azurerm_service_fabric_cluster",
  why: "Whoever is in the network can read and forge what the nodes tell each other. With EncryptAndSign nobody can.",
  remedy: 'Add fabric_settings "Security" with the parameter ClusterProtectionLevel = "EncryptAndSign".',
  references: ["https://learn.microsoft.com/azure/service-fabric/service-fabric-cluster-fabric-settings"],
  check(view) {
    const settings = view.blocks("fabric_settings");
    const named = settings.items.filter((item) => item.text("name") === "Security");
    const level = (item: (typeof named)[number]) =>
      item.text("parameters.ClusterProtectionLevel") ??
      (item.text("parameters.name") === "ClusterProtectionLevel" ? item.text("parameters.value") : undefined);
    const found = named.find((item) => level(item) === SIGNED);
    if (found) return pass(found.path);
    const unsure =
      !settings.complete ||
      settings.items.some((item) => item.get("name").kind === "unknown") ||
      named.some((item) => item.get("parameters.ClusterProtectionLevel").kind === "unknown");
    return unsure ? undecided("fabric_settings") : fail("fabric_settings", `The protection level is not ${SIGNED}`);
  },
  bad: [fabric(), security("None")],
  good: security(SIGNED),
});

export const fabricDirectory = rule({
  id: "azure-service-fabric-directory",
  aliases: ["CKV_AZURE_126"],
  title: "Service Fabric does not use Entra ID",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "azurerm_service_fabric_cluster",
  why: "Clients log in with certificates that stay when people leave. Entra ID can withdraw access at once.",
  remedy: "Add azure_active_directory with tenant_id, cluster_application_id and client_application_id.",
  references: ["https://learn.microsoft.com/azure/service-fabric/service-fabric-cluster-security"],
  check: (view) => requireSet(view, "azure_active_directory.tenant_id", { message: "No directory is configured" }),
  bad: fabric(),
  good: fabric(block("azure_active_directory", 'tenant_id = "id"')),
});

export const recoveryIdentity = rule({
  id: "azure-recovery-vault-identity",
  aliases: ["CKV2_AZURE_35"],
  title: "Recovery Services vault has no identity of its own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "azurerm_recovery_services_vault",
  why: "Without an identity the vault needs keys to reach storage and other vaults. A managed identity has none to leak.",
  remedy: 'Add identity with type = "SystemAssigned".',
  references: ["https://learn.microsoft.com/azure/backup/encryption-at-rest-with-cmk"],
  check: (view) =>
    requireThat(view, "identity.type", (v) => String(v).trim() !== "", { message: "It has no managed identity" }),
  fix: { risk: "in-place", edit: () => [set("identity.0.type", "SystemAssigned")] },
  bad: [
    resource("azurerm_recovery_services_vault"),
    resource("azurerm_recovery_services_vault", block("identity", 'type = " "')),
  ],
  good: resource("azurerm_recovery_services_vault", block("identity", 'type = "SystemAssigned"')),
});
