/** The AWS provider block. */
import { controls } from "../compliance.ts";
import { findSecrets } from "../evaluators/secrets.ts";
import { rule } from "../rule.ts";
import { allOf, fail, pass, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";

const KEYS = ["access_key", "secret_key", "token"];

/** Literal key material; a reference to a variable is not this rule's business unless its value is in the code. */
function keyMaterial(view: View, path: string): Verdict {
  const text = view.text(path);
  if (text === undefined || text === "") return pass(path);
  return findSecrets(text, { key: `aws_${path}` }).length > 0
    ? fail(path, `A literal ${path} is in the code`)
    : pass(path);
}

export const hardCodedKeys = rule({
  id: "aws-provider-hard-coded-keys",
  aliases: ["CKV_AWS_41"],
  title: "AWS keys are written in the provider block",
  severity: "critical",
  category: "security",
  on: "provider.aws",
  why: "Everyone who can read the repository, now or later, has the keys. Bots use keys from public repositories within minutes.",
  remedy: "Revoke the key, and take credentials from the environment, a profile or OIDC.",
  references: ["https://registry.terraform.io/providers/hashicorp/aws/latest/docs#authentication-and-configuration"],
  compliance: controls({ nist: ["IA-5(7)"], pci: ["8.6.2"], soc2: ["CC6.1"] }),
  check: (view) => allOf(KEYS.map((key) => keyMaterial(view, key))),
  bad: `
    provider "aws" {
      region     = "eu-west-1"
      access_key = "AKIAIOSFODNN7EXAMPLE"
      secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    }
  `,
  good: `
    provider "aws" {
      region = "eu-west-1"
    }
  `,
});
