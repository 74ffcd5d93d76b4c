/** Auto Scaling groups, and the machine images that they and others start from. */
import { eachBlock, requireSet, requireTrue } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { anyOf, fail, notApplicable, pass, undecided } from "../verdict.ts";

export const launchTemplate = rule({
  id: "aws-autoscaling-launch-template",
  aliases: ["CKV_AWS_315"],
  title: "Auto Scaling group uses a launch configuration",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: "aws_autoscaling_group",
  why: "AWS no longer adds features or instance types to launch configurations, and new accounts cannot make them. A launch template has versions and all features.",
  remedy: "Turn the launch configuration into a launch template.",
  references: ["https://docs.aws.amazon.com/autoscaling/ec2/userguide/migrate-to-launch-templates.html"],
  check: (view) =>
    anyOf([requireSet(view, "launch_template"), requireSet(view, "mixed_instances_policy.launch_template")]),
  bad: `
    resource "aws_autoscaling_group" "g" {
      max_size             = 2
      min_size             = 1
      launch_configuration = "web"
    }
  `,
  good: `
    resource "aws_autoscaling_group" "g" {
      max_size = 2
      min_size = 1
      launch_template {
        id = "lt-1"
      }
    }
  `,
});

export const tags = rule({
  id: "aws-autoscaling-tags",
  aliases: ["CKV_AWS_153"],
  title: "Auto Scaling group gives its instances no tags",
  severity: "low",
  category: "cost",
  profile: "strict",
  on: "aws_autoscaling_group",
  why: "The provider's default tags do not reach the instances of the group. Their cost and their owner are then not known.",
  remedy: "Add tag blocks with propagate_at_launch = true.",
  references: ["https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-tagging.html"],
  check: (view) => anyOf([requireSet(view, "tag"), requireSet(view, "tags")]),
  bad: `
    resource "aws_autoscaling_group" "g" {
      max_size = 2
      min_size = 1
    }
  `,
  good: `
    resource "aws_autoscaling_group" "g" {
      max_size = 2
      min_size = 1
      tag {
        key                 = "team"
        value               = "web"
        propagate_at_launch = true
      }
    }
  `,
});

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
