/** IAM policies of identities: what they allow, written inline, attached, or through a policy document. */
import type { Truth } from "../../model/value.ts";
import { controls } from "../compliance.ts";
import { allowsEverything, findStatement, listed, onEverything } from "../evaluators/policy/access.ts";
import { givesFreely } from "../evaluators/policy/danger.ts";
import type { Statement } from "../evaluators/policy/document.ts";
import { covers } from "../evaluators/policy/wildcards.ts";
import { rule } from "../rule.ts";
import { and, not } from "../verdict.ts";
import type { View } from "../view.ts";
import { DOCUMENT, documentExample, forbid, IDENTITY, policiesOf, policyExample } from "./identity-policies.ts";

const DOCS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege";

const isAdmin = (s: Statement): Truth => and(allowsEverything(s), onEverything(s));

/** Actions of which no two belong in one policy for everything: who has them all is an administrator in all but name. */
const ALL_POWERS = ["iam:PutUserPolicy", "ec2:TerminateInstances", "s3:DeleteBucket", "kms:ScheduleKeyDeletion"];

/** No policy gives powers over everything, however the actions are spelt. */
const isLimited = (view: View): Truth =>
  and(...policiesOf(view).map((held) => not(and(...ALL_POWERS.map((action) => givesFreely(held.policy, action))))));

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
  compliance: controls({ cisAws: ["1.16"], nist: ["AC-6"], pci: ["7.2.2"], soc2: ["CC6.3"] }),
  check: (view) => forbid(view, (p) => findStatement(p, isAdmin), "Allows every action on every resource"),
  intent: isLimited,
  bad: [policyExample('"*"', "*"), policyExample('["*"]', "*")],
  good: policyExample('"s3:GetObject"', "arn:aws:s3:::b/*"),
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
  compliance: controls({ nist: ["AC-6"], pci: ["7.2.2"], soc2: ["CC6.3"] }),
  check: (view) => forbid(view, (p) => findStatement(p, allowsEverything), "Allows every action"),
  bad: policyExample('"*"', "arn:aws:s3:::b/*"),
  good: policyExample('["s3:GetObject"]', "arn:aws:s3:::b/*"),
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
  compliance: controls({ cisAws: ["1.16"], nist: ["AC-6"], pci: ["7.2.2"], soc2: ["CC6.3"] }),
  check: (view) => forbid(view, (p) => findStatement(p, isAdmin), "Allows every action on every resource"),
  intent: isLimited,
  bad: documentExample('["*"]', "*"),
  good: documentExample('["s3:GetObject"]', "arn:aws:s3:::b/*"),
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
  compliance: controls({ nist: ["AC-6"], pci: ["7.2.2"], soc2: ["CC6.3"] }),
  check: (view) => forbid(view, (p) => findStatement(p, allowsEverything), "Allows every action"),
  bad: documentExample('["*"]', "arn:aws:s3:::b/*"),
  good: documentExample('["s3:GetObject"]', "arn:aws:s3:::b/*"),
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
  compliance: controls({ nist: ["AC-6"], pci: ["7.2.2"], soc2: ["CC6.3"] }),
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
  bad: [policyExample('"iam:*"', "*"), documentExample('["iam:*"]', "*")],
  good: policyExample('"iam:GetUser"', "arn:aws:iam::123456789012:user/ops"),
});
