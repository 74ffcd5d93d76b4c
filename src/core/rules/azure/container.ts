/** Container registries and container groups. */
import { eachBlock, requireSet, requireThat } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, anyOf, notApplicable, pass, undecided } from "../verdict.ts";
import { block, resource, written } from "./example.ts";
import { expect, setting } from "./setting.ts";

const REGISTRY = "azurerm_container_registry";
const registry = written(REGISTRY);
const group = written("azurerm_container_group");

export const adminUser = setting({
  id: "azure-acr-admin-user",
  aliases: ["CKV_AZURE_137"],
  title: "Container registry has an admin user",
  severity: "medium",
  on: REGISTRY,
  why: "One user name and password, shared by all, may push to every repository. Nobody can tell who replaced an image.",
  remedy: "Set admin_enabled = false, and give people and machines roles of their own.",
  references: ["https://learn.microsoft.com/azure/container-registry/container-registry-authentication"],
  at: "admin_enabled",
  wanted: false,
  absent: "pass",
  risk: "disruptive",
  bad: registry("admin_enabled = true"),
  good: [registry(), registry("admin_enabled = false")],
});

export const anonymousPull = rule({
  id: "azure-acr-anonymous-pull",
  aliases: ["CKV_AZURE_138"],
  title: "Anyone may pull from the container registry",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: REGISTRY,
  why: "Images hold your code, and often more than was meant. With anonymous pull everyone can download them.",
  remedy: "Set anonymous_pull_enabled = false.",
  references: ["https://learn.microsoft.com/azure/container-registry/anonymous-pull-access"],
  check(view) {
    const sku = view.get("sku");
    if (sku.kind === "unknown")
      return view.is("anonymous_pull_enabled") === false ? pass("anonymous_pull_enabled") : undecided("sku");
    // Only these tiers have it.
    if (!["Standard", "Premium"].includes(view.text("sku") ?? "")) return notApplicable;
    return expect(view, { at: "anonymous_pull_enabled", wanted: false, absent: "pass", message: "Anyone may pull" });
  },
  fix: { risk: "disruptive", edit: () => [set("anonymous_pull_enabled", false)] },
  bad: registry('sku = "Standard"', "anonymous_pull_enabled = true"),
  good: [registry('sku = "Premium"'), registry('sku = "Standard"', "anonymous_pull_enabled = false")],
});

export const registryPublicNetwork = setting({
  id: "azure-acr-public-network",
  aliases: ["CKV_AZURE_139"],
  title: "Container registry is reachable from public networks",
  severity: "medium",
  profile: "strict",
  on: REGISTRY,
  why: "Only credentials stand between the internet and your images. With a private endpoint a leaked one is useless from outside.",
  remedy: "Set public_network_access_enabled = false; it takes the Premium SKU.",
  references: ["https://learn.microsoft.com/azure/container-registry/container-registry-private-link"],
  at: "public_network_access_enabled",
  wanted: false,
  risk: "disruptive",
  bad: [registry(), registry("public_network_access_enabled = true")],
  good: registry("public_network_access_enabled = false"),
});

export const dataEndpoint = setting({
  id: "azure-acr-data-endpoint",
  aliases: ["CKV_AZURE_237"],
  title: "Container registry shares its data endpoint",
  severity: "low",
  profile: "strict",
  on: REGISTRY,
  why: "Clients must be let through to every storage account of Azure to pull an image. A dedicated endpoint narrows that to your registry.",
  remedy: "Set data_endpoint_enabled = true; it takes the Premium SKU.",
  references: ["https://learn.microsoft.com/azure/container-registry/container-registry-dedicated-data-endpoints"],
  at: "data_endpoint_enabled",
  wanted: true,
  risk: "disruptive",
  bad: [registry(), registry("data_endpoint_enabled = false")],
  good: registry("data_endpoint_enabled = true"),
});

export const registryZones = rule({
  id: "azure-acr-zones",
  aliases: ["CKV_AZURE_233"],
  title: "Container registry lives in one zone",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: REGISTRY,
  why: "When the zone fails no image can be pulled, and nothing new starts. Zone redundancy keeps copies, in every region it is replicated to.",
  remedy: "Set zone_redundancy_enabled = true on the registry and in each georeplications block.",
  references: ["https://learn.microsoft.com/azure/container-registry/zone-redundancy"],
  check: (view) =>
    allOf([
      expect(view, { at: "zone_redundancy_enabled", wanted: true, message: "The registry lives in one zone" }),
      eachBlock(view, "georeplications", (copy) =>
        requireThat(copy, "zone_redundancy_enabled", (v) => v === true || v === "true", {
          message: "This replica lives in one zone",
        }),
      ),
    ]),
  fix: {
    risk: "replaces",
    edit: (view) => [
      set("zone_redundancy_enabled", true),
      ...view.blocks("georeplications").items.map((copy) => set(`${copy.path}.zone_redundancy_enabled`, true)),
    ],
  },
  bad: [
    registry('sku = "Premium"'),
    registry("zone_redundancy_enabled = true", block("georeplications", 'location = "westeurope"')),
  ],
  good: registry(
    "zone_redundancy_enabled = true",
    block("georeplications", 'location = "westeurope"', "zone_redundancy_enabled = true"),
  ),
});

export const signedImages = setting({
  id: "azure-acr-signed-images",
  aliases: ["CKV_AZURE_164"],
  title: "Container registry does not keep signatures of images",
  severity: "low",
  profile: "strict",
  on: REGISTRY,
  why: "Nobody can tell whether an image is the one that was built. Content trust lets clients refuse what is not signed.",
  remedy: "Set trust_policy_enabled = true (trust_policy.enabled before azurerm 4); it takes the Premium SKU.",
  references: ["https://learn.microsoft.com/azure/container-registry/container-registry-content-trust"],
  at: ["trust_policy_enabled", "trust_policy.enabled"],
  wanted: true,
  risk: "in-place",
  bad: [registry('sku = "Premium"'), registry(block("trust_policy", "enabled = false"))],
  good: [registry("trust_policy_enabled = true"), registry(block("trust_policy", "enabled = true"))],
});

export const webhookHttps = rule({
  id: "azure-acr-webhook-https",
  aliases: ["CKV2_AZURE_30"],
  title: "Registry webhook calls over plain HTTP",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "azurerm_container_registry_webhook",
  why: "What was pushed, and the headers that prove who calls, travel in the clear. Whoever listens can replay them.",
  remedy: "Use an https:// address as service_uri.",
  check(view) {
    const uri = view.get("service_uri");
    if (uri.kind === "unknown" && !/^http:/i.test(uri.value.prefix))
      return /^https:\/\//i.test(uri.value.prefix) ? pass("service_uri") : undecided("service_uri");
    return requireThat(view, "service_uri", (v) => /^https:\/\//i.test(String(v)), { message: "It is not HTTPS" });
  },
  fix: {
    risk: "disruptive",
    edit: (view) => {
      const uri = view.text("service_uri");
      return uri?.startsWith("http://")
        ? [set("service_uri", uri.replace("http://", "https://"))]
        : "The address is not known, so it cannot be rewritten.";
    },
  },
  bad: resource("azurerm_container_registry_webhook", 'service_uri = "http://hooks.example.com/acr"'),
  good: resource("azurerm_container_registry_webhook", 'service_uri = "https://hooks.example.com/acr"'),
});

export const groupNetwork = rule({
  id: "azure-container-group-network",
  aliases: ["CKV_AZURE_98"],
  title: "Container group is not in a virtual network",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "azurerm_container_group",
  why: "The containers are outside every network security group and firewall of yours. In a subnet they follow the same rules as the rest.",
  remedy: "Set subnet_ids (network_profile_id in old versions).",
  references: ["https://learn.microsoft.com/azure/container-instances/container-instances-vnet"],
  check: (view) =>
    anyOf([
      requireSet(view, "subnet_ids", { message: "It is in no subnet" }),
      requireSet(view, "network_profile_id", { message: "It is in no subnet" }),
    ]),
  bad: group('os_type = "Linux"'),
  good: [group('subnet_ids = ["id"]'), group('network_profile_id = "id"')],
});

export const groupIdentity = rule({
  id: "azure-container-group-identity",
  aliases: ["CKV2_AZURE_28"],
  title: "Container group has no identity of its own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "azurerm_container_group",
  why: "Without an identity containers need passwords to reach other services, and they end up in variables. A managed identity has none to leak.",
  remedy: 'Add identity with type = "SystemAssigned".',
  references: ["https://learn.microsoft.com/azure/container-instances/container-instances-managed-identity"],
  check: (view) => requireSet(view, "identity.type", { message: "It has no managed identity" }),
  fix: { risk: "replaces", edit: () => [set("identity.0.type", "SystemAssigned")] },
  bad: group('os_type = "Linux"'),
  good: group(block("identity", 'type = "SystemAssigned"')),
});
