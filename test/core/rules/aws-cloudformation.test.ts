/** Rules about AWS on CloudFormation: the mapping tables must give them what they read. One template for each side. */
import { describe, expect, it } from "@jest/globals";
import { stringify } from "yaml";
import { planFix } from "../../../src/core/fix/fix.ts";
import { proveFix } from "../../../src/core/fix/prove.ts";
import type { SourceFile } from "../../../src/core/model/source-range.ts";
import { MAPPINGS } from "../../../src/core/read/cloudformation/mapping/index.ts";
import { readCloudFormation } from "../../../src/core/read/cloudformation/read.ts";
import { writableProperties } from "../../../src/core/read/cloudformation/writable.ts";
import { awsRules } from "../../../src/core/rules/aws/index.ts";
import { runRules } from "../../../src/core/rules/engine.ts";
import type { Rule } from "../../../src/core/rules/rule.ts";

type Properties = { readonly [property: string]: unknown };

const templateOf = (type: string, properties: Properties) => ({
  Resources: { X: { Type: type, Properties: properties } },
});
const rulesOf = (alias: string): readonly Rule[] => awsRules.filter((rule) => rule.aliases.includes(alias));

function judge(files: readonly SourceFile[], rules: readonly Rule[]) {
  const reading = readCloudFormation(files);
  const { results, diagnostics } = runRules({ stacks: reading.stacks, rules, keep: "all" });
  expect([...reading.diagnostics, ...diagnostics]).toEqual([]);
  return { reading, results };
}

const fileOf = (path: string, text: string) => ({ path, bytes: new TextEncoder().encode(text) });

/** What a rule says of one resource with these properties. */
function verdictOn(alias: string, type: string, properties: Properties) {
  expect(rulesOf(alias).length).toBeGreaterThan(0);
  const { results } = judge([fileOf("t.json", JSON.stringify(templateOf(type, properties)))], rulesOf(alias));
  const statuses = results.map((r) => r.status);
  return statuses.includes("fail") ? "fail" : (statuses[0] ?? "not applicable");
}

const statement = (more: object) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*", ...more }],
});
const ingress = (port: number, cidr: string) => ({
  GroupDescription: "web",
  SecurityGroupIngress: [{ IpProtocol: "tcp", FromPort: port, ToPort: port, CidrIp: cidr, Description: "d" }],
});
const broker = (more: object) => ({ EncryptionInfo: { EncryptionInTransit: { ClientBroker: "TLS", ...more } } });
const behaviour = (policy: string) => ({
  DistributionConfig: { DefaultCacheBehavior: { TargetOriginId: "o", ViewerProtocolPolicy: policy } },
});
const launchData = (data: object) => ({ LaunchTemplateData: data });
const balancer = (key: string, value: string) => ({
  Type: "application",
  LoadBalancerAttributes: [{ Key: key, Value: value }],
});
const secret = { Variables: { KEY: "AKIAIOSFODNN7EXAMPLF", OTHER: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLFKEY" } };

/** Alias, type, properties that fail, properties that pass. */
const CASES: readonly (readonly [string, string, Properties, Properties])[] = [
  ["CKV_AWS_24", "AWS::EC2::SecurityGroup", ingress(22, "0.0.0.0/0"), ingress(22, "10.0.0.0/8")],
  ["CKV_AWS_25", "AWS::EC2::SecurityGroup", ingress(3389, "0.0.0.0/0"), ingress(3389, "10.0.0.0/8")],
  ["CKV_AWS_260", "AWS::EC2::SecurityGroup", ingress(80, "0.0.0.0/0"), ingress(80, "10.0.0.0/8")],
  [
    "CKV_AWS_24",
    "AWS::EC2::SecurityGroupIngress",
    { IpProtocol: "tcp", FromPort: 22, ToPort: 22, CidrIpv6: "::/0" },
    { IpProtocol: "tcp", FromPort: 22, ToPort: 22, CidrIp: "10.0.0.0/8" },
  ],
  ["CKV_AWS_3", "AWS::EC2::Volume", { Size: 1 }, { Size: 1, Encrypted: true }],
  [
    "CKV_AWS_8",
    "AWS::AutoScaling::LaunchConfiguration",
    { BlockDeviceMappings: [{ DeviceName: "/dev/xvda", Ebs: { VolumeSize: 1 } }] },
    { BlockDeviceMappings: [{ DeviceName: "/dev/xvda", Ebs: { Encrypted: true } }] },
  ],
  [
    "CKV_AWS_79",
    "AWS::EC2::LaunchTemplate",
    launchData({ MetadataOptions: { HttpTokens: "optional" } }),
    launchData({ MetadataOptions: { HttpTokens: "required" } }),
  ],
  [
    "CKV_AWS_88",
    "AWS::EC2::LaunchTemplate",
    launchData({ NetworkInterfaces: [{ AssociatePublicIpAddress: true }] }),
    launchData({ NetworkInterfaces: [{ AssociatePublicIpAddress: false }] }),
  ],
  [
    "CKV_AWS_88",
    "AWS::EC2::Instance",
    { NetworkInterfaces: [{ AssociatePublicIpAddress: true }] },
    { NetworkInterfaces: [{ AssociatePublicIpAddress: false }] },
  ],
  ["CKV_AWS_18", "AWS::S3::Bucket", {}, { LoggingConfiguration: { DestinationBucketName: "logs" } }],
  ["CKV_AWS_20", "AWS::S3::Bucket", { AccessControl: "PublicRead" }, { AccessControl: "Private" }],
  ["CKV_AWS_57", "AWS::S3::Bucket", { AccessControl: "PublicReadWrite" }, { AccessControl: "Private" }],
  ["CKV_AWS_21", "AWS::S3::Bucket", {}, { VersioningConfiguration: { Status: "Enabled" } }],
  ...(
    [
      ["CKV_AWS_53", "BlockPublicAcls"],
      ["CKV_AWS_54", "BlockPublicPolicy"],
      ["CKV_AWS_55", "IgnorePublicAcls"],
      ["CKV_AWS_56", "RestrictPublicBuckets"],
    ] as const
  ).map(
    ([alias, flag]) =>
      [
        alias,
        "AWS::S3::Bucket",
        { PublicAccessBlockConfiguration: { [flag]: false } },
        { PublicAccessBlockConfiguration: { [flag]: true } },
      ] as const,
  ),
  ["CKV_AWS_16", "AWS::RDS::DBInstance", { Engine: "mysql" }, { Engine: "mysql", StorageEncrypted: true }],
  ["CKV_AWS_17", "AWS::RDS::DBInstance", { PubliclyAccessible: true }, { PubliclyAccessible: false }],
  ["CKV_AWS_96", "AWS::RDS::DBCluster", { Engine: "aurora-mysql" }, { Engine: "aurora-mysql", StorageEncrypted: true }],
  [
    "CKV_AWS_161",
    "AWS::RDS::DBInstance",
    { Engine: "postgres" },
    { Engine: "postgres", EnableIAMDatabaseAuthentication: true },
  ],
  ["CKV_AWS_118", "AWS::RDS::DBInstance", { Engine: "mysql" }, { Engine: "mysql", MonitoringInterval: 60 }],
  [
    "CKV_AWS_28",
    "AWS::DynamoDB::Table",
    {},
    { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
  ],
  [
    "CKV_AWS_119",
    "AWS::DynamoDB::Table",
    { SSESpecification: { SSEEnabled: true } },
    { SSESpecification: { SSEEnabled: true, KMSMasterKeyId: "alias/k" } },
  ],
  [
    "CKV_AWS_165",
    "AWS::DynamoDB::GlobalTable",
    { Replicas: [{ Region: "eu-west-1" }] },
    {
      Replicas: [{ Region: "eu-west-1", PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }],
    },
  ],
  ["CKV_AWS_29", "AWS::ElastiCache::ReplicationGroup", {}, { AtRestEncryptionEnabled: true }],
  ["CKV_AWS_30", "AWS::ElastiCache::ReplicationGroup", {}, { TransitEncryptionEnabled: true }],
  ["CKV_AWS_64", "AWS::Redshift::Cluster", { Encrypted: false }, { Encrypted: true }],
  ["CKV_AWS_71", "AWS::Redshift::Cluster", {}, { LoggingProperties: { BucketName: "logs" } }],
  ["CKV_AWS_87", "AWS::Redshift::Cluster", { PubliclyAccessible: true }, { PubliclyAccessible: false }],
  [
    "CKV_AWS_105",
    "AWS::Redshift::ClusterParameterGroup",
    { Parameters: [{ ParameterName: "require_ssl", ParameterValue: "false" }] },
    { Parameters: [{ ParameterName: "require_ssl", ParameterValue: "true" }] },
  ],
  ["CKV_AWS_44", "AWS::Neptune::DBCluster", {}, { StorageEncrypted: true }],
  ["CKV_AWS_101", "AWS::Neptune::DBCluster", {}, { EnableCloudwatchLogsExports: ["audit"] }],
  ["CKV_AWS_347", "AWS::Neptune::DBCluster", {}, { KmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/k" }],
  ["CKV_AWS_74", "AWS::DocDB::DBCluster", {}, { StorageEncrypted: true }],
  ["CKV_AWS_85", "AWS::DocDB::DBCluster", {}, { EnableCloudwatchLogsExports: ["audit", "profiler"] }],
  [
    "CKV_AWS_90",
    "AWS::DocDB::DBClusterParameterGroup",
    { Parameters: { tls: "disabled" } },
    { Parameters: { tls: "enabled" } },
  ],
  [
    "CKV_AWS_5",
    "AWS::OpenSearchService::Domain",
    { EncryptionAtRestOptions: { Enabled: false } },
    { EncryptionAtRestOptions: { Enabled: true } },
  ],
  [
    "CKV_AWS_83",
    "AWS::Elasticsearch::Domain",
    { DomainEndpointOptions: { EnforceHTTPS: false } },
    { DomainEndpointOptions: { EnforceHTTPS: true } },
  ],
  [
    "CKV_AWS_84",
    "AWS::OpenSearchService::Domain",
    {},
    {
      LogPublishingOptions: {
        AUDIT_LOGS: { CloudWatchLogsLogGroupArn: "arn:aws:logs:eu-west-1:111122223333:log-group:x", Enabled: true },
      },
    },
  ],
  ["CKV_AWS_42", "AWS::EFS::FileSystem", {}, { Encrypted: true }],
  ["CKV_AWS_43", "AWS::Kinesis::Stream", {}, { StreamEncryption: { EncryptionType: "KMS", KeyId: "alias/k" } }],
  ["CKV_AWS_26", "AWS::SNS::Topic", {}, { KmsMasterKeyId: "alias/aws/sns" }],
  ["CKV_AWS_27", "AWS::SQS::Queue", { SqsManagedSseEnabled: false }, { SqsManagedSseEnabled: true }],
  ["CKV_AWS_7", "AWS::KMS::Key", {}, { EnableKeyRotation: true }],
  [
    "CKV_AWS_33",
    "AWS::KMS::Key",
    { KeyPolicy: statement({ Principal: "*", Action: "kms:*", Resource: "*" }) },
    {
      KeyPolicy: statement({ Principal: { AWS: "arn:aws:iam::111122223333:root" }, Action: "kms:*", Resource: "*" }),
    },
  ],
  ["CKV_AWS_35", "AWS::CloudTrail::Trail", {}, { KMSKeyId: "alias/k" }],
  ["CKV_AWS_36", "AWS::CloudTrail::Trail", {}, { EnableLogFileValidation: true }],
  ["CKV_AWS_67", "AWS::CloudTrail::Trail", {}, { IsMultiRegionTrail: true }],
  ["CKV_AWS_66", "AWS::Logs::LogGroup", {}, { RetentionInDays: 365 }],
  ["CKV_AWS_158", "AWS::Logs::LogGroup", {}, { KmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/k" }],
  [
    "CKV_AWS_58",
    "AWS::EKS::Cluster",
    {},
    { EncryptionConfig: [{ Resources: ["secrets"], Provider: { KeyArn: "arn:aws:kms:eu-west-1:1:key/k" } }] },
  ],
  [
    "CKV_AWS_37",
    "AWS::EKS::Cluster",
    { Logging: { ClusterLogging: { EnabledTypes: [{ Type: "api" }] } } },
    {
      Logging: {
        ClusterLogging: {
          EnabledTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"].map((Type) => ({ Type })),
        },
      },
    },
  ],
  [
    "CKV_AWS_100",
    "AWS::EKS::Nodegroup",
    { RemoteAccess: { Ec2SshKey: "k" } },
    { RemoteAccess: { Ec2SshKey: "k", SourceSecurityGroups: ["sg-1"] } },
  ],
  ["CKV_AWS_51", "AWS::ECR::Repository", {}, { ImageTagMutability: "IMMUTABLE" }],
  ["CKV_AWS_163", "AWS::ECR::Repository", {}, { ImageScanningConfiguration: { ScanOnPush: true } }],
  ["CKV_AWS_136", "AWS::ECR::Repository", {}, { EncryptionConfiguration: { EncryptionType: "KMS" } }],
  ["CKV_AWS_65", "AWS::ECS::Cluster", {}, { ClusterSettings: [{ Name: "containerInsights", Value: "enabled" }] }],
  [
    "CKV_AWS_97",
    "AWS::ECS::TaskDefinition",
    { Volumes: [{ Name: "v", EFSVolumeConfiguration: { FilesystemId: "fs-1" } }] },
    { Volumes: [{ Name: "v", EFSVolumeConfiguration: { FilesystemId: "fs-1", TransitEncryption: "ENABLED" } }] },
  ],
  ["CKV_AWS_45", "AWS::Lambda::Function", { Environment: secret }, { Environment: { Variables: { A: "b" } } }],
  ["CKV_AWS_363", "AWS::Lambda::Function", { Runtime: "python2.7" }, { Runtime: "python3.13" }],
  ["CKV_AWS_258", "AWS::Lambda::Url", { AuthType: "NONE" }, { AuthType: "AWS_IAM" }],
  [
    "CKV_AWS_364",
    "AWS::Lambda::Permission",
    { Principal: "s3.amazonaws.com" },
    { Principal: "s3.amazonaws.com", SourceArn: "arn:aws:s3:::b" },
  ],
  [
    "CKV_AWS_59",
    "AWS::ApiGateway::Method",
    { HttpMethod: "GET", AuthorizationType: "NONE" },
    { HttpMethod: "GET", AuthorizationType: "AWS_IAM" },
  ],
  ["CKV_AWS_73", "AWS::ApiGateway::Stage", {}, { TracingEnabled: true }],
  ["CKV_AWS_76", "AWS::ApiGateway::Stage", {}, { AccessLogSetting: { DestinationArn: "arn:aws:logs:x" } }],
  [
    "CKV_AWS_276",
    "AWS::ApiGateway::Stage",
    { MethodSettings: [{ HttpMethod: "*", ResourcePath: "/*", DataTraceEnabled: true }] },
    { MethodSettings: [{ HttpMethod: "*", ResourcePath: "/*", DataTraceEnabled: false }] },
  ],
  [
    "CKV_AWS_2",
    "AWS::ElasticLoadBalancingV2::Listener",
    { Protocol: "HTTP", DefaultActions: [{ Type: "forward" }] },
    { Protocol: "HTTP", DefaultActions: [{ Type: "redirect", RedirectConfig: { Protocol: "HTTPS" } }] },
  ],
  [
    "CKV_AWS_103",
    "AWS::ElasticLoadBalancingV2::Listener",
    { Protocol: "HTTPS", SslPolicy: "ELBSecurityPolicy-2016-08", DefaultActions: [{ Type: "forward" }] },
    { Protocol: "HTTPS", SslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06", DefaultActions: [{ Type: "forward" }] },
  ],
  [
    "CKV_AWS_91",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    balancer("access_logs.s3.enabled", "false"),
    balancer("access_logs.s3.enabled", "true"),
  ],
  [
    "CKV_AWS_131",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    balancer("routing.http.drop_invalid_header_fields.enabled", "false"),
    balancer("routing.http.drop_invalid_header_fields.enabled", "true"),
  ],
  [
    "CKV_AWS_131",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    balancer("access_logs.s3.enabled", "true"),
    balancer("routing.http.drop_invalid_header_fields.enabled", "true"),
  ],
  [
    "CKV_AWS_150",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    { Type: "application" },
    balancer("deletion_protection.enabled", "true"),
  ],
  ["CKV_AWS_34", "AWS::CloudFront::Distribution", behaviour("allow-all"), behaviour("https-only")],
  [
    "CKV_AWS_174",
    "AWS::CloudFront::Distribution",
    { DistributionConfig: { ViewerCertificate: { MinimumProtocolVersion: "TLSv1" } } },
    { DistributionConfig: { ViewerCertificate: { MinimumProtocolVersion: "TLSv1.2_2021" } } },
  ],
  [
    "CKV_AWS_86",
    "AWS::CloudFront::Distribution",
    { DistributionConfig: {} },
    { DistributionConfig: { Logging: { Bucket: "logs.s3.amazonaws.com" } } },
  ],
  [
    "CKV_AWS_310",
    "AWS::CloudFront::Distribution",
    { DistributionConfig: { Origins: [{ Id: "a" }] } },
    {
      DistributionConfig: {
        OriginGroups: {
          Quantity: 1,
          Items: [
            {
              Id: "g",
              FailoverCriteria: { StatusCodes: { Items: [500], Quantity: 1 } },
              Members: { Items: [{ OriginId: "a" }, { OriginId: "b" }], Quantity: 2 },
            },
          ],
        },
      },
    },
  ],
  [
    "CKV_AWS_60",
    "AWS::IAM::Role",
    { AssumeRolePolicyDocument: statement({ Principal: { AWS: "*" }, Action: "sts:AssumeRole" }) },
    { AssumeRolePolicyDocument: statement({ Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }) },
  ],
  [
    "CKV_AWS_62",
    "AWS::IAM::ManagedPolicy",
    { PolicyDocument: statement({ Action: "*", Resource: "*" }) },
    { PolicyDocument: statement({}) },
  ],
  [
    "CKV_AWS_63",
    "AWS::IAM::Policy",
    { PolicyDocument: statement({ Action: ["*"] }) },
    { PolicyDocument: statement({}) },
  ],
  ["CKV_AWS_69", "AWS::AmazonMQ::Broker", { PubliclyAccessible: true }, { PubliclyAccessible: false }],
  ["CKV_AWS_81", "AWS::MSK::Cluster", broker({ InCluster: false }), broker({ InCluster: true })],
  ["CKV_AWS_80", "AWS::MSK::Cluster", {}, { LoggingInfo: { BrokerLogs: { S3: { Enabled: true, Bucket: "b" } } } }],
  [
    "CKV_AWS_78",
    "AWS::CodeBuild::Project",
    { Artifacts: { Type: "S3", EncryptionDisabled: true } },
    { Artifacts: { Type: "S3" } },
  ],
  ["CKV_AWS_89", "AWS::DMS::ReplicationInstance", { PubliclyAccessible: true }, { PubliclyAccessible: false }],
  ["CKV_AWS_89", "AWS::DMS::ReplicationInstance", {}, { PubliclyAccessible: false }],
  ["CKV_AWS_83", "AWS::OpenSearchService::Domain", {}, { DomainEndpointOptions: { EnforceHTTPS: true } }],
  ["CKV_AWS_212", "AWS::DMS::ReplicationInstance", {}, { KmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/k" }],
  [
    "CKV_AWS_366",
    "AWS::Cognito::IdentityPool",
    { AllowUnauthenticatedIdentities: true },
    { AllowUnauthenticatedIdentities: false },
  ],
  ["CKV_AWS_47", "AWS::DAX::Cluster", {}, { SSESpecification: { SSEEnabled: true } }],
  ["CKV_AWS_164", "AWS::Transfer::Server", { EndpointType: "PUBLIC" }, { EndpointType: "VPC" }],
  ["CKV_AWS_155", "AWS::WorkSpaces::Workspace", {}, { UserVolumeEncryptionEnabled: true }],
  ["CKV_AWS_156", "AWS::WorkSpaces::Workspace", {}, { RootVolumeEncryptionEnabled: true }],
  ["CKV_AWS_166", "AWS::Backup::BackupVault", {}, { EncryptionKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/k" }],
  [
    "CKV_AWS_82",
    "AWS::Athena::WorkGroup",
    { WorkGroupConfiguration: { EnforceWorkGroupConfiguration: false } },
    { WorkGroupConfiguration: { EnforceWorkGroupConfiguration: true } },
  ],
  ["CKV_AWS_149", "AWS::SecretsManager::Secret", {}, { KmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/k" }],
  [
    "CKV_AWS_121",
    "AWS::Config::ConfigurationAggregator",
    { AccountAggregationSources: [{ AccountIds: ["1"], AwsRegions: ["eu-west-1"] }] },
    { AccountAggregationSources: [{ AccountIds: ["1"], AllAwsRegions: true }] },
  ],
  [
    "CKV_AWS_224",
    "AWS::ECS::Cluster",
    {
      Configuration: {
        ExecuteCommandConfiguration: { Logging: "OVERRIDE", LogConfiguration: { S3BucketName: "b" } },
      },
    },
    {
      Configuration: {
        ExecuteCommandConfiguration: {
          KmsKeyId: "k",
          Logging: "OVERRIDE",
          LogConfiguration: { S3BucketName: "b", S3EncryptionEnabled: true },
        },
      },
    },
  ],
  [
    "CKV_AWS_242",
    "AWS::MWAA::Environment",
    { LoggingConfiguration: { SchedulerLogs: { Enabled: false } } },
    { LoggingConfiguration: { SchedulerLogs: { Enabled: true } } },
  ],
  ["CKV_AWS_344", "AWS::NetworkFirewall::Firewall", {}, { DeleteProtection: true }],
  ["CKV_AWS_282", "AWS::RedshiftServerless::Namespace", {}, { KmsKeyId: "k" }],
  ["CKV_AWS_177", "AWS::KinesisVideo::Stream", {}, { KmsKeyId: "k" }],
  ["CKV_AWS_370", "AWS::SageMaker::Model", {}, { EnableNetworkIsolation: true }],
];

describe("rules on CloudFormation", () => {
  it.each(CASES)("%s judges %s", (alias, type, bad, good) => {
    expect([verdictOn(alias, type, bad), verdictOn(alias, type, good)]).toEqual(["fail", "pass"]);
  });

  it("are shown for a good part of the ids that peers have for CloudFormation", () => {
    expect(new Set(CASES.map(([alias]) => alias)).size).toBeGreaterThan(80);
  });
});

/** Fixes what a rule finds in a template, with proof: true, or why not. */
function mends(rule: Rule, file: SourceFile): true | string {
  const before = judge([file], [rule]);
  const finding = before.results.find((r) => r.status === "fail");
  if (!finding) throw new Error(`${rule.id} finds nothing`);
  const plan = planFix(finding, rule, [file]);
  if (!plan.ok) return plan.why;
  const files = plan.files.all();
  const after = judge(files, [rule]);
  const proof = proveFix({ findings: [finding], rules: [rule], before: before.reading, after: after.reading, files });
  const text = new TextDecoder().decode(files[0]?.bytes);
  expect({ ...proof, text }).toMatchObject({ ok: true, problems: [] });
  return true;
}

/** These would have to add to a list, or take an action apart. */
const DECLINED = new Set(["CKV_AWS_2", "CKV_AWS_8", "CKV_AWS_65"]);
const FIXABLE = CASES.flatMap(([alias, type, bad]) =>
  rulesOf(alias)
    .filter((rule) => rule.fix && rule.fix.risk !== "needs-value")
    .map((rule) => [alias, type, bad, rule] as const),
);

describe("fixes in CloudFormation", () => {
  it.each(FIXABLE)("%s of %s is mended in YAML and in JSON, or declined with a reason", (alias, type, bad, rule) => {
    const template = templateOf(type, bad);
    const yaml = fileOf("t.yaml", `# a comment\n${stringify(template)}`);
    const json = fileOf("t.json", `${JSON.stringify(template, null, 2)}\n`);
    const outcomes = [mends(rule, yaml), mends(rule, json)];
    const told = expect.stringMatching(/\.$/);
    expect(outcomes).toEqual(DECLINED.has(alias) ? [told, told] : [true, true]);
  });

  it("write only properties that the tables know a place for, and at most one list's element", () => {
    for (const [type, properties] of writableProperties()) {
      expect(Object.keys(MAPPINGS)).toContain(type);
      expect(properties.filter((property) => property.split("*").length > 2)).toEqual([]);
    }
  });
});

/** Rules whose companions are written in resources of their own, or that no template can fail, have no type to be mapped. */
describe("the tables", () => {
  it("name types that rules speak of, or that rules join", () => {
    const spoken = new Set(awsRules.flatMap((rule) => rule.on));
    const mapped = new Set(Object.values(MAPPINGS).flatMap((m) => [m.type, ...(m.also ?? []).map((a) => a.type)]));
    const silent = [...mapped].filter((type) => !spoken.has(type));
    expect(silent.length).toBeLessThan(mapped.size / 3);
  });
});
