/** ECS clusters and services. What containers may do is in container-definitions.ts. */

import { eachBlock, forbidOneOf, requireThat } from "../checks.ts";
import { controls } from "../compliance.ts";
import { addBlock, set } from "../operations.ts";
import { rule } from "../rule.ts";
import { and, fail, notApplicable, or, pass, undecided, verdictOf } from "../verdict.ts";
import type { Block, View } from "../view.ts";
import { alias, block, example } from "./shapes.ts";

const CLUSTER = "aws_ecs_cluster";
const SERVICE = "aws_ecs_service";
const TASK = "aws_ecs_task_definition";
const DOCS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/";

const cluster = (...lines: readonly string[]): string => example(CLUSTER, 'name = "c"', ...lines);
const service = (...lines: readonly string[]): string =>
  example(SERVICE, 'name            = "s"', 'task_definition = "app:1"', ...lines);
const task = (...lines: readonly string[]): string =>
  example(TASK, 'family                = "app"', 'container_definitions = "[]"', ...lines);

const INSIGHTS = "containerInsights";
const insightSettings = (view: View): readonly Block[] =>
  view.blocks("setting").items.filter((item) => item.text("name") === INSIGHTS);

export const containerInsights = rule({
  id: "aws-ecs-container-insights",
  aliases: alias("CKV_AWS_65", "AWS-0034"),
  title: "ECS cluster keeps no metrics of its containers",
  severity: "low",
  category: "security",
  on: CLUSTER,
  why: "Nobody sees which container restarts, grows or starts to talk a lot. Such changes are often the first sign of trouble.",
  remedy: 'Add setting { name = "containerInsights" value = "enabled" }.',
  references: [`${DOCS}cloudwatch-container-insights.html`],
  check(view) {
    const settings = insightSettings(view);
    const [first] = settings.map((item) =>
      requireThat(item, "value", (v) => v === "enabled" || v === "enhanced", { message: "Container insights are off" }),
    );
    if (first) return first;
    return view.blocks("setting").complete ? fail("setting", "Container insights are off") : undecided("setting");
  },
  fix: {
    risk: "in-place",
    edit(view) {
      const [setting] = insightSettings(view);
      return setting
        ? [set(`${setting.path}.value`, "enabled")]
        : [addBlock("setting", { attributes: { name: INSIGHTS, value: "enabled" } })];
    },
  },
  bad: [cluster(), cluster(block("setting", 'name  = "containerInsights"', 'value = "disabled"'))],
  good: cluster(block("setting", 'name  = "containerInsights"', 'value = "enabled"')),
});

const EXECUTE = "configuration.execute_command_configuration";

export const executeLogEncryption = rule({
  id: "aws-ecs-execute-log-encryption",
  aliases: alias("CKV_AWS_224"),
  title: "ECS Exec sessions are not encrypted with a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: CLUSTER,
  why: "What people type in containers, passwords too, ends up in logs. Only an encrypted log and channel keep it from whoever reads logs.",
  remedy: "Set kms_key_id and, in log_configuration, cloud_watch_encryption_enabled or s3_bucket_encryption_enabled.",
  references: [`${DOCS}ecs-exec.html`],
  check: (view) =>
    eachBlock(view, EXECUTE, (item) => {
      if (item.text("logging") === "NONE") return notApplicable;
      const encrypted = or(
        item.is("log_configuration.cloud_watch_encryption_enabled"),
        item.is("log_configuration.s3_bucket_encryption_enabled"),
      );
      return verdictOf(
        and(item.has("kms_key_id") !== false, encrypted),
        item.path,
        "Sessions are recorded without a key of your own",
      );
    }),
  bad: cluster(block("configuration", block("execute_command_configuration", 'logging = "DEFAULT"'))),
  good: cluster(
    block(
      "configuration",
      block(
        "execute_command_configuration",
        'kms_key_id = "arn:aws:kms:eu-west-1:123456789012:key/1"',
        'logging    = "OVERRIDE"',
        block("log_configuration", "cloud_watch_encryption_enabled = true"),
      ),
    ),
  ),
});

export const executeLogging = rule({
  id: "aws-ecs-execute-logging",
  aliases: alias("CKV_AWS_223"),
  title: "ECS Exec sessions are not recorded",
  severity: "low",
  category: "security",
  profile: "strict",
  on: CLUSTER,
  why: "Somebody can open a shell in a container and leave no trace. What was done there cannot be found out later.",
  remedy: 'Set logging = "DEFAULT" or "OVERRIDE" in execute_command_configuration.',
  references: [`${DOCS}ecs-exec.html`],
  check: (view) =>
    eachBlock(view, EXECUTE, (item) =>
      forbidOneOf(item, "logging", ["NONE"], { message: "Sessions are not recorded" }),
    ),
  bad: cluster(block("configuration", block("execute_command_configuration", 'logging = "NONE"'))),
  good: cluster(block("configuration", block("execute_command_configuration", 'logging = "DEFAULT"'))),
});

export const publicAddress = rule({
  id: "aws-ecs-service-public-address",
  aliases: alias("CKV_AWS_333"),
  title: "ECS service gives its tasks public addresses",
  severity: "high",
  category: "security",
  on: SERVICE,
  why: "Each task can be reached from the internet past the load balancer, as far as its security group lets. Tasks reach out through a NAT gateway just as well.",
  remedy: "Set network_configuration.assign_public_ip = false, and give the subnets a NAT gateway or endpoints.",
  references: [`${DOCS}task-networking.html`],
  compliance: controls({ nist: ["AC-4", "SC-7"], pci: ["1.4.4"], soc2: ["CC6.6"] }),
  check(view) {
    const path = "network_configuration.assign_public_ip";
    // CloudFormation spells it ENABLED and DISABLED.
    return requireThat(view, path, (v) => v !== "ENABLED" && v !== true && v !== "true", {
      absent: "pass",
      message: "Tasks get public addresses",
    });
  },
  fix: { risk: "disruptive", edit: () => [set("network_configuration.0.assign_public_ip", false)] },
  bad: service(block("network_configuration", 'subnets          = ["subnet-1"]', "assign_public_ip = true")),
  good: [
    service(),
    service(block("network_configuration", 'subnets          = ["subnet-1"]', "assign_public_ip = false")),
  ],
});

export const platformVersion = rule({
  id: "aws-ecs-fargate-platform-version",
  aliases: alias("CKV_AWS_332"),
  title: "ECS service stays on one Fargate platform version",
  severity: "low",
  category: "security",
  profile: "strict",
  on: SERVICE,
  why: "A version that is written down gets no newer kernel or runtime. Fixes arrive with the next platform version only.",
  remedy: 'Set platform_version = "LATEST", or leave it out.',
  references: [`${DOCS}platform-fargate.html`],
  check(view) {
    const launch = view.get("launch_type");
    if (launch.kind === "unknown") return undecided("launch_type");
    if (view.text("launch_type") !== "FARGATE") return notApplicable;
    return requireThat(view, "platform_version", (v) => v === "LATEST", {
      absent: "pass",
      message: "It stays on this version",
    });
  },
  fix: { risk: "disruptive", edit: () => [set("platform_version", "LATEST")] },
  bad: service('launch_type      = "FARGATE"', 'platform_version = "1.3.0"'),
  good: [service('launch_type = "FARGATE"'), service('launch_type      = "FARGATE"', 'platform_version = "LATEST"')],
});

const EFS = "volume.efs_volume_configuration";

export const efsTransit = rule({
  id: "aws-ecs-efs-transit-encryption",
  aliases: alias("CKV_AWS_97", "AWS-0035"),
  title: "ECS task speaks to EFS in plain text",
  severity: "high",
  category: "security",
  on: TASK,
  why: "Files cross the network unencrypted between the task and the file system. Encryption is one word, and costs little speed.",
  remedy: 'Set efs_volume_configuration.transit_encryption = "ENABLED".',
  references: [`${DOCS}efs-volumes.html`],
  compliance: controls({ nist: ["SC-8", "SC-13"], soc2: ["CC6.7"] }),
  check: (view) =>
    eachBlock(view, EFS, (item) =>
      requireThat(item, "transit_encryption", (v) => v === "ENABLED", { message: "Files cross in plain text" }),
    ),
  fix: {
    risk: "disruptive",
    edit: (view) =>
      view
        .blocks(EFS)
        .items.filter((item) => item.text("transit_encryption") !== "ENABLED")
        .map((item) => set(`${item.path}.transit_encryption`, "ENABLED")),
  },
  bad: [
    task(block("volume", 'name = "v"', block("efs_volume_configuration", 'file_system_id = "fs-1"'))),
    task(
      block(
        "volume",
        'name = "v"',
        block("efs_volume_configuration", 'file_system_id     = "fs-1"', 'transit_encryption = "DISABLED"'),
      ),
    ),
  ],
  good: task(
    block(
      "volume",
      'name = "v"',
      block("efs_volume_configuration", 'file_system_id     = "fs-1"', 'transit_encryption = "ENABLED"'),
    ),
  ),
});

const ROLES = ["execution_role_arn", "task_role_arn"] as const;

export const sharedRole = rule({
  id: "aws-ecs-shared-role",
  aliases: alias("CKV_AWS_249"),
  title: "ECS task uses one role to start and to run",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: TASK,
  why: "The role that starts a task may read its secrets and pull images. Code inside the containers then may as well.",
  remedy: "Give the task a role of its own in task_role_arn.",
  references: [`${DOCS}task-iam-roles.html`],
  check(view) {
    const [execution, run] = ROLES.map((path) => view.get(path));
    if (!execution || !run || execution.kind === "absent" || run.kind === "absent") return pass("task_role_arn");
    if (execution.kind === "value" && run.kind === "value")
      return verdictOf(execution.value !== run.value, "task_role_arn", "Both roles are the same");
    const [first, second] = ROLES.map((path) => linkOf(view, path));
    if (first === undefined || second === undefined) return undecided("task_role_arn");
    return verdictOf(first !== second, "task_role_arn", "Both roles are the same");
  },
  bad: task(
    'execution_role_arn    = "arn:aws:iam::123456789012:role/a"',
    'task_role_arn         = "arn:aws:iam::123456789012:role/a"',
  ),
  good: [
    task(
      'execution_role_arn    = "arn:aws:iam::123456789012:role/a"',
      'task_role_arn         = "arn:aws:iam::123456789012:role/b"',
    ),
    task('execution_role_arn    = "arn:aws:iam::123456789012:role/a"'),
  ],
});

/** What an attribute that is not known yet points at: "aws_iam_role.a.arn". */
function linkOf(view: View, path: string): string | undefined {
  const found = view.get(path);
  const [from] = found.kind === "unknown" ? found.value.from : [];
  if (from !== undefined) return from;
  const link = view.resource.references.find((reference) => reference.path === path);
  return link && `${link.to}.${link.attribute}`;
}
