/** Subnets and network interfaces: what stands between them and the internet. */
import { isList } from "../../model/value.ts";
import { eachBlock, requireBetween, requireSet, requireThat, requireTrue } from "../checks.ts";
import { intervalOf } from "../evaluators/network/addresses.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, fail, notApplicable, pass, undecided, type Verdict } from "../verdict.ts";
import type { Block, View } from "../view.ts";
import { block, resource, written } from "./example.ts";
import { setting } from "./setting.ts";

const SUBNET = "azurerm_subnet";
const ASSOCIATION = "azurerm_subnet_network_security_group_association";
const subnet = written(SUBNET);
const nic = written("azurerm_network_interface");

/** Azure manages these itself and accepts no security group of yours. */
const RESERVED = ["GatewaySubnet", "AzureFirewallSubnet", "AzureFirewallManagementSubnet", "RouteServerSubnet"];

function isForNetApp(view: View): boolean {
  const services = view.blocks("delegation.service_delegation").items.map((service) => service.text("name"));
  return services.some((name) => name?.toLowerCase() === "microsoft.netapp/volumes");
}

/** A subnet that is written in its network. */
function inlineSubnet(inline: Block): Verdict {
  if (RESERVED.includes(inline.text("name") ?? "")) return pass(inline.path);
  const named = requireSet(inline, "security_group", { message: "No network security group is named" });
  return named.status === "fail" && inline.get("name").kind === "unknown" ? undecided(inline.path) : named;
}

export const subnetGroup = rule({
  id: "azure-subnet-without-nsg",
  aliases: ["CKV2_AZURE_31"],
  title: "Subnet has no network security group",
  severity: "medium",
  category: "security",
  on: [SUBNET, "azurerm_virtual_network"],
  why: "Every machine in the subnet may be reached by all that can route to it. A network security group says who may.",
  remedy: "Add an azurerm_subnet_network_security_group_association for the subnet.",
  references: ["https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview"],
  check(view) {
    if (view.type !== SUBNET) return eachBlock(view, "subnet", inlineSubnet);
    const name = view.get("name");
    if (name.kind === "value" && RESERVED.includes(String(name.value))) return notApplicable;
    if (isForNetApp(view)) return notApplicable;
    if (view.joined(ASSOCIATION, "subnet_id").length > 0) return pass();
    if (view.has("network_security_group_id") !== false) return pass("network_security_group_id");
    if (view.mayJoin(ASSOCIATION, "subnet_id") || name.kind === "unknown") return undecided();
    return fail(undefined, "No network security group is associated with it");
  },
  bad: [subnet('name = "app"'), resource("azurerm_virtual_network", block("subnet", 'name = "app"'))],
  good: [
    `${subnet('name = "app"')}\n${resource(ASSOCIATION, `subnet_id = ${SUBNET}.r.id`, 'network_security_group_id = "id"')}`,
    resource("azurerm_virtual_network", block("subnet", 'name           = "app"', 'security_group = "id"')),
  ],
});

/** A reference to a public IP address is one, even where its id is not known yet. */
function hasNoPublicIp(configuration: Block): Verdict {
  const found = configuration.get("public_ip_address_id");
  if (found.kind === "absent") return pass(found.path);
  if (found.kind === "unknown" && found.value.from.length === 0) return undecided(found.path);
  return found.kind === "value" && found.value === "" ? pass(found.path) : fail(found.path, "It has a public address");
}

export const nicPublicIp = rule({
  id: "azure-nic-public-ip",
  aliases: ["CKV_AZURE_119", "AZU-0076", "AVD-AZU-0076"],
  title: "Network interface has a public address",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "azurerm_network_interface",
  why: "The machine can be reached from the internet as soon as one rule lets it. Load balancers and Bastion need no public address on it.",
  remedy: "Remove public_ip_address_id and reach the machine through a load balancer, a gateway or Bastion.",
  references: ["https://learn.microsoft.com/azure/security/fundamentals/network-best-practices"],
  check: (view) => eachBlock(view, "ip_configuration", hasNoPublicIp),
  bad: `${resource("azurerm_public_ip")}\n${nic(block("ip_configuration", "public_ip_address_id = azurerm_public_ip.r.id"))}`,
  good: nic(block("ip_configuration", 'private_ip_address_allocation = "Dynamic"')),
});

export const ipForwarding = setting({
  id: "azure-nic-ip-forwarding",
  aliases: ["CKV_AZURE_118", "AZU-0075", "AVD-AZU-0075"],
  title: "Network interface forwards traffic of others",
  severity: "low",
  profile: "strict",
  on: "azurerm_network_interface",
  why: "The machine may send packets in the name of others, and so lead traffic past firewalls. Only network appliances need that.",
  remedy: "Set ip_forwarding_enabled = false (enable_ip_forwarding before azurerm 4).",
  references: ["https://learn.microsoft.com/azure/virtual-network/virtual-network-network-interface"],
  at: ["ip_forwarding_enabled", "enable_ip_forwarding"],
  wanted: false,
  absent: "pass",
  risk: "disruptive",
  bad: [nic("ip_forwarding_enabled = true"), nic("enable_ip_forwarding = true")],
  good: [nic(), nic("ip_forwarding_enabled = false")],
});

const FLOW_LOG = "azurerm_network_watcher_flow_log";
const flowLog = (...lines: readonly string[]): string =>
  resource(FLOW_LOG, "enabled = true", block("retention_policy", ...lines));

export const flowLogRetention = rule({
  id: "azure-flow-log-retention",
  aliases: ["CKV_AZURE_12", "AZU-0049", "AVD-AZU-0049"],
  title: "Flow log is off, or kept for less than 90 days",
  severity: "low",
  category: "security",
  profile: "strict",
  on: FLOW_LOG,
  why: "Most breaches are found after months. By then the log that would show the traffic is gone.",
  remedy: "Set enabled = true and retention_policy with enabled = true and days = 90 or more.",
  references: ["https://learn.microsoft.com/azure/network-watcher/nsg-flow-logs-overview"],
  check: (view) =>
    allOf([
      requireTrue(view, "enabled", { message: "The log is off" }),
      requireTrue(view, "retention_policy.enabled", { message: "The log is not kept" }),
      requireBetween(view, "retention_policy.days", 90, 365, { message: "The log is gone before 90 days" }),
    ]),
  fix: {
    risk: "in-place",
    edit: () => [set("enabled", true), set("retention_policy.0.enabled", true), set("retention_policy.0.days", 90)],
  },
  bad: [flowLog("enabled = true", "days    = 7"), flowLog("enabled = false", "days    = 90")],
  good: flowLog("enabled = true", "days    = 90"),
});

const NETWORK = "azurerm_virtual_network";

export const dnsServers = rule({
  id: "azure-virtual-network-dns-servers",
  aliases: ["CKV_AZURE_182"],
  title: "Virtual network asks a single DNS server",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: [NETWORK, "azurerm_virtual_network_dns_servers"],
  why: "When that server is down nothing in the network finds anything. With a second one it goes on.",
  remedy: "List two DNS servers, or none to use Azure's own.",
  references: [
    "https://learn.microsoft.com/azure/virtual-network/virtual-networks-name-resolution-for-vms-and-role-instances",
  ],
  check: (view) =>
    requireThat(view, "dns_servers", (v) => !isList(v) || v.length !== 1, {
      absent: "pass",
      message: "There is one DNS server",
    }),
  bad: resource(NETWORK, 'dns_servers = ["10.0.0.4"]'),
  good: [resource(NETWORK), resource(NETWORK, 'dns_servers = ["10.0.0.4", "10.0.0.5"]')],
});

/** Whether an address lies in one of these ranges; undefined where it is no address. */
function liesIn(address: string, ranges: readonly string[]): boolean | undefined {
  const at = intervalOf(address);
  if (!at) return undefined;
  const spans = ranges.map(intervalOf).filter((range) => range !== undefined);
  return spans.some((range) => range.family === at.family && range.first <= at.first && at.last <= range.last);
}

export const localDns = rule({
  id: "azure-virtual-network-local-dns",
  aliases: ["CKV_AZURE_183"],
  title: "Virtual network asks DNS servers that are elsewhere",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: NETWORK,
  why: "When the line to them is down nothing in the network finds anything. Servers in the network, or Azure's own, do not depend on it.",
  remedy: "List DNS servers within address_space, or none to use Azure's own.",
  references: [
    "https://learn.microsoft.com/azure/virtual-network/virtual-networks-name-resolution-for-vms-and-role-instances",
  ],
  check(view) {
    const servers = view.strings("dns_servers");
    const space = view.strings("address_space");
    const local = servers.items.map((server) => liesIn(server, space.items));
    if (local.includes(true)) return pass("dns_servers");
    if (!servers.complete || !space.complete || local.includes(undefined)) return undecided("dns_servers");
    return local.length === 0 ? pass("dns_servers") : fail("dns_servers", "None of them is in the network");
  },
  bad: resource(NETWORK, 'address_space = ["10.0.0.0/16"]', 'dns_servers   = ["192.0.2.1"]'),
  good: [
    resource(NETWORK, 'address_space = ["10.0.0.0/16"]'),
    resource(NETWORK, 'address_space = ["10.0.0.0/16"]', 'dns_servers   = ["10.0.0.4", "192.0.2.1"]'),
  ],
});
