/** KMS keys: rotation, and who may use them. */

import { requireSet, requireTrue, someJoined } from "../checks.ts";
import { controls } from "../compliance.ts";
import { grantsAnyone } from "../evaluators/policy/access.ts";
import { policyAt } from "../evaluators/policy/locate.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { and, anyOf, not, notApplicable, pass, undecided, verdictOf } from "../verdict.ts";

const POLICY_DOCS = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html";

export const keyRotation = rule({
  id: "aws-kms-key-rotation",
  aliases: ["CKV_AWS_7", "AWS-0065", "AVD-AWS-0065"],
  title: "KMS key is not rotated",
  severity: "medium",
  category: "security",
  on: "aws_kms_key",
  why: "The longer key material is used, the more is lost with it. KMS rotates a symmetric key once a year by itself, and old data stays readable.",
  remedy: "Set enable_key_rotation = true.",
  references: ["https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html"],
  compliance: controls({ cisAws: ["3.6"], nist: ["SC-12"], pci: ["3.7.4"], soc2: ["CC6.1"] }),
  check(key) {
    const rotates = requireTrue(key, "enable_key_rotation", { message: "Rotation is off" });
    for (const path of ["customer_master_key_spec", "key_usage"])
      if (key.get(path).kind === "unknown" && rotates.status === "fail") return undecided(path);
    const spec = key.text("customer_master_key_spec") ?? key.text("key_spec") ?? "SYMMETRIC_DEFAULT";
    const use = key.text("key_usage") ?? "ENCRYPT_DECRYPT";
    if (spec !== "SYMMETRIC_DEFAULT" || use !== "ENCRYPT_DECRYPT" || key.has("custom_key_store_id") === true)
      return notApplicable;
    return rotates;
  },
  fix: { risk: "in-place", edit: () => [set("enable_key_rotation", true)] },
  bad: [
    `
      resource "aws_kms_key" "k" {
        description = "data"
      }
    `,
    `
      resource "aws_kms_key" "k" {
        description         = "data"
        enable_key_rotation = false
      }
    `,
  ],
  good: [
    `
      resource "aws_kms_key" "k" {
        description         = "data"
        enable_key_rotation = true
      }
    `,
    `
      resource "aws_kms_key" "k" {
        description              = "signing"
        key_usage                = "SIGN_VERIFY"
        customer_master_key_spec = "RSA_4096"
      }
    `,
  ],
});

const keyPolicy = (type: string, principal: string): string =>
  `
    resource "${type}" "k" {
      ${type === "aws_kms_key" ? 'description = "data"' : 'key_id = "1"'}
      policy = jsonencode({
        Version = "2012-10-17"
        Statement = [{
          Effect    = "Allow"
          Principal = { AWS = "${principal}" }
          Action    = "kms:*"
          Resource  = "*"
        }]
      })
    }
  `;

export const openKeyPolicy = rule({
  id: "aws-kms-key-policy-open",
  aliases: ["CKV_AWS_33"],
  title: "KMS key policy lets any principal use the key",
  severity: "high",
  category: "security",
  on: ["aws_kms_key", "aws_kms_key_policy"],
  why: "Any AWS account in the world can decrypt what the key protects, if it gets hold of the data. The key then protects nothing.",
  remedy: "Name the accounts or roles, or add a condition such as kms:CallerAccount.",
  references: [POLICY_DOCS],
  compliance: controls({ nist: ["AC-3", "SC-12"], soc2: ["CC6.1"] }),
  check(view) {
    const policy = policyAt(view, "policy");
    if (!policy) return view.type === "aws_kms_key" ? pass("policy") : notApplicable;
    return verdictOf(not(grantsAnyone(policy).truth), "policy", "A statement lets any principal use the key");
  },
  intent: (view) =>
    and(
      ...[view, ...view.joined(["aws_kms_key", "aws_kms_key_policy"], "key_id")]
        .map((holder) => policyAt(holder, "policy"))
        .map((policy) => (policy ? not(grantsAnyone(policy).truth) : true)),
    ),
  bad: [keyPolicy("aws_kms_key", "*"), keyPolicy("aws_kms_key_policy", "*")],
  good: keyPolicy("aws_kms_key", "arn:aws:iam::123456789012:root"),
});

export const explicitKeyPolicy = rule({
  id: "aws-kms-key-policy-explicit",
  aliases: ["CKV2_AWS_64"],
  title: "KMS key has no policy of its own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "aws_kms_key",
  why: "The default policy leaves everything to IAM, so that any administrator of the account can use the key. A policy says who may.",
  remedy: "Set policy, or add an aws_kms_key_policy.",
  references: [POLICY_DOCS],
  check(key) {
    const message = "No policy is given for this key";
    const own = requireSet(key, "policy", { message });
    return anyOf([own, someJoined(key, "aws_kms_key_policy", "key_id", () => pass(), message)]);
  },
  bad: `
    resource "aws_kms_key" "k" {
      description = "data"
    }
  `,
  good: keyPolicy("aws_kms_key", "arn:aws:iam::123456789012:root"),
});

export const keyEnabled = rule({
  id: "aws-kms-key-disabled",
  aliases: ["CKV_AWS_227"],
  title: "KMS key is disabled",
  severity: "medium",
  category: "reliability",
  profile: "strict",
  on: "aws_kms_key",
  why: "Nothing that the key protects can be read while it is disabled. Services that use it fail one after the other.",
  remedy: "Set is_enabled = true, or remove the key if nothing needs it.",
  references: ["https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html"],
  check: (view) => requireTrue(view, "is_enabled", { absent: "pass", message: "The key is disabled" }),
  fix: { risk: "disruptive", edit: () => [set("is_enabled", true)] },
  bad: `
    resource "aws_kms_key" "k" {
      description         = "data"
      enable_key_rotation = true
      is_enabled          = false
    }
  `,
  good: `
    resource "aws_kms_key" "k" {
      description         = "data"
      enable_key_rotation = true
    }
  `,
});
