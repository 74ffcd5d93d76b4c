/** AKS clusters: nodes, versions and secrets over time. */
import { forbidOneOf, requireBetween, requireSet } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf } from "../verdict.ts";
import { block, resource, written } from "./example.ts";
import { setting } from "./setting.ts";

const CLUSTER = "azurerm_kubernetes_cluster";
const POOL = "azurerm_kubernetes_cluster_node_pool";
const cluster = written(CLUSTER);
const pool = (...lines: readonly string[]): string => block("default_node_pool", 'name = "system"', ...lines);

/** A setting of nodes: in the default pool of a cluster, or of a pool of its own. */
const ofNodes =
  (...names: readonly string[]) =>
  ({ type }: { readonly type: string }): readonly string[] =>
    names.map((name) => (type === CLUSTER ? `default_node_pool.${name}` : name));

export const maximumPods = rule({
  id: "azure-aks-maximum-pods",
  aliases: ["CKV_AZURE_168"],
  title: "AKS nodes take fewer than 50 pods",
  severity: "low",
  category: "cost",
  profile: "strict",
  on: [CLUSTER, POOL],
  why: "The default of 30 pods a node leaves large nodes half empty, and new ones are bought too early. The limit can only be chosen when the pool is made.",
  remedy: "Set max_pods to 50 or more, with enough addresses in the subnet.",
  references: ["https://learn.microsoft.com/azure/aks/quotas-skus-regions"],
  check: (view) =>
    requireBetween(view, view.type === CLUSTER ? "default_node_pool.max_pods" : "max_pods", 50, 250, {
      message: "A node takes fewer than 50 pods",
    }),
  fix: {
    risk: "replaces",
    edit: (view) => [set(view.type === CLUSTER ? "default_node_pool.0.max_pods" : "max_pods", 50)],
  },
  bad: [cluster(pool()), cluster(pool("max_pods = 30")), resource(POOL, "max_pods = 10")],
  good: [cluster(pool("max_pods = 50")), resource(POOL, "max_pods = 110")],
});

export const scaleSets = setting({
  id: "azure-aks-scale-sets",
  aliases: ["CKV_AZURE_169"],
  title: "AKS nodes are not in a scale set",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: CLUSTER,
  why: "Nodes in an availability set cannot be scaled or replaced by the cluster. Scale sets are the default, and have zones.",
  remedy: 'Set default_node_pool.type = "VirtualMachineScaleSets".',
  at: "default_node_pool.type",
  wanted: "VirtualMachineScaleSets",
  absent: "pass",
  risk: "replaces",
  bad: cluster(pool('type = "AvailabilitySet"')),
  good: [cluster(pool()), cluster(pool('type = "VirtualMachineScaleSets"'))],
});

export const paidTier = setting({
  id: "azure-aks-tier",
  aliases: ["CKV_AZURE_170"],
  title: "AKS control plane comes without a promise",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: CLUSTER,
  why: "The free tier may be slow or gone, and nobody owes you anything. The standard tier promises how long it is up.",
  remedy: 'Set sku_tier = "Standard"; it costs money.',
  references: ["https://learn.microsoft.com/azure/aks/free-standard-pricing-tiers"],
  at: "sku_tier",
  wanted: "Standard",
  also: ["Paid", "Premium"],
  risk: "disruptive",
  bad: [cluster(), cluster('sku_tier = "Free"')],
  good: cluster('sku_tier = "Standard"'),
});

const CHANNELS = ["automatic_upgrade_channel", "automatic_channel_upgrade"];

export const upgradeChannel = rule({
  id: "azure-aks-upgrade-channel",
  aliases: ["CKV_AZURE_171"],
  title: "AKS cluster does not upgrade itself",
  severity: "low",
  category: "security",
  profile: "strict",
  on: CLUSTER,
  why: "Known flaws stay open until someone remembers to upgrade, and old versions lose support. A channel keeps the cluster current.",
  remedy: 'Set automatic_upgrade_channel = "patch" (automatic_channel_upgrade before azurerm 4).',
  references: ["https://learn.microsoft.com/azure/aks/auto-upgrade-cluster"],
  check(view) {
    const path = CHANNELS.find((name) => view.get(name).kind !== "absent") ?? "automatic_upgrade_channel";
    const message = "No upgrade channel is chosen";
    return allOf([requireSet(view, path, { message }), forbidOneOf(view, path, ["none"], { message })]);
  },
  fix: {
    risk: "disruptive",
    edit: (view) => [
      set(CHANNELS.find((name) => view.get(name).kind !== "absent") ?? "automatic_upgrade_channel", "patch"),
    ],
  },
  bad: [cluster(), cluster('automatic_channel_upgrade = "none"')],
  good: [cluster('automatic_upgrade_channel = "patch"'), cluster('automatic_channel_upgrade = "stable"')],
});

export const secretRotation = setting({
  id: "azure-aks-secret-rotation",
  aliases: ["CKV_AZURE_172"],
  title: "Secrets in AKS are not renewed when the vault renews them",
  severity: "low",
  profile: "strict",
  on: CLUSTER,
  why: "Pods go on with a secret that was replaced because it leaked. Rotation brings the new one to them by itself.",
  remedy: "Set key_vault_secrets_provider.secret_rotation_enabled = true.",
  references: ["https://learn.microsoft.com/azure/aks/csi-secrets-store-driver"],
  at: "key_vault_secrets_provider.secret_rotation_enabled",
  wanted: true,
  risk: "in-place",
  bad: [cluster(), cluster(block("key_vault_secrets_provider", "secret_rotation_enabled = false"))],
  good: cluster(block("key_vault_secrets_provider", "secret_rotation_enabled = true")),
});

export const ephemeralDisks = setting({
  id: "azure-aks-ephemeral-disks",
  aliases: ["CKV_AZURE_226"],
  title: "AKS nodes keep their system on managed disks",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: [CLUSTER, POOL],
  why: "Nodes start slowly and read over the network what they will throw away. Ephemeral disks lie in the host, and cost nothing.",
  remedy: 'Set os_disk_type = "Ephemeral".',
  references: ["https://learn.microsoft.com/azure/aks/concepts-storage"],
  at: ofNodes("os_disk_type"),
  wanted: "Ephemeral",
  risk: "replaces",
  bad: [cluster(pool()), cluster(pool('os_disk_type = "Managed"'))],
  good: [cluster(pool('os_disk_type = "Ephemeral"')), resource(POOL, 'os_disk_type = "Ephemeral"')],
});

export const nodeEncryption = setting({
  id: "azure-aks-encryption-at-host",
  aliases: ["CKV_AZURE_227"],
  title: "AKS nodes do not encrypt at the host",
  severity: "medium",
  profile: "strict",
  on: [CLUSTER, POOL],
  why: "Temporary disks and caches of the host are not encrypted by themselves, and pods write to them. Encryption at host covers them as well.",
  remedy: "Set host_encryption_enabled = true (enable_host_encryption before azurerm 4).",
  references: ["https://learn.microsoft.com/azure/aks/enable-host-encryption"],
  at: ofNodes("host_encryption_enabled", "enable_host_encryption"),
  wanted: true,
  risk: "replaces",
  bad: [cluster(pool()), resource(POOL, "enable_host_encryption = false")],
  good: [cluster(pool("host_encryption_enabled = true")), resource(POOL, "enable_host_encryption = true")],
});

export const httpRouting = setting({
  id: "azure-aks-http-routing",
  aliases: ["CKV_AZURE_246"],
  title: "AKS routes plain HTTP from the internet",
  severity: "medium",
  profile: "strict",
  on: CLUSTER,
  why: "The add-on puts applications on the internet over plain HTTP. Microsoft has retired it, and never meant it for production.",
  remedy: "Set http_application_routing_enabled = false.",
  references: ["https://learn.microsoft.com/azure/aks/http-application-routing"],
  at: "http_application_routing_enabled",
  wanted: false,
  absent: "pass",
  risk: "disruptive",
  bad: cluster("http_application_routing_enabled = true"),
  good: [cluster(), cluster("http_application_routing_enabled = false")],
});
