/** `draco rules`: what Draco looks for, from the rules themselves. */

import { resolve } from "node:path";
import { nearest } from "../../core/approve/nearest.ts";
import { mayBeInfrastructure } from "../../core/read/candidates.ts";
import { plural, type Style, styleFor, wrapText } from "../../core/report/style.ts";
import { loadAllRules } from "../../core/rules/registry.ts";
import type { Example, Rule } from "../../core/rules/rule.ts";
import { testRules } from "../../flows/test-rules.ts";
import { newCommand, Option, runCommand } from "./command.ts";
import { type Io, screenOf, UserError } from "./io.ts";
import { readRuleFiles } from "./read-policy.ts";
import { scanDeps } from "./scan-deps.ts";

const EXAMPLES = [
  "draco rules list                  every rule",
  "draco rules list s3 --json        those about S3, for programs",
  "draco rules show CKV_AWS_20       one rule, by its id or an alias",
  "draco rules test                  your own rules in .github/draco/rules",
];

export async function rules(args: readonly string[], io: Io): Promise<number> {
  const command = newCommand("draco rules", io, "List the rules, or explain one.", EXAMPLES);
  command
    .command("list", { isDefault: true })
    .description("list rules, all or those whose id, alias, title or resource type holds the words")
    .argument("[word...]")
    .addOption(new Option("--profile <profile>", "only rules of this profile").choices(["default", "strict"]))
    .option("--json", "as JSON")
    .action(async (words: readonly string[], options: { profile?: string; json?: boolean }) => {
      const all = await loadAllRules();
      const found = all.filter(
        (rule) => matches(rule, words) && (!options.profile || rule.profile === options.profile),
      );
      io.out(options.json ? `${JSON.stringify(found.map(describe), undefined, 2)}\n` : list(found, io));
    });
  command
    .command("show")
    .description("explain one rule")
    .argument("<id>", "id or alias")
    .action(async (id: string) => {
      const all = await loadAllRules();
      const names = all.flatMap((rule) => [rule.id, ...rule.aliases]);
      const found = all.filter((rule) => [rule.id, ...rule.aliases].some((n) => n.toLowerCase() === id.toLowerCase()));
      const near = nearest(id, names);
      if (found.length === 0) throw new UserError(`there is no rule "${id}".${near ? ` Did you mean "${near}"?` : ""}`);
      io.out(`${found.map((rule) => show(rule, io)).join("\n\n")}\n`);
    });
  let exitCode = 0;
  command
    .command("test")
    .description("check your own rules against their examples: DIR/RULE-ID/bad*, DIR/RULE-ID/good*")
    .argument("[dir]", "directory of rule files", ".github/draco/rules")
    .action(async (directory: string) => {
      exitCode = await test(resolve(io.cwd, directory), directory, io);
    });
  return (await runCommand(command, args)) ?? exitCode;
}

async function test(directory: string, shown: string, io: Io): Promise<number> {
  if (scanDeps().kindOf(directory) !== "directory") throw new UserError(`there is no directory ${shown}`);
  const { rules: own, diagnostics } = await readRuleFiles(directory, shown);
  for (const d of diagnostics) io.err(`${d.file}:${d.line}:${d.column} ${d.summary}\n`);
  if (diagnostics.length > 0) return 2;
  if (own.length === 0) throw new UserError(`there are no rules in ${shown}/*.yml`);
  const { files } = scanDeps().readTree(directory, { wants: mayBeInfrastructure });
  const tests = await testRules(own, files);
  const style = styleFor(screenOf(io, io.outIsTerminal).colour);
  for (const { rule, example, problem } of tests)
    io.out(
      problem
        ? `${style.red("failed")} ${rule} ${example}: ${problem}\n`
        : `${style.green("passed")} ${rule} ${example}\n`,
    );
  const failed = tests.filter(({ problem }) => problem !== undefined).length;
  io.out(`${plural(own.length, "rule")}, ${plural(tests.length, "example")}, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

const matches = (rule: Rule, words: readonly string[]): boolean => {
  const text = [rule.id, ...rule.aliases, rule.title, ...rule.on].join(" ").toLowerCase();
  return words.every((word) => text.includes(word.toLowerCase()));
};

function list(found: readonly Rule[], io: Io): string {
  const screen = screenOf(io, io.outIsTerminal);
  const style = styleFor(screen.colour);
  const widest = Math.max(0, ...found.map((rule) => rule.id.length));
  const lines = found.map((rule) => {
    const marks = [...(rule.fix ? ["fix"] : []), ...(rule.profile === "strict" ? ["strict"] : [])].join(", ");
    return `${style.severity(rule.severity, rule.severity.padEnd(8))} ${rule.id.padEnd(widest)}  ${rule.title}${marks === "" ? "" : style.dim(` (${marks})`)}`;
  });
  const fixable = found.filter((rule) => rule.fix).length;
  return `${[...lines, `${plural(found.length, "rule")}, ${fixable} with a fixer`].join("\n")}\n`;
}

function show(rule: Rule, io: Io): string {
  const screen = screenOf(io, io.outIsTerminal);
  const style = styleFor(screen.colour);
  const facts: readonly (readonly [string, string])[] = [
    ["Severity", style.severity(rule.severity)],
    ["Category", rule.category],
    ["Profile", rule.profile],
    ["Looks at", rule.on.join(", ")],
    ["Aliases", rule.aliases.join(", ") || "none"],
    ["Compliance", rule.compliance.map((c) => `${c.framework} ${c.control}`).join(", ") || "none stated"],
    ["Fixer", rule.fix ? `yes, ${rule.fix.risk}` : "none"],
  ];
  return [
    `${style.bold(rule.title)}  ${style.dim(rule.id)}`,
    facts.map(([name, value]) => wrapText(value, screen.width, `${name.padEnd(12)}`)).join("\n"),
    wrapText(rule.why, screen.width),
    wrapText(rule.remedy, screen.width, `${style.bold("Fix")} `),
    ...examples("Fails", rule.bad, style),
    ...examples("Passes", rule.good, style),
    ...(rule.references.length > 0 ? [rule.references.join("\n")] : []),
  ].join("\n\n");
}

const examples = (title: string, given: readonly Example[], style: Style): readonly string[] =>
  given.slice(0, 1).map((example) => {
    const text = typeof example === "string" ? example : Object.values(example.files).join("\n");
    const indented = text
      .trim()
      .split("\n")
      .map((line) => `  ${line}`);
    return `${style.bold(title)}\n${style.dim(indented.join("\n"))}`;
  });

const describe = (rule: Rule) => ({
  id: rule.id,
  aliases: rule.aliases,
  title: rule.title,
  severity: rule.severity,
  category: rule.category,
  profile: rule.profile,
  on: rule.on,
  why: rule.why,
  remedy: rule.remedy,
  references: rule.references,
  compliance: rule.compliance,
  fix: rule.fix ? rule.fix.risk : null,
});
