/** SNS, SQS and SES: encryption, and who may send and receive. */

import type { Truth } from "../../model/value.ts";
import { requireSet } from "../checks.ts";
import { controls } from "../compliance.ts";
import { findStatement, isDenied, listed, namesAnyone, some } from "../evaluators/policy/access.ts";
import { isNarrowed } from "../evaluators/policy/conditions.ts";
import type { Policy, Statement } from "../evaluators/policy/document.ts";
import { policyAt } from "../evaluators/policy/locate.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { and, fail, not, notApplicable, or, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { View } from "../view.ts";
import { alias, block, example, switchedTo } from "./shapes.ts";

const topic = (...lines: readonly string[]): string => example("aws_sns_topic", 'name = "t"', ...lines);
const queue = (...lines: readonly string[]): string => example("aws_sqs_queue", 'name = "q"', ...lines);

const policy = (type: string, link: string, action: string, principal: string, condition = ""): string =>
  example(
    type,
    link,
    `policy = jsonencode({
  Version   = "2012-10-17"
  Statement = [{
    Effect    = "Allow"
    Principal = ${principal}
    Action    = "${action}"
    Resource  = "*"${condition}
  }]
})`,
  );
const topicPolicy = (principal: string, condition?: string): string =>
  policy("aws_sns_topic_policy", 'arn = "arn:aws:sns:eu-west-1:123456789012:t"', "sns:Publish", principal, condition);
const queuePolicy = (principal: string, condition?: string, action = "sqs:SendMessage"): string =>
  policy("aws_sqs_queue_policy", 'queue_url = "https://sqs.eu-west-1.amazonaws.com/1/q"', action, principal, condition);

const OURS = '\n    Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-abc123" } }';

export const topicEncryption = rule({
  id: "aws-sns-encryption",
  aliases: alias("CKV_AWS_26", "AWS-0095"),
  title: "SNS topic is not encrypted",
  severity: "high",
  category: "security",
  on: "aws_sns_topic",
  why: "Messages are stored in plain text until they are delivered. Publishers rarely know what will be in them next year.",
  remedy: 'Set kms_master_key_id = "alias/aws/sns", or a key of your own where other services publish.',
  references: ["https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html"],
  compliance: controls({ nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  check: (view) => requireSet(view, "kms_master_key_id", { message: "Messages are stored in plain text" }),
  fix: { risk: "disruptive", edit: () => [set("kms_master_key_id", "alias/aws/sns")] },
  bad: [topic(), topic('kms_master_key_id = ""')],
  good: topic('kms_master_key_id = "alias/aws/sns"'),
});

/** Anyone: "*", or a principal of any account there is. */
const strangers = (statement: Statement): Truth =>
  or(
    namesAnyone(statement),
    some(
      statement.principals,
      (principal) => principal.kind === "aws" && /^arn:[^:]*:(?:iam|sts)::\*/.test(principal.value),
    ),
  );

const letsStrangersIn = (policy: Policy): Truth =>
  findStatement(policy, (statement) =>
    and(isAllow(statement), strangers(statement), not(isNarrowed(statement)), not(isDenied(policy, statement))),
  ).truth;

const isAllow = (statement: Statement): Truth =>
  statement.effect === "unknown" ? "unknown" : statement.effect === "Allow";

function closed(view: View): Verdict {
  const found = policyAt(view, "policy");
  if (!found) return view.type.endsWith("_policy") ? pass("policy") : notApplicable;
  return verdictOf(
    not(letsStrangersIn(found)),
    "policy",
    "A statement allows any principal without a condition that narrows it",
  );
}

export const topicPublic = rule({
  id: "aws-sns-public-policy",
  aliases: alias("CKV_AWS_169"),
  title: "SNS topic policy lets anyone in",
  severity: "high",
  category: "security",
  on: ["aws_sns_topic_policy", "aws_sns_topic"],
  why: "Anyone with an AWS account can publish to the topic or subscribe to it. What follows from a message then follows from a stranger's message.",
  remedy: "Name the principals, or add a condition on their account, organisation or source ARN.",
  references: ["https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html"],
  compliance: controls({ nist: ["AC-3", "AC-4", "SC-7"], pci: ["1.4.4"], soc2: ["CC6.1", "CC6.6"] }),
  check: closed,
  bad: [topicPolicy('"*"'), topicPolicy('{ AWS = "*" }')],
  good: [topicPolicy('{ AWS = "arn:aws:iam::123456789012:root" }'), topicPolicy('"*"', OURS)],
});

export const queueEncryption = rule({
  id: "aws-sqs-encryption",
  aliases: alias("CKV_AWS_27", "AWS-0096"),
  title: "SQS queue is not encrypted",
  severity: "high",
  category: "security",
  on: "aws_sqs_queue",
  why: "Messages wait in the queue in plain text, for days where nobody fetches them. Encryption with SQS's own key costs nothing.",
  remedy: "Set sqs_managed_sse_enabled = true, or kms_master_key_id.",
  references: [
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html",
  ],
  compliance: controls({ nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  check(view) {
    if (requireSet(view, "kms_master_key_id").status === "pass") return pass("kms_master_key_id");
    return verdictOf(view.is("sqs_managed_sse_enabled"), "sqs_managed_sse_enabled", "Messages wait in plain text");
  },
  fix: { risk: "in-place", edit: () => [set("sqs_managed_sse_enabled", true)] },
  bad: [queue(), queue("sqs_managed_sse_enabled = false"), queue('kms_master_key_id = ""')],
  good: [queue("sqs_managed_sse_enabled = true"), queue('kms_master_key_id = "alias/aws/sqs"')],
});

export const queuePublic = rule({
  id: "aws-sqs-public-policy",
  aliases: alias("CKV_AWS_168", "AWS-0097"),
  title: "SQS queue policy lets anyone in",
  severity: "high",
  category: "security",
  on: ["aws_sqs_queue_policy", "aws_sqs_queue"],
  why: "Anyone with an AWS account can send to the queue, or read and delete what is in it. Workers trust what they find there.",
  remedy: "Name the principals, or add a condition on their account, organisation or source ARN.",
  references: [
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-creating-custom-policies.html",
  ],
  compliance: controls({ nist: ["AC-3", "AC-4", "SC-7"], pci: ["1.4.4"], soc2: ["CC6.1", "CC6.6"] }),
  check: closed,
  bad: [queuePolicy('"*"'), queuePolicy('{ AWS = "*" }')],
  good: [queuePolicy('{ AWS = "arn:aws:iam::123456789012:root" }'), queuePolicy('"*"', OURS)],
});

export const queueWildcard = rule({
  id: "aws-sqs-unconditional-wildcard",
  aliases: alias("CKV_AWS_387"),
  title: "SQS queue policy allows any principal without any condition",
  severity: "high",
  category: "security",
  profile: "strict",
  on: "aws_sqs_queue_policy",
  why: "The statement is open to the world as it stands. It is the plainest form of a public queue, and scanners look for it.",
  remedy: "Name the principals, or add a condition that says which of them are meant.",
  references: [
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-creating-custom-policies.html",
  ],
  check(view) {
    const found = policyAt(view, "policy");
    if (!found) return pass("policy");
    const open = findStatement(found, (statement) =>
      and(
        isAllow(statement),
        namesAnyone(statement),
        statement.conditions.length > 0 ? false : statement.conditionsComplete || "unknown",
      ),
    );
    return verdictOf(not(open.truth), "policy", "A statement allows any principal, without a condition");
  },
  bad: queuePolicy('"*"', "", "sqs:*"),
  good: [
    queuePolicy('{ AWS = "arn:aws:iam::123456789012:root" }', "", "sqs:*"),
    queuePolicy(
      '"*"',
      '\n    Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:sns:eu-west-1:123456789012:t" } }',
    ),
  ],
});

export const queueOwnKey = rule({
  id: "aws-sqs-customer-key",
  aliases: alias("CKV2_AWS_73"),
  title: "SQS queue is encrypted with the key that AWS manages",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "aws_sqs_queue",
  why: "The key alias/aws/sqs cannot be shared with other accounts or services, nor withdrawn. With a key of your own you decide who may decrypt.",
  remedy: "Name a key of your own in kms_master_key_id.",
  references: ["https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html"],
  check(view) {
    const key = view.get("kms_master_key_id");
    if (key.kind === "absent") return pass("kms_master_key_id");
    if (key.kind === "unknown")
      return or(key.value.from.length > 0, key.value.prefix !== "") === true
        ? pass("kms_master_key_id")
        : undecided("kms_master_key_id");
    const managed = /(^|:)alias\/aws\/sqs$/.test(String(key.value));
    return managed ? fail("kms_master_key_id", "The key is AWS's own") : pass("kms_master_key_id");
  },
  bad: queue('kms_master_key_id = "alias/aws/sqs"'),
  good: [queue(), queue('kms_master_key_id = "alias/mine"')],
});

export const everyAction = rule({
  id: "aws-sqs-every-action",
  aliases: alias("CKV_AWS_72"),
  title: "SQS queue policy allows every action",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "aws_sqs_queue_policy",
  why: "Whoever may send may also delete the queue, empty it, or change its policy. Senders and receivers need one or two actions.",
  remedy: "Name the actions, for example sqs:SendMessage.",
  references: [
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html",
  ],
  check(view) {
    const found = policyAt(view, "policy");
    if (!found) return pass("policy");
    const everything = findStatement(found, (statement) =>
      and(
        isAllow(statement),
        listed(statement.actions, (action) => /^(?:sqs:)?\*+$/i.test(action)),
      ),
    );
    return verdictOf(not(everything.truth), "policy", "A statement allows every action");
  },
  bad: queuePolicy('{ AWS = "arn:aws:iam::123456789012:root" }', "", "*"),
  good: queuePolicy('{ AWS = "arn:aws:iam::123456789012:root" }'),
});

const CONFIGURATION = "aws_ses_configuration_set";

export const mailTls = switchedTo({
  id: "aws-ses-tls",
  aliases: alias("CKV_AWS_365"),
  title: "SES sends mail in plain text where the receiver takes it",
  profile: "strict",
  on: CONFIGURATION,
  why: "Whoever sits on the way can make the connection fall back to plain text, and read the mail. With Require it is not sent then.",
  remedy: 'Set delivery_options.tls_policy = "Require".',
  references: ["https://docs.aws.amazon.com/ses/latest/dg/security-protocols.html"],
  path: "delivery_options.tls_policy",
  to: "Require",
  or: ["REQUIRE"],
  risk: "disruptive",
  message: "Mail may go in plain text",
  bad: [
    example(CONFIGURATION, 'name = "c"'),
    example(CONFIGURATION, 'name = "c"', block("delivery_options", 'tls_policy = "Optional"')),
  ],
  good: example(CONFIGURATION, 'name = "c"', block("delivery_options", 'tls_policy = "Require"')),
});

export const crossAccount = rule({
  id: "aws-sns-cross-account",
  aliases: alias("CKV_AWS_385"),
  title: "SNS topic policy lets another account in without a condition",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "aws_sns_topic_policy",
  why: "What an account or role elsewhere may do here is decided by whoever runs it. A condition says for what it may be used.",
  remedy: "Add a condition, or give your own roles their rights in IAM.",
  references: ["https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html"],
  check(view) {
    const found = policyAt(view, "policy");
    if (!found) return pass("policy");
    const named = findStatement(found, (statement) =>
      and(
        isAllow(statement),
        some(statement.principals, (one) => one.kind === "aws" && /^arn:[^:]*:iam::/.test(one.value)),
        statement.conditions.length > 0 ? false : statement.conditionsComplete || "unknown",
      ),
    );
    return verdictOf(not(named.truth), "policy", "A statement names a principal of IAM, without a condition");
  },
  bad: topicPolicy('{ AWS = "arn:aws:iam::123456789012:root" }'),
  good: [
    topicPolicy('{ Service = "s3.amazonaws.com" }'),
    topicPolicy('{ AWS = "arn:aws:iam::123456789012:root" }', OURS),
  ],
});
