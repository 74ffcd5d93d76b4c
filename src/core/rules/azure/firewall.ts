import { requireSet } from "../checks.ts";
import { rule } from "../rule.ts";
import { block, resource, written } from "./example.ts";
import { setting } from "./setting.ts";

const firewallPolicy = written("azurerm_firewall_policy");

export const intrusionDetection = setting({
  id: "azure-firewall-intrusion-prevention",
  aliases: ["CKV_AZURE_220"],
  title: "Azure Firewall does not stop intrusions",
  severity: "medium",
  profile: "strict",
  on: "azurerm_firewall_policy",
  why: "Known attacks pass through, or are only written down. In the mode Deny the firewall drops them.",
  remedy: 'Set intrusion_detection.mode = "Deny"; it takes the Premium SKU.',
  references: ["https://learn.microsoft.com/azure/firewall/premium-features"],
  at: "intrusion_detection.mode",
  wanted: "Deny",
  risk: "disruptive",
  bad: [firewallPolicy(), firewallPolicy(block("intrusion_detection", 'mode = "Alert"'))],
  good: firewallPolicy(block("intrusion_detection", 'mode = "Deny"')),
});

export const threatIntelligence = setting({
  id: "azure-firewall-threat-intelligence",
  aliases: ["CKV_AZURE_216"],
  title: "Azure Firewall lets known attackers through",
  severity: "medium",
  profile: "strict",
  on: "azurerm_firewall",
  why: "Microsoft knows addresses that attack others, and the firewall only notes them down. In the mode Deny it drops them.",
  remedy: 'Set threat_intel_mode = "Deny".',
  references: ["https://learn.microsoft.com/azure/firewall/threat-intel"],
  at: "threat_intel_mode",
  wanted: "Deny",
  risk: "disruptive",
  bad: [resource("azurerm_firewall"), resource("azurerm_firewall", 'threat_intel_mode = "Alert"')],
  good: resource("azurerm_firewall", 'threat_intel_mode = "Deny"'),
});

export const firewallWithPolicy = rule({
  id: "azure-firewall-policy",
  aliases: ["CKV_AZURE_219"],
  title: "Azure Firewall follows no policy",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "azurerm_firewall",
  why: "Rules that are written on one firewall are not on the next. A policy is written once, and has more to offer.",
  remedy: "Set firewall_policy_id.",
  references: ["https://learn.microsoft.com/azure/firewall-manager/policy-overview"],
  check: (view) => requireSet(view, "firewall_policy_id", { message: "It follows no policy" }),
  bad: resource("azurerm_firewall"),
  good: resource("azurerm_firewall", 'firewall_policy_id = "id"'),
});
