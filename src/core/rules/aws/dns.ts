/** Route 53: zones and registered names. */
import { forbidOneOf, someJoined } from "../checks.ts";
import { rule } from "../rule.ts";
import { notApplicable, pass } from "../verdict.ts";
import { alias, block, example, switchedTo } from "./shapes.ts";

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

const DOMAIN = "aws_route53domains_registered_domain";

export const transferLock = switchedTo({
  id: "aws-route53-transfer-lock",
  aliases: alias("CKV_AWS_377"),
  title: "Registered name can be moved to another registrar",
  profile: "strict",
  on: DOMAIN,
  why: "Whoever gets hold of the transfer code takes the name, and with it mail and log-ins of the company. The lock refuses transfers until it is taken off.",
  remedy: "Set transfer_lock = true.",
  references: ["https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/domain-lock.html"],
  path: "transfer_lock",
  absent: "pass",
  risk: "in-place",
  message: "The name is not locked",
  bad: example(DOMAIN, 'domain_name   = "example.com"', "transfer_lock = false"),
  good: [
    example(DOMAIN, 'domain_name = "example.com"'),
    example(DOMAIN, 'domain_name   = "example.com"', "transfer_lock = true"),
  ],
});
