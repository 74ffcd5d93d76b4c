/** EFS and FSx: encryption, access points, backups. */

import { requireSet, requireThat, someJoined } from "../checks.ts";
import { controls } from "../compliance.ts";
import { rule } from "../rule.ts";
import { allOf, pass, undecided } from "../verdict.ts";
import { alias, block, example, ownKey, switchedTo } from "./shapes.ts";

const FILES = "aws_efs_file_system";
const ACCESS_POINT = "aws_efs_access_point";
const DOCS = "https://docs.aws.amazon.com/efs/latest/ug/";
const KEY = '"arn:aws:kms:eu-west-1:123456789012:key/1"';

export const encryption = switchedTo({
  id: "aws-efs-encryption",
  aliases: alias("CKV_AWS_42", "AWS-0037"),
  title: "EFS file system is not encrypted",
  severity: "high",
  on: FILES,
  why: "Whoever gets hold of the storage reads every file. Encryption can only be chosen when the file system is made.",
  remedy: "Set encrypted = true; the file system is made anew, so copy its files.",
  references: [`${DOCS}encryption-at-rest.html`],
  compliance: controls({ cisAws: ["2.4.1"], nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  path: "encrypted",
  risk: "replaces",
  message: "Files are not encrypted",
  bad: [example(FILES), example(FILES, "encrypted = false")],
  good: example(FILES, "encrypted = true"),
});

export const efsKey = ownKey({
  id: "aws-efs-customer-key",
  aliases: alias("CKV_AWS_184"),
  title: "EFS file system does not use a key of your own",
  on: FILES,
  why: "Files are encrypted with a key that AWS manages. With a key of your own you decide who may decrypt them.",
  remedy: "Name a key in kms_key_id; the file system is made anew.",
  path: "kms_key_id",
  bad: example(FILES, "encrypted = true"),
  good: example(FILES, "encrypted  = true", `kms_key_id = ${KEY}`),
});

export const accessPointUser = rule({
  id: "aws-efs-access-point-user",
  aliases: alias("CKV_AWS_330"),
  title: "EFS access point lets clients say who they are",
  severity: "low",
  category: "security",
  profile: "strict",
  on: ACCESS_POINT,
  why: "Without a user of its own the access point believes the client's user id, root too. An identity written down here is enforced.",
  remedy: "Add posix_user with uid and gid.",
  references: [`${DOCS}enforce-identity-access-points.html`],
  check: (view) =>
    allOf(
      ["posix_user.gid", "posix_user.uid"].map((path) =>
        requireSet(view, path, { message: "Clients choose their own user id" }),
      ),
    ),
  bad: example(ACCESS_POINT, 'file_system_id = "fs-1"'),
  good: example(ACCESS_POINT, 'file_system_id = "fs-1"', block("posix_user", "gid = 1000", "uid = 1000")),
});

export const accessPointRoot = rule({
  id: "aws-efs-access-point-root",
  aliases: alias("CKV_AWS_329"),
  title: "EFS access point shows the whole file system",
  severity: "low",
  category: "security",
  profile: "strict",
  on: ACCESS_POINT,
  why: "A client that needs one directory sees and may change all of them. With a root directory of its own it cannot.",
  remedy: "Set root_directory.path to the directory that is needed.",
  references: [`${DOCS}enforce-root-directory-access-point.html`],
  check: (view) =>
    requireThat(view, "root_directory.path", (v) => v !== "" && v !== "/", {
      message: "The whole file system is shown",
    }),
  bad: [
    example(ACCESS_POINT, 'file_system_id = "fs-1"'),
    example(ACCESS_POINT, 'file_system_id = "fs-1"', block("root_directory", 'path = "/"')),
  ],
  good: example(ACCESS_POINT, 'file_system_id = "fs-1"', block("root_directory", 'path = "/app"')),
});

const SELECTION = "aws_backup_selection";
const BACKUP_POLICY = "aws_efs_backup_policy";

export const backups = rule({
  id: "aws-efs-backup",
  aliases: alias("CKV2_AWS_18"),
  title: "EFS file system is in no backup plan",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: FILES,
  why: "A deleted or encrypted file is gone for good: EFS keeps no versions. AWS Backup copies what changed, every day.",
  remedy: `Name the file system in an ${SELECTION}, or add an ${BACKUP_POLICY}.`,
  references: [`${DOCS}awsbackup.html`],
  check(view) {
    const automatic = view
      .joined(BACKUP_POLICY, "file_system_id")
      .map((policy) => requireThat(policy, "backup_policy.status", (v) => v === "ENABLED").status);
    if (automatic.includes("pass")) return pass();
    if (automatic.includes("unknown")) return undecided();
    return someJoined(view, SELECTION, "resources", () => pass(), "No backup plan covers it");
  },
  bad: example(FILES, "encrypted = true"),
  good: `${example(FILES, "encrypted = true")}
resource "${SELECTION}" "x" {
  name         = "files"
  plan_id      = "p"
  iam_role_arn = "arn:aws:iam::123456789012:role/backup"
  resources    = [aws_efs_file_system.x.arn]
}
`,
});

const fsxKey = (kind: string, id: string, type: string, lines: readonly string[]) =>
  ownKey({
    id: `aws-fsx-${kind.toLowerCase()}-customer-key`,
    aliases: alias(id),
    title: `FSx for ${kind} does not use a key of your own`,
    on: type,
    why: "Files and backups are encrypted with a key that AWS manages. With a key of your own you decide who may decrypt them.",
    remedy: "Name a key in kms_key_id; the file system is made anew.",
    path: "kms_key_id",
    bad: example(type, ...lines),
    good: example(type, ...lines, `kms_key_id = ${KEY}`),
  });

const SUBNET = 'subnet_ids = ["subnet-1"]';

export const windowsKey = fsxKey("Windows", "CKV_AWS_179", "aws_fsx_windows_file_system", [
  SUBNET,
  "throughput_capacity = 8",
]);
export const lustreKey = fsxKey("Lustre", "CKV_AWS_190", "aws_fsx_lustre_file_system", [SUBNET]);
export const ontapKey = fsxKey("ONTAP", "CKV_AWS_178", "aws_fsx_ontap_file_system", [
  SUBNET,
  'deployment_type = "SINGLE_AZ_1"',
]);
export const openZfsKey = fsxKey("OpenZFS", "CKV_AWS_203", "aws_fsx_openzfs_file_system", [
  SUBNET,
  'deployment_type = "SINGLE_AZ_1"',
]);
