/** A model's answer taken all the way: read, applied, gates, and the proof that a patch must bring. */
import { buildPrompt, type Prompt, readAnswer } from "../../../../src/core/fix/ai/prompt.ts";
import { type Proposed, runGates } from "../../../../src/core/fix/gates/run-gates.ts";
import { operate } from "../../../../src/core/fix/operate.ts";
import { proveFix } from "../../../../src/core/fix/prove.ts";
import { WorkingFiles } from "../../../../src/core/fix/working-files.ts";
import type { SourceFile } from "../../../../src/core/model/source-range.ts";
import { blocksOf } from "../../../../src/core/read/hcl/ast.ts";
import { parseHcl } from "../../../../src/core/read/hcl/parse.ts";
import { readFiles } from "../../../../src/core/read/read-files.ts";
import type { Reading } from "../../../../src/core/read/reading.ts";
import { type Judgement, runRules } from "../../../../src/core/rules/engine.ts";
import type { Rule } from "../../../../src/core/rules/rule.ts";

export interface Case {
  readonly files: readonly SourceFile[];
  readonly rules: readonly Rule[];
  readonly reading: Reading;
  readonly wasWrong: readonly Judgement[];
  readonly finding: Judgement;
  readonly prompt: Prompt;
}

export const filesOf = (texts: { readonly [path: string]: string }): readonly SourceFile[] =>
  Object.entries(texts).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) }));

/** Undefined where the rule finds nothing, or the finding is not in a block of Terraform. */
export async function caseOf(
  files: readonly SourceFile[],
  rules: readonly Rule[],
  ruleId: string,
): Promise<Case | undefined> {
  const reading = await readFiles(files);
  const wasWrong = runRules({ stacks: reading.stacks, rules }).results;
  const finding = wasWrong.find((result) => result.rule === ruleId);
  const rule = rules.find((one) => one.id === ruleId);
  const origin = finding?.view.resource.origin;
  if (!finding || !rule || origin?.kind !== "code" || origin.format !== "terraform") return undefined;
  const source = files.find((file) => file.path === origin.range.file);
  const file = source && parseHcl(source.bytes, source.path);
  const block = file && blocksOf(file.body).find((one) => one.start === origin.range.start);
  if (!file || !block) return undefined;
  const { address, type } = finding.view.resource;
  const prompt = buildPrompt({ rule, address, type, path: finding.evidence.path, file, block });
  return { files, rules, reading, wasWrong, finding, prompt };
}

export type Outcome =
  | { readonly passed: true }
  | { readonly passed: false; readonly by: "answer" | "apply" | "gate" | "proof"; readonly why: string };

const stopped = (by: "answer" | "apply" | "gate" | "proof", why: string): Outcome => ({ passed: false, by, why });

export async function tryAnswer(given: Case, json: unknown): Promise<Outcome> {
  const gated = gateAnswer(given, json);
  return gated instanceof WorkingFiles ? tryProof(given, gated) : gated;
}

/** Without the proof: the files where every gate lets them through. */
export function gateAnswer(given: Case, json: unknown): WorkingFiles | Outcome {
  const read = readAnswer(given.prompt, json);
  if (read.kind === "declined") return stopped("answer", "declined");
  if (read.kind === "refused") return stopped("answer", `${read.refusal.code} ${read.refusal.detail}`);
  let files = WorkingFiles.of(given.files).with(read.edits);
  for (const operation of read.operations) {
    const step = operate(operation, given.finding.view.resource, files);
    if (!step.ok) return stopped("apply", step.why);
    files = step.files;
  }
  const rejection = runGates(proposal(given, files));
  return rejection ? stopped("gate", `${rejection.gate} ${rejection.code}: ${rejection.detail}`) : files;
}

export function proposal({ prompt, finding }: Case, files: WorkingFiles): Proposed {
  const { type, resource } = finding.view;
  return {
    edits: files.edits(),
    changed: files.changed(),
    allowedFiles: [prompt.question.file.file],
    scope: { resources: [`${type}.${resource.name}`], companions: [], target: prompt.question.path },
  };
}

async function tryProof(given: Case, files: WorkingFiles): Promise<Outcome> {
  const { rules, finding, reading, wasWrong } = given;
  const after = await readFiles(files.all());
  const proof = proveFix({ findings: [finding], rules, before: reading, wasWrong, after, files: files.all() });
  return proof.ok ? { passed: true } : stopped("proof", proof.problems.join("; ") || "not idempotent");
}

const NO_EDIT = { address: "", path: "", valueKind: "none", value: "", firstId: "", lastId: "" };

export const answerOf = (ops: readonly object[], change: object = {}) => ({
  verdict: "patch",
  findingId: "F1",
  evidence: "",
  ops: ops.map((op) => ({ ...NO_EDIT, oldLines: [], newLines: [], ...op })),
  rationale: "",
  declineReason: "",
  ...change,
});

/** Replaces the shown lines `from` to `to` (positions, both included). */
export function replaceLines({ prompt }: Case, from: number, to: number, newLines: readonly string[]): object {
  const lines = prompt.lines.slice(from, to + 1);
  return {
    kind: "replace_lines",
    firstId: lines[0]?.id ?? "",
    lastId: lines.at(-1)?.id ?? "",
    oldLines: lines.map((line) => line.text),
    newLines,
  };
}
