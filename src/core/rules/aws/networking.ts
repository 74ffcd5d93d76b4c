/** What joins networks to one another and to the internet: gateways, routes, firewalls, private services. */
import type { Truth } from "../../model/value.ts";
import { eachBlock, forbidOneOf, requireSet, someJoined } from "../checks.ts";
import { isEverywhere } from "../evaluators/network/addresses.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { and, fail, notApplicable, or, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { Block } from "../view.ts";
import { alias, block, example, switchedTo } from "./shapes.ts";

const TRANSIT = "aws_ec2_transit_gateway";
const VPC_DOCS = "https://docs.aws.amazon.com/vpc/latest/";
const FIREWALL_DOCS = "https://docs.aws.amazon.com/network-firewall/latest/developerguide/";

export const transitAttachments = rule({
  id: "aws-transit-gateway-auto-accept",
  aliases: alias("CKV_AWS_331"),
  title: "Transit gateway lets other accounts attach themselves",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: TRANSIT,
  why: "Whoever the gateway is shared with joins a network to yours, and nobody is asked. Then it reaches what the route tables allow.",
  remedy: 'Set auto_accept_shared_attachments = "disable".',
  references: [`${VPC_DOCS}tgw/tgw-transit-gateways.html`],
  check: (view) =>
    forbidOneOf(view, "auto_accept_shared_attachments", ["enable"], { message: "Attachments are accepted unseen" }),
  fix: { risk: "in-place", edit: () => [set("auto_accept_shared_attachments", "disable")] },
  bad: example(TRANSIT, 'auto_accept_shared_attachments = "enable"'),
  good: [example(TRANSIT), example(TRANSIT, 'auto_accept_shared_attachments = "disable"')],
});

/** Whether a route sends all traffic through one machine. */
const throughInstance = (route: Block, destination: string): Truth => {
  const to = ["cidr_block", "ipv6_cidr_block"].map((name): Truth => {
    const path = name === "cidr_block" ? destination : destination.replace("cidr_block", "ipv6_cidr_block");
    const cidr = route.get(path);
    return cidr.kind === "unknown" ? "unknown" : cidr.kind === "value" && isEverywhere([String(cidr.value)]);
  });
  const machine = route.get("instance_id");
  const named = machine.kind === "unknown" ? machine.value.from.length > 0 || "unknown" : route.has("instance_id");
  return and(or(...to), named);
};

export const natInstance = rule({
  id: "aws-route-nat-instance",
  aliases: alias("CKV2_AWS_35"),
  title: "Traffic to the internet goes through a machine of your own",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: ["aws_route", "aws_route_table"],
  why: "A NAT instance is one machine to patch, and everything stands still when it fails. A NAT gateway is looked after, and scales.",
  remedy: "Route to a NAT gateway (nat_gateway_id) instead of instance_id.",
  references: [`${VPC_DOCS}userguide/vpc-nat-comparison.html`],
  check(view) {
    const judge = (route: Block, destination: string): Verdict => {
      const truth = throughInstance(route, destination);
      return truth === "unknown"
        ? undecided(route.path)
        : verdictOf(!truth, route.path, "All traffic goes through one machine");
    };
    return view.type === "aws_route"
      ? judge(view, "destination_cidr_block")
      : eachBlock(view, "route", (route) => judge(route, "cidr_block"), pass());
  },
  bad: example(
    "aws_route",
    'route_table_id         = "rtb-1"',
    'destination_cidr_block = "0.0.0.0/0"',
    'instance_id            = "i-1"',
  ),
  good: example(
    "aws_route",
    'route_table_id         = "rtb-1"',
    'destination_cidr_block = "0.0.0.0/0"',
    'nat_gateway_id         = "nat-1"',
  ),
});

const FIREWALL = "aws_networkfirewall_firewall";
const RULES = "aws_networkfirewall_rule_group";
const LOGGING = "aws_networkfirewall_logging_configuration";
const firewall = (...lines: readonly string[]): string =>
  example(
    FIREWALL,
    'name                = "f"',
    'firewall_policy_arn = "arn:aws:network-firewall:eu-west-1:123456789012:firewall-policy/p"',
    'vpc_id              = "vpc-1"',
    block("subnet_mapping", 'subnet_id = "subnet-1"'),
    ...lines,
  );

export const firewallKey = rule({
  id: "aws-network-firewall-customer-key",
  aliases: alias("CKV_AWS_345"),
  title: "Network firewall does not use a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: [FIREWALL, RULES],
  why: "Rules tell how a network is guarded, and are kept under a key that AWS owns. With a key of your own you decide who may decrypt them.",
  remedy: 'Add encryption_configuration with type = "CUSTOMER_KMS" and key_id.',
  references: [`${FIREWALL_DOCS}kms-encryption-at-rest.html`],
  check(view) {
    const type = view.get("encryption_configuration.type");
    if (type.kind === "value" && type.value === "AWS_OWNED_KMS_KEY")
      return fail("encryption_configuration.type", "AWS's own key is used");
    return requireSet(view, "encryption_configuration.key_id", { message: "No key of your own is named" });
  },
  bad: [firewall(), firewall(block("encryption_configuration", 'type = "AWS_OWNED_KMS_KEY"'))],
  good: firewall(
    block("encryption_configuration", 'type   = "CUSTOMER_KMS"', 'key_id = "arn:aws:kms:eu-west-1:123456789012:key/1"'),
  ),
});

export const firewallDeletion = switchedTo({
  id: "aws-network-firewall-deletion-protection",
  aliases: alias("CKV_AWS_344"),
  title: "Network firewall can be deleted by mistake",
  severity: "medium",
  category: "reliability",
  profile: "strict",
  on: FIREWALL,
  why: "One wrong destroy takes the guard away, and with it every route through it. With protection AWS refuses until it is switched off on purpose.",
  remedy: "Set delete_protection = true.",
  references: [`${FIREWALL_DOCS}firewall-settings.html`],
  path: "delete_protection",
  risk: "in-place",
  message: "Nothing keeps it from being deleted",
  bad: [firewall(), firewall("delete_protection = false")],
  good: firewall("delete_protection = true"),
});

export const firewallLogs = rule({
  id: "aws-network-firewall-logs",
  aliases: alias("CKV2_AWS_63"),
  title: "Network firewall keeps no log",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: FIREWALL,
  why: "What was blocked and what was let through is recorded nowhere. After an incident there is nothing to look at.",
  remedy: `Add an ${LOGGING} for the firewall.`,
  references: [`${FIREWALL_DOCS}firewall-logging.html`],
  check: (view) => someJoined(view, LOGGING, "firewall_arn", () => pass(), "Its decisions are not logged"),
  bad: firewall(),
  good: `${firewall()}
resource "${LOGGING}" "x" {
  firewall_arn = aws_networkfirewall_firewall.x.arn
  logging_configuration {
    log_destination_config {
      log_destination = {
        bucketName = "logs"
      }
      log_destination_type = "S3"
      log_type             = "FLOW"
    }
  }
}
`,
});

const ZONE = "aws_route53_zone";
const QUERY_LOG = "aws_route53_query_log";
const zone = (...lines: readonly string[]): string => example(ZONE, 'name = "example.com"', ...lines);

export const dnsQueryLog = rule({
  id: "aws-route53-query-log",
  aliases: alias("CKV2_AWS_39"),
  title: "DNS zone keeps no log of queries",
  severity: "low",
  category: "security",
  profile: "strict",
  on: ZONE,
  why: "Who asked for which name is recorded nowhere. Such logs show names that are gone and are still asked for, which others may take over.",
  remedy: `Add an ${QUERY_LOG} for the zone.`,
  references: ["https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/query-logs.html"],
  check(view) {
    if (view.blocks("vpc").items.length > 0) return notApplicable;
    return someJoined(view, QUERY_LOG, "zone_id", () => pass(), "Queries are not logged");
  },
  bad: zone(),
  good: [
    zone(block("vpc", 'vpc_id = "vpc-1"')),
    `${zone()}
resource "${QUERY_LOG}" "x" {
  zone_id                  = aws_route53_zone.x.zone_id
  cloudwatch_log_group_arn = "arn:aws:logs:us-east-1:123456789012:log-group:dns"
}
`,
  ],
});

const SIGNING = "aws_route53_hosted_zone_dnssec";

export const dnssec = rule({
  id: "aws-route53-dnssec",
  aliases: alias("CKV2_AWS_38"),
  title: "DNS zone is not signed",
  severity: "low",
  category: "security",
  profile: "strict",
  on: ZONE,
  why: "Forged answers lead users elsewhere, and nobody can tell. With DNSSEC resolvers refuse them.",
  remedy: `Add a key signing key and an ${SIGNING} for the zone.`,
  references: ["https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-configuring-dnssec.html"],
  check(view) {
    if (view.blocks("vpc").items.length > 0) return notApplicable;
    return someJoined(
      view,
      SIGNING,
      "hosted_zone_id",
      (signing) => forbidOneOf(signing, "signing_status", ["NOT_SIGNING"], { message: "Signing is off" }),
      "Answers are not signed",
    );
  },
  bad: zone(),
  good: `${zone()}
resource "${SIGNING}" "x" {
  hosted_zone_id = aws_route53_zone.x.id
}
`,
});
