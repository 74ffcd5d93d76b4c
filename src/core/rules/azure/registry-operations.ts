/** Container registries: copies, quarantine, clean-up. Container groups: what they are told and where they listen. */
import { eachBlock, requireOneOf, requireSet } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { anyOf, fail, pass } from "../verdict.ts";
import { block, written } from "./example.ts";
import { expect, setting } from "./setting.ts";

const REGISTRY = "azurerm_container_registry";
const GROUP = "azurerm_container_group";
const registry = written(REGISTRY);
const group = written(GROUP);

export const geoReplication = rule({
  id: "azure-acr-geo-replication",
  aliases: ["CKV_AZURE_165"],
  title: "Container registry keeps its images in one region",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: REGISTRY,
  why: "When the region is down no image can be pulled, and nothing new starts. Copies in other regions are also nearer to clusters there.",
  remedy: "Add georeplications with the regions that pull images; it takes the Premium SKU.",
  references: ["https://learn.microsoft.com/azure/container-registry/container-registry-geo-replication"],
  check: (view) =>
    anyOf([
      requireSet(view, "georeplications", { message: "There are no copies in other regions" }),
      requireSet(view, "georeplication_locations", { message: "There are no copies in other regions" }),
    ]),
  bad: registry('sku = "Premium"'),
  good: registry('sku = "Premium"', block("georeplications", 'location = "westeurope"')),
});

export const quarantine = setting({
  id: "azure-acr-quarantine",
  aliases: ["CKV_AZURE_166"],
  title: "Images can be pulled before they were scanned",
  severity: "low",
  profile: "strict",
  on: REGISTRY,
  why: "An image with known flaws, or worse, runs as soon as it is pushed. Quarantine holds it back until a scanner has passed it.",
  remedy: "Set quarantine_policy_enabled = true, with a scanner that releases images.",
  at: "quarantine_policy_enabled",
  wanted: true,
  risk: "disruptive",
  bad: [registry(), registry("quarantine_policy_enabled = false")],
  good: registry("quarantine_policy_enabled = true"),
});

export const untaggedImages = rule({
  id: "azure-acr-retention",
  aliases: ["CKV_AZURE_167"],
  title: "Container registry keeps untagged images for ever",
  severity: "low",
  category: "cost",
  profile: "strict",
  on: REGISTRY,
  why: "Every push that moves a tag leaves an image behind that is paid for. A retention policy clears them away.",
  remedy: "Set retention_policy_in_days (retention_policy.enabled before azurerm 4); it takes the Premium SKU.",
  references: ["https://learn.microsoft.com/azure/container-registry/container-registry-retention-policy"],
  check: (view) =>
    anyOf([
      requireSet(view, "retention_policy_in_days", { message: "Untagged images are kept for ever" }),
      expect(view, { at: "retention_policy.enabled", wanted: true, message: "Untagged images are kept for ever" }),
    ]),
  fix: {
    risk: "disruptive",
    edit: (view) =>
      view.has("retention_policy") === true
        ? [set("retention_policy.0.enabled", true)]
        : [set("retention_policy_in_days", 30)],
  },
  bad: [registry(), registry(block("retention_policy", "enabled = false"))],
  good: [registry("retention_policy_in_days = 7"), registry(block("retention_policy", "enabled = true"))],
});

export const scanning = rule({
  id: "azure-acr-sku",
  aliases: ["CKV_AZURE_163"],
  title: "Container registry cannot have its images scanned",
  severity: "low",
  category: "security",
  profile: "strict",
  on: REGISTRY,
  why: "Images with known flaws are pushed and run unnoticed. Defender scans the standard and premium tiers.",
  remedy: 'Set sku = "Standard" or "Premium".',
  references: ["https://learn.microsoft.com/azure/container-registry/container-registry-skus"],
  check: (view) =>
    requireOneOf(view, "sku", ["Standard", "Premium"], { message: "Images of this tier are not scanned" }),
  fix: {
    risk: "disruptive",
    // The basic tier ignores a wish for anonymous pull that the standard tier would fulfil.
    edit: (view) => [
      set("sku", "Standard"),
      ...(view.is("anonymous_pull_enabled") === true ? [set("anonymous_pull_enabled", false)] : []),
    ],
  },
  bad: [registry('sku = "Basic"'), registry('sku = "Basic"', "anonymous_pull_enabled = true")],
  good: [registry('sku = "Standard"'), registry('sku = "Premium"')],
});

export const plainVariables = rule({
  id: "azure-container-group-variables",
  aliases: ["CKV_AZURE_235"],
  title: "Container has variables that everyone may read",
  severity: "low",
  category: "security",
  profile: "strict",
  on: GROUP,
  why: "Variables show in the portal and in every export of the group. Secure variables are given to the container alone.",
  remedy: "Move what is sensitive from environment_variables to secure_environment_variables.",
  references: ["https://learn.microsoft.com/azure/container-instances/container-instances-environment-variables"],
  check: (view) =>
    eachBlock(view, "container", (container) =>
      container.get("environment_variables").kind === "absent"
        ? pass(container.path)
        : fail(`${container.path}.environment_variables`, "Everyone who may look at the group can read them"),
    ),
  bad: group(block("container", 'environment_variables = { KEY = "value" }')),
  good: group(block("container", 'secure_environment_variables = { KEY = "value" }')),
});

export const publicGroup = setting({
  id: "azure-container-group-public",
  aliases: ["CKV_AZURE_245"],
  title: "Container group has a public address",
  severity: "medium",
  profile: "strict",
  on: GROUP,
  why: "Whatever the containers listen on is offered to the internet, without a firewall in front. Public is the default.",
  remedy: 'Set ip_address_type = "Private" and subnet_ids.',
  references: ["https://learn.microsoft.com/azure/container-instances/container-instances-vnet"],
  at: "ip_address_type",
  wanted: "Private",
  also: ["None"],
  bad: [group('os_type = "Linux"'), group('ip_address_type = "Public"')],
  good: [group('ip_address_type = "Private"'), group('ip_address_type = "None"')],
});
