/** Web ACLs as rules look at them and show them. */
import type { Truth } from "../../model/value.ts";
import { or } from "../verdict.ts";
import type { Block, View } from "../view.ts";
import { block, example } from "./shapes.ts";

export const WAF_DOCS = "https://docs.aws.amazon.com/waf/latest/developerguide/";
export const WEB_ACL = "aws_wafv2_web_acl";
export const ASSOCIATION = "aws_wafv2_web_acl_association";
export const KNOWN_BAD_INPUTS = "AWSManagedRulesKnownBadInputsRuleSet";
export const ANONYMOUS_ADDRESSES = "AWSManagedRulesAnonymousIpList";

export const managed = (name: string, action = "none", ...more: readonly string[]): string =>
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
export const acl = (...rules: readonly string[]): string =>
  example(WEB_ACL, 'name  = "x"', 'scope = "REGIONAL"', block("default_action", block("allow")), ...rules);

export const group = (item: Block): Block | undefined => item.blocks("statement.managed_rule_group_statement").items[0];

/** Whether a rule of the ACL runs a managed rule group of this name. */
export const runs = (view: View, name: string): Truth => {
  const { items, complete } = view.blocks("rule");
  return or(
    ...items.map((item): Truth => {
      const found = group(item)?.get("name");
      return found?.kind === "unknown" ? "unknown" : found?.kind === "value" && found.value === name;
    }),
    complete ? false : "unknown",
  );
};
