import { type Field, type Fields, json, keyValues, type Mappings, put, single } from "../shape.ts";
import { entry, list, type Traced, table, textOf } from "../traced.ts";

const ingress: Fields = {
  IpProtocol: "protocol",
  CidrIp: single("cidr_blocks"),
  CidrIpv6: single("ipv6_cidr_blocks"),
  SourcePrefixListId: single("prefix_list_ids"),
  DestinationPrefixListId: single("prefix_list_ids"),
  SourceSecurityGroupId: single("security_groups"),
  SourceSecurityGroupName: single("security_groups"),
  DestinationSecurityGroupId: single("security_groups"),
};

const standaloneRule: Fields = {
  GroupId: "security_group_id",
  GroupName: "security_group_id",
  CidrIp: "cidr_ipv4",
  CidrIpv6: "cidr_ipv6",
  SourcePrefixListId: "prefix_list_id",
  DestinationPrefixListId: "prefix_list_id",
  SourceSecurityGroupId: "referenced_security_group_id",
  DestinationSecurityGroupId: "referenced_security_group_id",
};

/** Device names that AMIs boot from: CloudFormation has one list of devices, Terraform keeps the root apart. */
const ROOT_DEVICES: ReadonlySet<string> = new Set(["/dev/xvda", "/dev/sda1", "/dev/sda"]);

function devicesOf(isRoot: boolean): Field {
  return {
    to: isRoot ? "root_block_device" : "ebs_block_device",
    as: (given) => {
      if (given.kind !== "list") return isRoot ? undefined : given;
      const wanted = given.items.filter(
        (item) =>
          entry(item, "Ebs") !== undefined && ROOT_DEVICES.has(textOf(entry(item, "DeviceName")) ?? "") === isRoot,
      );
      return wanted.length === 0 ? undefined : list(wanted.map(flatDevice), given);
    },
  };
}

function flatDevice(item: Traced): Traced {
  const out = new Map<string, Traced>();
  const ebs = entry(item, "Ebs");
  const name = entry(item, "DeviceName");
  if (name) out.set("device_name", name);
  if (ebs?.kind === "table") {
    for (const [key, value] of ebs.entries) put(out, EBS_NAMES[key] ?? key.toLowerCase(), value);
  }
  return table(out, item);
}

const EBS_NAMES: { readonly [property: string]: string } = {
  DeleteOnTermination: "delete_on_termination",
  Encrypted: "encrypted",
  Iops: "iops",
  KmsKeyId: "kms_key_id",
  SnapshotId: "snapshot_id",
  Throughput: "throughput",
  VolumeSize: "volume_size",
  VolumeType: "volume_type",
};

const devices: Field = { all: [devicesOf(true), devicesOf(false)] };

/** The address of a network interface given inline is the instance's own in Terraform. */
const publicAddress: Field = {
  all: [
    {
      to: "associate_public_ip_address",
      as: (given) => (given.kind === "list" ? entry(given.items[0], "AssociatePublicIpAddress") : undefined),
    },
    { to: "network_interface", fields: {} },
  ],
};

export const ec2: Mappings = {
  "AWS::EC2::SecurityGroup": {
    type: "aws_security_group",
    fields: {
      GroupDescription: "description",
      GroupName: "name",
      SecurityGroupIngress: { to: "ingress", fields: ingress },
      SecurityGroupEgress: { to: "egress", fields: ingress },
    },
  },
  "AWS::EC2::SecurityGroupIngress": { type: "aws_vpc_security_group_ingress_rule", fields: standaloneRule },
  "AWS::EC2::SecurityGroupEgress": { type: "aws_vpc_security_group_egress_rule", fields: standaloneRule },
  "AWS::EC2::Volume": { type: "aws_ebs_volume", fields: { VolumeType: "type", Size: "size" } },
  "AWS::EC2::Instance": {
    type: "aws_instance",
    fields: {
      ImageId: "ami",
      SecurityGroupIds: "vpc_security_group_ids",
      Monitoring: "monitoring",
      BlockDeviceMappings: devices,
      NetworkInterfaces: publicAddress,
      EbsOptimized: "ebs_optimized",
    },
  },
  "AWS::EC2::LaunchTemplate": {
    type: "aws_launch_template",
    fields: {
      LaunchTemplateName: "name",
      LaunchTemplateData: {
        up: {
          SecurityGroupIds: "vpc_security_group_ids",
          NetworkInterfaces: { to: "network_interfaces", fields: { Groups: "security_groups" } },
          BlockDeviceMappings: { to: "block_device_mappings", fields: { Ebs: { to: "ebs", fields: {} } } },
        },
      },
    },
  },
  "AWS::AutoScaling::LaunchConfiguration": {
    type: "aws_launch_configuration",
    fields: {
      BlockDeviceMappings: { all: [devicesOf(true), devicesOf(false)] },
      LaunchConfigurationName: "name",
      InstanceMonitoring: "enable_monitoring",
    },
  },
  "AWS::AutoScaling::AutoScalingGroup": {
    type: "aws_autoscaling_group",
    fields: {
      VPCZoneIdentifier: "vpc_zone_identifier",
      AutoScalingGroupName: "name",
      Tags: "tag",
      TargetGroupARNs: "target_group_arns",
    },
  },
  "AWS::EC2::Subnet": { type: "aws_subnet" },
  "AWS::EC2::VPC": { type: "aws_vpc" },
  "AWS::EC2::Route": { type: "aws_route" },
  "AWS::EC2::FlowLog": {
    type: "aws_flow_log",
    fields: {
      ResourceId: "vpc_id",
      LogDestinationType: "log_destination_type",
      DeliverLogsPermissionArn: "iam_role_arn",
    },
  },
  "AWS::EC2::EIP": { type: "aws_eip", fields: { InstanceId: "instance" } },
  "AWS::EC2::NatGateway": { type: "aws_nat_gateway" },
  "AWS::EC2::TransitGateway": { type: "aws_ec2_transit_gateway" },
  "AWS::EC2::NetworkAcl": { type: "aws_network_acl" },
  "AWS::EC2::NetworkAclEntry": {
    type: "aws_network_acl_rule",
    fields: {
      PortRange: { up: { From: "from_port", To: "to_port" } },
      RuleAction: "rule_action",
      CidrBlock: "cidr_block",
      Ipv6CidrBlock: "ipv6_cidr_block",
    },
  },
  "AWS::EC2::VPCEndpoint": {
    type: "aws_vpc_endpoint",
    fields: { VpcEndpointType: "vpc_endpoint_type", PolicyDocument: json("policy") },
  },
  "AWS::EC2::VPCEndpointService": { type: "aws_vpc_endpoint_service" },
  "AWS::NetworkFirewall::Firewall": { type: "aws_networkfirewall_firewall" },
  "AWS::Route53::DNSSEC": { type: "aws_route53_hosted_zone_dnssec" },
  "AWS::Route53::HostedZone": {
    type: "aws_route53_zone",
    fields: {
      HostedZoneTags: { to: "tags", as: keyValues("Key", "Value") },
      VPCs: { to: "vpc", fields: { VPCId: "vpc_id", VPCRegion: "vpc_region" } },
      QueryLoggingConfig: null,
    },
    also: [
      {
        type: "aws_route53_query_log",
        when: "QueryLoggingConfig",
        link: "zone_id",
        fields: { QueryLoggingConfig: { up: { CloudWatchLogsLogGroupArn: "cloudwatch_log_group_arn" } } },
      },
    ],
  },
};
