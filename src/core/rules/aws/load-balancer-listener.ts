/** What load balancers listen on, forward to and negotiate. */

import type { FixOperation } from "../../model/patch.ts";
import { eachBlock, forbidOneOf, requireThat } from "../checks.ts";
import { controls } from "../compliance.ts";
import { addBlock, remove, set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, fail, notApplicable, pass, undecided, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";
import { BALANCERS } from "./balancer-kinds.ts";
import { alias, block, example } from "./shapes.ts";

const LISTENERS = ["aws_lb_listener", "aws_alb_listener"] as const;
const GROUPS = ["aws_lb_target_group", "aws_alb_target_group"] as const;
const DOCS = "https://docs.aws.amazon.com/elasticloadbalancing/latest/";

const ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:";
const FORWARD = block("default_action", 'type             = "forward"', `target_group_arn = "${ARN}targetgroup/x/1"`);
const REDIRECT = block(
  "default_action",
  'type = "redirect"',
  block("redirect", 'port        = "443"', 'protocol    = "HTTPS"', 'status_code = "HTTP_301"'),
);
const listener = (protocol: string, ...lines: readonly string[]): string =>
  example(
    "aws_lb_listener",
    `load_balancer_arn = "${ARN}loadbalancer/app/x/1"`,
    `port              = ${protocol === "HTTPS" ? 443 : 80}`,
    `protocol          = "${protocol}"`,
    ...lines,
  );

/** Whether every default action sends clients on to HTTPS. */
function redirects(view: View): Verdict {
  return eachBlock(
    view,
    "default_action",
    (action) => {
      if (action.get("type").kind === "unknown") return undecided(`${action.path}.type`);
      if (action.text("type") !== "redirect") return fail(`${action.path}.type`, "It answers over plain HTTP");
      return requireThat(action, "redirect.protocol", (v) => v === "HTTPS", { message: "It redirects to plain HTTP" });
    },
    fail("default_action", "It answers over plain HTTP"),
  );
}

/** Gateway load balancers have listeners without protocol and port. */
function isGateway(view: View): boolean {
  const balancers = view.joined(BALANCERS, "load_balancer_arn");
  return balancers.length > 0
    ? balancers.some((balancer) => balancer.text("load_balancer_type") === "gateway")
    : view.get("port").kind === "absent";
}

/** Replaces what the listener does by a redirect, keeping nothing of it: that is what makes it disruptive. */
function redirectToHttps(view: View): readonly FixOperation[] | string {
  const { items } = view.blocks("default_action");
  const [action] = items;
  if (items.length !== 1 || !action) return "The listener has several default actions: decide which one redirects.";
  const others = ["target_group_arn", "forward", "fixed_response", "authenticate_cognito", "authenticate_oidc"];
  const redirect = { protocol: "HTTPS", port: "443", status_code: "HTTP_301" };
  return [
    ...others.filter((name) => action.get(name).kind !== "absent").map((name) => remove(`${action.path}.${name}`)),
    set(`${action.path}.type`, "redirect"),
    ...(action.blocks("redirect").items.length > 0
      ? Object.entries(redirect).map(([name, value]) => set(`${action.path}.redirect.0.${name}`, value))
      : [addBlock(`${action.path}.redirect`, { attributes: redirect })]),
  ];
}

const ENCRYPTED = ["HTTPS", "TLS"];
const TRANSPORT = ["TCP", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC", "GENEVE"];

export const plainHttp = rule({
  id: "aws-lb-listener-http",
  aliases: alias("CKV_AWS_2", "AWS-0054"),
  title: "Load balancer listener speaks plain HTTP",
  severity: "critical",
  category: "security",
  on: LISTENERS,
  why: "What clients send and get, passwords and session cookies too, can be read and changed on the way. A listener on port 80 needs to do no more than redirect.",
  remedy: "Redirect to HTTPS, and serve from a listener with a certificate.",
  references: [`${DOCS}application/create-https-listener.html`],
  compliance: controls({ nist: ["SC-8", "SC-13"], pci: ["4.2.1"], soc2: ["CC6.7"] }),
  check(view) {
    const protocol = view.get("protocol");
    if (protocol.kind === "unknown") return undecided("protocol");
    if (protocol.kind === "absent" && isGateway(view)) return notApplicable;
    const name = view.text("protocol") ?? "HTTP";
    if ([...ENCRYPTED, ...TRANSPORT].includes(name)) return pass("protocol");
    return redirects(view);
  },
  fix: { risk: "disruptive", edit: redirectToHttps },
  bad: listener("HTTP", FORWARD),
  good: [listener("HTTP", REDIRECT), listener("HTTPS", FORWARD), listener("TCP", FORWARD)],
});

/** Policies that accept nothing before TLS 1.2. TLS13-1-0 and TLS13-1-1 do, whatever their name suggests. */
const MODERN_POLICY = /^ELBSecurityPolicy-(?:FS-1-2|TLS-1-2|TLS13-1-[23])/;
const MODERN = "ELBSecurityPolicy-TLS13-1-2-2021-06";

export const oldTls = rule({
  id: "aws-lb-listener-tls",
  aliases: alias("CKV_AWS_103", "AWS-0047"),
  title: "Load balancer listener accepts TLS before 1.2",
  severity: "critical",
  category: "security",
  on: LISTENERS,
  why: "TLS 1.0 and 1.1 have known flaws, and whoever sits on the way can make a client fall back to them. The default policy still accepts them.",
  remedy: `Set ssl_policy = "${MODERN}".`,
  references: [`${DOCS}application/describe-ssl-policies.html`],
  compliance: controls({ nist: ["SC-8", "SC-13"], pci: ["4.2.1"], soc2: ["CC6.7"] }),
  check(view) {
    const protocol = view.get("protocol");
    if (protocol.kind === "unknown") return undecided("protocol");
    if (protocol.kind === "absent" && isGateway(view)) return notApplicable;
    const name = view.text("protocol") ?? "HTTP";
    if (TRANSPORT.includes(name)) return pass("protocol");
    if (!ENCRYPTED.includes(name)) return redirects(view);
    return requireThat(view, "ssl_policy", (v) => MODERN_POLICY.test(String(v)), {
      message: "TLS before 1.2 is accepted",
    });
  },
  fix: {
    risk: "disruptive",
    edit: (view) =>
      ENCRYPTED.includes(view.text("protocol") ?? "") ? [set("ssl_policy", MODERN)] : redirectToHttps(view),
  },
  bad: [
    listener("HTTPS", 'ssl_policy        = "ELBSecurityPolicy-2016-08"', FORWARD),
    listener("HTTPS", FORWARD),
    listener("HTTPS", 'ssl_policy        = "ELBSecurityPolicy-TLS13-1-0-2021-06"', FORWARD),
  ],
  good: [
    listener("HTTPS", `ssl_policy        = "${MODERN}"`, FORWARD),
    listener("HTTP", REDIRECT),
    listener("TCP", FORWARD),
  ],
});

export const redirectsHttp = rule({
  id: "aws-lb-redirects-http",
  aliases: alias("CKV2_AWS_20"),
  title: "Load balancer does not send clients from port 80 to HTTPS",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: BALANCERS,
  why: "People type addresses without https://, and then stay on plain HTTP. Everything they send can be read on the way.",
  remedy: "Give the listener on port 80 a default action that redirects to HTTPS.",
  references: [`${DOCS}application/load-balancer-listeners.html#redirect-actions`],
  check(view) {
    const verdicts = view.joined(LISTENERS, "load_balancer_arn").map((item): Verdict => {
      if (item.get("port").kind === "unknown" || item.get("protocol").kind === "unknown") return undecided();
      if (item.text("port") !== "80" || (item.text("protocol") ?? "HTTP") !== "HTTP") return pass();
      const verdict = redirects(item);
      return verdict.status === "fail" ? fail(undefined, `${item.address} does not redirect`) : verdict;
    });
    return verdicts.length === 0 ? notApplicable : withoutPath(allOf(verdicts));
  },
  bad: `${example("aws_lb", 'subnets = ["subnet-1"]')}
${listener("HTTP", FORWARD).replace(`"${ARN}loadbalancer/app/x/1"`, "aws_lb.x.arn")}`,
  good: `${example("aws_lb", 'subnets = ["subnet-1"]')}
${listener("HTTP", REDIRECT).replace(`"${ARN}loadbalancer/app/x/1"`, "aws_lb.x.arn")}`,
});

/** The path is the listener's, and means nothing on the balancer. */
const withoutPath = (verdict: Verdict): Verdict =>
  verdict.status === "unknown" ? undecided() : verdict.status === "pass" ? pass() : verdict;

export const plainTargets = rule({
  id: "aws-lb-target-group-http",
  aliases: alias("CKV_AWS_378"),
  title: "Load balancer speaks plain HTTP to its targets",
  severity: "low",
  category: "security",
  profile: "strict",
  on: GROUPS,
  why: "Behind the balancer requests cross the network unencrypted. Whoever is inside can read and change them.",
  remedy: 'Set protocol = "HTTPS" and let the targets hold a certificate (a self-signed one will do).',
  references: [`${DOCS}application/load-balancer-target-groups.html`],
  check(view) {
    const protocol = forbidOneOf(view, "protocol", ["HTTP"], { message: "Targets are reached over plain HTTP" });
    if (protocol.status !== "fail") return view.text("target_type") === "lambda" ? notApplicable : protocol;
    const fronted = view
      .joined([...LISTENERS, "aws_lb_listener_rule", "aws_alb_listener_rule"])
      .some((listener) => ENCRYPTED.includes(listener.text("protocol") ?? ""));
    return fronted ? pass("protocol") : protocol;
  },
  fix: { risk: "replaces", edit: () => [set("protocol", "HTTPS")] },
  bad: example("aws_lb_target_group", "port     = 80", 'protocol = "HTTP"', 'vpc_id   = "vpc-1"'),
  good: example("aws_lb_target_group", "port     = 443", 'protocol = "HTTPS"', 'vpc_id   = "vpc-1"'),
});

export const healthCheck = rule({
  id: "aws-lb-target-group-health-check",
  aliases: alias("CKV_AWS_261"),
  title: "Target group does not say how to tell a healthy target",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: GROUPS,
  why: "The default check asks for / and takes what is up for healthy. Targets that answer but do not work stay in service.",
  remedy: "Add a health_check with a path that says whether the application works.",
  references: [`${DOCS}application/target-group-health-checks.html`],
  check(view) {
    const protocol = view.text("protocol");
    if (view.get("protocol").kind === "unknown") return undecided("protocol");
    if (protocol !== "HTTP" && protocol !== "HTTPS") return notApplicable;
    return eachBlock(
      view,
      "health_check",
      (check) => requireThat(check, "path", (v) => v !== "", { message: "The health check names no path" }),
      fail("health_check", "There is no health check"),
    );
  },
  bad: example("aws_lb_target_group", "port     = 443", 'protocol = "HTTPS"', 'vpc_id   = "vpc-1"'),
  good: example(
    "aws_lb_target_group",
    "port     = 443",
    'protocol = "HTTPS"',
    'vpc_id   = "vpc-1"',
    block("health_check", 'path = "/health"'),
  ),
});

const WEAK_POLICY =
  /^ELBSecurityPolicy-(?:Default|20(?:14-01|14-10|15-02|15-03|15-05|16-08)|TLS-1-0-2015-04|TLS-1-1-2017-01)$/;

export const weakCiphers = rule({
  id: "aws-lb-listener-weak-ciphers",
  aliases: alias("CKV2_AWS_74"),
  title: "Load balancer listener accepts weak ciphers",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: LISTENERS,
  why: "Ciphers without forward secrecy let whoever recorded the traffic read it once the key leaks. Policies up to 2017, the default among them, accept such ciphers.",
  remedy: `Set ssl_policy = "${MODERN}".`,
  references: [`${DOCS}application/describe-ssl-policies.html`],
  check(view) {
    const protocol = view.get("protocol");
    if (protocol.kind === "unknown") return undecided("protocol");
    if (protocol.kind === "value" && !ENCRYPTED.includes(String(protocol.value))) return notApplicable;
    if (protocol.kind === "absent" && isGateway(view)) return notApplicable;
    return requireThat(view, "ssl_policy", (v) => !WEAK_POLICY.test(String(v)), {
      message: "Ciphers without forward secrecy are accepted",
    });
  },
  fix: { risk: "disruptive", edit: () => [set("ssl_policy", MODERN)] },
  bad: [listener("HTTPS", FORWARD), listener("HTTPS", 'ssl_policy        = "ELBSecurityPolicy-2016-08"', FORWARD)],
  good: [listener("HTTPS", `ssl_policy        = "${MODERN}"`, FORWARD), listener("HTTP", REDIRECT)],
});
