/** Application gateways: protocols, ciphers, and their web application firewall. */
import { eachBlock, requireOneOf, requireSet } from "../checks.ts";
import { HOLE, textsAt } from "../evaluators/texts.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, anyOf, fail, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { Block } from "../view.ts";
import { block, written } from "./example.ts";
import { expect, setting } from "./setting.ts";

const gateway = written("azurerm_application_gateway");
const wafPolicy = written("azurerm_web_application_firewall_policy");

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

const LOG4J_RULE = "944240";

export const gatewayLog4j = rule({
  id: "azure-waf-log4j",
  aliases: ["CKV_AZURE_135"],
  title: "Web application firewall does not stop Log4Shell",
  severity: "high",
  category: "security",
  profile: "strict",
  on: "azurerm_web_application_firewall_policy",
  why: "Applications on an old Log4j run code from any text that they log. The rule set 3.1 and later stop such texts at the door.",
  remedy: "Use the OWASP rule set 3.1 or later, and leave rule 944240 on.",
  references: [
    "https://learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-crs-rulegroups-rules",
  ],
  check(view) {
    const sets = view.blocks("managed_rules.managed_rule_set");
    const core = sets.items.filter((item) => item.get("type").kind === "absent" || isCore(item.text("type")));
    if (core.length > 0) return allOf(core.map(judgeRuleSet));
    const unsure = !sets.complete || sets.items.some((item) => item.get("type").kind === "unknown");
    return unsure ? undecided("managed_rules") : fail("managed_rules", "No rule set knows Log4Shell");
  },
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

const isCore = (type: string | undefined): boolean => type === "OWASP" || type === "Microsoft_DefaultRuleSet";

function judgeRuleSet(rules: Block): Verdict {
  const version = rules.number("version");
  if (version === undefined) return undecided(`${rules.path}.version`);
  if (version < 3.1 && rules.text("type") !== "Microsoft_DefaultRuleSet")
    return fail(`${rules.path}.version`, "This rule set does not know Log4Shell");
  return eachBlock(
    rules,
    "rule_group_override",
    (override) => {
      if (override.text("rule_group_name") !== "REQUEST-944-APPLICATION-ATTACK-JAVA") return pass(override.path);
      if (override.strings("disabled_rules").items.includes(LOG4J_RULE))
        return fail(`${override.path}.disabled_rules`, `Rule ${LOG4J_RULE} is switched off`);
      const own = override.blocks("rule").items.filter((item) => item.text("id") === LOG4J_RULE);
      const off = `Rule ${LOG4J_RULE} is switched off`;
      return allOf([
        pass(override.path),
        ...own.map((item) => verdictOf(item.is("enabled"), `${item.path}.enabled`, off)),
      ]);
    },
    pass(rules.path),
  );
}

export const gatewayWaf = rule({
  id: "azure-application-gateway-waf",
  aliases: ["CKV_AZURE_120"],
  title: "Application gateway has no web application firewall",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "azurerm_application_gateway",
  why: "Injection and known exploits reach your applications unhindered. The firewall in the gateway stops most of them.",
  remedy: "Set firewall_policy_id, or waf_configuration with enabled = true; it takes a WAF SKU.",
  references: ["https://learn.microsoft.com/azure/web-application-firewall/ag/ag-overview"],
  check: (view) =>
    anyOf([
      requireSet(view, "firewall_policy_id", { message: "No firewall guards it" }),
      expect(view, { at: "waf_configuration.enabled", wanted: true, message: "No firewall guards it" }),
    ]),
  bad: [gateway(), gateway(block("waf_configuration", "enabled = false"))],
  good: [gateway('firewall_policy_id = "id"'), gateway(block("waf_configuration", "enabled = true"))],
});

export const wafEnabled = setting({
  id: "azure-waf-enabled",
  aliases: ["CKV_AZURE_122"],
  title: "Web application firewall policy is switched off",
  severity: "high",
  profile: "strict",
  on: "azurerm_web_application_firewall_policy",
  why: "The policy is there and looks like protection, but it stops nothing. Nobody misses it until an attack comes through.",
  remedy: "Remove policy_settings.enabled = false.",
  references: ["https://learn.microsoft.com/azure/web-application-firewall/ag/policy-overview"],
  at: "policy_settings.enabled",
  wanted: true,
  absent: "pass",
  risk: "disruptive",
  bad: wafPolicy(block("policy_settings", "enabled = false")),
  good: [wafPolicy(), wafPolicy(block("policy_settings", "enabled = true"))],
});

export const gatewayHttps = rule({
  id: "azure-application-gateway-https",
  aliases: ["CKV_AZURE_217"],
  title: "Application gateway listens for plain HTTP",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: "azurerm_application_gateway",
  why: "Passwords, cookies and tokens travel in the clear to whoever visits http://. A listener that only redirects may stay.",
  remedy: 'Set protocol = "Https" in every http_listener, with a certificate.',
  references: ["https://learn.microsoft.com/azure/application-gateway/ssl-overview"],
  check: (view) => {
    const redirecting = view
      .blocks("request_routing_rule")
      .items.filter((route) => route.has("redirect_configuration_name") === true)
      .map((route) => route.text("http_listener_name"));
    return eachBlock(view, "http_listener", (listener) => {
      const name = listener.text("name");
      if (name !== undefined && redirecting.includes(name)) return pass(listener.path);
      return requireOneOf(listener, "protocol", ["Https"], { message: "It listens for plain HTTP" });
    });
  },
  bad: gateway(block("http_listener", 'name     = "web"', 'protocol = "Http"')),
  good: [
    gateway(block("http_listener", 'name     = "web"', 'protocol = "Https"')),
    gateway(
      block("http_listener", 'name     = "web"', 'protocol = "Http"'),
      block("request_routing_rule", 'http_listener_name          = "web"', 'redirect_configuration_name = "to-https"'),
    ),
  ],
});
