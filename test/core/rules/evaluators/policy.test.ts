import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Unknown, type Value } from "../../../../src/core/model/value.ts";
import { allowsAction, allowsEverything, grantsAnyone } from "../../../../src/core/rules/evaluators/policy/access.ts";
import { CREDENTIALS, escalates, givesAny } from "../../../../src/core/rules/evaluators/policy/danger.ts";
import { type Policy, parsePolicy, type Statement } from "../../../../src/core/rules/evaluators/policy/document.ts";
import { trustsAnyWorkflow } from "../../../../src/core/rules/evaluators/policy/github-oidc.ts";
import { policyAt, policyOfDocument } from "../../../../src/core/rules/evaluators/policy/locate.ts";
import { isRestrictable } from "../../../../src/core/rules/evaluators/policy/wildcard-only.ts";
import { covers, overlaps } from "../../../../src/core/rules/evaluators/policy/wildcards.ts";
import { HOLE } from "../../../../src/core/rules/evaluators/texts.ts";
import { viewOf } from "../../../support/views.ts";

type Json = { readonly [key: string]: Value };

const policyOf = (...statements: readonly Json[]): Policy => {
  const policy = parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }));
  if (!policy) throw new Error("not a policy");
  return policy;
};
const statement = (json: Json): Statement => {
  const [only] = policyOf(json).statements;
  if (!only) throw new Error("no statement");
  return only;
};
const open = (more: Json = {}): Json => ({
  Effect: "Allow",
  Principal: "*",
  Action: "s3:GetObject",
  Resource: "*",
  ...more,
});
const open1 = (Condition: Json): Policy => policyOf(open({ Condition }));

describe("reading a policy", () => {
  it("takes text, objects, one statement or many", () => {
    expect(parsePolicy('{"Statement":{"Effect":"Allow"}}')?.statements).toHaveLength(1);
    expect(parsePolicy({ Statement: [{ Effect: "Allow" }, { Effect: "Deny" }] })?.statements).toHaveLength(2);
  });

  it("finds none in empty text, broken text, or text that is no policy", () => {
    for (const text of ["", "  ", "{", "[]", "42", '{"a":1}']) expect(parsePolicy(text)).toBeUndefined();
  });

  it("reads past a comma at the end of a list, as the author meant it", () => {
    const text = '{"Statement":[{"Effect":"Allow","Action":["a:,]",],},],}';
    expect(parsePolicy(text)?.statements[0]?.actions?.items).toEqual(["a:,]"]);
  });

  it("keeps what is unknown unknown", () => {
    expect(parsePolicy(new Unknown())).toEqual({ statements: [], complete: false });
    const policy = parsePolicy(
      new Unknown("{", [], `{"Statement":[{"Effect":"Allow","Action":${HOLE},"Resource":"a${HOLE}b"}]}`),
    );
    expect(policy?.statements[0]?.actions).toEqual({ items: [HOLE], complete: false });
    expect(policy?.statements[0]?.resources).toEqual({ items: [`a${HOLE}b`], complete: true });
    const effect = parsePolicy(new Unknown("{", [], `{"Statement":[{"Effect":"${HOLE}","Action":"*"}]}`));
    expect(effect?.statements[0]?.effect).toBe("unknown");
  });

  it("never throws, whatever the text", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => parsePolicy(text) === undefined || true));
  });
});

describe("wildcards", () => {
  it.each([
    ["*", "iam:PassRole", true],
    ["iam:*", "iam:PassRole", true],
    ["IAM:passrole", "iam:PassRole", true],
    ["iam:Pass????", "iam:PassRole", true],
    ["iam:Pass???", "iam:PassRole", false],
    ["iam:Get*", "iam:PassRole", false],
    ["s3:Get*", "s3:*", false],
    ["s3:*", "s3:Get*", true],
    ["s3:?et", "s3:*et", false],
    ["a.c", "abc", false],
  ])("%s covers %s: %s", (wide, narrow, expected) => expect(covers(wide, narrow)).toBe(expected));

  it("knows that two patterns can mean the same action", () => {
    expect(overlaps("s3:*Object", "s3:Get*")).toBe(true);
    expect(overlaps("s3:Put*", "s3:Get*")).toBe(false);
  });

  it("covers itself, and is covered by the star (property)", () => {
    const pattern = fc.stringMatching(/^[a-z]{1,4}:[A-Za-z*?]{1,8}$/);
    fc.assert(fc.property(pattern, (p) => covers(p, p) && covers("*", p) && overlaps(p, p)));
  });
});

describe("who is let in", () => {
  it.each([
    ["*", true],
    [{ AWS: "*" }, true],
    [{ AWS: ["arn:aws:iam::123456789012:root", "*"] }, true],
    [{ AWS: "arn:aws:iam::123456789012:root" }, false],
    [{ Service: "ec2.amazonaws.com" }, false],
    [{ Federated: "cognito-identity.amazonaws.com" }, false],
    [{ CanonicalUser: "abc" }, false],
  ])("Principal %j lets anyone in: %s", (Principal, expected) => {
    expect(grantsAnyone(policyOf(open({ Principal }))).truth).toBe(expected);
  });

  it("Allow with NotPrincipal lets in everyone but those it names", () => {
    const { Principal: _, ...rest } = open({ NotPrincipal: { AWS: "arn:aws:iam::123456789012:root" } });
    expect(grantsAnyone(policyOf(rest)).truth).toBe(true);
  });

  it("looks at every statement, not only the first, nor stops at one with a condition", () => {
    const narrow = open({ Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } });
    expect(grantsAnyone(policyOf(narrow, open())).index).toBe(1);
  });

  it("is undecided where the principal or the whole policy is unknown", () => {
    expect(grantsAnyone(policyOf(open({ Principal: { AWS: HOLE } }))).truth).toBe("unknown");
    expect(grantsAnyone({ statements: [], complete: false }).truth).toBe("unknown");
    expect(grantsAnyone(policyOf(open({ Principal: { AWS: `arn:aws:iam::${HOLE}:root` } }))).truth).toBe(false);
  });
});

describe("conditions that narrow", () => {
  it.each([
    [{ StringEquals: { "aws:SourceAccount": "123456789012" } }],
    [{ ArnLike: { "aws:SourceArn": "arn:aws:s3:::logs" } }],
    [{ StringEquals: { "AWS:PrincipalOrgId": "o-1" } }],
    [{ StringEquals: { "aws:sourceVpce": "vpce-1" } }],
    [{ IpAddress: { "aws:SourceIp": ["198.51.100.0/24"] } }],
    [{ ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/x" } }],
    [{ StringEquals: { "kms:CallerAccount": "123456789012", "kms:ViaService": "s3.eu-west-1.amazonaws.com" } }],
    [{ "ForAnyValue:StringEquals": { "aws:PrincipalOrgPaths": "o-1/r-1/" } }],
    [{ Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" } }],
    [{ ArnLike: { "aws:SourceArn": "arn:aws:sns:*:123456789012:*" } }],
    [{ StringLike: { "aws:userid": ["AROAEXAMPLE:*", "123456789012"] } }],
  ])("%j", (condition) => expect(grantsAnyone(open1(condition)).truth).toBe(false));
});

describe("conditions that only look as if they narrowed", () => {
  it.each([
    ["transport", { Bool: { "aws:SecureTransport": "true" } }],
    ["user agent", { StringLike: { "aws:UserAgent": "Mozilla*" } }],
    ["referer", { StringLike: { "aws:Referer": "https://acme.example/*" } }],
    ["multi-factor: any account has it", { Bool: { "aws:MultiFactorAuthPresent": "true" } }],
    ["the whole internet", { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } }],
    ["the whole internet in halves", { IpAddress: { "aws:SourceIp": ["0.0.0.0/0", "::/0"] } }],
    ["a star", { StringLike: { "aws:PrincipalArn": "*" } }],
    ["any account's ARN", { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:root" } }],
    ["a name that any account can give", { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/deploy" } }],
    ["every bucket", { ArnLike: { "aws:SourceArn": "arn:aws:s3:::*" } }],
    ["every ARN", { ArnLike: { "aws:SourceArn": "arn:aws:*" } }],
    ["every organisation", { StringLike: { "aws:PrincipalOrgID": "o-*" } }],
    ["IfExists: a stranger need not send the key", { StringEqualsIfExists: { "aws:SourceAccount": "123456789012" } }],
    ["ForAllValues: true of no value", { "ForAllValues:StringEquals": { "aws:PrincipalOrgPaths": "o-1/*" } }],
    ["a negated operator", { StringNotEquals: { "aws:SourceAccount": "123456789012" } }],
    ["that a key is there", { Null: { "aws:SourceVpce": "false" } }],
    ["a key that the caller writes", { StringEquals: { "s3:x-amz-acl": "private" } }],
  ])("%s", (_name, condition) => expect(grantsAnyone(open1(condition)).truth).toBe(true));

  it("an unknown value is undecided where it may hold wildcards, and narrows where it is compared letter by letter", () => {
    expect(grantsAnyone(open1({ StringLike: { "aws:SourceAccount": HOLE } })).truth).toBe("unknown");
    expect(grantsAnyone(open1({ StringEquals: { "aws:SourceAccount": HOLE } })).truth).toBe(false);
  });
});

describe("Deny", () => {
  const deny = (more: Json): Json => ({ Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*", ...more });
  it("rescues an Allow that it covers for strangers", () => {
    const guard = deny({ Condition: { StringNotEquals: { "aws:SourceVpce": "vpce-1" } } });
    expect(grantsAnyone(policyOf(open(), guard)).truth).toBe(false);
  });

  it.each([
    ["another action", { Action: "s3:PutObject", Condition: { StringNotEquals: { "aws:SourceVpce": "vpce-1" } } }],
    ["one principal", { Principal: { AWS: "arn:aws:iam::123456789012:root" } }],
    ["plain HTTP only", { Condition: { Bool: { "aws:SecureTransport": "false" } } }],
    ["another resource", { Resource: "arn:aws:s3:::other/*" }],
  ])("does not, where it speaks of %s", (_name, more) => {
    expect(grantsAnyone(policyOf(open(), deny(more))).truth).toBe(true);
  });
});

describe("actions", () => {
  it("sees through case, wildcards and NotAction", () => {
    expect(allowsAction(statement(open({ Action: "IAM:pass*" })), "iam:PassRole")).toBe(true);
    expect(allowsAction(statement({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }), "iam:PassRole")).toBe(false);
    expect(allowsAction(statement({ Effect: "Allow", NotAction: "s3:*", Resource: "*" }), "iam:PassRole")).toBe(true);
    expect(allowsEverything(statement(open({ Action: ["s3:Get*", "*"] })))).toBe(true);
    expect(allowsEverything(statement(open({ Action: HOLE })))).toBe("unknown");
  });

  it("tells actions that could be limited from those that know no resources", () => {
    expect(isRestrictable("ec2:DescribeInstances")).toBe(false);
    expect(isRestrictable("ec2:*")).toBe(true);
    expect(isRestrictable("s3:GetObject")).toBe(true);
    expect(isRestrictable("s3:ListAllMyBuckets")).toBe(false);
  });
});

describe("privilege escalation", () => {
  const holds = (...Action: readonly string[]): Json => ({ Effect: "Allow", Action, Resource: "*" });
  it("needs every action of a combination, over all statements", () => {
    expect(escalates(policyOf(holds("iam:PassRole"))).truth).toBe(false);
    expect(escalates(policyOf(holds("iam:PassRole"), holds("ec2:RunInstances"))).truth).toBe(true);
    expect(escalates(policyOf(holds("iam:Put*"))).what).toContain("iam:PutUserPolicy");
  });

  it("is not given by actions on named resources, under conditions, or denied elsewhere", () => {
    expect(escalates(policyOf({ ...holds("iam:CreateAccessKey"), Resource: "arn:aws:iam::1:user/x" })).truth).toBe(
      false,
    );
    expect(
      escalates(
        policyOf({ ...holds("iam:CreateAccessKey"), Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } }),
      ).truth,
    ).toBe(false);
    expect(escalates(policyOf(holds("iam:*"), { Effect: "Deny", Action: "iam:*", Resource: "*" })).truth).toBe(false);
  });

  it("finds credentials that are handed out", () => {
    expect(givesAny(policyOf(holds("redshift:*")), CREDENTIALS).truth).toBe(true);
    expect(givesAny(policyOf(holds("s3:GetObject")), CREDENTIALS).truth).toBe(false);
  });
});

describe("policies in Terraform", () => {
  it("reads jsonencode with unknown parts", () => {
    const view = viewOf(
      `
      resource "aws_s3_bucket" "b" {}
      resource "aws_s3_bucket_policy" "p" {
        policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:*", Resource = aws_s3_bucket.b.arn }] })
      }`,
      "aws_s3_bucket_policy.p",
    );
    const policy = policyAt(view, "policy");
    expect(policy && grantsAnyone(policy).truth).toBe(true);
  });

  it("follows a policy document, with the documents it takes over", () => {
    const view = viewOf(
      `
      data "aws_iam_policy_document" "base" {
        statement {
          sid       = "all"
          actions   = ["*"]
          resources = ["*"]
        }
      }
      data "aws_iam_policy_document" "p" {
        source_policy_documents = [data.aws_iam_policy_document.base.json]
        statement {
          actions   = ["s3:GetObject"]
          resources = ["*"]
        }
      }
      resource "aws_iam_policy" "p" {
        policy = data.aws_iam_policy_document.p.json
      }`,
      "aws_iam_policy.p",
    );
    const actions = policyAt(view, "policy")?.statements.flatMap((s) => s.actions?.items ?? []);
    expect(actions).toEqual(["*", "s3:GetObject"]);
  });

  it("lets an override replace the statement with its sid", () => {
    const view = viewOf(`
      data "aws_iam_policy_document" "p" {
        override_policy_documents = ["{\\"Statement\\":[{\\"Sid\\":\\"a\\",\\"Effect\\":\\"Deny\\",\\"Action\\":\\"*\\",\\"Resource\\":\\"*\\"}]}"]
        statement {
          sid       = "a"
          actions   = ["*"]
          resources = ["*"]
        }
      }`);
    expect(policyOfDocument(view).statements.map((s) => s.effect)).toEqual(["Deny"]);
  });
});

describe("trust in GitHub's tokens", () => {
  const trust = (sub?: string, operator = "StringLike"): Policy =>
    policyOf({
      Effect: "Allow",
      Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" },
      Action: "sts:AssumeRoleWithWebIdentity",
      ...(sub !== undefined && { Condition: { [operator]: { "token.actions.githubusercontent.com:sub": sub } } }),
    });

  it.each([
    "repo:acme/infra:*",
    "repo:acme/*",
    "repo:acme/infra:ref:refs/heads/main",
    "repository_owner:acme:repo:acme/x",
    `repo:acme/${HOLE}:*`,
  ])("%s names an owner", (sub) => expect(trustsAnyWorkflow(trust(sub)).truth).toBe(false));

  it.each([
    "*",
    "repo:*",
    "repo:acme*",
    "repo:*/infra:*",
    "workflow:x:repo:acme/infra",
    "environment:production",
    "invalid",
  ])("%s names nobody", (sub) => expect(trustsAnyWorkflow(trust(sub)).truth).toBe(true));

  it("needs the condition, and not one that asks for the contrary", () => {
    expect(trustsAnyWorkflow(trust()).truth).toBe(true);
    expect(trustsAnyWorkflow(trust("repo:acme/infra:*", "StringNotLike")).truth).toBe(true);
    expect(trustsAnyWorkflow(trust("repo:acme/infra:*", "StringLikeIfExists")).truth).toBe(true);
  });

  it("looks at every statement, not only the first", () => {
    const both = [
      ...policyOf({ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" })
        .statements,
      ...trust().statements,
    ];
    expect(trustsAnyWorkflow({ statements: both, complete: true }).index).toBe(1);
  });
});
