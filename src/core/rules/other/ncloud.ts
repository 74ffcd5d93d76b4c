import { forbidOneOf, requireOneOf } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { alias, block, example, present, setting } from "../shapes.ts";
import { fail, notApplicable, pass, undecided } from "../verdict.ts";

const STRICT = { severity: "low", profile: "strict" } as const;

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
  check(view) {
    const server = view.get("server_instance_no");
    if (server.kind === "absent") return pass();
    const refers = view.resource.references.some((reference) => reference.path === "server_instance_no");
    // A plan says "known after apply" of a server that nobody named.
    return server.kind === "unknown" && !refers ? undecided(server.path) : fail(server.path, "A server has it");
  },
  bad: example(PUBLIC_IP, 'server_instance_no = "1"'),
  good: example(PUBLIC_IP),
});
