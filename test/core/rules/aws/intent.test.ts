/** What a fix must make true is false of every bad example and true of every good one, apart from the rule's own check. */
import { describe, expect, it } from "@jest/globals";
import { readTerraform } from "../../../../src/core/read/terraform/read-terraform.ts";
import { awsRules } from "../../../../src/core/rules/aws/index.ts";
import { Estate } from "../../../../src/core/rules/estate.ts";
import type { Example, Rule } from "../../../../src/core/rules/rule.ts";
import type { View } from "../../../../src/core/rules/view.ts";

function viewsOf(rule: Rule, example: Example): readonly View[] {
  const texts = typeof example === "string" ? { "main.tf": example } : example.files;
  const files = Object.entries(texts).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) }));
  const estate = new Estate(readTerraform({ files }).stacks.flatMap((stack) => stack.resources));
  return estate.views.filter((view) => rule.on.includes(view.type));
}

describe.each(awsRules.map((rule) => [rule.id, rule] as const))("%s", (_id, rule) => {
  it("does not hold where the rule fails", () => {
    for (const example of rule.bad)
      for (const view of viewsOf(rule, example))
        if (rule.check(view).status === "fail") expect(rule.intent(view)).toBe(false);
  });

  it("holds where the rule passes", () => {
    for (const example of rule.good)
      for (const view of viewsOf(rule, example))
        if (rule.check(view).status === "pass") expect(rule.intent(view)).toBe(true);
  });

  it("speaks to people in whole sentences", () => {
    expect(rule.why).toMatch(/^[A-Z"'].*\. .*\.$/);
    expect(rule.remedy).toMatch(/\.$/);
    expect(rule.title).not.toMatch(/\.$/);
  });
});
