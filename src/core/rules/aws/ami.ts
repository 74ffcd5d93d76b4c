/** Machine images: their disks, who may start them, and whose are taken. */

import { eachBlock, requireSet, requireTrue } from "../checks.ts";
import { controls } from "../compliance.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { fail, notApplicable, pass, undecided } from "../verdict.ts";

export const imageEncryption = rule({
  id: "aws-ami-encryption",
  aliases: ["CKV_AWS_204"],
  title: "Machine image has disks that are not encrypted",
  severity: "high",
  category: "security",
  profile: "strict",
  on: "aws_ami",
  why: "Every instance made from the image starts with a disk in the clear. The image itself can be copied and read.",
  remedy: "Set encrypted = true in each ebs_block_device that is not made from a snapshot.",
  references: ["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AMIEncryption.html"],
  compliance: controls({ nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  check: (view) =>
    eachBlock(view, "ebs_block_device", (disk) =>
      disk.has("snapshot_id") === false ? requireTrue(disk, "encrypted") : pass(disk.path),
    ),
  fix: {
    risk: "replaces",
    edit: (view) =>
      view
        .blocks("ebs_block_device")
        .items.filter((disk) => disk.has("snapshot_id") === false && disk.is("encrypted") !== true)
        .map((disk) => set(`${disk.path}.encrypted`, true)),
  },
  bad: `
    resource "aws_ami" "a" {
      name = "web"
      ebs_block_device {
        device_name = "/dev/xvda"
        volume_size = 8
      }
    }
  `,
  good: `
    resource "aws_ami" "a" {
      name = "web"
      ebs_block_device {
        device_name = "/dev/xvda"
        volume_size = 8
        encrypted   = true
      }
    }
  `,
});

export const imageShared = rule({
  id: "aws-ami-shared",
  aliases: ["CKV_AWS_205"],
  title: "Machine image is shared with other accounts",
  severity: "high",
  category: "security",
  profile: "strict",
  on: "aws_ami_launch_permission",
  why: "Whoever may launch the image can read every file in it. Keys and configuration that were left in it go with it.",
  remedy: "Remove the launch permission, or make sure that the image holds nothing but public software.",
  references: ["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharing-amis.html"],
  check: () => fail(undefined, "The image may be launched by others"),
  bad: `
    resource "aws_ami_launch_permission" "p" {
      image_id   = "ami-1"
      account_id = "123456789012"
    }
  `,
  good: `
    resource "aws_ami" "a" {
      name = "web"
    }
  `,
});

export const imageOwner = rule({
  id: "aws-ami-lookup-owner",
  aliases: ["CKV_AWS_386", "AWS-0344", "AVD-AWS-0344"],
  title: "Machine image is looked up by name, from anybody",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "data.aws_ami",
  why: "Anyone can publish an image whose name fits and is newer (whoAMI). The next apply then starts a stranger's image.",
  remedy: 'State owners, such as ["self"] or ["amazon"].',
  references: ["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-allowed-amis.html"],
  check(view) {
    const owners = requireSet(view, "owners", { message: "No owner is stated" });
    if (owners.status === "pass") return owners;
    const filters = view.blocks("filter");
    const named = filters.items.filter((filter) =>
      ["owner-id", "owner-alias", "image-id"].includes(filter.text("name") ?? ""),
    );
    if (named.length > 0) return pass(named[0]?.path);
    const byName = filters.items.some(
      (filter) => filter.text("name") === "name" && filter.strings("values").items.some((v) => /[*?]/.test(v)),
    );
    if (byName) return owners;
    return filters.complete ? notApplicable : undecided("filter");
  },
  bad: `
    data "aws_ami" "a" {
      most_recent = true
      filter {
        name   = "name"
        values = ["ubuntu-*"]
      }
    }
  `,
  good: `
    data "aws_ami" "a" {
      most_recent = true
      owners      = ["099720109477"]
      filter {
        name   = "name"
        values = ["ubuntu-*"]
      }
    }
  `,
});

export const imageCopyEncryption = rule({
  id: "aws-ami-copy-encryption",
  aliases: ["CKV_AWS_235"],
  title: "Copy of a machine image is not encrypted",
  severity: "high",
  category: "security",
  profile: "strict",
  on: "aws_ami_copy",
  why: "Every instance made from the copy starts with a disk in the clear. A copy is the moment at which encryption can be had for nothing.",
  remedy: "Set encrypted = true.",
  references: ["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AMIEncryption.html"],
  compliance: controls({ nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  check: (view) => requireTrue(view, "encrypted"),
  fix: { risk: "replaces", edit: () => [set("encrypted", true)] },
  bad: `
    resource "aws_ami_copy" "a" {
      name              = "web"
      source_ami_id     = "ami-1"
      source_ami_region = "eu-west-1"
    }
  `,
  good: `
    resource "aws_ami_copy" "a" {
      name              = "web"
      source_ami_id     = "ami-1"
      source_ami_region = "eu-west-1"
      encrypted         = true
    }
  `,
});

export const imageCopyKey = rule({
  id: "aws-ami-copy-customer-key",
  aliases: ["CKV_AWS_236"],
  title: "Copy of a machine image does not use a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "aws_ami_copy",
  why: "The key that AWS manages cannot be limited, shared or withdrawn. With a key of your own you decide who may start the image.",
  remedy: "Set kms_key_id to a key of your own.",
  references: ["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AMIEncryption.html"],
  check: (view) => requireSet(view, "kms_key_id"),
  bad: `
    resource "aws_ami_copy" "a" {
      name              = "web"
      source_ami_id     = "ami-1"
      source_ami_region = "eu-west-1"
      encrypted         = true
    }
  `,
  good: `
    resource "aws_ami_copy" "a" {
      name              = "web"
      source_ami_id     = "ami-1"
      source_ami_region = "eu-west-1"
      encrypted         = true
      kms_key_id        = "arn:aws:kms:eu-west-1:123456789012:key/1"
    }
  `,
});
