import { forbidOneOf, requireSet, requireTrue } from "../checks.ts";
import { set } from "../operations.ts";
import { type Rule, rule } from "../rule.ts";
import { alias, example, ownKey, present, setting } from "../shapes.ts";
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
