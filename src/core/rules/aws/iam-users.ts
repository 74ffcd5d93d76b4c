/** People in IAM: groups without members, users with passwords. */
import { rule } from "../rule.ts";
import { fail, notApplicable, pass, undecided } from "../verdict.ts";
import { alias, example } from "./shapes.ts";

const MEMBERSHIP = "aws_iam_group_membership";
const USER = "aws_iam_user";
const DOCS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/";

export const emptyMembership = rule({
  id: "aws-iam-group-without-users",
  aliases: ["CKV2_AWS_14", "CKV2_AWS_21"],
  title: "IAM group membership names no users",
  severity: "low",
  category: "security",
  profile: "strict",
  on: MEMBERSHIP,
  why: "Users who are in no group get their rights one by one, and keep them when their work changes. An empty membership removes everybody from the group.",
  remedy: "Name the users that belong to the group, or delete the membership.",
  references: [`${DOCS}id_groups.html`],
  check(view) {
    const users = view.get("users");
    if (users.kind === "unknown") return undecided("users");
    return view.has("users") === true ? pass("users") : fail("users", "The membership names no users");
  },
  bad: example(MEMBERSHIP, 'name  = "m"', 'group = "g"', "users = []"),
  good: example(MEMBERSHIP, 'name  = "m"', 'group = "g"', 'users = ["jane"]'),
});

export const consoleAccess = rule({
  id: "aws-iam-user-console-access",
  aliases: alias("CKV2_AWS_22"),
  title: "IAM user has a password for the console",
  severity: "low",
  category: "security",
  profile: "strict",
  on: USER,
  why: "The password lives outside of the company's sign-in: it stays when somebody leaves, and may have no second factor. IAM Identity Center has neither problem.",
  remedy: "Delete the aws_iam_user_login_profile, and let people sign in through IAM Identity Center.",
  references: [`${DOCS}best-practices.html#bp-users-federation-idp`],
  check: (view) =>
    view.joined("aws_iam_user_login_profile", "user").length > 0
      ? fail(undefined, "The user may sign in to the console with a password")
      : view.resource.origin.kind === "live"
        ? notApplicable
        : pass(),
  bad: `${example(USER, 'name = "jane"')}
resource "aws_iam_user_login_profile" "x" {
  user = aws_iam_user.x.name
}
`,
  good: example(USER, 'name = "robot"'),
});
