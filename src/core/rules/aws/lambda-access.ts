/** Who may invoke a Lambda function: URLs and permissions. */

import { requireThat } from "../checks.ts";
import { controls } from "../compliance.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { fail, notApplicable, pass, undecided } from "../verdict.ts";
import { alias, example } from "./shapes.ts";

const URL = "aws_lambda_function_url";
const DOCS = "https://docs.aws.amazon.com/lambda/latest/dg/";

export const urlAuthorization = rule({
  id: "aws-lambda-url-authorization",
  aliases: alias("CKV_AWS_258"),
  title: "Lambda URL asks nobody who they are",
  severity: "high",
  category: "security",
  on: URL,
  why: "Anyone who finds the URL runs the function, with its role and at your cost. URLs end up in logs, browsers and search engines.",
  remedy: 'Set authorization_type = "AWS_IAM".',
  references: [`${DOCS}urls-auth.html`],
  compliance: controls({ nist: ["AC-3"], soc2: ["CC6.1"] }),
  check: (view) =>
    requireThat(view, "authorization_type", (v) => v !== "NONE", { message: "Anyone may call the function" }),
  fix: { risk: "disruptive", edit: () => [set("authorization_type", "AWS_IAM")] },
  bad: example(URL, 'function_name      = "f"', 'authorization_type = "NONE"'),
  good: example(URL, 'function_name      = "f"', 'authorization_type = "AWS_IAM"'),
});

const permission = (principal: string, ...lines: readonly string[]): string =>
  example(
    "aws_lambda_permission",
    'action        = "lambda:InvokeFunction"',
    'function_name = "f"',
    `principal     = "${principal}"`,
    ...lines,
  );

export const publicPermission = rule({
  id: "aws-lambda-public-permission",
  aliases: alias("CKV_AWS_301"),
  title: "Lambda function may be invoked by everyone",
  severity: "high",
  category: "security",
  on: "aws_lambda_permission",
  why: "Every AWS account may run the function, with its role and at your cost. Names of functions are easily guessed.",
  remedy: "Name the account or service in principal.",
  references: [`${DOCS}access-control-resource-based.html`],
  compliance: controls({ nist: ["AC-3", "AC-4", "SC-7"], pci: ["1.4.4"], soc2: ["CC6.1", "CC6.6"] }),
  check(view) {
    const everyone = requireThat(view, "principal", (v) => v !== "*", {
      absent: "pass",
      message: "Anyone may invoke it",
    });
    if (everyone.status === "fail" && view.has("principal_org_id") !== false) return pass("principal_org_id");
    return everyone;
  },
  bad: permission("*"),
  good: [permission("123456789012"), permission("*", 'principal_org_id = "o-abc123"')],
});

export const confusedDeputy = rule({
  id: "aws-lambda-permission-source",
  aliases: alias("CKV_AWS_364", "AWS-0067"),
  title: "Lambda function trusts a service on anybody's behalf",
  severity: "critical",
  category: "security",
  on: "aws_lambda_permission",
  why: "Anyone can make the service call the function from an account of theirs. The source says for whose resource the service may call.",
  remedy: "Set source_arn, or source_account.",
  references: ["https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"],
  check(view) {
    const principal = view.get("principal");
    if (principal.kind === "unknown") return undecided("principal");
    if (!/\.amazonaws\.com(?:\.cn)?$/.test(view.text("principal") ?? "")) return notApplicable;
    const named = ["source_arn", "source_account", "principal_org_id"].find((path) => view.has(path) !== false);
    return named ? pass(named) : fail("principal", "Neither source_arn nor source_account is set");
  },
  bad: permission("s3.amazonaws.com"),
  good: [permission("s3.amazonaws.com", 'source_arn    = "arn:aws:s3:::b"'), permission("123456789012")],
});
