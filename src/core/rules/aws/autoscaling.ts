/** Auto Scaling groups. */
import { requireSet } from "../checks.ts";
import { rule } from "../rule.ts";
import { anyOf } from "../verdict.ts";

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
