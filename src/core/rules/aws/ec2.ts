/** EC2 instances, launch templates and launch configurations. */
import type { FixOperation } from "../../model/patch.ts";
import { isObject } from "../../model/value.ts";
import { eachBlock, forbidTrue, requireSet, requireTrue } from "../checks.ts";
import { controls } from "../compliance.ts";
import { set, setInBlock } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, anyOf, fail, pass, undecided, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";
import { isEncryptedByAccount } from "./account-defaults.ts";
import { fromTemplate } from "./launch-template.ts";

const TEMPLATE = "aws_launch_template";
const CONFIGURATION = "aws_launch_configuration";

const UNENCRYPTED = "The disk is not encrypted";

/** A disk that is made from a snapshot is encrypted as the snapshot is. */
const encryptedDisk = (view: View, path: string): Verdict =>
  eachBlock(view, path, (disk) =>
    disk.has("snapshot_id") === false ? requireTrue(disk, "encrypted", { message: UNENCRYPTED }) : pass(disk.path),
  );

export const diskEncryption = rule({
  id: "aws-ec2-disk-encryption",
  aliases: ["CKV_AWS_8", "AWS-0131", "AVD-AWS-0131"],
  title: "Disks of the instance are not encrypted",
  severity: "high",
  category: "security",
  on: [CONFIGURATION, "aws_instance"],
  why: "Whoever gets hold of a disk or of a snapshot of it reads the data. Unless the account encrypts by default, a root disk that is not mentioned is in the clear.",
  remedy: "Set encrypted = true in root_block_device and in every ebs_block_device; the instance is made anew.",
  references: ["https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html"],
  compliance: controls({ nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  check(view) {
    const disks = allOf([encryptedDisk(view, "root_block_device"), encryptedDisk(view, "ebs_block_device")]);
    if (disks.status === "fail") return disks;
    const root = view.has("root_block_device");
    if (root === "unknown") return undecided("root_block_device");
    if (root || isEncryptedByAccount(view)) return disks.status === "not-applicable" ? pass() : disks;
    return (
      fromTemplate(view, (template) =>
        eachBlock(
          template,
          "block_device_mappings.ebs",
          (disk) => requireTrue(disk, "encrypted", { message: UNENCRYPTED }),
          fail(undefined, UNENCRYPTED),
        ),
      ) ?? fail("root_block_device", "The root disk is not said to be encrypted")
    );
  },
  fix: {
    risk: "replaces",
    edit(view) {
      const extra = view
        .blocks("ebs_block_device")
        .items.filter((disk) => disk.is("encrypted") !== true && disk.has("snapshot_id") === false);
      return [
        ...setInBlock(view, "root_block_device", { encrypted: true }),
        ...extra.map((disk) => set(`${disk.path}.encrypted`, true)),
      ];
    },
  },
  bad: [
    `
      resource "aws_instance" "i" {
        ami           = "ami-1"
        instance_type = "t3.micro"
      }
    `,
    `
      resource "aws_instance" "i" {
        ami           = "ami-1"
        instance_type = "t3.micro"
        root_block_device {
          encrypted = true
        }
        ebs_block_device {
          device_name = "/dev/sdf"
        }
      }
    `,
  ],
  good: `
    resource "aws_instance" "i" {
      ami           = "ami-1"
      instance_type = "t3.micro"
      root_block_device {
        encrypted = true
      }
    }
  `,
});

const PUBLIC_IP = "The instance gets a public address";

export const publicAddress = rule({
  id: "aws-ec2-public-ip",
  aliases: ["CKV_AWS_88", "AWS-0009", "AVD-AWS-0009"],
  title: "Instance gets a public address",
  severity: "high",
  category: "security",
  on: ["aws_instance", TEMPLATE],
  why: "The instance is on the internet, and only its security groups stand before it. Behind a load balancer or a VPN it need not be.",
  remedy: "Set associate_public_ip_address = false; the instance is made anew.",
  references: ["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html"],
  compliance: controls({ nist: ["AC-4", "SC-7"], pci: ["1.4.4"], soc2: ["CC6.6"] }),
  check: (view) =>
    allOf([
      forbidTrue(view, "associate_public_ip_address", { message: PUBLIC_IP }),
      eachBlock(view, "network_interfaces", (card) =>
        forbidTrue(card, "associate_public_ip_address", { message: PUBLIC_IP }),
      ),
    ]),
  fix: {
    risk: "replaces",
    edit: (view) =>
      [view, ...view.blocks("network_interfaces").items].flatMap((block): readonly FixOperation[] =>
        block.is("associate_public_ip_address") === true
          ? [
              set(
                block.path === "" ? "associate_public_ip_address" : `${block.path}.associate_public_ip_address`,
                false,
              ),
            ]
          : [],
      ),
  },
  bad: [
    `
      resource "aws_instance" "i" {
        ami                         = "ami-1"
        instance_type               = "t3.micro"
        associate_public_ip_address = true
      }
    `,
    `
      resource "aws_launch_template" "t" {
        name_prefix = "web"
        network_interfaces {
          associate_public_ip_address = true
        }
      }
    `,
  ],
  good: `
    resource "aws_instance" "i" {
      ami           = "ami-1"
      instance_type = "t3.micro"
    }
  `,
});

export const configurationPublicAddress = rule({
  id: "aws-launch-configuration-public-ip",
  aliases: ["CKV_AWS_389", "AWS-0009", "AVD-AWS-0009"],
  title: "Launch configuration gives public addresses",
  severity: "high",
  category: "security",
  profile: "strict",
  on: CONFIGURATION,
  why: "Every instance of the group is on the internet, and only its security groups stand before it. Behind a load balancer they need not be.",
  remedy: "Set associate_public_ip_address = false.",
  references: ["https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-configurations.html"],
  compliance: controls({ nist: ["AC-4", "SC-7"], pci: ["1.4.4"], soc2: ["CC6.6"] }),
  check: (view) => forbidTrue(view, "associate_public_ip_address", { message: PUBLIC_IP }),
  fix: { risk: "replaces", edit: () => [set("associate_public_ip_address", false)] },
  bad: `
    resource "aws_launch_configuration" "c" {
      image_id                    = "ami-1"
      instance_type               = "t3.micro"
      associate_public_ip_address = true
    }
  `,
  good: `
    resource "aws_launch_configuration" "c" {
      image_id      = "ami-1"
      instance_type = "t3.micro"
    }
  `,
});

export const monitoring = rule({
  id: "aws-ec2-detailed-monitoring",
  aliases: ["CKV_AWS_126"],
  title: "Detailed monitoring of the instance is off",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: ["aws_instance", TEMPLATE],
  why: "Figures come every five minutes, so that alarms are late. Detailed monitoring gives one a minute, at a small price.",
  remedy: "Set monitoring = true, or monitoring.enabled in a launch template.",
  references: ["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-detailed-monitoring.html"],
  check: (view) => requireTrue(view, view.type === TEMPLATE ? "monitoring.enabled" : "monitoring"),
  fix: {
    risk: "in-place",
    edit(view) {
      if (view.type !== TEMPLATE) return [set("monitoring", true)];
      const isBlock = view.blocks("monitoring").items.every((item) => isObject(item.value));
      return isBlock
        ? setInBlock(view, "monitoring", { enabled: true })
        : "In a launch template monitoring is a block: write monitoring { enabled = true }.";
    },
  },
  bad: `
    resource "aws_instance" "i" {
      ami           = "ami-1"
      instance_type = "t3.micro"
    }
  `,
  good: `
    resource "aws_instance" "i" {
      ami           = "ami-1"
      instance_type = "t3.micro"
      monitoring    = true
    }
  `,
});

/** Generations that are not EBS-optimised unless asked: the first, second and some of the third. */
const OPTIMISED_ON_REQUEST = /^(c1|c3|g2|i2|m1|m2|m3|r3|t1|t2|cc2|cr1|hs1|d2)\./;

export const ebsOptimised = rule({
  id: "aws-ec2-ebs-optimised",
  aliases: ["CKV_AWS_135"],
  title: "Instance is not EBS-optimised",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: "aws_instance",
  why: "Disk and network share one line, and slow each other down under load. Current instance types are optimised without being asked.",
  remedy: "Set ebs_optimized = true, or take a current instance type.",
  references: ["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ebs-optimized.html"],
  check(view) {
    const type = view.text("instance_type");
    const byDefault = type?.includes(".") && !OPTIMISED_ON_REQUEST.test(type);
    const asked = requireTrue(view, "ebs_optimized");
    return byDefault ? anyOf([asked, pass("instance_type")]) : asked;
  },
  fix: { risk: "disruptive", edit: () => [set("ebs_optimized", true)] },
  bad: `
    resource "aws_instance" "i" {
      ami           = "ami-1"
      instance_type = "m3.xlarge"
    }
  `,
  good: [
    `
      resource "aws_instance" "i" {
        ami           = "ami-1"
        instance_type = "m3.xlarge"
        ebs_optimized = true
      }
    `,
    `
      resource "aws_instance" "i" {
        ami           = "ami-1"
        instance_type = "m7g.large"
      }
    `,
  ],
});

export const instanceProfile = rule({
  id: "aws-ec2-instance-profile",
  aliases: ["CKV2_AWS_41"],
  title: "Instance has no instance profile",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "aws_instance",
  why: "Software on the instance that calls AWS then needs keys that somebody stores there. A profile gives it short-lived credentials instead.",
  remedy: "Set iam_instance_profile.",
  references: ["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html"],
  check(view) {
    const own = requireSet(view, "iam_instance_profile");
    return own.status === "fail" ? (fromTemplate(view, (t) => requireSet(t, "iam_instance_profile")) ?? own) : own;
  },
  bad: `
    resource "aws_instance" "i" {
      ami           = "ami-1"
      instance_type = "t3.micro"
    }
  `,
  good: `
    resource "aws_instance" "i" {
      ami                  = "ami-1"
      instance_type        = "t3.micro"
      iam_instance_profile = "web"
    }
  `,
});
