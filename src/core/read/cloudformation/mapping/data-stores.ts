import { type Fields, keyValues, type Mappings, map, words } from "../shape.ts";

const table: Fields = {
  TableName: "name",
  PointInTimeRecoverySpecification: {
    to: "point_in_time_recovery",
    fields: { PointInTimeRecoveryEnabled: "enabled" },
  },
  SSESpecification: {
    to: "server_side_encryption",
    fields: { SSEEnabled: "enabled", KMSMasterKeyId: "kms_key_arn" },
  },
  TimeToLiveSpecification: { to: "ttl", fields: {} },
  StreamSpecification: { up: {} },
};

export const dataStores: Mappings = {
  "AWS::DynamoDB::Table": { type: "aws_dynamodb_table", fields: table },
  "AWS::DynamoDB::GlobalTable": {
    type: "aws_dynamodb_global_table",
    fields: {
      ...table,
      Replicas: {
        to: "replica",
        fields: {
          Region: "region_name",
          PointInTimeRecoverySpecification: {
            to: "point_in_time_recovery",
            fields: { PointInTimeRecoveryEnabled: "enabled" },
          },
        },
      },
    },
  },
  "AWS::Serverless::SimpleTable": { type: "aws_dynamodb_table", fields: table },
  "AWS::DAX::Cluster": {
    type: "aws_dax_cluster",
    fields: {
      ClusterEndpointEncryptionType: "cluster_endpoint_encryption_type",
      IAMRoleARN: "iam_role_arn",
      SSESpecification: { to: "server_side_encryption", fields: { SSEEnabled: "enabled" } },
    },
  },
  "AWS::ElastiCache::ReplicationGroup": {
    type: "aws_elasticache_replication_group",
    fields: {
      ReplicationGroupDescription: "description",
      CacheNodeType: "node_type",
      CacheSubnetGroupName: "subnet_group_name",
    },
  },
  "AWS::ElastiCache::CacheCluster": {
    type: "aws_elasticache_cluster",
    fields: { CacheNodeType: "node_type", CacheSubnetGroupName: "subnet_group_name", NumCacheNodes: "num_cache_nodes" },
  },
  "AWS::ElastiCache::SecurityGroup": { type: "aws_elasticache_security_group" },
  "AWS::ElastiCache::SubnetGroup": { type: "aws_elasticache_subnet_group" },
  "AWS::EFS::FileSystem": {
    type: "aws_efs_file_system",
    fields: { FileSystemTags: { to: "tags", as: keyValues("Key", "Value") } },
  },
  "AWS::EFS::AccessPoint": { type: "aws_efs_access_point" },
  "AWS::Backup::BackupVault": {
    type: "aws_backup_vault",
    fields: { BackupVaultName: "name", EncryptionKeyArn: "kms_key_arn", BackupVaultTags: map("tags") },
  },
  "AWS::Cassandra::Table": {
    type: "aws_keyspaces_table",
    fields: {
      EncryptionSpecification: { to: "encryption_specification", fields: { EncryptionType: "type" } },
      PointInTimeRecoveryEnabled: words("point_in_time_recovery.status", { true: "ENABLED", false: "DISABLED" }),
    },
  },
  "AWS::KinesisVideo::Stream": { type: "aws_kinesis_video_stream" },
  "AWS::RedshiftServerless::Namespace": { type: "aws_redshiftserverless_namespace" },
  "AWS::QLDB::Ledger": { type: "aws_qldb_ledger" },
  "AWS::Timestream::Database": { type: "aws_timestreamwrite_database" },
  "AWS::Kinesis::Stream": {
    type: "aws_kinesis_stream",
    fields: {
      StreamEncryption: { up: { EncryptionType: "encryption_type", KeyId: "kms_key_id" } },
      RetentionPeriodHours: "retention_period",
      StreamModeDetails: "stream_mode_details",
    },
  },
  "AWS::KinesisFirehose::DeliveryStream": {
    type: "aws_kinesis_firehose_delivery_stream",
    fields: {
      DeliveryStreamName: "name",
      DeliveryStreamEncryptionConfigurationInput: {
        to: "server_side_encryption",
        constants: { enabled: true },
        fields: { KeyARN: "key_arn", KeyType: "key_type" },
      },
    },
  },
  "AWS::Glue::DataCatalogEncryptionSettings": { type: "aws_glue_data_catalog_encryption_settings" },
  "AWS::Glue::SecurityConfiguration": {
    type: "aws_glue_security_configuration",
    fields: {
      EncryptionConfiguration: {
        to: "encryption_configuration",
        fields: {
          CloudWatchEncryption: {
            to: "cloudwatch_encryption",
            fields: { CloudWatchEncryptionMode: "cloudwatch_encryption_mode" },
          },
          S3Encryptions: { to: "s3_encryption", fields: { S3EncryptionMode: "s3_encryption_mode" } },
        },
      },
    },
  },
  "AWS::Glue::Crawler": {
    type: "aws_glue_crawler",
    fields: { CrawlerSecurityConfiguration: "security_configuration" },
  },
  "AWS::Glue::Job": { type: "aws_glue_job" },
  "AWS::Glue::DevEndpoint": { type: "aws_glue_dev_endpoint" },
  "AWS::Athena::WorkGroup": {
    type: "aws_athena_workgroup",
    fields: {
      State: "state",
      WorkGroupConfiguration: {
        to: "configuration",
        fields: {
          EnforceWorkGroupConfiguration: "enforce_workgroup_configuration",
          PublishCloudWatchMetricsEnabled: "publish_cloudwatch_metrics_enabled",
          ResultConfiguration: {
            to: "result_configuration",
            fields: {
              EncryptionConfiguration: { to: "encryption_configuration", fields: { KmsKey: "kms_key_arn" } },
            },
          },
        },
      },
    },
  },
  "AWS::MemoryDB::Cluster": {
    type: "aws_memorydb_cluster",
    fields: { TLSEnabled: "tls_enabled", KmsKeyId: "kms_key_arn" },
  },
  "AWS::MSK::Cluster": {
    type: "aws_msk_cluster",
    fields: {
      EncryptionInfo: {
        to: "encryption_info",
        fields: {
          EncryptionAtRest: { up: { DataVolumeKMSKeyId: "encryption_at_rest_kms_key_arn" } },
          EncryptionInTransit: { to: "encryption_in_transit", fields: {} },
        },
      },
      LoggingInfo: {
        to: "logging_info",
        fields: {
          BrokerLogs: { to: "broker_logs", fields: { CloudWatchLogs: { to: "cloudwatch_logs", fields: {} } } },
        },
      },
    },
  },
  "AWS::AmazonMQ::Broker": {
    type: "aws_mq_broker",
    fields: {
      Logs: { to: "logs", fields: {} },
      EngineType: words("engine_type", { ACTIVEMQ: "ActiveMQ", RABBITMQ: "RabbitMQ" }),
      Users: { to: "user", fields: {} },
    },
  },
};
