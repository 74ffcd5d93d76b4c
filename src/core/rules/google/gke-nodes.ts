/** GKE nodes: node pools, and the nodes that a cluster describes itself. */
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { alias, block, example, setting } from "../shapes.ts";
import { fail, notApplicable, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { View } from "../view.ts";

const POOL = "google_container_node_pool";
const CLUSTER = "google_container_cluster";
const LINES = ['name    = "p"', 'cluster = "c"'];
const pool = (...lines: readonly string[]): string => example(POOL, ...LINES, ...lines);
const cluster = (...lines: readonly string[]): string => example(CLUSTER, 'name = "c"', ...lines);

const NODE_DOCS = "https://cloud.google.com/kubernetes-engine/docs/how-to";

export const autoRepair = setting({
  id: "google-gke-auto-repair",
  aliases: alias("CKV_GCP_9", "GCP-0063"),
  title: "GKE does not repair its nodes",
  severity: "low",
  category: "reliability",
  on: POOL,
  at: "management.auto_repair",
  wanted: true,
  risk: "in-place",
  like: LINES,
  message: "Broken nodes stay broken",
  why: "A node that fails stays in the pool until somebody notices. With auto-repair GKE replaces it.",
  references: [`${NODE_DOCS}/node-auto-repair`],
});

export const autoUpgrade = setting({
  id: "google-gke-auto-upgrade",
  aliases: alias("CKV_GCP_10", "GCP-0058"),
  title: "GKE does not upgrade its nodes",
  severity: "low",
  on: POOL,
  at: "management.auto_upgrade",
  wanted: true,
  risk: "in-place",
  like: LINES,
  message: "Nodes stay as old as they are",
  why: "Nodes stay behind the control plane, with flaws that are public. With auto-upgrade GKE brings them up one after the other.",
  references: [`${NODE_DOCS}/node-auto-upgrades`],
});

/** Autopilot guards metadata by itself; a cluster without nodes of its own has nothing to say of nodes. */
function hasNoNodes(view: View): Verdict | undefined {
  if (view.is("enable_autopilot") === true) return pass("enable_autopilot");
  return view.type === CLUSTER && view.is("remove_default_node_pool") === true ? notApplicable : undefined;
}

const METADATA = "node_config.workload_metadata_config";

export const metadataServer = rule({
  id: "google-gke-metadata-server",
  aliases: alias("CKV_GCP_69", "GCP-0057"),
  title: "Pods can read the node's metadata",
  severity: "high",
  category: "security",
  on: [POOL, CLUSTER],
  why: "Any pod can take the node's credentials, and act as its service account. GKE's own metadata server gives each pod only what is its own.",
  remedy: 'Set node_config.workload_metadata_config.mode = "GKE_METADATA".',
  references: [`${NODE_DOCS}/protecting-cluster-metadata`],
  check(view) {
    const none = hasNoNodes(view);
    if (none) return none;
    const mode = view.get(`${METADATA}.mode`);
    const older = view.get(`${METADATA}.node_metadata`);
    if (mode.kind === "unknown" || older.kind === "unknown") return undecided(mode.path);
    if (mode.kind === "value")
      return verdictOf(
        ["GKE_METADATA", "GKE_METADATA_SERVER"].includes(String(mode.value)),
        mode.path,
        "Pods read the node's metadata",
      );
    if (older.kind === "value")
      return verdictOf(
        ["GKE_METADATA_SERVER", "SECURE"].includes(String(older.value)),
        older.path,
        "Pods read the node's metadata",
      );
    return fail(mode.path, "Pods read the node's metadata");
  },
  fix: { risk: "disruptive", edit: () => [set("node_config.0.workload_metadata_config.0.mode", "GKE_METADATA")] },
  bad: [pool(), cluster(), pool(block("node_config", block("workload_metadata_config", 'mode = "GCE_METADATA"')))],
  good: [
    pool(block("node_config", block("workload_metadata_config", 'mode = "GKE_METADATA"'))),
    cluster(block("node_config", block("workload_metadata_config", 'node_metadata = "GKE_METADATA_SERVER"'))),
    cluster("enable_autopilot = true"),
  ],
});

/** A cluster that describes no nodes leaves them to its pools, which are judged for themselves. */
const withoutConfig = (view: View): Verdict | undefined =>
  view.type === CLUSTER && view.has("node_config") === false ? notApplicable : undefined;

const SHIELD = "node_config.shielded_instance_config";

export const secureBoot = setting({
  id: "google-gke-secure-boot",
  aliases: alias("CKV_GCP_68"),
  title: "GKE nodes start any kernel",
  severity: "low",
  profile: "strict",
  on: [POOL, CLUSTER],
  at: `${SHIELD}.enable_secure_boot`,
  wanted: true,
  risk: "disruptive",
  unless: withoutConfig,
  why: "A changed boot loader or kernel stays on the node through every restart. With secure boot only signed ones start.",
  bad: [
    pool(block("node_config")),
    pool(block("node_config", block("shielded_instance_config", "enable_secure_boot = false"))),
  ],
  good: pool(block("node_config", block("shielded_instance_config", "enable_secure_boot = true"))),
  references: [`${NODE_DOCS}/shielded-gke-nodes#secure_boot`],
});

export const integrityMonitoring = setting({
  id: "google-gke-integrity-monitoring",
  aliases: alias("CKV_GCP_72"),
  title: "GKE nodes are not watched for a changed boot",
  severity: "low",
  profile: "strict",
  on: [POOL, CLUSTER],
  at: `${SHIELD}.enable_integrity_monitoring`,
  wanted: true,
  absent: "pass",
  risk: "disruptive",
  unless: withoutConfig,
  why: "A changed boot loader or kernel starts unnoticed. Integrity monitoring compares each start with the first.",
  bad: pool(block("node_config", block("shielded_instance_config", "enable_integrity_monitoring = false"))),
  good: [
    pool(block("node_config")),
    pool(block("node_config", block("shielded_instance_config", "enable_integrity_monitoring = true"))),
  ],
  references: [`${NODE_DOCS}/shielded-gke-nodes#integrity_monitoring`],
});

export const image = rule({
  id: "google-gke-container-optimised-image",
  aliases: alias("CKV_GCP_22", "GCP-0054"),
  title: "GKE nodes do not run Container-Optimized OS",
  severity: "low",
  category: "security",
  profile: "strict",
  on: POOL,
  why: "A general system carries tools that an intruder can use, and takes longer to patch. Container-Optimized OS is small, read-only and updated by Google.",
  remedy: 'Set node_config.image_type = "COS_CONTAINERD".',
  references: ["https://cloud.google.com/kubernetes-engine/docs/concepts/node-images"],
  check(view) {
    const type = view.get("node_config.image_type");
    if (type.kind === "unknown") return undecided(type.path);
    if (type.kind === "absent") return fail(type.path, "The image is left to the cluster's defaults");
    return verdictOf(/^cos/i.test(String(type.value)), type.path, `The image is ${String(type.value)}`);
  },
  fix: { risk: "disruptive", edit: () => [set("node_config.0.image_type", "COS_CONTAINERD")] },
  bad: [pool(block("node_config", 'image_type = "UBUNTU_CONTAINERD"')), pool()],
  good: pool(block("node_config", 'image_type = "COS_CONTAINERD"')),
});
