/** Security groups that nothing wears. */
import { rule } from "../rule.ts";
import { fail, pass } from "../verdict.ts";
import type { View } from "../view.ts";

/** What speaks of a group without wearing it. Everything else that names one has a network interface, or hands it on. */
const NOT_WEARERS =
  /^(data\.|aws_(default_)?(security_group|vpc_security_group)|aws_network_acl|aws_ssm_parameter|provider\.)/;

const wearers = (view: View): readonly string[] => view.estate.types().filter((type) => !NOT_WEARERS.test(type));

export const unused = rule({
  id: "aws-security-group-unused",
  aliases: ["CKV2_AWS_5"],
  title: "Security group is attached to nothing",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: "aws_security_group",
  why: "A group that protects nothing is only confusing. Somebody may take it up later without reading what it opens.",
  remedy: "Attach the group, or remove it.",
  check: (view) =>
    view.joined(wearers(view)).length > 0 ? pass() : fail(undefined, "Nothing in this code uses the security group"),
  bad: `
    resource "aws_security_group" "g" {
      name = "web"
    }
  `,
  good: `
    resource "aws_security_group" "g" {
      name = "web"
    }

    resource "aws_instance" "i" {
      ami                    = "ami-1"
      instance_type          = "t3.micro"
      vpc_security_group_ids = [aws_security_group.g.id]
    }
  `,
});
