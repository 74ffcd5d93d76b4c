/** Services whose only expectation here is a key of one's own. */
import { eachBlock, requireSet, requireTrue } from "../checks.ts";
import { type Rule, rule } from "../rule.ts";
import { allOf, notApplicable } from "../verdict.ts";
import { alias, block, example, ownKey } from "./shapes.ts";

const KEY = '"arn:aws:kms:eu-west-1:123456789012:key/1"';
const named = (path: string): string => `${path} = ${KEY}`;

interface Stored {
  readonly id: string;
  readonly checkov: string;
  readonly type: string;
  /** "AppFlow flow": begins the title. */
  readonly thing: string;
  /** First sentence of why. */
  readonly why: string;
  readonly path: string;
  readonly lines: readonly string[];
}

const stored = ({ id, checkov, type, thing, why, path, lines }: Stored): Rule =>
  ownKey({
    id,
    aliases: alias(checkov),
    title: `${thing} does not use a key of your own`,
    on: type,
    why: `${why} With a key of your own you decide who may decrypt it.`,
    remedy: `Name a key in ${path}.`,
    path,
    bad: example(type, ...lines),
    good: example(type, ...lines, named(path)),
  });

export const appflowFlow = stored({
  id: "aws-appflow-flow-customer-key",
  checkov: "CKV_AWS_263",
  type: "aws_appflow_flow",
  thing: "AppFlow flow",
  why: "Records on their way between services are kept under a key that AWS manages.",
  path: "kms_arn",
  lines: ['name = "f"'],
});

export const appflowProfile = stored({
  id: "aws-appflow-profile-customer-key",
  checkov: "CKV_AWS_264",
  type: "aws_appflow_connector_profile",
  thing: "AppFlow connector profile",
  why: "Log-ins of other services are kept under a key that AWS manages.",
  path: "kms_arn",
  lines: ['name            = "p"', 'connector_type  = "Slack"', 'connection_mode = "Public"'],
});

export const tableReplica = stored({
  id: "aws-dynamodb-replica-customer-key",
  checkov: "CKV_AWS_271",
  type: "aws_dynamodb_table_replica",
  thing: "DynamoDB replica",
  why: "The copy in the other region is encrypted with a key that AWS owns.",
  path: "kms_key_arn",
  lines: ['global_table_arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/t"'],
});

export const memorySnapshot = stored({
  id: "aws-memorydb-snapshot-customer-key",
  checkov: "CKV_AWS_278",
  type: "aws_memorydb_snapshot",
  thing: "MemoryDB snapshot",
  why: "The snapshot holds the whole cluster under a key that AWS owns.",
  path: "kms_key_arn",
  lines: ['cluster_name = "c"', 'name         = "s"'],
});

export const snapshotCopyGrant = stored({
  id: "aws-redshift-snapshot-copy-customer-key",
  checkov: "CKV_AWS_281",
  type: "aws_redshift_snapshot_copy_grant",
  thing: "Redshift's grant to copy snapshots",
  why: "Snapshots in the other region are encrypted with a key that AWS manages.",
  path: "kms_key_id",
  lines: ['snapshot_copy_grant_name = "g"'],
});

export const schedule = stored({
  id: "aws-scheduler-customer-key",
  checkov: "CKV_AWS_297",
  type: "aws_scheduler_schedule",
  thing: "EventBridge schedule",
  why: "What the schedule sends is kept under a key that AWS owns.",
  path: "kms_key_arn",
  lines: ['schedule_expression = "rate(1 hours)"'],
});

export const component = stored({
  id: "aws-imagebuilder-component-customer-key",
  checkov: "CKV_AWS_180",
  type: "aws_imagebuilder_component",
  thing: "Image Builder component",
  why: "The component says how images are made, and is kept under a key that AWS owns.",
  path: "kms_key_id",
  lines: ['name     = "c"', 'platform = "Linux"', 'version  = "1.0.0"'],
});

export const snapshotCopy = stored({
  id: "aws-ebs-snapshot-copy-customer-key",
  checkov: "CKV_AWS_183",
  type: "aws_ebs_snapshot_copy",
  thing: "EBS snapshot copy",
  why: "The copy holds the whole disk under a key that AWS manages.",
  path: "kms_key_id",
  lines: ['source_snapshot_id = "snap-1"', 'source_region      = "eu-central-1"'],
});

export const artifactDomain = stored({
  id: "aws-codeartifact-customer-key",
  checkov: "CKV_AWS_221",
  type: "aws_codeartifact_domain",
  thing: "CodeArtifact domain",
  why: "Packages are encrypted with a key that AWS manages.",
  path: "encryption_key",
  lines: ['domain = "d"'],
});

export const replicatedBackups = stored({
  id: "aws-rds-replicated-backups-customer-key",
  checkov: "CKV_AWS_245",
  type: "aws_db_instance_automated_backups_replication",
  thing: "Replicated RDS backup",
  why: "Backups in the other region are encrypted with a key that AWS manages.",
  path: "kms_key_id",
  lines: ['source_db_instance_arn = "arn:aws:rds:eu-west-1:123456789012:db:d"'],
});

export const activityStream = stored({
  id: "aws-rds-activity-stream-customer-key",
  checkov: "CKV_AWS_246",
  type: "aws_rds_cluster_activity_stream",
  thing: "RDS activity stream",
  why: "The stream holds every statement that the database ran.",
  path: "kms_key_id",
  lines: ['resource_arn = "arn:aws:rds:eu-west-1:123456789012:cluster:c"', 'mode         = "async"'],
});

export const bedrockAgent = stored({
  id: "aws-bedrock-agent-customer-key",
  checkov: "CKV_AWS_373",
  type: "aws_bedrockagent_agent",
  thing: "Bedrock agent",
  why: "Instructions and sessions of the agent are kept under a key that AWS manages.",
  path: "customer_encryption_key_arn",
  lines: ['agent_name       = "a"', 'foundation_model = "m"'],
});

const REVIEWER = "aws_codegurureviewer_repository_association";
const REPOSITORY = block("repository", block("codecommit", 'name = "r"'));

export const codeReviewer = ownKey({
  id: "aws-codeguru-customer-key",
  aliases: alias("CKV_AWS_381"),
  title: "CodeGuru Reviewer does not use a key of your own",
  on: REVIEWER,
  why: "Your source code is kept under a key that AWS owns. With a key of your own you decide who may decrypt it.",
  remedy: "Name a key in kms_key_details.kms_key_id.",
  path: "kms_key_details.kms_key_id",
  bad: example(REVIEWER, REPOSITORY),
  good: example(
    REVIEWER,
    REPOSITORY,
    block("kms_key_details", 'encryption_option = "CUSTOMER_MANAGED_CMK"', named("kms_key_id")),
  ),
});

const POLICY = "aws_networkfirewall_firewall_policy";
const RULES = block(
  "firewall_policy",
  'stateless_default_actions          = ["aws:forward_to_sfe"]',
  'stateless_fragment_default_actions = ["aws:forward_to_sfe"]',
);

export const firewallPolicy = ownKey({
  id: "aws-network-firewall-policy-customer-key",
  aliases: alias("CKV_AWS_346"),
  title: "Network firewall policy does not use a key of your own",
  on: POLICY,
  why: "The policy tells how a network is guarded, and is kept under a key that AWS owns. With a key of your own you decide who may decrypt it.",
  remedy: 'Add encryption_configuration with type = "CUSTOMER_KMS" and key_id.',
  path: "encryption_configuration.key_id",
  bad: example(POLICY, 'name = "p"', RULES),
  good: example(
    POLICY,
    'name = "p"',
    RULES,
    block("encryption_configuration", 'type   = "CUSTOMER_KMS"', named("key_id")),
  ),
});

const DISTRIBUTION = "aws_imagebuilder_distribution_configuration";
const AMI = "distribution.ami_distribution_configuration";
const distribution = (...lines: readonly string[]): string =>
  example(
    DISTRIBUTION,
    'name = "d"',
    block("distribution", 'region = "eu-west-1"', block("ami_distribution_configuration", 'name = "image"', ...lines)),
  );

export const distributedImages = ownKey({
  id: "aws-imagebuilder-distribution-customer-key",
  aliases: alias("CKV_AWS_199"),
  title: "Images that are handed out do not use a key of your own",
  on: DISTRIBUTION,
  why: "Whoever gets a copy of the image reads what is in it. With a key of your own you decide who may start it.",
  remedy: "Name a key in ami_distribution_configuration.kms_key_id.",
  path: `${AMI}.kms_key_id`,
  unless: (view) => (view.blocks(AMI).items.length === 0 ? notApplicable : undefined),
  bad: distribution(),
  good: distribution(named("kms_key_id")),
});

const RECIPE = "aws_imagebuilder_image_recipe";
const recipe = (...ebs: readonly string[]): string =>
  example(
    RECIPE,
    'name         = "r"',
    'parent_image = "ami-1"',
    'version      = "1.0.0"',
    block("block_device_mapping", 'device_name = "/dev/xvda"', block("ebs", "volume_size = 8", ...ebs)),
  );

export const recipeVolumes = rule({
  id: "aws-imagebuilder-recipe-customer-key",
  aliases: alias("CKV_AWS_200"),
  title: "Images are made with volumes that do not use a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: RECIPE,
  why: "Every machine that starts from the image takes its volumes over as they are. With a key of your own you decide who may decrypt them.",
  remedy: "Set ebs.encrypted = true with kms_key_id.",
  references: ["https://docs.aws.amazon.com/imagebuilder/latest/userguide/create-image-recipes.html"],
  check: (view) =>
    eachBlock(view, "block_device_mapping.ebs", (ebs) =>
      allOf([
        requireTrue(ebs, "encrypted", { message: "The volume is in plain text" }),
        requireSet(ebs, "kms_key_id", { message: "No key of your own is named" }),
      ]),
    ),
  bad: [recipe(), recipe("encrypted   = true")],
  good: recipe("encrypted   = true", named("kms_key_id")),
});
