/** S3 bucket policies: whom they let in, and whom they lock out. */
import { controls } from "../compliance.ts";
import { findStatement, grantsAnyone, listed, namesAnyone } from "../evaluators/policy/access.ts";
import { policyAt } from "../evaluators/policy/locate.ts";
import { covers } from "../evaluators/policy/wildcards.ts";
import { rule } from "../rule.ts";
import { and, not, notApplicable, pass, verdictOf } from "../verdict.ts";

const POLICY_EXAMPLE = (principal: string, condition = ""): string =>
  `
    resource "aws_s3_bucket_policy" "b" {
      bucket = "b"
      policy = jsonencode({
        Version = "2012-10-17"
        Statement = [{
          Effect    = "Allow"
          Principal = ${principal}
          Action    = "s3:GetObject"
          Resource  = "arn:aws:s3:::b/*"${condition}
        }]
      })
    }
  `;

export const publicPolicy = rule({
  id: "aws-s3-public-policy",
  aliases: ["CKV_AWS_70"],
  title: "Bucket policy lets any principal in",
  severity: "high",
  category: "security",
  on: ["aws_s3_bucket", "aws_s3_bucket_policy"],
  why: "Everyone in the world gets what the statement allows. A condition on transport or user agent does not change that: anybody can meet it.",
  remedy: "Name the principals, or add a condition on their account, organisation, VPC endpoint or source ARN.",
  references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html"],
  compliance: controls({ nist: ["AC-3", "AC-4", "SC-7"], pci: ["1.4.4"], soc2: ["CC6.1", "CC6.6"] }),
  check(view) {
    const policy = policyAt(view, "policy");
    if (!policy) return view.type === "aws_s3_bucket" ? notApplicable : pass("policy");
    return verdictOf(
      not(grantsAnyone(policy).truth),
      "policy",
      "A statement allows any principal without a condition that narrows it",
    );
  },
  bad: [
    POLICY_EXAMPLE('"*"'),
    POLICY_EXAMPLE('{ AWS = "*" }', '\n      Condition = { Bool = { "aws:SecureTransport" = "true" } }'),
  ],
  good: [
    POLICY_EXAMPLE('{ AWS = "arn:aws:iam::123456789012:root" }'),
    POLICY_EXAMPLE('"*"', '\n      Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-abc123" } }'),
  ],
});

export const policyLockout = rule({
  id: "aws-s3-policy-lockout",
  aliases: ["CKV_AWS_93"],
  title: "Bucket policy locks everyone out",
  severity: "medium",
  category: "reliability",
  profile: "strict",
  on: ["aws_s3_bucket", "aws_s3_bucket_policy"],
  why: "The statement forbids everybody to change the policy, its author too. Only the account's root user can then get the bucket back.",
  remedy: "Limit the Deny with a condition, or leave s3:PutBucketPolicy and s3:DeleteBucketPolicy out of it.",
  references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html"],
  check(view) {
    const policy = policyAt(view, "policy");
    if (!policy) return view.type === "aws_s3_bucket" ? notApplicable : pass("policy");
    const locks = findStatement(policy, (s) => {
      if (s.effect === "unknown") return "unknown";
      if (s.effect !== "Deny" || s.notActions || s.notPrincipals || s.conditions.length > 0) return false;
      const onBucket =
        s.resources === undefined || !s.resources.complete || s.resources.items.some((r) => !/\/[^/]*\*$/.test(r));
      const denies = listed(s.actions, (action) => covers(action, "s3:PutBucketPolicy"));
      return and(onBucket, namesAnyone(s), denies, s.conditionsComplete ? true : "unknown");
    });
    return verdictOf(not(locks.truth), "policy", "A Deny without a condition keeps everyone from changing the policy");
  },
  bad: `
    resource "aws_s3_bucket_policy" "b" {
      bucket = "b"
      policy = jsonencode({
        Statement = [{
          Effect    = "Deny"
          Principal = "*"
          Action    = "s3:*"
          Resource  = "arn:aws:s3:::b"
        }]
      })
    }
  `,
  good: `
    resource "aws_s3_bucket_policy" "b" {
      bucket = "b"
      policy = jsonencode({
        Statement = [{
          Effect    = "Deny"
          Principal = "*"
          Action    = "s3:*"
          Resource  = "arn:aws:s3:::b"
          Condition = { Bool = { "aws:SecureTransport" = "false" } }
        }]
      })
    }
  `,
});
