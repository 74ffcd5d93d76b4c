/** The metadata service of EC2 instances, which hands out their credentials. */

import { requireBetween, requireOneOf } from "../checks.ts";
import { controls } from "../compliance.ts";
import { setInBlock } from "../operations.ts";
import { rule } from "../rule.ts";
import { fail, pass, undecided, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";
import { demandsTokensByAccount } from "./account-defaults.ts";
import { fromTemplate } from "./launch-template.ts";

const TEMPLATE = "aws_launch_template";
const CONFIGURATION = "aws_launch_configuration";

const TOKENS = "The metadata service answers without a session token";

/** IMDSv2 is demanded, or the service is off. */
function demandsTokens(view: View): Verdict {
  const off = view.get("metadata_options.http_endpoint");
  if (view.text("metadata_options.http_endpoint") === "disabled") return pass(off.path);
  const tokens = requireOneOf(view, "metadata_options.http_tokens", ["required"], { message: TOKENS });
  return tokens.status === "fail" && off.kind === "unknown" ? undecided(off.path) : tokens;
}

export const metadataTokens = rule({
  id: "aws-ec2-metadata-tokens",
  aliases: ["CKV_AWS_79", "AWS-0028", "AVD-AWS-0028"],
  title: "Instance metadata can be read without a token (IMDSv1)",
  severity: "high",
  category: "security",
  on: ["aws_instance", TEMPLATE, CONFIGURATION],
  why: "A web application that can be made to fetch a URL hands out the instance's credentials. IMDSv2 stops that: a plain GET is refused.",
  remedy:
    'Set metadata_options.http_tokens = "required", after making sure that no software on the instance speaks IMDSv1.',
  references: ["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html"],
  compliance: controls({ cisAws: ["5.6"], nist: ["AC-3", "AC-6"], pci: ["2.2.6"], soc2: ["CC6.1"] }),
  check(view) {
    if (view.has("metadata_options.http_tokens") !== false || view.has("metadata_options.http_endpoint") === true)
      return demandsTokens(view);
    if (view.has("metadata_options") === "unknown") return undecided("metadata_options");
    if (demandsTokensByAccount(view)) return pass("metadata_options");
    return fromTemplate(view, demandsTokens) ?? fail("metadata_options", TOKENS);
  },
  fix: { risk: "disruptive", edit: (view) => setInBlock(view, "metadata_options", { http_tokens: "required" }) },
  bad: [
    `
      resource "aws_instance" "i" {
        ami           = "ami-1"
        instance_type = "t3.micro"
      }
    `,
    `
      resource "aws_launch_template" "t" {
        name_prefix = "web"
        metadata_options {
          http_tokens = "optional"
        }
      }
    `,
  ],
  good: `
    resource "aws_instance" "i" {
      ami           = "ami-1"
      instance_type = "t3.micro"
      metadata_options {
        http_tokens = "required"
      }
    }
  `,
});

export const metadataHops = rule({
  id: "aws-ec2-metadata-hop-limit",
  aliases: ["CKV_AWS_341"],
  title: "Instance metadata reaches containers (hop limit above one)",
  severity: "low",
  category: "security",
  profile: "strict",
  on: [CONFIGURATION, TEMPLATE],
  why: "With more than one hop, containers on the instance can fetch the instance's credentials. Give them credentials of their own instead.",
  remedy: "Set metadata_options.http_put_response_hop_limit = 1.",
  references: ["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html"],
  check: (view) => requireBetween(view, "metadata_options.http_put_response_hop_limit", 0, 1, { absent: "pass" }),
  fix: { risk: "disruptive", edit: (view) => setInBlock(view, "metadata_options", { http_put_response_hop_limit: 1 }) },
  bad: `
    resource "aws_launch_template" "t" {
      name_prefix = "web"
      metadata_options {
        http_tokens                 = "required"
        http_put_response_hop_limit = 2
      }
    }
  `,
  good: `
    resource "aws_launch_template" "t" {
      name_prefix = "web"
      metadata_options {
        http_tokens = "required"
      }
    }
  `,
});
