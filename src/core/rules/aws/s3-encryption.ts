/** How S3 buckets are encrypted. */
import type { FixOperation } from "../../model/patch.ts";
import { asSeenFrom, eachBlock, eachWritten, requireOneOf } from "../checks.ts";
import { controls } from "../compliance.ts";
import { addCompanion, set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, fail, pass, truthOf, undecided, type Verdict } from "../verdict.ts";
import type { Block, View } from "../view.ts";

const SSE = "aws_s3_bucket_server_side_encryption_configuration";
const ALGORITHM = "apply_server_side_encryption_by_default.sse_algorithm";
const ALGORITHMS = ["AES256", "aws:kms", "aws:kms:dsse"];

/** The rules of an encryption configuration: inline under the bucket, or of the resource of its own. */
const eachRule = (view: Block, path: string, algorithms: readonly string[], message: string): Verdict =>
  eachBlock(view, path, (item) => requireOneOf(item, ALGORITHM, algorithms, { message }));

/** Every configuration that is there, inline or joined; `none` where there is none. */
function encryption(bucket: View, algorithms: readonly string[], message: string, none: Verdict): Verdict {
  const joined = bucket.joined(SSE, "bucket");
  const inline = bucket.has("server_side_encryption_configuration");
  if (inline === false && joined.length === 0)
    return bucket.mayJoin(SSE, "bucket") && none.status === "fail" ? undecided() : none;
  return allOf([
    eachRule(bucket, "server_side_encryption_configuration.rule", algorithms, message),
    ...joined.map((sse) => asSeenFrom(sse, eachRule(sse, "rule", algorithms, message))),
  ]);
}

const namesAlgorithm = (view: Block, path: string): Verdict =>
  eachWritten(view, path, (item) => requireOneOf(item, ALGORITHM, ALGORITHMS));

/** Sets the algorithm wherever it is wrong, or adds a configuration. */
function encryptWith(bucket: View, algorithm: string, allowed: readonly string[]): readonly FixOperation[] | string {
  const wrong = (rules: readonly Block[]): readonly Block[] =>
    rules.filter((item) => requireOneOf(item, ALGORITHM, allowed).status === "fail");
  const own = wrong(bucket.blocks("server_side_encryption_configuration.rule").items).map((item) =>
    set(pathOf(item), algorithm),
  );
  const joined = bucket
    .joined(SSE, "bucket")
    .flatMap((sse) => wrong(sse.blocks("rule").items).map((item) => set(pathOf(item), algorithm, sse)));
  if (own.length + joined.length > 0) return [...own, ...joined];
  return addCompanion(
    bucket,
    SSE,
    { attribute: "bucket" },
    {
      attributes: {},
      blocks: [
        {
          type: "rule",
          body: {
            attributes: {},
            blocks: [
              { type: "apply_server_side_encryption_by_default", body: { attributes: { sse_algorithm: algorithm } } },
            ],
          },
        },
      ],
    },
  );
}

const pathOf = (item: Block): string => `${item.path}.apply_server_side_encryption_by_default.0.sse_algorithm`;

export const encryptionAlgorithm = rule({
  id: "aws-s3-encryption-algorithm",
  aliases: ["CKV_AWS_19"],
  title: "S3 encryption is set to an algorithm that does not exist",
  severity: "high",
  category: "security",
  on: "aws_s3_bucket",
  why: "The encryption settings name no algorithm that S3 knows, so they fail to apply or leave a gap. Without any settings S3 encrypts with AES256 by itself.",
  remedy: 'Set sse_algorithm to "AES256", "aws:kms" or "aws:kms:dsse".',
  references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html"],
  compliance: controls({ nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  check: (bucket) => encryption(bucket, ALGORITHMS, "The encryption rule names no valid algorithm", pass()),
  // Blocks that may not be there do no harm, as long as they name an algorithm.
  intent: (bucket) =>
    truthOf(
      allOf([
        namesAlgorithm(bucket, "server_side_encryption_configuration.rule"),
        ...bucket.joined(SSE, "bucket").map((sse) => namesAlgorithm(sse, "rule")),
      ]),
    ),
  fix: { risk: "in-place", edit: (bucket) => encryptWith(bucket, "AES256", ALGORITHMS) },
  bad: [
    `
      resource "aws_s3_bucket" "b" {
        bucket = "b"
        server_side_encryption_configuration {
          rule {
            apply_server_side_encryption_by_default {
              sse_algorithm = "rot13"
            }
          }
        }
      }
    `,
    `
      resource "aws_s3_bucket" "b" {
        bucket = "b"
      }

      resource "${SSE}" "b" {
        bucket = aws_s3_bucket.b.id
        rule {
          apply_server_side_encryption_by_default {
            sse_algorithm = "rot13"
          }
        }
      }
    `,
  ],
  good: [
    `
      resource "aws_s3_bucket" "b" {
        bucket = "b"
      }
    `,
    `
      resource "aws_s3_bucket" "b" {
        bucket = "b"
      }

      resource "${SSE}" "b" {
        bucket = aws_s3_bucket.b.id
        rule {
          apply_server_side_encryption_by_default {
            sse_algorithm = "aws:kms"
          }
        }
      }
    `,
  ],
});

export const kmsEncryption = rule({
  id: "aws-s3-kms-encryption",
  aliases: ["CKV_AWS_145", "AWS-0132", "AVD-AWS-0132"],
  title: "S3 bucket is not encrypted with KMS",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "aws_s3_bucket",
  why: "With AES256 whoever may read the object may read its content. A KMS key adds a second permission, and a record of every use.",
  remedy: 'Set sse_algorithm = "aws:kms", with the key of your choice.',
  references: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html"],
  compliance: controls({ nist: ["SC-28", "SC-28(1)"], pci: ["3.5.1"], soc2: ["CC6.1"] }),
  check: (bucket) =>
    encryption(
      bucket,
      ["aws:kms", "aws:kms:dsse"],
      "Encrypted, but not with KMS",
      fail(undefined, "No encryption with KMS is configured"),
    ),
  bad: `
    resource "aws_s3_bucket" "b" {
      bucket = "b"
    }
  `,
  good: `
    resource "aws_s3_bucket" "b" {
      bucket = "b"
    }

    resource "${SSE}" "b" {
      bucket = aws_s3_bucket.b.id
      rule {
        apply_server_side_encryption_by_default {
          sse_algorithm = "aws:kms"
        }
      }
    }
  `,
});
