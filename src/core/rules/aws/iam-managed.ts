/** Managed policies of AWS that are too wide to attach. */
import { isList, isUnknown, type Value } from "../../model/value.ts";
import { forbidOneOf } from "../checks.ts";
import { controls } from "../compliance.ts";
import { rule } from "../rule.ts";
import { allOf, fail, pass, undecided, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";

const PARTITIONS = ["aws", "aws-cn", "aws-us-gov"];
const arnsOf = (name: string): readonly string[] =>
  PARTITIONS.map((partition) => `arn:${partition}:iam::aws:policy/${name}`);

const ATTACHING = [
  "aws_iam_role",
  "aws_iam_policy_attachment",
  "aws_iam_role_policy_attachment",
  "aws_iam_role_policy_attachments_exclusive",
  "aws_iam_user_policy_attachment",
  "aws_iam_group_policy_attachment",
  "aws_ssoadmin_managed_policy_attachment",
];

/** Whether a managed policy is attached: its ARN is written out, or looked up by name. */
function judgeArn(view: View, value: Value, path: string, name: string): Verdict {
  const message = `${name} is attached`;
  if (!isUnknown(value)) return arnsOf(name).includes(String(value)) ? fail(path, message) : pass(path);
  for (const from of value.from) {
    const source = view.estate.get(from.replace(/\.[^.]*$/, ""));
    if (source?.type !== "data.aws_iam_policy") continue;
    const found = source.text("name") ?? source.text("arn")?.split("/").at(-1);
    return found === undefined ? undecided(path) : found === name ? fail(path, message) : pass(path);
  }
  const mayBe = value.from.length === 0 && arnsOf(name).some((arn) => arn.startsWith(value.prefix));
  return mayBe ? undecided(path) : pass(path);
}

const ARN_PATHS = ["policy_arn", "policy_arns", "managed_policy_arn", "managed_policy_arns"];

const forbidAttached = (view: View, name: string): Verdict =>
  allOf(
    ARN_PATHS.flatMap((path) => {
      const found = view.get(path);
      if (found.kind === "absent") return [];
      if (!isList(found.value)) return [judgeArn(view, found.value, path, name)];
      return found.value.map((value, index) => judgeArn(view, value, `${path}.${index}`, name));
    }),
  );

const forbidLookup = (view: View, name: string): Verdict =>
  allOf([
    forbidOneOf(view, "name", [name], { message: `${name} is looked up` }),
    forbidOneOf(view, "arn", arnsOf(name), { message: `${name} is looked up` }),
  ]);

export const administrator = rule({
  id: "aws-iam-administrator-access",
  aliases: ["CKV_AWS_274"],
  title: "AdministratorAccess is attached",
  severity: "high",
  category: "security",
  on: ATTACHING,
  why: "Whoever gets hold of this identity has the account. Almost nothing needs all rights, and least of all for ever.",
  remedy: "Attach a policy with the rights that are needed.",
  references: ["https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"],
  compliance: controls({ cisAws: ["1.16"], nist: ["AC-6"], pci: ["7.2.2"], soc2: ["CC6.3"] }),
  check: (view) => forbidAttached(view, "AdministratorAccess"),
  bad: [
    `
      resource "aws_iam_role_policy_attachment" "a" {
        role       = "ci"
        policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
      }
    `,
    `
      data "aws_iam_policy" "admin" {
        name = "AdministratorAccess"
      }

      resource "aws_iam_role_policy_attachment" "a" {
        role       = "ci"
        policy_arn = data.aws_iam_policy.admin.arn
      }
    `,
  ],
  good: `
    resource "aws_iam_role_policy_attachment" "a" {
      role       = "ci"
      policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    }
  `,
});

export const administratorLookup = rule({
  id: "aws-iam-administrator-access-lookup",
  aliases: ["CKV_AWS_275"],
  title: "AdministratorAccess is looked up",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "data.aws_iam_policy",
  why: "A policy is looked up in order to be attached. Almost nothing needs all rights, and least of all for ever.",
  remedy: "Look up, or write, a policy with the rights that are needed.",
  references: ["https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"],
  check: (view) => forbidLookup(view, "AdministratorAccess"),
  bad: `
    data "aws_iam_policy" "p" {
      name = "AdministratorAccess"
    }
  `,
  good: `
    data "aws_iam_policy" "p" {
      name = "ReadOnlyAccess"
    }
  `,
});

export const iamFullAccess = rule({
  id: "aws-iam-full-access",
  aliases: ["CKV2_AWS_56"],
  title: "IAMFullAccess is attached",
  severity: "high",
  category: "security",
  profile: "strict",
  on: [...ATTACHING, "data.aws_iam_policy"],
  why: "Whoever controls IAM can give themselves everything else. It is an administrator's policy by another name.",
  remedy: "Attach a policy with the IAM actions that are needed.",
  references: ["https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"],
  compliance: controls({ nist: ["AC-6"], pci: ["7.2.2"], soc2: ["CC6.3"] }),
  check: (view) =>
    view.type === "data.aws_iam_policy" ? forbidLookup(view, "IAMFullAccess") : forbidAttached(view, "IAMFullAccess"),
  bad: `
    resource "aws_iam_role_policy_attachment" "a" {
      role       = "ci"
      policy_arn = "arn:aws:iam::aws:policy/IAMFullAccess"
    }
  `,
  good: `
    resource "aws_iam_role_policy_attachment" "a" {
      role       = "ci"
      policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    }
  `,
});
