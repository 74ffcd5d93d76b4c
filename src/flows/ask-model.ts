/**
 * Asks the model for a patch, at most three times, each time afresh with the machine's own codes of what was wrong. What
 * it answers is treated as hostile: only what passes every gate and is proven goes on.
 */
import { createHash } from "node:crypto";
import type { ModelAnswer } from "../adapters/gemini/types.ts";
import { buildPrompt, type Prompt, type Question, readAnswer, requestOf } from "../core/fix/ai/prompt.ts";
import { runGates } from "../core/fix/gates/run-gates.ts";
import { operate } from "../core/fix/operate.ts";
import { leaksIn } from "../core/fix/redact/egress.ts";
import { WorkingFiles } from "../core/fix/working-files.ts";
import { blocksOf } from "../core/read/hcl/ast.ts";
import { parseHcl } from "../core/read/hcl/parse.ts";
import type { Judgement } from "../core/rules/engine.ts";
import type { Deps } from "./deps.ts";
import { type Attempt, prove, type Work } from "./prove-patch.ts";

const MOST_TRIES = 3;

export async function askModel(deps: Deps, work: Work): Promise<Attempt> {
  if (!deps.model) return declined("AI is off, and no built-in fixer serves.");
  const [finding] = work.findings;
  const question = finding && questionOf(work, finding);
  if (!finding || !question) return declined("Only Terraform is given to the model.");

  const feedback: string[] = [];
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    if (!(await withinBudget(deps))) return declined("The day's budget for AI is used up.");
    const prompt = buildPrompt({ ...question, feedback });
    const leaks = leaksIn(prompt.system + prompt.prompt, prompt.redaction.known());
    if (leaks.length > 0) return declined("The question would have carried something sensitive; nothing was sent.");

    const started = deps.now().getTime();
    const answer = await deps.model.client.generate(requestOf(prompt, deps.model.name));
    const judged = await judge(work, finding, prompt, answer, deps.model.name);
    await record(deps, work, finding, prompt, answer, judged, deps.now().getTime() - started);
    if (judged.kind === "written") return judged;
    if (judged.final || feedback.at(-1) === judged.code) return declined(judged.why);
    feedback.push(judged.code);
  }
  return declined(`The model's ${MOST_TRIES} answers were not good enough (${feedback.join(", ")}).`);
}

const declined = (why: string): Attempt => ({ kind: "declined", why });

/** The block that the finding is about, in the one file where it stands. */
function questionOf(work: Work, finding: Judgement): Question | undefined {
  const { resource } = finding.view;
  const { origin } = resource;
  const rule = work.judged.rules.find((r) => r.id === finding.rule);
  if (!rule || origin.kind !== "code" || origin.format !== "terraform" || !/\.(tf|tofu)$/.test(origin.range.file)) {
    return undefined;
  }
  const source = work.judged.files.find((f) => f.path === origin.range.file);
  const file = source && parseHcl(source.bytes, source.path);
  const block = file && blocksOf(file.body).find((b) => b.start === origin.range.start);
  if (!file || !block) return undefined;
  return { rule, address: resource.address, type: resource.type, path: finding.evidence.path, file, block };
}

type Judged =
  | (Attempt & { readonly kind: "written" })
  | {
      readonly kind: "refused";
      readonly code: string;
      readonly why: string;
      readonly final: boolean;
      readonly outcome: Outcome;
    };
type Outcome = "declined" | "rejected" | "failed";

const refused = (outcome: Outcome, code: string, why: string, final: boolean): Judged => ({
  kind: "refused",
  outcome,
  code,
  why,
  final,
});

async function judge(
  work: Work,
  finding: Judgement,
  prompt: Prompt,
  answer: ModelAnswer,
  model: string,
): Promise<Judged> {
  if (!answer.ok) {
    const { kind, detail } = answer.failure;
    return refused("failed", kind, `The model did not answer: ${detail}.`, kind !== "bad-answer");
  }
  const read = readAnswer(prompt, answer.json);
  if (read.kind === "declined")
    return refused("declined", "declined", "The model sees no safe fix without a person.", true);
  if (read.kind === "refused") {
    const { code, detail } = read.refusal;
    return refused("rejected", `${code} in ${detail}`, `The model's answer was refused: ${code}.`, false);
  }

  let files = WorkingFiles.of(work.judged.files).with(read.edits);
  for (const operation of read.operations) {
    const step = operate(operation, finding.view.resource, files);
    if (!step.ok) return refused("rejected", "CANNOT_APPLY", step.why, false);
    files = step.files;
  }
  const { file } = prompt.question.file;
  const bare = `${finding.view.type}.${finding.view.resource.name}`;
  const rejection = runGates({
    edits: files.edits(),
    changed: files.changed(),
    allowedFiles: [file],
    scope: { resources: [bare], companions: [], target: prompt.question.path },
  });
  if (rejection) {
    const why = `The model's patch was refused at the gate "${rejection.gate}": ${rejection.detail}.`;
    return refused("rejected", `${rejection.gate}: ${rejection.code}`, why, rejection.hostile);
  }
  const author = { by: "ai", risk: "disruptive", touches: [finding.resource.address] } as const;
  const proven = await prove(work, [finding], files, author, {
    model,
    summary: restored(prompt, read.rationale),
    sent: `${prompt.lines.length} lines of the block, without comments or long literals, with surrogates for names, ids and addresses`,
  });
  return proven.kind === "written" ? proven : refused("rejected", "NOT_PROVEN", proven.why, false);
}

/** The model's words with real names again; what cannot be restored is left out rather than shown. */
function restored(prompt: Prompt, words: string): string {
  const back = prompt.redaction.restore(words);
  return back.ok ? back.text : "";
}

async function withinBudget(deps: Deps): Promise<boolean> {
  const today = new Date(`${deps.now().toISOString().slice(0, 10)}T00:00:00Z`);
  const calls = await deps.store.aiCalls.list({ limit: deps.model?.dailyRequests ?? 0 });
  return calls.filter((call) => call.createdAt >= today).length < (deps.model?.dailyRequests ?? 0);
}

async function record(
  deps: Deps,
  work: Work,
  finding: Judgement,
  prompt: Prompt,
  answer: ModelAnswer,
  judged: Judged,
  durationMs: number,
): Promise<void> {
  const { usage } = answer;
  await deps.store.aiCalls.record({
    repository: work.repository.id,
    fingerprint: finding.fingerprint,
    purpose: "fix",
    model: deps.model?.name ?? "",
    requestDigest: createHash("sha256").update(prompt.system).update(prompt.prompt).digest("hex"),
    inputTokens: usage?.inputTokens ?? 0,
    outputTokens: (usage?.outputTokens ?? 0) + (usage?.thinkingTokens ?? 0),
    durationMs,
    outcome: judged.kind === "written" ? "accepted" : judged.outcome,
    gates: judged.kind === "written" ? { all: "passed" } : { refused: judged.code },
  });
}
