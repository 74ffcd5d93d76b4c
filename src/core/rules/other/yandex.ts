/** Yandex Cloud: databases, buckets, security groups and roles. */
import type { Severity } from "../../model/finding.ts";
import { eachBlock, forbidOneOf } from "../checks.ts";
import { textsAt } from "../evaluators/texts.ts";
import { set } from "../operations.ts";
import { type Rule, rule } from "../rule.ts";
import { alias, block, example, ownKey, present } from "../shapes.ts";
import { allOf, fail, not, notApplicable, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { Block } from "../view.ts";
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

export const bucketKey = ownKey({
  id: "yandex-storage-own-key",
  aliases: alias("CKV_YC_3"),
  title: "Bucket does not use a key of your own",
  on: "yandex_storage_bucket",
  at: "server_side_encryption_configuration.rule.apply_server_side_encryption_by_default.kms_master_key_id",
  like: ['bucket = "b"'],
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
