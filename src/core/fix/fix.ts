/** From findings to patches: asks each rule's fixer what it wants, and writes it where the values are really set. */
import type { FixOperation, Patch } from "../model/patch.ts";
import type { SourceFile, SourceRange } from "../model/source-range.ts";
import type { Judgement } from "../rules/engine.ts";
import type { Fixer, Rule } from "../rules/rule.ts";
import type { View } from "../rules/view.ts";
import { operate } from "./operate.ts";
import { WorkingFiles } from "./working-files.ts";

export type Plan =
  | { readonly ok: true; readonly patch: Patch; readonly files: WorkingFiles }
  | { readonly ok: false; readonly why: string; readonly at?: SourceRange };

export interface PlannedFixes {
  /** In the order of the findings. */
  readonly plans: readonly { readonly finding: Judgement; readonly plan: Plan }[];
  /** With every plan carried out that could be. */
  readonly files: WorkingFiles;
}

/**
 * The patch that mends one finding, in terms of `files` as they were read for it. Not proven yet: prove.ts does.
 * Nothing to edit counts as declined: the code already says what the fixer wants.
 */
export function planFix(finding: Judgement, rule: Rule, files: readonly SourceFile[] | WorkingFiles): Plan {
  const { fix } = rule;
  const { view } = finding;
  if (!fix) return { ok: false, why: `${rule.id} has no fixer.` };
  if (fix.risk === "replaces" && view.resource.lifecycle?.preventDestroy)
    return {
      ok: false,
      why: "lifecycle.prevent_destroy: the fix would replace the resource, which Terraform would refuse.",
    };
  const operations = askFixer(fix, view);
  if (typeof operations === "string") return { ok: false, why: operations };

  const before = files instanceof WorkingFiles ? files : WorkingFiles.of(files);
  let after = before;
  for (const operation of operations) {
    const target = targetOf(operation, view);
    if (typeof target === "string") return { ok: false, why: target };
    const step = operate(operation, target.resource, after);
    if (!step.ok) return step;
    after = step.files;
  }
  if (after.changed().every((file) => before.get(file.after.path) === file.after))
    return { ok: false, why: "The code already says so." };
  return {
    ok: true,
    patch: { edits: after.edits(), touches: touched(operations, view), by: "fixer", risk: fix.risk },
    files: after,
  };
}

/** Patches for several findings of one reading, one on top of the other; what cannot be combined is declined. */
export function planFixes(
  findings: readonly Judgement[],
  rules: ReadonlyMap<string, Rule>,
  files: readonly SourceFile[],
): PlannedFixes {
  let working = WorkingFiles.of(files);
  const plans = findings.map((finding) => {
    const rule = rules.get(finding.rule);
    const plan: Plan = rule ? planFix(finding, rule, working) : { ok: false, why: `There is no rule ${finding.rule}.` };
    if (plan.ok) working = plan.files;
    return { finding, plan };
  });
  return { plans, files: working };
}

/** A fixer that throws is a bug in it: said, and nothing is edited. */
function askFixer(fix: Fixer, view: View): readonly FixOperation[] | string {
  try {
    return fix.edit(view);
  } catch (thrown) {
    return `The fixer failed (${thrown instanceof Error ? thrown.message : String(thrown)}). This is a bug in Draco.`;
  }
}

/**
 * The resource an operation is carried out on. Code that is not a valid module may declare an address twice: the view at
 * hand is told by itself, but nobody can tell which one another block refers to.
 */
function targetOf(operation: FixOperation, view: View): View | string {
  const address = "address" in operation ? (operation.address ?? view.address) : view.address;
  const refersBack = operation.op === "add-resource";
  if (address === view.address && !refersBack) return view;
  const bearers = view.estate.views.filter((other) => other.address === address);
  const declared = bearers.filter((bearer, index) => bearers.findIndex((b) => sameBlock(b, bearer)) === index);
  if (declared.length > 1)
    return `${address} is declared ${declared.length} times, so a reference to it has no one meaning: rename all but one.`;
  return bearers[0] ?? `There is no ${address} any more.`;
}

/** Every instance of a block that is edited changes with it; a new resource is named by the address it will have. */
function touched(operations: readonly FixOperation[], view: View): readonly string[] {
  const addresses = new Set<string>();
  for (const operation of operations) {
    if (operation.op === "add-resource") {
      const { module } = view.resource;
      addresses.add(`${module === "" ? "" : `${module}.`}${operation.type}.${operation.name}`);
      continue;
    }
    const target = targetOf(operation, view);
    if (typeof target === "string") continue;
    for (const other of view.estate.views) if (sameBlock(other, target)) addresses.add(other.address);
  }
  return [...addresses].sort();
}

function sameBlock(a: View, b: View): boolean {
  const [left, right] = [a.resource.origin, b.resource.origin];
  if (left.kind !== "code" || right.kind !== "code") return a === b;
  return left.range.file === right.range.file && left.range.start === right.range.start;
}
