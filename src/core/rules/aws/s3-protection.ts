/** How S3 protects objects beyond versions: locks, copies in another region, keys of one's own. */

import { eachBlock, requireOneOf, requireSet, someBlock, someJoined } from "../checks.ts";
import { controls } from "../compliance.ts";
import { rule } from "../rule.ts";
import { anyOf } from "../verdict.ts";

export const objectLock = rule({
  id: "aws-s3-object-lock",
  aliases: ["CKV_AWS_143"],
  title: "S3 object lock is configured but not enabled",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: "aws_s3_bucket",
  why: "The configuration looks as if objects could not be deleted, but they can. Ransomware deletes what is not locked.",
  remedy: 'Set object_lock_configuration.object_lock_enabled = "Enabled".',
  references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html"],
  check: (view) =>
    eachBlock(view, "object_lock_configuration", (lock) =>
      requireOneOf(lock, "object_lock_enabled", ["Enabled"], { absent: "pass", message: "The lock is off" }),
    ),
  bad: `
    resource "aws_s3_bucket" "b" {
      bucket = "b"
      object_lock_configuration {
        object_lock_enabled = "Disabled"
      }
    }
  `,
  good: `
    resource "aws_s3_bucket" "b" {
      bucket = "b"
      object_lock_configuration {
        object_lock_enabled = "Enabled"
      }
    }
  `,
});

const REPLICATION = "aws_s3_bucket_replication_configuration";

export const replication = rule({
  id: "aws-s3-replication",
  aliases: ["CKV_AWS_144"],
  title: "S3 bucket is not replicated",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: "aws_s3_bucket",
  why: "When a region fails, or an account is lost, the data is out of reach. A copy in another region or account is not.",
  remedy: `Add an ${REPLICATION} for data that must survive a region.`,
  references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html"],
  compliance: controls({ nist: ["CP-9", "CP-10"], soc2: ["A1.2"] }),
  check(bucket) {
    const inline = someBlock(bucket, "replication_configuration.rules", (item) =>
      requireOneOf(item, "status", ["Enabled"]),
    );
    if (inline.status !== "fail") return inline;
    return anyOf([
      inline,
      someJoined(
        bucket,
        REPLICATION,
        "bucket",
        (other) => someBlock(other, "rule", (item) => requireOneOf(item, "status", ["Enabled"])),
        "No replication is enabled for this bucket",
      ),
    ]);
  },
  bad: `
    resource "aws_s3_bucket" "b" {
      bucket = "b"
    }
  `,
  good: `
    resource "aws_s3_bucket" "b" {
      bucket = "b"
    }

    resource "${REPLICATION}" "b" {
      bucket = aws_s3_bucket.b.id
      role   = "arn:aws:iam::123456789012:role/r"
      rule {
        status = "Enabled"
        destination {
          bucket = "arn:aws:s3:::copy"
        }
      }
    }
  `,
});

export const objectKey = rule({
  id: "aws-s3-object-customer-key",
  aliases: ["CKV_AWS_186", "CKV_AWS_181"],
  title: "S3 object is not encrypted with a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: ["aws_s3_bucket_object", "aws_s3_object", "aws_s3_object_copy"],
  why: "The key that AWS manages cannot be limited, shared or withdrawn. With a key of your own you decide who may decrypt.",
  remedy: "Set kms_key_id to a key of your own.",
  references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html"],
  compliance: controls({ nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  check: (view) => requireSet(view, "kms_key_id", { message: "No key of your own is set" }),
  bad: `
    resource "aws_s3_object" "o" {
      bucket = "b"
      key    = "o"
    }
  `,
  good: `
    resource "aws_s3_object" "o" {
      bucket     = "b"
      key        = "o"
      kms_key_id = "arn:aws:kms:eu-west-1:123456789012:key/1"
    }
  `,
});
