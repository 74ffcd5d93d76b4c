/**
 * Properties that a fixer may write into a template, by CloudFormation's own names. Where Terraform has them is asked of
 * the mapping tables, so that a fix in Terraform's terms finds its property. Knows nothing of files.
 */
import { isList, type Value } from "../../model/value.ts";
import { MAPPINGS } from "./mapping/index.ts";
import { type Mapping, shape } from "./shape.ts";
import { type Leaf, leaf, leavesWhere, list, type Traced, table } from "./traced.ts";

/** "*" stands for any element of a list that is written already; a property has one at most. */
const PROPERTIES: { readonly [type: string]: readonly string[] } = {
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
const KEYED: { readonly [type: string]: { readonly list: string; readonly keys: readonly string[] } } = {
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
const WORDS: { readonly [property: string]: readonly string[] } = {
  AccessControl: ["Private"],
  AssignPublicIp: ["ENABLED", "DISABLED"],
  Status: ["Enabled", "Suspended"],
};

/** Lists of texts in Terraform that are lists of objects with this one property. */
const ELEMENTS: { readonly [property: string]: string } = { EnabledTypes: "Type" };

/** Terraform resources that a template has no resource for: what they say is a property of the one they belong to. */
const COMPANIONS: { readonly [type: string]: { readonly [path: string]: string } } = {
  aws_s3_bucket_versioning: { "versioning_configuration.0.status": "VersioningConfiguration.Status" },
};

export interface Property {
  /** Dotted path below Properties. */
  readonly path: string;
  readonly value: Value;
  /** Set where `path` is a list of keys and values: the element that says `value`. */
  readonly key?: string;
}

/**
 * The property of a CloudFormation resource for an attribute of Terraform's `of` (its main type, or one of the
 * companions it stands for). Undefined where it is none that Draco may write, or the value cannot be said there.
 */
export function propertyFor(type: string, of: string, path: string, value: Value): Property | undefined {
  const direct = Object.hasOwn(COMPANIONS, of) ? COMPANIONS[of]?.[path] : undefined;
  if (direct !== undefined && PROPERTIES[type]?.includes(direct)) return { path: direct, value };
  const mapping = MAPPINGS[type];
  const part = mapping?.type === of ? mapping : mapping?.also?.find((also) => also.type === of);
  if (!mapping || !part) return undefined;
  const wanted = path.split(".");
  for (const property of PROPERTIES[type] ?? []) {
    const at = attributeOf(part, property);
    const indices = at && match(at, wanted);
    if (!indices) continue;
    const said = inWords(part, property, value);
    return said === undefined ? undefined : { path: filled(property, indices), value: said };
  }
  return keyedFor(type, part, path, value);
}

function keyedFor(type: string, part: Mapping, path: string, value: Value): Property | undefined {
  const keyed = KEYED[type];
  if (!keyed || typeof value === "object") return undefined;
  const key = keyed.keys.find((name) => {
    const at = { node: undefined };
    const item = table(
      new Map([
        ["Key", leaf(name, at)],
        ["Value", leaf("?", at)],
      ]),
      at,
    );
    const shaped = shape(table(new Map([[keyed.list, list([item], at)]]), at), part);
    return leavesWhere(shaped, () => true).some(([attribute]) => match(attribute, path.split(".")) !== undefined);
  });
  return key === undefined ? undefined : { path: keyed.list, key, value: String(value) };
}

/** Every property that may be written, for whoever checks the list. */
export const writableProperties = (): Iterable<readonly [string, readonly string[]]> => Object.entries(PROPERTIES);

/** Where the mapping puts a property: its path in Terraform, with 0 for every index. */
function attributeOf(mapping: Mapping, property: string): string | undefined {
  return leavesOf(mapping, property, "?")[0]?.[0];
}

function leavesOf(mapping: Mapping, property: string, value: Leaf["value"]): readonly (readonly [string, Leaf])[] {
  const at = { node: undefined };
  const marked = leaf(value, at);
  const built = property
    .split(".")
    .reduceRight<Traced>(
      (inner, name) => (name === "*" ? list([inner], at) : table(new Map([[name, inner]]), at)),
      marked,
    );
  const shaped = shape(built, { type: mapping.type, ...(mapping.fields && { fields: mapping.fields }) });
  return leavesWhere(shaped, () => true);
}

/** The elements that are meant, in order, where the two are the same path; an index that is left out is the first. */
function match(attribute: string, wanted: readonly string[]): readonly string[] | undefined {
  const indices: string[] = [];
  let next = 0;
  for (const part of attribute.split(".")) {
    const given = wanted[next];
    if (part === "0") {
      const isIndex = given !== undefined && /^\d+$/.test(given);
      indices.push(isIndex ? given : "0");
      if (isIndex) next++;
    } else if (given === part) next++;
    else return undefined;
  }
  return next === wanted.length ? indices : undefined;
}

/** Single objects have no index in CloudFormation, and 0 in Terraform: any other index is the list's. */
const filled = (property: string, indices: readonly string[]): string =>
  property.replace("*", indices.find((index) => index !== "0") ?? "0");

/** The value in CloudFormation's words; undefined where it has none. */
function inWords(mapping: Mapping, property: string, value: Value): Value | undefined {
  const name = property.slice(property.lastIndexOf(".") + 1);
  const element = ELEMENTS[name];
  if (element !== undefined) return isList(value) ? value.map((text) => ({ [element]: text })) : undefined;
  const known = WORDS[name];
  if (!known) return value;
  return known.find((word) => leavesOf(mapping, property, word)[0]?.[1].value === value);
}
