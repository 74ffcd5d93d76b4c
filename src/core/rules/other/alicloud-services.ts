import { eachBlock, forbidOneOf, requireOneOf } from "../checks.ts";
import { textsAt } from "../evaluators/texts.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { alias, block, example, setting } from "../shapes.ts";
import { fail, notApplicable, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { View } from "../view.ts";

const STRICT = { severity: "low", profile: "strict" } as const;

export const apiProtocol = setting({
  ...STRICT,
  id: "alicloud-api-gateway-https",
  aliases: alias("CKV_ALI_21"),
  title: "API gateway answers plain HTTP",
  severity: "medium",
  on: "alicloud_api_gateway_api",
  at: "request_config.protocol",
  wanted: "HTTPS",
  wrong: "HTTP",
  risk: "disruptive",
  like: ['name = "a"', 'group_id = "g"'],
  why: "What passes can be read and changed by anyone on the way, tokens too. HTTPS keeps it between the two ends.",
});

const CLUSTERS = ["alicloud_cs_kubernetes", "alicloud_cs_managed_kubernetes"];

/** Terway gives pods addresses of switches of their own; Flannel takes them from a range. */
function podNetwork(view: View): Verdict {
  const addons = view.blocks("addons");
  const names = addons.items.map((item) => item.text("name") ?? "");
  if (names.some((name) => name.startsWith("terway"))) {
    const pods = textsAt(view, "pod_vswitch_ids");
    const nodes = ["worker_vswitch_ids", "master_vswitch_ids", "vswitch_ids"].map((path) => textsAt(view, path));
    const shared = pods.items.some((pod) => nodes.some((node) => node.items.includes(pod)));
    if (shared) return fail("pod_vswitch_ids", "Pods share a switch with nodes");
    if (pods.items.length === 0 && pods.complete) return fail(undefined, "Pods have no switch of their own");
    return pass("pod_vswitch_ids");
  }
  if (names.includes("flannel"))
    return verdictOf(
      view.has("pod_cidr"),
      view.get("pod_cidr").kind === "absent" ? undefined : "pod_cidr",
      "Pods have no range of their own",
    );
  return addons.complete ? fail(undefined, "No network add-on is chosen") : undecided("addons");
}

const addon = (name: string): string => block("addons", `name = "${name}"`);

export const networkPolicies = rule({
  id: "alicloud-kubernetes-network-plugin",
  aliases: alias("CKV_ALI_26"),
  title: "Kubernetes pods have no network of their own",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: CLUSTERS,
  why: "Without a network plugin nothing keeps pods apart, from one another and from the nodes. Network policies need one to be obeyed.",
  remedy: "Add the add-on terway-eniip with pod_vswitch_ids that no node uses, or flannel with pod_cidr.",
  references: [
    "https://www.alibabacloud.com/help/en/ack/ack-managed-and-ack-dedicated/user-guide/overview-of-network-plugins",
  ],
  check: podNetwork,
  bad: [
    example(
      "alicloud_cs_kubernetes",
      'worker_vswitch_ids = ["vsw-1"]',
      'master_vswitch_ids = ["vsw-1"]',
      'pod_vswitch_ids    = ["vsw-2"]',
    ),
    example(
      "alicloud_cs_kubernetes",
      'worker_vswitch_ids = ["vsw-1"]',
      'master_vswitch_ids = ["vsw-1"]',
      'pod_vswitch_ids    = ["vsw-1"]',
      addon("terway-eniip"),
    ),
  ],
  good: [
    example(
      "alicloud_cs_kubernetes",
      'worker_vswitch_ids = ["vsw-1"]',
      'master_vswitch_ids = ["vsw-1"]',
      'pod_vswitch_ids    = ["vsw-2"]',
      addon("terway-eniip"),
    ),
    example(
      "alicloud_cs_kubernetes",
      'worker_vswitch_ids = ["vsw-1"]',
      'master_vswitch_ids = ["vsw-1"]',
      'pod_cidr           = "10.1.0.0/16"',
      addon("flannel"),
    ),
  ],
});

export const keyRotation = setting({
  ...STRICT,
  id: "alicloud-kms-rotation",
  aliases: alias("CKV_ALI_27"),
  title: "KMS key is not rotated",
  severity: "medium",
  on: "alicloud_kms_key",
  at: "automatic_rotation",
  wanted: "Enabled",
  wrong: "Disabled",
  risk: "in-place",
  why: "Whoever has copied the key reads everything that it ever encrypts. Rotation limits what one version protects.",
});

export const keyEnabled = setting({
  ...STRICT,
  id: "alicloud-kms-disabled",
  aliases: alias("CKV_ALI_28"),
  title: "KMS key is disabled",
  category: "reliability",
  on: "alicloud_kms_key",
  at: ["status", "key_state"],
  wanted: "Enabled",
  wrong: "Disabled",
  absent: "pass",
  risk: "disruptive",
  why: "Nothing that the key protects can be read while it is disabled. Services that use it fail one after the other.",
  like: ['automatic_rotation = "Enabled"'],
});

const ENTRY = "alicloud_alb_acl_entry_attachment";

export const openAcl = rule({
  id: "alicloud-alb-acl-open",
  aliases: alias("CKV_ALI_29"),
  title: "Load balancer's access list lets everyone in",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: ENTRY,
  why: "A list that holds every address keeps nobody out. Whoever reads the code believes that it does.",
  remedy: "Name the addresses that need it.",
  check: (view) => forbidOneOf(view, "entry", ["0.0.0.0/0", "::/0"], { message: "The entry is every address" }),
  bad: example(ENTRY, 'acl_id = "acl-1"', 'entry  = "0.0.0.0/0"'),
  good: example(ENTRY, 'acl_id = "acl-1"', 'entry  = "10.0.0.0/24"'),
});

export const nodeRepair = setting({
  ...STRICT,
  id: "alicloud-kubernetes-auto-repair",
  aliases: alias("CKV_ALI_31"),
  title: "Kubernetes nodes are not repaired",
  category: "reliability",
  on: "alicloud_cs_kubernetes_node_pool",
  at: "management.auto_repair",
  wanted: true,
  risk: "in-place",
  like: ['cluster_id = "c"'],
  why: "A node that fails stays in the pool until somebody notices. With auto-repair it is mended or replaced.",
});

const TEMPLATES = ["alicloud_launch_template", "alicloud_ecs_launch_template"];

export const templateDisks = rule({
  id: "alicloud-launch-template-encryption",
  aliases: alias("CKV_ALI_32"),
  title: "Launch template makes disks that are not encrypted",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: TEMPLATES,
  why: "Every machine made from it has disks that whoever gets hold of them can read. Encryption can only be chosen when a disk is made.",
  remedy: "Set encrypted = true in every data_disks block.",
  check: (view) =>
    eachBlock(
      view,
      "data_disks",
      (disk) => verdictOf(disk.is("encrypted"), disk.get("encrypted").path, "The disk is not encrypted"),
      notApplicable,
    ),
  fix: {
    risk: "disruptive",
    edit: (view) =>
      view
        .blocks("data_disks")
        .items.filter((disk) => disk.is("encrypted") === false)
        .map((disk) => set(`${disk.path}.encrypted`, true)),
  },
  bad: example(
    "alicloud_ecs_launch_template",
    block("data_disks", "size = 20"),
    block("data_disks", "encrypted = true"),
  ),
  good: example("alicloud_ecs_launch_template", block("data_disks", "encrypted = true")),
});

const CIPHERS = "alicloud_slb_tls_cipher_policy";

export const tlsVersions = rule({
  id: "alicloud-slb-tls-version",
  aliases: alias("CKV_ALI_33"),
  title: "Load balancer lets TLS 1.0 or 1.1 in",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: CIPHERS,
  why: "TLS 1.0 and 1.1 can be broken by someone on the way. Clients that need them are more than ten years old.",
  remedy: 'Set tls_versions to "TLSv1.2" and "TLSv1.3".',
  check(view) {
    const versions = textsAt(view, "tls_versions");
    if (versions.items.some((version) => /^TLSv1(?:\.[01])?$/.test(version)))
      return fail("tls_versions", "Old versions are let in");
    return versions.complete ? pass("tls_versions") : undecided("tls_versions");
  },
  fix: { risk: "disruptive", edit: () => [set("tls_versions", ["TLSv1.2"])] },
  bad: example(
    CIPHERS,
    'tls_cipher_policy_name = "p"',
    'tls_versions           = ["TLSv1.1", "TLSv1.2"]',
    'ciphers                = ["AES128-GCM-SHA256"]',
  ),
  good: example(
    CIPHERS,
    'tls_cipher_policy_name = "p"',
    'tls_versions           = ["TLSv1.2"]',
    'ciphers                = ["AES128-GCM-SHA256"]',
  ),
});

const AUDIT = "alicloud_log_audit";

const audit = (value: string): string =>
  example(AUDIT, 'display_name = "a"', 'aliuid       = "1"', `variable_map = {\n  "rds_enabled" = "${value}"\n}`);

export const auditRds = rule({
  id: "alicloud-log-audit-rds",
  aliases: alias("CKV_ALI_38"),
  title: "Log audit leaves databases out",
  severity: "low",
  category: "security",
  profile: "strict",
  on: AUDIT,
  why: "Who read or changed which data is not written down. After a leak nobody can say what was taken.",
  remedy: 'Set variable_map["rds_enabled"] = "true".',
  check: (view) => requireOneOf(view, "variable_map.rds_enabled", ["true"]),
  fix: { risk: "in-place", edit: () => [set("variable_map.rds_enabled", "true")] },
  bad: [audit("false"), audit("")],
  good: audit("true"),
});
