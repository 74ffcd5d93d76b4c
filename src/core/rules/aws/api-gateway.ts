/** API Gateway: who may call, what is recorded, and what stands before it. */

import { requireOneOf, requireSet, requireThat, someJoined } from "../checks.ts";
import { controls } from "../compliance.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { notApplicable, pass, undecided } from "../verdict.ts";
import type { View } from "../view.ts";
import { alias, block, createdFirst, example, setAt, switchedTo } from "./shapes.ts";

const DOCS = "https://docs.aws.amazon.com/apigateway/latest/developerguide/";
const STAGE = "aws_api_gateway_stage";
const STAGE_V2 = "aws_apigatewayv2_stage";
const METHOD = "aws_api_gateway_method";
const LOG_GROUP = '"arn:aws:logs:eu-west-1:123456789012:log-group:api"';

const stage = (...lines: readonly string[]): string =>
  example(STAGE, 'rest_api_id   = "a"', 'deployment_id = "d"', 'stage_name    = "live"', ...lines);
const stageV2 = (...lines: readonly string[]): string => example(STAGE_V2, 'api_id = "a"', 'name   = "live"', ...lines);
const method = (...lines: readonly string[]): string =>
  example(METHOD, 'rest_api_id = "a"', 'resource_id = "r"', ...lines);

export const methodAuthorization = rule({
  id: "aws-api-gateway-method-authorization",
  aliases: [...alias("CKV_AWS_59", "AWS-0004"), "CKV2_AWS_70"],
  title: "API Gateway method asks nobody who they are",
  severity: "low",
  category: "security",
  on: METHOD,
  why: "Anyone on the internet may call the method. What it does is then for everybody, whether that was meant or not.",
  remedy: "Set authorization to AWS_IAM, CUSTOM or COGNITO_USER_POOLS, or require an API key.",
  references: [`${DOCS}apigateway-control-access-to-api.html`],
  compliance: controls({ nist: ["AC-3"], soc2: ["CC6.1"] }),
  check(view) {
    const verb = view.get("http_method");
    if (verb.kind === "value" && verb.value === "OPTIONS") return pass("http_method");
    const key = view.is("api_key_required");
    if (key === true) return pass("api_key_required");
    const asked = requireThat(view, "authorization", (v) => v !== "NONE", { message: "Anyone may call it" });
    if (asked.status !== "fail") return asked;
    if (verb.kind === "unknown" || key === "unknown") return undecided("authorization");
    return isPrivate(view) ? pass("rest_api_id") : asked;
  },
  bad: method('http_method   = "GET"', 'authorization = "NONE"'),
  good: [
    method('http_method   = "GET"', 'authorization = "AWS_IAM"'),
    method('http_method   = "OPTIONS"', 'authorization = "NONE"'),
  ],
});

/** A private API is reached through VPC endpoints only. */
const isPrivate = (view: View): boolean =>
  view
    .joined("aws_api_gateway_rest_api", "rest_api_id")
    .some((api) => api.strings("endpoint_configuration.types").items.includes("PRIVATE"));

export const requestValidator = rule({
  id: "aws-api-gateway-request-validation",
  aliases: alias("CKV2_AWS_53"),
  title: "API Gateway method passes any request on",
  severity: "low",
  category: "security",
  profile: "strict",
  on: METHOD,
  why: "Requests without required parameters or with a wrong body reach the back end. Each is a chance for it to go wrong, and is paid for.",
  remedy: "Name an aws_api_gateway_request_validator in request_validator_id.",
  references: [`${DOCS}api-gateway-method-request-validation.html`],
  check: (view) => requireSet(view, "request_validator_id", { message: "Requests are not validated" }),
  bad: method('http_method   = "GET"', 'authorization = "AWS_IAM"'),
  good: method('http_method          = "GET"', 'authorization        = "AWS_IAM"', 'request_validator_id = "v"'),
});

export const routeAuthorization = rule({
  id: "aws-api-gateway-route-authorization",
  aliases: alias("CKV_AWS_309", "AWS-0004"),
  title: "HTTP API route asks nobody who they are",
  severity: "low",
  category: "security",
  on: "aws_apigatewayv2_route",
  why: "Anyone on the internet may call the route. What it does is then for everybody, whether that was meant or not.",
  remedy: "Set authorization_type to AWS_IAM, CUSTOM or JWT.",
  references: [`${DOCS}http-api-access-control.html`],
  compliance: controls({ nist: ["AC-3"], soc2: ["CC6.1"] }),
  check: (view) =>
    requireOneOf(view, "authorization_type", ["AWS_IAM", "CUSTOM", "JWT"], { message: "Anyone may call it" }),
  bad: example("aws_apigatewayv2_route", 'api_id    = "a"', 'route_key = "GET /"'),
  good: example("aws_apigatewayv2_route", 'api_id    = "a"', 'route_key = "GET /"', 'authorization_type = "AWS_IAM"'),
});

export const tracing = switchedTo({
  id: "aws-api-gateway-tracing",
  aliases: alias("CKV_AWS_73", "AWS-0003"),
  title: "API Gateway stage is not traced",
  severity: "low",
  on: STAGE,
  why: "Nobody sees where a slow or failed request spent its time. Traces also show what an API talks to that it should not.",
  remedy: "Set xray_tracing_enabled = true.",
  references: [`${DOCS}apigateway-xray.html`],
  path: "xray_tracing_enabled",
  risk: "in-place",
  message: "Requests are not traced",
  bad: stage(),
  good: stage("xray_tracing_enabled = true"),
});

const ACCESS_LOGS = {
  severity: "medium",
  category: "security",
  why: "Who called what, and how it was answered, is recorded nowhere. After an incident nobody can say what was reached.",
  remedy: "Add access_log_settings with a destination and a format.",
  references: [`${DOCS}set-up-logging.html`],
  check: (view: View) =>
    requireSet(view, "access_log_settings.destination_arn", { message: "Requests are not logged" }),
} as const;

export const accessLogs = rule({
  ...ACCESS_LOGS,
  id: "aws-api-gateway-access-logs",
  aliases: alias("CKV_AWS_76", "AWS-0001"),
  title: "API Gateway stage writes no access logs",
  on: STAGE,
  bad: stage(),
  good: stage(block("access_log_settings", `destination_arn = ${LOG_GROUP}`, 'format          = "$context.requestId"')),
});

export const accessLogsV2 = rule({
  ...ACCESS_LOGS,
  id: "aws-api-gateway-v2-access-logs",
  aliases: [...alias("CKV_AWS_76", "AWS-0001"), "CKV_AWS_95"],
  title: "HTTP or WebSocket API stage writes no access logs",
  on: STAGE_V2,
  bad: stageV2(),
  good: stageV2(
    block("access_log_settings", `destination_arn = ${LOG_GROUP}`, 'format          = "$context.requestId"'),
  ),
});

export const cache = switchedTo({
  id: "aws-api-gateway-cache",
  aliases: alias("CKV_AWS_120"),
  title: "API Gateway stage caches nothing",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: STAGE,
  why: "Each repeated question goes to the back end. A cache answers it at once, and keeps the back end up under load, at a price by the hour.",
  remedy: "Set cache_cluster_enabled = true where answers may be a little old.",
  references: [`${DOCS}api-gateway-caching.html`],
  path: "cache_cluster_enabled",
  risk: "disruptive",
  message: "Nothing is cached",
  bad: stage(),
  good: stage("cache_cluster_enabled = true", 'cache_cluster_size    = "0.5"'),
});

export const clientCertificate = rule({
  id: "aws-api-gateway-client-certificate",
  aliases: alias("CKV2_AWS_51"),
  title: "API Gateway shows its back end no certificate",
  severity: "low",
  category: "security",
  profile: "strict",
  on: [STAGE, STAGE_V2],
  why: "The back end cannot tell calls of the gateway from those of anybody else. A client certificate proves who calls.",
  remedy: "Name a certificate in client_certificate_id.",
  references: [`${DOCS}getting-started-client-side-ssl-authentication.html`],
  check(view) {
    const apis = view.joined("aws_apigatewayv2_api", "api_id");
    if (view.type === STAGE_V2 && apis.some((api) => api.text("protocol_type") === "HTTP")) return notApplicable;
    return requireSet(view, "client_certificate_id", { message: "No client certificate is named" });
  },
  bad: stage(),
  good: stage('client_certificate_id = "c"'),
});

const WAF_LINKS = ["aws_wafv2_web_acl_association", "aws_wafregional_web_acl_association"] as const;

export const firewall = rule({
  id: "aws-api-gateway-waf",
  aliases: alias("CKV2_AWS_29"),
  title: "Public API has no web application firewall",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: STAGE,
  why: "Every request from the internet reaches the back end as it is. A firewall keeps known attacks, bots and floods out.",
  remedy: "Associate a web ACL with the stage (aws_wafv2_web_acl_association).",
  references: [`${DOCS}apigateway-control-access-aws-waf.html`],
  check(view) {
    const apis = view.joined("aws_api_gateway_rest_api", "rest_api_id");
    if (apis.length === 0) return view.resource.origin.kind === "live" ? undecided() : notApplicable;
    if (isPrivate(view)) return pass("rest_api_id");
    return someJoined(view, WAF_LINKS, "resource_arn", () => pass(), "No web ACL guards it");
  },
  bad: `${example("aws_api_gateway_rest_api", 'name = "a"')}
${stage().replace('"a"', "aws_api_gateway_rest_api.x.id")}`,
  good: `${example("aws_api_gateway_rest_api", 'name = "a"')}
${stage().replace('"a"', "aws_api_gateway_rest_api.x.id")}
resource "aws_wafv2_web_acl_association" "x" {
  resource_arn = aws_api_gateway_stage.x.arn
  web_acl_arn  = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/x/1"
}
`,
});

const MODERN_TLS = /^(?:TLS_1_2|SecurityPolicy_TLS1[23]_)/;

export const domainTls = rule({
  id: "aws-api-gateway-domain-tls",
  aliases: alias("CKV_AWS_206", "AWS-0005"),
  title: "API Gateway domain accepts TLS before 1.2",
  severity: "high",
  category: "security",
  on: ["aws_api_gateway_domain_name", "aws_apigatewayv2_domain_name"],
  why: "TLS 1.0 has known flaws, and whoever sits on the way can make a client fall back to it. No current client needs it.",
  remedy: 'Set security_policy = "TLS_1_2".',
  references: [`${DOCS}apigateway-custom-domain-tls-version.html`],
  compliance: controls({ nist: ["SC-8", "SC-13"], pci: ["4.2.1"], soc2: ["CC6.7"] }),
  check: (view) => requireThat(view, at(view), (v) => MODERN_TLS.test(String(v)), { message: "TLS 1.0 is accepted" }),
  fix: { risk: "disruptive", edit: (view) => setAt(view, at(view), "TLS_1_2") },
  bad: [
    example("aws_api_gateway_domain_name", 'domain_name     = "api.example.com"', 'security_policy = "TLS_1_0"'),
    example("aws_api_gateway_domain_name", 'domain_name     = "api.example.com"'),
  ],
  good: example("aws_api_gateway_domain_name", 'domain_name     = "api.example.com"', 'security_policy = "TLS_1_2"'),
});

const at = (view: View): string =>
  view.type === "aws_apigatewayv2_domain_name" ? "domain_name_configuration.security_policy" : "security_policy";

const REST_API = "aws_api_gateway_rest_api";
const DEPLOYMENT = "aws_api_gateway_deployment";
const LIFECYCLE_DOCS = "https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle";

export const deploymentOrder = rule({
  id: "aws-api-gateway-deployment-order",
  aliases: alias("CKV_AWS_217"),
  title: "API Gateway deployment is destroyed before its successor exists",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: DEPLOYMENT,
  why: "AWS refuses to delete a deployment that a stage uses, so that the change fails halfway. Made first, the new one takes over.",
  remedy: "Add lifecycle { create_before_destroy = true }.",
  references: [LIFECYCLE_DOCS],
  check: createdFirst,
  fix: { risk: "in-place", edit: () => [set("lifecycle.0.create_before_destroy", true)] },
  bad: [
    example(DEPLOYMENT, 'rest_api_id = "a"'),
    example(DEPLOYMENT, 'rest_api_id = "a"', block("lifecycle", "create_before_destroy = false")),
  ],
  good: example(DEPLOYMENT, 'rest_api_id = "a"', block("lifecycle", "create_before_destroy = true")),
});

export const apiOrder = rule({
  id: "aws-api-gateway-api-order",
  aliases: alias("CKV_AWS_237"),
  title: "API is destroyed before its successor exists",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: REST_API,
  why: "A change that replaces the API takes it away first, and callers get errors until the new one is there. Made first, the new one takes over.",
  remedy: "Add lifecycle { create_before_destroy = true }.",
  references: [LIFECYCLE_DOCS],
  check: createdFirst,
  fix: { risk: "in-place", edit: () => [set("lifecycle.0.create_before_destroy", true)] },
  bad: example(REST_API, 'name = "a"'),
  good: example(REST_API, 'name = "a"', block("lifecycle", "create_before_destroy = true")),
});
