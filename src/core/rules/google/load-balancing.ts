/** TLS policies, forwarding rules and Cloud Armor. */
import { textsAt } from "../evaluators/texts.ts";
import { set } from "../operations.ts";
import { type Rule, rule } from "../rule.ts";
import { alias, block, example } from "../shapes.ts";
import { and, fail, not, notApplicable, or, pass, undecided, type Verdict, verdictOf } from "../verdict.ts";
import type { Block, View } from "../view.ts";

const POLICY = "google_compute_ssl_policy";
const policy = (...lines: readonly string[]): string => example(POLICY, 'name = "p"', ...lines);

/** Without forward secrecy, or broken: https://cloud.google.com/load-balancing/docs/ssl-policies-concepts. */
const isWeakFeature = (feature: string): boolean => /^TLS_RSA_|_3DES_|_RC4_/.test(feature);

export const sslPolicy = rule({
  id: "google-ssl-policy-weak",
  aliases: alias("CKV_GCP_4", "GCP-0039"),
  title: "TLS policy lets old versions or weak ciphers in",
  severity: "critical",
  category: "security",
  profile: "strict",
  on: POLICY,
  why: "TLS 1.0 and 1.1 and ciphers without forward secrecy can be broken by someone on the way. Clients that need them are more than ten years old.",
  remedy: 'Set profile = "MODERN" with min_tls_version = "TLS_1_2", or profile = "RESTRICTED".',
  references: ["https://cloud.google.com/load-balancing/docs/ssl-policies-concepts"],
  check(view) {
    const profile = view.get("profile");
    if (profile.kind === "unknown") return undecided("profile");
    const name = profile.kind === "value" ? String(profile.value) : "COMPATIBLE";
    if (name === "RESTRICTED" || name.startsWith("FIPS_")) return pass("profile");
    if (name === "CUSTOM") {
      const features = textsAt(view, "custom_features");
      if (features.items.some(isWeakFeature)) return fail("custom_features", "A cipher of the list is weak");
      return features.complete ? pass("custom_features") : undecided("custom_features");
    }
    if (name !== "MODERN") return fail("profile", `${name} lets weak ciphers in`);
    const least = view.get("min_tls_version");
    if (least.kind === "unknown") return undecided("min_tls_version");
    const modern = least.kind === "value" && /^TLS_1_[23]$/.test(String(least.value));
    return verdictOf(modern, "min_tls_version", "Versions below TLS 1.2 are let in");
  },
  fix: {
    risk: "disruptive",
    edit: (view) =>
      view.text("profile") === "CUSTOM"
        ? "Take the weak ciphers out of custom_features: which ones clients need, only you know."
        : [set("profile", "MODERN"), set("min_tls_version", "TLS_1_2")],
  },
  bad: [
    policy(),
    policy('profile = "MODERN"'),
    policy(
      'profile         = "CUSTOM"',
      'min_tls_version = "TLS_1_2"',
      'custom_features = ["TLS_RSA_WITH_AES_256_GCM_SHA384"]',
    ),
  ],
  good: [
    policy('profile = "RESTRICTED"'),
    policy('profile         = "MODERN"', 'min_tls_version = "TLS_1_2"'),
    policy(
      'profile         = "CUSTOM"',
      'min_tls_version = "TLS_1_2"',
      'custom_features = ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]',
    ),
  ],
});

const HTTP_PROXIES = ["google_compute_target_http_proxy", "google_compute_region_target_http_proxy"];

function servesPlainHttp(view: View): Verdict {
  const scheme = view.get("load_balancing_scheme");
  if (scheme.kind === "value" && !/^EXTERNAL/i.test(String(scheme.value))) return notApplicable;
  const target = view.get("target");
  if (target.kind === "absent") return notApplicable;
  const named = [view.text("target") ?? "", ...(target.kind === "unknown" ? target.value.from : [])];
  const plain =
    view.joined(HTTP_PROXIES, "target").length > 0 ||
    named.some((name) => /targetHttpProxies|_target_http_proxy\b/.test(name));
  if (plain)
    return scheme.kind === "unknown" ? undecided("load_balancing_scheme") : fail("target", "It serves plain HTTP");
  return target.kind === "unknown" && target.value.from.length === 0 ? undecided("target") : pass("target");
}

const forwarding = (said: {
  readonly id: string;
  readonly checkov: string;
  readonly on: string;
  readonly proxy: string;
}): Rule =>
  rule({
    id: said.id,
    aliases: alias(said.checkov),
    title: "External load balancer serves plain HTTP",
    severity: "medium",
    category: "security",
    profile: "strict",
    on: said.on,
    why: "What passes can be read and changed by anyone on the way. An HTTPS proxy with a managed certificate costs nothing more.",
    remedy: "Point target at an HTTPS proxy, and let the HTTP one only redirect.",
    references: ["https://cloud.google.com/load-balancing/docs/https"],
    check: servesPlainHttp,
    bad: example(
      said.on,
      'name   = "f"',
      `target = "projects/p/global/targetHttpProxies/t"`,
      'load_balancing_scheme = "EXTERNAL"',
    ),
    good: [
      example(
        said.on,
        'name   = "f"',
        `target = "projects/p/global/targetHttpsProxies/t"`,
        'load_balancing_scheme = "EXTERNAL"',
      ),
      `${example(said.proxy.replace("_http_", "_https_"), 'name = "t"')}
${example(said.on, 'name   = "f"', `target = ${said.proxy.replace("_http_", "_https_")}.x.id`)}`,
    ],
  });

export const regionalForwarding = forwarding({
  id: "google-forwarding-rule-plain-http",
  checkov: "CKV2_GCP_37",
  on: "google_compute_forwarding_rule",
  proxy: "google_compute_region_target_http_proxy",
});
export const globalForwarding = forwarding({
  id: "google-global-forwarding-rule-plain-http",
  checkov: "CKV2_GCP_38",
  on: "google_compute_global_forwarding_rule",
  proxy: "google_compute_target_http_proxy",
});

const ARMOR = "google_compute_security_policy";

/** Whether a rule of a Cloud Armor policy stops the look-ups of CVE-2021-44228. */
function stopsLog4Shell(entry: Block): boolean | "unknown" {
  const expression = entry.get("match.expr.expression");
  if (expression.kind === "unknown") return "unknown";
  const meant =
    expression.kind === "value" &&
    /evaluatePreconfigured(?:Expr|Waf)\(\s*['"]cve-canary/.test(String(expression.value));
  const action = entry.get("action");
  const allows = action.kind === "unknown" ? ("unknown" as const) : action.kind === "value" && action.value === "allow";
  return and(meant, not(allows), not(entry.is("preview")));
}

const armor = (action: string): string =>
  example(
    ARMOR,
    'name = "p"',
    block(
      "rule",
      `action   = "${action}"`,
      "priority = 1",
      block("match", block("expr", `expression = "evaluatePreconfiguredExpr('cve-canary')"`)),
    ),
  );

export const log4Shell = rule({
  id: "google-armor-log4shell",
  aliases: alias("CKV_GCP_73"),
  title: "Cloud Armor does not stop Log4Shell",
  severity: "low",
  category: "security",
  profile: "strict",
  on: ARMOR,
  why: "One line of text in a request runs code on servers with an old Log4j (CVE-2021-44228), and bots still send it. The preconfigured rule stops it at the edge.",
  remedy: "Add a rule that denies evaluatePreconfiguredExpr('cve-canary'), not as a preview.",
  references: ["https://cloud.google.com/armor/docs/waf-rules#cves_and_other_vulnerabilities"],
  check(view) {
    const own = view.blocks("rule");
    const apart = view.joined("google_compute_security_policy_rule", "security_policy");
    const stops = or(...[...own.items, ...apart].map(stopsLog4Shell), own.complete ? false : "unknown");
    return verdictOf(stops, undefined, "No rule stops it");
  },
  bad: [example(ARMOR, 'name = "p"'), armor("allow")],
  good: armor("deny(403)"),
});
