/** DynamoDB and its cache: recovery, encryption, protection against loss. */

import { eachBlock, requireSet, requireTrue, someJoined } from "../checks.ts";
import { controls } from "../compliance.ts";
import { rule } from "../rule.ts";
import { allOf, fail, pass, undecided } from "../verdict.ts";
import { alias, block, example, switchedTo } from "./shapes.ts";

const TABLE = "aws_dynamodb_table";
const GLOBAL = "aws_dynamodb_global_table";
const DOCS = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/";
const table = (...lines: readonly string[]): string =>
  example(TABLE, 'name         = "t"', 'hash_key     = "id"', 'billing_mode = "PAY_PER_REQUEST"', ...lines);

export const recovery = switchedTo({
  id: "aws-dynamodb-point-in-time-recovery",
  aliases: alias("CKV_AWS_28", "AWS-0024"),
  title: "DynamoDB table cannot be brought back",
  category: "reliability",
  on: TABLE,
  why: "After a bad deployment or an attack there is nothing to restore from. Point-in-time recovery goes back to any second of the last 35 days.",
  remedy: "Set point_in_time_recovery.enabled = true.",
  references: [`${DOCS}PointInTimeRecovery.html`],
  compliance: controls({ nist: ["CP-9", "CP-10"], soc2: ["A1.2"] }),
  path: "point_in_time_recovery.enabled",
  risk: "in-place",
  message: "Point-in-time recovery is off",
  bad: [table(), table(block("point_in_time_recovery", "enabled = false"))],
  good: table(block("point_in_time_recovery", "enabled = true")),
});

const RECOVERY = "point_in_time_recovery.enabled";

export const globalRecovery = rule({
  id: "aws-dynamodb-global-table-recovery",
  aliases: alias("CKV_AWS_165"),
  title: "DynamoDB global table cannot be brought back",
  severity: "medium",
  category: "reliability",
  profile: "strict",
  on: GLOBAL,
  why: "A bad write reaches every region within a second. Point-in-time recovery goes back to any second of the last 35 days.",
  remedy: "Switch point-in-time recovery on for every replica.",
  references: [`${DOCS}PointInTimeRecovery.html`],
  check(view) {
    const message = "Point-in-time recovery is off";
    const whole = requireTrue(view, RECOVERY, { message });
    if (whole.status !== "fail") return whole;
    return eachBlock(view, "replica", (item) => requireTrue(item, RECOVERY, { message }), fail("replica", message));
  },
  bad: {
    files: {
      "template.yaml": `
        Resources:
          Table:
            Type: AWS::DynamoDB::GlobalTable
            Properties:
              TableName: t
              Replicas:
                - Region: eu-west-1
      `,
    },
  },
  good: {
    files: {
      "template.yaml": `
        Resources:
          Table:
            Type: AWS::DynamoDB::GlobalTable
            Properties:
              TableName: t
              Replicas:
                - Region: eu-west-1
                  PointInTimeRecoverySpecification:
                    PointInTimeRecoveryEnabled: true
      `,
    },
  },
});

export const ownKey = rule({
  id: "aws-dynamodb-customer-key",
  aliases: alias("CKV_AWS_119", "AWS-0025"),
  title: "DynamoDB table does not use a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: TABLE,
  why: "The table is encrypted with a key that AWS owns or manages. With a key of your own you decide who may decrypt it.",
  remedy: "Set server_side_encryption.enabled = true with kms_key_arn.",
  references: [`${DOCS}EncryptionAtRest.html`],
  check: (view) =>
    allOf([
      requireTrue(view, "server_side_encryption.enabled", { message: "No key of your own encrypts the table" }),
      requireSet(view, "server_side_encryption.kms_key_arn", { message: "No key of your own encrypts the table" }),
    ]),
  bad: [table(), table(block("server_side_encryption", "enabled = true"))],
  good: table(
    block("server_side_encryption", "enabled     = true", 'kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1"'),
  ),
});

const dax = (...lines: readonly string[]): string =>
  example(
    "aws_dax_cluster",
    'cluster_name       = "c"',
    'iam_role_arn       = "arn:aws:iam::123456789012:role/dax"',
    'node_type          = "dax.t3.small"',
    "replication_factor = 1",
    ...lines,
  );

export const daxEncryption = switchedTo({
  id: "aws-dax-encryption",
  aliases: alias("CKV_AWS_47"),
  title: "DAX cluster is not encrypted",
  severity: "high",
  profile: "strict",
  on: "aws_dax_cluster",
  why: "The cache holds the table's items in plain text on its disks. Whoever gets hold of the storage reads them.",
  remedy: "Set server_side_encryption.enabled = true; the cluster is made anew.",
  references: [`${DOCS}DAXEncryptionAtRest.html`],
  path: "server_side_encryption.enabled",
  risk: "replaces",
  message: "The cache is not encrypted",
  bad: [dax(), dax(block("server_side_encryption", "enabled = false"))],
  good: dax(block("server_side_encryption", "enabled = true")),
});

export const daxTls = switchedTo({
  id: "aws-dax-tls",
  aliases: alias("CKV_AWS_239"),
  title: "DAX cluster speaks plain text",
  profile: "strict",
  on: "aws_dax_cluster",
  why: "Items cross the network between application and cache unencrypted. Whoever is inside can read them.",
  remedy: 'Set cluster_endpoint_encryption_type = "TLS"; the cluster is made anew.',
  references: [`${DOCS}DAXEncryptionInTransit.html`],
  path: "cluster_endpoint_encryption_type",
  to: "TLS",
  risk: "replaces",
  message: "Clients speak plain text",
  bad: dax(),
  good: dax('cluster_endpoint_encryption_type = "TLS"'),
});

const SCALING = "aws_appautoscaling_target";
const provisioned = example(
  TABLE,
  'name           = "t"',
  'hash_key       = "id"',
  'billing_mode   = "PROVISIONED"',
  "read_capacity  = 5",
  "write_capacity = 5",
);

export const scaling = rule({
  id: "aws-dynamodb-scaling",
  aliases: alias("CKV2_AWS_16"),
  title: "DynamoDB table does not grow with its load",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: TABLE,
  why: "When more is asked than was provisioned, requests are refused; when less is, it is paid for all the same. Scaling follows the load.",
  remedy: `Set billing_mode = "PAY_PER_REQUEST", or add an ${SCALING} for the table.`,
  references: [`${DOCS}AutoScaling.html`],
  check(view) {
    const mode = view.get("billing_mode");
    if (mode.kind === "unknown") return undecided("billing_mode");
    if (mode.kind === "value" && mode.value === "PAY_PER_REQUEST") return pass("billing_mode");
    return someJoined(view, SCALING, "resource_id", () => pass(), "Its capacity is fixed");
  },
  bad: provisioned,
  good: [
    table(),
    `${provisioned}
resource "${SCALING}" "x" {
  min_capacity       = 5
  max_capacity       = 100
  resource_id        = "table/\${aws_dynamodb_table.x.name}"
  scalable_dimension = "dynamodb:table:ReadCapacityUnits"
  service_namespace  = "dynamodb"
}
`,
  ],
});
