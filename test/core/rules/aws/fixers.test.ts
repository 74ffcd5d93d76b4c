/** Every fixer mends every bad example of its rule, provably: gone, intent kept, nothing new, nothing left to do. */
import { describe, expect, it } from "@jest/globals";
import { planFix } from "../../../../src/core/fix/fix.ts";
import { proveFix } from "../../../../src/core/fix/prove.ts";
import { readTerraform } from "../../../../src/core/read/terraform/read-terraform.ts";
import { awsRules } from "../../../../src/core/rules/aws/index.ts";
import { runRules } from "../../../../src/core/rules/engine.ts";
import type { Example } from "../../../../src/core/rules/rule.ts";

const filesOf = (example: Example) =>
  Object.entries(typeof example === "string" ? { "main.tf": example } : example.files).map(([path, text]) => ({
    path,
    bytes: new TextEncoder().encode(text),
  }));

const withFixers = awsRules.filter((rule) => rule.fix);

describe.each(withFixers.map((rule) => [rule.id, rule] as const))("%s", (_id, rule) => {
  it.each(rule.bad.map((example, index) => [index + 1, example] as const))(
    "mends bad example %i",
    (_index, example) => {
      const files = filesOf(example);
      const before = readTerraform({ files });
      const findings = runRules({ stacks: before.stacks, rules: [rule] }).results;
      expect(findings.length).toBeGreaterThan(0);
      for (const finding of findings) {
        const plan = planFix(finding, rule, files);
        if (!plan.ok) throw new Error(`declined: ${plan.why}`);
        const after = plan.files.all();
        const proof = proveFix({
          findings: [finding],
          rules: awsRules.filter((r) => r.profile === "default" || r === rule),
          before,
          after: readTerraform({ files: after }),
          files: after,
        });
        expect(proof.problems).toEqual([]);
        expect(proof.ok).toBe(true);
        expect(plan.patch.risk).toBe(rule.fix?.risk);
      }
    },
  );
});
