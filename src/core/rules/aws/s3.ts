/** How S3 buckets keep data: versions, access logs, lifecycle. */

import { requireOneOf, requireSet, requireTrue, someBlock, someJoined } from "../checks.ts";
import { controls } from "../compliance.ts";
import { addBlock, addCompanion, set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, anyOf, fail, pass } from "../verdict.ts";
import type { Block } from "../view.ts";

const VERSIONING = "aws_s3_bucket_versioning";
const STATUS = "versioning_configuration.status";

export const versioning = rule({
  id: "aws-s3-versioning",
  aliases: ["CKV_AWS_21", "AWS-0090", "AVD-AWS-0090"],
  title: "S3 bucket keeps no versions",
  severity: "medium",
  category: "reliability",
  on: "aws_s3_bucket",
  why: "An object that is overwritten or deleted, by mistake or by ransomware, is gone. With versions it can be brought back.",
  remedy: "Add an aws_s3_bucket_versioning for the bucket with status Enabled.",
  references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html"],
  compliance: controls({ nist: ["CP-9", "CP-10"], soc2: ["A1.2"] }),
  check(bucket) {
    const inline = requireTrue(bucket, "versioning.enabled", { message: "Versioning is off" });
    if (bucket.has("versioning") === true && bucket.joined(VERSIONING, "bucket").length === 0) return inline;
    const joined = someJoined(
      bucket,
      VERSIONING,
      "bucket",
      (v) => requireOneOf(v, STATUS, ["Enabled"], { message: "Versioning is not enabled" }),
      "No versioning is configured for this bucket",
    );
    return inline.status === "fail" ? joined : anyOf([inline, joined]);
  },
  fix: {
    risk: "in-place",
    edit(bucket) {
      const [joined] = bucket.joined(VERSIONING, "bucket");
      if (joined) return [set("versioning_configuration.0.status", "Enabled", joined)];
      if (bucket.has("versioning") === true) return [set("versioning.0.enabled", true)];
      const blocks = [{ type: "versioning_configuration", body: { attributes: { status: "Enabled" } } }];
      return addCompanion(bucket, VERSIONING, { attribute: "bucket" }, { attributes: {}, blocks });
    },
  },
  bad: [
    `
      resource "aws_s3_bucket" "b" {
        bucket = "b"
      }
    `,
    `
      resource "aws_s3_bucket" "b" {
        bucket = "b"
        versioning {
          enabled = false
        }
      }
    `,
    `
      resource "aws_s3_bucket" "b" {
        bucket = "b"
      }

      resource "${VERSIONING}" "b" {
        bucket = aws_s3_bucket.b.id
        versioning_configuration {
          status = "Suspended"
        }
      }
    `,
  ],
  good: [
    `
      resource "aws_s3_bucket" "b" {
        bucket = "b"
        versioning {
          enabled = true
        }
      }
    `,
    `
      resource "aws_s3_bucket" "b" {
        bucket = "b"
      }

      resource "${VERSIONING}" "b" {
        bucket = aws_s3_bucket.b.id
        versioning_configuration {
          status = "Enabled"
        }
      }
    `,
  ],
});

export const accessLogging = rule({
  id: "aws-s3-access-logging",
  aliases: ["CKV_AWS_18", "AWS-0089", "AVD-AWS-0089"],
  title: "S3 access logging is off",
  severity: "low",
  category: "security",
  on: "aws_s3_bucket",
  why: "Nobody can tell afterwards who read or deleted what. Access logs answer that question, for the price of their storage.",
  remedy: "Add an aws_s3_bucket_logging that writes to a bucket kept for logs.",
  references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html"],
  compliance: controls({ nist: ["AU-2", "AU-3", "AU-12"], pci: ["10.2.1"], soc2: ["CC7.2"] }),
  check(bucket) {
    const message = "No access logging is configured for this bucket";
    const inline = requireSet(bucket, "logging", { message });
    return anyOf([inline, someJoined(bucket, "aws_s3_bucket_logging", "bucket", () => pass(), message)]);
  },
  bad: `
    resource "aws_s3_bucket" "b" {
      bucket = "b"
    }
  `,
  good: [
    `
      resource "aws_s3_bucket" "b" {
        bucket = "b"
        logging {
          target_bucket = "logs"
        }
      }
    `,
    `
      resource "aws_s3_bucket" "b" {
        bucket = "b"
      }

      resource "aws_s3_bucket_logging" "b" {
        bucket        = aws_s3_bucket.b.id
        target_bucket = "logs"
        target_prefix = "b/"
      }
    `,
  ],
});

const LIFECYCLE = "aws_s3_bucket_lifecycle_configuration";

export const lifecycle = rule({
  id: "aws-s3-lifecycle",
  aliases: ["CKV2_AWS_61"],
  title: "S3 bucket has no lifecycle",
  severity: "low",
  category: "cost",
  on: "aws_s3_bucket",
  why: "Objects, old versions and broken uploads are kept, and paid for, for ever. A lifecycle moves them to cheaper storage or removes them.",
  remedy: "Add an aws_s3_bucket_lifecycle_configuration that says how long this data is needed.",
  references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html"],
  check(bucket) {
    const message = "No lifecycle is configured for this bucket";
    const inline = requireSet(bucket, "lifecycle_rule", { message });
    return anyOf([inline, someJoined(bucket, LIFECYCLE, "bucket", () => pass(), message)]);
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

    resource "${LIFECYCLE}" "b" {
      bucket = aws_s3_bucket.b.id
      rule {
        id     = "old"
        status = "Enabled"
        expiration {
          days = 365
        }
      }
    }
  `,
});

/** A rule applies to every object when its filter is absent, empty, or an empty prefix. */
function appliesToAll(item: Block): boolean {
  if ((item.text("prefix") ?? "") !== "") return false;
  const narrowing = ["tag", "and", "object_size_greater_than", "object_size_less_than"];
  const filters = item.blocks("filter").items;
  return filters.every(
    (filter) => (filter.text("prefix") ?? "") === "" && narrowing.every((key) => filter.has(key) === false),
  );
}

export const abortUploads = rule({
  id: "aws-s3-abort-incomplete-uploads",
  aliases: ["CKV_AWS_300"],
  title: "S3 lifecycle never ends incomplete uploads",
  severity: "low",
  category: "cost",
  on: LIFECYCLE,
  why: "Parts of uploads that never finished are invisible in listings, and are paid for until somebody removes them. One lifecycle rule does that.",
  remedy: "Add abort_incomplete_multipart_upload to an enabled rule without a filter.",
  references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html"],
  check: (view) =>
    someBlock(
      view,
      "rule",
      (item) =>
        allOf([
          requireOneOf(item, "status", ["Enabled"]),
          requireSet(item, "abort_incomplete_multipart_upload"),
          appliesToAll(item) ? pass() : fail(item.path),
        ]),
      "No enabled rule for all objects ends incomplete uploads",
    ),
  fix: {
    risk: "in-place",
    edit(view) {
      const target = view
        .blocks("rule")
        .items.find(
          (item) =>
            item.text("status") === "Enabled" &&
            appliesToAll(item) &&
            item.has("abort_incomplete_multipart_upload") === false,
        );
      if (target)
        return [
          addBlock(`${target.path}.abort_incomplete_multipart_upload`, { attributes: { days_after_initiation: 7 } }),
        ];
      return [
        addBlock("rule", {
          attributes: { id: "abort-incomplete-uploads", status: "Enabled" },
          blocks: [
            { type: "filter", body: { attributes: {} } },
            { type: "abort_incomplete_multipart_upload", body: { attributes: { days_after_initiation: 7 } } },
          ],
        }),
      ];
    },
  },
  bad: `
    resource "${LIFECYCLE}" "b" {
      bucket = "b"
      rule {
        id     = "old"
        status = "Enabled"
        filter {}
        expiration {
          days = 365
        }
      }
    }
  `,
  good: `
    resource "${LIFECYCLE}" "b" {
      bucket = "b"
      rule {
        id     = "uploads"
        status = "Enabled"
        filter {}
        abort_incomplete_multipart_upload {
          days_after_initiation = 7
        }
      }
    }
  `,
});
