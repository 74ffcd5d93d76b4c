/** `draco rules`: what Draco looks for, from the rules themselves. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Severity, severityRank } from "../../core/model/finding.ts";
import { mayBeInfrastructure } from "../../core/read/candidates.ts";
import { GENERATED, type Page, renderRuleReference } from "../../core/report/rule-reference.ts";
import { renderRule, renderRuleList } from "../../core/report/rule-text.ts";
import { plural, styleFor } from "../../core/report/style.ts";
import { selectRules } from "../../core/rules/engine.ts";
import { loadAllRules } from "../../core/rules/registry.ts";
import type { Rule } from "../../core/rules/rule.ts";
import { testRules } from "../../flows/test-rules.ts";
import { newCommand, Option, runCommand, severity } from "./command.ts";
import { type Io, screenOf, UserError } from "./io.ts";
import { readRuleFiles } from "./read-policy.ts";
import { checkRuleIds } from "./rule-ids.ts";
import { scanDeps } from "./scan-deps.ts";

const EXAMPLES = [
  "draco rules list                  every rule",
  "draco rules list s3 --json        those about S3, for programs",
  "draco rules list --provider aws --severity high",
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
    .addOption(new Option("--provider <name>", "only rules about this provider, as ids begin: aws, kubernetes, docker"))
    .option("--severity <level>", "leave out what is below low, medium, high or critical", severity)
    .addOption(new Option("--format <format>", "how to print them").choices(["table", "json"]).default("table"))
    .option("--json", "the same as --format json")
    .action(async (words: readonly string[], options: ListOptions) => {
      const found = choose(await loadAllRules(), words, options);
      const json = options.json || options.format === "json";
      io.out(
        json
          ? `${JSON.stringify(found.map(describe), undefined, 2)}\n`
          : renderRuleList(found, screenOf(io, io.outIsTerminal)),
      );
    });
  command
    .command("show")
    .description("explain one rule")
    .argument("<id>", "id or alias")
    .action(async (id: string) => {
      await checkRuleIds([id]);
      const found = selectRules(await loadAllRules(), { only: [id] });
      io.out(found.map((rule) => renderRule(rule, screenOf(io, io.outIsTerminal))).join("\n"));
    });
  command
    .command("docs")
    .description("write the rule reference as Markdown")
    .argument("<dir>", "directory for the pages: those of an earlier run are replaced, other files stay")
    .action(async (directory: string) => {
      const pages = renderRuleReference(await loadAllRules());
      writeReference(resolve(io.cwd, directory), pages);
      io.err(`${plural(pages.length, "page")} written to ${directory}\n`);
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

interface ListOptions {
  readonly profile?: string;
  readonly provider?: string;
  readonly severity?: Severity;
  readonly format: "table" | "json";
  readonly json?: boolean;
}

function choose(all: readonly Rule[], words: readonly string[], options: ListOptions): readonly Rule[] {
  const { profile, provider, severity: least } = options;
  const providers = [...new Set(all.map(providerOf))].sort();
  if (provider !== undefined && !providers.includes(provider))
    throw new UserError(`there are no rules about "${provider}"; there are some about ${providers.join(", ")}`);
  return all.filter(
    (rule) =>
      matches(rule, words) &&
      (profile === undefined || rule.profile === profile) &&
      (provider === undefined || providerOf(rule) === provider) &&
      (least === undefined || severityRank(rule.severity) >= severityRank(least)),
  );
}

const providerOf = (rule: Rule): string => rule.id.slice(0, rule.id.indexOf("-"));

/** Writes the pages, removes those that an earlier run made of services that are no more, and touches nothing else. */
function writeReference(directory: string, pages: readonly Page[]): void {
  try {
    mkdirSync(directory, { recursive: true });
    const old = readdirSync(directory).filter((name) => name.endsWith(".md"));
    const isOurs = (name: string) => readFileSync(join(directory, name), "utf8").startsWith(GENERATED);
    const foreign = old.find((name) => pages.some((page) => page.path === name) && !isOurs(name));
    if (foreign !== undefined)
      throw new UserError(`${join(directory, foreign)} is somebody's own page: name another directory`);
    for (const name of old) if (isOurs(name)) rmSync(join(directory, name));
    for (const { path, text } of pages) writeFileSync(join(directory, path), text);
  } catch (thrown) {
    if (thrown instanceof UserError) throw thrown;
    throw new UserError(`${directory} cannot be written: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
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

/** Each of the words begins one of the rule's: "rds" is no part of "passwords". */
const matches = (rule: Rule, words: readonly string[]): boolean => {
  const text = [rule.id, ...rule.aliases, rule.title, ...rule.on].join(" ").toLowerCase();
  return words.every((word) => begins(text, word.toLowerCase()));
};

function begins(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (at === 0 || !/[a-z0-9]/.test(text.charAt(at - 1))) return true;
  return false;
}

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
