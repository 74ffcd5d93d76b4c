/** GKE clusters: who reaches the control plane, who may do what, and what is logged. */
import { forbidTrue, requireSet } from "../checks.ts";
import { isEverywhere } from "../evaluators/network/addresses.ts";
import { HOLE, textsAt } from "../evaluators/texts.ts";
import { remove, set } from "../operations.ts";
import { rule } from "../rule.ts";
import { alias, block, example, setting } from "../shapes.ts";
import { fail, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { View } from "../view.ts";

const CLUSTER = "google_container_cluster";
const LINES = ['name     = "c"', 'location = "europe-west1"'];
const cluster = (...lines: readonly string[]): string => example(CLUSTER, ...LINES, ...lines);

/** Autopilot decides such things itself, and safely. */
const isAutopilot = (view: View): Verdict | undefined =>
  view.is("enable_autopilot") === true ? pass("enable_autopilot") : undefined;

export const legacyAbac = rule({
  id: "google-gke-legacy-abac",
  aliases: alias("CKV_GCP_7", "GCP-0062"),
  title: "GKE grants rights by legacy rules",
  severity: "high",
  category: "security",
  on: CLUSTER,
  why: "Every service account of the cluster gets wide rights that RBAC cannot take away. Whoever takes over one pod has the cluster.",
  remedy: "Set enable_legacy_abac = false, and grant rights with RBAC.",
  references: ["https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster#leave_abac_disabled"],
  check: (view) => forbidTrue(view, "enable_legacy_abac", { message: "Legacy authorisation is on" }),
  fix: { risk: "in-place", edit: () => [set("enable_legacy_abac", false)] },
  bad: cluster("enable_legacy_abac = true"),
  good: [cluster(), cluster("enable_legacy_abac = false")],
});

export const networkPolicy = setting({
  id: "google-gke-network-policy",
  aliases: alias("CKV_GCP_12", "GCP-0056"),
  title: "GKE lets every pod speak to every other",
  severity: "medium",
  on: CLUSTER,
  at: "network_policy.enabled",
  wanted: true,
  risk: "disruptive",
  unless: (view) =>
    isAutopilot(view) ??
    (view.text("datapath_provider") === "ADVANCED_DATAPATH" ? pass("datapath_provider") : undefined),
  like: LINES,
  message: "Nothing enforces network policies",
  why: "Whoever takes over one pod reaches all others, databases too. Network policies are obeyed only where something enforces them.",
  remedy: 'Set network_policy.enabled = true, or datapath_provider = "ADVANCED_DATAPATH".',
  good: [
    cluster(block("network_policy", "enabled = true")),
    cluster('datapath_provider = "ADVANCED_DATAPATH"'),
    cluster("enable_autopilot = true"),
  ],
  references: ["https://cloud.google.com/kubernetes-engine/docs/how-to/network-policy"],
});

const NETWORKS = "master_authorized_networks_config";
const networks = (...cidrs: readonly string[]): string =>
  block(NETWORKS, ...cidrs.map((cidr) => block("cidr_blocks", `cidr_block = "${cidr}"`)));

export const controlPlaneOpen = rule({
  id: "google-gke-control-plane-open",
  aliases: alias("CKV_GCP_18", "GCP-0053"),
  title: "GKE control plane is open to the internet",
  severity: "high",
  category: "security",
  on: CLUSTER,
  why: "Anyone can try stolen tokens and new flaws on the API server. It governs every node and pod.",
  remedy: "Name the networks that need the API server instead of the whole internet.",
  references: ["https://cloud.google.com/kubernetes-engine/docs/how-to/authorized-networks"],
  check(view) {
    const path = `${NETWORKS}.cidr_blocks`;
    const { items, complete } = view.blocks(path);
    const texts = items.map((item) => textsAt(item, "cidr_block"));
    const cidrs = texts.flatMap((text) => text.items).filter((cidr) => !cidr.includes(HOLE));
    if (isEverywhere(cidrs))
      return fail(
        items.find((item) => isEverywhere([item.text("cidr_block") ?? ""]))?.path ?? NETWORKS,
        "The whole internet is authorised",
      );
    return complete && texts.every((text) => text.complete) ? pass(path) : undecided(path);
  },
  bad: [cluster(networks("10.0.0.0/8", "0.0.0.0/0")), cluster(networks("0.0.0.0/1", "128.0.0.0/1"))],
  good: cluster(networks("203.0.113.0/24")),
});

export const authorisedNetworks = rule({
  id: "google-gke-authorized-networks",
  aliases: alias("CKV_GCP_20", "GCP-0061"),
  title: "GKE control plane does not say who may reach it",
  severity: "high",
  category: "security",
  on: CLUSTER,
  why: "Without a list of networks the API server answers everyone. It governs every node and pod.",
  remedy: "Add master_authorized_networks_config with the networks that need the API server.",
  references: ["https://cloud.google.com/kubernetes-engine/docs/how-to/authorized-networks"],
  check: (view) => requireSet(view, NETWORKS, { message: "Everyone may reach the API server" }),
  bad: cluster(),
  good: [cluster(networks("203.0.113.0/24")), cluster(block(NETWORKS))],
});

export const privateNodes = setting({
  id: "google-gke-private-nodes",
  aliases: [...alias("CKV_GCP_25", "GCP-0059"), "CKV_GCP_64"],
  title: "GKE nodes have public addresses",
  severity: "medium",
  on: CLUSTER,
  at: "private_cluster_config.enable_private_nodes",
  wanted: true,
  risk: "replaces",
  like: LINES,
  message: "Nodes have public addresses",
  why: "Every node can be reached from the internet, and only firewall rules stand before it. Private nodes get out through Cloud NAT.",
  references: ["https://cloud.google.com/kubernetes-engine/docs/concepts/private-cluster-concept"],
});

export const shieldedNodes = setting({
  id: "google-gke-shielded-nodes",
  aliases: alias("CKV_GCP_71", "GCP-0055"),
  title: "GKE nodes are not shielded",
  severity: "high",
  on: CLUSTER,
  at: "enable_shielded_nodes",
  wanted: true,
  absent: "pass",
  risk: "disruptive",
  like: LINES,
  message: "Shielded nodes are off",
  why: "Whoever steals a node's credentials can pretend to be another node, and read the secrets of its pods. Shielded nodes prove who they are.",
  references: ["https://cloud.google.com/kubernetes-engine/docs/how-to/shielded-gke-nodes"],
});

const CERTIFICATE = "master_auth.client_certificate_config.issue_client_certificate";

export const clientCertificate = setting({
  id: "google-gke-client-certificate",
  aliases: alias("CKV_GCP_13", "GCP-0064"),
  title: "GKE issues a client certificate",
  severity: "high",
  profile: "strict",
  on: CLUSTER,
  at: CERTIFICATE,
  wanted: false,
  absent: "pass",
  risk: "replaces",
  like: LINES,
  message: "A client certificate is issued",
  why: "The certificate cannot be withdrawn and lies in the state for everyone who reads it. Identities of Google can be withdrawn at once.",
  references: ["https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster#restrict_authn_methods"],
});

export const binaryAuthorization = rule({
  id: "google-gke-binary-authorization",
  aliases: alias("CKV_GCP_66"),
  title: "GKE runs any image",
  severity: "low",
  category: "security",
  profile: "strict",
  on: CLUSTER,
  why: "An image that nobody built or checked runs like any other. Binary Authorization lets in only what your policy allows.",
  remedy: 'Set binary_authorization.evaluation_mode = "PROJECT_SINGLETON_POLICY_ENFORCE".',
  references: ["https://cloud.google.com/binary-authorization/docs/overview"],
  check(view) {
    const mode = view.get("binary_authorization.evaluation_mode");
    if (mode.kind === "unknown") return undecided(mode.path);
    if (mode.kind === "value")
      return verdictOf(
        !["DISABLED", "false", "EVALUATION_MODE_UNSPECIFIED", ""].includes(String(mode.value)),
        mode.path,
        "Any image may run",
      );
    const older = view.is("enable_binary_authorization");
    return verdictOf(
      older,
      view.get("enable_binary_authorization").kind === "absent" ? undefined : "enable_binary_authorization",
      "Any image may run",
    );
  },
  fix: {
    risk: "disruptive",
    edit: (view) => [
      ...(view.get("enable_binary_authorization").kind === "absent" ? [] : [remove("enable_binary_authorization")]),
      set("binary_authorization.0.evaluation_mode", "PROJECT_SINGLETON_POLICY_ENFORCE"),
    ],
  },
  bad: [
    cluster(),
    cluster("enable_binary_authorization = false"),
    cluster(block("binary_authorization", 'evaluation_mode = "DISABLED"')),
  ],
  good: [
    cluster("enable_binary_authorization = true"),
    cluster(block("binary_authorization", 'evaluation_mode = "PROJECT_SINGLETON_POLICY_ENFORCE"')),
  ],
});
