/** IAM policies whose actions are dangerous together, or on everything. */
import type { Severity } from "../../model/finding.ts";
import { controls } from "../compliance.ts";
import { findStatement, listed } from "../evaluators/policy/access.ts";
import {
  CREDENTIALS,
  type Danger,
  EXFILTRATION,
  escalates,
  givesAny,
  isUnconstrained,
  PERMISSIONS,
} from "../evaluators/policy/danger.ts";
import type { Policy } from "../evaluators/policy/document.ts";
import { isRestrictable } from "../evaluators/policy/wildcard-only.ts";
import { type Rule, rule } from "../rule.ts";
import { allOf, and, not, notApplicable, type Verdict, verdictOf } from "../verdict.ts";
import type { View } from "../view.ts";
import { DOCUMENT, documentExample, forbid, IDENTITY, policiesOf, policyExample } from "./identity-policies.ts";

/** No policy that the resource states may be dangerous; one that a document of this code writes is judged there. */
const forbidDanger = (view: View, judge: (policy: Policy) => Danger, says: (what: string) => string): Verdict =>
  allOf(
    policiesOf(view).map(({ policy, path, isDocument }) => {
      if (isDocument) return notApplicable;
      const { truth, what } = judge(policy);
      return verdictOf(not(truth), path, says(what ?? "an action"));
    }),
  );

function unlimited(source: {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly title: string;
  readonly severity: Severity;
  readonly why: string;
  readonly actions: readonly string[];
  readonly example: string;
}): Rule {
  const { actions, example, ...own } = source;
  return rule({
    ...own,
    category: "security",
    profile: "strict",
    on: [...IDENTITY, DOCUMENT],
    remedy: "Limit the actions to the resources that are meant.",
    references: ["https://cloudsplaining.readthedocs.io/en/latest/"],
    check: (view) =>
      forbidDanger(
        view,
        (policy) => givesAny(policy, actions),
        (what) => `${what} is allowed on everything`,
      ),
    bad: [policyExample(`"${example}"`, "*"), documentExample(`["${example}"]`, "*")],
    good: policyExample(`"${example}"`, "arn:aws:s3:::b/*"),
  });
}

export const credentials = unlimited({
  id: "aws-iam-policy-credentials",
  aliases: ["CKV_AWS_287", "CKV_AWS_107"],
  title: "IAM policy hands out credentials",
  severity: "high",
  why: "The actions return keys, tokens or passwords of others. Whoever holds the policy can become them.",
  actions: CREDENTIALS,
  example: "iam:CreateAccessKey",
});

export const exfiltration = unlimited({
  id: "aws-iam-policy-data-exfiltration",
  aliases: ["CKV_AWS_288", "CKV_AWS_108"],
  title: "IAM policy reads data everywhere",
  severity: "high",
  why: "The actions read objects, parameters or secrets of the whole account. One stolen session takes them all.",
  actions: EXFILTRATION,
  example: "s3:GetObject",
});

export const permissionsManagement = unlimited({
  id: "aws-iam-policy-permissions-management",
  aliases: ["CKV_AWS_289", "CKV_AWS_109"],
  title: "IAM policy changes permissions everywhere",
  severity: "high",
  why: "The actions decide who may do what, on every resource of the account. Whoever holds the policy can open any of them to the world.",
  actions: PERMISSIONS,
  example: "s3:PutBucketPolicy",
});

export const escalation = rule({
  id: "aws-iam-policy-privilege-escalation",
  aliases: ["CKV_AWS_286", "CKV_AWS_110", "AWS-0342", "AVD-AWS-0342"],
  title: "IAM policy lets its holder gain more rights",
  severity: "high",
  category: "security",
  on: [...IDENTITY, DOCUMENT],
  why: "Some actions, alone or together, let their holder give itself any right. A policy with them is an administrator's policy, only less visibly so.",
  remedy: "Limit the actions to the resources that are meant, or take one of the combination out.",
  references: ["https://cloudsplaining.readthedocs.io/en/latest/glossary/privilege-escalation/"],
  compliance: controls({ nist: ["AC-6"], pci: ["7.2.2"], soc2: ["CC6.3"] }),
  check: (view) => forbidDanger(view, escalates, (what) => what),
  bad: [policyExample('"iam:UpdateLoginProfile"', "*"), policyExample('["iam:PassRole", "ec2:RunInstances"]', "*")],
  good: [
    policyExample('"iam:UpdateLoginProfile"', "arn:aws:iam::123456789012:user/ops"),
    policyExample('["ec2:RunInstances"]', "*"),
  ],
});

export const everyResource = rule({
  id: "aws-iam-policy-every-resource",
  aliases: ["CKV_AWS_355", "CKV_AWS_356"],
  title: "IAM policy does not limit its actions to resources",
  severity: "low",
  category: "security",
  profile: "strict",
  on: [...IDENTITY, DOCUMENT],
  why: "The actions work on every resource of the account, although IAM could limit them. What was meant for one bucket or table reaches all of them.",
  remedy: 'Name the resources; keep "*" for actions that know no resources.',
  references: ["https://docs.aws.amazon.com/service-authorization/latest/reference/"],
  compliance: controls({ nist: ["AC-6"], pci: ["7.2.2"], soc2: ["CC6.3"] }),
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
    ),
  bad: policyExample('"s3:GetObject"', "*"),
  good: [policyExample('"s3:GetObject"', "arn:aws:s3:::b/*"), policyExample('"ec2:DescribeInstances"', "*")],
});
