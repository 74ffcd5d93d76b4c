/** What stands in front of web sites: application gateways, Front Door, CDN, Azure Firewall. */

import { eachBlock, requireOneOf, requireSet } from "../checks.ts";
import { HOLE, textsAt } from "../evaluators/texts.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, fail, notApplicable, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { Block, View } from "../view.ts";
import { block, resource, written } from "./example.ts";
import { expect, setting } from "./setting.ts";

const gateway = written("azurerm_application_gateway");
const wafPolicy = written("azurerm_web_application_firewall_policy");
const frontDoorPolicy = written("azurerm_frontdoor_firewall_policy");
const firewallPolicy = written("azurerm_firewall_policy");
const cdn = written("azurerm_cdn_endpoint");

/** Ephemeral keys and authenticated encryption: every cipher of TLS 1.3, and ECDHE with GCM of TLS 1.2. */
const STRONG_CIPHER = /^TLS_(?:AES|CHACHA20)_|^TLS_ECDHE_(?:RSA|ECDSA)_WITH_(?:AES_\d+_GCM|CHACHA20)_/;

function judgeTls(policy: Block): Verdict {
  const type = policy.get("policy_type");
  if (type.kind === "unknown") return undecided(type.path);
  if (type.kind === "absent") return fail(type.path, "The policy does not say which protocols it allows");
  if (type.value === "Predefined")
    return requireOneOf(policy, "policy_name", ["AppGwSslPolicy20220101S"], {
      message: "It allows weak protocols or ciphers",
    });
  const suites = textsAt(policy, "cipher_suites");
  const weak = suites.items.find((suite) => suite !== HOLE && !STRONG_CIPHER.test(suite.trim()));
  return allOf([
    requireOneOf(policy, "min_protocol_version", ["TLSv1_2", "TLSv1_3"], { message: "It allows TLS before 1.2" }),
    weak
      ? fail(`${policy.path}.cipher_suites`, `${weak} is a weak cipher`)
      : suites.complete
        ? pass()
        : undecided(`${policy.path}.cipher_suites`),
  ]);
}

export const gatewayTls = rule({
  id: "azure-application-gateway-tls",
  aliases: ["CKV_AZURE_218"],
  title: "Application gateway allows weak protocols or ciphers",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "azurerm_application_gateway",
  why: "Without a policy the gateway's default still speaks ciphers without forward secrecy. Whoever records the traffic can read it once the key leaks.",
  remedy: 'Set ssl_policy with policy_type = "Predefined" and policy_name = "AppGwSslPolicy20220101S".',
  references: ["https://learn.microsoft.com/azure/application-gateway/application-gateway-ssl-policy-overview"],
  check: (view) => eachBlock(view, "ssl_policy", judgeTls, fail("ssl_policy", "No TLS policy is set")),
  fix: {
    risk: "disruptive",
    edit: (view) =>
      view.blocks("ssl_policy").items.length > 0
        ? "The policy was chosen by hand: raise its protocol and drop the weak ciphers, or use the predefined one."
        : [set("ssl_policy.0.policy_type", "Predefined"), set("ssl_policy.0.policy_name", "AppGwSslPolicy20220101S")],
  },
  bad: [
    gateway(),
    gateway(block("ssl_policy", 'policy_type = "Predefined"', 'policy_name = "AppGwSslPolicy20150501"')),
    gateway(
      block(
        "ssl_policy",
        'policy_type          = "Custom"',
        'min_protocol_version = "TLSv1_2"',
        'cipher_suites        = ["TLS_RSA_WITH_AES_128_CBC_SHA"]',
      ),
    ),
  ],
  good: [
    gateway(block("ssl_policy", 'policy_type = "Predefined"', 'policy_name = "AppGwSslPolicy20220101S"')),
    gateway(
      block(
        "ssl_policy",
        'policy_type          = "Custom"',
        'min_protocol_version = "TLSv1_2"',
        'cipher_suites        = ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]',
      ),
    ),
  ],
});

const LOG4J_WHY =
  "Applications on an old Log4j run code from any text that they log. The rule set 3.1 and later stop such texts at the door.";
const LOG4J_RULE = "944240";

export const gatewayLog4j = rule({
  id: "azure-waf-log4j",
  aliases: ["CKV_AZURE_135"],
  title: "Web application firewall does not stop Log4Shell",
  severity: "high",
  category: "security",
  profile: "strict",
  on: "azurerm_web_application_firewall_policy",
  why: LOG4J_WHY,
  remedy: "Use the OWASP rule set 3.1 or later, and leave rule 944240 on.",
  references: [
    "https://learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-crs-rulegroups-rules",
  ],
  check: (view) =>
    allOf([
      eachBlock(view, "managed_rules.managed_rule_set", judgeRuleSet, fail("managed_rules", "No rule set is used")),
    ]),
  bad: [
    wafPolicy(block("managed_rules", block("managed_rule_set", 'version = "3.0"'))),
    wafPolicy(
      block(
        "managed_rules",
        block(
          "managed_rule_set",
          'version = "3.2"',
          block(
            "rule_group_override",
            'rule_group_name = "REQUEST-944-APPLICATION-ATTACK-JAVA"',
            block("rule", 'id      = "944240"', "enabled = false"),
          ),
        ),
      ),
    ),
  ],
  good: wafPolicy(block("managed_rules", block("managed_rule_set", 'type    = "OWASP"', 'version = "3.2"'))),
});

function judgeRuleSet(rules: Block): Verdict {
  const type = rules.get("type");
  if (type.kind === "unknown") return undecided(type.path);
  const isOwasp = type.kind === "absent" || type.value === "OWASP";
  if (!isOwasp)
    return type.kind === "value" && type.value === "Microsoft_DefaultRuleSet" ? pass(rules.path) : notApplicable;
  const version = rules.number("version");
  if (version === undefined) return undecided(`${rules.path}.version`);
  if (version < 3.1) return fail(`${rules.path}.version`, "This rule set does not know Log4Shell");
  return eachBlock(
    rules,
    "rule_group_override",
    (override) => {
      if (override.text("rule_group_name") !== "REQUEST-944-APPLICATION-ATTACK-JAVA") return pass(override.path);
      if (override.strings("disabled_rules").items.includes(LOG4J_RULE))
        return fail(`${override.path}.disabled_rules`, `Rule ${LOG4J_RULE} is switched off`);
      const off = override.blocks("rule").items.find((r) => r.text("id") === LOG4J_RULE && r.is("enabled") !== true);
      return off ? fail(`${off.path}.enabled`, `Rule ${LOG4J_RULE} is switched off`) : pass(override.path);
    },
    pass(rules.path),
  );
}

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

export const intrusionDetection = setting({
  id: "azure-firewall-intrusion-prevention",
  aliases: ["CKV_AZURE_220"],
  title: "Azure Firewall does not stop intrusions",
  severity: "medium",
  profile: "strict",
  on: "azurerm_firewall_policy",
  why: "Known attacks pass through, or are only written down. In the mode Deny the firewall drops them.",
  remedy: 'Set intrusion_detection.mode = "Deny"; it takes the Premium SKU.',
  references: ["https://learn.microsoft.com/azure/firewall/premium-features"],
  at: "intrusion_detection.mode",
  wanted: "Deny",
  risk: "disruptive",
  bad: [firewallPolicy(), firewallPolicy(block("intrusion_detection", 'mode = "Alert"'))],
  good: firewallPolicy(block("intrusion_detection", 'mode = "Deny"')),
});

export const threatIntelligence = setting({
  id: "azure-firewall-threat-intelligence",
  aliases: ["CKV_AZURE_216"],
  title: "Azure Firewall lets known attackers through",
  severity: "medium",
  profile: "strict",
  on: "azurerm_firewall",
  why: "Microsoft knows addresses that attack others, and the firewall only notes them down. In the mode Deny it drops them.",
  remedy: 'Set threat_intel_mode = "Deny".',
  references: ["https://learn.microsoft.com/azure/firewall/threat-intel"],
  at: "threat_intel_mode",
  wanted: "Deny",
  risk: "disruptive",
  bad: [resource("azurerm_firewall"), resource("azurerm_firewall", 'threat_intel_mode = "Alert"')],
  good: resource("azurerm_firewall", 'threat_intel_mode = "Deny"'),
});

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
