/** OpenStack. */
import { eachBlock } from "../checks.ts";
import { isEverywhere } from "../evaluators/network/addresses.ts";
import { HOLE, textsAt } from "../evaluators/texts.ts";
import { type Rule, rule } from "../rule.ts";
import { alias, block, example } from "../shapes.ts";
import { fail, not, notApplicable, or, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { View } from "../view.ts";
import { opensPort, portAt, sourcesAt } from "./traffic.ts";

const GROUP = "openstack_compute_secgroup_v2";
const RULE = "openstack_networking_secgroup_rule_v2";

const judgeGroup = (view: View, port: number): Verdict =>
  eachBlock(
    view,
    "rule",
    (entry) => {
      const opening = {
        protocol: entry.text("ip_protocol"),
        ranges: [{ from: portAt(entry, "from_port"), to: portAt(entry, "to_port") }],
        sources: sourcesAt(entry, "cidr"),
      };
      return verdictOf(not(opensPort(opening, port)), `${entry.path}.cidr`, `The internet reaches port ${port}`);
    },
    pass(),
  );

function judgeRule(view: View, port: number): Verdict {
  const direction = view.get("direction");
  if (direction.kind === "unknown") return undecided("direction");
  if (view.text("direction") !== "ingress") return notApplicable;
  const limited = or(view.has("remote_ip_prefix"), view.has("remote_group_id"), view.has("remote_address_group_id"));
  // Neutron takes a rule that names no source for everyone.
  const sources = limited === false ? { items: ["0.0.0.0/0"], complete: true } : sourcesAt(view, "remote_ip_prefix");
  const protocol = view.get("protocol").kind === "absent" ? "all" : view.text("protocol");
  const opening = {
    protocol,
    ranges: [{ from: portAt(view, "port_range_min"), to: portAt(view, "port_range_max") }],
    sources,
  };
  const path = view.get("remote_ip_prefix").kind === "absent" ? undefined : "remote_ip_prefix";
  return verdictOf(not(opensPort(opening, port)), path, `The internet reaches port ${port}`);
}

const group = (port: number, cidr: string): string =>
  example(
    GROUP,
    'name        = "g"',
    'description = "g"',
    block("rule", `from_port   = ${port}`, `to_port     = ${port}`, 'ip_protocol = "tcp"', `cidr        = "${cidr}"`),
  );
const single = (port: number, ...lines: readonly string[]): string =>
  example(
    RULE,
    'security_group_id = "g"',
    'direction         = "ingress"',
    'ethertype         = "IPv4"',
    'protocol          = "tcp"',
    `port_range_min    = ${port}`,
    `port_range_max    = ${port}`,
    ...lines,
  );

const openPort = (port: number, service: string, id: string, checkov: string): Rule =>
  rule({
    id,
    aliases: alias(checkov),
    title: `Security group opens ${service} to the internet`,
    severity: "high",
    category: "security",
    profile: "strict",
    on: [GROUP, RULE],
    why: `Anyone can try passwords and flaws on ${service}. A bastion host or a VPN reaches it without an open port.`,
    remedy: "Name the addresses or the group that need it.",
    references: ["https://docs.openstack.org/neutron/latest/admin/archives/adv-features.html#security-groups"],
    check: (view) => (view.type === GROUP ? judgeGroup(view, port) : judgeRule(view, port)),
    bad: [group(port, "0.0.0.0/0"), group(port, "::/0"), single(port, 'remote_ip_prefix  = "0.0.0.0/0"'), single(port)],
    good: [
      group(port, "10.0.0.0/8"),
      group(443, "0.0.0.0/0"),
      single(port, 'remote_ip_prefix  = "10.0.0.0/8"'),
      single(port, 'remote_group_id   = "h"'),
    ],
  });

export const openSsh = openPort(22, "SSH", "openstack-security-group-ssh-open", "CKV_OPENSTACK_2");
export const openRdp = openPort(3389, "RDP", "openstack-security-group-rdp-open", "CKV_OPENSTACK_3");

const INSTANCE = "openstack_compute_instance_v2";

export const adminPassword = rule({
  id: "openstack-instance-password",
  aliases: alias("CKV_OPENSTACK_4"),
  title: "Instance is given an administrator's password",
  severity: "high",
  category: "security",
  profile: "strict",
  on: INSTANCE,
  why: "The password is in the code and in the state, for everyone who reads them. A key pair opens the machine without one.",
  remedy: "Take admin_pass out and name a key_pair.",
  check: (view) => (view.has("admin_pass") === false ? pass() : fail("admin_pass", "A password is given")),
  bad: example(INSTANCE, 'name       = "i"', 'admin_pass = "not-a-real-one-4711"'),
  good: example(INSTANCE, 'name     = "i"', 'key_pair = "k"'),
});

const FIREWALL = ["openstack_fw_rule_v1", "openstack_fw_rule_v2"];
const firewall = (...lines: readonly string[]): string =>
  example(
    "openstack_fw_rule_v1",
    'action           = "allow"',
    'protocol         = "tcp"',
    'destination_port = "22"',
    ...lines,
  );

export const destination = rule({
  id: "openstack-firewall-destination",
  aliases: alias("CKV_OPENSTACK_5"),
  title: "Firewall rule does not say where to",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: FIREWALL,
  why: "The port is open on every machine behind the firewall, meant or not. Named, only one is reached.",
  remedy: "Name the machine or network in destination_ip_address.",
  check(view) {
    const action = view.text("action");
    if (action !== undefined && action !== "allow") return notApplicable;
    const { items, complete } = textsAt(view, "destination_ip_address");
    if (!complete) return undecided("destination_ip_address");
    const named = items.some((item) => item !== "") && !isEverywhere(items.filter((item) => !item.includes(HOLE)));
    return named ? pass("destination_ip_address") : fail("destination_ip_address", "Every machine is reached");
  },
  bad: [firewall(), firewall('destination_ip_address = "0.0.0.0/0"')],
  good: firewall('destination_ip_address = "10.0.0.1"'),
});
