/** What API Gateway's method settings say of logs and caches. */
import { requireOneOf, requireTrue, someJoined } from "../checks.ts";
import { rule } from "../rule.ts";
import { allOf, notApplicable, verdictOf } from "../verdict.ts";
import { alias, block, example, setAt, switchedTo } from "./shapes.ts";

const DOCS = "https://docs.aws.amazon.com/apigateway/latest/developerguide/";
const STAGE = "aws_api_gateway_stage";
const stage = (): string => example(STAGE, 'rest_api_id   = "a"', 'deployment_id = "d"', 'stage_name    = "live"');

const SETTINGS = "aws_api_gateway_method_settings";
const settings = (...lines: readonly string[]): string =>
  example(SETTINGS, 'rest_api_id = "a"', 'stage_name  = "live"', 'method_path = "*/*"', block("settings", ...lines));

export const executionLogs = rule({
  id: "aws-api-gateway-execution-logs",
  aliases: alias("CKV2_AWS_4"),
  title: "API Gateway stage logs no errors",
  severity: "low",
  category: "security",
  profile: "strict",
  on: STAGE,
  why: "When a call fails nobody can see why. Attempts that the gateway refuses leave no trace either.",
  remedy: 'Add an aws_api_gateway_method_settings with logging_level = "ERROR" or "INFO".',
  references: [`${DOCS}set-up-logging.html`],
  check: (view) =>
    someJoined(
      view,
      SETTINGS,
      "stage_name",
      (other) => requireOneOf(other, "settings.logging_level", ["ERROR", "INFO"], { message: "Errors are not logged" }),
      "No method settings ask for logs",
    ),
  bad: stage(),
  good: `${stage()}
${settings('logging_level = "INFO"').replace('"live"', "aws_api_gateway_stage.x.stage_name")}`,
});

export const cachedMethods = rule({
  id: "aws-api-gateway-method-cache",
  aliases: alias("CKV_AWS_225"),
  title: "API Gateway methods are not cached",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: SETTINGS,
  why: "Each repeated question goes to the back end. A cache answers it at once and keeps the back end up under load.",
  remedy: "Set settings.caching_enabled = true where answers may be a little old.",
  references: [`${DOCS}api-gateway-caching.html`],
  check: (view) => requireTrue(view, "settings.caching_enabled", { message: "Answers are not cached" }),
  fix: {
    risk: "disruptive",
    edit: (view) =>
      ["caching_enabled", "cache_data_encrypted"].flatMap((name) => setAt(view, `settings.${name}`, true)),
  },
  bad: settings("metrics_enabled = true"),
  good: settings("caching_enabled = true", "cache_data_encrypted = true"),
});

export const cacheEncryption = switchedTo({
  id: "aws-api-gateway-cache-encryption",
  aliases: alias("CKV_AWS_308"),
  title: "API Gateway cache is not encrypted",
  severity: "medium",
  profile: "strict",
  on: SETTINGS,
  why: "Answers wait in the cache in plain text, those meant for one user too. Encrypting them costs nothing.",
  remedy: "Set settings.cache_data_encrypted = true.",
  references: [`${DOCS}data-protection-encryption.html`],
  path: "settings.cache_data_encrypted",
  risk: "in-place",
  message: "Cached answers are in plain text",
  unless: (view) => (view.is("settings.caching_enabled") === false ? notApplicable : undefined),
  bad: settings("caching_enabled = true"),
  good: settings("caching_enabled      = true", "cache_data_encrypted = true"),
});

export const dataTrace = rule({
  id: "aws-api-gateway-data-trace",
  aliases: alias("CKV_AWS_276"),
  title: "API Gateway writes whole requests into its logs",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: SETTINGS,
  why: "Bodies and headers of requests end up in the log, with passwords and personal data in them. It is meant for debugging only.",
  remedy: "Set settings.data_trace_enabled = false.",
  references: [`${DOCS}set-up-logging.html`],
  check: (view) =>
    allOf(
      view.blocks("settings").items.map((item) => {
        const on = item.is("data_trace_enabled");
        return verdictOf(on === "unknown" ? on : !on, `${item.path}.data_trace_enabled`, "Requests are logged in full");
      }),
    ),
  fix: { risk: "in-place", edit: (view) => setAt(view, "settings.data_trace_enabled", false) },
  bad: settings("data_trace_enabled = true"),
  good: settings("data_trace_enabled = false"),
});
