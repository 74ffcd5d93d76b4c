/** What is deployed, and who looks at it first: CodeCommit, CloudFormation, Elastic Beanstalk. */
import { eachBlock, requireSet, requireThat, someBlock, someJoined } from "../checks.ts";
import { jsonAt, toldOf } from "../evaluators/json-text.ts";
import { addBlock, set } from "../operations.ts";
import { rule } from "../rule.ts";
import { and, fail, notApplicable, pass, undecided, verdictOf } from "../verdict.ts";
import { alias, block, example } from "./shapes.ts";

const REPOSITORY = "aws_codecommit_repository";
const APPROVAL = "aws_codecommit_approval_rule_template_association";

export const approvals = rule({
  id: "aws-codecommit-approval-rule",
  aliases: alias("CKV2_AWS_37"),
  title: "CodeCommit repository asks for no review",
  severity: "low",
  category: "security",
  profile: "strict",
  on: REPOSITORY,
  why: "One person, or one stolen log-in, puts code into production alone. An approval rule asks for a second pair of eyes.",
  remedy: `Attach an approval rule template with ${APPROVAL}.`,
  references: ["https://docs.aws.amazon.com/codecommit/latest/userguide/approval-rule-templates.html"],
  check: (view) => someJoined(view, APPROVAL, "repository_name", () => pass(), "No approval is asked for"),
  bad: example(REPOSITORY, 'repository_name = "app"'),
  good: `${example(REPOSITORY, 'repository_name = "app"')}
resource "${APPROVAL}" "x" {
  approval_rule_template_name = "two-people"
  repository_name             = aws_codecommit_repository.x.repository_name
}
`,
});

const BEANSTALK = "aws_elastic_beanstalk_environment";
const beanstalk = (...settings: readonly string[]): string =>
  example(BEANSTALK, 'name        = "e"', 'application = "a"', ...settings);
const option = (namespace: string, name: string, value: string): string =>
  block(
    "setting",
    `namespace = "aws:elasticbeanstalk:${namespace}"`,
    `name      = "${name}"`,
    `value     = "${value}"`,
  );

/** A setting of an environment; the last one of a name counts, as in Beanstalk. */
const requireSetting = (namespace: string, name: string, wanted: string, message: string) => ({
  check: (view: Parameters<typeof someBlock>[0]) =>
    someBlock(
      view,
      "setting",
      (item) => {
        if (item.get("name").kind === "unknown") return undecided(item.path);
        const truth = and(
          item.text("namespace") === `aws:elasticbeanstalk:${namespace}` && item.text("name") === name,
          item.get("value").kind === "unknown" ? "unknown" : item.text("value") === wanted,
        );
        return verdictOf(truth, item.path);
      },
      message,
    ),
  fix: {
    risk: "disruptive" as const,
    edit(view: Parameters<typeof someBlock>[0]) {
      const given = view.blocks("setting").items.find((item) => item.text("name") === name);
      return given
        ? [set(`${given.path}.value`, wanted)]
        : [
            addBlock("setting", {
              attributes: { namespace: `aws:elasticbeanstalk:${namespace}`, name, value: wanted },
            }),
          ];
    },
  },
});

export const managedUpdates = rule({
  id: "aws-beanstalk-managed-updates",
  aliases: alias("CKV_AWS_340"),
  title: "Elastic Beanstalk does not update its platform",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: BEANSTALK,
  why: "Fixes of the operating system and the runtime wait for somebody to ask for them. Managed updates install them in a window that you choose.",
  remedy: 'Set ManagedActionsEnabled to "true" in aws:elasticbeanstalk:managedactions.',
  references: ["https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environment-platform-update-managed.html"],
  ...requireSetting("managedactions", "ManagedActionsEnabled", "true", "Updates wait for somebody"),
  bad: [beanstalk(), beanstalk(option("managedactions", "ManagedActionsEnabled", "false"))],
  good: beanstalk(option("managedactions", "ManagedActionsEnabled", "true")),
});

export const enhancedHealth = rule({
  id: "aws-beanstalk-enhanced-health",
  aliases: alias("CKV_AWS_312"),
  title: "Elastic Beanstalk reports little of an environment's health",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: BEANSTALK,
  why: "Basic health only says whether the load balancer gets an answer. Enhanced health sees slow answers, full disks and failed deployments.",
  remedy: 'Set SystemType to "enhanced" in aws:elasticbeanstalk:healthreporting:system.',
  references: ["https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/health-enhanced.html"],
  ...requireSetting("healthreporting:system", "SystemType", "enhanced", "Health is reported in its basic form"),
  bad: beanstalk(),
  good: beanstalk(option("healthreporting:system", "SystemType", "enhanced")),
});

const TEMPLATE = "aws_codecommit_approval_rule_template";
const template = (approvals: number): string =>
  example(
    TEMPLATE,
    'name    = "t"',
    `content = jsonencode({
  Version    = "2018-11-08"
  Statements = [{ Type = "Approvers", NumberOfApprovalsNeeded = ${approvals} }]
})`,
  );

export const twoApprovals = rule({
  id: "aws-codecommit-two-approvals",
  aliases: alias("CKV_AWS_257"),
  title: "CodeCommit asks for fewer than two approvals",
  severity: "low",
  category: "security",
  profile: "strict",
  on: TEMPLATE,
  why: "One stolen log-in, with one approval given in good faith, puts code into production. Two pairs of eyes see more.",
  remedy: "Set NumberOfApprovalsNeeded to 2 or more.",
  references: ["https://docs.aws.amazon.com/codecommit/latest/userguide/approval-rule-templates.html"],
  check(view) {
    const content = jsonAt(view, "content");
    if (content === "unknown") return undecided("content");
    if (!content) return notApplicable;
    const verdict = eachBlock(
      content,
      "Statements",
      (statement) =>
        requireThat(statement, "NumberOfApprovalsNeeded", (v) => Number(v) >= 2, {
          message: "Fewer than two approvals are needed",
        }),
      fail("content", "No approval is asked for"),
    );
    return toldOf("content", verdict);
  },
  bad: template(1),
  good: template(2),
});

const STACK = "aws_cloudformation_stack";

export const stackNotifications = rule({
  id: "aws-cloudformation-notifications",
  aliases: alias("CKV_AWS_124"),
  title: "CloudFormation stack tells nobody of its changes",
  severity: "low",
  category: "security",
  profile: "strict",
  on: STACK,
  why: "Changes and failed changes go unseen, those of somebody who should not make any too. A topic tells who wants to know.",
  remedy: "Name an SNS topic in notification_arns.",
  references: ["https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-add-tags.html"],
  check: (view) => requireSet(view, "notification_arns", { message: "Nobody is told" }),
  bad: example(STACK, 'name = "s"'),
  good: example(STACK, 'name = "s"', 'notification_arns = ["arn:aws:sns:eu-west-1:123456789012:stacks"]'),
});
