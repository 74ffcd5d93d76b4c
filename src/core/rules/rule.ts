/** What a rule is: everything about one expectation in one place. Its examples are its tests, its text its documentation. */
import type { Category, Severity } from "../model/finding.ts";
import type { FixOperation, FixRisk } from "../model/patch.ts";
import type { Truth } from "../model/value.ts";
import { truthOf, type Verdict } from "./verdict.ts";
import type { View } from "./view.ts";

/** Source that a rule must fail or pass on: one file's text (Terraform unless `file` says otherwise), or several files. */
export type Example = string | { readonly files: { readonly [path: string]: string } };

export interface Fixer {
  readonly risk: FixRisk;
  /** The operations that make the rule pass, or a sentence that says why they cannot be written for this resource. */
  edit(view: View): readonly FixOperation[] | string;
}

export interface Compliance {
  readonly framework: "CIS AWS Foundations 3.0" | "CIS Kubernetes 1.9" | "NIST 800-53" | "PCI DSS 4" | "SOC 2";
  readonly control: string;
}

export interface Rule {
  /** Readable, kebab-case, never changes: "aws-s3-public-acl". */
  readonly id: string;
  /** What peers call it: "CKV_AWS_20", "AVD-AWS-0092". */
  readonly aliases: readonly string[];
  readonly title: string;
  readonly severity: Severity;
  readonly category: Category;
  /** "strict" rules run only under that profile. */
  readonly profile: "default" | "strict";
  readonly on: readonly string[];
  /** What can happen, in two sentences, for a human. */
  readonly why: string;
  /** How a person would mend it, in one sentence. */
  readonly remedy: string;
  readonly references: readonly string[];
  readonly compliance: readonly Compliance[];
  check(view: View): Verdict;
  /** What a fix must make true, apart from the pattern that raised the finding. */
  intent(view: View): Truth;
  readonly fix?: Fixer;
  readonly bad: readonly Example[];
  readonly good: readonly Example[];
}

export interface RuleSource {
  readonly id: string;
  readonly aliases?: readonly string[];
  readonly title: string;
  readonly severity: Severity;
  readonly category: Category;
  readonly profile?: "default" | "strict";
  readonly on: string | readonly string[];
  readonly why: string;
  readonly remedy: string;
  readonly references?: readonly string[];
  readonly compliance?: readonly Compliance[];
  check(view: View): Verdict;
  intent?(view: View): Truth;
  readonly fix?: Fixer;
  readonly bad: Example | readonly Example[];
  readonly good: Example | readonly Example[];
}

/** Writes a rule down; fills in what may be left out. */
export function rule(source: RuleSource): Rule {
  return {
    ...source,
    aliases: source.aliases ?? [],
    profile: source.profile ?? "default",
    on: typeof source.on === "string" ? [source.on] : source.on,
    references: source.references ?? [],
    compliance: source.compliance ?? [],
    intent: source.intent ?? ((view) => truthOf(source.check(view))),
    bad: examples(source.bad),
    good: examples(source.good),
  };
}

const examples = (given: Example | readonly Example[]): readonly Example[] =>
  (Array.isArray(given) ? (given as readonly Example[]) : [given as Example]).map((example) =>
    typeof example === "string" ? dedent(example) : { files: mapValues(example.files, dedent) },
  );

/** Examples are written indented with the code around them: the first line break and the common indentation go. */
export function dedent(text: string): string {
  if (!text.startsWith("\n")) return text;
  const lines = text.slice(1).split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const common = Math.min(...indents, Number.MAX_SAFE_INTEGER);
  return lines.map((line) => (line.trim() === "" ? "" : line.slice(common))).join("\n");
}

const mapValues = <V, R>(object: { readonly [key: string]: V }, change: (value: V) => R): { [key: string]: R } =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
