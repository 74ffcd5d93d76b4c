/** CloudFormation's own names for what fixers may write. Data only: writable.ts reads it. */

/** "*" stands for any element of a list that is written already; a property has one at most. */
export const PROPERTIES: { readonly [type: string]: readonly string[] } = {
  "AWS::ApiGateway::DomainName": ["SecurityPolicy"],
  "AWS::ApiGateway::Stage": ["CacheClusterEnabled", "TracingEnabled"],
  "AWS::AmazonMQ::Broker": ["AutoMinorVersionUpgrade", "Logs.Audit", "Logs.General", "PubliclyAccessible"],
  "AWS::AppSync::ApiCache": ["AtRestEncryptionEnabled", "TransitEncryptionEnabled"],
  "AWS::AppSync::GraphQLApi": ["LogConfig.FieldLogLevel"],
  "AWS::Athena::WorkGroup": [
    "WorkGroupConfiguration.EnforceWorkGroupConfiguration",
    "WorkGroupConfiguration.ResultConfiguration.EncryptionConfiguration.EncryptionOption",
  ],
  "AWS::AutoScaling::LaunchConfiguration": [
    "AssociatePublicIpAddress",
    "MetadataOptions.HttpPutResponseHopLimit",
    "MetadataOptions.HttpTokens",
  ],
  "AWS::CloudFront::Distribution": [
    "DistributionConfig.CacheBehaviors.*.ViewerProtocolPolicy",
    "DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy",
    "DistributionConfig.DefaultRootObject",
    "DistributionConfig.Enabled",
    "DistributionConfig.Origins.*.CustomOriginConfig.OriginProtocolPolicy",
    "DistributionConfig.ViewerCertificate.MinimumProtocolVersion",
  ],
  "AWS::CloudTrail::Trail": ["EnableLogFileValidation", "IsLogging", "IsMultiRegionTrail"],
  "AWS::CodeBuild::Project": [
    "Artifacts.EncryptionDisabled",
    "Environment.PrivilegedMode",
    "LogsConfig.S3Logs.EncryptionDisabled",
  ],
  "AWS::Cognito::IdentityPool": ["AllowUnauthenticatedIdentities"],
  "AWS::Config::ConfigurationAggregator": ["AccountAggregationSources.*.AllAwsRegions"],
  "AWS::Config::ConfigurationRecorder": ["RecordingGroup.AllSupported"],
  "AWS::DAX::Cluster": ["ClusterEndpointEncryptionType", "SSESpecification.SSEEnabled"],
  "AWS::DMS::Endpoint": ["SslMode"],
  "AWS::DMS::ReplicationInstance": ["AutoMinorVersionUpgrade", "PubliclyAccessible"],
  "AWS::DocDB::DBCluster": ["BackupRetentionPeriod", "EnableCloudwatchLogsExports", "StorageEncrypted"],
  "AWS::DynamoDB::Table": ["PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"],
  "AWS::EC2::Instance": ["EbsOptimized", "Monitoring"],
  "AWS::EC2::LaunchTemplate": [
    "LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit",
    "LaunchTemplateData.MetadataOptions.HttpTokens",
    "LaunchTemplateData.NetworkInterfaces.*.AssociatePublicIpAddress",
  ],
  "AWS::EC2::Subnet": ["MapPublicIpOnLaunch"],
  "AWS::EC2::TransitGateway": ["AutoAcceptSharedAttachments"],
  "AWS::EC2::VPCEndpointService": ["AcceptanceRequired"],
  "AWS::EC2::Volume": ["Encrypted"],
  "AWS::ECR::Repository": [
    "EncryptionConfiguration.EncryptionType",
    "ImageScanningConfiguration.ScanOnPush",
    "ImageTagMutability",
  ],
  "AWS::ECS::Cluster": ["ClusterSettings.*.Value"],
  "AWS::ECS::Service": ["NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp", "PlatformVersion"],
  "AWS::ECS::TaskDefinition": ["PidMode", "Volumes.*.EFSVolumeConfiguration.TransitEncryption"],
  "AWS::EFS::FileSystem": ["Encrypted"],
  "AWS::EKS::Cluster": [
    "Logging.ClusterLogging.EnabledTypes",
    "ResourcesVpcConfig.EndpointPrivateAccess",
    "ResourcesVpcConfig.EndpointPublicAccess",
  ],
  "AWS::ElastiCache::CacheCluster": ["SnapshotRetentionLimit"],
  "AWS::ElastiCache::ReplicationGroup": [
    "AtRestEncryptionEnabled",
    "AutomaticFailoverEnabled",
    "TransitEncryptionEnabled",
  ],
  "AWS::ElasticLoadBalancing::LoadBalancer": ["CrossZone"],
  "AWS::ElasticLoadBalancingV2::Listener": ["SslPolicy"],
  "AWS::ElasticLoadBalancingV2::TargetGroup": ["Protocol"],
  "AWS::Elasticsearch::Domain": [
    "DomainEndpointOptions.EnforceHTTPS",
    "DomainEndpointOptions.TLSSecurityPolicy",
    "EncryptionAtRestOptions.Enabled",
    "NodeToNodeEncryptionOptions.Enabled",
  ],
  "AWS::GuardDuty::Detector": ["Enable"],
  "AWS::KMS::Key": ["EnableKeyRotation", "Enabled"],
  "AWS::Kinesis::Stream": ["StreamEncryption.EncryptionType", "StreamEncryption.KeyId"],
  "AWS::Lambda::Function": ["TracingConfig.Mode"],
  "AWS::Lambda::Url": ["AuthType"],
  "AWS::Logs::LogGroup": ["RetentionInDays"],
  "AWS::MSK::Cluster": [
    "BrokerNodeGroupInfo.ConnectivityInfo.PublicAccess.Type",
    "EncryptionInfo.EncryptionInTransit.ClientBroker",
    "EncryptionInfo.EncryptionInTransit.InCluster",
  ],
  "AWS::MWAA::Environment": [
    "LoggingConfiguration.SchedulerLogs.Enabled",
    "LoggingConfiguration.WebserverLogs.Enabled",
    "LoggingConfiguration.WorkerLogs.Enabled",
  ],
  "AWS::MemoryDB::Cluster": ["TLSEnabled"],
  "AWS::Neptune::DBCluster": [
    "BackupRetentionPeriod",
    "CopyTagsToSnapshot",
    "EnableCloudwatchLogsExports",
    "IamAuthEnabled",
    "StorageEncrypted",
  ],
  "AWS::NetworkFirewall::Firewall": ["DeleteProtection"],
  "AWS::OpenSearchService::Domain": [
    "ClusterConfig.DedicatedMasterEnabled",
    "DomainEndpointOptions.EnforceHTTPS",
    "DomainEndpointOptions.TLSSecurityPolicy",
    "EncryptionAtRestOptions.Enabled",
    "NodeToNodeEncryptionOptions.Enabled",
  ],
  "AWS::QLDB::Ledger": ["DeletionProtection", "PermissionsMode"],
  "AWS::RDS::DBCluster": [
    "CopyTagsToSnapshot",
    "DeletionProtection",
    "EnableCloudwatchLogsExports",
    "EnableIAMDatabaseAuthentication",
    "StorageEncrypted",
  ],
  "AWS::RDS::DBInstance": [
    "AutoMinorVersionUpgrade",
    "BackupRetentionPeriod",
    "CACertificateIdentifier",
    "CopyTagsToSnapshot",
    "DeletionProtection",
    "EnableCloudwatchLogsExports",
    "EnableIAMDatabaseAuthentication",
    "EnablePerformanceInsights",
    "MultiAZ",
    "PubliclyAccessible",
    "StorageEncrypted",
  ],
  "AWS::RDS::GlobalCluster": ["StorageEncrypted"],
  "AWS::Redshift::Cluster": [
    "AllowVersionUpgrade",
    "AutomatedSnapshotRetentionPeriod",
    "Encrypted",
    "EnhancedVpcRouting",
    "PubliclyAccessible",
  ],
  "AWS::S3::AccessPoint": [
    "PublicAccessBlockConfiguration.BlockPublicAcls",
    "PublicAccessBlockConfiguration.BlockPublicPolicy",
    "PublicAccessBlockConfiguration.IgnorePublicAcls",
    "PublicAccessBlockConfiguration.RestrictPublicBuckets",
  ],
  "AWS::S3::Bucket": [
    "AccessControl",
    "BucketEncryption.ServerSideEncryptionConfiguration.*.ServerSideEncryptionByDefault.SSEAlgorithm",
    "PublicAccessBlockConfiguration.BlockPublicAcls",
    "PublicAccessBlockConfiguration.BlockPublicPolicy",
    "PublicAccessBlockConfiguration.IgnorePublicAcls",
    "PublicAccessBlockConfiguration.RestrictPublicBuckets",
    "VersioningConfiguration.Status",
  ],
  "AWS::SNS::Topic": ["KmsMasterKeyId"],
  "AWS::SQS::Queue": ["SqsManagedSseEnabled"],
  "AWS::SageMaker::Model": ["EnableNetworkIsolation"],
  "AWS::SageMaker::NotebookInstance": [
    "InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion",
    "RootAccess",
  ],
  "AWS::Serverless::Api": ["CacheClusterEnabled", "TracingEnabled"],
  "AWS::Serverless::Function": ["Tracing"],
  "AWS::StepFunctions::StateMachine": ["LoggingConfiguration.IncludeExecutionData", "TracingConfiguration.Enabled"],
  "AWS::WorkSpaces::Workspace": ["RootVolumeEncryptionEnabled", "UserVolumeEncryptionEnabled"],
};

/** Lists of keys and values, in which each key is an attribute of its own in Terraform. All values are texts. */
export const KEYED: { readonly [type: string]: { readonly list: string; readonly keys: readonly string[] } } = {
  "AWS::ElasticLoadBalancingV2::LoadBalancer": {
    list: "LoadBalancerAttributes",
    keys: [
      "deletion_protection.enabled",
      "load_balancing.cross_zone.enabled",
      "routing.http.desync_mitigation_mode",
      "routing.http.drop_invalid_header_fields.enabled",
    ],
  },
};

/** Words that CloudFormation has for something that Terraform says otherwise. */
export const WORDS: { readonly [property: string]: readonly string[] } = {
  AccessControl: ["Private"],
  AssignPublicIp: ["ENABLED", "DISABLED"],
  Status: ["Enabled", "Suspended"],
};

/** Lists of texts in Terraform that are lists of objects with this one property. */
export const ELEMENTS: { readonly [property: string]: string } = { EnabledTypes: "Type" };

/** Terraform resources that a template has no resource for: what they say is a property of the one they belong to. */
export const COMPANIONS: { readonly [type: string]: { readonly [path: string]: string } } = {
  aws_s3_bucket_versioning: { "versioning_configuration.0.status": "VersioningConfiguration.Status" },
};
