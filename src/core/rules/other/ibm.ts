/** IBM Cloud. */
import { forbidTrue, requireTrue } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { alias, example, setting } from "../shapes.ts";
import { allOf } from "../verdict.ts";

const STRICT = { severity: "medium", profile: "strict" } as const;

export const balancerPrivate = setting({
  ...STRICT,
  id: "ibm-lb-private",
  aliases: alias("CKV2_IBM_1"),
  title: "Load balancer is public",
  on: "ibm_is_lb",
  at: "type",
  wanted: "private",
  also: ["private_path"],
  wrong: "public",
  risk: "replaces",
  like: ['name    = "l"', 'subnets = ["s"]'],
  why: "Whatever stands behind it can be reached from the internet. Where only your own networks need it, a private one does.",
});
export const classicAccess = setting({
  ...STRICT,
  id: "ibm-vpc-classic-access",
  aliases: alias("CKV2_IBM_2"),
  title: "VPC is joined to the classic network",
  on: "ibm_is_vpc",
  at: "classic_access",
  wanted: false,
  absent: "pass",
  risk: "replaces",
  like: ['name = "v"'],
  why: "Machines of the classic network reach into the VPC, past its walls. What needs both can be joined by a gateway that one can watch.",
});

const ACCOUNT = "ibm_iam_account_settings";

export const apiKeys = setting({
  ...STRICT,
  id: "ibm-account-api-keys",
  aliases: alias("CKV2_IBM_3"),
  title: "Everyone of the account may make API keys",
  on: ACCOUNT,
  at: "restrict_create_platform_apikey",
  wanted: "RESTRICTED",
  wrong: "NOT_RESTRICTED",
  risk: "disruptive",
  why: "Every key is one more that can leak, and stays when people leave. Restricted, only those with the role make some.",
});
export const secondFactor = setting({
  ...STRICT,
  id: "ibm-account-mfa",
  aliases: alias("CKV2_IBM_4"),
  title: "Users log in without a second factor",
  severity: "high",
  on: ACCOUNT,
  at: "mfa",
  wanted: "TOTP4ALL",
  also: ["TOTP", "LEVEL1", "LEVEL2", "LEVEL3"],
  wrong: "NONE",
  risk: "disruptive",
  why: "A password that leaked is enough to get in. A second factor stops most of such attempts.",
});
export const serviceIds = setting({
  ...STRICT,
  id: "ibm-account-service-ids",
  aliases: alias("CKV2_IBM_5"),
  title: "Everyone of the account may make service IDs",
  on: ACCOUNT,
  at: "restrict_create_service_id",
  wanted: "RESTRICTED",
  wrong: "NOT_RESTRICTED",
  risk: "disruptive",
  why: "A service ID is an account that nobody sees leave. Restricted, only those with the role make some.",
});

const CLUSTER = "ibm_container_cluster";
const cluster = (...lines: readonly string[]): string =>
  example(CLUSTER, 'name       = "c"', 'datacenter = "dal10"', ...lines);

export const clusterPrivate = rule({
  ...STRICT,
  id: "ibm-kubernetes-private",
  aliases: alias("CKV2_IBM_7"),
  title: "Kubernetes control plane is public",
  category: "security",
  on: CLUSTER,
  why: "Anyone can try stolen tokens and new flaws on the API server. It governs every node and pod.",
  remedy: "Set private_service_endpoint = true and public_service_endpoint = false.",
  check: (view) =>
    allOf([
      requireTrue(view, "private_service_endpoint", { message: "There is no private endpoint" }),
      forbidTrue(view, "public_service_endpoint", { message: "The public endpoint is on" }),
    ]),
  fix: {
    risk: "disruptive",
    edit: () => [set("private_service_endpoint", true), set("public_service_endpoint", false)],
  },
  bad: [cluster(), cluster("private_service_endpoint = true", "public_service_endpoint  = true")],
  good: [
    cluster("private_service_endpoint = true"),
    cluster("private_service_endpoint = true", "public_service_endpoint  = false"),
  ],
});
