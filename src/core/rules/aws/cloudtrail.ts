/** CloudTrail: whether it records everything, unaltered, and for whom. */

import { requireSet, requireTrue } from "../checks.ts";
import { controls } from "../compliance.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";

const trail = (...lines: readonly string[]): string =>
  `
    resource "aws_cloudtrail" "t" {
      name           = "audit"
      s3_bucket_name = "audit"
    ${lines.map((line) => `  ${line}\n`).join("")}}
  `;

const DOCS = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html";

export const trailEncryption = rule({
  id: "aws-cloudtrail-encryption",
  aliases: ["CKV_AWS_35", "AWS-0015", "AVD-AWS-0015"],
  title: "CloudTrail logs are not encrypted with a KMS key",
  severity: "high",
  category: "security",
  on: "aws_cloudtrail",
  why: "Whoever can read the bucket reads who did what in the account. With a KMS key that takes a second permission.",
  remedy: "Set kms_key_id to a key whose policy lets CloudTrail use it.",
  references: [DOCS],
  compliance: controls({ cisAws: ["3.5"], nist: ["AU-9", "SC-28"], pci: ["10.3.2"], soc2: ["CC6.1"] }),
  check: (view) => requireSet(view, "kms_key_id", { message: "No KMS key is set" }),
  bad: trail(),
  good: trail('kms_key_id     = "arn:aws:kms:eu-west-1:123456789012:key/1"'),
});

export const trailValidation = rule({
  id: "aws-cloudtrail-log-validation",
  aliases: ["CKV_AWS_36", "AWS-0016", "AVD-AWS-0016"],
  title: "CloudTrail does not validate its log files",
  severity: "high",
  category: "security",
  on: "aws_cloudtrail",
  why: "An intruder who can write to the bucket can change what the log says. With validation a change is noticed.",
  remedy: "Set enable_log_file_validation = true.",
  references: [DOCS],
  compliance: controls({ cisAws: ["3.2"], nist: ["AU-9", "SI-7"], pci: ["10.3.4"], soc2: ["CC7.2"] }),
  check: (view) => requireTrue(view, "enable_log_file_validation", { message: "Log files are not validated" }),
  fix: { risk: "in-place", edit: () => [set("enable_log_file_validation", true)] },
  bad: [trail(), trail("enable_log_file_validation = false")],
  good: trail("enable_log_file_validation = true"),
});

export const trailRegions = rule({
  id: "aws-cloudtrail-all-regions",
  aliases: ["CKV_AWS_67", "AWS-0014", "AVD-AWS-0014"],
  title: "CloudTrail records one region only",
  severity: "medium",
  category: "security",
  on: "aws_cloudtrail",
  why: "Intruders work in regions that nobody watches. One trail for all regions costs no more.",
  remedy: "Set is_multi_region_trail = true.",
  references: [DOCS],
  compliance: controls({ cisAws: ["3.1"], nist: ["AU-2", "AU-3", "AU-12"], pci: ["10.2.1"], soc2: ["CC7.2"] }),
  check: (view) => requireTrue(view, "is_multi_region_trail", { message: "The trail covers one region" }),
  fix: { risk: "in-place", edit: () => [set("is_multi_region_trail", true)] },
  bad: [trail(), trail("is_multi_region_trail = false")],
  good: trail("is_multi_region_trail = true"),
});

export const trailRunning = rule({
  id: "aws-cloudtrail-stopped",
  aliases: ["CKV_AWS_251"],
  title: "CloudTrail is switched off",
  severity: "high",
  category: "security",
  on: "aws_cloudtrail",
  why: "The trail exists but records nothing. Stopping it is what an intruder does first.",
  remedy: "Set enable_logging = true, or leave it out.",
  references: [DOCS],
  compliance: controls({ cisAws: ["3.1"], nist: ["AU-2", "AU-3", "AU-12"], pci: ["10.2.1"], soc2: ["CC7.2"] }),
  check: (view) => requireTrue(view, "enable_logging", { absent: "pass", message: "The trail is stopped" }),
  fix: { risk: "in-place", edit: () => [set("enable_logging", true)] },
  bad: trail("enable_logging = false"),
  good: [trail(), trail("enable_logging = true")],
});

export const trailToCloudWatch = rule({
  id: "aws-cloudtrail-cloudwatch",
  aliases: ["CKV2_AWS_10", "AWS-0162", "AVD-AWS-0162"],
  title: "CloudTrail does not send its events to CloudWatch",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "aws_cloudtrail",
  why: "Without it nobody can set an alarm on what happens in the account. The files in S3 come minutes later and are read by nobody.",
  remedy: "Set cloud_watch_logs_group_arn and cloud_watch_logs_role_arn.",
  references: [
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/send-cloudtrail-events-to-cloudwatch-logs.html",
  ],
  compliance: controls({ nist: ["AU-6", "SI-4"], soc2: ["CC7.2"] }),
  check: (view) => requireSet(view, "cloud_watch_logs_group_arn"),
  bad: trail(),
  good: trail('cloud_watch_logs_group_arn = "arn:aws:logs:eu-west-1:123456789012:log-group:audit:*"'),
});

export const trailTopic = rule({
  id: "aws-cloudtrail-topic",
  aliases: ["CKV_AWS_252"],
  title: "CloudTrail notifies nobody of new logs",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "aws_cloudtrail",
  why: "What reads the logs must look for them, and does so late. A topic tells it as soon as they arrive.",
  remedy: "Set sns_topic_name.",
  references: [
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/configure-sns-notifications-for-cloudtrail.html",
  ],
  check: (view) => requireSet(view, "sns_topic_name"),
  bad: trail(),
  good: trail('sns_topic_name = "audit"'),
});

export const eventStoreKey = rule({
  id: "aws-cloudtrail-event-store-customer-key",
  aliases: ["CKV_AWS_294"],
  title: "CloudTrail event data store does not use a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "aws_cloudtrail_event_data_store",
  why: "The key that AWS manages cannot be limited, shared or withdrawn. With a key of your own you decide who reads what happened.",
  remedy: "Set kms_key_id; it cannot be taken back.",
  references: [
    "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html",
  ],
  check: (view) => requireSet(view, "kms_key_id"),
  bad: `
    resource "aws_cloudtrail_event_data_store" "s" {
      name = "s"
    }
  `,
  good: `
    resource "aws_cloudtrail_event_data_store" "s" {
      name       = "s"
      kms_key_id = "arn:aws:kms:eu-west-1:123456789012:key/1"
    }
  `,
});
