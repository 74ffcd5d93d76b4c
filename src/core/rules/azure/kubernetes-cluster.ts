/** AKS clusters: who may reach the control plane, and what runs on the nodes. */
import { requireSet } from "../checks.ts";
import { isEverywhere } from "../evaluators/network/addresses.ts";
import { textsAt } from "../evaluators/texts.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { anyOf, fail, or, pass, undecided, verdictOf } from "../verdict.ts";
import { block, resource, written } from "./example.ts";
import { expect, setting } from "./setting.ts";

const CLUSTER = "azurerm_kubernetes_cluster";
const cluster = written(CLUSTER);
const pool = (...lines: readonly string[]): string => block("default_node_pool", 'name = "system"', ...lines);
const network = (...lines: readonly string[]): string => block("network_profile", ...lines);

export const rbac = setting({
  id: "azure-aks-rbac",
  aliases: ["CKV_AZURE_5", "AZU-0042", "AVD-AZU-0042"],
  title: "AKS cluster does not check what its users may do",
  severity: "high",
  on: CLUSTER,
  why: "Without role-based access control whoever reaches the API may do everything in the cluster. It can only be chosen when the cluster is made.",
  remedy: "Set role_based_access_control_enabled = true; the cluster is made anew.",
  references: ["https://learn.microsoft.com/azure/aks/concepts-identity"],
  at: ["role_based_access_control_enabled", "role_based_access_control.enabled"],
  wanted: true,
  absent: "pass",
  risk: "replaces",
  bad: [
    cluster("role_based_access_control_enabled = false"),
    cluster(block("role_based_access_control", "enabled = false")),
  ],
  good: [cluster(), cluster("role_based_access_control_enabled = true")],
});

export const apiServerOpen = rule({
  id: "azure-aks-api-server-open",
  aliases: ["CKV_AZURE_6", "AZU-0041", "AVD-AZU-0041"],
  title: "AKS API server answers the whole internet",
  severity: "critical",
  category: "security",
  on: CLUSTER,
  why: "Everyone can try stolen credentials and new flaws on the control plane. Your own networks are the only ones that need it.",
  remedy: "List your networks in api_server_access_profile.authorized_ip_ranges, or make the cluster private.",
  references: ["https://learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges"],
  check(view) {
    const closed = view.is("private_cluster_enabled");
    if (closed === true) return pass("private_cluster_enabled");
    const paths = ["api_server_access_profile.authorized_ip_ranges", "api_server_authorized_ip_ranges"];
    const path = paths.find((candidate) => view.get(candidate).kind !== "absent") ?? "api_server_access_profile";
    const ranges = textsAt(view, path);
    if (isEverywhere(ranges.items)) return fail(path, "The ranges hold the whole internet");
    if (view.get(path).kind === "value" && path !== "api_server_access_profile" && ranges.items.length > 0)
      return pass(path);
    if (closed === "unknown" || view.get(path).kind === "unknown") return undecided(path);
    return fail(path, "No ranges limit who may reach the API server");
  },
  bad: [
    cluster(),
    cluster(block("api_server_access_profile", 'authorized_ip_ranges = ["0.0.0.0/0"]')),
    cluster("api_server_authorized_ip_ranges = []"),
  ],
  good: [
    cluster(block("api_server_access_profile", 'authorized_ip_ranges = ["198.51.100.0/24"]')),
    cluster('api_server_authorized_ip_ranges = ["198.51.100.0/24"]'),
    cluster("private_cluster_enabled = true"),
  ],
});

export const networkPolicy = rule({
  id: "azure-aks-network-policy",
  aliases: ["CKV_AZURE_7", "AZU-0043", "AVD-AZU-0043"],
  title: "AKS cluster cannot enforce network policies",
  severity: "high",
  category: "security",
  on: CLUSTER,
  why: "Every pod may talk to every other, and a NetworkPolicy is accepted and ignored. One pod that falls opens the way to all.",
  remedy: 'Set network_profile.network_policy to "azure", "calico" or "cilium".',
  references: ["https://learn.microsoft.com/azure/aks/use-network-policies"],
  check: (view) => requireSet(view, "network_profile.network_policy", { message: "No network policy engine is set" }),
  fix: {
    risk: "replaces",
    edit: (view) => [
      ...(view.has("network_profile.network_plugin") === false
        ? [set("network_profile.0.network_plugin", "azure")]
        : []),
      set("network_profile.0.network_policy", "azure"),
    ],
  },
  bad: [cluster(), cluster(network('network_plugin = "azure"'))],
  good: cluster(network('network_plugin = "azure"', 'network_policy = "calico"')),
});

export const monitoring = rule({
  id: "azure-aks-monitoring",
  aliases: ["CKV_AZURE_4", "AZU-0040", "AVD-AZU-0040"],
  title: "AKS cluster is not monitored",
  severity: "medium",
  category: "security",
  on: CLUSTER,
  why: "Logs of the nodes and pods vanish with them. Nobody sees an attack, and nobody can look into it later.",
  remedy: "Add oms_agent with a log_analytics_workspace_id.",
  references: ["https://learn.microsoft.com/azure/azure-monitor/containers/container-insights-overview"],
  check: (view) =>
    verdictOf(
      or(view.has("oms_agent"), view.is("addon_profile.oms_agent.enabled")),
      "oms_agent",
      "Container insights are not configured",
    ),
  bad: [cluster(), cluster(block("addon_profile", block("oms_agent", "enabled = false")))],
  good: [
    cluster(block("oms_agent", 'log_analytics_workspace_id = "w"')),
    cluster(block("addon_profile", block("oms_agent", "enabled = true"))),
  ],
});

export const localAdmin = setting({
  id: "azure-aks-local-admin",
  aliases: ["CKV_AZURE_141"],
  title: "AKS cluster has a local administrator",
  severity: "medium",
  on: CLUSTER,
  why: "The local account is a certificate that cannot be withdrawn and that no directory knows of. Whoever downloads it stays administrator.",
  remedy: "Set local_account_disabled = true, with Entra ID as the cluster's directory.",
  references: ["https://learn.microsoft.com/azure/aks/manage-local-accounts-managed-azure-ad"],
  at: "local_account_disabled",
  wanted: true,
  risk: "disruptive",
  bad: [cluster(), cluster("local_account_disabled = false")],
  good: cluster("local_account_disabled = true"),
});

export const privateCluster = setting({
  id: "azure-aks-private",
  aliases: ["CKV_AZURE_115", "AZU-0065", "AVD-AZU-0065"],
  title: "AKS API server has a public address",
  severity: "medium",
  profile: "strict",
  on: CLUSTER,
  why: "The control plane can be reached from the internet, even where only some addresses are let in. A private cluster has no such address.",
  remedy: "Set private_cluster_enabled = true; the cluster is made anew.",
  references: ["https://learn.microsoft.com/azure/aks/private-clusters"],
  at: "private_cluster_enabled",
  wanted: true,
  risk: "replaces",
  bad: [cluster(), cluster("private_cluster_enabled = false")],
  good: cluster("private_cluster_enabled = true"),
});

export const dashboard = setting({
  id: "azure-aks-dashboard",
  aliases: ["CKV_AZURE_8"],
  title: "Kubernetes dashboard is on",
  severity: "low",
  profile: "strict",
  on: CLUSTER,
  why: "The dashboard acts with rights of its own, and has been the way into many clusters. AKS itself has given it up.",
  remedy: "Set addon_profile.kube_dashboard.enabled = false.",
  at: "addon_profile.kube_dashboard.enabled",
  wanted: false,
  absent: "pass",
  risk: "in-place",
  bad: cluster(block("addon_profile", block("kube_dashboard", "enabled = true"))),
  good: [cluster(), cluster(block("addon_profile", block("kube_dashboard", "enabled = false")))],
});

export const nodePublicIp = setting({
  id: "azure-aks-node-public-ip",
  aliases: ["CKV_AZURE_143"],
  title: "AKS nodes have public addresses",
  severity: "medium",
  profile: "strict",
  on: [CLUSTER, "azurerm_kubernetes_cluster_node_pool"],
  why: "Whatever a node listens on is offered to the internet. Traffic for pods comes through load balancers; nodes need no address.",
  remedy: "Set node_public_ip_enabled = false (enable_node_public_ip before azurerm 4).",
  references: ["https://learn.microsoft.com/azure/aks/use-node-public-ips"],
  at: ({ type }) =>
    ["node_public_ip_enabled", "enable_node_public_ip"].map((name) =>
      type === CLUSTER ? `default_node_pool.${name}` : name,
    ),
  wanted: false,
  absent: "pass",
  risk: "replaces",
  bad: [
    cluster(pool("node_public_ip_enabled = true")),
    cluster(pool("enable_node_public_ip = true")),
    resource("azurerm_kubernetes_cluster_node_pool", "node_public_ip_enabled = true"),
  ],
  good: [cluster(pool()), cluster(pool("node_public_ip_enabled = false"))],
});

export const systemPool = setting({
  id: "azure-aks-system-pool",
  aliases: ["CKV_AZURE_232"],
  title: "Applications may run beside the pods that run the cluster",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: CLUSTER,
  why: "An application that takes all the memory of a node takes DNS and metrics with it. A pool of their own keeps them safe.",
  remedy: "Set default_node_pool.only_critical_addons_enabled = true, and add a pool for applications.",
  references: ["https://learn.microsoft.com/azure/aks/use-system-pools"],
  at: "default_node_pool.only_critical_addons_enabled",
  wanted: true,
  risk: "replaces",
  bad: [cluster(pool()), cluster(pool("only_critical_addons_enabled = false"))],
  good: cluster(pool("only_critical_addons_enabled = true")),
});

export const azurePolicy = rule({
  id: "azure-aks-policy",
  aliases: ["CKV_AZURE_116"],
  title: "Azure Policy does not watch the AKS cluster",
  severity: "low",
  category: "security",
  profile: "strict",
  on: CLUSTER,
  why: "Nothing keeps pods from running as root or mounting the node's disk. The policy add-on refuses what your rules forbid.",
  remedy: "Set azure_policy_enabled = true.",
  references: ["https://learn.microsoft.com/azure/aks/use-azure-policy"],
  check: (view) =>
    anyOf([
      expect(view, { at: "azure_policy_enabled", wanted: true, message: "The policy add-on is off" }),
      expect(view, { at: "addon_profile.azure_policy.enabled", wanted: true }),
    ]),
  fix: { risk: "disruptive", edit: () => [set("azure_policy_enabled", true)] },
  bad: [cluster(), cluster("azure_policy_enabled = false")],
  good: [
    cluster("azure_policy_enabled = true"),
    cluster(block("addon_profile", block("azure_policy", "enabled = true"))),
  ],
});

export const diskEncryptionSet = rule({
  id: "azure-aks-disk-encryption-set",
  aliases: ["CKV_AZURE_117"],
  title: "AKS disks are not encrypted with a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: CLUSTER,
  why: "The key that Microsoft manages cannot be limited or withdrawn. With a disk encryption set you decide who may decrypt.",
  remedy: "Set disk_encryption_set_id; the cluster is made anew.",
  references: ["https://learn.microsoft.com/azure/aks/azure-disk-customer-managed-keys"],
  check: (view) => requireSet(view, "disk_encryption_set_id", { message: "No disk encryption set is used" }),
  bad: cluster(),
  good: cluster('disk_encryption_set_id = "id"'),
});

export const networkPlugin = setting({
  id: "azure-aks-cni",
  aliases: ["CKV2_AZURE_29"],
  title: "AKS cluster does not use Azure CNI",
  severity: "low",
  profile: "strict",
  on: CLUSTER,
  why: "With kubenet pods hide behind their node, so that firewalls and logs cannot tell them apart. Azure CNI gives each an address of its own.",
  remedy: 'Set network_profile.network_plugin = "azure"; the cluster is made anew.',
  references: ["https://learn.microsoft.com/azure/aks/concepts-network-cni-overview"],
  at: "network_profile.network_plugin",
  wanted: "azure",
  risk: "replaces",
  bad: [cluster(), cluster(network('network_plugin = "kubenet"'))],
  good: cluster(network('network_plugin = "azure"')),
});
