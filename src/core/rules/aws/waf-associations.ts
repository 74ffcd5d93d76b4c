/** What web ACLs guard: distributions, APIs, load balancers. */
import { someJoined } from "../checks.ts";
import { rule } from "../rule.ts";
import { and, fail, notApplicable, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { View } from "../view.ts";
import { DISTRIBUTION, distribution } from "./distribution.ts";
import { alias, example } from "./shapes.ts";
import {
  ANONYMOUS_ADDRESSES,
  ASSOCIATION,
  acl,
  KNOWN_BAD_INPUTS,
  managed,
  runs,
  WAF_DOCS,
  WEB_ACL,
} from "./web-acl.ts";

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
  references: [`${WAF_DOCS}aws-managed-rule-groups-list.html`],
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
    return guardedFromLog4j(view.joined(WEB_ACL, "web_acl_id"), undecided("web_acl_id"));
  },
  bad: [distribution(), `${distribution("web_acl_id = aws_wafv2_web_acl.x.arn")}\n${acl(managed(KNOWN_BAD_INPUTS))}`],
  good: `${distribution("web_acl_id = aws_wafv2_web_acl.x.arn")}
${acl(managed(KNOWN_BAD_INPUTS), managed(ANONYMOUS_ADDRESSES))}`,
});

/** The web ACLs that are associated with a resource. */
const guards = (view: View): readonly View[] =>
  view.joined(ASSOCIATION, "resource_arn").flatMap((link) => link.joined(WEB_ACL, "web_acl_arn"));

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
