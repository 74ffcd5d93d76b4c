import { describe, expect, it } from "@jest/globals";
import { MAPPINGS } from "../../../../src/core/read/cloudformation/mapping/index.ts";
import { readCloudFormation } from "../../../../src/core/read/cloudformation/read.ts";

/** Resources that one CloudFormation resource, with properties as JSON, becomes. */
function mapped(type: string, properties: object) {
  const text = JSON.stringify({ Resources: { X: { Type: type, Properties: properties } } });
  const reading = readCloudFormation([{ path: "t.json", bytes: new TextEncoder().encode(text) }]);
  return reading.stacks.flatMap((stack) => stack.resources).map((r) => [r.type, r.attributes] as const);
}
const main = (type: string, properties: object) => mapped(type, properties).at(-1);

describe("mapping tables", () => {
  it("name Terraform types only, and CloudFormation types only once", () => {
    for (const [type, mapping] of Object.entries(MAPPINGS)) {
      expect(type).toMatch(/^AWS::\w+::\w+$/);
      expect(mapping.type).toMatch(/^aws_[a-z0-9_]+$/);
    }
  });

  it("say what the service does where nothing is written, if Terraform's provider does otherwise", () => {
    expect(main("AWS::DMS::ReplicationInstance", {})?.[1]).toEqual({ publicly_accessible: true });
    expect(main("AWS::DMS::ReplicationInstance", { PubliclyAccessible: false })?.[1]).toEqual({
      publicly_accessible: false,
    });
    const options = (given: object) => main("AWS::Elasticsearch::Domain", given)?.[1].domain_endpoint_options;
    expect(options({})).toEqual([{ enforce_https: false }]);
    expect(options({ DomainEndpointOptions: { TLSSecurityPolicy: "p" } })).toEqual([
      { tls_security_policy: "p", enforce_https: false },
    ]);
    expect(options({ DomainEndpointOptions: { EnforceHTTPS: true } })).toEqual([{ enforce_https: true }]);
  });

  it.each([
    [
      "AWS::S3::Bucket",
      {
        BucketName: "b",
        AccessControl: "PublicRead",
        VersioningConfiguration: { Status: "Enabled" },
        LoggingConfiguration: { DestinationBucketName: "l" },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { ServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: "k" } },
          ],
        },
        Tags: [{ Key: "a", Value: "1" }],
      },
      "aws_s3_bucket",
      {
        bucket: "b",
        acl: "public-read",
        versioning: [{ enabled: true }],
        logging: [{ target_bucket: "l" }],
        server_side_encryption_configuration: [
          {
            rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm: "aws:kms", kms_master_key_id: "k" }] }],
          },
        ],
        tags: { a: "1" },
      },
    ],
    [
      "AWS::EC2::SecurityGroup",
      {
        GroupDescription: "d",
        SecurityGroupIngress: [
          { IpProtocol: "tcp", FromPort: 22, ToPort: 22, CidrIp: "0.0.0.0/0" },
          { IpProtocol: "-1", CidrIpv6: "::/0" },
        ],
      },
      "aws_security_group",
      {
        description: "d",
        ingress: [
          { protocol: "tcp", from_port: 22, to_port: 22, cidr_blocks: ["0.0.0.0/0"] },
          { protocol: "-1", ipv6_cidr_blocks: ["::/0"] },
        ],
      },
    ],
    [
      "AWS::EC2::Instance",
      {
        BlockDeviceMappings: [
          { DeviceName: "/dev/xvda", Ebs: { Encrypted: true } },
          { DeviceName: "/dev/sdf", Ebs: { Encrypted: false } },
        ],
        NetworkInterfaces: [{ DeviceIndex: "0", AssociatePublicIpAddress: true }],
      },
      "aws_instance",
      {
        root_block_device: [{ device_name: "/dev/xvda", encrypted: true }],
        ebs_block_device: [{ device_name: "/dev/sdf", encrypted: false }],
        associate_public_ip_address: true,
      },
    ],
    [
      "AWS::EC2::LaunchTemplate",
      { LaunchTemplateData: { MetadataOptions: { HttpTokens: "required" } } },
      "aws_launch_template",
      { metadata_options: [{ http_tokens: "required" }] },
    ],
    [
      "AWS::ElasticLoadBalancingV2::LoadBalancer",
      {
        Type: "application",
        LoadBalancerAttributes: [
          { Key: "access_logs.s3.enabled", Value: "true" },
          { Key: "routing.http.drop_invalid_header_fields.enabled", Value: "true" },
        ],
      },
      "aws_lb",
      { load_balancer_type: "application", access_logs: [{ enabled: "true" }], drop_invalid_header_fields: "true" },
    ],
    [
      "AWS::CloudFront::Distribution",
      {
        DistributionConfig: {
          WebACLId: "w",
          ViewerCertificate: { MinimumProtocolVersion: "TLSv1.2_2021" },
          Origins: [{ Id: "o", CustomOriginConfig: { OriginProtocolPolicy: "https-only" } }],
        },
      },
      "aws_cloudfront_distribution",
      {
        web_acl_id: "w",
        viewer_certificate: [{ minimum_protocol_version: "TLSv1.2_2021" }],
        origin: [{ origin_id: "o", custom_origin_config: [{ origin_protocol_policy: "https-only" }] }],
      },
    ],
    [
      "AWS::Redshift::ClusterParameterGroup",
      { Parameters: [{ ParameterName: "require_ssl", ParameterValue: "true" }] },
      "aws_redshift_parameter_group",
      { parameter: [{ name: "require_ssl", value: "true" }] },
    ],
    [
      "AWS::DocDB::DBClusterParameterGroup",
      { Parameters: { tls: "disabled" } },
      "aws_docdb_cluster_parameter_group",
      { parameter: [{ name: "tls", value: "disabled" }] },
    ],
    [
      "AWS::DynamoDB::Table",
      {
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true, KMSMasterKeyId: "k" },
      },
      "aws_dynamodb_table",
      { point_in_time_recovery: [{ enabled: true }], server_side_encryption: [{ enabled: true, kms_key_arn: "k" }] },
    ],
    [
      "AWS::OpenSearchService::Domain",
      {
        LogPublishingOptions: { AUDIT_LOGS: { CloudWatchLogsLogGroupArn: "g", Enabled: true } },
        DomainEndpointOptions: { EnforceHTTPS: true },
      },
      "aws_opensearch_domain",
      {
        log_publishing_options: [{ log_type: "AUDIT_LOGS", cloudwatch_log_group_arn: "g", enabled: true }],
        domain_endpoint_options: [{ enforce_https: true }],
      },
    ],
    [
      "AWS::EKS::Cluster",
      {
        ResourcesVpcConfig: { EndpointPublicAccess: false },
        Logging: { ClusterLogging: { EnabledTypes: [{ Type: "api" }, { Type: "audit" }] } },
      },
      "aws_eks_cluster",
      { vpc_config: [{ endpoint_public_access: false }], enabled_cluster_log_types: ["api", "audit"] },
    ],
    [
      "AWS::IAM::Role",
      { AssumeRolePolicyDocument: { Statement: [] } },
      "aws_iam_role",
      { assume_role_policy: '{"Statement":[]}' },
    ],
    [
      "AWS::Redshift::Cluster",
      { LoggingProperties: { BucketName: "b" } },
      "aws_redshift_cluster",
      { logging: [{ enable: true, bucket_name: "b" }] },
    ],
    [
      "AWS::Kinesis::Stream",
      { StreamEncryption: { EncryptionType: "KMS", KeyId: "k" } },
      "aws_kinesis_stream",
      { encryption_type: "KMS", kms_key_id: "k" },
    ],
  ])("maps %s", (type, properties, terraformType, attributes) => {
    const [found, got] = main(type, properties) ?? [];
    expect(found).toBe(terraformType);
    expect(got).toMatchObject(attributes);
  });

  it("splits what only exists apart in Terraform, and joins it to the main resource", () => {
    expect(mapped("AWS::S3::Bucket", { PublicAccessBlockConfiguration: { BlockPublicAcls: true } })).toEqual([
      [
        "aws_s3_bucket_public_access_block",
        { block_public_acls: true, bucket: expect.objectContaining({ from: ["X.id"] }) },
      ],
      ["aws_s3_bucket", {}],
    ]);
    const user = mapped("AWS::IAM::User", {
      Policies: [
        { PolicyName: "a", PolicyDocument: {} },
        { PolicyName: "b", PolicyDocument: {} },
      ],
    });
    expect(user.map(([type, attributes]) => [type, attributes.name])).toEqual([
      ["aws_iam_user_policy", "a"],
      ["aws_iam_user_policy", "b"],
      ["aws_iam_user", undefined],
    ]);
    expect(mapped("AWS::ECR::Repository", { RepositoryPolicyText: { Statement: [] } }).map(([type]) => type)).toEqual([
      "aws_ecr_repository_policy",
      "aws_ecr_repository",
    ]);
    expect(mapped("AWS::S3::Bucket", {}).map(([type]) => type)).toEqual(["aws_s3_bucket"]);
  });
});
