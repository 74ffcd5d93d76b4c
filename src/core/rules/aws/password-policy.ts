/** Which characters a password of an IAM user must hold. Its length and age are in iam-identities.ts. */
import { alias, example, switchedTo } from "./shapes.ts";

const POLICY = "aws_iam_account_password_policy";

const requires = (id: string, checkov: string, characters: string, path: string) =>
  switchedTo({
    id,
    aliases: alias(checkov),
    title: `IAM passwords need no ${characters}`,
    severity: "medium",
    profile: "strict",
    on: POLICY,
    why: "The fewer kinds of characters a password holds, the sooner it is guessed from a leaked list of hashes. The policy is for every user of the account.",
    remedy: `Set ${path} = true.`,
    references: ["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html"],
    path,
    risk: "in-place",
    message: `A password without ${characters} is accepted`,
    bad: [example(POLICY, "max_password_age = 90"), example(POLICY, `${path} = false`)],
    good: example(POLICY, `${path} = true`),
  });

export const lowercase = requires(
  "aws-iam-password-lowercase",
  "CKV_AWS_11",
  "lowercase letters",
  "require_lowercase_characters",
);
export const numbers = requires("aws-iam-password-numbers", "CKV_AWS_12", "digits", "require_numbers");
export const symbols = requires("aws-iam-password-symbols", "CKV_AWS_14", "symbols", "require_symbols");
export const uppercase = requires(
  "aws-iam-password-uppercase",
  "CKV_AWS_15",
  "uppercase letters",
  "require_uppercase_characters",
);
