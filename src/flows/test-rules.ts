/**
 * `draco rules test DIR`: an organisation's rules against its own examples. Beside the rule files lies a directory for
 * each rule, named by its id, with files or directories whose names begin with "bad" (must fail) or "good" (must pass).
 */
import type { Diagnostic } from "../core/model/finding.ts";
import type { SourceFile } from "../core/model/source-range.ts";
import { readFiles } from "../core/read/read-files.ts";
import { runRules } from "../core/rules/engine.ts";
import type { Rule } from "../core/rules/rule.ts";

export interface RuleTest {
  readonly rule: string;
  /** "bad-volume.tf", or a sentence where there is no example. */
  readonly example: string;
  readonly problem?: string;
}

/** @param files of the directory, with paths relative to it. */
export async function testRules(rules: readonly Rule[], files: readonly SourceFile[]): Promise<readonly RuleTest[]> {
  const tests: RuleTest[] = [];
  for (const rule of rules) {
    const examples = examplesOf(rule.id, files);
    const kinds = new Set([...examples.keys()].map((name) => (isBad(name) ? "bad" : "good")));
    for (const kind of ["bad", "good"] as const)
      if (!kinds.has(kind))
        tests.push({ rule: rule.id, example: kind, problem: `there is no ${kind} example in ${rule.id}/` });
    for (const [example, parts] of examples) tests.push(await testExample(rule, example, parts));
  }
  return tests;
}

async function testExample(rule: Rule, example: string, files: readonly SourceFile[]): Promise<RuleTest> {
  const { stacks, diagnostics } = await readFiles(files);
  const broken = diagnostics.find((d: Diagnostic) => d.severity === "error");
  if (broken) return { rule: rule.id, example, problem: `${broken.file}:${broken.line} ${broken.summary}` };
  const { results } = runRules({ stacks, rules: [rule], keep: "all" });
  const failed = results.filter((r) => r.status === "fail").map((r) => r.resource.address);
  const open = results.filter((r) => r.status === "unknown").map((r) => r.resource.address);
  if (isBad(example))
    return failed.length > 0
      ? { rule: rule.id, example }
      : { rule: rule.id, example, problem: results.length === 0 ? "it looks at nothing in it" : "it does not fail" };
  if (failed.length > 0) return { rule: rule.id, example, problem: `it fails for ${failed.join(", ")}` };
  if (open.length > 0) return { rule: rule.id, example, problem: `it cannot decide about ${open.join(", ")}` };
  return results.length > 0
    ? { rule: rule.id, example }
    : { rule: rule.id, example, problem: "it looks at nothing in it" };
}

/** The first part of the path below the rule's directory names the example. */
function examplesOf(id: string, files: readonly SourceFile[]): ReadonlyMap<string, readonly SourceFile[]> {
  const examples = new Map<string, SourceFile[]>();
  for (const file of files) {
    if (!file.path.startsWith(`${id}/`)) continue;
    const [example = "", ...rest] = file.path.slice(id.length + 1).split("/");
    if (!/^(?:bad|good)/.test(example)) continue;
    const path = rest.length === 0 ? example : rest.join("/");
    examples.set(example, [...(examples.get(example) ?? []), { path, bytes: file.bytes }]);
  }
  return examples;
}

const isBad = (example: string): boolean => example.startsWith("bad");
