/** Alibaba Cloud. */
import type { Severity } from "../../model/finding.ts";
import { forbidOneOf, requireBetween, requireSet, requireTrue } from "../checks.ts";
import { intervalOf } from "../evaluators/network/addresses.ts";
import { HOLE, textsAt } from "../evaluators/texts.ts";
import { set } from "../operations.ts";
import { type Rule, rule } from "../rule.ts";
import { alias, example, ownKey, present, setting, settingText } from "../shapes.ts";
import { allOf, fail, not, notApplicable, or, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { View } from "../view.ts";
import { opensPort, rangesAt, sourcesAt } from "./traffic.ts";

const BUCKET = "alicloud_oss_bucket";
const PUBLIC_ACLS = ["public-read", "public-read-write"];

export const publicBucket = rule({
  id: "alicloud-oss-public",
  aliases: alias("CKV_ALI_1"),
  title: "OSS bucket is public",
  severity: "high",
  category: "security",
  profile: "strict",
  on: BUCKET,
  why: "Anyone on the internet can list or read the bucket. Public buckets are found by scanners within hours.",
  remedy: 'Set acl = "private".',
  check(bucket) {
    const apart = bucket.joined("alicloud_oss_bucket_acl", "bucket");
    const own = forbidOneOf(bucket, "acl", PUBLIC_ACLS, { message: "Everyone may read it" });
    const others = apart.map((acl) => forbidOneOf(acl, "acl", PUBLIC_ACLS));
    if (others.some((verdict) => verdict.status === "fail"))
      return fail(undefined, `Everyone may read it (${apart[0]?.address})`);
    return own;
  },
  fix: {
    risk: "disruptive",
    edit: (bucket) => [
      ...(PUBLIC_ACLS.includes(bucket.text("acl") ?? "") ? [set("acl", "private")] : []),
      ...bucket
        .joined("alicloud_oss_bucket_acl", "bucket")
        .filter((acl) => PUBLIC_ACLS.includes(acl.text("acl") ?? ""))
        .map((acl) => set("acl", "private", acl)),
    ],
  },
  bad: [
    example(BUCKET, 'bucket = "b"', 'acl    = "public-read"'),
    `${example(BUCKET, 'bucket = "b"')}\n${example("alicloud_oss_bucket_acl", "bucket = alicloud_oss_bucket.x.bucket", 'acl    = "public-read-write"')}`,
  ],
  good: [example(BUCKET, 'bucket = "b"', 'acl    = "private"'), example(BUCKET, 'bucket = "b"')],
});

const openPort = (port: number, service: string, id: string, checkov: string): Rule => {
  const shown = (...lines: readonly string[]): string =>
    example(
      "alicloud_security_group_rule",
      'type              = "ingress"',
      'ip_protocol       = "tcp"',
      'security_group_id = "sg-1"',
      ...lines,
    );
  return rule({
    id,
    aliases: alias(checkov),
    title: `Security group opens ${service} to the internet`,
    severity: "high",
    category: "security",
    profile: "strict",
    on: "alicloud_security_group_rule",
    why: `Anyone can try passwords and flaws on ${service}. A bastion host or a VPN reaches it without an open port.`,
    remedy: "Limit cidr_ip to the addresses that need it.",
    check(view) {
      const type = view.get("type");
      if (type.kind === "unknown") return undecided("type");
      if (type.kind === "value" && type.value !== "ingress") return notApplicable;
      if (view.text("policy") === "drop") return pass("policy");
      const named = or(
        ...["cidr_ip", "ipv6_cidr_ip", "source_security_group_id", "prefix_list_id"].map((path) => view.has(path)),
      );
      // Without any source the provider writes 0.0.0.0/0.
      const sources =
        named === false ? { items: ["0.0.0.0/0"], complete: true } : sourcesAt(view, "cidr_ip", "ipv6_cidr_ip");
      const opening = { protocol: view.text("ip_protocol"), ranges: rangesAt(view, "port_range"), sources };
      const path = view.get("cidr_ip").kind === "absent" ? undefined : "cidr_ip";
      return verdictOf(not(opensPort(opening, port)), path, `The internet reaches port ${port}`);
    },
    bad: [
      shown(`port_range        = "${port}/${port}"`, 'cidr_ip           = "0.0.0.0/0"'),
      shown('port_range        = "1/65535"'),
      shown(`port_range        = "${port}/${port}"`, 'ipv6_cidr_ip      = "::/0"'),
    ],
    good: [
      shown(`port_range        = "${port}/${port}"`, 'cidr_ip           = "10.0.0.0/8"'),
      shown('port_range        = "443/443"', 'cidr_ip           = "0.0.0.0/0"'),
    ],
  });
};

export const openSsh = openPort(22, "SSH", "alicloud-security-group-ssh-open", "CKV_ALI_2");
export const openRdp = openPort(3389, "RDP", "alicloud-security-group-rdp-open", "CKV_ALI_3");

const TRAIL_LINES = ['trail_name      = "t"', 'oss_bucket_name = "b"'];

export const trailRegions = setting({
  id: "alicloud-actiontrail-all-regions",
  aliases: alias("CKV_ALI_4"),
  title: "ActionTrail records one region only",
  severity: "medium",
  profile: "strict",
  on: "alicloud_actiontrail_trail",
  at: "trail_region",
  wanted: "All",
  wrong: "cn-hangzhou",
  absent: "pass",
  risk: "in-place",
  like: [...TRAIL_LINES, 'event_rw        = "All"'],
  why: "What is done in another region leaves no trace. Intruders use regions that nobody looks at.",
});
export const trailEvents = setting({
  id: "alicloud-actiontrail-all-events",
  aliases: alias("CKV_ALI_5"),
  title: "ActionTrail does not record every event",
  severity: "medium",
  profile: "strict",
  on: "alicloud_actiontrail_trail",
  at: "event_rw",
  wanted: "All",
  wrong: "Read",
  risk: "in-place",
  like: TRAIL_LINES,
  why: "Half of what was done leaves no trace. After an incident both what was read and what was changed counts.",
});

export const bucketKey = ownKey({
  id: "alicloud-oss-own-key",
  aliases: alias("CKV_ALI_6"),
  title: "OSS bucket does not use a key of your own",
  on: BUCKET,
  at: "server_side_encryption_rule.kms_master_key_id",
  like: ['bucket = "b"'],
});

const DISKS = ["alicloud_disk", "alicloud_ecs_disk"];
/** A disk from a snapshot is encrypted as the snapshot is. */
const fromSnapshot = (view: View): Verdict | undefined =>
  view.has("snapshot_id") === false ? undefined : notApplicable;
const DISK_LINES = ['category = "cloud_efficiency"', "size     = 30"];

export const diskEncryption = setting({
  id: "alicloud-disk-encryption",
  aliases: alias("CKV_ALI_7"),
  title: "Disk is not encrypted",
  severity: "high",
  profile: "strict",
  on: DISKS,
  at: "encrypted",
  wanted: true,
  risk: "replaces",
  unless: fromSnapshot,
  like: DISK_LINES,
  why: "Whoever gets hold of the disk or a snapshot reads the data. Encryption can only be chosen when the disk is made.",
});
export const diskKey = rule({
  id: "alicloud-disk-own-key",
  aliases: alias("CKV_ALI_8"),
  title: "Disk does not use a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: DISKS,
  why: "The key that the cloud manages cannot be limited, watched or withdrawn by you. With a key of your own you decide who may decrypt, and can stop it.",
  remedy: "Set encrypted = true and kms_key_id.",
  check: (view) => fromSnapshot(view) ?? allOf([requireTrue(view, "encrypted"), requireSet(view, "kms_key_id")]),
  bad: [
    example("alicloud_disk", ...DISK_LINES, "encrypted = true"),
    example("alicloud_disk", ...DISK_LINES, 'kms_key_id = "k"'),
  ],
  good: example("alicloud_disk", ...DISK_LINES, "encrypted = true", 'kms_key_id = "k"'),
});

const DATABASE = "alicloud_db_instance";
const DB_LINES = [
  'engine           = "MySQL"',
  'engine_version   = "8.0"',
  'instance_type    = "rds.mysql.s2.large"',
  "instance_storage = 30",
];

/** "0.0.0.0" in a list of addresses stands for everyone, as "0.0.0.0/0" does. */
function openList(view: View, path: string): Verdict {
  const { items, complete } = textsAt(view, path);
  const open = items.some((item) => {
    const interval = item.includes(HOLE) ? undefined : intervalOf(item);
    return item === "0.0.0.0" || (interval !== undefined && interval.first === 0n && item.trim().endsWith("/0"));
  });
  return open ? fail(path, "Everyone is let in") : complete ? pass(path) : undecided(path);
}

const openDatabase = (
  id: string,
  checkov: string,
  on: string,
  path: string,
  title: string,
  lines: readonly string[],
): Rule =>
  rule({
    id,
    aliases: alias(checkov),
    title,
    severity: "high",
    category: "security",
    profile: "strict",
    on,
    why: "Anyone can try passwords and flaws on the database. Applications reach it inside the network.",
    remedy: `Name the addresses that need the database in ${path}.`,
    check: (view) => openList(view, path),
    bad: [
      example(on, ...lines, `${path} = ["10.0.0.0/8", "0.0.0.0/0"]`),
      example(on, ...lines, `${path} = ["0.0.0.0"]`),
    ],
    good: [example(on, ...lines, `${path} = ["10.0.0.0/8"]`), example(on, ...lines)],
  });

const MONGO = "alicloud_mongodb_instance";
const MONGO_LINES = [
  'engine_version      = "4.2"',
  'db_instance_class   = "dds.mongo.mid"',
  "db_instance_storage = 10",
];

export const publicDatabase = openDatabase(
  "alicloud-rds-open",
  "CKV_ALI_9",
  DATABASE,
  "security_ips",
  "RDS instance is open to everyone",
  DB_LINES,
);
export const publicMongo = openDatabase(
  "alicloud-mongodb-open",
  "CKV_ALI_43",
  MONGO,
  "security_ip_list",
  "MongoDB instance is open to everyone",
  MONGO_LINES,
);

export const bucketVersioning = setting({
  id: "alicloud-oss-versioning",
  aliases: alias("CKV_ALI_10"),
  title: "OSS bucket keeps no old versions",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: BUCKET,
  at: "versioning.status",
  wanted: "Enabled",
  wrong: "Suspended",
  risk: "in-place",
  like: ['bucket = "b"'],
  why: "What somebody overwrites or deletes, by mistake or on purpose, is gone. Old versions can be brought back.",
});
export const bucketAcceleration = setting({
  id: "alicloud-oss-transfer-acceleration",
  aliases: alias("CKV_ALI_11"),
  title: "OSS bucket has no transfer acceleration",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: BUCKET,
  at: "transfer_acceleration.enabled",
  wanted: true,
  risk: "in-place",
  like: ['bucket = "b"'],
  why: "Clients far away cross the public internet, slowly and with breaks. Acceleration takes the cloud's own lines.",
});
export const bucketLogs = present({
  id: "alicloud-oss-access-logs",
  aliases: alias("CKV_ALI_12"),
  title: "OSS bucket keeps no access logs",
  severity: "low",
  profile: "strict",
  on: BUCKET,
  at: ["logging.target_bucket", "logging"],
  such: "logs",
  like: ['bucket = "b"'],
  why: "After a leak nobody can say what was read, and by whom. Access logs tell.",
});

const PASSWORDS = "alicloud_ram_account_password_policy";

/** A policy that leaves a setting out has the provider's default; only what is said holds for sure. */
const character = (id: string, checkov: string, at: string, what: string): Rule =>
  setting({
    id,
    aliases: alias(checkov),
    title: `Passwords need no ${what}`,
    severity: "low",
    profile: "strict",
    on: PASSWORDS,
    at,
    wanted: true,
    risk: "in-place",
    like: ["hard_expiry = true"],
    why: "Short and plain passwords are guessed in minutes. More kinds of characters make guessing take longer.",
  });

const passwordNumber = (source: {
  readonly id: string;
  readonly checkov: string;
  readonly at: string;
  readonly title: string;
  readonly least: number;
  readonly most: number;
  readonly wanted: number;
  readonly wrong: number;
  readonly severity?: Severity;
  readonly why: string;
}): Rule => {
  const { id, checkov, at, title, least, most, wanted, wrong, severity = "low", why } = source;
  return rule({
    id,
    aliases: alias(checkov),
    title,
    severity,
    category: "security",
    profile: "strict",
    on: PASSWORDS,
    why,
    remedy: `Set ${at} = ${wanted}.`,
    check: (view) => requireBetween(view, at, least, most),
    fix: { risk: "in-place", edit: () => [set(at, wanted)] },
    bad: [example(PASSWORDS, "hard_expiry = true"), example(PASSWORDS, settingText(at, wrong))],
    good: example(PASSWORDS, settingText(at, wanted)),
  });
};

export const passwordLength = passwordNumber({
  id: "alicloud-password-length",
  checkov: "CKV_ALI_13",
  at: "minimum_password_length",
  title: "Passwords may be shorter than 14 characters",
  least: 14,
  most: Number.MAX_SAFE_INTEGER,
  wanted: 14,
  wrong: 8,
  why: "Short passwords are guessed. Fourteen characters hold for years.",
});
export const passwordNumbers = character("alicloud-password-numbers", "CKV_ALI_14", "require_numbers", "digits");
export const passwordSymbols = character("alicloud-password-symbols", "CKV_ALI_15", "require_symbols", "symbols");
export const passwordAge = passwordNumber({
  id: "alicloud-password-age",
  checkov: "CKV_ALI_16",
  at: "max_password_age",
  title: "Passwords do not expire within 90 days",
  least: 1,
  most: 90,
  wanted: 90,
  wrong: 120,
  why: "A password that leaked works until somebody changes it. After 90 days it is worth nothing.",
});
export const passwordLowercase = character(
  "alicloud-password-lowercase",
  "CKV_ALI_17",
  "require_lowercase_characters",
  "small letters",
);
export const passwordReuse = passwordNumber({
  id: "alicloud-password-reuse",
  checkov: "CKV_ALI_18",
  at: "password_reuse_prevention",
  title: "Old passwords may be used again",
  least: 24,
  most: Number.MAX_SAFE_INTEGER,
  wanted: 24,
  wrong: 5,
  why: "People go back to passwords that have leaked. With 24 of them remembered, they do not.",
});
export const passwordUppercase = character(
  "alicloud-password-uppercase",
  "CKV_ALI_19",
  "require_uppercase_characters",
  "capital letters",
);
export const passwordAttempts = passwordNumber({
  id: "alicloud-password-attempts",
  checkov: "CKV_ALI_23",
  at: "max_login_attempts",
  title: "Passwords may be tried more than five times",
  least: 1,
  most: 5,
  wanted: 5,
  wrong: 10,
  why: "A program tries passwords until one fits. After five wrong ones it has to wait.",
});
