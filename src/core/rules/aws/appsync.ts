/** AppSync: caches and logs. Its firewall is in waf.ts. */
import { requireOneOf, requireSet } from "../checks.ts";
import { rule } from "../rule.ts";
import { alias, block, example, setAt, switchedTo } from "./shapes.ts";

const CACHE = "aws_appsync_api_cache";
const API = "aws_appsync_graphql_api";
const DOCS = "https://docs.aws.amazon.com/appsync/latest/devguide/";

const cache = (...lines: readonly string[]): string =>
  example(
    CACHE,
    'api_id               = "a"',
    'api_caching_behavior = "FULL_REQUEST_CACHING"',
    'type                 = "SMALL"',
    "ttl                  = 60",
    ...lines,
  );
const api = (...lines: readonly string[]): string =>
  example(API, 'name                = "a"', 'authentication_type = "AWS_IAM"', ...lines);

export const cacheAtRest = switchedTo({
  id: "aws-appsync-cache-encryption-at-rest",
  aliases: alias("CKV_AWS_214"),
  title: "AppSync cache does not encrypt what it stores",
  profile: "strict",
  on: CACHE,
  why: "Answers wait in the cache in plain text, those meant for one user too. It can only be chosen when the cache is made.",
  remedy: "Set at_rest_encryption_enabled = true; the cache is made anew.",
  references: [`${DOCS}enabling-caching.html`],
  path: "at_rest_encryption_enabled",
  risk: "replaces",
  message: "Cached answers are in plain text",
  bad: [cache(), cache("at_rest_encryption_enabled = false")],
  good: cache("at_rest_encryption_enabled = true"),
});

export const cacheInTransit = switchedTo({
  id: "aws-appsync-cache-encryption-in-transit",
  aliases: alias("CKV_AWS_215"),
  title: "AppSync speaks plain text to its cache",
  profile: "strict",
  on: CACHE,
  why: "Answers cross the network unencrypted between the API and its cache. It can only be chosen when the cache is made.",
  remedy: "Set transit_encryption_enabled = true; the cache is made anew.",
  references: [`${DOCS}enabling-caching.html`],
  path: "transit_encryption_enabled",
  risk: "replaces",
  message: "The cache is reached in plain text",
  bad: [cache(), cache("transit_encryption_enabled = false")],
  good: cache("transit_encryption_enabled = true"),
});

const ROLE = 'cloudwatch_logs_role_arn = "arn:aws:iam::123456789012:role/l"';

export const logs = rule({
  id: "aws-appsync-logs",
  aliases: alias("CKV_AWS_193"),
  title: "AppSync writes no logs",
  severity: "low",
  category: "security",
  profile: "strict",
  on: API,
  why: "Who asked for what, and which resolver failed, is recorded nowhere. After an incident there is nothing to look at.",
  remedy: "Add log_config with a role that may write logs.",
  references: [`${DOCS}monitoring.html`],
  check: (view) => requireSet(view, "log_config.cloudwatch_logs_role_arn", { message: "Requests are not logged" }),
  bad: api(),
  good: api(block("log_config", ROLE, 'field_log_level          = "ERROR"')),
});

export const fieldLogs = rule({
  id: "aws-appsync-field-logs",
  aliases: alias("CKV_AWS_194"),
  title: "AppSync logs nothing of single fields",
  severity: "low",
  category: "security",
  profile: "strict",
  on: API,
  why: "A failed resolver leaves no trace of what it was asked. Errors at least should be written down.",
  remedy: 'Set log_config.field_log_level to "ERROR" or "ALL".',
  references: [`${DOCS}monitoring.html`],
  check: (view) =>
    requireOneOf(view, "log_config.field_log_level", ["ALL", "ERROR", "INFO", "DEBUG"], {
      message: "Failed resolvers are not logged",
    }),
  fix: {
    risk: "in-place",
    edit: (view) =>
      view.blocks("log_config").items.length > 0
        ? setAt(view, "log_config.field_log_level", "ERROR")
        : "There is no log_config: name a role that may write logs first.",
  },
  bad: api(block("log_config", ROLE, 'field_log_level          = "NONE"')),
  good: api(block("log_config", ROLE, 'field_log_level          = "ERROR"')),
});
