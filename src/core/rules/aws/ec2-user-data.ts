/** What instances are told when they start. */
import { isUnknown } from "../../model/value.ts";
import { controls } from "../compliance.ts";
import { findSecrets, type SecretKind } from "../evaluators/secrets.ts";
import { rule } from "../rule.ts";
import { allOf, fail, notApplicable, pass, undecided, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";

/** Secrets in the text that an attribute holds, plain or in base64. The message names kinds, never the secret. */
function forbidSecrets(view: View, path: string): Verdict {
  const found = view.get(path);
  if (found.kind === "absent") return notApplicable;
  const text = isUnknown(found.value) ? (found.value.outline ?? found.value.prefix) : String(found.value);
  const kinds = new Set<SecretKind>([text, decoded(text)].flatMap((t) => findSecrets(t).map((secret) => secret.kind)));
  if (kinds.size > 0) return fail(found.path, `Holds a secret (${[...kinds].join(", ")})`);
  return found.kind === "unknown" ? undecided(found.path) : pass(found.path);
}

/** The text behind base64, "" where it is none. */
function decoded(text: string): string {
  const plain = text.replace(/\s/g, "");
  if (plain.length < 16 || !/^[A-Za-z0-9+/]+={0,2}$/.test(plain)) return "";
  return Buffer.from(plain, "base64").toString("utf8");
}

export const userDataSecrets = rule({
  id: "aws-ec2-user-data-secrets",
  aliases: ["CKV_AWS_46", "AWS-0029", "AVD-AWS-0029"],
  title: "User data holds a secret",
  severity: "critical",
  category: "security",
  on: ["aws_instance", "aws_launch_template", "aws_launch_configuration"],
  why: "Every process on the instance and everyone who may describe it can read its user data. The secret is also in the repository and in the state.",
  remedy:
    "Revoke the secret, and fetch its successor at start from Secrets Manager or Parameter Store with the instance's role.",
  references: ["https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html"],
  compliance: controls({ nist: ["IA-5(7)"], pci: ["8.6.2"], soc2: ["CC6.1"] }),
  check: (view) => allOf([forbidSecrets(view, "user_data"), forbidSecrets(view, "user_data_base64")]),
  bad: `
    resource "aws_instance" "i" {
      ami           = "ami-1"
      instance_type = "t3.micro"
      user_data     = "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE"
    }
  `,
  good: `
    resource "aws_instance" "i" {
      ami           = "ami-1"
      instance_type = "t3.micro"
      user_data     = "systemctl start web"
    }
  `,
});
