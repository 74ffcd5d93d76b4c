/** Networks: subnets, flow logs, default groups and VPCs, addresses. */

import { forbidTrue, requireTrue, someJoined } from "../checks.ts";
import { controls } from "../compliance.ts";
import { addCompanion, remove, set } from "../operations.ts";
import { rule } from "../rule.ts";
import { fail, notApplicable, pass, undecided, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";

export const subnetPublicIp = rule({
  id: "aws-subnet-public-ip",
  aliases: ["CKV_AWS_130", "AWS-0164", "AVD-AWS-0164"],
  title: "Subnet gives every instance a public address",
  severity: "high",
  category: "security",
  on: "aws_subnet",
  why: "Whatever is started here is on the internet without anybody deciding so. Only its security groups stand before it.",
  remedy: "Set map_public_ip_on_launch = false, and give public addresses to the few things that need one.",
  references: ["https://docs.aws.amazon.com/vpc/latest/userguide/subnet-public-ip.html"],
  compliance: controls({ nist: ["AC-4", "SC-7"], pci: ["1.4.4"], soc2: ["CC6.6"] }),
  check: (view) => forbidTrue(view, "map_public_ip_on_launch", { message: "Public addresses are given at launch" }),
  fix: { risk: "disruptive", edit: () => [set("map_public_ip_on_launch", false)] },
  bad: `
    resource "aws_subnet" "s" {
      vpc_id                  = "vpc-1"
      map_public_ip_on_launch = true
    }
  `,
  good: `
    resource "aws_subnet" "s" {
      vpc_id = "vpc-1"
    }
  `,
});

export const flowLog = rule({
  id: "aws-vpc-flow-log",
  aliases: ["CKV2_AWS_11", "AWS-0178", "AVD-AWS-0178"],
  title: "VPC has no flow log",
  severity: "medium",
  category: "security",
  on: "aws_vpc",
  why: "Nobody can tell afterwards which machine spoke to which. Without it an intrusion can be neither followed nor ruled out.",
  remedy: "Add an aws_flow_log for the VPC that writes to CloudWatch or S3.",
  references: ["https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html"],
  compliance: controls({ cisAws: ["3.7"], nist: ["AU-2", "AU-3", "AU-12"], soc2: ["CC7.2"] }),
  check: (view) => someJoined(view, "aws_flow_log", "vpc_id", () => pass(), "No flow log belongs to this VPC"),
  bad: `
    resource "aws_vpc" "v" {
      cidr_block = "10.0.0.0/16"
    }
  `,
  good: `
    resource "aws_vpc" "v" {
      cidr_block = "10.0.0.0/16"
    }

    resource "aws_flow_log" "v" {
      vpc_id               = aws_vpc.v.id
      traffic_type         = "ALL"
      log_destination_type = "s3"
      log_destination      = "arn:aws:s3:::flow-logs"
    }
  `,
});

const DEFAULT_GROUP = "aws_default_security_group";
const GROUP_RULES = [
  "aws_security_group_rule",
  "aws_vpc_security_group_ingress_rule",
  "aws_vpc_security_group_egress_rule",
];

/** A default group that is managed and empty: no blocks of its own, no rules attached to it. */
function isEmptied(group: View): Verdict {
  for (const block of ["ingress", "egress"]) {
    const there = group.has(block);
    if (there === "unknown") return undecided(block);
    if (there) return fail(block, "The default security group still has rules");
  }
  return group.joined(GROUP_RULES, "security_group_id").length > 0
    ? fail(undefined, "Rules are attached to the default security group")
    : pass();
}

export const defaultGroup = rule({
  id: "aws-vpc-default-security-group",
  aliases: ["CKV2_AWS_12", "AWS-0173", "AVD-AWS-0173"],
  title: "Default security group of the VPC still allows traffic",
  severity: "low",
  category: "security",
  on: "aws_vpc",
  why: "Whatever is started without a group of its own gets the default one, which lets all its members talk to one another and out. Emptied, it makes that mistake visible at once.",
  remedy: "Manage the group with an aws_default_security_group that has no rules.",
  references: ["https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html"],
  compliance: controls({ cisAws: ["5.4"], nist: ["AC-4", "SC-7"], pci: ["1.3.1"], soc2: ["CC6.6"] }),
  // A template has no resource for the default group: nothing there could mend it.
  check: (view) =>
    view.resource.origin.kind === "code" && view.resource.origin.format === "cloudformation"
      ? notApplicable
      : someJoined(view, DEFAULT_GROUP, "vpc_id", isEmptied, "The default security group of this VPC is not managed"),
  fix: {
    risk: "disruptive",
    edit(view) {
      const [group] = view.joined(DEFAULT_GROUP, "vpc_id");
      if (!group) return addCompanion(view, DEFAULT_GROUP, { attribute: "vpc_id" }, { attributes: {} });
      if (group.joined(GROUP_RULES, "security_group_id").length > 0)
        return "Rules are attached to the default group by resources of their own: move them to another group first.";
      return ["ingress", "egress"].filter((block) => group.has(block) === true).map((block) => remove(block, group));
    },
  },
  bad: `
    resource "aws_vpc" "v" {
      cidr_block = "10.0.0.0/16"
    }
  `,
  good: `
    resource "aws_vpc" "v" {
      cidr_block = "10.0.0.0/16"
    }

    resource "${DEFAULT_GROUP}" "v" {
      vpc_id = aws_vpc.v.id
    }
  `,
});

const ADDRESS_HOLDERS = [
  "aws_eip_association",
  "aws_instance",
  "aws_lb",
  "aws_nat_gateway",
  "aws_network_interface",
  "aws_networkfirewall_firewall",
  "aws_redshift_cluster",
  "aws_transfer_server",
  "aws_vpn_gateway",
  "module",
];

export const unattachedAddress = rule({
  id: "aws-eip-unattached",
  aliases: ["CKV2_AWS_19"],
  title: "Elastic IP address is attached to nothing",
  severity: "low",
  category: "cost",
  on: "aws_eip",
  why: "AWS charges for the address whether it is used or not. Forgotten addresses also stay in allow-lists of partners.",
  remedy: "Attach the address, or remove it.",
  references: ["https://aws.amazon.com/vpc/pricing/"],
  check(view) {
    for (const attribute of ["instance", "network_interface"]) {
      const there = view.get(attribute);
      if (there.kind !== "absent" && view.text(attribute) !== "") return pass(attribute);
    }
    return view.joined(ADDRESS_HOLDERS).length > 0 ? pass() : fail(undefined, "Nothing in this code uses the address");
  },
  bad: `
    resource "aws_eip" "a" {
      domain = "vpc"
    }
  `,
  good: [
    `
      resource "aws_eip" "a" {
        domain   = "vpc"
        instance = "i-1"
      }
    `,
    `
      resource "aws_eip" "a" {
        domain = "vpc"
      }

      resource "aws_nat_gateway" "n" {
        allocation_id = aws_eip.a.id
        subnet_id     = "subnet-1"
      }
    `,
  ],
});

export const defaultVpc = rule({
  id: "aws-vpc-default",
  aliases: ["CKV_AWS_148", "AWS-0101", "AVD-AWS-0101"],
  title: "The default VPC is kept",
  severity: "high",
  category: "security",
  profile: "strict",
  on: "aws_default_vpc",
  why: "Its subnets are all public, and things land in it when nobody names a network. A VPC made on purpose has none of that.",
  remedy: "Make a VPC of your own and remove the default one.",
  references: ["https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html"],
  check: () => fail(undefined, "The default VPC is managed here, and so kept"),
  bad: `
    resource "aws_default_vpc" "v" {
    }
  `,
  good: `
    resource "aws_vpc" "v" {
      cidr_block = "10.0.0.0/16"
    }
  `,
});

export const endpointAcceptance = rule({
  id: "aws-vpc-endpoint-service-acceptance",
  aliases: ["CKV_AWS_123"],
  title: "VPC endpoint service accepts everyone who may ask",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "aws_vpc_endpoint_service",
  why: "Whoever is allowed to connect is connected at once, without anybody seeing it. With acceptance each connection is a decision.",
  remedy: "Set acceptance_required = true.",
  references: ["https://docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html"],
  check: (view) => requireTrue(view, "acceptance_required"),
  fix: { risk: "disruptive", edit: () => [set("acceptance_required", true)] },
  bad: `
    resource "aws_vpc_endpoint_service" "s" {
      acceptance_required        = false
      network_load_balancer_arns = ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/n/1"]
    }
  `,
  good: `
    resource "aws_vpc_endpoint_service" "s" {
      acceptance_required        = true
      network_load_balancer_arns = ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/n/1"]
    }
  `,
});
