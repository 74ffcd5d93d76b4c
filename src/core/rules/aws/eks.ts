/** EKS: who reaches the control plane, what it logs, how it keeps secrets, and whether its version still gets patches. */

import { requireContains, requireThat, someBlock } from "../checks.ts";
import { controls } from "../compliance.ts";
import { AS_OF, eksVersionRetired, isPast } from "../evaluators/dates.ts";
import { isEverywhere } from "../evaluators/network/addresses.ts";
import { HOLE, textsAt } from "../evaluators/texts.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { fail, notApplicable, pass, undecided, verdictOf } from "../verdict.ts";

const cluster = (config: string, rest = ""): string =>
  `
    resource "aws_eks_cluster" "c" {
      name     = "c"
      role_arn = "arn:aws:iam::123456789012:role/c"
    ${rest}  vpc_config {
        subnet_ids = ["subnet-1", "subnet-2"]
    ${config}  }
    }
  `;

const ENDPOINT_DOCS = "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html";
const LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

export const controlPlaneLogs = rule({
  id: "aws-eks-control-plane-logs",
  aliases: ["CKV_AWS_37", "AWS-0038", "AVD-AWS-0038"],
  title: "EKS control plane does not write all its logs",
  severity: "medium",
  category: "security",
  on: "aws_eks_cluster",
  why: "What was asked of the cluster, and by whom, is not known afterwards. The audit log is what an investigation starts with.",
  remedy: `Set enabled_cluster_log_types to ${LOGS.join(", ")}.`,
  references: ["https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html"],
  compliance: controls({ nist: ["AU-2", "AU-3", "AU-12"], pci: ["10.2.1"], soc2: ["CC7.2"] }),
  check: (view) =>
    requireContains(view, "enabled_cluster_log_types", LOGS, { message: "Some control plane logs are off" }),
  fix: { risk: "in-place", edit: () => [set("enabled_cluster_log_types", LOGS)] },
  bad: [cluster(""), cluster("", '  enabled_cluster_log_types = ["api"]\n')],
  good: cluster(
    "",
    '  enabled_cluster_log_types = ["api", "audit", "authenticator", "controllerManager", "scheduler"]\n',
  ),
});

export const endpointOpen = rule({
  id: "aws-eks-endpoint-open-to-world",
  aliases: ["CKV_AWS_38", "AWS-0041", "AVD-AWS-0041"],
  title: "EKS endpoint is open to the whole internet",
  severity: "critical",
  category: "security",
  on: "aws_eks_cluster",
  why: "Everyone can speak to the Kubernetes API and try stolen tokens and new flaws on it. Whoever gets in has the cluster.",
  remedy: "List the addresses that need the API in vpc_config.public_access_cidrs, or switch public access off.",
  references: [ENDPOINT_DOCS],
  compliance: controls({ nist: ["AC-4", "SC-7"], soc2: ["CC6.6"] }),
  check(view) {
    const on = view.is("vpc_config.endpoint_public_access", true);
    if (on === false) return pass("vpc_config.endpoint_public_access");
    const cidrs = textsAt(view, "vpc_config.public_access_cidrs");
    const known = cidrs.items.filter((cidr) => cidr !== HOLE);
    const open = isEverywhere(known) || (cidrs.items.length === 0 && cidrs.complete);
    if (view.has("vpc_config") === "unknown") return undecided("vpc_config");
    if (!open)
      return cidrs.complete ? pass("vpc_config.public_access_cidrs") : undecided("vpc_config.public_access_cidrs");
    if (on === "unknown") return undecided("vpc_config.endpoint_public_access");
    return fail("vpc_config.public_access_cidrs", "The endpoint is reachable from everywhere");
  },
  bad: [cluster(""), cluster('    public_access_cidrs = ["0.0.0.0/0"]\n')],
  good: [cluster('    public_access_cidrs = ["198.51.100.0/24"]\n'), cluster("    endpoint_public_access = false\n")],
});

export const endpointPublic = rule({
  id: "aws-eks-endpoint-public",
  aliases: ["CKV_AWS_39", "AWS-0040", "AVD-AWS-0040"],
  title: "EKS endpoint is on the internet",
  severity: "critical",
  category: "security",
  on: "aws_eks_cluster",
  why: "The Kubernetes API can be reached from outside the network, limited at best by address. A private endpoint cannot be reached at all.",
  remedy: "Set endpoint_public_access = false and endpoint_private_access = true, after giving operators a way in.",
  references: [ENDPOINT_DOCS],
  compliance: controls({ nist: ["AC-4", "SC-7"], soc2: ["CC6.6"] }),
  check: (view) =>
    requireThat(view, "vpc_config.endpoint_public_access", (v) => v === false || v === "false", {
      message: "The public endpoint is on",
    }),
  fix: {
    risk: "disruptive",
    edit: () => [set("vpc_config.0.endpoint_public_access", false), set("vpc_config.0.endpoint_private_access", true)],
  },
  bad: [cluster(""), cluster("    endpoint_public_access = true\n")],
  good: cluster("    endpoint_public_access  = false\n    endpoint_private_access = true\n"),
});

export const secretsEncryption = rule({
  id: "aws-eks-secrets-encryption",
  aliases: ["CKV_AWS_58", "AWS-0039", "AVD-AWS-0039"],
  title: "EKS does not encrypt Kubernetes secrets with a key of your own",
  severity: "high",
  category: "security",
  on: "aws_eks_cluster",
  why: "Whoever gets at the cluster's database reads every secret in it. With envelope encryption a KMS key, and a record of its use, stands between.",
  remedy: 'Add encryption_config with resources = ["secrets"] and a key. It cannot be taken back.',
  references: ["https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html"],
  compliance: controls({ nist: ["SC-28", "SC-28(1)"], soc2: ["CC6.1"] }),
  check: (view) =>
    someBlock(
      view,
      "encryption_config",
      (config) => requireContains(config, "resources", ["secrets"]),
      "Secrets are not encrypted",
    ),
  bad: cluster(""),
  good: cluster(
    "",
    '  encryption_config {\n    resources = ["secrets"]\n    provider {\n      key_arn = "arn:aws:kms:eu-west-1:123456789012:key/1"\n    }\n  }\n',
  ),
});

const nodes = (access: string): string =>
  `
    resource "aws_eks_node_group" "n" {
      cluster_name  = "c"
      node_role_arn = "arn:aws:iam::123456789012:role/n"
      subnet_ids    = ["subnet-1"]
    ${access}}
  `;

export const nodeAccess = rule({
  id: "aws-eks-node-ssh",
  aliases: ["CKV_AWS_100"],
  title: "EKS nodes let SSH in from everywhere",
  severity: "high",
  category: "security",
  on: "aws_eks_node_group",
  why: "With a key but without source groups, EKS opens port 22 of the nodes to the internet. The nodes hold the credentials of all their pods.",
  remedy: "Name the security groups that may connect in remote_access.source_security_group_ids, or leave out the key.",
  references: ["https://docs.aws.amazon.com/eks/latest/userguide/create-managed-node-group.html"],
  compliance: controls({ nist: ["AC-4", "CM-7", "SC-7"], pci: ["1.3.1"], soc2: ["CC6.6"] }),
  check(view) {
    const key = view.has("remote_access.ec2_ssh_key");
    if (key === false)
      return view.has("remote_access") === "unknown" ? undecided("remote_access") : pass("remote_access");
    const groups = view.get("remote_access.source_security_group_ids");
    if (groups.kind === "unknown" || view.has("remote_access.source_security_group_ids") === true)
      return pass(groups.path);
    return fail(groups.path, "A key without source groups opens SSH to the internet");
  },
  bad: nodes('  remote_access {\n    ec2_ssh_key = "ops"\n  }\n'),
  good: [
    nodes(""),
    nodes('  remote_access {\n    ec2_ssh_key               = "ops"\n    source_security_group_ids = ["sg-1"]\n  }\n'),
  ],
});

export const clusterVersion = rule({
  id: "aws-eks-version",
  aliases: ["CKV_AWS_339"],
  title: "EKS runs a version of Kubernetes that is out of support",
  severity: "medium",
  category: "reliability",
  on: "aws_eks_cluster",
  why: "The version gets no more security patches, and AWS upgrades the cluster on a day of its own choosing. An upgrade that one plans is the safer one.",
  remedy: "Upgrade one minor version at a time to one that AWS supports.",
  references: ["https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html"],
  compliance: controls({ nist: ["SI-2"], pci: ["6.3.3"], soc2: ["CC7.1"] }),
  check(view) {
    const found = view.get("version");
    if (found.kind === "absent") return pass("version");
    const version = view.text("version");
    if (version === undefined) return undecided("version");
    const end = eksVersionRetired(version);
    if (end === undefined) return /^\d+\.\d+/.test(version) ? pass("version") : notApplicable;
    return verdictOf(!isPast(end, AS_OF), "version", `Support of ${version} ended on ${end}`);
  },
  bad: cluster("", '  version  = "1.24"\n'),
  good: [cluster(""), cluster("", '  version  = "1.33"\n')],
});
