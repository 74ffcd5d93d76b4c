/** jsonencode(), heredocs and data.aws_iam_policy_document end in one text; expected texts are the AWS provider's. */
import { describe, expect, it } from "@jest/globals";
import type { Unknown } from "../../../../src/core/model/value.ts";
import { read } from "./read.ts";

const json = (body: string, before = ""): unknown =>
  read(
    `${before}\ndata "aws_iam_policy_document" "d" {\n${body}\n}\nresource "aws_iam_policy" "p" {\n  policy = data.aws_iam_policy_document.d.json\n}`,
  ).attributes("aws_iam_policy.p").policy;

describe("aws_iam_policy_document", () => {
  it("renders as the provider does: order, single values, sorted lists, escapes", () => {
    expect(
      json(`
        policy_id = "id"
        statement {
          sid       = "Read"
          actions   = ["s3:GetObject", "s3:ListBucket"]
          resources = ["arn:aws:s3:::b/&{aws:username}"]
          principals {
            type        = "AWS"
            identifiers = ["arn:aws:iam::1:root", "arn:aws:iam::2:root"]
          }
          condition {
            test     = "StringEquals"
            variable = "aws:SourceAccount"
            values   = ["1"]
          }
        }
        statement {
          effect        = "Deny"
          not_actions   = ["iam:*"]
          not_resources = ["*"]
          principals {
            type        = "*"
            identifiers = ["*"]
          }
        }`),
    ).toBe(`{
  "Version": "2012-10-17",
  "Id": "id",
  "Statement": [
    {
      "Sid": "Read",
      "Effect": "Allow",
      "Action": [
        "s3:ListBucket",
        "s3:GetObject"
      ],
      "Resource": "arn:aws:s3:::b/\${aws:username}",
      "Principal": {
        "AWS": [
          "arn:aws:iam::2:root",
          "arn:aws:iam::1:root"
        ]
      },
      "Condition": {
        "StringEquals": {
          "aws:SourceAccount": "1"
        }
      }
    },
    {
      "Effect": "Deny",
      "NotAction": "iam:*",
      "NotResource": "*",
      "Principal": "*"
    }
  ]
}`);
  });

  it('{ AWS = "*" } stays what it is', () => {
    expect(
      JSON.parse(String(json('statement {\n  principals {\n    type = "AWS"\n    identifiers = ["*"]\n  }\n}')))
        .Statement[0].Principal,
    ).toEqual({ AWS: "*" });
  });

  it("merges source documents before and override documents after, by Sid", () => {
    const before = `
      data "aws_iam_policy_document" "source" {
        statement {
          sid       = "A"
          actions   = ["a:a"]
          resources = ["*"]
        }
        statement {
          actions   = ["b:b"]
          resources = ["*"]
        }
      }
      data "aws_iam_policy_document" "override" {
        statement {
          sid       = "A"
          effect    = "Deny"
          actions   = ["c:c"]
          resources = ["*"]
        }
      }`;
    const merged = JSON.parse(
      String(
        json(
          `source_policy_documents = [data.aws_iam_policy_document.source.json]
           override_policy_documents = [data.aws_iam_policy_document.override.json, jsonencode({ Statement = { Sid = "New", Effect = "Allow", Action = "d:d", Resource = "*" } })]
           statement {
             sid       = "Own"
             actions   = ["o:o"]
             resources = ["*"]
           }`,
          before,
        ),
      ),
    );
    expect(
      merged.Statement.map((s: { Sid?: string; Effect: string; Action: string }) => [s.Sid, s.Effect, s.Action]),
    ).toEqual([
      ["A", "Deny", "c:c"],
      [undefined, "Allow", "b:b"],
      ["Own", "Allow", "o:o"],
      ["New", "Allow", "d:d"],
    ]);
  });

  it("has a hole where a value is not known, and the link it comes from", () => {
    const { resource } = read(`
      resource "aws_s3_bucket" "b" {}
      data "aws_iam_policy_document" "d" {
        statement {
          actions   = ["s3:*"]
          resources = ["\${aws_s3_bucket.b.arn}/*"]
        }
      }
      resource "aws_s3_bucket_policy" "p" { policy = data.aws_iam_policy_document.d.json }`);
    const policy = resource("aws_s3_bucket_policy.p").attributes.policy as Unknown;
    expect(JSON.parse(policy.outline ?? "").Statement[0]).toEqual({
      Effect: "Allow",
      Action: "s3:*",
      Resource: "arn:\uFFFC/*",
    });
    expect(resource("aws_s3_bucket_policy.p").references.map((r) => r.to)).toEqual([
      "aws_s3_bucket.b",
      "data.aws_iam_policy_document.d",
    ]);
  });

  it("says the same as jsonencode and as a heredoc", () => {
    const { attributes } = read(`
      data "aws_iam_policy_document" "d" {
        statement {
          actions   = ["s3:*"]
          resources = ["*"]
        }
      }
      resource "aws_x" "x" {
        data   = data.aws_iam_policy_document.d.json
        encode = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
        here   = <<-EOT
          { "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "s3:*", "Resource": "*" }] }
        EOT
      }`);
    const { data, encode, here } = attributes("aws_x.x");
    expect(JSON.parse(String(encode))).toEqual(JSON.parse(String(data)));
    expect(JSON.parse(String(here))).toEqual(JSON.parse(String(data)));
  });

  it("stays open where statements are made by an unknown for_each", () => {
    const policy = json(
      'dynamic "statement" {\n  for_each = var.s\n  content {\n    actions = [statement.value]\n  }\n}',
      'variable "s" {\n  type = list(string)\n}',
    ) as Unknown;
    expect(JSON.parse(policy.outline ?? "").Statement[0].Effect).toBe("\uFFFC");
  });
});
