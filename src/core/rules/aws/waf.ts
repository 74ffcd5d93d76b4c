/** Web application firewalls: their rules, their logs, and what they guard. */
import type { Truth } from "../../model/value.ts";
import { someBlock, someJoined } from "../checks.ts";
import { rule } from "../rule.ts";
import { and, fail, not, notApplicable, or, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { Block, View } from "../view.ts";
import { DISTRIBUTION, distribution } from "./distribution.ts";
import { alias, block, example } from "./shapes.ts";

const DOCS = "https://docs.aws.amazon.com/waf/latest/developerguide/";
const ACL = "aws_wafv2_web_acl";
const ASSOCIATION = "aws_wafv2_web_acl_association";
const KNOWN_BAD_INPUTS = "AWSManagedRulesKnownBadInputsRuleSet";
const ANONYMOUS_ADDRESSES = "AWSManagedRulesAnonymousIpList";

const managed = (name: string, action = "none", ...more: readonly string[]): string =>
  block(
    "rule",
    `name     = "${name}"`,
    "priority = 1",
    block("override_action", block(action)),
    block(
      "statement",
      block("managed_rule_group_statement", `name        = "${name}"`, 'vendor_name = "AWS"', ...more),
    ),
  );
const acl = (...rules: readonly string[]): string =>
  example(ACL, 'name  = "x"', 'scope = "REGIONAL"', block("default_action", block("allow")), ...rules);

const group = (item: Block): Block | undefined => item.blocks("statement.managed_rule_group_statement").items[0];

/** Whether a rule of the ACL runs a managed rule group of this name. */
const runs = (view: View, name: string): Truth => {
  const { items, complete } = view.blocks("rule");
  return or(
    ...items.map((item): Truth => {
      const found = group(item)?.get("name");
      return found?.kind === "unknown" ? "unknown" : found?.kind === "value" && found.value === name;
    }),
    complete ? false : "unknown",
  );
};

const LOG4J = "Log4JRCE";
const excludes = (statement: Block): Truth =>
  or(
    statement.blocks("excluded_rule").items.some((item) => item.text("name") === LOG4J),
    statement
      .blocks("rule_action_override")
      .items.some((item) => item.text("name") === LOG4J && item.blocks("action_to_use.count").items.length > 0),
  );

export const log4j = rule({
  id: "aws-waf-log4j",
  aliases: alias("CKV_AWS_192"),
  title: "Web ACL does not block Log4Shell",
  severity: "high",
  category: "security",
  profile: "strict",
  on: ACL,
  why: "One header is enough to run code in a Java application with an old Log4j (CVE-2021-44228), and it is still sent to every address there is. AWS's managed rule group blocks it.",
  remedy: `Add a rule with the managed group ${KNOWN_BAD_INPUTS}, not overridden to count.`,
  references: [`${DOCS}aws-managed-rule-groups-baseline.html`],
  check: (view) =>
    someBlock(
      view,
      "rule",
      (item) => {
        const statement = group(item);
        const name = statement?.get("name");
        if (!statement || !name) return fail(item.path);
        if (name.kind === "unknown") return undecided(item.path);
        const counts = item.blocks("override_action.count").items.length > 0;
        const truth = and(name.kind === "value" && name.value === KNOWN_BAD_INPUTS, !counts, not(excludes(statement)));
        return verdictOf(truth, item.path);
      },
      "No rule blocks Log4Shell",
    ),
  bad: [
    acl(),
    acl(managed(KNOWN_BAD_INPUTS, "count")),
    acl(managed(KNOWN_BAD_INPUTS, "none", block("excluded_rule", 'name = "Log4JRCE"'))),
  ],
  good: acl(managed(KNOWN_BAD_INPUTS)),
});

export const hasRules = rule({
  id: "aws-waf-rules",
  aliases: alias("CKV_AWS_175"),
  title: "Web ACL has no rules",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: ["aws_waf_web_acl", "aws_wafregional_web_acl", ACL],
  why: "Without rules the firewall passes everything on. It looks like protection in every inventory, and is none.",
  remedy: "Add rules, for example AWS's managed rule groups.",
  references: [`${DOCS}web-acl.html`],
  check(view) {
    const named = view.type === "aws_waf_web_acl" ? ["rules", "rule"] : ["rule", "rules"];
    const found = named.map((path) => view.blocks(path));
    if (found.some(({ items }) => items.length > 0)) return pass();
    return found.every(({ complete }) => complete) ? fail(undefined, "It has no rules") : undecided();
  },
  bad: acl(),
  good: acl(managed(KNOWN_BAD_INPUTS)),
});

const LOGGING = "aws_wafv2_web_acl_logging_configuration";

export const logging = rule({
  id: "aws-waf-logging",
  aliases: alias("CKV2_AWS_31"),
  title: "Web ACL keeps no log",
  severity: "medium",
  category: "security",
  on: ACL,
  why: "Which requests were blocked, counted or let through is recorded nowhere. Without it nobody can tell an attack from a rule that hits customers.",
  remedy: `Add an ${LOGGING} for the web ACL.`,
  references: [`${DOCS}logging.html`],
  check: (view) => someJoined(view, LOGGING, "resource_arn", () => pass(), "Its decisions are not logged"),
  bad: acl(managed(KNOWN_BAD_INPUTS)),
  good: `${acl(managed(KNOWN_BAD_INPUTS))}
resource "${LOGGING}" "x" {
  resource_arn            = aws_wafv2_web_acl.x.arn
  log_destination_configs = ["arn:aws:logs:eu-west-1:123456789012:log-group:aws-waf-logs-x"]
}
`,
});

/** Log4j's groups in every one of these web ACLs; none of them: what is said of that. */
function guardedFromLog4j(acls: readonly View[], none: Verdict): Verdict {
  if (acls.length === 0) return none;
  const truth = and(...acls.flatMap((one) => [runs(one, KNOWN_BAD_INPUTS), runs(one, ANONYMOUS_ADDRESSES)]));
  return verdictOf(truth, undefined, `Its web ACL lacks ${KNOWN_BAD_INPUTS} or ${ANONYMOUS_ADDRESSES}`);
}

const LOG4J_WORDS = {
  severity: "medium",
  category: "security",
  profile: "strict",
  why: "The attack comes from hosts that hide who they are, in headers that AWS knows. Two managed rule groups keep both out.",
  remedy: `Add rules with the managed groups ${KNOWN_BAD_INPUTS} and ${ANONYMOUS_ADDRESSES} to the web ACL.`,
  references: [`${DOCS}aws-managed-rule-groups-list.html`],
} as const;

export const cloudfrontLog4j = rule({
  ...LOG4J_WORDS,
  id: "aws-cloudfront-waf-log4j",
  aliases: alias("CKV2_AWS_47"),
  title: "CloudFront's web ACL does not guard against Log4Shell",
  on: DISTRIBUTION,
  check(view) {
    const named = view.get("web_acl_id");
    if (named.kind === "absent") return fail("web_acl_id", "No web ACL guards it");
    return guardedFromLog4j(view.joined(ACL, "web_acl_id"), undecided("web_acl_id"));
  },
  bad: [distribution(), `${distribution("web_acl_id = aws_wafv2_web_acl.x.arn")}\n${acl(managed(KNOWN_BAD_INPUTS))}`],
  good: `${distribution("web_acl_id = aws_wafv2_web_acl.x.arn")}
${acl(managed(KNOWN_BAD_INPUTS), managed(ANONYMOUS_ADDRESSES))}`,
});

/** The web ACLs that are associated with a resource. */
const guards = (view: View): readonly View[] =>
  view.joined(ASSOCIATION, "resource_arn").flatMap((link) => link.joined(ACL, "web_acl_arn"));

const associated = (guarded: string, ...rules: readonly string[]): string => `${guarded}
${acl(...rules)}
resource "${ASSOCIATION}" "x" {
  resource_arn = ${/"(\w+)"/.exec(guarded)?.[1]}.x.arn
  web_acl_arn  = aws_wafv2_web_acl.x.arn
}
`;

const STAGE = example("aws_api_gateway_stage", 'rest_api_id   = "a"', 'deployment_id = "d"', 'stage_name    = "s"');
const GRAPH = example("aws_appsync_graphql_api", 'name                = "x"', 'authentication_type = "AWS_IAM"');
const LB = example("aws_lb", 'subnets = ["subnet-1"]');

export const apiLog4j = rule({
  ...LOG4J_WORDS,
  id: "aws-api-gateway-waf-log4j",
  aliases: alias("CKV2_AWS_77"),
  title: "API Gateway's web ACL does not guard against Log4Shell",
  on: ["aws_api_gateway_stage", "aws_apigatewayv2_api", "aws_apigatewayv2_stage"],
  check: (view) => guardedFromLog4j(guards(view), notApplicable),
  bad: associated(STAGE, managed(ANONYMOUS_ADDRESSES)),
  good: associated(STAGE, managed(KNOWN_BAD_INPUTS), managed(ANONYMOUS_ADDRESSES)),
});

export const appsyncLog4j = rule({
  ...LOG4J_WORDS,
  id: "aws-appsync-waf-log4j",
  aliases: alias("CKV2_AWS_78"),
  title: "AppSync's web ACL does not guard against Log4Shell",
  on: "aws_appsync_graphql_api",
  check: (view) => guardedFromLog4j(guards(view), notApplicable),
  bad: associated(GRAPH, managed(ANONYMOUS_ADDRESSES)),
  good: associated(GRAPH, managed(KNOWN_BAD_INPUTS), managed(ANONYMOUS_ADDRESSES)),
});

export const balancerLog4j = rule({
  ...LOG4J_WORDS,
  id: "aws-lb-waf-log4j",
  aliases: alias("CKV2_AWS_76"),
  title: "Load balancer's web ACL does not guard against Log4Shell",
  on: ["aws_lb", "aws_alb"],
  check: (view) => guardedFromLog4j(guards(view), notApplicable),
  bad: associated(LB, managed(ANONYMOUS_ADDRESSES)),
  good: associated(LB, managed(KNOWN_BAD_INPUTS), managed(ANONYMOUS_ADDRESSES)),
});

export const appsyncFirewall = rule({
  id: "aws-appsync-waf",
  aliases: alias("CKV2_AWS_33"),
  title: "AppSync has no web application firewall",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "aws_appsync_graphql_api",
  why: "Every query from the internet reaches the resolvers as it is. A firewall keeps known attacks, bots and floods out.",
  remedy: "Associate a web ACL with the API (aws_wafv2_web_acl_association).",
  references: ["https://docs.aws.amazon.com/appsync/latest/devguide/WAF-Integration.html"],
  check: (view) => someJoined(view, ASSOCIATION, "resource_arn", () => pass(), "No web ACL guards it"),
  bad: GRAPH,
  good: associated(GRAPH),
});
