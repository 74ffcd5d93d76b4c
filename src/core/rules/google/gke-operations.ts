/** GKE clusters in daily life: what is logged and upgraded, whose they are, and how pods are known. */
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { alias, block, example, present, setting } from "../shapes.ts";
import { fail, not, notApplicable, or, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { View } from "../view.ts";

const CLUSTER = "google_container_cluster";
const LINES = ['name     = "c"', 'location = "europe-west1"'];
const cluster = (...lines: readonly string[]): string => example(CLUSTER, ...LINES, ...lines);

/** Autopilot decides such things itself, and safely. */
const isAutopilot = (view: View): Verdict | undefined =>
  view.is("enable_autopilot") === true ? pass("enable_autopilot") : undefined;

interface Service {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly at: string;
  readonly wanted: string;
  readonly why: string;
}

/** Logging and monitoring are on unless somebody turns them off. */
const service = ({ wanted, at, ...said }: Service) =>
  rule({
    ...said,
    severity: "low",
    category: "security",
    profile: "strict",
    on: CLUSTER,
    remedy: `Take ${at} = "none" out.`,
    references: ["https://cloud.google.com/kubernetes-engine/docs/how-to/config-logging-monitoring"],
    check(view) {
      const found = view.get(at);
      if (found.kind === "unknown") return undecided(at);
      return found.kind === "value" && found.value === "none" ? fail(at, "It is turned off") : pass(at);
    },
    fix: { risk: "in-place", edit: () => [set(at, wanted)] },
    bad: cluster(`${at} = "none"`),
    good: [cluster(), cluster(`${at} = "${wanted}"`)],
  });

export const logging = service({
  id: "google-gke-logging",
  aliases: alias("CKV_GCP_1", "GCP-0060"),
  title: "GKE sends no logs",
  at: "logging_service",
  wanted: "logging.googleapis.com/kubernetes",
  why: "After an incident there is nothing to read: logs die with their pods. Cloud Logging keeps them outside of the cluster.",
});
export const monitoring = service({
  id: "google-gke-monitoring",
  aliases: alias("CKV_GCP_8", "GCP-0052"),
  title: "GKE sends no metrics",
  at: "monitoring_service",
  wanted: "monitoring.googleapis.com/kubernetes",
  why: "Nobody sees a node that mines coins, or one that is about to fail. Cloud Monitoring watches from outside of the cluster.",
});

export const labels = present({
  id: "google-gke-labels",
  aliases: alias("CKV_GCP_21", "GCP-0051"),
  title: "GKE cluster has no labels",
  severity: "low",
  category: "cost",
  profile: "strict",
  on: CLUSTER,
  at: "resource_labels",
  such: "x",
  why: "Nobody can tell whose cluster it is, and who pays for it. Labels are in the bill.",
  bad: cluster(),
  good: cluster('resource_labels = {\n  team = "shop"\n}'),
});

export const aliasAddresses = present({
  id: "google-gke-alias-addresses",
  aliases: alias("CKV_GCP_23", "GCP-0049"),
  title: "GKE pods have no addresses of the network's own",
  severity: "low",
  profile: "strict",
  on: CLUSTER,
  at: "ip_allocation_policy",
  such: "x",
  why: "Pods are reached by routes that the network does not check, so that one pod can pretend to be another. With alias addresses the network knows which are real.",
  bad: cluster(),
  good: cluster(block("ip_allocation_policy")),
  references: ["https://cloud.google.com/kubernetes-engine/docs/concepts/alias-ips"],
});

const policyVersions = (view: View): Verdict | undefined => {
  const version = view.get("min_master_version");
  if (version.kind === "unknown") return undecided("min_master_version");
  const minor = version.kind === "value" ? /^1\.(\d+)/.exec(String(version.value))?.[1] : undefined;
  // Kubernetes 1.25 has none; new clusters are newer than that.
  return minor !== undefined && Number(minor) < 25 ? undefined : notApplicable;
};

export const podSecurityPolicy = setting({
  id: "google-gke-pod-security-policy",
  aliases: alias("CKV_GCP_24", "GCP-0047"),
  title: "GKE before 1.25 admits every pod",
  severity: "medium",
  profile: "strict",
  on: CLUSTER,
  at: "pod_security_policy_config.enabled",
  wanted: true,
  unless: policyVersions,
  like: [...LINES, 'min_master_version = "1.24"'],
  why: "A pod may run as root, with the node's files and network, and so take over the node. Before Kubernetes 1.25 pod security policies keep such pods out.",
  remedy:
    "Upgrade to 1.25 or later and use Pod Security admission; until then set pod_security_policy_config.enabled = true.",
  references: ["https://cloud.google.com/kubernetes-engine/docs/deprecations/podsecuritypolicy"],
});

export const intranodeVisibility = setting({
  id: "google-gke-intranode-visibility",
  aliases: alias("CKV_GCP_61"),
  title: "GKE hides traffic inside a node from the network",
  severity: "low",
  profile: "strict",
  on: CLUSTER,
  at: "enable_intranode_visibility",
  wanted: true,
  risk: "disruptive",
  like: LINES,
  why: "What two pods on one node say to each other is in no flow log and passes no firewall rule. With visibility on, the network sees it.",
  references: ["https://cloud.google.com/kubernetes-engine/docs/how-to/intranode-visibility"],
});

export const googleGroups = present({
  id: "google-gke-google-groups",
  aliases: alias("CKV_GCP_65"),
  title: "GKE does not know Google groups",
  severity: "low",
  profile: "strict",
  on: CLUSTER,
  at: "authenticator_groups_config.security_group",
  such: "gke-security-groups@example.com",
  like: LINES,
  why: "Rights are given to people one by one, and stay when they leave the team. Groups are looked after where people come and go.",
  references: ["https://cloud.google.com/kubernetes-engine/docs/how-to/google-groups-rbac"],
});

export const releaseChannel = present({
  id: "google-gke-release-channel",
  aliases: alias("CKV_GCP_70"),
  title: "GKE cluster follows no release channel",
  severity: "low",
  profile: "strict",
  on: CLUSTER,
  at: "release_channel.channel",
  such: "REGULAR",
  like: LINES,
  unless: isAutopilot,
  why: "Nobody upgrades the cluster until its version is no longer supported, and then in a hurry. A channel brings fixes as they are ready.",
  references: ["https://cloud.google.com/kubernetes-engine/docs/concepts/release-channels"],
});

export const alphaFeatures = setting({
  id: "google-gke-alpha-features",
  aliases: alias("CKV2_GCP_19"),
  title: "GKE cluster has alpha features on",
  severity: "medium",
  category: "reliability",
  profile: "strict",
  on: CLUSTER,
  at: "enable_kubernetes_alpha",
  wanted: false,
  absent: "pass",
  risk: "replaces",
  like: LINES,
  message: "Alpha clusters live for 30 days",
  why: "Google deletes alpha clusters after 30 days, and neither upgrades nor supports them. They are for trying things out.",
  references: ["https://cloud.google.com/kubernetes-engine/docs/concepts/alpha-clusters"],
});

export const inlineNodePools = rule({
  id: "google-gke-inline-node-pools",
  aliases: alias("CKV_GCP_123"),
  title: "GKE cluster holds its node pools itself",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: CLUSTER,
  why: "A change to a pool that is written in the cluster can make the whole cluster anew. Pools apart change by themselves.",
  remedy: "Write each node_pool as a google_container_node_pool.",
  references: ["https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/container_cluster"],
  check(view) {
    const { items, complete } = view.blocks("node_pool");
    return verdictOf(
      not(or(items.length > 0 && complete, complete ? false : "unknown")),
      items[0]?.path,
      "A node pool is written in the cluster",
    );
  },
  bad: cluster(block("node_pool", 'name = "p"')),
  good: cluster("remove_default_node_pool = true", "initial_node_count       = 1"),
});

const ACCOUNTS = "google_project_default_service_accounts";

export const defaultAccounts = rule({
  id: "google-gke-default-service-accounts",
  aliases: alias("CKV2_GCP_1"),
  title: "GKE nodes run as a project's default service account",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: ACCOUNTS,
  why: "The default account may edit the whole project: whoever takes over one node has all. An account of its own has only what nodes need.",
  remedy: "Make a service account for the nodes, and name it in node_config.service_account.",
  references: ["https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster#use_least_privilege_sa"],
  check(view) {
    const users = view.joined([CLUSTER, "google_container_node_pool"]);
    return users.length > 0 ? fail(undefined, `${users[0]?.address} uses them`) : pass();
  },
  bad: `
    resource "google_project_default_service_accounts" "d" {
      project = "p"
      action  = "DELETE"
    }

    resource "google_container_node_pool" "p" {
      cluster = "c"

      node_config {
        service_account = google_project_default_service_accounts.d.id
      }
    }
  `,
  good: `
    resource "google_project_default_service_accounts" "d" {
      project = "p"
      action  = "DEPRIVILEGE"
    }
  `,
});
