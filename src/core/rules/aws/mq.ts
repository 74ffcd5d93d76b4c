/** Amazon MQ brokers: reachability, logs, versions, keys. */

import { forbidTrue } from "../checks.ts";
import { controls } from "../compliance.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { fail, not, notApplicable, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { View } from "../view.ts";
import { alias, block, example, switchedTo } from "./shapes.ts";

const BROKER = "aws_mq_broker";
const DOCS = "https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/";
const of = (engine: string, version: string, ...lines: readonly string[]): string =>
  example(
    BROKER,
    'broker_name        = "b"',
    `engine_type        = "${engine}"`,
    `engine_version     = "${version}"`,
    'host_instance_type = "mq.m5.large"',
    ...lines,
  );
const broker = (...lines: readonly string[]): string => of("ActiveMQ", "5.18", ...lines);

export const publicBroker = rule({
  id: "aws-mq-public",
  aliases: alias("CKV_AWS_69", "AWS-0072"),
  title: "MQ broker is publicly accessible",
  severity: "high",
  category: "security",
  on: BROKER,
  why: "The broker and its console have public addresses, and anyone can try passwords and flaws on them. Brokers have had holes that need no password at all.",
  remedy: "Set publicly_accessible = false; the broker is made anew.",
  references: [`${DOCS}using-amazon-mq-securely.html`],
  compliance: controls({ nist: ["AC-3", "AC-4", "SC-7"], pci: ["1.4.4"], soc2: ["CC6.1", "CC6.6"] }),
  check: (view) => forbidTrue(view, "publicly_accessible", { message: "The broker has public addresses" }),
  intent: (view) => not(view.is("publicly_accessible")),
  fix: { risk: "replaces", edit: () => [set("publicly_accessible", false)] },
  bad: broker("publicly_accessible = true"),
  good: [broker(), broker("publicly_accessible = false")],
});

export const generalLog = switchedTo({
  id: "aws-mq-general-log",
  aliases: alias("CKV_AWS_48", "AWS-0071"),
  title: "MQ broker writes no general log",
  severity: "low",
  profile: "strict",
  on: BROKER,
  why: "Errors and refused connections are recorded nowhere. After an incident there is nothing to look at.",
  remedy: "Set logs.general = true.",
  references: [`${DOCS}security-logging-monitoring.html`],
  path: "logs.general",
  risk: "in-place",
  message: "The general log is off",
  bad: [broker(), broker(block("logs", "general = false"))],
  good: broker(block("logs", "general = true")),
});

export const auditLog = switchedTo({
  id: "aws-mq-audit-log",
  aliases: alias("CKV_AWS_197"),
  title: "MQ broker keeps no audit log",
  severity: "low",
  profile: "strict",
  on: BROKER,
  why: "Who changed queues and users is recorded nowhere. The audit log holds what is done in the console and over JMX.",
  remedy: "Set logs.audit = true (ActiveMQ only).",
  references: [`${DOCS}security-logging-monitoring.html`],
  path: "logs.audit",
  risk: "in-place",
  message: "The audit log is off",
  unless(view) {
    if (view.get("engine_type").kind === "unknown") return undecided("engine_type");
    return isRabbit(view) ? notApplicable : undefined;
  },
  bad: [broker(), broker(block("logs", "audit = false"))],
  good: broker(block("logs", "audit = true")),
});

const isRabbit = (view: View): boolean => view.text("engine_type")?.toLowerCase() === "rabbitmq";

/** The oldest release of each engine that Amazon MQ still mends. */
const OLDEST = { activemq: [5, 16], rabbitmq: [3, 11] } as const;

export const version = rule({
  id: "aws-mq-version",
  aliases: alias("CKV_AWS_208"),
  title: "MQ broker runs a release that is no longer supported",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: [BROKER, "aws_mq_configuration"],
  why: "Old releases get no fixes, and some can be taken over without a password (CVE-2023-46604). Amazon MQ upgrades them at a time of its choosing.",
  remedy: "Upgrade to a supported release, in steps where clients need it.",
  references: [`${DOCS}activemq-version-management.html`],
  check(view): Verdict {
    const engine = view.text("engine_type")?.toLowerCase();
    const oldest = engine === "activemq" || engine === "rabbitmq" ? OLDEST[engine] : undefined;
    if (!oldest) return view.get("engine_type").kind === "unknown" ? undecided("engine_type") : notApplicable;
    const found = view.get("engine_version");
    if (found.kind === "absent") return notApplicable;
    if (found.kind === "unknown") return undecided("engine_version");
    const [major = 0, minor = 0] = String(found.value).split(".").map(Number);
    const supported = major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
    return verdictOf(supported, "engine_version", `${found.value} is no longer supported`);
  },
  bad: [of("ActiveMQ", "5.15.0"), of("RabbitMQ", "3.8.6")],
  good: [broker(), of("RabbitMQ", "3.13")],
});

export const minorUpgrades = switchedTo({
  id: "aws-mq-minor-upgrades",
  aliases: alias("CKV_AWS_207"),
  title: "MQ broker does not get minor upgrades by itself",
  severity: "low",
  profile: "strict",
  on: BROKER,
  why: "Fixes of the engine, security fixes too, wait for somebody to ask for them. They are made in the maintenance window.",
  remedy: "Set auto_minor_version_upgrade = true.",
  references: [`${DOCS}upgrading-brokers.html`],
  path: "auto_minor_version_upgrade",
  risk: "in-place",
  message: "Minor upgrades wait for somebody",
  bad: [broker(), broker("auto_minor_version_upgrade = false")],
  good: broker("auto_minor_version_upgrade = true"),
});

export const brokerKey = rule({
  id: "aws-mq-customer-key",
  aliases: alias("CKV_AWS_209"),
  title: "MQ broker does not use a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: BROKER,
  why: "Messages are encrypted with a key that AWS owns. With a key of your own you decide who may decrypt them.",
  remedy: "Set encryption_options.use_aws_owned_key = false with kms_key_id; the broker is made anew.",
  references: [`${DOCS}data-protection.html`],
  check(view) {
    const key = view.has("encryption_options.kms_key_id");
    if (key === false) return fail("encryption_options", "No key of your own is named");
    const owned = view.is("encryption_options.use_aws_owned_key");
    if (owned === "unknown") return undecided("encryption_options");
    return owned
      ? fail("encryption_options.use_aws_owned_key", "AWS's own key is used")
      : pass("encryption_options.kms_key_id");
  },
  bad: [broker(), broker(block("encryption_options", "use_aws_owned_key = true"))],
  good: broker(
    block(
      "encryption_options",
      'kms_key_id        = "arn:aws:kms:eu-west-1:123456789012:key/1"',
      "use_aws_owned_key = false",
    ),
  ),
});
