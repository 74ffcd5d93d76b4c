/** What a fix must make true is false of every bad example and true of every good one: Google's, modules' and the smaller providers' rules. */
import { describe, expect, it } from "@jest/globals";
import { readTerraform } from "../../../../src/core/read/terraform/read-terraform.ts";
import { Estate } from "../../../../src/core/rules/estate.ts";
import { googleRules } from "../../../../src/core/rules/google/index.ts";
import { otherRules } from "../../../../src/core/rules/other/index.ts";
import type { Example, Rule } from "../../../../src/core/rules/rule.ts";
import { terraformRules } from "../../../../src/core/rules/terraform/index.ts";
import type { View } from "../../../../src/core/rules/view.ts";

function viewsOf(rule: Rule, example: Example): readonly View[] {
  const texts = typeof example === "string" ? { "main.tf": example } : example.files;
  const files = Object.entries(texts).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) }));
  const estate = new Estate(readTerraform({ files }).stacks.flatMap((stack) => stack.resources));
  return estate.views.filter((view) => rule.on.includes(view.type));
}

const rules = [...googleRules, ...otherRules, ...terraformRules];

describe.each(rules.map((rule) => [rule.id, rule] as const))("%s", (_id, rule) => {
  it("knows what it protects", () => {
    const bad = rule.bad
      .flatMap((example) => viewsOf(rule, example))
      .filter((view) => rule.check(view).status === "fail");
    const good = rule.good
      .flatMap((example) => viewsOf(rule, example))
      .filter((view) => rule.check(view).status === "pass");
    expect(bad.length).toBeGreaterThanOrEqual(rule.bad.length);
    expect(good.length).toBeGreaterThan(0);
    expect(bad.filter((view) => rule.intent(view) !== false).map((view) => view.address)).toEqual([]);
    expect(good.filter((view) => rule.intent(view) !== true).map((view) => view.address)).toEqual([]);
  });

  it("speaks to people in whole sentences", () => {
    expect(rule.why).toMatch(/^[A-Z"'].*\. .*\.$/);
    expect(rule.remedy).toMatch(/\.$/);
    expect(rule.title).not.toMatch(/\.$/);
  });
});
