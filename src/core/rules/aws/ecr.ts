/** ECR: who may pull, whether images can change under a tag, and whether they are looked at. */

import { requireOneOf } from "../checks.ts";
import { controls } from "../compliance.ts";
import { grantsAnyone } from "../evaluators/policy/access.ts";
import { policyAt } from "../evaluators/policy/locate.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { not, pass, verdictOf } from "../verdict.ts";
import { alias, block, example, switchedTo } from "./shapes.ts";

const REPOSITORY = "aws_ecr_repository";
const DOCS = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/";
const repository = (...lines: readonly string[]): string => example(REPOSITORY, 'name = "app"', ...lines);

export const tagMutability = rule({
  id: "aws-ecr-tag-mutability",
  aliases: alias("CKV_AWS_51", "AWS-0031"),
  title: "ECR tags can be moved to other images",
  severity: "high",
  category: "security",
  on: REPOSITORY,
  why: "Whoever may push can replace the image behind a tag that is already running elsewhere. What was tested is then not what runs.",
  remedy: 'Set image_tag_mutability = "IMMUTABLE".',
  references: [`${DOCS}image-tag-mutability.html`],
  check: (view) =>
    requireOneOf(view, "image_tag_mutability", ["IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION"], {
      message: "A tag can be moved to another image",
    }),
  fix: { risk: "disruptive", edit: () => [set("image_tag_mutability", "IMMUTABLE")] },
  bad: [repository(), repository('image_tag_mutability = "MUTABLE"')],
  good: [
    repository('image_tag_mutability = "IMMUTABLE"'),
    repository('image_tag_mutability = "IMMUTABLE_WITH_EXCLUSION"'),
  ],
});

export const scanOnPush = switchedTo({
  id: "aws-ecr-scan-on-push",
  aliases: alias("CKV_AWS_163", "AWS-0030"),
  title: "ECR does not scan images when they are pushed",
  severity: "high",
  on: REPOSITORY,
  why: "Images with known holes go into service unseen. The basic scan costs nothing.",
  remedy: "Set image_scanning_configuration.scan_on_push = true.",
  references: [`${DOCS}image-scanning.html`],
  compliance: controls({ nist: ["RA-5"], soc2: ["CC7.1"] }),
  path: "image_scanning_configuration.scan_on_push",
  risk: "in-place",
  message: "Images are not scanned",
  bad: [repository(), repository(block("image_scanning_configuration", "scan_on_push = false"))],
  good: repository(block("image_scanning_configuration", "scan_on_push = true")),
});

export const ownKey = switchedTo({
  id: "aws-ecr-customer-key",
  aliases: alias("CKV_AWS_136", "AWS-0033"),
  title: "ECR images are not encrypted with KMS",
  severity: "low",
  profile: "strict",
  on: REPOSITORY,
  why: "Images are encrypted with a key of S3's, which nobody can limit or withdraw. With KMS the use of the key can be limited and is recorded.",
  remedy: 'Set encryption_configuration.encryption_type = "KMS"; the repository is made anew.',
  references: [`${DOCS}encryption-at-rest.html`],
  path: "encryption_configuration.encryption_type",
  to: "KMS",
  or: ["KMS_DSSE"],
  risk: "replaces",
  message: "Images are not encrypted with KMS",
  bad: [repository(), repository(block("encryption_configuration", 'encryption_type = "AES256"'))],
  good: repository(block("encryption_configuration", 'encryption_type = "KMS"')),
});

const policy = (principal: string): string =>
  example(
    "aws_ecr_repository_policy",
    'repository = "app"',
    `policy = jsonencode({
  Version   = "2012-10-17"
  Statement = [{
    Effect    = "Allow"
    Principal = ${principal}
    Action    = ["ecr:BatchGetImage"]
  }]
})`,
  );

export const publicPolicy = rule({
  id: "aws-ecr-public-policy",
  aliases: alias("CKV_AWS_32", "AWS-0032"),
  title: "ECR repository policy lets anyone in",
  severity: "high",
  category: "security",
  on: "aws_ecr_repository_policy",
  why: "Every AWS account may pull the images, and push where the statement says so. Images hold code, configuration and now and then a secret.",
  remedy: "Name the principals, or add a condition on their account or organisation.",
  references: [`${DOCS}repository-policies.html`],
  compliance: controls({ nist: ["AC-3", "AC-4", "SC-7"], pci: ["1.4.4"], soc2: ["CC6.1", "CC6.6"] }),
  check(view) {
    const found = policyAt(view, "policy");
    if (!found) return pass("policy");
    return verdictOf(not(grantsAnyone(found).truth), "policy", "A statement allows any principal");
  },
  bad: [policy('"*"'), policy('{ AWS = "*" }')],
  good: policy('{ AWS = "arn:aws:iam::123456789012:root" }'),
});
