/** Who may assume roles, and whom policy documents let in. */

import type { Truth } from "../../model/value.ts";
import { controls } from "../compliance.ts";
import { findStatement, grantsAnyone, some } from "../evaluators/policy/access.ts";
import { isNarrowed } from "../evaluators/policy/conditions.ts";
import type { Statement } from "../evaluators/policy/document.ts";
import { trustsAnyWorkflow } from "../evaluators/policy/github-oidc.ts";
import { policyAt, policyOfDocument, statementPath } from "../evaluators/policy/locate.ts";
import { rule } from "../rule.ts";
import { and, not, notApplicable, verdictOf } from "../verdict.ts";

const ROLE_DOCS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-user.html";
const OIDC_DOCS = "https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws";

const role = (principal: string, more = ""): string =>
  `
    resource "aws_iam_role" "r" {
      name = "r"
      assume_role_policy = jsonencode({
        Version = "2012-10-17"
        Statement = [{
          Effect    = "Allow"
          Action    = "sts:AssumeRole"
          Principal = ${principal}${more}
        }]
      })
    }
  `;

export const openTrust = rule({
  id: "aws-iam-role-trusts-anyone",
  aliases: ["CKV_AWS_60"],
  title: "Anyone can assume the role",
  severity: "high",
  category: "security",
  on: "aws_iam_role",
  why: "Every AWS account in the world can take the role and do what it may do. Its name is all that an attacker needs to know.",
  remedy: "Name the accounts or roles that may assume it.",
  references: [ROLE_DOCS],
  compliance: controls({ nist: ["AC-3"], soc2: ["CC6.1"] }),
  check(view) {
    const policy = policyAt(view, "assume_role_policy");
    if (!policy) return notApplicable;
    return verdictOf(
      not(grantsAnyone(policy).truth),
      "assume_role_policy",
      "The trust policy lets any principal assume the role",
    );
  },
  bad: role('{ AWS = "*" }'),
  good: [role('{ AWS = "arn:aws:iam::123456789012:role/ci" }'), role('{ Service = "ec2.amazonaws.com" }')],
});

/** A bare account, or its root: everyone in that account to whom it gives the right. */
const isAccount = (principal: string): boolean => /^\d{12}$|^arn:[^:]*:iam::[^:]*:root$/.test(principal);

const trustsAccount = (s: Statement): Truth =>
  and(
    s.effect === "unknown" ? "unknown" : s.effect === "Allow",
    some(s.principals, (p) => p.kind === "aws" && isAccount(p.value)),
    not(isNarrowed(s)),
  );

export const accountTrust = rule({
  id: "aws-iam-role-trusts-account",
  aliases: ["CKV_AWS_61"],
  title: "Role trusts a whole account",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "aws_iam_role",
  why: "Whoever may call sts:AssumeRole in that account can take the role. Who that is, is decided over there.",
  remedy: "Name the roles that may assume it, or add a condition on aws:PrincipalArn.",
  references: [ROLE_DOCS],
  check(view) {
    const policy = policyAt(view, "assume_role_policy");
    if (!policy) return notApplicable;
    return verdictOf(
      not(findStatement(policy, trustsAccount).truth),
      "assume_role_policy",
      "The trust policy names a whole account",
    );
  },
  bad: role('{ AWS = "arn:aws:iam::123456789012:root" }'),
  good: role('{ AWS = "arn:aws:iam::123456789012:role/ci" }'),
});

export const openDocument = rule({
  id: "aws-iam-document-any-principal",
  aliases: ["CKV_AWS_283"],
  title: "Policy document lets any AWS principal in",
  severity: "high",
  category: "security",
  on: "data.aws_iam_policy_document",
  why: "Everyone with an AWS account gets what the statement allows. A condition on transport or user agent does not change that: anybody can meet it.",
  remedy: "Name the principals, or add a condition on their account, organisation or source ARN.",
  references: ["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"],
  compliance: controls({ nist: ["AC-3"], soc2: ["CC6.1"] }),
  check(view) {
    const { truth, index } = grantsAnyone(policyOfDocument(view));
    return verdictOf(not(truth), statementPath(view, index), "A statement lets any principal in");
  },
  bad: `
    data "aws_iam_policy_document" "p" {
      statement {
        actions   = ["s3:GetObject"]
        resources = ["arn:aws:s3:::b/*"]
        principals {
          type        = "AWS"
          identifiers = ["*"]
        }
      }
    }
  `,
  good: `
    data "aws_iam_policy_document" "p" {
      statement {
        actions   = ["s3:GetObject"]
        resources = ["arn:aws:s3:::b/*"]
        principals {
          type        = "AWS"
          identifiers = ["*"]
        }
        condition {
          test     = "StringEquals"
          variable = "aws:PrincipalOrgID"
          values   = ["o-abc123"]
        }
      }
    }
  `,
});

const OIDC_WHY =
  "Without a condition on the subject that names an owner, any workflow in any repository on GitHub can take the role. All it takes is a free account.";
const OIDC_REMEDY = 'Compare token.actions.githubusercontent.com:sub with "repo:OWNER/REPOSITORY:…".';
const OIDC_MESSAGE = "GitHub's tokens are trusted without a subject that names an owner";
const PROVIDER = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";

export const githubTrust = rule({
  id: "aws-iam-role-github-oidc",
  aliases: ["CKV_AWS_393"],
  title: "Role trusts workflows of any GitHub repository",
  severity: "high",
  category: "security",
  on: "aws_iam_role",
  why: OIDC_WHY,
  remedy: OIDC_REMEDY,
  references: [OIDC_DOCS],
  compliance: controls({ nist: ["AC-3"], soc2: ["CC6.1"] }),
  check(view) {
    const policy = policyAt(view, "assume_role_policy");
    if (!policy) return notApplicable;
    return verdictOf(not(trustsAnyWorkflow(policy).truth), "assume_role_policy", OIDC_MESSAGE);
  },
  bad: role(`{ Federated = "${PROVIDER}" }`),
  good: role(
    `{ Federated = "${PROVIDER}" }`,
    '\n      Condition = { StringLike = { "token.actions.githubusercontent.com:sub" = "repo:acme/infra:*" } }',
  ),
});

export const githubDocument = rule({
  id: "aws-iam-document-github-oidc",
  aliases: ["CKV_AWS_358"],
  title: "Policy document trusts workflows of any GitHub repository",
  severity: "high",
  category: "security",
  on: "data.aws_iam_policy_document",
  why: OIDC_WHY,
  remedy: OIDC_REMEDY,
  references: [OIDC_DOCS],
  compliance: controls({ nist: ["AC-3"], soc2: ["CC6.1"] }),
  check(view) {
    const { truth, index } = trustsAnyWorkflow(policyOfDocument(view));
    return verdictOf(not(truth), statementPath(view, index), OIDC_MESSAGE);
  },
  bad: `
    data "aws_iam_policy_document" "p" {
      statement {
        actions = ["sts:AssumeRoleWithWebIdentity"]
        principals {
          type        = "Federated"
          identifiers = ["${PROVIDER}"]
        }
      }
    }
  `,
  good: `
    data "aws_iam_policy_document" "p" {
      statement {
        actions = ["sts:AssumeRoleWithWebIdentity"]
        principals {
          type        = "Federated"
          identifiers = ["${PROVIDER}"]
        }
        condition {
          test     = "StringLike"
          variable = "token.actions.githubusercontent.com:sub"
          values   = ["repo:acme/infra:*"]
        }
      }
    }
  `,
});
