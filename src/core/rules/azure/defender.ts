/** Defender for Cloud, log profiles, roles: what the subscription watches and allows. */

import { isList } from "../../model/value.ts";
import { eachBlock, requireSet, requireThat } from "../checks.ts";
import { set } from "../operations.ts";
import { type Rule, rule } from "../rule.ts";
import { fail, notApplicable, pass, undecided } from "../verdict.ts";
import { block, resource, written } from "./example.ts";
import { expect, setting } from "./setting.ts";

const PRICING = "azurerm_security_center_subscription_pricing";
const contact = written("azurerm_security_center_contact");
const DOCS = "https://learn.microsoft.com/azure/defender-for-cloud/defender-for-cloud-introduction";

/** A rule that one plan of Defender is paid for. */
function plan(resourceType: string, what: string, id: string, aliases: readonly string[], why: string): Rule {
  const priced = (tier: string): string =>
    resource(PRICING, `tier          = "${tier}"`, `resource_type = "${resourceType}"`);
  return rule({
    id,
    aliases,
    title: `Defender does not watch ${what}`,
    severity: "low",
    category: "security",
    profile: "strict",
    on: PRICING,
    why: `${why} The free tier does not look at them.`,
    remedy: `Set tier = "Standard" for ${resourceType}; it costs money.`,
    references: [DOCS],
    check(view) {
      const type = view.get("resource_type");
      if (type.kind === "unknown") return undecided("resource_type");
      // Without a resource type the provider means virtual machines.
      const given = type.kind === "absent" ? "VirtualMachines" : String(type.value);
      if (given !== resourceType) return notApplicable;
      return expect(view, { at: "tier", wanted: "Standard", message: "The free tier does not watch it" });
    },
    fix: { risk: "disruptive", edit: () => [set("tier", "Standard")] },
    bad: priced("Free"),
    good: priced("Standard"),
  });
}

export const registries = plan(
  "ContainerRegistry",
  "container registries",
  "azure-defender-registries",
  ["CKV_AZURE_86"],
  "Images with known flaws are pushed, pulled and run unnoticed.",
);
export const kubernetes = plan(
  "KubernetesService",
  "Kubernetes clusters",
  "azure-defender-kubernetes",
  ["CKV_AZURE_85"],
  "Miners and stolen credentials in a cluster go unnoticed.",
);
export const servers = plan(
  "VirtualMachines",
  "servers",
  "azure-defender-servers",
  ["CKV_AZURE_55"],
  "Malware and guessed passwords on machines go unnoticed.",
);
export const storageAccounts = plan(
  "StorageAccounts",
  "storage accounts",
  "azure-defender-storage",
  ["CKV_AZURE_84"],
  "Malware in blobs and unusual downloads go unnoticed.",
);
export const appServices = plan(
  "AppServices",
  "App Service",
  "azure-defender-app-service",
  ["CKV_AZURE_61"],
  "Attacks on web apps and their platform go unnoticed.",
);
export const sqlServers = plan(
  "SqlServers",
  "Azure SQL databases",
  "azure-defender-sql",
  ["CKV_AZURE_69"],
  "Injection and unusual queries go unnoticed.",
);
export const sqlMachines = plan(
  "SqlServerVirtualMachines",
  "SQL servers on machines",
  "azure-defender-sql-machines",
  ["CKV_AZURE_79"],
  "Injection and unusual queries go unnoticed.",
);
export const keyVaults = plan(
  "KeyVaults",
  "key vaults",
  "azure-defender-key-vault",
  ["CKV_AZURE_87"],
  "Unusual reads of secrets go unnoticed.",
);
export const resourceManager = plan(
  "Arm",
  "Azure Resource Manager",
  "azure-defender-resource-manager",
  ["CKV_AZURE_234"],
  "Unusual changes to the subscription go unnoticed.",
);

export const contactPhone = rule({
  id: "azure-security-contact-phone",
  aliases: ["CKV_AZURE_20", "AZU-0046", "AVD-AZU-0046"],
  title: "Security contact has no phone number",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "azurerm_security_center_contact",
  why: "When Microsoft finds your subscription under attack at night, a mail waits until morning. A phone does not.",
  remedy: "Set phone.",
  references: [DOCS],
  check: (view) => requireSet(view, "phone", { message: "There is nobody to call" }),
  bad: contact('email = "security@example.com"'),
  good: contact('phone = "+1-555-555-5555"'),
});

export const contactEmail = rule({
  id: "azure-security-contact-email",
  aliases: ["CKV_AZURE_131"],
  title: "Security contact has no mail address",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "azurerm_security_center_contact",
  why: "Findings and warnings reach nobody. An address that is read turns them into action.",
  remedy: "Set email to a mailbox that is read.",
  references: [DOCS],
  check: (view) => requireSet(view, "email", { message: "There is nobody to write to" }),
  bad: contact('phone = "+1-555-555-5555"'),
  good: contact('email = "security@example.com"'),
});

const NOTIFY = {
  severity: "low",
  profile: "strict",
  on: "azurerm_security_center_contact",
  references: [DOCS],
  wanted: true,
  risk: "in-place",
} as const;

export const notifyContact = setting({
  ...NOTIFY,
  id: "azure-security-contact-alerts",
  aliases: ["CKV_AZURE_21", "AZU-0044", "AVD-AZU-0044"],
  title: "Severe alerts are not sent to the security contact",
  why: "An alert that is only shown in a portal is found too late. A mail is read.",
  remedy: "Set alert_notifications = true.",
  at: "alert_notifications",
  bad: [contact(), contact("alert_notifications = false")],
  good: contact("alert_notifications = true"),
});

export const notifyAdmins = setting({
  ...NOTIFY,
  id: "azure-security-contact-admins",
  aliases: ["CKV_AZURE_22", "AZU-0045", "AVD-AZU-0045"],
  title: "Severe alerts are not sent to the administrators",
  why: "Those who could stop an attack do not hear of it. Owners of the subscription can be told without a list to maintain.",
  remedy: "Set alerts_to_admins = true.",
  at: "alerts_to_admins",
  bad: [contact(), contact("alerts_to_admins = false")],
  good: contact("alerts_to_admins = true"),
});

const profile = written("azurerm_monitor_log_profile");
const retention = (enabled: boolean, days: number): string =>
  profile(block("retention_policy", `enabled = ${enabled}`, `days    = ${days}`));

export const logRetention = rule({
  id: "azure-activity-log-retention",
  aliases: ["CKV_AZURE_37", "AZU-0031", "AVD-AZU-0031"],
  title: "Activity log is kept for less than a year",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "azurerm_monitor_log_profile",
  why: "Most breaches are found after months. By then the log that would tell the story is gone.",
  remedy:
    "Set retention_policy with enabled = true and days = 365, or enabled = false and days = 0 to keep it for ever.",
  check(view) {
    const days = view.get("retention_policy.days");
    const enabled = view.is("retention_policy.enabled");
    if (days.kind === "unknown" || enabled === "unknown") return undecided("retention_policy");
    const count = view.number("retention_policy.days");
    const kept = count !== undefined && (count === 0 || (enabled === true && count >= 365));
    return kept ? pass("retention_policy.days") : fail("retention_policy", "The log is gone before a year");
  },
  fix: { risk: "in-place", edit: () => [set("retention_policy.0.enabled", true), set("retention_policy.0.days", 365)] },
  bad: [profile(), retention(true, 7), retention(false, 7)],
  good: [retention(true, 365), retention(false, 0)],
});

export const customRole = rule({
  id: "azure-role-all-actions",
  aliases: ["CKV_AZURE_39", "AZU-0030", "AVD-AZU-0030"],
  title: "Custom role may do everything",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "azurerm_role_definition",
  why: "Whoever holds the role owns the subscription, under a name that does not say so. The built-in Owner role is at least watched.",
  remedy: "List the actions that the role needs.",
  references: ["https://learn.microsoft.com/azure/role-based-access-control/custom-roles"],
  check: (view) =>
    eachBlock(view, "permissions", (permissions) =>
      requireThat(permissions, "actions", (v) => !(isList(v) ? v : [v]).includes("*"), {
        absent: "pass",
        message: "Every action is allowed",
      }),
    ),
  bad: resource("azurerm_role_definition", block("permissions", 'actions = ["*"]')),
  good: resource(
    "azurerm_role_definition",
    block("permissions", 'actions = ["Microsoft.Resources/subscriptions/read"]'),
  ),
});

export const logCategories = rule({
  id: "azure-activity-log-categories",
  aliases: ["CKV_AZURE_38", "AZU-0033", "AVD-AZU-0033"],
  title: "Activity log leaves out some activities",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "azurerm_monitor_log_profile",
  why: "What is not logged did not happen, as far as anyone can tell later. Writes, deletes and actions belong together.",
  remedy: 'Set categories = ["Write", "Delete", "Action"].',
  check: (view) =>
    requireThat(
      view,
      "categories",
      (v) => isList(v) && ["Write", "Delete", "Action"].every((category) => v.includes(category)),
      { message: "Some categories are not logged" },
    ),
  fix: { risk: "in-place", edit: () => [set("categories", ["Write", "Delete", "Action"])] },
  bad: profile('categories = ["Write"]'),
  good: profile('categories = ["Write", "Delete", "Action"]'),
});

export const standardTier = setting({
  id: "azure-defender-tier",
  aliases: ["CKV_AZURE_19"],
  title: "Defender runs on its free tier",
  severity: "low",
  profile: "strict",
  on: PRICING,
  why: "The free tier checks settings and watches nothing. Attacks go unnoticed.",
  remedy: 'Set tier = "Standard"; it costs money.',
  references: [DOCS],
  at: "tier",
  wanted: "Standard",
  risk: "disruptive",
  bad: resource(PRICING, 'tier = "Free"'),
  good: resource(PRICING, 'tier = "Standard"'),
});
