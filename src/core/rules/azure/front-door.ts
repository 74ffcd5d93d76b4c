/** Front Door and CDN: transport, and the web application firewall at the edge. */
import { eachBlock, requireOneOf, requireSet } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, fail, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { Block, View } from "../view.ts";
import { block, resource, written } from "./example.ts";
import { expect, setting } from "./setting.ts";

const frontDoorPolicy = written("azurerm_frontdoor_firewall_policy");
const cdn = written("azurerm_cdn_endpoint");
const LOG4J_RULE = "944240";
const DEFAULT_SETS = ["DefaultRuleSet", "Microsoft_DefaultRuleSet"];

export const frontDoorLog4j = rule({
  id: "azure-front-door-waf-log4j",
  aliases: ["CKV_AZURE_133"],
  title: "Front Door's firewall does not stop Log4Shell",
  severity: "high",
  category: "security",
  profile: "strict",
  on: ["azurerm_frontdoor_firewall_policy", "azurerm_cdn_frontdoor_firewall_policy"],
  why: "Applications on an old Log4j run code from any text that they log. Microsoft's default rule set stops such texts at the door.",
  remedy:
    "Add a managed_rule of type Microsoft_DefaultRuleSet, and leave rule 944240 on with action Block or Redirect.",
  references: ["https://learn.microsoft.com/azure/web-application-firewall/afds/waf-front-door-drs"],
  check(view) {
    const sets = view.blocks("managed_rule");
    const known = sets.items.filter((item) => DEFAULT_SETS.includes(item.text("type") ?? ""));
    if (known.length > 0) return allOf(known.map(judgeDefaultSet));
    const unsure = !sets.complete || sets.items.some((item) => item.get("type").kind === "unknown");
    return unsure ? undecided("managed_rule") : fail("managed_rule", "It does not use the default rule set");
  },
  bad: [
    frontDoorPolicy(),
    frontDoorPolicy(
      block(
        "managed_rule",
        'type    = "Microsoft_DefaultRuleSet"',
        'version = "1.1"',
        block(
          "override",
          'rule_group_name = "JAVA"',
          block("rule", 'rule_id = "944240"', "enabled = false", 'action  = "Block"'),
        ),
      ),
    ),
  ],
  good: frontDoorPolicy(block("managed_rule", 'type    = "Microsoft_DefaultRuleSet"', 'version = "2.1"')),
});

const judgeDefaultSet = (managed: Block): Verdict =>
  eachBlock(
    managed,
    "override.rule",
    (override) => {
      if (override.text("rule_id") !== LOG4J_RULE) return pass(override.path);
      if (override.is("enabled") === false) return fail(`${override.path}.enabled`, `Rule ${LOG4J_RULE} is off`);
      return allOf([
        verdictOf(override.is("enabled"), `${override.path}.enabled`),
        requireOneOf(override, "action", ["Block", "Redirect"], { message: `Rule ${LOG4J_RULE} stops nothing` }),
      ]);
    },
    pass(managed.path),
  );

export const frontDoorWaf = rule({
  id: "azure-front-door-waf",
  aliases: ["CKV_AZURE_121"],
  title: "Front Door has no web application firewall",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "azurerm_frontdoor",
  why: "Injection and known exploits reach your applications unhindered. The firewall at the edge stops most of them.",
  remedy: "Set web_application_firewall_policy_link_id in every frontend_endpoint.",
  references: ["https://learn.microsoft.com/azure/web-application-firewall/afds/afds-overview"],
  check: (view) =>
    eachBlock(
      view,
      "frontend_endpoint",
      (endpoint) =>
        requireSet(endpoint, "web_application_firewall_policy_link_id", {
          message: "No firewall guards this endpoint",
        }),
      requireSet(view, "web_application_firewall_policy_link_id", { message: "No firewall guards it" }),
    ),
  bad: resource("azurerm_frontdoor", block("frontend_endpoint", 'host_name = "x.azurefd.net"')),
  good: resource(
    "azurerm_frontdoor",
    block("frontend_endpoint", 'host_name = "x.azurefd.net"', 'web_application_firewall_policy_link_id = "id"'),
  ),
});

const ENABLED = ["policy_settings.enabled", "enabled"];

export const frontDoorPolicyOn = rule({
  id: "azure-front-door-waf-enabled",
  aliases: ["CKV_AZURE_123"],
  title: "Front Door's firewall policy is switched off",
  severity: "high",
  category: "security",
  profile: "strict",
  on: ["azurerm_frontdoor_firewall_policy", "azurerm_cdn_frontdoor_firewall_policy"],
  why: "The policy is there and looks like protection, but it stops nothing. Nobody misses it until an attack comes through.",
  remedy: "Remove enabled = false.",
  references: ["https://learn.microsoft.com/azure/web-application-firewall/afds/waf-front-door-policy-settings"],
  check: (view) =>
    allOf(ENABLED.map((at) => expect(view, { at, wanted: true, absent: "pass", message: "The policy is off" }))),
  fix: {
    risk: "disruptive",
    edit: (view: View) => ENABLED.filter((at) => view.is(at, true) === false).map((at) => set(pathOf(view, at), true)),
  },
  bad: [frontDoorPolicy("enabled = false"), frontDoorPolicy(block("policy_settings", "enabled = false"))],
  good: [frontDoorPolicy(), frontDoorPolicy("enabled = true")],
});

const pathOf = (view: View, path: string): string => view.get(path).path;

export const cdnHttps = setting({
  id: "azure-cdn-https",
  aliases: ["CKV_AZURE_198"],
  title: "CDN endpoint does not offer HTTPS",
  severity: "medium",
  profile: "strict",
  on: "azurerm_cdn_endpoint",
  why: "Visitors get pages that anyone on the way can read and change. The certificate comes with the endpoint.",
  remedy: "Set is_https_allowed = true.",
  at: "is_https_allowed",
  wanted: true,
  absent: "pass",
  risk: "in-place",
  bad: cdn("is_https_allowed = false"),
  good: [cdn(), cdn("is_https_allowed = true")],
});

export const cdnHttp = setting({
  id: "azure-cdn-http",
  aliases: ["CKV_AZURE_197"],
  title: "CDN endpoint answers over plain HTTP",
  severity: "medium",
  profile: "strict",
  on: "azurerm_cdn_endpoint",
  why: "Visitors who come over http:// get pages that anyone on the way can read and change. HTTPS alone is enough today.",
  remedy: "Set is_http_allowed = false.",
  at: "is_http_allowed",
  wanted: false,
  risk: "disruptive",
  bad: [cdn(), cdn("is_http_allowed = true")],
  good: cdn("is_http_allowed = false"),
});

const DOMAIN = "azurerm_cdn_endpoint_custom_domain";
const MANAGED = ["cdn_managed_https", "user_managed_https"];

export const cdnTls = rule({
  id: "azure-cdn-minimum-tls",
  aliases: ["CKV_AZURE_200"],
  title: "CDN domain accepts old versions of TLS",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: DOMAIN,
  why: "TLS 1.0 has known flaws, and a downgraded connection can be read. Only a minimum of 1.2 keeps browsers and bots from using it.",
  remedy: 'Set tls_version = "TLS12".',
  references: ["https://learn.microsoft.com/azure/cdn/cdn-custom-ssl"],
  check: (view) =>
    allOf(
      MANAGED.map((name) =>
        expect(view, { at: `${name}.tls_version`, wanted: "TLS12", absent: "pass", message: "Old TLS is accepted" }),
      ),
    ),
  fix: {
    risk: "disruptive",
    edit: (view) =>
      MANAGED.filter((name) => view.get(`${name}.tls_version`).kind === "value").map((name) =>
        set(`${name}.0.tls_version`, "TLS12"),
      ),
  },
  bad: resource(DOMAIN, block("cdn_managed_https", 'tls_version = "TLS10"')),
  good: [resource(DOMAIN), resource(DOMAIN, block("cdn_managed_https", 'tls_version = "TLS12"'))],
});
