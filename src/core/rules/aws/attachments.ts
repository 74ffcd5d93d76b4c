/** What is attached to what: volumes to machines, groups of machines to balancers, stores to backup plans. */
import { requireOneOf, requireTrue, someJoined } from "../checks.ts";
import { rule } from "../rule.ts";
import { allOf, fail, notApplicable, pass, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";
import { isEncryptedByAccount } from "./account-defaults.ts";
import { alias, block, example, setAt } from "./shapes.ts";

const VOLUME = "aws_ebs_volume";
const attachedVolume = (
  ...lines: readonly string[]
): string => `${example(VOLUME, 'availability_zone = "eu-west-1a"', "size              = 8", ...lines)}
resource "aws_volume_attachment" "x" {
  device_name = "/dev/sdh"
  instance_id = "i-1"
  volume_id   = aws_ebs_volume.x.id
}
`;

export const attachedEncrypted = rule({
  id: "aws-ebs-attached-unencrypted",
  aliases: alias("CKV2_AWS_2"),
  title: "Unencrypted EBS volume is attached to a machine",
  severity: "high",
  category: "security",
  profile: "strict",
  on: VOLUME,
  why: "What the machine writes lies in plain text. Whoever gets hold of the volume or a snapshot reads it.",
  remedy: "Set encrypted = true; the volume is made anew.",
  references: ["https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html"],
  check(view) {
    if (view.joined("aws_volume_attachment", "volume_id").length === 0) return notApplicable;
    const absent = isEncryptedByAccount(view) ? "pass" : "fail";
    return requireTrue(view, "encrypted", { absent, message: "The volume is in plain text" });
  },
  fix: { risk: "replaces", edit: (view) => setAt(view, "encrypted", true) },
  bad: [attachedVolume(), attachedVolume("encrypted         = false")],
  good: attachedVolume("encrypted         = true"),
});

const ATTACHMENT = "aws_autoscaling_attachment";
const GROUP = "aws_autoscaling_group";
const CLASSIC = "aws_elb";
const TARGETS = ["aws_lb_target_group", "aws_alb_target_group"] as const;

const attachedGroup = (kind: string, ...target: readonly string[]): string => `${example(
  GROUP,
  "max_size           = 2",
  "min_size           = 1",
  'availability_zones = ["eu-west-1a"]',
  `health_check_type  = "${kind}"`,
)}
${example("aws_lb_target_group", "port     = 443", 'protocol = "HTTPS"', 'vpc_id   = "vpc-1"', ...target)}
resource "${ATTACHMENT}" "x" {
  autoscaling_group_name = aws_autoscaling_group.x.id
  lb_target_group_arn    = aws_lb_target_group.x.arn
}
`;

const checksHealth = (target: View): Verdict =>
  target.blocks("health_check").items.length > 0
    ? pass()
    : fail(undefined, `${target.address} says not how to tell a healthy target`);

export const balancedHealth = rule({
  id: "aws-autoscaling-balancer-health",
  aliases: alias("CKV2_AWS_15"),
  title: "Auto Scaling group behind a balancer does not ask it who is healthy",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: ATTACHMENT,
  why: "EC2's own check only sees whether a machine runs. One whose application hangs stays in the group, and gets no requests.",
  remedy: 'Set health_check_type = "ELB" on the group, and add a health_check to what it is attached to.',
  references: ["https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html"],
  check(view) {
    const targets = [
      ...view.joined(CLASSIC, "elb"),
      ...["lb_target_group_arn", "alb_target_group_arn"].flatMap((path) => view.joined(TARGETS, path)),
    ];
    if (targets.length === 0) return notApplicable;
    return allOf([
      ...view.joined(GROUP, "autoscaling_group_name").map((group): Verdict => {
        const verdict = requireOneOf(group, "health_check_type", ["ELB"], {
          message: `${group.address} asks EC2 only`,
        });
        return verdict.status === "fail" ? fail(undefined, verdict.message) : verdict;
      }),
      ...targets.map(checksHealth),
    ]);
  },
  bad: [attachedGroup("EC2", block("health_check", 'path = "/health"')), attachedGroup("ELB")],
  good: attachedGroup("ELB", block("health_check", 'path = "/health"')),
});

const SELECTION = "aws_backup_selection";
const selected = (type: string): string => `
resource "${SELECTION}" "x" {
  name         = "stores"
  plan_id      = "p"
  iam_role_arn = "arn:aws:iam::123456789012:role/backup"
  resources    = [${type}.x.arn]
}
`;

const inBackupPlan = {
  severity: "low",
  category: "reliability",
  profile: "strict",
  references: ["https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html"],
  remedy: `Name it in an ${SELECTION}.`,
  check: (view: View) => someJoined(view, SELECTION, "resources", () => pass(), "No backup plan covers it"),
} as const;

const CLUSTER = example("aws_rds_cluster", 'engine = "aurora-postgresql"');

export const clusterBackup = rule({
  ...inBackupPlan,
  id: "aws-rds-cluster-backup-plan",
  aliases: alias("CKV2_AWS_8"),
  title: "RDS cluster is in no backup plan",
  on: "aws_rds_cluster",
  why: "The cluster's own backups go when the cluster goes, and reach back 35 days at most. A plan keeps copies elsewhere, and for longer.",
  bad: CLUSTER,
  good: CLUSTER + selected("aws_rds_cluster"),
});

const DISK = example(VOLUME, 'availability_zone = "eu-west-1a"', "size              = 8");

export const volumeBackup = rule({
  ...inBackupPlan,
  id: "aws-ebs-backup-plan",
  aliases: alias("CKV2_AWS_9"),
  title: "EBS volume is in no backup plan",
  on: VOLUME,
  why: "When the volume fails or is deleted, what was on it is gone. A plan makes snapshots by itself, and removes old ones.",
  bad: DISK,
  good: DISK + selected(VOLUME),
});
