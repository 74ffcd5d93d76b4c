/** Every rule's own examples are its tests: bad fails, good passes, and its fixer turns the one into the other. */
import { describe, expect, it } from "@jest/globals";
import { planFix } from "../../../src/core/fix/fix.ts";
import { proveFix } from "../../../src/core/fix/prove.ts";
import type { Edit } from "../../../src/core/model/patch.ts";
import type { SourceFile } from "../../../src/core/model/source-range.ts";
import { readFiles } from "../../../src/core/read/read-files.ts";
import { type Judgement, runRules } from "../../../src/core/rules/engine.ts";
import { loadAllRules } from "../../../src/core/rules/registry.ts";
import type { Example, Rule } from "../../../src/core/rules/rule.ts";

const rules = await loadAllRules();

const filesOf = (example: Example): readonly SourceFile[] => {
  const texts = typeof example === "string" ? { "main.tf": example } : example.files;
  return Object.entries(texts).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) }));
};

async function judge(files: readonly SourceFile[], chosen: readonly Rule[]) {
  const reading = await readFiles(files);
  const run = runRules({ stacks: reading.stacks, rules: chosen, keep: "all" });
  return { reading, results: run.results, problems: [...reading.diagnostics, ...run.diagnostics] };
}

const said = (results: readonly Judgement[]) => results.map((r) => `${r.status} ${r.resource.address}: ${r.message}`);

describe("the registry", () => {
  it("has one rule for each id, readable, and no alias that is an id of another", () => {
    const ids = rules.map((rule) => rule.id);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    expect(ids.filter((id) => !/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(id))).toEqual([]);
    const taken = new Set(ids);
    expect(rules.flatMap((rule) => rule.aliases).filter((alias) => taken.has(alias))).toEqual([]);
  });

  it("has rules that say why, how, and show both sides", () => {
    const silent = rules.filter(
      (r) => !r.title || !r.why || !r.remedy || r.on.length === 0 || !r.bad.length || !r.good.length,
    );
    expect(silent.map((rule) => rule.id)).toEqual([]);
  });
});

describe.each(rules.map((rule) => [rule.id, rule] as const))("%s", (_, rule) => {
  it.each(rule.bad.map((example, index) => [index + 1, example] as const))(
    "fails on bad example %i",
    async (_n, example) => {
      const { results, problems } = await judge(filesOf(example), [rule]);
      expect(problems.filter((p) => p.severity === "error")).toEqual([]);
      expect(said(results).filter((text) => text.startsWith("fail"))).not.toEqual([]);
    },
  );

  it.each(rule.good.map((example, index) => [index + 1, example] as const))(
    "passes good example %i",
    async (_n, example) => {
      const { results, problems } = await judge(filesOf(example), [rule]);
      expect(problems.filter((p) => p.severity === "error")).toEqual([]);
      expect(said(results).filter((text) => !text.startsWith("pass"))).toEqual([]);
    },
  );

  if (rule.fix) {
    it("mends its bad examples: gone, intent kept, nothing new, nothing more to do, other bytes untouched", async () => {
      // A default rule's fix may leave what only the strict profile asks for.
      const inProfile = rules.filter((other) => other.profile === "default" || rule.profile === "strict");
      const declined: string[] = [];
      let mended = 0;
      for (const example of rule.bad) {
        const files = filesOf(example);
        const before = await judge(files, [rule]);
        for (const finding of before.results.filter((r) => r.status === "fail")) {
          const plan = planFix(finding, rule, files);
          if (!plan.ok) {
            declined.push(plan.why);
            continue;
          }
          mended++;
          const after = await judge(plan.files.all(), [rule]);
          const proof = proveFix({
            findings: [finding],
            rules: inProfile,
            before: before.reading,
            after: after.reading,
            files: plan.files.all(),
          });
          expect({ ...proof, text: textOf(plan.files.all()) }).toMatchObject({ ok: true, problems: [] });
          for (const { before: was, after: is } of plan.files.changed())
            expect(
              splice(
                was.bytes,
                plan.patch.edits.filter((e) => e.file === was.path),
              ),
            ).toEqual(Buffer.from(is.bytes));
        }
      }
      if (rule.fix?.risk !== "needs-value") expect({ mended: mended > 0, declined }).toMatchObject({ mended: true });
    });
  }
});

const textOf = (files: readonly SourceFile[]) => files.map((f) => new TextDecoder().decode(f.bytes)).join("\n---\n");

/** Edits made by hand, independently of the code under test. */
function splice(bytes: Uint8Array, edits: readonly Edit[]): Buffer {
  let out = Buffer.from(bytes);
  for (const { start, end, text } of [...edits].sort((a, b) => b.start - a.start || b.end - a.end))
    out = Buffer.concat([out.subarray(0, start), Buffer.from(text), out.subarray(end)]);
  return out;
}
