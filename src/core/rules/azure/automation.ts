/** Automation, batch and identities that work without people. */
import { requireSet } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { anyOf } from "../verdict.ts";
import { block, written } from "./example.ts";
import { expect, setting } from "./setting.ts";

const ACCOUNT = "azurerm_automation_account";
const account = written(ACCOUNT);
const batch = written("azurerm_batch_account");

export const automationPublic = setting({
  id: "azure-automation-public-network",
  aliases: ["CKV2_AZURE_24"],
  title: "Automation account is reachable from public networks",
  severity: "medium",
  profile: "strict",
  on: ACCOUNT,
  why: "Its scripts run with rights over your subscription, and anyone can knock at its webhooks. With a private endpoint nobody outside can.",
  remedy: "Set public_network_access_enabled = false.",
  references: ["https://learn.microsoft.com/azure/automation/how-to/private-link-security"],
  at: "public_network_access_enabled",
  wanted: false,
  risk: "disruptive",
  bad: [account(), account("public_network_access_enabled = true")],
  good: account("public_network_access_enabled = false"),
});

export const automationIdentity = rule({
  id: "azure-automation-identity",
  aliases: ["CKV2_AZURE_36"],
  title: "Automation account has no identity of its own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: ACCOUNT,
  why: "Without an identity its scripts need passwords, and they end up in variables. A managed identity has none to leak.",
  remedy: 'Add identity with type = "SystemAssigned".',
  references: ["https://learn.microsoft.com/azure/automation/automation-security-overview"],
  check: (view) => requireSet(view, "identity.type", { message: "It has no managed identity" }),
  fix: { risk: "in-place", edit: () => [set("identity.0.type", "SystemAssigned")] },
  bad: account(),
  good: account(block("identity", 'type = "SystemAssigned"')),
});

export const batchNetwork = rule({
  id: "azure-batch-public-network",
  aliases: ["CKV_AZURE_248"],
  title: "Batch account lets every network in",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "azurerm_batch_account",
  why: "Whoever has a leaked key runs code on your machines, from anywhere. A firewall that denies by default leaves the networks that you name.",
  remedy:
    'Set public_network_access_enabled = false, or network_profile.account_access.default_action = "Deny" with your addresses.',
  references: ["https://learn.microsoft.com/azure/batch/public-network-access"],
  check: (view) =>
    anyOf([
      expect(view, { at: "public_network_access_enabled", wanted: false, message: "Every network may reach it" }),
      expect(view, {
        at: "network_profile.account_access.default_action",
        wanted: "Deny",
        message: "Every network may reach it",
      }),
    ]),
  fix: { risk: "disruptive", edit: () => [set("public_network_access_enabled", false)] },
  bad: [batch(), batch(block("network_profile", block("account_access", 'default_action = "Allow"')))],
  good: [
    batch("public_network_access_enabled = false"),
    batch(block("network_profile", block("account_access", 'default_action = "Deny"'))),
  ],
});
