/** Rules for somebody at a terminal: many in a list by service, or one in full. */
import type { Example, Rule } from "../rules/rule.ts";
import { byService, type ServiceRules } from "./rule-service.ts";
import { plural, type Screen, type Style, styleFor, wrapText } from "./style.ts";

/** A title is not squeezed into fewer columns than these: it goes on a line of its own. */
const LEAST_TITLE = 30;

export function renderRuleList(rules: readonly Rule[], screen: Screen): string {
  const style = styleFor(screen.colour);
  const fixable = rules.filter((rule) => rule.fix).length;
  const total = `${plural(rules.length, "rule")}, ${fixable} with a fixer`;
  return `${[...byService(rules).map((service) => serviceSection(service, style, screen.width)), total].join("\n\n")}\n`;
}

function serviceSection(service: ServiceRules, style: Style, width: number): string {
  const widest = Math.max(...service.rules.map((rule) => rule.id.length));
  const rows = service.rules.map((rule) => {
    const marks = [...(rule.fix ? ["fix"] : []), ...(rule.profile === "strict" ? ["strict"] : [])].join(", ");
    const title = `${rule.title}${marks === "" ? "" : ` ${style.dim(`(${marks})`)}`}`;
    const severity = style.severity(rule.severity, rule.severity.padEnd(8));
    const start = `  ${severity}  ${rule.id.padEnd(widest)}  `;
    const room = width - (2 + 8 + 2 + widest + 2);
    if (width === 0 || room >= LEAST_TITLE) return wrapText(title, width, start);
    return `  ${severity}  ${style.bold(rule.id)}\n${wrapText(title, width, " ".repeat(12))}`;
  });
  return [style.bold(service.title), ...rows].join("\n");
}

export function renderRule(rule: Rule, screen: Screen): string {
  const style = styleFor(screen.colour);
  const facts: readonly (readonly [string, string])[] = [
    ["Severity", style.severity(rule.severity)],
    ["Category", rule.category],
    ["Profile", rule.profile],
    ["Looks at", rule.on.join(", ")],
    ["Aliases", rule.aliases.join(", ")],
    ["Compliance", rule.compliance.map((c) => `${c.framework} ${c.control}`).join(", ")],
    ["Fixer", rule.fix ? `yes, ${rule.fix.risk}` : "none"],
  ];
  return `${[
    wrapText(`${style.bold(rule.title)}  ${style.dim(rule.id)}`, screen.width),
    facts
      .filter(([, value]) => value !== "")
      .map(([name, value]) => wrapText(value, screen.width, name.padEnd(12)))
      .join("\n"),
    wrapText(rule.why, screen.width),
    wrapText(rule.remedy, screen.width, `${style.bold("To mend it:")} `),
    ...example("Fails", rule.bad[0], style),
    ...example("Passes", rule.good[0], style),
    ...(rule.references.length > 0 ? [rule.references.join("\n")] : []),
  ].join("\n\n")}\n`;
}

function example(title: string, given: Example | undefined, style: Style): readonly string[] {
  if (given === undefined) return [];
  const texts = typeof given === "string" ? [["", given] as const] : Object.entries(given.files);
  return texts.map(([path, text]) => {
    const lines = text.trimEnd().split("\n");
    return `${style.bold(path === "" ? title : `${title} (${path})`)}\n${style.dim(lines.map((line) => `  ${line}`.trimEnd()).join("\n"))}`;
  });
}
