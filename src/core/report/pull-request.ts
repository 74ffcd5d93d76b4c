/** The remediation pull request: branch, title, labels and body, from facts. Pure; every outside text is neutralised. */
import type { Category, Severity } from "../model/finding.ts";
import type { FixRisk } from "../model/patch.ts";
import { cell, codeBlock, codeSpan, neutralise, plainText } from "./neutralise.ts";

export interface FindingFacts {
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity;
  readonly category: Category;
  readonly address: string;
  readonly file: string;
  readonly line: number;
  readonly message: string;
  readonly why: string;
  readonly evidence: { readonly path: string; readonly value: string };
}

/** What was checked before anyone saw the change, each with its outcome. */
export interface Proof {
  readonly name: string;
  readonly outcome: string;
}

export interface PlanFacts {
  readonly tool: string;
  readonly root: string;
  readonly add: number;
  readonly change: number;
  readonly replace: number;
  readonly destroy: number;
  /** Readable plan with sensitive values masked. */
  readonly text: string;
}

export interface PullRequestFacts {
  readonly planId: string;
  readonly digest: string;
  readonly findings: readonly FindingFacts[];
  /** Unified diff. */
  readonly diff: string;
  readonly risk: FixRisk;
  readonly by: "fixer" | "ai" | "person";
  /** Plain words of the model, already restored from surrogates; shown as its own, neutralised. */
  readonly aiSummary?: string;
  readonly model?: string;
  /** What was sent to the model, in words. */
  readonly sent?: string;
  readonly proofs: readonly Proof[];
  readonly plan?: PlanFacts;
  /** Why no plan was made, where none was. */
  readonly noPlan?: string;
  readonly approvers: string;
  readonly surfaces: readonly string[];
  readonly expires: string;
  readonly afterApproval: string;
}

export interface PullRequestText {
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
}

const BODY_BUDGET = 58_000;
const RISK_WORDS: Record<FixRisk, string> = {
  "in-place": "changes in place; nothing restarts or is replaced",
  disruptive:
    "changes in place, but can break clients, restart something or cost money: read the change before approving",
  replaces: "**destroys and recreates the resource**: data in it is lost unless you migrate it",
  "needs-value": "holds a value that a person must choose",
};

/** draco/<category>/<fingerprint>-<slug>: at most 80 characters, always a valid ref. */
export function branchName(finding: FindingFacts, fingerprint: string): string {
  const slug = `${finding.rule}-${finding.address.split(".").at(-1) ?? ""}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 50)
    .replace(/-+$/, "");
  return `draco/${finding.category}/${fingerprint.replace(/[^a-z0-9]/gi, "").slice(0, 8)}-${slug}`;
}

export function renderPullRequest(facts: PullRequestFacts): PullRequestText {
  const first = facts.findings[0];
  if (!first) throw new Error("a pull request needs a finding");
  const title = plainText(`[Draco] ${first.title} (${short(first.address)}, ${first.severity})`, 120).replace(/@/g, "");
  const body = [
    what(facts, first),
    evidence(facts),
    `### The change\n${codeBlock(facts.diff, "diff")}`,
    plan(facts),
    `### Risk\nThis ${RISK_WORDS[facts.risk]}.`,
    verified(facts),
    rollback(),
    approve(facts),
    alternatives(first),
    disclosure(facts),
    `<!-- draco:v1 plan=${facts.planId} digest=${facts.digest} -->`,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
  return { title, body: body.slice(0, BODY_BUDGET), labels: labels(facts, first) };
}

const short = (address: string): string => address.split(".").slice(-2).join(".");

function what(facts: PullRequestFacts, first: FindingFacts): string {
  const lines = facts.findings.map((f) => `**${cell(f.title)}** on ${codeSpan(f.address)}. ${cell(f.why, 400)}`);
  const summary = facts.aiSummary
    ? `\n\n> ${neutralise(facts.aiSummary, 300)}  \n> (written by ${cell(facts.model ?? "a model", 40)})`
    : "";
  return `### What and why\n${lines.join("\n\n")}${summary}${first.category === "cost" ? "\n\nThis is about cost." : ""}`;
}

function evidence(facts: PullRequestFacts): string {
  const rows = facts.findings.map(
    (f) =>
      `| ${codeSpan(f.rule)} | ${f.severity} | ${codeSpan(f.address)} | ${codeSpan(`${f.file}:${f.line}`)} | ${codeSpan(f.evidence.path || "(resource)")} = ${codeSpan(f.evidence.value, 80)} |`,
  );
  return `### Evidence\n| Rule | Severity | Resource | Where | Seen |\n|---|---|---|---|---|\n${rows.join("\n")}`;
}

function plan(facts: PullRequestFacts): string {
  if (!facts.plan) return facts.noPlan ? `### Plan\n${neutralise(facts.noPlan)}` : "";
  const p = facts.plan;
  const counts = `${p.add} to add, ${p.change} to change, ${p.replace} to replace, ${p.destroy} to destroy`;
  const warn = p.replace + p.destroy > 0 ? "\n\n> [!WARNING]\n> This plan destroys something." : "";
  return `### Plan ${codeSpan(facts.planId)}\n${cell(p.tool)} in ${codeSpan(p.root)}: **${counts}**.${warn}\n<details><summary>The plan</summary>\n\n${codeBlock(p.text, "", 15_000)}\n</details>`;
}

const verified = (facts: PullRequestFacts): string =>
  `### How this was proven before you saw it\n${facts.proofs.map((p) => `- ${cell(p.name)}: ${cell(p.outcome)}`).join("\n")}`;

const rollback = (): string =>
  "### Rollback\nRevert the merge of this pull request, and apply the reverted code where an engine applies this root. Draco then reports the finding again.";

function approve(facts: PullRequestFacts): string {
  return `### How to approve\n${facts.surfaces.map((s) => `- ${s}`).join("\n")}\n\nWho: ${cell(facts.approvers)}. The approval holds for exactly this change (digest ${codeSpan(facts.digest.slice(0, 12))}) until ${cell(facts.expires)}; a new commit voids it. ${cell(facts.afterApproval, 400)}`;
}

const alternatives = (first: FindingFacts): string =>
  `### Not now?\nClose this pull request and it stays closed, or comment \`/draco deny --reason="…"\`. To accept the finding for good, write \`draco:ignore ${first.rule} -- reason\` in a comment above the block.`;

function disclosure(facts: PullRequestFacts): string {
  if (facts.by !== "ai") return "<sub>Written by a built-in fixer of Draco; no AI was asked.</sub>";
  return `<sub>Written with ${cell(facts.model ?? "a model", 40)}. Sent to it: ${cell(facts.sent ?? "the redacted block", 200)}. Its answer passed the checks above, as any patch must.</sub>`;
}

function labels(facts: PullRequestFacts, first: FindingFacts): string[] {
  const risk = facts.risk === "in-place" ? "r1" : facts.risk === "disruptive" ? "r2" : "r3";
  return ["draco", `draco:${first.category}`, `draco:risk-${risk}`, "draco:needs-approval"];
}
