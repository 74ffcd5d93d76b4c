/** Keys and passwords that are written into provider blocks. */
import { type Rule, rule } from "../rule.ts";
import { allOf, fail, pass, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";

interface Provider {
  readonly id: string;
  readonly checkov: string;
  /** The provider's own name, and what people call it. */
  readonly provider: string;
  readonly name: string;
  /** Attributes that hold secrets; the first is shown in the example. */
  readonly secrets: readonly string[];
}

/** Any text counts: what is known here is written in the code, in the block or as a variable's default. */
function isLiteral(view: View, path: string): Verdict {
  const text = view.text(path);
  return text === undefined || text.trim() === "" ? pass(path) : fail(path, `A literal ${path} is in the code`);
}

const hardCoded = ({ provider, name, secrets, checkov, id }: Provider): Rule =>
  rule({
    id,
    aliases: [checkov],
    title: `Credentials of ${name} are written in the provider block`,
    severity: "high",
    category: "security",
    profile: "strict",
    on: `provider.${provider}`,
    why: "Everyone who can read the repository, now or later, has the credentials. They stay in its history after they are removed.",
    remedy: "Revoke them, and take new ones from the environment or a secret store.",
    references: ["https://developer.hashicorp.com/terraform/language/providers/configuration"],
    check: (view) => allOf(secrets.map((path) => isLiteral(view, path))),
    bad: secrets.map((path) => `provider "${provider}" {\n  ${path} = "not-a-real-one-4711"\n}\n`),
    good: [
      `provider "${provider}" {\n}\n`,
      `variable "secret" {\n  type      = string\n  sensitive = true\n}\n\nprovider "${provider}" {\n  ${secrets[0]} = var.secret\n}\n`,
    ],
  });

export const panos = hardCoded({
  id: "panos-provider-credentials",
  checkov: "CKV_PAN_1",
  provider: "panos",
  name: "PAN-OS",
  secrets: ["api_key", "password"],
});
export const oci = hardCoded({
  id: "oci-provider-credentials",
  checkov: "CKV_OCI_1",
  provider: "oci",
  name: "Oracle Cloud",
  secrets: ["private_key_password", "private_key"],
});
export const ncloud = hardCoded({
  id: "ncloud-provider-credentials",
  checkov: "CKV_NCP_17",
  provider: "ncloud",
  name: "Naver Cloud",
  secrets: ["secret_key", "access_key"],
});
export const linode = hardCoded({
  id: "linode-provider-credentials",
  checkov: "CKV_LIN_1",
  provider: "linode",
  name: "Linode",
  secrets: ["token"],
});
export const openstack = hardCoded({
  id: "openstack-provider-credentials",
  checkov: "CKV_OPENSTACK_1",
  provider: "openstack",
  name: "OpenStack",
  secrets: ["password", "token", "application_credential_secret"],
});
export const bridgecrew = hardCoded({
  id: "bridgecrew-provider-credentials",
  checkov: "CKV_BCW_1",
  provider: "bridgecrew",
  name: "Bridgecrew",
  secrets: ["token"],
});
