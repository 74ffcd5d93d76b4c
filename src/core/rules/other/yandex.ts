/** Yandex Cloud. */
import type { Severity } from "../../model/finding.ts";
import { eachBlock, forbidOneOf, requireSet } from "../checks.ts";
import { textsAt } from "../evaluators/texts.ts";
import { set } from "../operations.ts";
import { type Rule, rule } from "../rule.ts";
import { alias, block, example, ownKey, present, setting } from "../shapes.ts";
import { allOf, fail, not, notApplicable, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { Block, View } from "../view.ts";
import { opensEveryPort, portAt, sourcesAt } from "./traffic.ts";

const STRICT = { severity: "low", profile: "strict" } as const;

const database = (name: string): string => `yandex_mdb_${name}_cluster`;
const DATABASES = [
  "clickhouse",
  "elasticsearch",
  "greenplum",
  "kafka",
  "mongodb",
  "mysql",
  "opensearch",
  "postgresql",
  "redis",
  "sqlserver",
].map(database);

export const databaseGroup = present({
  ...STRICT,
  id: "yandex-database-security-group",
  aliases: alias("CKV_YC_1"),
  title: "Database has no security group",
  severity: "medium",
  on: DATABASES,
  at: "security_group_ids",
  such: "x",
  why: "Every machine of the network reaches the database. A security group says which ones may.",
  bad: example(database("postgresql"), 'name = "d"'),
  good: example(database("postgresql"), 'name = "d"', 'security_group_ids = ["sg-1"]'),
});

const hosts = (line: string): string =>
  example(database("postgresql"), 'name = "d"', 'security_group_ids = ["sg-1"]', block("host", line));

export const databaseAddress = rule({
  ...STRICT,
  id: "yandex-database-public-address",
  aliases: alias("CKV_YC_12"),
  title: "Database has a public address",
  severity: "high",
  category: "security",
  on: DATABASES,
  why: "Anyone can try passwords and flaws on the database. Applications reach it inside the network.",
  remedy: "Set assign_public_ip = false.",
  check: (view) =>
    allOf([
      verdictOf(
        not(view.is("assign_public_ip")),
        view.get("assign_public_ip").kind === "absent" ? undefined : "assign_public_ip",
        "It has a public address",
      ),
      ...["host", "config"].map((path) =>
        eachBlock(
          view,
          path,
          (item) =>
            verdictOf(not(item.is("assign_public_ip")), `${item.path}.assign_public_ip`, "It has a public address"),
          notApplicable,
        ),
      ),
    ]),
  fix: {
    risk: "disruptive",
    edit: (view) =>
      [view, ...view.blocks("host").items, ...view.blocks("config").items]
        .filter((item) => item.is("assign_public_ip") === true)
        .map((item) => set(item.path === "" ? "assign_public_ip" : `${item.path}.assign_public_ip`, false)),
  },
  bad: hosts("assign_public_ip = true"),
  good: hosts("assign_public_ip = false"),
});

const nicRule = (said: {
  readonly id: string;
  readonly checkov: string;
  readonly title: string;
  readonly on: string;
  /** Where the interfaces are. */
  readonly at: string;
  readonly about: "nat" | "security_group_ids";
}): Rule => {
  const { id, checkov, title, on, at, about } = said;
  const [outer, inner] = at.split(".");
  const shown = (line: string): string =>
    example(on, 'name = "x"', inner === undefined ? block(at, line) : block(outer ?? at, block(inner, line)));
  return rule({
    id,
    aliases: alias(checkov),
    title,
    severity: "medium",
    category: "security",
    profile: "strict",
    on,
    why:
      about === "nat"
        ? "The machine can be reached from the internet, and only rules stand before it. A load balancer or a NAT gateway serves one without a public address."
        : "Every machine of the network reaches this one, on every port. A security group says which ones may.",
    remedy: about === "nat" ? `Set nat = false in ${at}.` : `Set security_group_ids in ${at}.`,
    check: (view) =>
      eachBlock(
        view,
        at,
        (nic) =>
          about === "nat"
            ? verdictOf(not(nic.is("nat")), `${nic.path}.nat`, "It has a public address")
            : requireSet(nic, "security_group_ids", { message: "No security group guards it" }),
        about === "nat" ? pass() : fail(undefined, "No security group guards it"),
      ),
    ...(about === "nat" && {
      fix: {
        risk: "disruptive" as const,
        edit: (view: View) =>
          view
            .blocks(at)
            .items.filter((nic) => nic.is("nat") === true)
            .map((nic) => set(`${nic.path}.nat`, false)),
      },
    }),
    bad: shown(about === "nat" ? "nat = true" : 'subnet_id = "s"'),
    good: shown(about === "nat" ? "nat = false" : 'security_group_ids = ["sg-1"]'),
  });
};

const INSTANCE = "yandex_compute_instance";
const NODES = "yandex_kubernetes_node_group";
const GROUP = "yandex_compute_instance_group";

export const instanceAddress = nicRule({
  id: "yandex-compute-public-address",
  checkov: "CKV_YC_2",
  title: "Instance has a public address",
  on: INSTANCE,
  at: "network_interface",
  about: "nat",
});
export const nodeAddress = nicRule({
  id: "yandex-kubernetes-node-public-address",
  checkov: "CKV_YC_6",
  title: "Kubernetes nodes have public addresses",
  on: NODES,
  at: "instance_template.network_interface",
  about: "nat",
});
export const groupAddress = nicRule({
  id: "yandex-instance-group-public-address",
  checkov: "CKV_YC_18",
  title: "Instances of a group have public addresses",
  on: GROUP,
  at: "instance_template.network_interface",
  about: "nat",
});
export const instanceGuard = nicRule({
  id: "yandex-compute-security-group",
  checkov: "CKV_YC_11",
  title: "Instance has no security group",
  on: INSTANCE,
  at: "network_interface",
  about: "security_group_ids",
});
export const nodeGuard = nicRule({
  id: "yandex-kubernetes-node-security-group",
  checkov: "CKV_YC_15",
  title: "Kubernetes nodes have no security group",
  on: NODES,
  at: "instance_template.network_interface",
  about: "security_group_ids",
});
export const groupGuard = nicRule({
  id: "yandex-instance-group-security-group",
  checkov: "CKV_YC_22",
  title: "Instances of a group have no security group",
  on: GROUP,
  at: "instance_template.network_interface",
  about: "security_group_ids",
});

export const bucketKey = ownKey({
  id: "yandex-storage-own-key",
  aliases: alias("CKV_YC_3"),
  title: "Bucket does not use a key of your own",
  on: "yandex_storage_bucket",
  at: "server_side_encryption_configuration.rule.apply_server_side_encryption_by_default.kms_master_key_id",
  like: ['bucket = "b"'],
});

const serial = (value: string): string =>
  example(INSTANCE, 'name = "i"', `metadata = {\n  serial-port-enable = ${value}\n}`);

export const serialConsole = rule({
  ...STRICT,
  id: "yandex-compute-serial-port",
  aliases: alias("CKV_YC_4"),
  title: "Instance has its serial console open",
  severity: "medium",
  category: "security",
  on: INSTANCE,
  why: "The console can be reached from any address, past every security group. It is needed only while a machine does not boot.",
  remedy: "Set metadata.serial-port-enable = 0.",
  check: (view) =>
    forbidOneOf(view, "metadata.serial-port-enable", [1, "true"], { message: "The serial console is open" }),
  fix: { risk: "in-place", edit: () => [set("metadata.serial-port-enable", 0)] },
  bad: serial("1"),
  good: [serial("0"), example(INSTANCE, 'name = "i"')],
});

const CLUSTER = "yandex_kubernetes_cluster";

export const clusterAddress = setting({
  ...STRICT,
  id: "yandex-kubernetes-public",
  aliases: alias("CKV_YC_5"),
  title: "Kubernetes control plane is public",
  severity: "medium",
  on: CLUSTER,
  at: "master.public_ip",
  wanted: false,
  absent: "pass",
  risk: "disruptive",
  why: "Anyone can try stolen tokens and new flaws on the API server. It governs every node and pod.",
});
export const clusterUpgrade = setting({
  ...STRICT,
  id: "yandex-kubernetes-auto-upgrade",
  aliases: alias("CKV_YC_7"),
  title: "Kubernetes control plane does not upgrade by itself",
  on: CLUSTER,
  at: "master.maintenance_policy.auto_upgrade",
  wanted: true,
  risk: "in-place",
  why: "Fixes of known flaws wait until somebody remembers. Upgrades come in the maintenance window.",
});
export const nodeUpgrade = setting({
  ...STRICT,
  id: "yandex-kubernetes-node-auto-upgrade",
  aliases: alias("CKV_YC_8"),
  title: "Kubernetes nodes do not upgrade by themselves",
  on: NODES,
  at: "maintenance_policy.auto_upgrade",
  wanted: true,
  risk: "in-place",
  like: [block("instance_template", block("network_interface", 'security_group_ids = ["sg-1"]'))],
  why: "Fixes of known flaws wait until somebody remembers. Upgrades come in the maintenance window.",
});
export const keyRotation = present({
  ...STRICT,
  id: "yandex-kms-rotation",
  aliases: alias("CKV_YC_9"),
  title: "KMS key is not rotated",
  severity: "medium",
  on: "yandex_kms_symmetric_key",
  at: "rotation_period",
  such: "8760h",
  like: ['name = "k"'],
  why: "Whoever has copied the key reads everything that it ever encrypts. Rotation limits what one version protects.",
});
export const etcdKey = ownKey({
  id: "yandex-kubernetes-own-key",
  aliases: alias("CKV_YC_10"),
  title: "Kubernetes secrets are not encrypted with a key of your own",
  on: CLUSTER,
  at: "kms_provider.key_id",
  like: ['name = "c"'],
});
export const clusterGuard = present({
  ...STRICT,
  id: "yandex-kubernetes-security-group",
  aliases: alias("CKV_YC_14"),
  title: "Kubernetes control plane has no security group",
  severity: "medium",
  on: CLUSTER,
  at: "master.security_group_ids",
  such: "x",
  why: "Every machine of the network reaches the API server. A security group says which ones may.",
  bad: example(CLUSTER, 'name = "c"'),
  good: example(CLUSTER, 'name = "c"', block("master", 'security_group_ids = ["sg-1"]')),
});
export const clusterPolicy = setting({
  ...STRICT,
  id: "yandex-kubernetes-network-policy",
  aliases: alias("CKV_YC_16"),
  title: "Kubernetes lets every pod speak to every other",
  severity: "medium",
  on: CLUSTER,
  at: "network_policy_provider",
  wanted: "CALICO",
  risk: "replaces",
  unless: (view) =>
    view.blocks("network_implementation.cilium").items.length > 0 ? pass("network_implementation") : undefined,
  like: ['name = "c"'],
  why: "Whoever takes over one pod reaches all others, databases too. Network policies are obeyed only where something enforces them.",
});

const BUCKET = "yandex_storage_bucket";
const PUBLIC_ACLS = ["public-read", "public-read-write", "authenticated-read"];

export const publicBucket = rule({
  ...STRICT,
  id: "yandex-storage-public",
  aliases: alias("CKV_YC_17"),
  title: "Bucket is public",
  severity: "high",
  category: "security",
  on: BUCKET,
  why: "Anyone on the internet can list or read the bucket. Public buckets are found by scanners within hours.",
  remedy: 'Set acl = "private", and take grants to all users out.',
  check: (view) =>
    allOf([
      forbidOneOf(view, "acl", PUBLIC_ACLS, { message: "Everyone may read it" }),
      ...["read", "list", "config_read"].map((flag) =>
        view.get(`anonymous_access_flags.${flag}`).kind === "absent"
          ? notApplicable
          : verdictOf(
              not(view.is(`anonymous_access_flags.${flag}`)),
              view.get(`anonymous_access_flags.${flag}`).path,
              "Everyone may read it",
            ),
      ),
      eachBlock(
        view,
        "grant",
        (grant) => {
          const uri = grant.get("uri");
          if (uri.kind === "unknown") return undecided(uri.path);
          return uri.kind === "value" && /\/(?:AllUsers|AuthenticatedUsers)$/.test(String(uri.value))
            ? fail(uri.path, "Everyone is granted rights")
            : pass(grant.path);
        },
        notApplicable,
      ),
    ]),
  fix: {
    risk: "disruptive",
    edit: (view) =>
      PUBLIC_ACLS.includes(view.text("acl") ?? "")
        ? [set("acl", "private")]
        : "Take the grant to all users out: which others stay, only you know.",
  },
  bad: [
    example(BUCKET, 'bucket = "b"', 'acl    = "public-read"'),
    example(
      BUCKET,
      'bucket = "b"',
      block(
        "grant",
        'type        = "Group"',
        'permissions = ["READ"]',
        'uri         = "http://acs.amazonaws.com/groups/global/AllUsers"',
      ),
    ),
  ],
  good: [example(BUCKET, 'bucket = "b"', 'acl    = "private"'), example(BUCKET, 'bucket = "b"')],
});

function isWideOpen(entry: Block): Verdict {
  const protocol = entry.text("protocol") ?? (entry.get("protocol").kind === "absent" ? "ANY" : undefined);
  const single = portAt(entry, "port");
  const range =
    single === "absent"
      ? { from: portAt(entry, "from_port"), to: portAt(entry, "to_port") }
      : { from: single, to: single };
  const opening = { protocol, ranges: [range], sources: sourcesAt(entry, "v4_cidr_blocks", "v6_cidr_blocks") };
  const path = `${entry.path === "" ? "" : `${entry.path}.`}v4_cidr_blocks`;
  return verdictOf(not(opensEveryPort(opening)), path, "The internet reaches every port");
}

const SECURITY_GROUP = "yandex_vpc_security_group";
const OPEN_WHY =
  "Every service on every machine of the group is open to everyone, meant or not. The group then protects nothing.";

export const openGroup = rule({
  ...STRICT,
  id: "yandex-security-group-all-open",
  aliases: alias("CKV_YC_19"),
  title: "Security group lets the internet reach every port",
  severity: "high",
  category: "security",
  on: SECURITY_GROUP,
  why: OPEN_WHY,
  remedy: "Name the ports and the addresses that are needed.",
  check: (view) => eachBlock(view, "ingress", isWideOpen, pass()),
  bad: example(
    SECURITY_GROUP,
    'network_id = "n"',
    block("ingress", 'protocol       = "ANY"', 'v4_cidr_blocks = ["0.0.0.0/0"]'),
  ),
  good: example(
    SECURITY_GROUP,
    'network_id = "n"',
    block("ingress", 'protocol       = "TCP"', "port           = 443", 'v4_cidr_blocks = ["0.0.0.0/0"]'),
  ),
});

const RULE = "yandex_vpc_security_group_rule";

export const openRule = rule({
  ...STRICT,
  id: "yandex-security-group-rule-all-open",
  aliases: alias("CKV_YC_20"),
  title: "Security group rule lets the internet reach every port",
  severity: "high",
  category: "security",
  on: RULE,
  why: OPEN_WHY,
  remedy: "Name the ports and the addresses that are needed.",
  check(view) {
    const direction = view.get("direction");
    if (direction.kind === "unknown") return undecided("direction");
    return view.text("direction") === "ingress" ? isWideOpen(view) : pass("direction");
  },
  bad: [
    example(
      RULE,
      'direction      = "ingress"',
      'protocol       = "TCP"',
      "from_port      = 0",
      "to_port        = 65535",
      'v4_cidr_blocks = ["0.0.0.0/0"]',
    ),
    example(
      RULE,
      'direction      = "ingress"',
      'protocol       = "TCP"',
      "port           = -1",
      'v4_cidr_blocks = ["10.0.0.0/8", "0.0.0.0/0"]',
    ),
  ],
  good: example(
    RULE,
    'direction      = "ingress"',
    'protocol       = "TCP"',
    "port           = 443",
    'v4_cidr_blocks = ["0.0.0.0/0"]',
  ),
});

const BROAD = ["admin", "editor"];

function elevated(
  level: string,
  checkov: string,
  where: string,
  severity: Severity,
  more: readonly string[] = [],
): Rule {
  const type = level === "organization" ? "yandex_organizationmanager_organization" : `yandex_resourcemanager_${level}`;
  const roles = [...BROAD, ...more];
  return rule({
    id: `yandex-${level}-elevated-role`,
    aliases: alias(checkov),
    title: `Role reaches all of ${where}`,
    severity,
    category: "security",
    profile: "strict",
    on: [`${type}_iam_member`, `${type}_iam_binding`],
    why: "Admin and editor reach every service, whatever the work needs: whoever takes over one such account has all of it. Roles of one service hold what one kind of work needs.",
    remedy: "Grant the roles of the services that the work needs.",
    check: (view) => forbidOneOf(view, "role", roles, { message: "The role reaches every service" }),
    bad: roles.map((role) => example(`${type}_iam_member`, `role   = "${role}"`, 'member = "serviceAccount:1"')),
    good: example(`${type}_iam_binding`, 'role    = "viewer"', 'members = ["serviceAccount:1"]'),
  });
}

export const cloudRoles = elevated("cloud", "CKV_YC_13", "the cloud", "medium");
export const organizationRoles = elevated("organization", "CKV_YC_21", "the organisation", "high", [
  "organization-manager.organizations.owner",
  "organization-manager.admin",
]);
export const folderRoles = elevated("folder", "CKV_YC_23", "a folder", "medium");

const GRANTS = [
  "yandex_resourcemanager_folder",
  "yandex_resourcemanager_cloud",
  "yandex_organizationmanager_organization",
].flatMap((type) => [`${type}_iam_member`, `${type}_iam_binding`]);

export const passportAccounts = rule({
  ...STRICT,
  id: "yandex-passport-account",
  aliases: alias("CKV_YC_24"),
  title: "Personal Yandex account has a role",
  severity: "medium",
  category: "security",
  on: GRANTS,
  why: "The account is somebody's own: you cannot ask for a second factor, and it stays when they leave. Federated accounts are looked after where people come and go.",
  remedy: 'Grant the role to "federatedUser:…", a group or a service account.',
  check(view) {
    const members = [textsAt(view, "member"), textsAt(view, "members")];
    const path = view.get("members").kind === "absent" ? "member" : "members";
    if (members.some((texts) => texts.items.some((who) => who.startsWith("userAccount:"))))
      return fail(path, "A personal account has it");
    return members.every((texts) => texts.complete) ? pass(path) : undecided(path);
  },
  bad: example(GRANTS[0] ?? "", 'role   = "viewer"', 'member = "userAccount:1"'),
  good: example(GRANTS[0] ?? "", 'role   = "viewer"', 'member = "federatedUser:1"'),
});
