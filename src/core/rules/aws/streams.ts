/** Streams and brokers of streams: Kinesis, Firehose, MSK. */

import { forbidOneOf, requireOneOf, requireSet, requireThat, requireTrue } from "../checks.ts";
import { controls } from "../compliance.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, fail, notApplicable, or, undecided, verdictOf } from "../verdict.ts";
import type { View } from "../view.ts";
import { alias, block, example, ownKey, setAt, switchedTo } from "./shapes.ts";

const STREAM = "aws_kinesis_stream";
const FIREHOSE = "aws_kinesis_firehose_delivery_stream";
const MSK = "aws_msk_cluster";
const KEY = '"arn:aws:kms:eu-west-1:123456789012:key/1"';

const stream = (...lines: readonly string[]): string =>
  example(STREAM, 'name        = "s"', "shard_count = 1", ...lines);
const firehose = (...lines: readonly string[]): string =>
  example(FIREHOSE, 'name        = "f"', 'destination = "extended_s3"', ...lines);
const msk = (...lines: readonly string[]): string =>
  example(
    MSK,
    'cluster_name           = "k"',
    'kafka_version          = "3.8.x"',
    "number_of_broker_nodes = 3",
    ...lines,
  );

export const streamEncryption = rule({
  id: "aws-kinesis-encryption",
  aliases: alias("CKV_AWS_43", "AWS-0064"),
  title: "Kinesis stream is not encrypted",
  severity: "high",
  category: "security",
  on: STREAM,
  why: "Records wait in the stream in plain text, for up to a year. Producers rarely know what will be in them next year.",
  remedy: 'Set encryption_type = "KMS" with kms_key_id = "alias/aws/kinesis", or a key of your own.',
  references: ["https://docs.aws.amazon.com/streams/latest/dev/server-side-encryption.html"],
  compliance: controls({ nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  check: (view) => requireThat(view, "encryption_type", (v) => v === "KMS", { message: "Records are in plain text" }),
  fix: {
    risk: "in-place",
    edit: (view) => [
      set("encryption_type", "KMS"),
      ...(view.has("kms_key_id") === false ? [set("kms_key_id", "alias/aws/kinesis")] : []),
    ],
  },
  bad: [stream(), stream('encryption_type = "NONE"')],
  good: stream('encryption_type = "KMS"', 'kms_key_id      = "alias/aws/kinesis"'),
});

export const streamKey = ownKey({
  id: "aws-kinesis-customer-key",
  aliases: alias("CKV_AWS_185"),
  title: "Kinesis stream does not use a key of your own",
  on: STREAM,
  why: "Records are encrypted with a key that AWS manages, if at all. With a key of your own you decide who may decrypt them.",
  remedy: "Name a key in kms_key_id.",
  path: "kms_key_id",
  bad: stream(),
  good: stream('encryption_type = "KMS"', `kms_key_id      = ${KEY}`),
});

export const videoKey = ownKey({
  id: "aws-kinesis-video-customer-key",
  aliases: alias("CKV_AWS_177"),
  title: "Kinesis video stream does not use a key of your own",
  on: "aws_kinesis_video_stream",
  why: "Recordings are encrypted with a key that AWS manages. With a key of your own you decide who may watch them.",
  remedy: "Name a key in kms_key_id; the stream is made anew.",
  path: "kms_key_id",
  bad: example("aws_kinesis_video_stream", 'name = "v"'),
  good: example("aws_kinesis_video_stream", 'name       = "v"', `kms_key_id = ${KEY}`),
});

/** Records from a Kinesis stream are encrypted there; Firehose may not encrypt them again. */
const fromStream = (view: View) =>
  view.blocks("kinesis_source_configuration").items.length > 0 ? notApplicable : undefined;

export const firehoseEncryption = switchedTo({
  id: "aws-firehose-encryption",
  aliases: alias("CKV_AWS_240"),
  title: "Firehose stream is not encrypted",
  severity: "high",
  on: FIREHOSE,
  why: "Records wait in plain text until they are delivered. Encryption with AWS's own key costs nothing.",
  remedy: "Set server_side_encryption.enabled = true.",
  references: ["https://docs.aws.amazon.com/firehose/latest/dev/encryption.html"],
  compliance: controls({ nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  path: "server_side_encryption.enabled",
  risk: "in-place",
  message: "Records are in plain text",
  unless: fromStream,
  bad: [firehose(), firehose(block("server_side_encryption", "enabled = false"))],
  good: firehose(block("server_side_encryption", "enabled = true")),
});

export const firehoseKey = rule({
  id: "aws-firehose-customer-key",
  aliases: alias("CKV_AWS_241"),
  title: "Firehose stream does not use a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: FIREHOSE,
  why: "Records are encrypted with a key that AWS owns, if at all. With a key of your own you decide who may decrypt them.",
  remedy: 'Set server_side_encryption.key_type = "CUSTOMER_MANAGED_CMK" with key_arn.',
  references: ["https://docs.aws.amazon.com/firehose/latest/dev/encryption.html"],
  check: (view) =>
    fromStream(view) ??
    allOf([
      requireThat(view, "server_side_encryption.key_type", (v) => v === "CUSTOMER_MANAGED_CMK", {
        message: "No key of your own",
      }),
      requireSet(view, "server_side_encryption.key_arn", { message: "No key of your own is named" }),
    ]),
  bad: firehose(block("server_side_encryption", "enabled = true")),
  good: firehose(
    block("server_side_encryption", "enabled  = true", 'key_type = "CUSTOMER_MANAGED_CMK"', `key_arn  = ${KEY}`),
  ),
});

const TRANSIT = "encryption_info.encryption_in_transit";

export const mskEncryption = rule({
  id: "aws-msk-encryption",
  aliases: alias("CKV_AWS_81", "AWS-0073"),
  title: "MSK lets clients or brokers speak plain text",
  severity: "high",
  category: "security",
  on: MSK,
  why: "Records cross the network unencrypted between clients and brokers, or between brokers. Whoever is inside can read and change them.",
  remedy: 'Set encryption_in_transit.client_broker = "TLS" and leave in_cluster at true.',
  references: ["https://docs.aws.amazon.com/msk/latest/developerguide/msk-encryption.html"],
  compliance: controls({ nist: ["SC-8", "SC-13"], soc2: ["CC6.7"] }),
  check(view) {
    const { items, complete } = view.blocks("encryption_info");
    if (items.length === 0)
      return complete ? fail("encryption_info", "Nothing is said of encryption") : undecided("encryption_info");
    return allOf([
      requireOneOf(view, `${TRANSIT}.client_broker`, ["TLS"], {
        absent: "pass",
        message: "Clients may speak plain text",
      }),
      requireTrue(view, `${TRANSIT}.in_cluster`, { absent: "pass", message: "Brokers speak plain text" }),
    ]);
  },
  fix: {
    risk: "disruptive",
    edit: (view) => [
      ...setAt(view, `${TRANSIT}.client_broker`, "TLS"),
      ...(view.is(`${TRANSIT}.in_cluster`, true) === true ? [] : setAt(view, `${TRANSIT}.in_cluster`, true)),
    ],
  },
  bad: [
    msk(),
    msk(block("encryption_info", block("encryption_in_transit", 'client_broker = "TLS_PLAINTEXT"'))),
    msk(block("encryption_info", block("encryption_in_transit", 'client_broker = "TLS"', "in_cluster    = false"))),
  ],
  good: msk(block("encryption_info", block("encryption_in_transit", 'client_broker = "TLS"'))),
});

const SINKS = ["cloudwatch_logs", "firehose", "s3"].map((sink) => `logging_info.broker_logs.${sink}.enabled`);

export const mskLogs = rule({
  id: "aws-msk-logs",
  aliases: alias("CKV_AWS_80", "AWS-0074"),
  title: "MSK brokers write no logs",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: MSK,
  why: "Failed log-ins and errors of brokers are recorded nowhere. After an incident there is nothing to look at.",
  remedy: "Enable one of cloudwatch_logs, firehose or s3 in logging_info.broker_logs.",
  references: ["https://docs.aws.amazon.com/msk/latest/developerguide/msk-logging.html"],
  check: (view) => verdictOf(or(...SINKS.map((path) => view.is(path))), "logging_info", "Brokers write no logs"),
  bad: msk(),
  good: msk(
    block("logging_info", block("broker_logs", block("cloudwatch_logs", "enabled   = true", 'log_group = "msk"'))),
  ),
});

const PUBLIC = "broker_node_group_info.connectivity_info.public_access.type";

export const mskPublic = rule({
  id: "aws-msk-public",
  aliases: alias("CKV_AWS_291"),
  title: "MSK brokers have public addresses",
  severity: "high",
  category: "security",
  profile: "strict",
  on: MSK,
  why: "Anyone on the internet can try to sign in to the brokers. Clients elsewhere reach them through a VPN or peering.",
  remedy: 'Set connectivity_info.public_access.type = "DISABLED".',
  references: ["https://docs.aws.amazon.com/msk/latest/developerguide/public-access.html"],
  check: (view) => forbidOneOf(view, PUBLIC, ["SERVICE_PROVIDED_EIPS"], { message: "Brokers have public addresses" }),
  fix: { risk: "disruptive", edit: (view) => setAt(view, PUBLIC, "DISABLED") },
  bad: msk(
    block(
      "broker_node_group_info",
      'instance_type   = "kafka.m5.large"',
      'client_subnets  = ["subnet-1"]',
      'security_groups = ["sg-1"]',
      block("connectivity_info", block("public_access", 'type = "SERVICE_PROVIDED_EIPS"')),
    ),
  ),
  good: msk(),
});
