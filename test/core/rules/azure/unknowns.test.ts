/** What is not known may be what it should be: no rule may fail a good example for values that are not known yet. */
import { describe, expect, it } from "@jest/globals";
import { azureRules } from "../../../../src/core/rules/azure/index.ts";
import { estateOf } from "../../../support/views.ts";

const DECLARED = 'variable "unknown" {}\n';
/** Replaces the literals of a resource's arguments by a variable without a value. */
const withUnknowns = (code: string): string =>
  DECLARED + code.replace(/^(\s*[a-z_]+\s*=\s*)(?:"[^"$]*"|true|false|\d+|\[[^\]]*\])$/gim, "$1var.unknown");

const verdicts = (rule: (typeof azureRules)[number], code: string): readonly string[] =>
  estateOf(code)
    .views.filter((view) => rule.on.includes(view.type))
    .map((view) => rule.check(view).status);

describe.each(azureRules.map((rule) => [rule.id, rule] as const))("%s", (_, rule) => {
  const examples = rule.good.filter((example): example is string => typeof example === "string");

  it("does not fail a good example whose values are not known yet", () => {
    expect(examples.map(withUnknowns).filter((code) => verdicts(rule, code).includes("fail"))).toEqual([]);
  });
});

describe("the replacement", () => {
  it("leaves nothing of a literal", () => {
    expect(withUnknowns('resource "a" "b" {\n  x = "y"\n  z = true\n  l = ["m"]\n}\n')).toBe(
      `${DECLARED}resource "a" "b" {\n  x = var.unknown\n  z = var.unknown\n  l = var.unknown\n}\n`,
    );
  });
});
