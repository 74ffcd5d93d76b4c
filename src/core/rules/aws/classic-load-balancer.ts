/** Classic load balancers: listeners, policies, logs. */
import { eachBlock, requireSet, requireThat, someBlock } from "../checks.ts";
import { rule } from "../rule.ts";
import { allOf, fail, notApplicable, pass, undecided, verdictOf } from "../verdict.ts";
import { alias, block, example, switchedTo } from "./shapes.ts";

const DOCS = "https://docs.aws.amazon.com/elasticloadbalancing/latest/";

const classic = (...lines: readonly string[]): string =>
  example(
    "aws_elb",
    'subnets = ["subnet-1"]',
    block("listener", "instance_port     = 80", 'instance_protocol = "http"', ...lines),
  );
const CERTIFICATE = 'ssl_certificate_id = "arn:aws:acm:eu-west-1:123456789012:certificate/1"';

export const classicCertificate = rule({
  id: "aws-elb-certificate",
  aliases: alias("CKV_AWS_127"),
  title: "Classic load balancer has a listener without a certificate",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "aws_elb",
  why: "Without a certificate the listener cannot encrypt. What clients send can be read and changed on the way.",
  remedy: "Listen with HTTPS or SSL and an ACM certificate (ssl_certificate_id).",
  references: [`${DOCS}classic/elb-create-https-ssl-load-balancer.html`],
  check: (view) =>
    eachBlock(
      view,
      "listener",
      (item) =>
        item.has("ssl_certificate_id") === false
          ? fail(item.path, "The listener has no certificate")
          : pass(`${item.path}.ssl_certificate_id`),
      fail("listener", "There is no listener with a certificate"),
    ),
  bad: classic("lb_port           = 80", 'lb_protocol       = "http"'),
  good: classic("lb_port           = 443", 'lb_protocol       = "https"', CERTIFICATE),
});

const TLS = /^(?:https|ssl)$/i;

export const classicTls = rule({
  id: "aws-elb-tls",
  aliases: alias("CKV_AWS_376"),
  title: "Classic load balancer has a listener without TLS",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "aws_elb",
  why: "HTTP and TCP pass on what clients send in plain text, before the balancer or behind it. It can be read and changed on the way.",
  remedy: 'Set lb_protocol and instance_protocol to "https" or "ssl", with a certificate.',
  references: [`${DOCS}classic/elb-listener-config.html`],
  check: (view) =>
    eachBlock(view, "listener", (item) =>
      allOf([
        requireThat(item, "lb_protocol", (v) => TLS.test(String(v)), { message: "Clients speak plain text" }),
        requireThat(item, "instance_protocol", (v) => TLS.test(String(v)), {
          message: "Instances are reached in plain text",
        }),
        requireSet(item, "ssl_certificate_id", { message: "The listener has no certificate" }),
      ]),
    ),
  bad: [
    classic("lb_port           = 80", 'lb_protocol       = "http"'),
    classic("lb_port           = 443", 'lb_protocol       = "https"', CERTIFICATE),
  ],
  good: classic("lb_port           = 443", 'lb_protocol       = "https"', CERTIFICATE).replace('"http"', '"https"'),
});

const OLD_PROTOCOL = /^Protocol-(?:SSLv2|SSLv3|TLSv1|TLSv1\.1)$/;
const MODERN_CLASSIC = /(?:^|-)TLS-1-2-/;

export const classicPolicy = rule({
  id: "aws-elb-policy-tls",
  aliases: alias("CKV_AWS_213"),
  title: "Classic load balancer's policy accepts TLS before 1.2",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "aws_load_balancer_policy",
  why: "SSL 3, TLS 1.0 and 1.1 have known flaws, and whoever sits on the way can make a client fall back to them. No current client needs them.",
  remedy: "Refer to ELBSecurityPolicy-TLS-1-2-2017-01, or enable Protocol-TLSv1.2 only.",
  references: [`${DOCS}classic/elb-security-policy-table.html`],
  check(view) {
    if (view.get("policy_type_name").kind === "value" && view.text("policy_type_name") !== "SSLNegotiationPolicyType")
      return notApplicable;
    return eachBlock(view, "policy_attribute", (item) => {
      const name = item.text("name");
      if (name === undefined) return item.get("name").kind === "unknown" ? undecided(item.path) : notApplicable;
      if (name === "Reference-Security-Policy")
        return requireThat(item, "value", (v) => MODERN_CLASSIC.test(String(v)), {
          message: "The policy accepts old TLS",
        });
      if (!OLD_PROTOCOL.test(name)) return pass(item.path);
      return verdictOf(
        item.is("value") === "unknown" ? "unknown" : !item.is("value"),
        `${item.path}.value`,
        `${name} is on`,
      );
    });
  },
  bad: example(
    "aws_load_balancer_policy",
    'load_balancer_name = "x"',
    'policy_name        = "tls"',
    'policy_type_name   = "SSLNegotiationPolicyType"',
    block("policy_attribute", 'name  = "Reference-Security-Policy"', 'value = "ELBSecurityPolicy-2016-08"'),
  ),
  good: example(
    "aws_load_balancer_policy",
    'load_balancer_name = "x"',
    'policy_name        = "tls"',
    'policy_type_name   = "SSLNegotiationPolicyType"',
    block("policy_attribute", 'name  = "Reference-Security-Policy"', 'value = "ELBSecurityPolicy-TLS-1-2-2017-01"'),
  ),
});

const secured = (...lines: readonly string[]): string =>
  example(
    "aws_elb",
    'subnets = ["subnet-1"]',
    block(
      "listener",
      "instance_port      = 80",
      'instance_protocol  = "http"',
      "lb_port            = 443",
      'lb_protocol        = "https"',
      CERTIFICATE,
    ),
    ...lines,
  );

export const classicAccessLogs = rule({
  id: "aws-elb-access-logs",
  aliases: alias("CKV_AWS_92"),
  title: "Classic load balancer writes no access logs",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "aws_elb",
  why: "Who asked for what, and how it was answered, is recorded nowhere. After an incident nobody can say what was reached.",
  remedy: "Add access_logs with a bucket.",
  references: [`${DOCS}classic/access-log-collection.html`],
  check: (view) =>
    someBlock(
      view,
      "access_logs",
      (logs) => allOf([requireSet(logs, "bucket"), verdictOf(logs.is("enabled", true), "access_logs.enabled")]),
      "Access logs are off",
    ),
  bad: [secured(), secured(block("access_logs", 'bucket  = "logs"', "enabled = false"))],
  good: secured(block("access_logs", 'bucket = "logs"')),
});

export const classicCrossZone = switchedTo({
  id: "aws-elb-cross-zone",
  aliases: alias("CKV_AWS_138"),
  title: "Classic load balancer does not balance across zones",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: "aws_elb",
  why: "Each zone's address serves only the instances in that zone, so that a zone with few of them is overloaded. Across zones every instance gets its share.",
  remedy: "Set cross_zone_load_balancing = true.",
  references: [`${DOCS}classic/enable-disable-crosszone-lb.html`],
  path: "cross_zone_load_balancing",
  absent: "pass",
  risk: "in-place",
  message: "Instances of other zones are not used",
  bad: secured("cross_zone_load_balancing = false"),
  good: [secured(), secured("cross_zone_load_balancing = true")],
});
