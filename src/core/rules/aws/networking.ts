/** What joins networks to one another and to the internet: gateways, routes, firewalls, private services. */
import type { Truth } from "../../model/value.ts";
import { eachBlock, forbidOneOf, requireSet, someJoined } from "../checks.ts";
import { isEverywhere } from "../evaluators/network/addresses.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { and, fail, or, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
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

/** Whether a route is for every address there is, of either family. */
const reachesAll = (route: Block, prefix: string): Truth =>
  or(
    ...["cidr_block", "ipv6_cidr_block"].map((name): Truth => {
      const cidr = route.get(`${prefix}${name}`);
      return cidr.kind === "unknown" ? "unknown" : cidr.kind === "value" && isEverywhere([String(cidr.value)]);
    }),
  );

/** Whether a route sends all traffic through one machine. */
const throughInstance = (route: Block, prefix: string): Truth => {
  const machine = route.get("instance_id");
  const named = machine.kind === "unknown" ? machine.value.from.length > 0 || "unknown" : route.has("instance_id");
  return and(reachesAll(route, prefix), named);
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
    const judge = (route: Block, prefix: string): Verdict => {
      const truth = throughInstance(route, prefix);
      return truth === "unknown"
        ? undecided(route.path)
        : verdictOf(!truth, route.path, "All traffic goes through one machine");
    };
    return view.type === "aws_route"
      ? judge(view, "destination_")
      : eachBlock(view, "route", (route) => judge(route, ""), pass());
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

/** Whether a route sends every address through a peering connection. */
const throughPeering = (route: Block, prefix: string): Truth => {
  const peer = route.get("vpc_peering_connection_id");
  const named =
    peer.kind === "unknown" ? peer.value.from.length > 0 || "unknown" : route.has("vpc_peering_connection_id");
  return and(reachesAll(route, prefix), named);
};

export const openPeering = rule({
  id: "aws-route-peering-open",
  aliases: alias("CKV2_AWS_44"),
  title: "All traffic goes to a peered network",
  severity: "low",
  category: "security",
  profile: "strict",
  on: ["aws_route", "aws_route_table"],
  why: "Whatever has no better route is sent to a network that somebody else may run. A route for the peer's own range is all that peering needs.",
  remedy: "Route the peer's CIDR block only.",
  references: [`${VPC_DOCS}peering/vpc-peering-routing.html`],
  check(view) {
    const judge = (route: Block, prefix: string): Verdict => {
      const truth = throughPeering(route, prefix);
      return truth === "unknown"
        ? undecided(route.path)
        : verdictOf(!truth, route.path, "All traffic goes to the peer");
    };
    return view.type === "aws_route"
      ? judge(view, "destination_")
      : eachBlock(view, "route", (route) => judge(route, ""), pass());
  },
  bad: example(
    "aws_route",
    'route_table_id            = "rtb-1"',
    'destination_cidr_block    = "0.0.0.0/0"',
    'vpc_peering_connection_id = "pcx-1"',
  ),
  good: example(
    "aws_route",
    'route_table_id            = "rtb-1"',
    'destination_cidr_block    = "10.1.0.0/16"',
    'vpc_peering_connection_id = "pcx-1"',
  ),
});

const ACCELERATOR = "aws_globalaccelerator_accelerator";

export const acceleratorLogs = switchedTo({
  id: "aws-global-accelerator-flow-logs",
  aliases: alias("CKV_AWS_75"),
  title: "Global Accelerator keeps no flow logs",
  profile: "strict",
  on: ACCELERATOR,
  why: "Who connected from where is recorded nowhere. After an incident there is nothing to look at.",
  remedy: "Set attributes.flow_logs_enabled = true, with a bucket.",
  references: ["https://docs.aws.amazon.com/global-accelerator/latest/dg/monitoring-global-accelerator.flow-logs.html"],
  path: "attributes.flow_logs_enabled",
  risk: "in-place",
  message: "Connections are not logged",
  bad: [
    example(ACCELERATOR, 'name = "a"'),
    example(ACCELERATOR, 'name = "a"', block("attributes", "flow_logs_enabled = false")),
  ],
  good: example(
    ACCELERATOR,
    'name = "a"',
    block("attributes", "flow_logs_enabled = true", 'flow_logs_s3_bucket = "logs"'),
  ),
});
