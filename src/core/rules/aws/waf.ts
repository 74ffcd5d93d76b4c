/** Web ACLs: their rules and their logs. What they guard is in waf-associations.ts. */

import type { Truth } from "../../model/value.ts";
import { eachBlock, requireSet, someBlock, someJoined } from "../checks.ts";
import { controls } from "../compliance.ts";
import { rule } from "../rule.ts";
import { allOf, and, fail, not, or, pass, undecided, verdictOf } from "../verdict.ts";
import type { Block } from "../view.ts";
import { alias, block, example } from "./shapes.ts";
import { acl, group, KNOWN_BAD_INPUTS, managed, WAF_DOCS, WEB_ACL } from "./web-acl.ts";

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
  on: WEB_ACL,
  why: "One header is enough to run code in a Java application with an old Log4j (CVE-2021-44228), and it is still sent to every address there is. AWS's managed rule group blocks it.",
  remedy: `Add a rule with the managed group ${KNOWN_BAD_INPUTS}, not overridden to count.`,
  references: [`${WAF_DOCS}aws-managed-rule-groups-baseline.html`],
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
  on: ["aws_waf_web_acl", "aws_wafregional_web_acl", WEB_ACL],
  why: "Without rules the firewall passes everything on. It looks like protection in every inventory, and is none.",
  remedy: "Add rules, for example AWS's managed rule groups.",
  references: [`${WAF_DOCS}web-acl.html`],
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
  on: WEB_ACL,
  why: "Which requests were blocked, counted or let through is recorded nowhere. Without it nobody can tell an attack from a rule that hits customers.",
  remedy: `Add an ${LOGGING} for the web ACL.`,
  references: [`${WAF_DOCS}logging.html`],
  compliance: controls({ nist: ["AU-2", "AU-12"], soc2: ["CC7.2"] }),
  check: (view) => someJoined(view, LOGGING, "resource_arn", () => pass(), "Its decisions are not logged"),
  bad: acl(managed(KNOWN_BAD_INPUTS)),
  good: `${acl(managed(KNOWN_BAD_INPUTS))}
resource "${LOGGING}" "x" {
  resource_arn            = aws_wafv2_web_acl.x.arn
  log_destination_configs = ["arn:aws:logs:eu-west-1:123456789012:log-group:aws-waf-logs-x"]
}
`,
});

const CLASSIC = ["aws_waf_web_acl", "aws_wafregional_web_acl"] as const;
const classic = (...lines: readonly string[]): string =>
  example(
    "aws_wafregional_web_acl",
    'name        = "x"',
    'metric_name = "x"',
    block("default_action", 'type = "ALLOW"'),
    ...lines,
  );

export const classicLogging = rule({
  id: "aws-waf-classic-logging",
  aliases: alias("CKV_AWS_176"),
  title: "Classic web ACL keeps no log",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: CLASSIC,
  why: "Which requests were blocked or let through is recorded nowhere. Without it nobody can tell an attack from a rule that hits customers.",
  remedy: "Add logging_configuration with a log_destination.",
  references: [`${WAF_DOCS}classic-logging.html`],
  check: (view) =>
    requireSet(view, "logging_configuration.log_destination", { message: "Its decisions are not logged" }),
  bad: classic(),
  good: classic(
    block(
      "logging_configuration",
      'log_destination = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/aws-waf-logs-x"',
    ),
  ),
});

/** An action that says something, or a managed group, whose rules have their own. */
const acts = (item: Block): boolean =>
  group(item) !== undefined ||
  ["action", "override_action"].some((name) =>
    item
      .blocks(name)
      .items.some(({ value }) => typeof value === "object" && value !== null && Object.keys(value).length > 0),
  );
const rateRule = (...action: readonly string[]): string =>
  block(
    "rule",
    'name     = "rate"',
    "priority = 1",
    ...action,
    block("statement", block("rate_based_statement", "limit = 1000")),
  );

export const ruleActions = rule({
  id: "aws-waf-rule-action",
  aliases: alias("CKV_AWS_342"),
  title: "Web ACL has a rule that does nothing",
  severity: "low",
  category: "security",
  profile: "strict",
  on: [WEB_ACL, "aws_wafv2_rule_group", ...CLASSIC, "aws_waf_rule_group", "aws_wafregional_rule_group"],
  why: "A rule without an action matches and changes nothing. It looks like protection in every inventory, and is none.",
  remedy: "Give each rule an action or override_action.",
  references: [`${WAF_DOCS}waf-rule-action.html`],
  check: (view) =>
    allOf(
      ["rule", "rules", "activated_rule"].map((path) =>
        eachBlock(view, path, (item) => verdictOf(acts(item), item.path, "The rule has no action")),
      ),
    ),
  bad: acl(rateRule()),
  good: acl(rateRule(block("action", block("block")))),
});
