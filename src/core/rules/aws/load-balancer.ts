/** Load balancers themselves: reachability, logs, protection. What they listen on is in load-balancer-listener.ts. */

import { forbidOneOf, requireTrue } from "../checks.ts";
import { controls } from "../compliance.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { fail, pass, undecided } from "../verdict.ts";
import { BALANCERS, unlessKind } from "./balancer-kinds.ts";
import { alias, block, example, switchedTo } from "./shapes.ts";

const DOCS = "https://docs.aws.amazon.com/elasticloadbalancing/latest/";

const balancer = (...lines: readonly string[]): string => example("aws_lb", 'subnets = ["subnet-1"]', ...lines);
const classic = (...lines: readonly string[]): string =>
  example(
    "aws_elb",
    'subnets = ["subnet-1"]',
    block(
      "listener",
      "instance_port      = 80",
      'instance_protocol  = "http"',
      "lb_port            = 443",
      'lb_protocol        = "https"',
      'ssl_certificate_id = "arn:aws:acm:eu-west-1:123456789012:certificate/1"',
    ),
    ...lines,
  );

export const accessLogs = rule({
  id: "aws-lb-access-logs",
  aliases: alias("CKV_AWS_91"),
  title: "Load balancer writes no access logs",
  severity: "low",
  category: "security",
  on: BALANCERS,
  why: "Who asked for what, and how it was answered, is recorded nowhere. After an incident nobody can say what was reached.",
  remedy: "Add access_logs with a bucket and enabled = true.",
  references: [`${DOCS}application/load-balancer-access-logs.html`],
  compliance: controls({ nist: ["AU-2", "AU-3", "AU-12"], pci: ["10.2.1"], soc2: ["CC7.2"] }),
  check: (view) =>
    unlessKind("application", "network")(view) ??
    requireTrue(view, "access_logs.enabled", { message: "Access logs are off" }),
  bad: [balancer(), balancer(block("access_logs", 'bucket  = "logs"', "enabled = false"))],
  good: balancer(block("access_logs", 'bucket  = "logs"', "enabled = true")),
});

export const invalidHeaders = switchedTo({
  id: "aws-lb-drop-invalid-headers",
  aliases: alias("CKV_AWS_131", "AWS-0052"),
  title: "Load balancer passes invalid headers on",
  severity: "high",
  on: BALANCERS,
  why: "Malformed headers are what request smuggling is made of: balancer and server disagree on where a request ends. Valid clients send none.",
  remedy: "Set drop_invalid_header_fields = true.",
  references: [`${DOCS}application/application-load-balancers.html#load-balancer-attributes`],
  path: "drop_invalid_header_fields",
  risk: "in-place",
  message: "Invalid headers are passed on",
  unless: unlessKind("application"),
  bad: [balancer(), balancer("drop_invalid_header_fields = false")],
  good: [balancer("drop_invalid_header_fields = true"), balancer('load_balancer_type = "network"')],
});

export const deletionProtection = switchedTo({
  id: "aws-lb-deletion-protection",
  aliases: alias("CKV_AWS_150"),
  title: "Load balancer can be deleted by mistake",
  severity: "low",
  category: "reliability",
  on: BALANCERS,
  why: "One wrong destroy takes the address away that everything else points at. With protection AWS refuses until it is switched off on purpose.",
  remedy: "Set enable_deletion_protection = true.",
  references: [`${DOCS}application/application-load-balancers.html#deletion-protection`],
  path: "enable_deletion_protection",
  risk: "in-place",
  message: "Nothing keeps it from being deleted",
  bad: [balancer(), balancer("enable_deletion_protection = false")],
  good: balancer("enable_deletion_protection = true"),
});

export const crossZone = switchedTo({
  id: "aws-lb-cross-zone",
  aliases: alias("CKV_AWS_152"),
  title: "Load balancer does not balance across zones",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: BALANCERS,
  why: "Each zone's address serves only the targets in that zone, so that a zone with few targets is overloaded. Across zones every target gets its share.",
  remedy: "Set enable_cross_zone_load_balancing = true.",
  references: [`${DOCS}network/network-load-balancers.html#cross-zone-load-balancing`],
  path: "enable_cross_zone_load_balancing",
  risk: "in-place",
  message: "Targets of other zones are not used",
  unless: unlessKind("network", "gateway"),
  bad: balancer('load_balancer_type = "network"'),
  good: balancer('load_balancer_type = "network"', "enable_cross_zone_load_balancing = true"),
});

export const desync = rule({
  id: "aws-lb-desync-mitigation",
  aliases: alias("CKV_AWS_328"),
  title: "Load balancer only watches requests that smuggle others",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: [...BALANCERS, "aws_elb"],
  why: "In monitor mode a request that balancer and server read differently is counted and let through. Such requests poison caches and steal sessions.",
  remedy: 'Set desync_mitigation_mode = "defensive".',
  references: [`${DOCS}application/application-load-balancers.html#desync-mitigation-mode`],
  check: (view) =>
    (view.type === "aws_elb" ? undefined : unlessKind("application")(view)) ??
    forbidOneOf(view, "desync_mitigation_mode", ["monitor"], { message: "Ambiguous requests are let through" }),
  fix: { risk: "in-place", edit: () => [set("desync_mitigation_mode", "defensive")] },
  bad: [balancer('desync_mitigation_mode = "monitor"'), classic('desync_mitigation_mode = "monitor"')],
  good: [balancer(), balancer('desync_mitigation_mode = "strictest"')],
});

const WAF_LINKS = ["aws_wafv2_web_acl_association", "aws_wafregional_web_acl_association"] as const;

export const firewall = rule({
  id: "aws-lb-waf",
  aliases: alias("CKV2_AWS_28"),
  title: "Public load balancer has no web application firewall",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: BALANCERS,
  why: "Every request from the internet reaches the application as it is. A firewall keeps known attacks, bots and floods out.",
  remedy: "Associate a web ACL with the load balancer (aws_wafv2_web_acl_association).",
  references: ["https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html"],
  check(view) {
    const other = unlessKind("application")(view);
    if (other) return other;
    const internal = view.is("internal");
    if (internal === true) return pass("internal");
    if (view.joined(WAF_LINKS, "resource_arn").length > 0) return pass();
    if (internal === "unknown") return undecided("internal");
    return view.mayJoin(WAF_LINKS, "resource_arn") ? undecided() : fail(undefined, "No web ACL guards it");
  },
  bad: balancer(),
  good: [
    balancer("internal = true"),
    balancer('load_balancer_type = "network"'),
    `${balancer()}
resource "aws_wafv2_web_acl_association" "x" {
  resource_arn = aws_lb.x.arn
  web_acl_arn  = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/x/1"
}
`,
  ],
});
