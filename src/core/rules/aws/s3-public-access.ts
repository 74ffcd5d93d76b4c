/** The public access blocks of S3 buckets and access points. */

import { requireTrue, someJoined } from "../checks.ts";
import { controls } from "../compliance.ts";
import { addCompanion, set } from "../operations.ts";
import { type Rule, rule } from "../rule.ts";
import { allOf, and, fail, notApplicable, or, verdictOf } from "../verdict.ts";
import { isFromTemplate } from "./template.ts";

const BLOCK_DOCS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html";

/** What keeps a bucket from becoming public. */
const BLOCKED = controls({
  cisAws: ["2.1.4"],
  nist: ["AC-3", "AC-4", "SC-7"],
  pci: ["1.4.4"],
  soc2: ["CC6.1", "CC6.6"],
});

const BLOCK = "aws_s3_bucket_public_access_block";
const FLAGS = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"] as const;
type Flag = (typeof FLAGS)[number];

const flagLines = (off?: Flag): string => FLAGS.map((flag) => `  ${flag.padEnd(23)} = ${flag !== off}`).join("\n");
const blockExample = (off?: Flag): string => `resource "${BLOCK}" "b" {\n  bucket = "b"\n${flagLines(off)}\n}\n`;

function blockFlag(source: {
  readonly flag: Flag;
  readonly id: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly why: string;
}): Rule {
  const { flag, ...named } = source;
  return rule({
    ...named,
    severity: "high",
    category: "security",
    on: [BLOCK, "aws_s3_bucket"],
    remedy: `Set ${flag} = true.`,
    references: [BLOCK_DOCS],
    compliance: BLOCKED,
    check(view) {
      if (view.type === BLOCK) return requireTrue(view, flag, { message: `${flag} is off` });
      // In a template the block is a property of the bucket; in Terraform publicAccessBlock asks for one.
      if (!isFromTemplate(view) || view.joined(BLOCK, "bucket").length > 0) return notApplicable;
      return fail(undefined, "The bucket has no public access block");
    },
    fix: {
      risk: "disruptive",
      edit: (view) =>
        view.type === BLOCK
          ? [set(flag, true)]
          : "Write PublicAccessBlockConfiguration with all four flags into the bucket.",
    },
    bad: blockExample(flag),
    good: blockExample(),
  });
}

export const blockPublicAcls = blockFlag({
  flag: "block_public_acls",
  id: "aws-s3-block-public-acls",
  aliases: ["CKV_AWS_53", "AWS-0086", "AVD-AWS-0086"],
  title: "Public access block lets new public ACLs in",
  why: "A later mistake in an ACL makes objects public. With the block on, AWS refuses such an ACL.",
});
export const blockPublicPolicy = blockFlag({
  flag: "block_public_policy",
  id: "aws-s3-block-public-policy",
  aliases: ["CKV_AWS_54", "AWS-0087", "AVD-AWS-0087"],
  title: "Public access block lets public policies in",
  why: "A later mistake in a bucket policy makes the bucket public. With the block on, AWS refuses such a policy.",
});
export const ignorePublicAcls = blockFlag({
  flag: "ignore_public_acls",
  id: "aws-s3-ignore-public-acls",
  aliases: ["CKV_AWS_55", "AWS-0091", "AVD-AWS-0091"],
  title: "Public access block honours public ACLs",
  why: "Public ACLs that exist already stay in force. With the flag on, AWS ignores them.",
});
export const restrictPublicBuckets = blockFlag({
  flag: "restrict_public_buckets",
  id: "aws-s3-restrict-public-buckets",
  aliases: ["CKV_AWS_56", "AWS-0093", "AVD-AWS-0093"],
  title: "Public access block does not restrict public buckets",
  why: "A bucket with a public policy stays open to everyone. With the flag on, only the account and AWS services get in.",
});

const allFlags = {
  block_public_acls: true,
  block_public_policy: true,
  ignore_public_acls: true,
  restrict_public_buckets: true,
};

export const publicAccessBlock = rule({
  id: "aws-s3-public-access-block",
  aliases: ["CKV2_AWS_6", "AWS-0094", "AVD-AWS-0094"],
  title: "S3 bucket has no complete public access block",
  severity: "high",
  category: "security",
  on: "aws_s3_bucket",
  why: "One wrong ACL or policy makes the bucket public. The public access block stops both, whatever is written later.",
  remedy: "Add an aws_s3_bucket_public_access_block for the bucket with all four flags true.",
  references: [BLOCK_DOCS],
  compliance: BLOCKED,
  check(bucket) {
    if (isFromTemplate(bucket)) return notApplicable;
    return someJoined(
      bucket,
      BLOCK,
      "bucket",
      (block) => allOf(FLAGS.map((flag) => requireTrue(block, flag, { message: `${flag} is off` }))),
      "No public access block belongs to this bucket",
    );
  },
  intent: (bucket) => or(...bucket.joined(BLOCK, "bucket").map((block) => and(...FLAGS.map((flag) => block.is(flag))))),
  fix: {
    risk: "disruptive",
    edit(bucket) {
      const [block] = bucket.joined(BLOCK, "bucket");
      if (!block) return addCompanion(bucket, BLOCK, { attribute: "bucket" }, { attributes: allFlags });
      return FLAGS.filter((flag) => block.is(flag) !== true).map((flag) => set(flag, true, block));
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
      }

      resource "${BLOCK}" "b" {
        bucket              = aws_s3_bucket.b.id
        block_public_acls   = true
        block_public_policy = false
      }
    `,
  ],
  good: `resource "aws_s3_bucket" "b" {\n  bucket = "b"\n}\n\nresource "${BLOCK}" "b" {\n  bucket = aws_s3_bucket.b.id\n${flagLines()}\n}\n`,
});

export const accessPointPublic = rule({
  id: "aws-s3-access-point-public",
  aliases: ["CKV_AWS_392"],
  title: "S3 access point does not block public access",
  severity: "high",
  category: "security",
  profile: "strict",
  on: "aws_s3_access_point",
  why: "A public policy on the access point opens the bucket behind it. The block cannot be changed after the access point exists.",
  remedy: "Leave out public_access_block_configuration, or set its flags to true.",
  references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-bpa-settings.html"],
  compliance: controls({ nist: ["AC-3", "AC-4", "SC-7"], pci: ["1.4.4"], soc2: ["CC6.1", "CC6.6"] }),
  check(view) {
    const flags = FLAGS.map((flag) => view.is(`public_access_block_configuration.${flag}`, true));
    if (flags.every((flag) => flag === false))
      return fail("public_access_block_configuration", "Every flag of the public access block is off");
    return verdictOf(flags.includes(true) ? true : "unknown", "public_access_block_configuration");
  },
  intent: (view) => and(...FLAGS.map((flag) => view.is(`public_access_block_configuration.${flag}`, true))),
  fix: { risk: "replaces", edit: () => FLAGS.map((flag) => set(`public_access_block_configuration.0.${flag}`, true)) },
  bad: `
    resource "aws_s3_access_point" "p" {
      bucket = "b"
      name   = "p"
      public_access_block_configuration {
        block_public_acls       = false
        block_public_policy     = false
        ignore_public_acls      = false
        restrict_public_buckets = false
      }
    }
  `,
  good: `
    resource "aws_s3_access_point" "p" {
      bucket = "b"
      name   = "p"
    }
  `,
});
