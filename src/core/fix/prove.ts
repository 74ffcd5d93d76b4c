/**
 * Proof that a patch does what it says, from the reading of the files with it: the finding is gone, the rule's intent
 * holds, nothing new is wrong, the files still parse. Pure: whoever calls it reads the files.
 */
import type { Diagnostic } from "../model/finding.ts";
import type { SourceFile } from "../model/source-range.ts";
import type { Reading, Stack } from "../read/reading.ts";
import { type Judgement, runRules } from "../rules/engine.ts";
import { Estate } from "../rules/estate.ts";
import type { Rule } from "../rules/rule.ts";
import type { View } from "../rules/view.ts";
import { planFix } from "./fix.ts";

export interface Proof {
  readonly ok: boolean;
  /** What is not as it should be, for people; empty where it is proven. */
  readonly problems: readonly string[];
  readonly parses: boolean;
  readonly gone: boolean;
  readonly intent: boolean;
  readonly nothingNew: boolean;
  /** The fixer has nothing more to do. */
  readonly idempotent: boolean;
}

export interface Evidence {
  /** Findings that the patch is to mend, as they were judged before. */
  readonly findings: readonly Judgement[];
  readonly rules: readonly Rule[];
  readonly before: Pick<Reading, "stacks" | "diagnostics">;
  /** What failed before, of these rules at least; found out where it is not given. */
  readonly wasWrong?: readonly Judgement[];
  readonly after: Pick<Reading, "stacks" | "diagnostics">;
  /** With the patch applied. */
  readonly files: readonly SourceFile[];
  /** Path of the scan root in its repository, as the findings were judged with. */
  readonly repositoryPath?: string;
}

export function proveFix(evidence: Evidence): Proof {
  const { findings, rules, before, after } = evidence;
  const options = { rules, ...(evidence.repositoryPath !== undefined && { repositoryPath: evidence.repositoryPath }) };
  const wasWrong = evidence.wasWrong ?? runRules({ stacks: before.stacks, ...options }).results;
  const isWrong = runRules({ stacks: after.stacks, ...options }).results;
  const byId = new Map(rules.map((rule) => [rule.id, rule]));

  const broken = newErrors(before.diagnostics, after.diagnostics);
  const left = isWrong.filter((r) => findings.some((finding) => sameFinding(finding, r)));
  const added = isWrong.filter((r) => !wasWrong.some((w) => sameFinding(w, r)));
  const unkept = findings.filter((finding) => !keepsIntent(finding, byId.get(finding.rule), after.stacks));
  const restless = left.filter((r) => {
    const rule = byId.get(r.rule);
    return rule !== undefined && planFix(r, rule, evidence.files).ok;
  });
  const problems = [
    ...broken.map((d) => `${d.file}:${d.line} no longer parses: ${d.summary}`),
    ...left.map((r) => `${r.rule} still fails for ${r.resource.address}`),
    ...unkept.map((f) => `what ${f.rule} protects does not hold for ${f.resource.address}`),
    ...added.map((r) => `it brings ${r.rule} for ${r.resource.address}`),
  ];
  return {
    ok: problems.length === 0 && restless.length === 0,
    problems,
    parses: broken.length === 0,
    gone: left.length === 0,
    intent: unkept.length === 0,
    nothingNew: added.length === 0,
    idempotent: restless.length === 0,
  };
}

const sameFinding = (a: Judgement, b: Judgement): boolean =>
  a.rule === b.rule &&
  a.resource.address === b.resource.address &&
  a.stack === b.stack &&
  identity(a.view) === identity(b.view);

/**
 * Type and address, and for code that declares one twice (which is no valid module) the file and the how-manieth it is
 * there: a patch moves blocks, but takes none away and swaps none. One entry of a template can be several resources.
 */
function identity(view: View): string {
  const { address, type, origin } = view.resource;
  if (origin.kind !== "code") return `${type} ${address} ${origin.id}`;
  const { file, start } = origin.range;
  const earlier = view.estate.views.filter(
    ({ resource }) =>
      resource.address === address &&
      resource.type === type &&
      resource.origin.kind === "code" &&
      resource.origin.range.file === file &&
      resource.origin.range.start < start,
  );
  return `${type} ${address} ${file} ${earlier.length}`;
}

/** In every environment of the stack; a resource that is gone keeps nothing. */
function keepsIntent(finding: Judgement, rule: Rule | undefined, stacks: readonly Stack[]): boolean {
  if (!rule) return false;
  const { address } = finding.resource;
  const sought = identity(finding.view);
  const views = stacks
    .filter((stack) => stack.path === finding.stack)
    .flatMap((stack) => new Estate(stack.resources).views)
    .filter((view) => view.address === address && identity(view) === sought);
  return views.length > 0 && views.every((view) => rule.intent(view) === true);
}

/** Errors that were not there before, by file and summary: lines may have moved. */
function newErrors(before: readonly Diagnostic[], after: readonly Diagnostic[]): readonly Diagnostic[] {
  const known = new Set(before.map((d) => `${d.file}\n${d.summary}`));
  return after.filter((d) => d.severity === "error" && !known.has(`${d.file}\n${d.summary}`));
}
