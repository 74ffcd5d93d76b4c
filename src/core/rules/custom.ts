/** Rules that an organisation writes in YAML, compiled to the same shape as Draco's own. */
import type { Category, Severity } from "../model/finding.ts";
import { type Condition, judge } from "./conditions.ts";
import { type Rule, rule } from "./rule.ts";
import { fail, notApplicable, pass, undecided, type Verdict } from "./verdict.ts";
import type { View } from "./view.ts";

/** As the policy file holds it, checked already. */
export interface CustomRule {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly category: Category;
  readonly on: readonly string[];
  readonly why: string;
  readonly remedy: string;
  /** The rule looks only at resources for which all of these hold. */
  readonly when?: readonly Condition[] | undefined;
  /** All of these must hold. */
  readonly assert: readonly Condition[];
}

export const compileCustomRules = (given: readonly CustomRule[]): readonly Rule[] => given.map(compile);

const compile = (custom: CustomRule): Rule =>
  rule({
    id: custom.id,
    title: custom.title,
    severity: custom.severity,
    category: custom.category,
    on: custom.on,
    why: custom.why || `A rule of this repository: ${custom.title}.`,
    remedy: custom.remedy || "Change the resource so that the rule's conditions hold.",
    check: (view) => check(custom, view),
    bad: [],
    good: [],
  });

function check(custom: CustomRule, view: View): Verdict {
  const applies = judge(view, { test: "all", of: custom.when ?? [] });
  if (applies.truth === false) return notApplicable;
  const { truth, path } = judge(view, { test: "all", of: custom.assert });
  if (truth === true) return pass(path);
  if (truth === "unknown" || applies.truth === "unknown") return undecided(path);
  return fail(path);
}
