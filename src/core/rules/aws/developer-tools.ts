/** CodeBuild and CodePipeline. */

import { eachBlock, forbidTrue, requireSet, someBlock } from "../checks.ts";
import { controls } from "../compliance.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { anyOf, not, notApplicable, pass, verdictOf } from "../verdict.ts";
import type { Block } from "../view.ts";
import { alias, block, example, ownKey } from "./shapes.ts";

const BUILD = "aws_codebuild_project";
const DOCS = "https://docs.aws.amazon.com/codebuild/latest/userguide/";
const KEY = '"arn:aws:kms:eu-west-1:123456789012:key/1"';
const S3_ARTIFACTS = block("artifacts", 'type     = "S3"', 'location = "builds"');

const environment = (...lines: readonly string[]): string =>
  block(
    "environment",
    'compute_type = "BUILD_GENERAL1_SMALL"',
    'image        = "aws/codebuild/standard:7.0"',
    'type         = "LINUX_CONTAINER"',
    ...lines,
  );
const build = (artifacts: string, ...lines: readonly string[]): string =>
  example(
    BUILD,
    'name         = "b"',
    'service_role = "arn:aws:iam::123456789012:role/b"',
    artifacts,
    ...(lines.some((line) => line.startsWith("environment")) ? [] : [environment()]),
    ...lines,
    block("source", 'type = "NO_SOURCE"'),
  );

const NONE = "NO_ARTIFACTS";
const ARTIFACTS = ["artifacts", "secondary_artifacts"] as const;

const inPlainText = (item: Block) =>
  item.text("type") === NONE
    ? notApplicable
    : forbidTrue(item, "encryption_disabled", { message: "Artifacts are in plain text" });

export const artifactEncryption = rule({
  id: "aws-codebuild-artifact-encryption",
  aliases: alias("CKV_AWS_78", "AWS-0018"),
  title: "CodeBuild artifacts are not encrypted",
  severity: "high",
  category: "security",
  on: BUILD,
  why: "What was built, with configuration and now and then a secret in it, lies in the bucket in plain text. Encryption is on unless it is switched off.",
  remedy: "Set artifacts.encryption_disabled = false.",
  references: [`${DOCS}security-encryption.html`],
  compliance: controls({ nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  check(view) {
    const verdicts = ARTIFACTS.map((path) => eachBlock(view, path, inPlainText));
    return (
      verdicts.find((v) => v.status === "fail") ?? verdicts.find((v) => v.status === "unknown") ?? verdicts[0] ?? pass()
    );
  },
  fix: {
    risk: "in-place",
    edit: (view) =>
      ARTIFACTS.flatMap((path) => view.blocks(path).items)
        .filter((item) => inPlainText(item).status === "fail")
        .map((item) => set(`${item.path}.encryption_disabled`, false)),
  },
  bad: build(
    block("artifacts", 'type                = "S3"', 'location            = "builds"', "encryption_disabled = true"),
  ),
  good: [build(S3_ARTIFACTS), build(block("artifacts", 'type = "NO_ARTIFACTS"'))],
});

export const privilegedMode = rule({
  id: "aws-codebuild-privileged",
  aliases: alias("CKV_AWS_316"),
  title: "CodeBuild runs builds with root's rights",
  severity: "high",
  category: "security",
  profile: "strict",
  on: BUILD,
  why: "A build that somebody changed can leave its container. It is needed only for building images with Docker.",
  remedy: "Set environment.privileged_mode = false, or build images without a daemon.",
  references: [`${DOCS}build-env-ref-available.html`],
  check: (view) => forbidTrue(view, "environment.privileged_mode", { message: "Builds run with root's rights" }),
  intent: (view) => not(view.is("environment.privileged_mode")),
  fix: { risk: "disruptive", edit: () => [set("environment.0.privileged_mode", false)] },
  bad: build(S3_ARTIFACTS, environment("privileged_mode = true")),
  good: [build(S3_ARTIFACTS), build(S3_ARTIFACTS, environment("privileged_mode = false"))],
});

export const buildKey = ownKey({
  id: "aws-codebuild-customer-key",
  aliases: alias("CKV_AWS_147"),
  title: "CodeBuild does not use a key of your own",
  on: BUILD,
  why: "Artifacts are encrypted with the key that AWS manages for S3. With a key of your own you decide who may decrypt them.",
  remedy: "Name a key in encryption_key.",
  path: "encryption_key",
  unless: (view) => (view.text("artifacts.type") === NONE ? notApplicable : undefined),
  bad: build(S3_ARTIFACTS),
  good: build(S3_ARTIFACTS, `encryption_key = ${KEY}`),
});

const LOGS = ["cloudwatch_logs", "s3_logs"].map((sink) => `logs_config.${sink}`);

export const buildLogs = rule({
  id: "aws-codebuild-logs",
  aliases: alias("CKV_AWS_314"),
  title: "CodeBuild project says not where its logs go",
  severity: "low",
  category: "security",
  profile: "strict",
  on: BUILD,
  why: "Nobody can tell later what a build did, or who put what into a release. A log of one's own choosing can be kept and protected.",
  remedy: "Add logs_config with cloudwatch_logs or s3_logs.",
  references: [`${DOCS}create-project.html#create-project-console-logs`],
  check: (view) =>
    anyOf(
      LOGS.map((path) =>
        someBlock(
          view,
          path,
          (sink) => verdictOf(sink.text("status") !== "DISABLED", `${sink.path}.status`),
          "No log is configured",
        ),
      ),
    ),
  bad: build(S3_ARTIFACTS),
  good: build(S3_ARTIFACTS, block("logs_config", block("cloudwatch_logs", 'group_name = "builds"'))),
});

export const buildLogEncryption = rule({
  id: "aws-codebuild-log-encryption",
  aliases: alias("CKV_AWS_311"),
  title: "CodeBuild logs in S3 are not encrypted",
  severity: "low",
  category: "security",
  profile: "strict",
  on: BUILD,
  why: "Logs of builds hold what commands print, secrets too. Encryption is on unless it is switched off.",
  remedy: "Leave logs_config.s3_logs.encryption_disabled out, or set it to false.",
  references: [`${DOCS}security-encryption.html`],
  check: (view) =>
    eachBlock(view, "logs_config.s3_logs", (logs) =>
      forbidTrue(logs, "encryption_disabled", { message: "Logs are in plain text" }),
    ),
  fix: {
    risk: "in-place",
    edit: (view) =>
      view.blocks("logs_config.s3_logs").items.map((logs) => set(`${logs.path}.encryption_disabled`, false)),
  },
  bad: build(
    S3_ARTIFACTS,
    block("logs_config", block("s3_logs", 'status   = "ENABLED"', 'location = "logs/b"', "encryption_disabled = true")),
  ),
  good: build(S3_ARTIFACTS, block("logs_config", block("s3_logs", 'status   = "ENABLED"', 'location = "logs/b"'))),
});

const PIPELINE = "aws_codepipeline";
const pipeline = (...store: readonly string[]): string =>
  example(
    PIPELINE,
    'name     = "p"',
    'role_arn = "arn:aws:iam::123456789012:role/p"',
    block("artifact_store", 'location = "builds"', 'type     = "S3"', ...store),
  );

export const pipelineKey = rule({
  id: "aws-codepipeline-customer-key",
  aliases: alias("CKV_AWS_219"),
  title: "CodePipeline artifacts do not use a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: PIPELINE,
  why: "Artifacts are encrypted with the key that AWS manages for S3. With a key of your own you decide who may decrypt them.",
  remedy: "Add encryption_key to every artifact_store.",
  references: ["https://docs.aws.amazon.com/codepipeline/latest/userguide/S3-artifact-encryption.html"],
  check: (view) =>
    eachBlock(view, "artifact_store", (store) =>
      requireSet(store, "encryption_key.id", { message: "No key of your own is named" }),
    ),
  bad: pipeline(),
  good: pipeline(block("encryption_key", `id   = ${KEY}`, 'type = "KMS"')),
});
