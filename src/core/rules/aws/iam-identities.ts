/** IAM users, their keys and passwords, and what is attached to whom. */

import { forbidOneOf, requireBetween } from "../checks.ts";
import { controls } from "../compliance.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { fail, pass, undecided } from "../verdict.ts";

export const userPolicy = rule({
  id: "aws-iam-policy-on-user",
  aliases: ["CKV_AWS_40", "AWS-0143", "AVD-AWS-0143"],
  title: "IAM policy is attached to a user",
  severity: "low",
  category: "security",
  on: ["aws_iam_user_policy_attachment", "aws_iam_user_policy", "aws_iam_policy_attachment"],
  why: "Rights that hang on single users are lost from sight, and stay when people change their work. Groups and roles say what a right is for.",
  remedy: "Attach the policy to a group or role.",
  references: ["https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"],
  compliance: controls({ cisAws: ["1.15"], nist: ["AC-2", "AC-6"], soc2: ["CC6.3"] }),
  check(view) {
    const path = view.type === "aws_iam_policy_attachment" ? "users" : "user";
    const found = view.get(path);
    if (found.kind === "absent") return pass(path);
    if (found.kind === "unknown") return path === "user" || found.value.from.length > 0 ? fail(path) : undecided(path);
    return view.has(path) === false ? pass(path) : fail(path, "The policy hangs on a user");
  },
  bad: `
    resource "aws_iam_user_policy_attachment" "a" {
      user       = "ops"
      policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    }
  `,
  good: `
    resource "aws_iam_policy_attachment" "a" {
      name       = "a"
      groups     = ["ops"]
      policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    }
  `,
});

export const rootKey = rule({
  id: "aws-iam-root-access-key",
  aliases: ["CKV_AWS_348", "AWS-0141", "AVD-AWS-0141"],
  title: "Access key of the root user",
  severity: "critical",
  category: "security",
  on: "aws_iam_access_key",
  why: "The root user can do everything and no policy limits it. A key for it in a state file is the account in a file.",
  remedy: "Remove the key and use a role.",
  references: ["https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html"],
  compliance: controls({ cisAws: ["1.4"], nist: ["AC-2", "AC-6"], soc2: ["CC6.1"] }),
  check(view) {
    const user = view.get("user");
    if (user.kind === "unknown" && user.value.from.length > 0) return pass("user");
    return forbidOneOf(view, "user", ["root", "<root_account>"], { message: "The key belongs to the root user" });
  },
  bad: `
    resource "aws_iam_access_key" "k" {
      user = "root"
    }
  `,
  good: `
    resource "aws_iam_access_key" "k" {
      user = "ci"
    }
  `,
});

export const anyUser = rule({
  id: "aws-iam-user",
  aliases: ["CKV_AWS_273"],
  title: "IAM user instead of single sign-on",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "aws_iam_user",
  why: "A user has a password and keys that live until somebody removes them. Single sign-on ends with the employment.",
  remedy: "Use IAM Identity Center for people and roles for machines.",
  references: ["https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"],
  check: () => fail(undefined, "An IAM user is defined"),
  bad: `
    resource "aws_iam_user" "u" {
      name = "ops"
    }
  `,
  good: `
    resource "aws_iam_role" "r" {
      name               = "ops"
      assume_role_policy = "{}"
    }
  `,
});

const PASSWORDS = "aws_iam_account_password_policy";
const PASSWORD_DOCS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html";

export const passwordAge = rule({
  id: "aws-iam-password-age",
  aliases: ["CKV_AWS_9", "AWS-0062", "AVD-AWS-0062"],
  title: "IAM passwords may be older than 90 days",
  severity: "medium",
  category: "security",
  on: PASSWORDS,
  why: "A password that leaked stays good for as long as it is not changed. A limit bounds that time.",
  remedy: "Set max_password_age = 90.",
  references: [PASSWORD_DOCS],
  compliance: controls({ nist: ["IA-5(1)"], pci: ["8.3.9"], soc2: ["CC6.1"] }),
  check: (view) => requireBetween(view, "max_password_age", 1, 90, { message: "Passwords may be older than 90 days" }),
  fix: { risk: "in-place", edit: () => [set("max_password_age", 90)] },
  bad: [
    `
    resource "${PASSWORDS}" "p" {
      max_password_age = 180
    }
  `,
    `
    resource "${PASSWORDS}" "p" {
      minimum_password_length = 14
    }
  `,
  ],
  good: `
    resource "${PASSWORDS}" "p" {
      max_password_age = 90
    }
  `,
});

export const passwordLength = rule({
  id: "aws-iam-password-length",
  aliases: ["CKV_AWS_10", "AWS-0063", "AVD-AWS-0063"],
  title: "IAM passwords may be shorter than 14 characters",
  severity: "medium",
  category: "security",
  on: PASSWORDS,
  why: "Short passwords are guessed. Length helps more than any other rule.",
  remedy: "Set minimum_password_length = 14.",
  references: [PASSWORD_DOCS],
  compliance: controls({ cisAws: ["1.8"], nist: ["IA-5(1)"], pci: ["8.3.6"], soc2: ["CC6.1"] }),
  check: (view) =>
    requireBetween(view, "minimum_password_length", 14, 128, { message: "Shorter passwords are allowed" }),
  fix: { risk: "in-place", edit: () => [set("minimum_password_length", 14)] },
  bad: `
    resource "${PASSWORDS}" "p" {
      minimum_password_length = 8
    }
  `,
  good: `
    resource "${PASSWORDS}" "p" {
      minimum_password_length = 14
    }
  `,
});

export const passwordReuse = rule({
  id: "aws-iam-password-reuse",
  aliases: ["CKV_AWS_13", "AWS-0056", "AVD-AWS-0056"],
  title: "IAM passwords may be used again",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: PASSWORDS,
  why: "People who must change a password change back to the old one. A leaked password comes back to life that way.",
  remedy: "Set password_reuse_prevention = 24.",
  references: [PASSWORD_DOCS],
  compliance: controls({ cisAws: ["1.9"], nist: ["IA-5(1)"], pci: ["8.3.7"], soc2: ["CC6.1"] }),
  check: (view) =>
    requireBetween(view, "password_reuse_prevention", 24, 1_000, { message: "Old passwords may be used again" }),
  fix: { risk: "in-place", edit: () => [set("password_reuse_prevention", 24)] },
  bad: `
    resource "${PASSWORDS}" "p" {
      password_reuse_prevention = 4
    }
  `,
  good: `
    resource "${PASSWORDS}" "p" {
      password_reuse_prevention = 24
    }
  `,
});
