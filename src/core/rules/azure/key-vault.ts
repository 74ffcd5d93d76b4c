/** Key vaults, and how long what is in them lives. */
import { requireOneOf, requireSet } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, or, truthOf, verdictOf } from "../verdict.ts";
import type { View } from "../view.ts";
import { block, written } from "./example.ts";
import { expect, setting } from "./setting.ts";

const VAULT = "azurerm_key_vault";
const vault = written(VAULT);
const key = written("azurerm_key_vault_key");
const secret = written("azurerm_key_vault_secret");

export const vaultFirewall = rule({
  id: "azure-key-vault-firewall",
  aliases: ["CKV_AZURE_109", "AZU-0013", "AVD-AZU-0013"],
  title: "Key vault lets every network in",
  severity: "critical",
  category: "security",
  on: VAULT,
  why: "Whoever has a leaked credential can use it from anywhere. A firewall that denies by default leaves the networks that you name.",
  remedy: 'Set network_acls with default_action = "Deny" and the networks that need the vault.',
  references: ["https://learn.microsoft.com/azure/key-vault/general/network-security"],
  check: (view) =>
    requireOneOf(view, "network_acls.default_action", ["Deny"], { message: "Every network may reach the vault" }),
  intent: (view) =>
    or(
      truthOf(requireOneOf(view, "network_acls.default_action", ["Deny"])),
      view.is("public_network_access_enabled", true) === false,
    ),
  fix: {
    risk: "disruptive",
    edit: (view) => [
      set("network_acls.0.default_action", "Deny"),
      ...(view.has("network_acls.bypass") === false ? [set("network_acls.0.bypass", "AzureServices")] : []),
    ],
  },
  bad: [vault(), vault(block("network_acls", 'bypass         = "AzureServices"', 'default_action = "Allow"'))],
  good: vault(block("network_acls", 'bypass         = "AzureServices"', 'default_action = "Deny"')),
});

export const purgeProtection = setting({
  id: "azure-key-vault-purge-protection",
  aliases: ["CKV_AZURE_110", "AZU-0016", "AVD-AZU-0016"],
  title: "Key vault can be purged",
  severity: "medium",
  category: "reliability",
  on: VAULT,
  why: "A deleted vault can be erased for good before anyone notices, and with its keys all that they encrypt. Purge protection makes everyone wait, and cannot be switched off again.",
  remedy: "Set purge_protection_enabled = true.",
  references: ["https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview"],
  at: "purge_protection_enabled",
  wanted: true,
  risk: "disruptive",
  bad: [vault(), vault("purge_protection_enabled = false")],
  good: vault("purge_protection_enabled = true"),
});

const isRecoverable = (view: View) =>
  allOf([
    expect(view, { at: "purge_protection_enabled", wanted: true, message: "Deleted keys can be purged at once" }),
    expect(view, { at: "soft_delete_enabled", wanted: true, absent: "pass", message: "Deleted keys are gone" }),
  ]);

export const recoverable = rule({
  id: "azure-key-vault-recoverable",
  aliases: ["CKV_AZURE_42"],
  title: "Key vault cannot be recovered",
  severity: "medium",
  category: "reliability",
  profile: "strict",
  on: VAULT,
  why: "Keys that are gone for good take all the data with them that they encrypted. Soft delete and purge protection together keep them.",
  remedy: "Set purge_protection_enabled = true, and do not switch soft delete off.",
  references: ["https://learn.microsoft.com/azure/key-vault/general/key-vault-recovery"],
  check: isRecoverable,
  fix: {
    risk: "disruptive",
    edit: (view) => [
      set("purge_protection_enabled", true),
      ...(view.is("soft_delete_enabled", true) === false ? [set("soft_delete_enabled", true)] : []),
    ],
  },
  bad: [vault(), vault("purge_protection_enabled = true", "soft_delete_enabled      = false")],
  good: [
    vault("purge_protection_enabled = true"),
    vault("soft_delete_enabled = true", "purge_protection_enabled = true"),
  ],
});

export const vaultPublicNetwork = rule({
  id: "azure-key-vault-public-network",
  aliases: ["CKV_AZURE_189"],
  title: "Key vault is reachable from public networks",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: VAULT,
  why: "Only credentials stand between the internet and your secrets. With a private endpoint a leaked credential is useless from outside.",
  remedy: "Set public_network_access_enabled = false, or limit it to your addresses with network_acls.ip_rules.",
  references: ["https://learn.microsoft.com/azure/key-vault/general/private-link-service"],
  check(view) {
    const listed = view.has("network_acls.ip_rules");
    const closed = truthOf(expect(view, { at: "public_network_access_enabled", wanted: false }));
    return verdictOf(or(closed, listed), "public_network_access_enabled", "Every network may reach the vault");
  },
  fix: { risk: "disruptive", edit: () => [set("public_network_access_enabled", false)] },
  bad: [vault(), vault("public_network_access_enabled = true")],
  good: [
    vault("public_network_access_enabled = false"),
    vault(
      block("network_acls", 'default_action = "Deny"', 'bypass         = "None"', 'ip_rules       = ["198.51.100.7"]'),
    ),
  ],
});

export const keyExpiry = rule({
  id: "azure-key-vault-key-expiry",
  aliases: ["CKV_AZURE_40", "AZU-0014", "AVD-AZU-0014"],
  title: "Key never expires",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "azurerm_key_vault_key",
  why: "A key without an end is used until it leaks, and after. A date of expiry makes someone replace it in time.",
  remedy: "Set expiration_date, and a rotation_policy that renews the key before.",
  references: ["https://learn.microsoft.com/azure/key-vault/keys/how-to-configure-key-rotation"],
  check: (view) => requireSet(view, "expiration_date", { message: "It has no date of expiry" }),
  bad: key('key_type = "RSA"'),
  good: key('expiration_date = "2030-12-30T20:00:00Z"'),
});

export const secretExpiry = rule({
  id: "azure-key-vault-secret-expiry",
  aliases: ["CKV_AZURE_41", "AZU-0017", "AVD-AZU-0017"],
  title: "Secret never expires",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "azurerm_key_vault_secret",
  why: "A secret without an end is used until it leaks, and after. A date of expiry makes someone replace it in time.",
  remedy: "Set expiration_date.",
  references: ["https://learn.microsoft.com/azure/key-vault/secrets/about-secrets"],
  check: (view) => requireSet(view, "expiration_date", { message: "It has no date of expiry" }),
  bad: secret('name = "s"'),
  good: secret('expiration_date = "2030-12-30T20:00:00Z"'),
});

export const secretContentType = rule({
  id: "azure-key-vault-secret-content-type",
  aliases: ["CKV_AZURE_114", "AZU-0015", "AVD-AZU-0015"],
  title: "Secret does not say what it is",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "azurerm_key_vault_secret",
  why: "Nobody who finds the secret knows what it opens or how to renew it. The content type says so without showing it.",
  remedy: 'Set content_type, such as "password".',
  check: (view) => requireSet(view, "content_type", { message: "It has no content type" }),
  bad: secret('name = "s"'),
  good: secret('content_type = "password"'),
});

export const hardwareKey = setting({
  id: "azure-key-vault-hardware-key",
  aliases: ["CKV_AZURE_112"],
  title: "Key is not kept in hardware",
  severity: "low",
  profile: "strict",
  on: "azurerm_key_vault_key",
  why: "A key in software can be copied by whoever gets into the machine that uses it. A hardware module uses the key and never shows it.",
  remedy: 'Set key_type = "RSA-HSM" or "EC-HSM", in a vault with the premium SKU.',
  references: ["https://learn.microsoft.com/azure/key-vault/keys/about-keys"],
  at: "key_type",
  wanted: "RSA-HSM",
  also: ["EC-HSM", "oct-HSM"],
  bad: key('key_type = "RSA"'),
  good: key('key_type = "RSA-HSM"'),
});

export const softDelete = setting({
  id: "azure-key-vault-soft-delete",
  aliases: ["CKV_AZURE_111"],
  title: "Key vault forgets what is deleted",
  severity: "medium",
  category: "reliability",
  profile: "strict",
  on: VAULT,
  why: "Keys that are gone take all the data with them that they encrypted. Soft delete keeps them for some time, and is the default.",
  remedy: "Remove soft_delete_enabled = false.",
  references: ["https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview"],
  at: "soft_delete_enabled",
  wanted: true,
  absent: "pass",
  risk: "in-place",
  bad: vault("soft_delete_enabled = false"),
  good: [vault(), vault("soft_delete_enabled = true")],
});
