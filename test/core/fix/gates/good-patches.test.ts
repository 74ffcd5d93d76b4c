import { describe, expect, it } from "@jest/globals";
import { planFix } from "../../../../src/core/fix/fix.ts";
import { WorkingFiles } from "../../../../src/core/fix/working-files.ts";
import { loadAllRules } from "../../../../src/core/rules/registry.ts";
import type { Rule } from "../../../../src/core/rules/rule.ts";
import { answerOf, type Case, caseOf, filesOf, gateAnswer, replaceLines, tryAnswer } from "./trial.ts";

/** What a competent engineer would answer: the fixer's result for the block, as replaced lines. Undefined elsewhere. */
function goodAnswer(given: Case, rule: Rule): object | undefined {
  const plan = planFix(given.finding, rule, given.files);
  const { file, block } = given.prompt.question;
  if (!plan.ok || plan.patch.edits.some((e) => e.file !== file.file || e.start < block.start || e.end > block.end)) {
    return undefined;
  }
  const range = plan.files.now({ ...file.rangeOf(block), start: block.start, end: block.end });
  const changed = plan.files.get(file.file);
  if (!range || !changed || given.prompt.lines.some((line) => line.locked)) return undefined;
  const text = Buffer.from(changed.bytes).toString("utf8");
  const before = given.prompt.lines.map((line) => file.textOf(line));
  const prefix = file.latin1.slice(file.latin1.lastIndexOf("\n", block.start - 1) + 1, block.start);
  const after = (prefix + text.slice(range.start, range.end)).split("\n");
  let from = 0;
  while (from < before.length - 1 && before[from] === after[from]) from++;
  let end = 0;
  while (
    end < Math.min(before.length, after.length) - from - 1 &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end++;
  const shown = after.slice(from, after.length - end).map(given.prompt.redaction.redact);
  return answerOf([replaceLines(given, from, before.length - 1 - end, shown)]);
}

async function everyGoodPatch(rules: readonly Rule[]) {
  const outcomes: { readonly rule: string; readonly why: string | undefined }[] = [];
  const cases: { given: Case; answer: object }[] = [];
  for (const rule of rules.filter((one) => one.fix !== undefined)) {
    for (const example of rule.bad.filter((one) => typeof one === "string")) {
      const given = await caseOf(filesOf({ "main.tf": example }), [rule], rule.id);
      const answer = given && goodAnswer(given, rule);
      if (!given || !answer) continue;
      const result = gateAnswer(given, answer);
      cases.push({ given, answer });
      outcomes.push({ rule: rule.id, why: result instanceof WorkingFiles || result.passed ? undefined : result.why });
    }
  }
  return { outcomes, cases };
}

describe("patches that a competent engineer would write", () => {
  it("pass the gates, 98 of 100 at least, and are proven", async () => {
    const { outcomes, cases } = await everyGoodPatch(await loadAllRules());
    const refused = outcomes.filter(({ why }) => why !== undefined);
    const share = 1 - refused.length / outcomes.length;
    console.log(
      [
        `good patches: ${outcomes.length - refused.length} of ${outcomes.length} pass the gates (${(share * 100).toFixed(1)} %)`,
        ...refused.map(({ rule, why }) => `refused  ${rule}: ${why}`),
      ].join("\n"),
    );
    expect(outcomes.length).toBeGreaterThanOrEqual(100);
    expect(share).toBeGreaterThanOrEqual(0.98);
    const some = cases.filter((_, i) => i % 10 === 0);
    const proven = await Promise.all(some.map(({ given, answer }) => tryAnswer(given, answer)));
    expect(proven.filter((one) => one.passed).length / proven.length).toBeGreaterThan(0.95);
  }, 120_000);
});
