/** Naver Cloud Platform. */
import type { Severity } from "../../model/finding.ts";
import type { Truth } from "../../model/value.ts";
import { eachBlock, forbidOneOf, requireOneOf, requireSet } from "../checks.ts";
import { set } from "../operations.ts";
import { type Rule, rule } from "../rule.ts";
import { alias, block, example, present, setting } from "../shapes.ts";
import { allOf, fail, not, notApplicable, pass, type Verdict, verdictOf } from "../verdict.ts";
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

const TARGET_GROUP = "ncloud_lb_target_group";

export const healthCheck = present({
  ...STRICT,
  id: "ncloud-lb-health-check",
  aliases: alias("CKV_NCP_1"),
  title: "Load balancer does not check the health of its targets",
  category: "reliability",
  on: TARGET_GROUP,
  at: "health_check",
  such: "x",
  why: "Requests go to servers that do not answer. With a check the load balancer leaves them out.",
  bad: example(TARGET_GROUP, 'vpc_no   = "1"', 'protocol = "HTTPS"'),
  good: example(TARGET_GROUP, 'vpc_no   = "1"', 'protocol = "HTTPS"', block("health_check", 'protocol = "HTTPS"')),
});
export const targetProtocol = setting({
  ...STRICT,
  id: "ncloud-lb-target-https",
  aliases: alias("CKV_NCP_15"),
  title: "Load balancer speaks plain HTTP to its targets",
  on: TARGET_GROUP,
  at: "protocol",
  wanted: "HTTPS",
  wrong: "HTTP",
  risk: "replaces",
  like: ['vpc_no = "1"', block("health_check", 'protocol = "HTTPS"')],
  why: "What passes inside the network can be read by whoever is in it. HTTPS keeps it between the two ends.",
});

const LISTENER = "ncloud_lb_listener";

export const listenerTls = rule({
  ...STRICT,
  id: "ncloud-lb-tls-version",
  aliases: alias("CKV_NCP_13"),
  title: "Load balancer lets TLS below 1.2 in",
  severity: "medium",
  category: "security",
  on: LISTENER,
  why: "TLS 1.0 and 1.1 can be broken by someone on the way. Clients that need them are more than ten years old.",
  remedy: 'Set tls_min_version_type = "TLSV12".',
  check: (view) =>
    ["HTTPS", "TLS"].includes(view.text("protocol") ?? "")
      ? requireOneOf(view, "tls_min_version_type", ["TLSV12", "TLSV13"], { message: "Old versions are let in" })
      : notApplicable,
  fix: { risk: "disruptive", edit: () => [set("tls_min_version_type", "TLSV12")] },
  bad: [
    example(LISTENER, 'load_balancer_no = "1"', 'protocol         = "HTTPS"'),
    example(LISTENER, 'load_balancer_no = "1"', 'protocol         = "TLS"', 'tls_min_version_type = "TLSV10"'),
  ],
  good: example(LISTENER, 'load_balancer_no = "1"', 'protocol         = "HTTPS"', 'tls_min_version_type = "TLSV12"'),
});
export const listenerHttps = rule({
  ...STRICT,
  id: "ncloud-lb-https",
  aliases: alias("CKV_NCP_24"),
  title: "Load balancer answers plain HTTP",
  severity: "medium",
  category: "security",
  on: LISTENER,
  why: "What passes can be read and changed by anyone on the way. HTTPS keeps it between the two ends.",
  remedy: 'Set protocol = "HTTPS", with a certificate.',
  check: (view) => forbidOneOf(view, "protocol", ["HTTP"], { message: "It answers plain HTTP" }),
  bad: example(LISTENER, 'load_balancer_no = "1"', 'protocol = "HTTP"'),
  good: example(LISTENER, 'load_balancer_no = "1"', 'protocol = "HTTPS"', 'tls_min_version_type = "TLSV12"'),
});
export const privateBalancer = setting({
  ...STRICT,
  id: "ncloud-lb-private",
  aliases: alias("CKV_NCP_16"),
  title: "Load balancer is public",
  on: "ncloud_lb",
  at: "network_type",
  wanted: "PRIVATE",
  wrong: "PUBLIC",
  risk: "replaces",
  like: ['type = "APPLICATION"'],
  why: "Whatever stands behind it can be reached from the internet. Where only your own networks need it, a private one does.",
});
export const serverEncryption = setting({
  ...STRICT,
  id: "ncloud-server-encryption",
  aliases: alias("CKV_NCP_6"),
  title: "Server's disk is not encrypted",
  severity: "medium",
  on: "ncloud_server",
  at: "is_encrypted_base_block_storage_volume",
  wanted: true,
  risk: "replaces",
  like: ['subnet_no = "1"'],
  why: "Whoever gets hold of the disk or a copy reads the data. Encryption can only be chosen when the server is made.",
});
export const launchEncryption = setting({
  ...STRICT,
  id: "ncloud-launch-configuration-encryption",
  aliases: alias("CKV_NCP_7"),
  title: "Launch configuration makes disks that are not encrypted",
  severity: "medium",
  on: "ncloud_launch_configuration",
  at: "is_encrypted_volume",
  wanted: true,
  risk: "replaces",
  like: ['name = "l"'],
  why: "Every server made from it has disks that whoever gets hold of them can read. Encryption can only be chosen when a disk is made.",
});
export const nasEncryption = setting({
  ...STRICT,
  id: "ncloud-nas-encryption",
  aliases: alias("CKV_NCP_14"),
  title: "NAS volume is not encrypted",
  severity: "medium",
  on: "ncloud_nas_volume",
  at: "is_encrypted_volume",
  wanted: true,
  risk: "replaces",
  like: ["volume_size = 500"],
  why: "Whoever gets hold of the volume or a copy reads the data. Encryption can only be chosen when it is made.",
});
export const clusterPublic = setting({
  ...STRICT,
  id: "ncloud-kubernetes-public",
  aliases: alias("CKV_NCP_19"),
  title: "Kubernetes nodes are in a public network",
  severity: "medium",
  on: "ncloud_nks_cluster",
  at: "public_network",
  wanted: false,
  absent: "pass",
  risk: "replaces",
  like: ['name = "c"', block("log", "audit = true")],
  why: "Every node can be reached from the internet, and only rules stand before it. Private nodes get out through a NAT gateway.",
});
export const clusterLogs = setting({
  ...STRICT,
  id: "ncloud-kubernetes-audit-log",
  aliases: alias("CKV_NCP_22"),
  title: "Kubernetes keeps no audit log",
  on: "ncloud_nks_cluster",
  at: "log.audit",
  wanted: true,
  risk: "in-place",
  like: ['name = "c"'],
  why: "Who did what in the cluster cannot be told after an incident. The audit log writes every request down.",
});

const PUBLIC_IP = "ncloud_public_ip";

export const serverAddress = rule({
  ...STRICT,
  id: "ncloud-server-public-address",
  aliases: alias("CKV_NCP_23"),
  title: "Server has a public address",
  severity: "medium",
  category: "security",
  on: PUBLIC_IP,
  why: "The server can be reached from the internet, and only rules stand before it. A load balancer or a bastion host serves one without a public address.",
  remedy: "Take server_instance_no out, and put the server behind a load balancer.",
  check: (view) =>
    view.get("server_instance_no").kind === "absent" ? pass() : fail("server_instance_no", "A server has it"),
  bad: example(PUBLIC_IP, 'server_instance_no = "1"'),
  good: example(PUBLIC_IP),
});
