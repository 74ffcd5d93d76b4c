/**
 * Every fixer on everything in a directory of real code that its rule fails on: does the result parse, is the finding
 * gone with its intent kept, is nothing new wrong, is every other byte as it was? Nothing is written.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readTree } from "../src/adapters/files/read-tree.ts";
import { planFix } from "../src/core/fix/fix.ts";
import { proveFix } from "../src/core/fix/prove.ts";
import type { Edit } from "../src/core/model/patch.ts";
import { mayBeInfrastructure } from "../src/core/read/candidates.ts";
import { readFiles } from "../src/core/read/read-files.ts";
import { runRules } from "../src/core/rules/engine.ts";
import { loadAllRules } from "../src/core/rules/registry.ts";
import type { Rule } from "../src/core/rules/rule.ts";

interface Tally {
  findings: number;
  planned: number;
  parse: number;
  gone: number;
  intent: number;
  nothingNew: number;
  idempotent: number;
  untouched: number;
}

/** @returns whether every planned fix was proven. */
export async function benchFixers(corpora: string): Promise<boolean> {
  const rules = await loadAllRules();
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const total: Tally = {
    findings: 0,
    planned: 0,
    parse: 0,
    gone: 0,
    intent: 0,
    nothingNew: 0,
    idempotent: 0,
    untouched: 0,
  };
  const declined = new Map<string, number>();
  const problems: string[] = [];
  const fixed = new Set<string>();

  for (const directory of directoriesOf(corpora)) {
    const { files } = readTree(directory, { wants: mayBeInfrastructure });
    const before = await readFiles(files);
    const wasWrong = runRules({ stacks: before.stacks, rules }).results;
    for (const finding of wasWrong) {
      const rule = byId.get(finding.rule);
      const here = "file" in finding.at && !finding.at.file.includes("/");
      if (!here || !rule?.fix || rule.fix.risk === "needs-value") continue;
      total.findings++;
      const plan = planFix(finding, rule, files);
      if (!plan.ok) {
        const why = `${rule.id}: ${plan.why}`;
        declined.set(why, (declined.get(why) ?? 0) + 1);
        continue;
      }
      total.planned++;
      const after = plan.files.all();
      const proof = proveFix({
        findings: [finding],
        rules: inProfile(rules, rule),
        before,
        wasWrong,
        after: await readFiles(after),
        files: after,
      });
      const untouched = plan.files.changed().every((change) => {
        const edits = plan.patch.edits.filter((edit) => edit.file === change.before.path);
        return splice(change.before.bytes, edits).equals(Buffer.from(change.after.bytes));
      });
      total.parse += Number(proof.parses);
      total.gone += Number(proof.gone);
      total.intent += Number(proof.intent);
      total.nothingNew += Number(proof.nothingNew);
      total.idempotent += Number(proof.idempotent);
      total.untouched += Number(untouched);
      if (proof.ok && untouched) fixed.add(rule.id);
      else
        problems.push(
          `${directory}: ${rule.id} on ${finding.resource.address}: ${proof.problems.join("; ") || "bytes or idempotence"}`,
        );
    }
  }

  const fixers = rules.filter((rule) => rule.fix && rule.fix.risk !== "needs-value").length;
  console.table([{ "rules with a fixer": fixers, "met in the corpora": fixed.size, ...total }]);
  for (const problem of problems) console.log(`not proven  ${problem}`);
  for (const [why, count] of [...declined].sort(([, a], [, b]) => b - a))
    console.log(`declined ${String(count).padStart(5)}  ${why}`);
  return problems.length === 0;
}

/** A fix is not held to what only the strict profile asks for, unless its own rule is of that profile. */
const inProfile = (rules: readonly Rule[], rule: Rule): readonly Rule[] =>
  rules.filter((other) => other.profile === "default" || rule.profile === "strict");

function directoriesOf(root: string): readonly string[] {
  const entries = readdirSync(root, { withFileTypes: true });
  const own = entries.some((entry) => entry.isFile() && mayBeInfrastructure(entry.name)) ? [root] : [];
  return [...own, ...entries.filter((e) => e.isDirectory()).flatMap((e) => directoriesOf(join(root, e.name)))];
}

/** Edits made by hand, independently of the code under test. */
function splice(bytes: Uint8Array, edits: readonly Edit[]): Buffer {
  let out = Buffer.from(bytes);
  for (const { start, end, text } of [...edits].sort((a, b) => b.start - a.start || b.end - a.end))
    out = Buffer.concat([out.subarray(0, start), Buffer.from(text), out.subarray(end)]);
  return out;
}
