/** The rule reference: Markdown pages made of the rules themselves, an index and a page for each service. */
import type { FixRisk } from "../model/patch.ts";
import type { Example, Rule } from "../rules/rule.ts";
import { codeBlock, codeSpan } from "./neutralise.ts";
import { byService, type ServiceRules } from "./rule-service.ts";
import { plural } from "./style.ts";

export interface Page {
  /** Relative to the directory of the reference. */
  readonly path: string;
  readonly text: string;
}

/** First line of every page, by which a page of a service that is no more is known. */
export const GENERATED = "<!-- Generated from the rules by `draco rules docs`. Edit the rules, not this page. -->";

/** The same rules give the same bytes, whatever order they come in. */
export function renderRuleReference(rules: readonly Rule[]): readonly Page[] {
  const services = byService(rules);
  return [
    { path: "README.md", text: index(rules, services) },
    ...services.map((service) => ({ path: pageOf(service), text: page(service) })),
  ];
}

const pageOf = (service: ServiceRules): string => `${service.key}.md`;

const RISKS: { readonly [risk in FixRisk]: string } = {
  "in-place": "in place: safe to apply",
  disruptive: "disruptive: it may restart something, break a client or cost more",
  replaces: "replaces the resource: its data must be moved",
  "needs-value": "needs a value that only a person can choose",
};

function index(rules: readonly Rule[], services: readonly ServiceRules[]): string {
  const strict = rules.filter((rule) => rule.profile === "strict").length;
  const fixers = rules.filter((rule) => rule.fix && rule.fix.risk !== "needs-value").length;
  const contents = services.map(
    (service) =>
      `| [${prose(service.title)}](#${anchor(service.title)}) | ${service.rules.length} | ${service.rules.filter((r) => r.fix).length} |`,
  );
  return paragraphs([
    GENERATED,
    "# Rules",
    `${plural(rules.length, "rule")}: ${rules.length - strict} in the \`default\` profile and ${strict} more in \`strict\`; ${fixers} can be mended by \`draco fix\`. Aliases are what Checkov and Trivy call the same thing: suppressions and \`--rule\` take either name. [Where Draco answers differently from them, and why](differences.md).`,
    `How far a fix goes: ${Object.entries(RISKS)
      .filter(([risk]) => rules.some((rule) => rule.fix?.risk === risk))
      .map(([risk, words]) => `\`${risk}\` (${words.replace(/^[^:]*: /, "")})`)
      .join(", ")}. Only \`in-place\` fixes are made unless you ask for more.`,
    ["| Service | Rules | Fixers |\n|---|--:|--:|", ...contents].join("\n"),
    ...services.flatMap((service) => [
      `## ${prose(service.title)}`,
      [
        "| Severity | Rule | What is found | Profile | Fix | Also known as |\n|---|---|---|---|---|---|",
        ...service.rules.map((rule) => row(rule, pageOf(service))),
      ].join("\n"),
    ]),
  ]);
}

const row = (rule: Rule, path: string): string =>
  `| ${[
    rule.severity,
    `[${rule.id}](${path}#${anchor(rule.id)})`,
    prose(rule.title),
    rule.profile === "strict" ? "strict" : "",
    rule.fix?.risk ?? "",
    rule.aliases.join(", "),
  ].join(" | ")} |`;

function page(service: ServiceRules): string {
  return paragraphs([
    GENERATED,
    `# ${prose(service.title)}`,
    `${plural(service.rules.length, "rule")}. [All rules](README.md)`,
    service.rules.map((rule) => `- [${rule.id}](#${anchor(rule.id)}): ${prose(rule.title)}`).join("\n"),
    ...service.rules.flatMap(section),
  ]);
}

function section(rule: Rule): readonly string[] {
  const facts: readonly (readonly [string, string])[] = [
    ["Severity", rule.severity],
    ["Category", rule.category],
    ["Profile", rule.profile],
    ["Looks at", rule.on.map((type) => codeSpan(type)).join(", ")],
    ["Also known as", rule.aliases.join(", ")],
    ["Compliance", rule.compliance.map((c) => `${c.framework} ${c.control}`).join(", ")],
    ["Fix", rule.fix ? RISKS[rule.fix.risk] : "by hand"],
  ];
  return [
    `## ${rule.id}`,
    `**${prose(rule.title)}**`,
    [
      "| | |\n|---|---|",
      ...facts.filter(([, value]) => value !== "").map(([name, value]) => `| ${name} | ${value} |`),
    ].join("\n"),
    prose(rule.why),
    `**To mend it:** ${prose(rule.remedy)}`,
    ...example("Fails", rule.bad[0], rule),
    ...example("Passes", rule.good[0], rule),
    ...(rule.references.length === 0 ? [] : [rule.references.map((url) => `- <${url}>`).join("\n")]),
  ];
}

function example(title: string, given: Example | undefined, rule: Rule): readonly string[] {
  if (given === undefined) return [];
  if (typeof given === "string") return [`${title}:`, codeBlock(tidy(given), languageOf("main.tf", rule))];
  return Object.entries(given.files).flatMap(([path, text]) => [
    `${title} (${codeSpan(path)}):`,
    codeBlock(tidy(text), languageOf(path, rule)),
  ]);
}

const tidy = (text: string): string => text.replace(/\s+$/, "");

function languageOf(path: string, rule: Rule): string {
  if (/\.tf$|\.tfvars$/.test(path)) return "hcl";
  if (/\.ya?ml$/.test(path)) return "yaml";
  if (/\.json$/.test(path)) return "json";
  return rule.on.includes("dockerfile") ? "dockerfile" : "";
}

/** GitHub's anchor of a heading: lower case, spaces as dashes, nothing but letters, digits and dashes. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");

/** A sentence of a rule, with what Markdown would take for markup escaped. */
const prose = (text: string): string => text.replace(/[\\`*<>[\]|]|\b_|_\b/g, "\\$&");

const paragraphs = (parts: readonly string[]): string => `${parts.join("\n\n")}\n`;
