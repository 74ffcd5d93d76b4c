/** What people sign in to: Cognito, WorkSpaces, Transfer servers, Connect. */
import { requireOneOf, requireThat } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { fail, not, notApplicable, pass, undecided } from "../verdict.ts";
import { alias, block, example, ownKey, switchedTo } from "./shapes.ts";

const POOL = "aws_cognito_identity_pool";
const KEY = '"arn:aws:kms:eu-west-1:123456789012:key/1"';

export const guests = rule({
  id: "aws-cognito-guest-access",
  aliases: alias("CKV_AWS_366"),
  title: "Cognito gives credentials to people who did not sign in",
  severity: "high",
  category: "security",
  on: POOL,
  why: "Anyone who knows the pool's id, which every app that uses it shows, gets AWS credentials. Roles for guests have often allowed far more than was meant.",
  remedy: "Set allow_unauthenticated_identities = false.",
  references: ["https://docs.aws.amazon.com/cognito/latest/developerguide/identity-pools.html"],
  check: (view) =>
    requireThat(view, "allow_unauthenticated_identities", (v) => v === false || v === "false", {
      absent: "pass",
      message: "Guests get credentials",
    }),
  intent: (view) => not(view.is("allow_unauthenticated_identities")),
  fix: { risk: "disruptive", edit: () => [set("allow_unauthenticated_identities", false)] },
  bad: example(POOL, 'identity_pool_name               = "p"', "allow_unauthenticated_identities = true"),
  good: [
    example(POOL, 'identity_pool_name               = "p"', "allow_unauthenticated_identities = false"),
    example(POOL, 'identity_pool_name = "p"'),
  ],
});

const WORKSPACE = "aws_workspaces_workspace";
const workspace = (...lines: readonly string[]): string =>
  example(WORKSPACE, 'directory_id = "d-1"', 'bundle_id    = "wsb-1"', 'user_name    = "jane"', ...lines);
const WORKSPACE_DOCS = "https://docs.aws.amazon.com/workspaces/latest/adminguide/encrypt-workspaces.html";

export const userVolume = switchedTo({
  id: "aws-workspaces-user-volume-encryption",
  aliases: alias("CKV_AWS_155", "AWS-0109"),
  title: "Workspace does not encrypt its user's files",
  severity: "high",
  profile: "strict",
  on: WORKSPACE,
  why: "Whoever gets hold of the volume or a snapshot reads the user's files. It can only be chosen when the workspace is made.",
  remedy: "Set user_volume_encryption_enabled = true, with volume_encryption_key; the workspace is made anew.",
  references: [WORKSPACE_DOCS],
  path: "user_volume_encryption_enabled",
  risk: "replaces",
  message: "The user's files are in plain text",
  bad: [workspace(), workspace("user_volume_encryption_enabled = false")],
  good: workspace("user_volume_encryption_enabled = true"),
});

export const rootVolume = switchedTo({
  id: "aws-workspaces-root-volume-encryption",
  aliases: alias("CKV_AWS_156", "AWS-0109"),
  title: "Workspace does not encrypt its system volume",
  severity: "high",
  profile: "strict",
  on: WORKSPACE,
  why: "Programs, caches and saved log-ins lie in plain text on the volume. It can only be chosen when the workspace is made.",
  remedy: "Set root_volume_encryption_enabled = true, with volume_encryption_key; the workspace is made anew.",
  references: [WORKSPACE_DOCS],
  path: "root_volume_encryption_enabled",
  risk: "replaces",
  message: "The system volume is in plain text",
  bad: [workspace(), workspace("root_volume_encryption_enabled = false")],
  good: workspace("root_volume_encryption_enabled = true"),
});

const SERVER = "aws_transfer_server";
const TRANSFER_DOCS = "https://docs.aws.amazon.com/transfer/latest/userguide/";

export const transferPublic = rule({
  id: "aws-transfer-public",
  aliases: alias("CKV_AWS_164"),
  title: "Transfer server is open to the internet",
  severity: "high",
  category: "security",
  profile: "strict",
  on: SERVER,
  why: "Anyone can try user names and passwords on it, and robots do so all day. In a VPC security groups limit who can even try.",
  remedy: 'Set endpoint_type = "VPC" with endpoint_details.',
  references: [`${TRANSFER_DOCS}create-server-in-vpc.html`],
  check: (view) =>
    requireOneOf(view, "endpoint_type", ["VPC", "VPC_ENDPOINT"], { message: "The server is open to the internet" }),
  bad: [example(SERVER), example(SERVER, 'endpoint_type = "PUBLIC"')],
  good: example(SERVER, 'endpoint_type = "VPC"'),
});

export const transferPlainText = rule({
  id: "aws-transfer-ftp",
  aliases: alias("CKV_AWS_357"),
  title: "Transfer server speaks plain FTP",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: SERVER,
  why: "Passwords and files cross the network unencrypted. SFTP and FTPS do the same work without that.",
  remedy: 'Leave "FTP" out of protocols.',
  references: [`${TRANSFER_DOCS}create-server-ftp.html`],
  check(view) {
    const { items, complete } = view.strings("protocols");
    if (items.includes("FTP")) return fail("protocols", "Files cross in plain text");
    return complete ? pass("protocols") : undecided("protocols");
  },
  fix: {
    risk: "disruptive",
    edit(view) {
      const others = view.strings("protocols").items.filter((protocol) => protocol !== "FTP");
      return [set("protocols", others.length > 0 ? others : ["SFTP"])];
    },
  },
  bad: example(SERVER, 'protocols = ["FTP", "SFTP"]'),
  good: [example(SERVER), example(SERVER, 'protocols = ["SFTP"]')],
});

const STORAGE = "aws_connect_instance_storage_config";
const storage = (kind: "kinesis_video_stream_config" | "s3_config", ...key: readonly string[]): string =>
  example(
    STORAGE,
    'instance_id   = "i"',
    'resource_type = "CHAT_TRANSCRIPTS"',
    block(
      "storage_config",
      `storage_type = "${kind === "s3_config" ? "S3" : "KINESIS_VIDEO_STREAM"}"`,
      block(
        kind,
        kind === "s3_config" ? 'bucket_name   = "b"' : "retention_period_hours = 1",
        'bucket_prefix = "p"',
        block("encryption_config", 'encryption_type = "KMS"', ...key),
      ),
    ),
  );

const connectKey = (id: string, checkov: string, what: string, kind: "kinesis_video_stream_config" | "s3_config") =>
  ownKey({
    id,
    aliases: alias(checkov),
    title: `Connect does not encrypt ${what} with a key of your own`,
    on: STORAGE,
    why: "What customers say and write is kept under a key that AWS manages. With a key of your own you decide who may decrypt it.",
    remedy: "Name a key in encryption_config.key_id.",
    path: `storage_config.${kind}.encryption_config.key_id`,
    unless: (view) => (view.blocks(`storage_config.${kind}`).items.length === 0 ? notApplicable : undefined),
    bad: storage(kind),
    good: storage(kind, `key_id          = ${KEY}`),
  });

export const connectS3Key = connectKey("aws-connect-s3-customer-key", "CKV_AWS_270", "transcripts in S3", "s3_config");
export const connectVideoKey = connectKey(
  "aws-connect-video-customer-key",
  "CKV_AWS_269",
  "recorded streams",
  "kinesis_video_stream_config",
);

/** Names carry the year they were made; those before 2020-06 accept ciphers that are no longer safe. */
const MODERN_POLICY = /^TransferSecurityPolicy-(?:[A-Za-z]+-)*20(?:2[4-9]|[3-9]\d)-\d\d$/;

export const transferCiphers = rule({
  id: "aws-transfer-security-policy",
  aliases: alias("CKV_AWS_380"),
  title: "Transfer server accepts old ciphers",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: SERVER,
  why: "Old key exchanges and ciphers can be broken by whoever records the traffic. What is not set means the policy of 2018.",
  remedy: 'Set security_policy_name = "TransferSecurityPolicy-2024-01".',
  references: [`${TRANSFER_DOCS}security-policies.html`],
  check: (view) =>
    requireThat(view, "security_policy_name", (v) => MODERN_POLICY.test(String(v)), {
      message: "Old ciphers are accepted",
    }),
  fix: { risk: "disruptive", edit: () => [set("security_policy_name", "TransferSecurityPolicy-2024-01")] },
  bad: [example(SERVER), example(SERVER, 'security_policy_name = "TransferSecurityPolicy-2018-11"')],
  good: example(SERVER, 'security_policy_name = "TransferSecurityPolicy-2024-01"'),
});
