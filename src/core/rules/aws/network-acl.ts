/** Network ACLs: numbered entries, of which the first that matches decides. */
import type { Severity } from "../../model/finding.ts";
import { controls } from "../compliance.ts";
import { aclEntries, aclOpensPort, aclRuleEntry } from "../evaluators/network/network-acl.ts";
import { holdsEveryPort } from "../evaluators/network/ports.ts";
import { type Rule, rule } from "../rule.ts";
import { and, not, notApplicable, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { View } from "../view.ts";

const DOCS = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html";
const ACLS = ["aws_network_acl", "aws_default_network_acl"];

/** Whether the internet reaches a port through an ACL's inline entries, or through the one entry that the resource is. */
function forbidPort(view: View, port: number): Verdict {
  const message = `The internet reaches port ${port}`;
  if (ACLS.includes(view.type)) {
    const { items, complete } = aclEntries(view);
    if (items.length === 0 && complete) return notApplicable;
    const { truth, entry } = aclOpensPort(items, "tcp", port);
    if (truth !== true && !complete) return undecided("ingress");
    return verdictOf(not(truth), entry?.path ?? "ingress", message);
  }
  if (view.get("egress").kind === "unknown") return undecided("egress");
  const own = aclRuleEntry(view);
  if (!own || own.action === "deny") return notApplicable;
  const { truth, entry } = aclOpensPort([own, ...deniesBefore(view)], "tcp", port);
  return verdictOf(not(truth), entry?.path ?? "", message);
}

/** What other entries of the same ACL deny: they may come first. */
function deniesBefore(rule: View) {
  return rule.joined(ACLS, "network_acl_id").flatMap((acl) => {
    const siblings = acl.joined("aws_network_acl_rule", "network_acl_id").filter((other) => other !== rule);
    const entries = siblings.map(aclRuleEntry).filter((entry) => entry !== undefined);
    return [...aclEntries(acl).items, ...entries].filter((entry) => entry.action === "deny");
  });
}

function openAclPort(source: {
  readonly port: number;
  readonly name: string;
  readonly id: string;
  readonly aliases: readonly string[];
  readonly severity: Severity;
  readonly profile: "default" | "strict";
}): Rule {
  const { port, name, ...own } = source;
  return rule({
    ...own,
    title: `Network ACL lets the internet reach ${name} (port ${port})`,
    category: "security",
    compliance: controls({
      cisAws: port === 21 ? [] : ["5.1"],
      nist: ["AC-4", "CM-7", "SC-7"],
      pci: ["1.3.1"],
      soc2: ["CC6.6"],
    }),
    on: [...ACLS, "aws_network_acl_rule"],
    why: `The subnet's own filter lets ${name} in from everywhere. A security group opened by mistake is then the only thing left between it and the internet.`,
    remedy: `Allow port ${port} only from the addresses that need it, or deny it with a lower rule number.`,
    references: [DOCS],
    check: (view) => forbidPort(view, port),
    bad: [
      `
        resource "aws_network_acl" "a" {
          vpc_id = "vpc-1"
          ingress {
            rule_no    = 100
            protocol   = "tcp"
            action     = "allow"
            cidr_block = "0.0.0.0/0"
            from_port  = ${port}
            to_port    = ${port}
          }
        }
      `,
      `
        resource "aws_network_acl_rule" "r" {
          network_acl_id = "acl-1"
          rule_number    = 100
          protocol       = "tcp"
          rule_action    = "allow"
          cidr_block     = "0.0.0.0/0"
          from_port      = 0
          to_port        = 65535
        }
      `,
    ],
    good: [
      `
        resource "aws_network_acl" "a" {
          vpc_id = "vpc-1"
          ingress {
            rule_no    = 10
            protocol   = "tcp"
            action     = "deny"
            cidr_block = "0.0.0.0/0"
            from_port  = ${port}
            to_port    = ${port}
          }
          ingress {
            rule_no    = 100
            protocol   = "-1"
            action     = "allow"
            cidr_block = "0.0.0.0/0"
            from_port  = 0
            to_port    = 0
          }
        }
      `,
      `
        resource "aws_network_acl_rule" "r" {
          network_acl_id = "acl-1"
          rule_number    = 100
          protocol       = "tcp"
          rule_action    = "allow"
          cidr_block     = "10.0.0.0/8"
          from_port      = ${port}
          to_port        = ${port}
        }
      `,
    ],
  });
}

export const aclSsh = openAclPort({
  port: 22,
  name: "SSH",
  id: "aws-network-acl-open-ssh",
  aliases: ["CKV_AWS_232", "AWS-0105", "AVD-AWS-0105"],
  severity: "medium",
  profile: "default",
});
export const aclFtp = openAclPort({
  port: 21,
  name: "FTP",
  id: "aws-network-acl-open-ftp",
  aliases: ["CKV_AWS_229", "AWS-0105", "AVD-AWS-0105"],
  severity: "medium",
  profile: "strict",
});
export const aclFtpData = openAclPort({
  port: 20,
  name: "FTP data",
  id: "aws-network-acl-open-ftp-data",
  aliases: ["CKV_AWS_230", "AWS-0105", "AVD-AWS-0105"],
  severity: "medium",
  profile: "strict",
});
export const aclRdp = openAclPort({
  port: 3389,
  name: "RDP",
  id: "aws-network-acl-open-rdp",
  aliases: ["CKV_AWS_231", "AWS-0105", "AVD-AWS-0105"],
  severity: "medium",
  profile: "strict",
});

export const aclAllPorts = rule({
  id: "aws-network-acl-all-ports",
  aliases: ["CKV_AWS_352", "AWS-0102", "AVD-AWS-0102"],
  title: "Network ACL rule lets every port in",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "aws_network_acl_rule",
  why: "A rule for every port filters nothing. The ACL was meant as a second line of defence behind the security groups.",
  remedy: "State the protocol and the ports that the subnet serves.",
  references: [DOCS],
  compliance: controls({ nist: ["AC-4", "CM-7", "SC-7"], pci: ["1.3.1"], soc2: ["CC6.6"] }),
  check(view) {
    const entry = aclRuleEntry(view);
    if (!entry || entry.action === "deny") return notApplicable;
    const allows = entry.action === undefined ? "unknown" : entry.action === "allow";
    return verdictOf(
      not(and(allows, holdsEveryPort(entry.protocol, entry.ports))),
      "from_port",
      "Every port is let in",
    );
  },
  bad: `
    resource "aws_network_acl_rule" "r" {
      network_acl_id = "acl-1"
      rule_number    = 100
      protocol       = "tcp"
      rule_action    = "allow"
      cidr_block     = "10.0.0.0/8"
      from_port      = 0
      to_port        = 65535
    }
  `,
  good: `
    resource "aws_network_acl_rule" "r" {
      network_acl_id = "acl-1"
      rule_number    = 100
      protocol       = "tcp"
      rule_action    = "allow"
      cidr_block     = "10.0.0.0/8"
      from_port      = 443
      to_port        = 443
    }
  `,
});
