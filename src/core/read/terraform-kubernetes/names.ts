/** The Kubernetes provider's names beside those of manifests: resource types to kinds, blocks and attributes to fields. */

/** Kinds by Terraform's type without "kubernetes_" and without a version's ending. */
const KINDS: { readonly [type: string]: string } = {
  pod: "Pod",
  deployment: "Deployment",
  daemonset: "DaemonSet",
  daemon_set: "DaemonSet",
  stateful_set: "StatefulSet",
  replication_controller: "ReplicationController",
  job: "Job",
  cron_job: "CronJob",
  service: "Service",
  service_account: "ServiceAccount",
  default_service_account: "ServiceAccount",
  secret: "Secret",
  config_map: "ConfigMap",
  namespace: "Namespace",
  ingress: "Ingress",
  network_policy: "NetworkPolicy",
  role: "Role",
  cluster_role: "ClusterRole",
  role_binding: "RoleBinding",
  cluster_role_binding: "ClusterRoleBinding",
  pod_security_policy: "PodSecurityPolicy",
};

const VERSIONS: readonly string[] = ["", "_v1", "_v1beta1", "_v2", "_v2beta1", "_v2beta2"];

/** Holds any object as it would be written in YAML. */
export const ANY_OBJECT = "kubernetes_manifest";

/** Terraform's types of a kind, in every version that the provider may have. */
export const typesOfKind = (kind: string): readonly string[] =>
  Object.entries(KINDS).flatMap(([type, of]) => (of === kind ? VERSIONS.map((v) => `kubernetes_${type}${v}`) : []));

/** Undefined where the type is no object of Kubernetes that Draco has rules for. */
export function kindOfType(type: string): string | undefined {
  const base = /^kubernetes_(\w+?)(?:_v\d+(?:(?:alpha|beta)\d+)?)?$/.exec(type)?.[1] ?? "";
  return Object.hasOwn(KINDS, base) ? KINDS[base] : undefined;
}

/** Where a kind keeps its pod's spec. */
export const POD_SPECS: { readonly [kind: string]: readonly string[] } = {
  Pod: ["spec"],
  CronJob: ["spec", "jobTemplate", "spec", "template", "spec"],
  ...Object.fromEntries(
    ["Deployment", "DaemonSet", "StatefulSet", "ReplicationController", "Job"].map((kind) => [
      kind,
      ["spec", "template", "spec"],
    ]),
  ),
};

/** Blocks that may be repeated: the list that holds them in a manifest. All other blocks are single objects there. */
const REPEATED: { readonly [block: string]: string } = {
  container: "containers",
  init_container: "initContainers",
  ephemeral_container: "ephemeralContainers",
  env: "env",
  env_from: "envFrom",
  port: "ports",
  ports: "ports",
  volume: "volumes",
  volume_mount: "volumeMounts",
  volume_device: "volumeDevices",
  volume_claim_template: "volumeClaimTemplates",
  toleration: "tolerations",
  image_pull_secrets: "imagePullSecrets",
  image_pull_secret: "imagePullSecrets",
  host_aliases: "hostAliases",
  http_header: "httpHeaders",
  sysctl: "sysctls",
  option: "options",
  topology_spread_constraint: "topologySpreadConstraints",
  readiness_gate: "readinessGates",
  items: "items",
  sources: "sources",
  match_expressions: "matchExpressions",
  match_fields: "matchFields",
  node_selector_term: "nodeSelectorTerms",
  preferred_during_scheduling_ignored_during_execution: "preferredDuringSchedulingIgnoredDuringExecution",
  subject: "subjects",
  rule: "rules",
  range: "ranges",
  allowed_host_paths: "allowedHostPaths",
  allowed_flex_volumes: "allowedFlexVolumes",
  cluster_role_selectors: "clusterRoleSelectors",
  ingress: "ingress",
  egress: "egress",
  from: "from",
  to: "to",
  tls: "tls",
  path: "paths",
};

/** Names above that mean a single object below these blocks: an Ingress' backend has one port. */
const SINGLE_BELOW: { readonly [parent: string]: readonly string[] } = { service: ["port"] };

/** Attributes whose keys are the user's own words. */
const MAPS: ReadonlySet<string> = new Set([
  "labels",
  "annotations",
  "match_labels",
  "limits",
  "requests",
  "node_selector",
  "selector",
  "data",
  "binary_data",
  "binary_data_wo",
  "data_wo",
]);

export const isMap = (name: string): boolean => MAPS.has(name);

/** Written as text by the provider's schema, as numbers in a manifest. */
export const NUMBERS: ReadonlySet<string> = new Set(["run_as_user", "run_as_group", "fs_group"]);

/** Terraform takes "true" for true. */
export const FLAGS: ReadonlySet<string> = new Set([
  "privileged",
  "allow_privilege_escalation",
  "default_allow_privilege_escalation",
  "read_only_root_filesystem",
  "run_as_non_root",
  "host_pid",
  "host_ipc",
  "host_network",
  "host_users",
  "automount_service_account_token",
]);

/** The manifest's list for a repeated block; undefined for everything else. */
export const listOf = (name: string, parent: string): string | undefined =>
  SINGLE_BELOW[parent]?.includes(name) || !Object.hasOwn(REPEATED, name) ? undefined : REPEATED[name];

/** Words that manifests write in capitals, unless a name begins with them. */
const ACRONYMS: { readonly [word: string]: string } = {
  pid: "PID",
  ipc: "IPC",
  ip: "IP",
  ips: "IPs",
  id: "ID",
  uri: "URI",
  urls: "URLs",
};

/** Names are few and asked for at every field of every object. */
const FIELDS = new Map<string, string>();

/** run_as_non_root → runAsNonRoot, host_pid → hostPID. */
export function fieldOf(name: string): string {
  let field = FIELDS.get(name);
  if (field === undefined) {
    field = name
      .split("_")
      .map((word, index) => (index === 0 ? word : (ACRONYMS[word] ?? word.charAt(0).toUpperCase() + word.slice(1))))
      .join("");
    if (FIELDS.size < 10_000) FIELDS.set(name, field);
  }
  return field;
}

/** Where two blocks end up in one list, the one that is named first above. */
const BLOCK_OF_LIST = new Map(
  Object.entries(REPEATED)
    .reverse()
    .map(([block, list]) => [list, block]),
);

/** Terraform's name for a field that is not written yet: runAsNonRoot → run_as_non_root, containers → container. */
export const nameOfField = (field: string): string =>
  BLOCK_OF_LIST.get(field) ??
  field.replace(/(?:PID|IPC|IPs?|ID|URI|URLs)(?=[A-Z]|$)|[A-Z]/g, (word) => `_${word.toLowerCase()}`);
