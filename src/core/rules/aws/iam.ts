/** IAM policies of identities: what they allow, written inline, attached, or through a policy document. */

import type { Truth } from "../../model/value.ts";
import { allowsEverything, findStatement, listed, type Match, onEverything } from "../evaluators/policy/access.ts";
import { escalates, givesFreely, isUnconstrained } from "../evaluators/policy/danger.ts";
import type { Policy, Statement } from "../evaluators/policy/document.ts";
import { policyAt, policyOfDocument, writesPolicy } from "../evaluators/policy/locate.ts";
import { isRestrictable } from "../evaluators/policy/wildcard-only.ts";
import { covers } from "../evaluators/policy/wildcards.ts";
import { rule } from "../rule.ts";
import { allOf, and, not, notApplicable, pass, type Verdict, verdictOf } from "../verdict.ts";
import type { View } from "../view.ts";
import { isFromTemplate } from "./template.ts";

const DOCUMENT = "data.aws_iam_policy_document";
const IDENTITY = [
  "aws_iam_role_policy",
  "aws_iam_user_policy",
  "aws_iam_group_policy",
  "aws_iam_policy",
  "aws_iam_role",
  "aws_ssoadmin_permission_set_inline_policy",
];
const DOCS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege";

interface Held {
  readonly path: string;
  readonly policy: Policy;
  /** The text comes from a policy document of this code, which is judged by itself. */
  readonly isDocument: boolean;
}

/** The permission policies that a resource states. */
function policiesOf(view: View): readonly Held[] {
  if (view.type === DOCUMENT) return [{ path: "statement", policy: policyOfDocument(view), isDocument: false }];
  // A template's inline policies are resources of their own here.
  if (view.type === "aws_iam_role" && isFromTemplate(view)) return [];
  const places =
    view.type === "aws_iam_role"
      ? view.blocks("inline_policy").items.map((block) => ({ block, name: "policy" }))
      : [{ block: view, name: view.type === "aws_ssoadmin_permission_set_inline_policy" ? "inline_policy" : "policy" }];
  return places.flatMap(({ block, name }) => {
    const policy = policyAt(block, name, view);
    if (!policy) return [];
    return [
      { path: block.path === "" ? name : `${block.path}.${name}`, policy, isDocument: writesPolicy(view, block, name) },
    ];
  });
}

/** No policy that the resource states may hold what `find` looks for. */
function forbid(view: View, find: (policy: Policy) => Match, message: string, documentsToo = false): Verdict {
  const held = policiesOf(view);
  if (held.length === 0) return view.type === "aws_iam_role" ? notApplicable : pass("policy");
  return allOf(
    held.map(({ path, policy, isDocument }) => {
      if (isDocument && !documentsToo) return notApplicable;
      const { truth, index } = find(policy);
      const at =
        view.type === DOCUMENT && index >= 0 && index < view.blocks("statement").items.length
          ? `statement.${index}`
          : path;
      return verdictOf(not(truth), at, message);
    }),
  );
}

const isAdmin = (s: Statement): Truth => and(allowsEverything(s), onEverything(s));

/** Actions of which no two belong in one policy for everything: who has them all is an administrator in all but name. */
const ALL_POWERS = ["iam:PutUserPolicy", "ec2:TerminateInstances", "s3:DeleteBucket", "kms:ScheduleKeyDeletion"];

/** No policy gives powers over everything, however the actions are spelt. */
const isLimited = (view: View): Truth =>
  and(...policiesOf(view).map((held) => not(and(...ALL_POWERS.map((action) => givesFreely(held.policy, action))))));

const policy = (action: string, resource: string): string =>
  `
    resource "aws_iam_policy" "p" {
      name = "p"
      policy = jsonencode({
        Version = "2012-10-17"
        Statement = [{
          Effect   = "Allow"
          Action   = ${action}
          Resource = "${resource}"
        }]
      })
    }
  `;
const document = (actions: string, resources: string): string =>
  `
    data "aws_iam_policy_document" "p" {
      statement {
        actions   = ${actions}
        resources = ["${resources}"]
      }
    }
  `;

const ADMIN_WHY =
  "Whoever holds the policy can do everything in the account, so that one stolen key or one flawed function is the whole account. Few people need that, and no application.";
const ACTIONS_WHY =
  "The policy allows every action there is, those of next year too. What it is really for cannot be seen from it.";

export const adminPolicy = rule({
  id: "aws-iam-policy-admin",
  aliases: ["CKV_AWS_62"],
  title: "IAM policy makes an administrator",
  severity: "critical",
  category: "security",
  on: IDENTITY,
  why: ADMIN_WHY,
  remedy: "List the actions and resources that are needed.",
  references: [DOCS],
  compliance: [{ framework: "CIS AWS Foundations 3.0", control: "1.16" }],
  check: (view) => forbid(view, (p) => findStatement(p, isAdmin), "Allows every action on every resource"),
  intent: isLimited,
  bad: [policy('"*"', "*"), policy('["*"]', "*")],
  good: policy('"s3:GetObject"', "arn:aws:s3:::b/*"),
});

export const allActionsPolicy = rule({
  id: "aws-iam-policy-all-actions",
  aliases: ["CKV_AWS_63"],
  title: "IAM policy allows every action",
  severity: "high",
  category: "security",
  on: IDENTITY,
  why: ACTIONS_WHY,
  remedy: "List the actions that are needed.",
  references: [DOCS],
  check: (view) => forbid(view, (p) => findStatement(p, allowsEverything), "Allows every action"),
  bad: policy('"*"', "arn:aws:s3:::b/*"),
  good: policy('["s3:GetObject"]', "arn:aws:s3:::b/*"),
});

export const adminDocument = rule({
  id: "aws-iam-document-admin",
  aliases: ["CKV_AWS_1"],
  title: "Policy document makes an administrator",
  severity: "critical",
  category: "security",
  on: DOCUMENT,
  why: ADMIN_WHY,
  remedy: "List the actions and resources that are needed.",
  references: [DOCS],
  compliance: [{ framework: "CIS AWS Foundations 3.0", control: "1.16" }],
  check: (view) => forbid(view, (p) => findStatement(p, isAdmin), "Allows every action on every resource"),
  intent: isLimited,
  bad: document('["*"]', "*"),
  good: document('["s3:GetObject"]', "arn:aws:s3:::b/*"),
});

export const allActionsDocument = rule({
  id: "aws-iam-document-all-actions",
  aliases: ["CKV_AWS_49"],
  title: "Policy document allows every action",
  severity: "high",
  category: "security",
  on: DOCUMENT,
  why: ACTIONS_WHY,
  remedy: "List the actions that are needed.",
  references: [DOCS],
  check: (view) => forbid(view, (p) => findStatement(p, allowsEverything), "Allows every action"),
  bad: document('["*"]', "arn:aws:s3:::b/*"),
  good: document('["s3:GetObject"]', "arn:aws:s3:::b/*"),
});

export const escalation = rule({
  id: "aws-iam-policy-privilege-escalation",
  aliases: ["CKV_AWS_286", "AWS-0342", "AVD-AWS-0342"],
  title: "IAM policy lets its holder gain more rights",
  severity: "high",
  category: "security",
  on: IDENTITY,
  why: "Some actions, alone or together, let their holder give itself any right. A policy with them is an administrator's policy, only less visibly so.",
  remedy: "Limit the actions to the resources that are meant, or take one of the combination out.",
  references: ["https://cloudsplaining.readthedocs.io/en/latest/glossary/privilege-escalation/"],
  check: (view) =>
    allOf(
      policiesOf(view).map((held) => {
        const { truth, what } = escalates(held.policy);
        return verdictOf(not(truth), held.path, what);
      }),
    ),
  bad: [policy('"iam:UpdateLoginProfile"', "*"), policy('["iam:PassRole", "ec2:RunInstances"]', "*")],
  good: [policy('"iam:UpdateLoginProfile"', "arn:aws:iam::123456789012:user/ops"), policy('["ec2:RunInstances"]', "*")],
});

export const everyResource = rule({
  id: "aws-iam-policy-every-resource",
  aliases: ["CKV_AWS_355"],
  title: "IAM policy does not limit its actions to resources",
  severity: "low",
  category: "security",
  profile: "strict",
  on: IDENTITY,
  why: "The actions work on every resource of the account, although IAM could limit them. What was meant for one bucket or table reaches all of them.",
  remedy: 'Name the resources; keep "*" for actions that know no resources.',
  references: ["https://docs.aws.amazon.com/service-authorization/latest/reference/"],
  check: (view) =>
    forbid(
      view,
      (p) =>
        findStatement(p, (s) =>
          and(
            s.effect === "unknown" ? "unknown" : s.effect === "Allow",
            isUnconstrained(s),
            s.notActions ? true : listed(s.actions, isRestrictable),
          ),
        ),
      "Actions that could be limited are allowed on every resource",
      true,
    ),
  bad: policy('"s3:GetObject"', "*"),
  good: [policy('"s3:GetObject"', "arn:aws:s3:::b/*"), policy('"ec2:DescribeInstances"', "*")],
});

export const fullIam = rule({
  id: "aws-iam-policy-full-iam",
  aliases: ["CKV2_AWS_40"],
  title: "IAM policy gives full control of IAM",
  severity: "high",
  category: "security",
  profile: "strict",
  on: [...IDENTITY, DOCUMENT],
  why: "Whoever controls IAM can give themselves everything else. It is an administrator's policy by another name.",
  remedy: "List the IAM actions that are needed.",
  references: [DOCS],
  check: (view) =>
    forbid(
      view,
      (p) =>
        findStatement(p, (s) =>
          and(
            s.effect === "unknown" ? "unknown" : s.effect === "Allow",
            listed(s.actions, (action) => covers(action, "iam:*")),
          ),
        ),
      "Allows every IAM action",
    ),
  bad: [policy('"iam:*"', "*"), document('["iam:*"]', "*")],
  good: policy('"iam:GetUser"', "arn:aws:iam::123456789012:user/ops"),
});
