/** Naver Cloud Platform: access control groups and network ACLs. */
import type { Severity } from "../../model/finding.ts";
import type { Truth } from "../../model/value.ts";
import { eachBlock, forbidOneOf, requireSet } from "../checks.ts";
import { type Rule, rule } from "../rule.ts";
import { alias, block, example } from "../shapes.ts";
import { allOf, not, notApplicable, pass, type Verdict, verdictOf } from "../verdict.ts";
import type { Block, View } from "../view.ts";
import { fromInternet, type Opening, opensPort, rangesAt, sourcesAt } from "./traffic.ts";

const STRICT = { severity: "low", profile: "strict" } as const;

const GROUP_RULE = "ncloud_access_control_group_rule";

const ACL_RULE = "ncloud_network_acl_rule";

const openingOf = (entry: Block): Opening => ({
  protocol: entry.text("protocol"),
  ranges: rangesAt(entry, "port_range"),
  sources: sourcesAt(entry, "ip_block"),
});

const entry = (direction: string, ip: string, ports: string, ...more: readonly string[]): string =>
  block(direction, 'protocol   = "TCP"', `ip_block   = "${ip}"`, `port_range = "${ports}"`, ...more);

const group = (...entries: readonly string[]): string =>
  example(GROUP_RULE, 'access_control_group_no = "1"', ...entries);

const openGroup = (port: number, service: string, id: string, checkov: string, severity: Severity): Rule =>
  rule({
    id,
    aliases: alias(checkov),
    title: `Access control group opens ${service} to the internet`,
    severity,
    category: "security",
    profile: "strict",
    on: GROUP_RULE,
    why: `Anyone can try passwords and flaws on ${service}. A bastion host or a VPN reaches it without an open port.`,
    remedy: "Limit ip_block to the addresses that need it.",
    check: (view) =>
      eachBlock(
        view,
        "inbound",
        (inbound) =>
          verdictOf(
            not(opensPort(openingOf(inbound), port)),
            `${inbound.path}.ip_block`,
            `The internet reaches port ${port}`,
          ),
        pass(),
      ),
    bad: [
      group(
        entry("inbound", "0.0.0.0/0", "443", 'description = "web"'),
        entry("inbound", "0.0.0.0/0", `${port}`, 'description = "x"'),
      ),
      group(entry("inbound", "::/0", "1-65535", 'description = "x"')),
    ],
    good: group(
      entry("inbound", "10.0.0.0/8", `${port}`, 'description = "x"'),
      entry("inbound", "0.0.0.0/0", "443", 'description = "web"'),
    ),
  });

export const groupSsh = openGroup(22, "SSH", "ncloud-access-control-ssh-open", "CKV_NCP_4", "high");

export const groupRdp = openGroup(3389, "RDP", "ncloud-access-control-rdp-open", "CKV_NCP_5", "high");

export const groupHttp = openGroup(80, "HTTP", "ncloud-access-control-http-open", "CKV_NCP_25", "medium");

export const groupDescriptions = rule({
  ...STRICT,
  id: "ncloud-access-control-description",
  aliases: alias("CKV_NCP_2"),
  title: "Access control rule says nothing of its purpose",
  category: "security",
  on: GROUP_RULE,
  why: "Nobody dares to remove a rule whose purpose is not known. So the list grows, and lets in more than is needed.",
  remedy: "Write a description into every inbound and outbound block.",
  check: (view) =>
    allOf(
      ["inbound", "outbound"].map((direction) =>
        eachBlock(view, direction, (item) => requireSet(item, "description"), notApplicable),
      ),
    ),
  bad: group(entry("inbound", "10.0.0.0/8", "22")),
  good: group(entry("inbound", "10.0.0.0/8", "22", 'description = "administration"')),
});

export const groupOutbound = rule({
  ...STRICT,
  id: "ncloud-access-control-open-egress",
  aliases: alias("CKV_NCP_3"),
  title: "Access control group lets traffic out to everywhere",
  category: "security",
  on: GROUP_RULE,
  why: "Whoever takes over a machine can send data anywhere, and fetch tools from anywhere. Most servers speak to a few known others.",
  remedy: "Limit ip_block of the outbound blocks to what the servers need.",
  check: (view) =>
    eachBlock(
      view,
      "outbound",
      (out) => verdictOf(not(fromInternet(openingOf(out))), `${out.path}.ip_block`, "Traffic goes out to everywhere"),
      pass(),
    ),
  bad: group(entry("outbound", "0.0.0.0/0", "1-65535", 'description = "x"')),
  good: group(entry("outbound", "10.0.0.0/8", "1-65535", 'description = "x"')),
});

/** The first entry that says something of the port for everyone decides; numbers, not the order in the file, count. */
function aclLetsIn(view: View, port: number): { readonly truth: Truth; readonly path?: string } {
  const { items, complete } = view.blocks("inbound");
  const sorted = [...items].sort((a, b) => (a.number("priority") ?? 0) - (b.number("priority") ?? 0));
  for (const item of sorted) {
    const covers = opensPort(openingOf(item), port);
    if (covers === false) continue;
    const action = item.get("rule_action");
    if (covers === "unknown" || action.kind === "unknown") return { truth: "unknown", path: `${item.path}.ip_block` };
    return { truth: item.text("rule_action")?.toUpperCase() === "ALLOW", path: `${item.path}.ip_block` };
  }
  return { truth: complete ? false : "unknown" };
}

const aclEntry = (action: string, ip: string, ports: string, priority = 100): string =>
  block(
    "inbound",
    `priority    = ${priority}`,
    'protocol    = "TCP"',
    `rule_action = "${action}"`,
    `ip_block    = "${ip}"`,
    `port_range  = "${ports}"`,
  );

const acl = (...entries: readonly string[]): string => example(ACL_RULE, 'network_acl_no = "1"', ...entries);

const openAcl = (port: number, service: string, id: string, checkov: string): Rule =>
  rule({
    id,
    aliases: alias(checkov),
    title: `Network ACL lets the internet reach ${service}`,
    severity: "medium",
    category: "security",
    profile: "strict",
    on: ACL_RULE,
    why: `Anyone can try passwords and flaws on ${service}. The ACL is the second wall, for the day that a group is opened by mistake.`,
    remedy: `Limit ip_block to the addresses that need port ${port}, or add a DROP with a lower priority number.`,
    check(view) {
      const { truth, path } = aclLetsIn(view, port);
      return verdictOf(not(truth), path, `The internet reaches port ${port}`);
    },
    bad: [acl(aclEntry("ALLOW", "0.0.0.0/0", `${port}`)), acl(aclEntry("ALLOW", "::/0", "3-4000"))],
    good: [
      acl(aclEntry("ALLOW", "10.0.0.0/8", `${port}`)),
      acl(aclEntry("ALLOW", "0.0.0.0/0", "1-65000", 200), aclEntry("DROP", "0.0.0.0/0", `${port}`, 100)),
    ],
  });

export const aclFtpData = openAcl(20, "FTP data", "ncloud-network-acl-ftp-data-open", "CKV_NCP_8");

export const aclFtp = openAcl(21, "FTP", "ncloud-network-acl-ftp-open", "CKV_NCP_9");

export const aclSsh = openAcl(22, "SSH", "ncloud-network-acl-ssh-open", "CKV_NCP_10");

export const aclRdp = openAcl(3389, "RDP", "ncloud-network-acl-rdp-open", "CKV_NCP_11");

function namesPorts(inbound: Block): Verdict {
  if (inbound.text("protocol")?.toUpperCase() === "ICMP" || inbound.text("rule_action")?.toUpperCase() === "DROP")
    return notApplicable;
  return allOf([
    requireSet(inbound, "port_range", { message: "Every port is allowed" }),
    forbidOneOf(inbound, "port_range", ["1-65535", "0-65535"], { message: "Every port is allowed" }),
  ]);
}

export const aclPorts = rule({
  id: "ncloud-network-acl-all-ports",
  aliases: alias("CKV_NCP_12"),
  title: "Network ACL names no ports",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: ACL_RULE,
  why: "Every service on every machine of the subnet can be reached, meant or not. The ACL then protects nothing.",
  remedy: "Name the ports that are needed in port_range.",
  check: (view) => eachBlock(view, "inbound", namesPorts, pass()),
  bad: [
    acl(aclEntry("ALLOW", "10.0.0.0/8", "1-65535")),
    acl(
      block("inbound", "priority    = 1", 'protocol    = "TCP"', 'rule_action = "ALLOW"', 'ip_block    = "10.0.0.0/8"'),
    ),
  ],
  good: acl(aclEntry("ALLOW", "10.0.0.0/8", "22")),
});
