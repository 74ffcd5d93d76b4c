/** Security groups: what they let in from the internet, what they let out, and whether one can tell what they are for. */

import type { Severity } from "../../model/finding.ts";
import type { Truth } from "../../model/value.ts";
import { eachBlock, requireSet } from "../checks.ts";
import { controls } from "../compliance.ts";
import {
  type Direction,
  type GroupRule,
  groupRules,
  opensEverything,
  opensPort,
} from "../evaluators/network/security-group.ts";
import { set } from "../operations.ts";
import { type Compliance, type Rule, rule } from "../rule.ts";
import { allOf, and, not, notApplicable, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { Block, View } from "../view.ts";

const GROUPS = ["aws_security_group", "aws_default_security_group"];
const DOCS = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html";

/** No rule that this resource states may do what `does` says. */
function forbidRule(view: View, direction: Direction, does: (rule: GroupRule) => Truth, message: string): Verdict {
  const rules = groupRules(view, direction);
  if (rules.items.length === 0 && rules.complete) return GROUPS.includes(view.type) ? pass(direction) : notApplicable;
  const verdict = allOf(rules.items.map((item) => verdictOf(not(does(item)), item.path, message)));
  return verdict.status === "fail" || rules.complete ? verdict : undecided(direction);
}

const RULES = ["aws_security_group_rule", "aws_vpc_security_group_ingress_rule"];

/** No rule of the group does it, wherever the rule is written. */
function noRule(view: View, does: (rule: GroupRule) => Truth): Truth {
  const group = GROUPS.includes(view.type) ? view : view.joined(GROUPS, "security_group_id")[0];
  const holders = group ? [group, ...group.joined(RULES, "security_group_id")] : [view];
  const rules = holders.map((holder) => groupRules(holder, "ingress"));
  return and(
    ...rules.flatMap(({ items }) => items.map((item) => not(does(item)))),
    rules.every(({ complete }) => complete) ? true : "unknown",
  );
}

/** CIS: no administration port from 0.0.0.0/0, nor from ::/0. */
const ADMINISTRATION = controls({
  cisAws: ["5.2", "5.3"],
  nist: ["AC-4", "CM-7", "SC-7"],
  pci: ["1.3.1"],
  soc2: ["CC6.6"],
});

function openPort(source: {
  readonly port: number;
  readonly name: string;
  readonly id: string;
  readonly aliases: readonly string[];
  readonly severity: Severity;
  readonly why: string;
  readonly compliance?: readonly Compliance[];
}): Rule {
  const { port, name, ...own } = source;
  return rule({
    ...own,
    title: `${name} (port ${port}) is open to the internet`,
    category: "security",
    on: [...GROUPS, "aws_security_group_rule", "aws_vpc_security_group_ingress_rule"],
    remedy: `Let port ${port} in only from the addresses or security groups that need it.`,
    references: [DOCS],
    check: (view) =>
      forbidRule(
        view,
        "ingress",
        (item) => opensPort(item, "tcp", port),
        `The internet reaches port ${port} (${name})`,
      ),
    intent: (view) => noRule(view, (item) => opensPort(item, "tcp", port)),
    bad: [
      `
        resource "aws_security_group" "g" {
          ingress {
            from_port   = ${port}
            to_port     = ${port}
            protocol    = "tcp"
            cidr_blocks = ["0.0.0.0/0"]
          }
        }
      `,
      `
        resource "aws_vpc_security_group_ingress_rule" "r" {
          security_group_id = "sg-1"
          ip_protocol       = "-1"
          cidr_ipv6         = "::/0"
        }
      `,
    ],
    good: [
      `
        resource "aws_security_group" "g" {
          ingress {
            from_port   = ${port}
            to_port     = ${port}
            protocol    = "tcp"
            cidr_blocks = ["10.0.0.0/8"]
          }
        }
      `,
      `
        resource "aws_vpc_security_group_ingress_rule" "r" {
          security_group_id            = "sg-1"
          ip_protocol                  = "tcp"
          from_port                    = ${port}
          to_port                      = ${port}
          referenced_security_group_id = "sg-2"
        }
      `,
    ],
  });
}

export const openSsh = openPort({
  port: 22,
  name: "SSH",
  compliance: ADMINISTRATION,
  id: "aws-security-group-open-ssh",
  aliases: ["CKV_AWS_24", "AWS-0107", "AVD-AWS-0107"],
  severity: "high",
  why: "Every machine on the internet can try keys and passwords, and any flaw in the SSH server can be used at once. Bots find an open port 22 within minutes.",
});

export const openRdp = openPort({
  port: 3389,
  name: "RDP",
  compliance: ADMINISTRATION,
  id: "aws-security-group-open-rdp",
  aliases: ["CKV_AWS_25", "AWS-0107", "AVD-AWS-0107"],
  severity: "high",
  why: "Remote Desktop on the internet is the most common way in for ransomware. Passwords are guessed, and flaws such as BlueKeep need no password at all.",
});

export const openHttp = openPort({
  port: 80,
  name: "HTTP",
  compliance: controls({ nist: ["AC-4", "CM-7", "SC-7"], pci: ["1.3.1"], soc2: ["CC6.6"] }),
  id: "aws-security-group-open-http",
  aliases: ["CKV_AWS_260", "AWS-0107", "AVD-AWS-0107"],
  severity: "medium",
  why: "The server answers everyone without encryption, so that what it says can be read and changed on the way. A load balancer that redirects to HTTPS should stand before it.",
});

export const openEverything = rule({
  id: "aws-security-group-open-to-all-ports",
  aliases: ["CKV_AWS_277", "AWS-0107", "AVD-AWS-0107"],
  title: "Every port is open to the internet",
  severity: "critical",
  category: "security",
  on: [...GROUPS, "aws_security_group_rule", "aws_vpc_security_group_ingress_rule"],
  why: "Whatever listens on the machine is reachable by everyone, databases and administration too. The security group does nothing any more.",
  remedy: "Open only the ports that the service needs, to those who need them.",
  references: [DOCS],
  compliance: controls({ nist: ["AC-4", "CM-7", "SC-7"], pci: ["1.3.1"], soc2: ["CC6.6"] }),
  check: (view) => forbidRule(view, "ingress", opensEverything, "The internet reaches every port"),
  intent: (view) => noRule(view, opensEverything),
  bad: [
    `
      resource "aws_security_group" "g" {
        ingress {
          from_port   = 0
          to_port     = 0
          protocol    = "-1"
          cidr_blocks = ["0.0.0.0/0"]
        }
      }
    `,
    `
      resource "aws_vpc_security_group_ingress_rule" "r" {
        security_group_id = "sg-1"
        ip_protocol       = "-1"
        cidr_ipv4         = "0.0.0.0/0"
      }
    `,
    `
      resource "aws_security_group_rule" "r" {
        type              = "ingress"
        security_group_id = "sg-1"
        protocol          = "tcp"
        from_port         = 0
        to_port           = 65535
        cidr_blocks       = ["0.0.0.0/1", "128.0.0.0/1"]
      }
    `,
  ],
  good: `
    resource "aws_security_group" "g" {
      ingress {
        from_port   = 443
        to_port     = 443
        protocol    = "tcp"
        cidr_blocks = ["0.0.0.0/0"]
      }
    }
  `,
});

export const openEgress = rule({
  id: "aws-security-group-open-egress",
  aliases: ["CKV_AWS_382", "AWS-0104", "AVD-AWS-0104"],
  title: "Security group lets everything out",
  severity: "low",
  category: "security",
  profile: "strict",
  on: [...GROUPS, "aws_security_group_rule", "aws_vpc_security_group_egress_rule"],
  why: "A machine that was broken into can send data anywhere and fetch tools from anywhere. Few services need more than a few destinations.",
  remedy: "Let out only the ports and destinations that the service needs.",
  references: [DOCS],
  compliance: controls({ nist: ["AC-4", "SC-7"], pci: ["1.3.2"], soc2: ["CC6.6"] }),
  check: (view) => forbidRule(view, "egress", opensEverything, "Everything may leave, to everywhere"),
  bad: `
    resource "aws_security_group" "g" {
      egress {
        from_port   = 0
        to_port     = 0
        protocol    = "-1"
        cidr_blocks = ["0.0.0.0/0"]
      }
    }
  `,
  good: `
    resource "aws_vpc_security_group_egress_rule" "r" {
      security_group_id = "sg-1"
      ip_protocol       = "tcp"
      from_port         = 443
      to_port           = 443
      cidr_ipv4         = "0.0.0.0/0"
    }
  `,
});

const DESCRIBED = [
  "aws_security_group",
  "aws_security_group_rule",
  "aws_db_security_group",
  "aws_elasticache_security_group",
  "aws_redshift_security_group",
  "aws_vpc_security_group_egress_rule",
  "aws_vpc_security_group_ingress_rule",
];

const described = (block: Block): Verdict => requireSet(block, "description", { message: "No description" });

export const description = rule({
  id: "aws-security-group-description",
  aliases: ["CKV_AWS_23", "AWS-0124", "AVD-AWS-0124"],
  title: "Security group or rule has no description",
  severity: "low",
  category: "security",
  on: DESCRIBED,
  why: "Nobody dares to remove a rule whose purpose is not written down. So openings stay long after their reason is gone.",
  remedy: "Say in a description what the group or rule is for.",
  references: [DOCS],
  check: (view) =>
    allOf([
      described(view),
      eachBlock(view, "ingress", described, pass("ingress")),
      eachBlock(view, "egress", described, pass("egress")),
    ]),
  fix: {
    risk: "replaces",
    edit: (view) =>
      [view, ...view.blocks("ingress").items, ...view.blocks("egress").items]
        .filter((block) => described(block).status === "fail")
        .map((block) => set(block.path === "" ? "description" : `${block.path}.description`, "Managed by Terraform")),
  },
  bad: `
    resource "aws_security_group" "g" {
      name = "web"
    }
  `,
  good: `
    resource "aws_security_group" "g" {
      name        = "web"
      description = "Web servers"

      ingress {
        description = "HTTPS from the office"
        from_port   = 443
        to_port     = 443
        protocol    = "tcp"
        cidr_blocks = ["10.0.0.0/8"]
      }
    }
  `,
});
