/** Oracle Cloud Infrastructure: security lists and network security groups. */
import type { Severity } from "../../model/finding.ts";
import type { Truth } from "../../model/value.ts";
import { eachBlock } from "../checks.ts";
import { intervalOf } from "../evaluators/network/addresses.ts";
import { ALL_PORTS, type PortRange } from "../evaluators/network/ports.ts";
import { set } from "../operations.ts";
import { type Rule, rule } from "../rule.ts";
import { alias, block, example, present, setting } from "../shapes.ts";
import { not, notApplicable, or, pass, undecided, verdictOf } from "../verdict.ts";
import type { Block } from "../view.ts";
import { opensPort, portAt, sourcesAt } from "./traffic.ts";

const LIST = "oci_core_security_list";
const GROUP_RULE = "oci_core_network_security_group_security_rule";
const STRICT = { severity: "low", profile: "strict" } as const;

/** "0.0.0.1/0" has bits beyond its prefix: whether the API takes it for 0.0.0.0/0 or refuses it is not known. */
function isProper(entry: Block): boolean {
  const source = entry.text("source");
  if (source === undefined || !source.endsWith("/0")) return true;
  const address = intervalOf(source.slice(0, -2));
  return address === undefined || address.first === 0n;
}

/** Where an entry says which ports it means, that counts, whatever protocol stands beside it. */
function opens(entry: Block, port: number, ports: (options: Block) => PortRange): Truth {
  const sources = sourcesAt(entry, "source");
  const protocol = entry.text("protocol");
  const named = (["tcp", "udp"] as const).flatMap((transport) =>
    entry
      .blocks(`${transport}_options`)
      .items.map((options) => ({ protocol: transport, ranges: [ports(options)], sources })),
  );
  const openings = named.length > 0 ? named : [{ protocol, ranges: [ALL_PORTS], sources }];
  return or(...openings.map((opening) => opensPort(opening, port, ["tcp", "udp"])));
}

const listPorts = (options: Block): PortRange => ({ from: portAt(options, "min"), to: portAt(options, "max") });
const groupPorts = (options: Block): PortRange => ({
  from: portAt(options, "destination_port_range.min"),
  to: portAt(options, "destination_port_range.max"),
});

const WHY =
  "Anyone can try keys, passwords and flaws on every machine behind it. The Bastion service reaches them without an open port.";

const list = (...entries: readonly string[]): string =>
  example(LIST, 'compartment_id = "c"', 'vcn_id         = "v"', ...entries);
const listEntry = (source: string, protocol: string, port?: number): string =>
  block(
    "ingress_security_rules",
    `protocol  = "${protocol}"`,
    `source    = "${source}"`,
    "stateless = true",
    ...(port === undefined ? [] : [block("tcp_options", `min = ${port}`, `max = ${port}`)]),
  );

const openList = (port: number, service: string, id: string, checkov: string): Rule =>
  rule({
    id,
    aliases: alias(checkov),
    title: `Security list opens ${service} to the internet`,
    severity: "high",
    category: "security",
    profile: "strict",
    on: LIST,
    why: WHY,
    remedy: `Limit source to the addresses that need port ${port}.`,
    references: ["https://docs.oracle.com/en-us/iaas/Content/Network/Concepts/securitylists.htm"],
    check: (view) =>
      eachBlock(
        view,
        "ingress_security_rules",
        (entry) => {
          const open = opens(entry, port, listPorts);
          if (open === true && !isProper(entry)) return undecided(`${entry.path}.source`);
          return verdictOf(not(open), `${entry.path}.source`, `The internet reaches port ${port}`);
        },
        pass(),
      ),
    bad: [
      list(listEntry("10.0.0.0/8", "6", port), listEntry("0.0.0.0/0", "6", port)),
      list(listEntry("0.0.0.0/0", "all")),
      list(listEntry("::/0", "6")),
    ],
    good: [
      list(listEntry("10.0.0.0/8", "6", port), listEntry("0.0.0.0/0", "6", 443)),
      list(listEntry("0.0.0.0/0", "1")),
    ],
  });

export const listSsh = openList(22, "SSH", "oci-security-list-ssh-open", "CKV_OCI_19");
export const listRdp = openList(3389, "RDP", "oci-security-list-rdp-open", "CKV_OCI_20");

const groupRule = (source: string, ...lines: readonly string[]): string =>
  example(
    GROUP_RULE,
    'network_security_group_id = "g"',
    'direction                 = "INGRESS"',
    "stateless                 = true",
    `source                    = "${source}"`,
    ...lines,
  );
const groupTcp = (from: number, to: number): readonly string[] => [
  'protocol                  = "6"',
  block("tcp_options", block("destination_port_range", `min = ${from}`, `max = ${to}`)),
];

const openGroup = (port: number, service: string, id: string, checkov: string, severity: Severity): Rule =>
  rule({
    id,
    aliases: alias(checkov),
    title: `Network security group opens ${service} to the internet`,
    severity,
    category: "security",
    profile: "strict",
    on: GROUP_RULE,
    why: WHY,
    remedy: `Limit source to the addresses that need port ${port}.`,
    references: ["https://docs.oracle.com/en-us/iaas/Content/Network/Concepts/networksecuritygroups.htm"],
    check(view) {
      const direction = view.get("direction");
      if (direction.kind === "unknown") return undecided("direction");
      if (view.text("direction") !== "INGRESS") return pass("direction");
      const open = opens(view, port, groupPorts);
      if (open === true && !isProper(view)) return undecided("source");
      return verdictOf(not(open), "source", `The internet reaches port ${port}`);
    },
    bad: [
      groupRule("0.0.0.0/0", ...groupTcp(port, port)),
      groupRule("::/0", ...groupTcp(port - 2, port + 2)),
      groupRule("0.0.0.0/0", 'protocol                  = "all"'),
    ],
    good: [groupRule("10.0.0.0/8", ...groupTcp(port, port)), groupRule("0.0.0.0/0", ...groupTcp(443, 443))],
  });

export const groupSsh = openGroup(22, "SSH", "oci-security-group-ssh-open", "CKV_OCI_22", "high");
export const groupRdp = openGroup(3389, "RDP", "oci-security-group-rdp-open", "CKV2_OCI_2", "high");

export const inboundList = present({
  ...STRICT,
  id: "oci-security-list-inbound",
  aliases: alias("CKV_OCI_16"),
  title: "Security list says nothing of inbound traffic",
  on: LIST,
  at: "ingress_security_rules",
  such: "x",
  why: "Nobody can tell whether nothing is to come in, or whether that is written elsewhere. A list that says it can be reviewed.",
  bad: list(),
  good: list(listEntry("10.0.0.0/8", "6", 443)),
});

export const statelessList = rule({
  ...STRICT,
  id: "oci-security-list-stateless",
  aliases: alias("CKV_OCI_17"),
  title: "Security list keeps track of connections",
  category: "reliability",
  on: LIST,
  why: "Tables of connections fill up under load, and then nobody gets in. Stateless rules for busy inbound traffic need none.",
  remedy: "Set stateless = true, and write the rule for the way back.",
  references: ["https://docs.oracle.com/en-us/iaas/Content/Network/Concepts/securityrules.htm#stateful"],
  // Only what is switched on in so many words: many leave it out who have never heard of it.
  check: (view) =>
    eachBlock(view, "ingress_security_rules", (entry) =>
      verdictOf(entry.is("stateless", true), `${entry.path}.stateless`, "The rule keeps track of connections"),
    ),
  fix: {
    risk: "disruptive",
    edit: (view) =>
      view
        .blocks("ingress_security_rules")
        .items.filter((entry) => entry.is("stateless", true) === false)
        .map((entry) => set(`${entry.path}.stateless`, true)),
  },
  bad: list(listEntry("10.0.0.0/8", "6", 443).replace("stateless = true", "stateless = false")),
  good: list(listEntry("10.0.0.0/8", "6", 443)),
});

export const statelessGroup = setting({
  ...STRICT,
  id: "oci-security-group-stateless",
  aliases: alias("CKV_OCI_21"),
  title: "Network security group keeps track of connections",
  category: "reliability",
  on: GROUP_RULE,
  at: "stateless",
  wanted: true,
  risk: "disruptive",
  unless: (view) => (view.text("direction") === "INGRESS" ? undefined : notApplicable),
  like: ['network_security_group_id = "g"', 'direction = "INGRESS"', 'source = "10.0.0.0/8"', 'protocol = "1"'],
  why: "Tables of connections fill up under load, and then nobody gets in. Stateless rules for busy inbound traffic need none.",
  references: ["https://docs.oracle.com/en-us/iaas/Content/Network/Concepts/securityrules.htm#stateful"],
});
