/** Each rule's examples are its tests: every bad one fails, every good one does not, and both are read without errors. */
import { describe, expect, it } from "@jest/globals";
import { readTerraform } from "../../../../src/core/read/terraform/read-terraform.ts";
import { awsRules } from "../../../../src/core/rules/aws/index.ts";
import { Estate } from "../../../../src/core/rules/estate.ts";
import type { Example, Rule } from "../../../../src/core/rules/rule.ts";
import type { Verdict } from "../../../../src/core/rules/verdict.ts";

const filesOf = (example: Example) =>
  Object.entries(typeof example === "string" ? { "main.tf": example } : example.files).map(([path, text]) => ({
    path,
    bytes: new TextEncoder().encode(text),
  }));

function judge(rule: Rule, example: Example): readonly Verdict["status"][] {
  const reading = readTerraform({ files: filesOf(example) });
  expect(reading.diagnostics).toEqual([]);
  const estate = new Estate(reading.stacks.flatMap((stack) => stack.resources));
  return estate.views.filter((view) => rule.on.includes(view.type)).map((view) => rule.check(view).status);
}

describe.each(awsRules.map((rule) => [rule.id, rule] as const))("%s", (_id, rule) => {
  it("fails each bad example", () => {
    for (const example of rule.bad) expect(judge(rule, example)).toContain("fail");
  });

  it("raises nothing on good examples", () => {
    for (const example of rule.good) {
      const verdicts = judge(rule, example);
      expect(verdicts).not.toContain("fail");
      expect(verdicts).not.toContain("unknown");
    }
  });

  it("finds its intent kept in every good example", () => {
    for (const example of rule.good) {
      const estate = new Estate(readTerraform({ files: filesOf(example) }).stacks.flatMap((stack) => stack.resources));
      for (const view of estate.views)
        if (rule.on.includes(view.type) && rule.check(view).status === "pass") expect(rule.intent(view)).toBe(true);
    }
  });

  it("knows what it would do about each bad example, or says why not", () => {
    for (const example of rule.bad) {
      const estate = new Estate(readTerraform({ files: filesOf(example) }).stacks.flatMap((stack) => stack.resources));
      for (const view of estate.views) {
        if (!rule.on.includes(view.type) || rule.check(view).status !== "fail") continue;
        const operations = rule.fix?.edit(view) ?? [];
        if (rule.fix) expect(operations.length).toBeGreaterThan(0);
        expect(rule.intent(view)).toBe(false);
      }
    }
  });

  it("speaks to people in whole sentences", () => {
    expect(rule.why).toMatch(/^[A-Z"'].*\. .*\.$/);
    expect(rule.remedy).toMatch(/\.$/);
    expect(rule.title).not.toMatch(/\.$/);
  });
});

it("gives every rule an id of its own", () => {
  expect(new Set(awsRules.map((rule) => rule.id)).size).toBe(awsRules.length);
});
