/** EBS volumes: encryption, and with which key. */

import { requireSet, requireTrue } from "../checks.ts";
import { controls } from "../compliance.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { pass } from "../verdict.ts";
import { isEncryptedByAccount } from "./account-defaults.ts";

const DOCS = "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html";

export const volumeEncryption = rule({
  id: "aws-ebs-volume-encryption",
  aliases: ["CKV_AWS_3", "AWS-0026", "AVD-AWS-0026"],
  title: "EBS volume is not encrypted",
  severity: "high",
  category: "security",
  on: "aws_ebs_volume",
  why: "Whoever gets hold of the volume or of a snapshot of it reads the data. Encryption costs nothing and is not felt.",
  remedy: "Set encrypted = true; the volume is made anew, so restore its data from a snapshot.",
  references: [DOCS],
  compliance: controls({ nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  check(view) {
    if (view.get("encrypted").kind === "absent" && isEncryptedByAccount(view)) return pass("encrypted");
    return requireTrue(view, "encrypted", { message: "The volume is not encrypted" });
  },
  intent: (view) => view.is("encrypted", isEncryptedByAccount(view)),
  fix: { risk: "replaces", edit: () => [set("encrypted", true)] },
  bad: [
    `
      resource "aws_ebs_volume" "v" {
        availability_zone = "eu-west-1a"
        size              = 40
      }
    `,
    `
      resource "aws_ebs_volume" "v" {
        availability_zone = "eu-west-1a"
        encrypted         = false
      }
    `,
  ],
  good: `
    resource "aws_ebs_volume" "v" {
      availability_zone = "eu-west-1a"
      size              = 40
      encrypted         = true
    }
  `,
});

export const encryptionByDefault = rule({
  id: "aws-ebs-encryption-by-default",
  aliases: ["CKV_AWS_106"],
  title: "Account-wide EBS encryption is switched off",
  severity: "medium",
  category: "security",
  on: "aws_ebs_encryption_by_default",
  why: "Every new volume is in the clear unless somebody remembers to ask for encryption. With the default on nobody needs to.",
  remedy: "Set enabled = true.",
  references: [DOCS],
  compliance: controls({ cisAws: ["2.2.1"], nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  check: (view) => requireTrue(view, "enabled", { absent: "pass" }),
  fix: { risk: "in-place", edit: () => [set("enabled", true)] },
  bad: `
    resource "aws_ebs_encryption_by_default" "d" {
      enabled = false
    }
  `,
  good: `
    resource "aws_ebs_encryption_by_default" "d" {
      enabled = true
    }
  `,
});

export const volumeKey = rule({
  id: "aws-ebs-volume-customer-key",
  aliases: ["CKV_AWS_189", "AWS-0027", "AVD-AWS-0027"],
  title: "EBS volume does not use a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "aws_ebs_volume",
  why: "The key that AWS manages cannot be limited, shared or withdrawn. With a key of your own you decide who may decrypt.",
  remedy: "Set kms_key_id to a key of your own.",
  references: [DOCS],
  compliance: controls({ nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  check: (view) => requireSet(view, "kms_key_id"),
  bad: `
    resource "aws_ebs_volume" "v" {
      availability_zone = "eu-west-1a"
      encrypted         = true
    }
  `,
  good: `
    resource "aws_ebs_volume" "v" {
      availability_zone = "eu-west-1a"
      encrypted         = true
      kms_key_id        = "arn:aws:kms:eu-west-1:123456789012:key/1"
    }
  `,
});
