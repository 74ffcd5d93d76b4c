/** SageMaker: notebooks, end points, and jobs that watch models. */
import { requireSet, requireThat, requireTrue } from "../checks.ts";
import { rule } from "../rule.ts";
import { alias, block, example, ownKey, setAt, switchedTo } from "./shapes.ts";

const NOTEBOOK = "aws_sagemaker_notebook_instance";
const DOCS = "https://docs.aws.amazon.com/sagemaker/latest/dg/";
const KEY = '"arn:aws:kms:eu-west-1:123456789012:key/1"';
const ROLE = '"arn:aws:iam::123456789012:role/s"';

const notebook = (...lines: readonly string[]): string =>
  example(NOTEBOOK, 'name          = "n"', `role_arn      = ${ROLE}`, 'instance_type = "ml.t3.medium"', ...lines);

export const rootAccess = switchedTo({
  id: "aws-sagemaker-notebook-root",
  aliases: alias("CKV_AWS_307"),
  title: "SageMaker notebook gives its users root",
  severity: "high",
  profile: "strict",
  on: NOTEBOOK,
  why: "Whoever uses the notebook, or a package it loads, can change the machine and read what others left there. It is on unless it is switched off.",
  remedy: 'Set root_access = "Disabled".',
  references: [`${DOCS}nbi-root-access.html`],
  path: "root_access",
  to: "Disabled",
  risk: "disruptive",
  message: "Users are root",
  bad: [notebook(), notebook('root_access   = "Enabled"')],
  good: notebook('root_access   = "Disabled"'),
});

export const directInternet = rule({
  id: "aws-sagemaker-notebook-internet",
  aliases: alias("CKV_AWS_122"),
  title: "SageMaker notebook has its own way to the internet",
  severity: "high",
  category: "security",
  profile: "strict",
  on: NOTEBOOK,
  why: "Data can leave past every firewall and flow log of the VPC. It is on unless it is switched off.",
  remedy: 'Set direct_internet_access = "Disabled", with a subnet and security groups.',
  references: [`${DOCS}appendix-notebook-and-internet-access.html`],
  check: (view) =>
    requireThat(view, "direct_internet_access", (v) => v === "Disabled", {
      message: "It reaches the internet directly",
    }),
  bad: [notebook(), notebook('direct_internet_access = "Enabled"')],
  good: notebook('direct_internet_access = "Disabled"'),
});

export const notebookKey = ownKey({
  id: "aws-sagemaker-notebook-customer-key",
  aliases: alias("CKV_AWS_22"),
  title: "SageMaker notebook does not use a key of your own",
  on: NOTEBOOK,
  why: "The notebook's disk is encrypted with a key that AWS manages. With a key of your own you decide who may decrypt it.",
  remedy: "Name a key in kms_key_id; the notebook is made anew.",
  path: "kms_key_id",
  bad: notebook(),
  good: notebook(`kms_key_id    = ${KEY}`),
});

export const notebookVpc = rule({
  id: "aws-sagemaker-notebook-in-vpc",
  aliases: alias("CKV_AWS_306"),
  title: "SageMaker notebook is not in a network of yours",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: NOTEBOOK,
  why: "No security group, route or flow log of yours applies to it. In a subnet of your own all of them do.",
  remedy: "Set subnet_id and security_groups; the notebook is made anew.",
  references: [`${DOCS}appendix-notebook-and-internet-access.html`],
  check: (view) => requireSet(view, "subnet_id", { message: "It is not in a VPC of yours" }),
  bad: notebook(),
  good: notebook('subnet_id       = "subnet-1"', 'security_groups = ["sg-1"]'),
});

const ENDPOINT = "aws_sagemaker_endpoint_configuration";
const VARIANT = block("production_variants", 'variant_name = "v"', 'model_name   = "m"');

export const endpointKey = ownKey({
  id: "aws-sagemaker-endpoint-customer-key",
  aliases: alias("CKV_AWS_98"),
  title: "SageMaker end point does not encrypt with a key of your own",
  severity: "medium",
  on: ENDPOINT,
  why: "Models and captured requests lie on the machine's disk under a key of AWS's, or none. With a key of your own you decide who may decrypt them.",
  remedy: "Name a key in kms_key_arn; the configuration is made anew.",
  path: "kms_key_arn",
  bad: example(ENDPOINT, 'name = "e"', VARIANT),
  good: example(ENDPOINT, 'name        = "e"', `kms_key_arn = ${KEY}`, VARIANT),
});

const DOMAIN = "aws_sagemaker_domain";
const domain = (...lines: readonly string[]): string =>
  example(
    DOMAIN,
    'domain_name = "d"',
    'auth_mode   = "IAM"',
    'vpc_id      = "vpc-1"',
    'subnet_ids  = ["subnet-1"]',
    ...lines,
  );

export const domainKey = ownKey({
  id: "aws-sagemaker-domain-customer-key",
  aliases: alias("CKV_AWS_187"),
  title: "SageMaker domain does not use a key of your own",
  on: DOMAIN,
  why: "Notebooks and data of every user are encrypted with a key that AWS manages. With a key of your own you decide who may decrypt them.",
  remedy: "Name a key in kms_key_id; the domain is made anew.",
  path: "kms_key_id",
  bad: domain(),
  good: domain(`kms_key_id  = ${KEY}`),
});

const JOB = "aws_sagemaker_data_quality_job_definition";
const CLUSTER = ["instance_count    = 1", 'instance_type     = "ml.m5.large"', "volume_size_in_gb = 20"] as const;
const job = (cluster: readonly string[], ...lines: readonly string[]): string =>
  example(JOB, `role_arn = ${ROLE}`, block("job_resources", block("cluster_config", ...CLUSTER, ...cluster)), ...lines);

export const jobVolumeKey = ownKey({
  id: "aws-sagemaker-job-volume-customer-key",
  aliases: alias("CKV_AWS_368"),
  title: "SageMaker data quality job does not encrypt its disk with a key of your own",
  on: JOB,
  why: "The data that the job looks at lies on its disk under a key of AWS's. With a key of your own you decide who may decrypt it.",
  remedy: "Name a key in job_resources.cluster_config.volume_kms_key_id.",
  path: "job_resources.cluster_config.volume_kms_key_id",
  bad: job([]),
  good: job([`volume_kms_key_id = ${KEY}`]),
});

export const jobOutputKey = ownKey({
  id: "aws-sagemaker-job-output-customer-key",
  aliases: alias("CKV_AWS_367"),
  title: "SageMaker data quality job does not encrypt its results with a key of your own",
  on: JOB,
  why: "What the job finds out about the data is written under a key of AWS's. With a key of your own you decide who may decrypt it.",
  remedy: "Name a key in data_quality_job_output_config.kms_key_id.",
  path: "data_quality_job_output_config.kms_key_id",
  bad: job([]),
  good: job([], block("data_quality_job_output_config", `kms_key_id = ${KEY}`)),
});

const TRAFFIC = "network_config.enable_inter_container_traffic_encryption";

export const jobTraffic = rule({
  id: "aws-sagemaker-job-traffic-encryption",
  aliases: alias("CKV_AWS_369"),
  title: "SageMaker data quality job speaks plain text between its machines",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: JOB,
  why: "The data that the job looks at crosses the network unencrypted. Whoever is inside can read and change it.",
  remedy: "Set network_config.enable_inter_container_traffic_encryption = true; the job is made anew.",
  references: [`${DOCS}train-encrypt.html`],
  check: (view) => requireTrue(view, TRAFFIC, { message: "Machines speak plain text" }),
  fix: { risk: "replaces", edit: (view) => setAt(view, TRAFFIC, true) },
  bad: job([]),
  good: job([], block("network_config", "enable_inter_container_traffic_encryption = true")),
});

const MODEL = "aws_sagemaker_model";
const model = (...lines: readonly string[]): string =>
  example(MODEL, 'name                     = "m"', `execution_role_arn       = ${ROLE}`, ...lines);

export const modelIsolation = switchedTo({
  id: "aws-sagemaker-model-isolation",
  aliases: alias("CKV_AWS_370"),
  title: "SageMaker model may reach the network",
  severity: "low",
  profile: "strict",
  on: MODEL,
  why: "A model from elsewhere is a program: it can send out what it is asked. In isolation it can only answer.",
  remedy: "Set enable_network_isolation = true; the model is made anew.",
  references: [`${DOCS}mkt-algo-model-internet-free.html`],
  path: "enable_network_isolation",
  risk: "replaces",
  message: "The model reaches the network",
  bad: model(),
  good: model("enable_network_isolation = true"),
});

export const notebookMetadata = rule({
  id: "aws-sagemaker-notebook-metadata",
  aliases: alias("CKV_AWS_371"),
  title: "SageMaker notebook answers requests for metadata without a token",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: NOTEBOOK,
  why: "A page or package that makes the notebook fetch an address gets the role's credentials. Version 2 asks for a token that such requests do not have.",
  remedy: 'Set instance_metadata_service_configuration.minimum_instance_metadata_service_version = "2".',
  references: [`${DOCS}nbi-imds.html`],
  check: (view) =>
    requireThat(
      view,
      "instance_metadata_service_configuration.minimum_instance_metadata_service_version",
      (v) => String(v) === "2",
      { message: "Metadata is given without a token" },
    ),
  fix: {
    risk: "disruptive",
    edit: (view) =>
      setAt(view, "instance_metadata_service_configuration.minimum_instance_metadata_service_version", "2"),
  },
  bad: notebook(),
  good: notebook(block("instance_metadata_service_configuration", 'minimum_instance_metadata_service_version = "2"')),
});

const FLOW = "aws_sagemaker_flow_definition";
const flow = (...output: readonly string[]): string =>
  example(
    FLOW,
    'flow_definition_name = "f"',
    `role_arn             = ${ROLE}`,
    block("output_config", 's3_output_path = "s3://b/"', ...output),
  );

export const flowKey = ownKey({
  id: "aws-sagemaker-flow-customer-key",
  aliases: alias("CKV_AWS_372"),
  title: "SageMaker flow definition does not use a key of your own",
  on: FLOW,
  why: "What people decided about single cases is written under a key of AWS's. With a key of your own you decide who may decrypt it.",
  remedy: "Name a key in output_config.kms_key_id.",
  path: "output_config.kms_key_id",
  bad: flow(),
  good: flow(`kms_key_id     = ${KEY}`),
});
