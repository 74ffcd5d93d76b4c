/** What network security groups and the firewalls of databases let in from the internet. */

import type { Truth } from "../../model/value.ts";
import { type NsgRule, nsgExposes, nsgRule } from "../evaluators/network/azure.ts";
import type { Transport } from "../evaluators/network/ports.ts";
import { rangeOf } from "../evaluators/network/ports.ts";
import { type Rule, type RuleSource, rule } from "../rule.ts";
import { allOf, fail, not, or, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { View } from "../view.ts";
import { block, resource } from "./example.ts";

const GROUP = "azurerm_network_security_group";
const RULE = "azurerm_network_security_rule";
const OWNER = "network_security_group_name";

type Exposes = (candidate: NsgRule, group: readonly NsgRule[]) => Truth;

interface Group {
  /** The rules written in the group. */
  readonly inline: readonly NsgRule[];
  /** Those that are resources of their own, by address. */
  readonly separate: ReadonlyMap<string, NsgRule>;
  readonly all: readonly NsgRule[];
}

/** Groups hold up to a thousand rules, each of which asks for the whole group: read once, then remembered. */
const groups = new WeakMap<View, Group>();

function groupOf(owner: View): Group {
  let known = groups.get(owner);
  if (!known) {
    const inline = owner.blocks("security_rule").items.map(nsgRule);
    const separate = new Map(owner.joined(RULE, OWNER).map((other) => [other.address, nsgRule(other)]));
    known = { inline, separate, all: [...inline, ...separate.values()] };
    groups.set(owner, known);
  }
  return known;
}

/** A group answers for the rules written in it, a rule of its own for itself; both see the whole group's order. */
function judge(view: View, exposes: Exposes, message: string): Verdict {
  const verdict = (candidate: NsgRule, all: readonly NsgRule[]): Verdict => {
    const open = exposes(candidate, all);
    const path = candidate.path === "" ? "source_address_prefix" : candidate.path;
    return open === "unknown" ? undecided(path) : open ? fail(path, message) : pass(path);
  };
  if (view.type === RULE) {
    const owner = view.joined(GROUP, OWNER)[0];
    const group = owner && groupOf(owner);
    return verdict(group?.separate.get(view.address) ?? nsgRule(view), group?.all ?? []);
  }
  const { inline, all } = groupOf(view);
  const judged = allOf(inline.map((candidate) => verdict(candidate, all)));
  return judged.status !== "fail" && !view.blocks("security_rule").complete ? undecided("security_rule") : judged;
}

const entry = (protocol: string, port: string, source: string, access = "Allow", priority = 100): readonly string[] => [
  `priority                   = ${priority}`,
  'direction                  = "Inbound"',
  `access                     = "${access}"`,
  `protocol                   = "${protocol}"`,
  'source_port_range          = "*"',
  `destination_port_range     = "${port}"`,
  `source_address_prefix      = "${source}"`,
  'destination_address_prefix = "*"',
];
const group = (...entries: readonly (readonly string[])[]): string =>
  resource(GROUP, ...entries.map((lines) => block("security_rule", ...lines)));

/** A rule about one port that the internet must not reach. */
function openPort(
  port: number,
  source: Pick<RuleSource, "id" | "aliases" | "title" | "severity" | "why" | "remedy">,
): Rule {
  const text = String(port);
  return rule({
    ...source,
    category: "security",
    on: [RULE, GROUP],
    references: ["https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview"],
    check: (view) => judge(view, (r, all) => nsgExposes(r, all, "tcp", port), `The internet reaches port ${port}`),
    bad: [
      group(entry("Tcp", text, "*")),
      group(entry("Tcp", "443", "*"), entry("*", "1-65535", "Internet")),
      resource(RULE, ...entry("Tcp", "*", "0.0.0.0/0")),
    ],
    good: [
      group(entry("Tcp", text, "10.0.0.0/8")),
      group(entry("Tcp", "*", "*", "Deny", 100), entry("Tcp", text, "*", "Allow", 200)),
      resource(RULE, ...entry("Tcp", "443", "*")),
    ],
  });
}

export const openRdp = openPort(3389, {
  id: "azure-nsg-open-rdp",
  aliases: ["CKV_AZURE_9", "AZU-0048", "AVD-AZU-0048"],
  title: "RDP is open to the internet",
  severity: "critical",
  why: "Bots try passwords and flaws on every open RDP port within minutes. One weak account or missing patch gives them the machine.",
  remedy: "Limit source_address_prefix to your own networks, or use Azure Bastion.",
});

export const openSsh = openPort(22, {
  id: "azure-nsg-open-ssh",
  aliases: ["CKV_AZURE_10", "AZU-0050", "AVD-AZU-0050"],
  title: "SSH is open to the internet",
  severity: "critical",
  why: "Bots try passwords and stolen keys on every open SSH port within minutes. One weak account gives them the machine.",
  remedy: "Limit source_address_prefix to your own networks, or use Azure Bastion.",
});

export const openHttp = openPort(80, {
  id: "azure-nsg-open-http",
  aliases: ["CKV_AZURE_160", "AZU-0047", "AVD-AZU-0047"],
  title: "HTTP is open to the internet",
  severity: "high",
  why: "What travels over port 80 can be read and changed on the way. Public sites belong behind a gateway that speaks HTTPS.",
  remedy: "Limit source_address_prefix, or serve HTTPS through an application gateway or Front Door.",
});

/** Whether the internet reaches any port of this rule: the ends of each of its ranges stand for the range. */
function exposesAny(candidate: NsgRule, all: readonly NsgRule[], transport: Transport): Truth {
  const ranges = candidate.ports.items.map(rangeOf).filter((range) => range !== undefined);
  const ends = ranges.flatMap(({ from, to }) => [from, to]).filter((port) => typeof port === "number");
  if (ends.length === 0) return candidate.ports.complete ? false : nsgExposes(candidate, all, transport, 0);
  return or(...new Set(ends.map((port) => nsgExposes(candidate, all, transport, port))));
}

export const openUdp = rule({
  id: "azure-nsg-open-udp",
  aliases: ["CKV_AZURE_77", "AZU-0047", "AVD-AZU-0047"],
  title: "UDP is open to the internet",
  severity: "high",
  category: "security",
  on: [RULE, GROUP],
  why: "Services on UDP answer senders that they cannot know, and are used to flood others with their answers. Few of them are meant for the internet.",
  remedy: "Limit source_address_prefix to the networks that need it, or the protocol to Tcp.",
  references: ["https://learn.microsoft.com/azure/security/fundamentals/network-best-practices"],
  check: (view) => judge(view, (r, all) => exposesAny(r, all, "udp"), "The internet reaches UDP"),
  bad: [
    group(entry("Udp", "*", "*")),
    group(entry("Tcp", "443", "*"), entry("Udp", "53", "Internet")),
    resource(RULE, ...entry("Udp", "161", "0.0.0.0/0")),
  ],
  good: [
    group(entry("Udp", "*", "10.0.0.0/8")),
    group(entry("Udp", "*", "*", "Deny")),
    resource(RULE, ...entry("Tcp", "*", "*")),
  ],
});

const DATABASE_FIREWALLS = [
  "azurerm_mariadb_firewall_rule",
  "azurerm_sql_firewall_rule",
  "azurerm_postgresql_firewall_rule",
  "azurerm_mysql_firewall_rule",
  "azurerm_mysql_flexible_server_firewall_rule",
  "azurerm_mssql_firewall_rule",
];
const range = (type: string, start: string, end: string): string =>
  resource(type, `start_ip_address = "${start}"`, `end_ip_address   = "${end}"`);

/** Whether a bound is this address, in the spelling with or without a prefix length. */
function isBound(view: View, path: string, address: string): Truth {
  const found = view.get(path);
  if (found.kind === "unknown") return "unknown";
  return found.kind === "value" && String(found.value).replace(/\/\d+$/, "") === address;
}

export const openDatabase = rule({
  id: "azure-database-firewall-open",
  aliases: ["CKV_AZURE_11", "AZU-0029", "AVD-AZU-0029"],
  title: "Database firewall lets the whole internet in",
  severity: "high",
  category: "security",
  on: DATABASE_FIREWALLS,
  why: "Anyone can try passwords and flaws on the database. Applications need a few addresses, not all of them.",
  remedy: "Name the addresses that need the database, or use a private endpoint.",
  references: ["https://learn.microsoft.com/azure/azure-sql/database/firewall-configure"],
  check(view) {
    const first = isBound(view, "start_ip_address", "0.0.0.0");
    const last = isBound(view, "end_ip_address", "255.255.255.255");
    if (first === false || last === false) return pass("end_ip_address");
    const known = first === true && last === true;
    return known ? fail("end_ip_address", "From the first address of the internet to its last") : undecided();
  },
  bad: range("azurerm_mssql_firewall_rule", "0.0.0.0", "255.255.255.255"),
  good: [
    range("azurerm_mssql_firewall_rule", "40.112.8.12", "40.112.8.12"),
    range("azurerm_postgresql_firewall_rule", "0.0.0.0", "0.0.0.0"),
  ],
});

const FLEXIBLE = "azurerm_postgresql_flexible_server_firewall_rule";

export const openFlexibleServer = rule({
  id: "azure-postgresql-flexible-firewall-open",
  aliases: ["CKV2_AZURE_26", "AZU-0029", "AVD-AZU-0029"],
  title: "PostgreSQL flexible server lets strangers in",
  severity: "high",
  category: "security",
  on: FLEXIBLE,
  why: "A range that begins at 0.0.0.0 or ends at 255.255.255.255 holds strangers: every Azure customer, or the whole internet. They can try passwords on the database.",
  remedy: "Name the addresses that need the database, or put it into a virtual network.",
  references: ["https://learn.microsoft.com/azure/postgresql/flexible-server/how-to-manage-firewall-portal"],
  check: (view) =>
    allOf([
      verdictOf(
        not(isBound(view, "start_ip_address", "0.0.0.0")),
        "start_ip_address",
        "Begins at the first address of the internet, or stands for every Azure customer",
      ),
      verdictOf(
        not(isBound(view, "end_ip_address", "255.255.255.255")),
        "end_ip_address",
        "Ends at the last address of the internet",
      ),
    ]),
  bad: [range(FLEXIBLE, "0.0.0.0", "255.255.255.255"), range(FLEXIBLE, "0.0.0.0", "0.0.0.0")],
  good: range(FLEXIBLE, "40.112.8.12", "40.112.8.12"),
});
