/** Storage accounts and their containers: transport, reachability, anonymous access. */
import type { FixOperation } from "../../model/patch.ts";
import { eachBlock, requireContains, requireOneOf } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { pass, type Verdict } from "../verdict.ts";
import type { Block, View } from "../view.ts";
import { block, resource, written } from "./example.ts";
import { setting } from "./setting.ts";

const ACCOUNT = "azurerm_storage_account";
const RULES = "azurerm_storage_account_network_rules";
const account = written(ACCOUNT);

export const httpsOnly = setting({
  id: "azure-storage-https-only",
  aliases: ["CKV_AZURE_3", "AZU-0008", "AVD-AZU-0008"],
  title: "Storage account accepts plain HTTP",
  severity: "high",
  on: ACCOUNT,
  why: "Data and access signatures travel in the clear, and whoever listens can read or replay them. Every client can speak HTTPS.",
  remedy: "Set https_traffic_only_enabled = true (enable_https_traffic_only before azurerm 4).",
  references: ["https://learn.microsoft.com/azure/storage/common/storage-require-secure-transfer"],
  at: ["https_traffic_only_enabled", "enable_https_traffic_only"],
  wanted: true,
  absent: "pass",
  risk: "in-place",
  bad: [account("https_traffic_only_enabled = false"), account("enable_https_traffic_only = false")],
  good: [account(), account("https_traffic_only_enabled = true"), account("enable_https_traffic_only = true")],
});

export const minimumTls = setting({
  id: "azure-storage-minimum-tls",
  aliases: ["CKV_AZURE_44", "AZU-0011", "AVD-AZU-0011"],
  title: "Storage account accepts old versions of TLS",
  severity: "critical",
  on: ACCOUNT,
  why: "TLS 1.0 and 1.1 have known flaws, and a downgraded connection can be read. Only a minimum of 1.2 keeps clients from using them.",
  remedy: 'Set min_tls_version = "TLS1_2".',
  references: ["https://learn.microsoft.com/azure/storage/common/transport-layer-security-configure-minimum-version"],
  at: "min_tls_version",
  wanted: "TLS1_2",
  also: ["TLS1_3"],
  risk: "disruptive",
  bad: [account(), account('min_tls_version = "TLS1_0"')],
  good: [account('min_tls_version = "TLS1_2"'), account('min_tls_version = "TLS1_3"')],
});

export const publicContainer = setting({
  id: "azure-storage-container-public",
  aliases: ["CKV_AZURE_34", "AZU-0007", "AVD-AZU-0007"],
  title: "Blob container is public",
  severity: "high",
  on: "azurerm_storage_container",
  why: "Anyone who knows or guesses an address reads the blobs without a key. Public containers are searched for all the time.",
  remedy: 'Set container_access_type = "private".',
  references: ["https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent"],
  at: "container_access_type",
  wanted: "private",
  absent: "pass",
  risk: "disruptive",
  bad: [resource("azurerm_storage_container", 'container_access_type = "blob"')],
  good: [
    resource("azurerm_storage_container", 'name = "c"'),
    resource("azurerm_storage_container", 'container_access_type = "private"'),
  ],
});

/** The firewall written in this resource. Of an account that has none nothing is said: its own resource answers for itself. */
const eachFirewall = (view: View, check: (rules: Block) => Verdict): Verdict =>
  view.type === RULES ? check(view) : eachBlock(view, "network_rules", check);

/** Sets an attribute in every firewall that is written in this resource. */
const inFirewall = (view: View, name: string, value: string | readonly string[]): readonly FixOperation[] =>
  view.type === RULES
    ? [set(name, value)]
    : view.blocks("network_rules").items.map((item) => set(`${item.path}.${name}`, value));

const firewallDenies = (rules: Block): Verdict =>
  requireOneOf(rules, "default_action", ["Deny"], { message: "Every network may reach the account" });

export const firewall = rule({
  id: "azure-storage-firewall-default-allow",
  aliases: ["CKV_AZURE_35", "AZU-0012", "AVD-AZU-0012"],
  title: "Storage firewall lets every network in",
  severity: "critical",
  category: "security",
  on: [ACCOUNT, RULES],
  why: "With a default of Allow the other rules of the firewall mean nothing: any address can reach the account. A leaked key is then enough to take the data.",
  remedy: 'Set default_action = "Deny" and allow the networks that need the account.',
  references: ["https://learn.microsoft.com/azure/storage/common/storage-network-security"],
  check: (view) => eachFirewall(view, firewallDenies),
  fix: { risk: "disruptive", edit: (view) => inFirewall(view, "default_action", "Deny") },
  bad: [
    account(block("network_rules", 'default_action = "Allow"')),
    resource(RULES, 'storage_account_id = "id"', 'default_action = "Allow"'),
  ],
  good: [
    account(block("network_rules", 'default_action = "Deny"')),
    resource(RULES, 'storage_account_id = "id"', 'default_action = "Deny"'),
  ],
});

/** Only a firewall that denies shuts anyone out; Azure's own default for bypass is AzureServices. */
function trustsAzure(rules: Block): Verdict {
  if (rules.text("default_action") === "Allow") return pass("default_action");
  return requireContains(rules, "bypass", ["AzureServices"], {
    absent: "pass",
    message: "Backup, Monitor and other services of Azure are shut out",
  });
}

export const trustedServices = rule({
  id: "azure-storage-trusted-services",
  aliases: ["CKV_AZURE_36", "AZU-0010", "AVD-AZU-0010"],
  title: "Storage firewall shuts out trusted Azure services",
  severity: "high",
  category: "security",
  on: [ACCOUNT, RULES],
  why: "Backups, logs and disk encryption of Azure no longer reach the account, and fail without much noise. People then open the firewall further than needed.",
  remedy: 'Add "AzureServices" to bypass.',
  references: ["https://learn.microsoft.com/azure/storage/common/storage-network-security"],
  check: (view) => eachFirewall(view, trustsAzure),
  fix: {
    risk: "in-place",
    edit: (view) =>
      (view.type === RULES ? [view] : view.blocks("network_rules").items)
        .filter((rules) => trustsAzure(rules).status === "fail")
        .map((rules) => {
          const kept = rules.strings("bypass").items.filter((item) => item !== "None" && item !== "AzureServices");
          return set(rules.path === "" ? "bypass" : `${rules.path}.bypass`, [...kept, "AzureServices"]);
        }),
  },
  bad: [
    account(block("network_rules", 'default_action = "Deny"', 'bypass         = ["Metrics"]')),
    resource(RULES, 'default_action = "Deny"', 'bypass         = ["None"]'),
  ],
  good: [
    account(block("network_rules", 'default_action = "Allow"')),
    account(block("network_rules", 'default_action = "Deny"', 'bypass         = ["Metrics", "AzureServices"]')),
    resource(RULES, 'default_action = "Deny"'),
  ],
});

export const publicNetwork = setting({
  id: "azure-storage-public-network",
  aliases: ["CKV_AZURE_59"],
  title: "Storage account is reachable from public networks",
  severity: "high",
  on: ACCOUNT,
  why: "Only keys and signatures stand between the internet and the data. With a private endpoint a leaked key is useless from outside.",
  remedy: "Set public_network_access_enabled = false and reach the account through a private endpoint.",
  references: ["https://learn.microsoft.com/azure/storage/common/storage-private-endpoints"],
  at: "public_network_access_enabled",
  wanted: false,
  risk: "disruptive",
  bad: [account(), account("public_network_access_enabled = true")],
  good: account("public_network_access_enabled = false"),
});

export const anonymousBlobs = setting({
  id: "azure-storage-anonymous-access",
  aliases: ["CKV_AZURE_190", "CKV2_AZURE_47", "AZU-0007", "AVD-AZU-0007"],
  title: "Storage account allows anonymous access to blobs",
  severity: "high",
  on: ACCOUNT,
  why: "Anyone who may edit a container can open it to the world with one setting. Forbidding it for the account makes that mistake impossible.",
  remedy: "Set allow_nested_items_to_be_public = false.",
  references: ["https://learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent"],
  at: ["allow_nested_items_to_be_public", "allow_blob_public_access"],
  wanted: false,
  risk: "disruptive",
  bad: [account(), account("allow_nested_items_to_be_public = true"), account("allow_blob_public_access = true")],
  good: [account("allow_nested_items_to_be_public = false"), account("allow_blob_public_access = false")],
});

export const sharedKey = setting({
  id: "azure-storage-shared-key",
  aliases: ["CKV2_AZURE_40"],
  title: "Storage account allows access by its shared keys",
  severity: "medium",
  profile: "strict",
  on: ACCOUNT,
  why: "Whoever has the key may do everything with the account, and the log does not say who it was. Identities of Entra ID can be limited and withdrawn one by one.",
  remedy: "Set shared_access_key_enabled = false, after moving clients to Entra ID.",
  references: ["https://learn.microsoft.com/azure/storage/common/shared-key-authorization-prevent"],
  at: "shared_access_key_enabled",
  wanted: false,
  risk: "disruptive",
  bad: [account(), account("shared_access_key_enabled = true")],
  good: account("shared_access_key_enabled = false"),
});

export const localUsers = setting({
  id: "azure-storage-local-users",
  aliases: ["CKV_AZURE_244"],
  title: "Storage account allows local users",
  severity: "medium",
  profile: "strict",
  on: ACCOUNT,
  why: "Local users log in over SFTP with passwords and keys that no directory knows of. They stay when people leave.",
  remedy: "Set local_user_enabled = false.",
  at: "local_user_enabled",
  wanted: false,
  risk: "disruptive",
  bad: [account(), account("local_user_enabled = true")],
  good: account("local_user_enabled = false"),
});

export const syncPublic = setting({
  id: "azure-storage-sync-public",
  aliases: ["CKV_AZURE_64", "CKV_AZURE_250"],
  title: "Azure File Sync is reachable from public networks",
  severity: "medium",
  profile: "strict",
  on: "azurerm_storage_sync",
  why: "The service that copies your file servers answers everyone on the internet. Servers can reach it through a private endpoint.",
  remedy: 'Set incoming_traffic_policy = "AllowVirtualNetworksOnly".',
  at: "incoming_traffic_policy",
  wanted: "AllowVirtualNetworksOnly",
  risk: "disruptive",
  bad: [
    resource("azurerm_storage_sync", 'name = "s"'),
    resource("azurerm_storage_sync", 'incoming_traffic_policy = "AllowAllTraffic"'),
  ],
  good: resource("azurerm_storage_sync", 'incoming_traffic_policy = "AllowVirtualNetworksOnly"'),
});
