/** What most Azure rules are: one setting of a resource, under whichever name the provider's version has for it, that must have a value. */
import type { Category } from "../../model/finding.ts";
import type { FixRisk } from "../../model/patch.ts";
import type { Absent } from "../checks.ts";
import { defaultOf } from "../evaluators/provider-defaults.ts";
import { set } from "../operations.ts";
import { type Rule, type RuleSource, rule } from "../rule.ts";
import { fail, notApplicable, pass, undecided, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";

type Scalar = string | number | boolean;

export interface Expectation extends Absent {
  /** Dotted path of the setting, without indices. Of several spellings today's comes first. */
  readonly at: string | readonly string[] | ((view: View) => readonly string[]);
  /** What the setting must be, and what the fixer writes. */
  readonly wanted: Scalar;
  /** Other values that are as good. */
  readonly also?: readonly Scalar[];
}

export interface Setting extends Omit<RuleSource, "check" | "fix" | "category">, Expectation {
  /** Default "security". */
  readonly category?: Category;
  /** What writing the value does. Not given: there is no fixer. */
  readonly risk?: FixRisk;
}

/** A rule about one setting. */
export function setting(source: Setting): Rule {
  const { at, wanted, also, absent, message, risk, ...rest } = source;
  const expectation: Expectation = {
    at,
    wanted,
    ...(also && { also }),
    ...(absent && { absent }),
    ...(message !== undefined && { message }),
  };
  return rule({
    category: "security",
    ...rest,
    check: (view) => expect(view, expectation),
    ...(risk && { fix: { risk, edit: (view) => [set(placeOf(view, expectation), wanted)] } }),
  });
}

/** Whether the setting is as expected; of several spellings the one that is written counts. */
export function expect(view: View, expectation: Expectation): Verdict {
  const { wanted, also = [], absent = "fail", message } = expectation;
  const paths = pathsOf(view, expectation);
  const found = paths.map((path) => view.get(path)).find((lookup) => lookup.kind !== "absent");
  const good = (value: unknown): boolean =>
    typeof value !== "object" && [wanted, ...also].map(String).includes(String(value));
  if (!found) {
    const path = paths[0] ?? "";
    if (absent === "not-applicable") return notApplicable;
    return absent === "pass" || good(defaultOf(view, path)) ? pass(path) : fail(path, message);
  }
  if (found.kind === "unknown") return undecided(found.path);
  return good(found.value) ? pass(found.path) : fail(found.path, message);
}

const pathsOf = (view: View, { at }: Expectation): readonly string[] =>
  typeof at === "string" ? [at] : typeof at === "function" ? at(view) : at;

/** Where the setting is written, or is to be: every step on the way to it is a block. */
function placeOf(view: View, expectation: Expectation): string {
  const paths = pathsOf(view, expectation);
  const written = paths.map((path) => view.get(path)).find((lookup) => lookup.kind !== "absent");
  return written?.path ?? inBlocks(paths[0] ?? "");
}

/** "site_config.cors.allowed" → "site_config.0.cors.0.allowed": the editor makes the blocks that are missing. */
export const inBlocks = (path: string): string => path.split(".").join(".0.");
