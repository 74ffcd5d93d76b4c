import { type Constants, type Fields, json, type Mappings } from "../shape.ts";
import { entry, leaf, list, type Traced, table } from "../traced.ts";

const domain: Fields = {
  DomainName: "domain_name",
  EncryptionAtRestOptions: { to: "encrypt_at_rest", fields: {} },
  NodeToNodeEncryptionOptions: { to: "node_to_node_encryption", fields: {} },
  DomainEndpointOptions: {
    to: "domain_endpoint_options",
    fields: { EnforceHTTPS: "enforce_https", TLSSecurityPolicy: "tls_security_policy" },
  },
  AdvancedSecurityOptions: { to: "advanced_security_options", fields: {} },
  VPCOptions: { to: "vpc_options", fields: {} },
  AccessPolicies: json("access_policies"),
  LogPublishingOptions: {
    to: "log_publishing_options",
    as: (given) =>
      given.kind === "table"
        ? list(
            [...given.entries].map(([type, options]) => {
              const out = new Map<string, Traced>([["log_type", leaf(type, options)]]);
              const group = entry(options, "CloudWatchLogsLogGroupArn");
              const enabled = entry(options, "Enabled");
              if (group) out.set("cloudwatch_log_group_arn", group);
              if (enabled) out.set("enabled", enabled);
              return table(out, options);
            }),
            given,
          )
        : given,
  },
};

/** Terraform's provider asks for HTTPS unless told otherwise; the service does not. */
const domainDefaults: Constants = { "domain_endpoint_options.enforce_https": false };

/** Search, streams' consumers, machine learning, desktops, migration. */
export const analytics: Mappings = {
  "AWS::Elasticsearch::Domain": {
    type: "aws_elasticsearch_domain",
    fields: { ...domain, ElasticsearchClusterConfig: { to: "cluster_config", fields: {} } },
    defaults: domainDefaults,
  },
  "AWS::OpenSearchService::Domain": {
    type: "aws_opensearch_domain",
    fields: { ...domain, ClusterConfig: { to: "cluster_config", fields: {} } },
    defaults: domainDefaults,
  },
  "AWS::SageMaker::NotebookInstance": { type: "aws_sagemaker_notebook_instance" },
  "AWS::SageMaker::Endpoint": { type: "aws_sagemaker_endpoint" },
  "AWS::SageMaker::EndpointConfig": {
    type: "aws_sagemaker_endpoint_configuration",
    fields: { KmsKeyId: "kms_key_arn" },
  },
  "AWS::SageMaker::DataQualityJobDefinition": {
    type: "aws_sagemaker_data_quality_job_definition",
    fields: {
      JobDefinitionName: "name",
      JobResources: {
        to: "job_resources",
        fields: { ClusterConfig: { to: "cluster_config", fields: { VolumeSizeInGB: "volume_size_in_gb" } } },
      },
    },
  },
  "AWS::SageMaker::Domain": { type: "aws_sagemaker_domain" },
  "AWS::SageMaker::Model": { type: "aws_sagemaker_model" },
  "AWS::Kendra::Index": { type: "aws_kendra_index" },
  "AWS::MWAA::Environment": { type: "aws_mwaa_environment" },
  "AWS::WorkSpaces::Workspace": { type: "aws_workspaces_workspace" },
  "AWS::DMS::ReplicationInstance": {
    type: "aws_dms_replication_instance",
    fields: { KmsKeyId: "kms_key_arn" },
    defaults: { publicly_accessible: true },
  },
  "AWS::DMS::Endpoint": { type: "aws_dms_endpoint", fields: { KmsKeyId: "kms_key_arn" } },
  "AWS::Transfer::Server": { type: "aws_transfer_server" },
  "AWS::Cognito::IdentityPool": { type: "aws_cognito_identity_pool" },
  "AWS::EMR::SecurityConfiguration": {
    type: "aws_emr_security_configuration",
    fields: { SecurityConfiguration: json("configuration") },
  },
  "AWS::EMR::Cluster": { type: "aws_emr_cluster" },
  "AWS::CodeBuild::Project": {
    type: "aws_codebuild_project",
    fields: {
      EncryptionKey: "encryption_key",
      Artifacts: { to: "artifacts", fields: {} },
      SecondaryArtifacts: { to: "secondary_artifacts", fields: {} },
      Environment: { to: "environment", fields: { EnvironmentVariables: { to: "environment_variable", fields: {} } } },
      LogsConfig: {
        to: "logs_config",
        fields: { CloudWatchLogs: "cloudwatch_logs", S3Logs: "s3_logs" },
      },
    },
  },
  "AWS::CodePipeline::Pipeline": { type: "aws_codepipeline" },
  "AWS::CloudFormation::Stack": { type: "aws_cloudformation_stack", fields: { NotificationARNs: "notification_arns" } },
  "AWS::ElasticBeanstalk::Environment": {
    type: "aws_elastic_beanstalk_environment",
    fields: { OptionSettings: { to: "setting", fields: { OptionName: "name" } } },
  },
};
