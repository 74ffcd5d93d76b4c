/**
 * Puts before people exactly what would be applied as things stand: plans where a plan is due, binds it all into a digest,
 * writes the pull request, and asks. Showing the same thing again changes nothing and keeps the approvals.
 */
import type { Repository } from "../adapters/store/repositories.ts";
import type { Change } from "../core/approve/change.ts";
import type { Policy } from "../core/approve/policy.ts";
import { wanted } from "../core/approve/who.ts";
import { type Severity, severityRank } from "../core/model/finding.ts";
import { type FindingFacts, type Proof, renderPullRequest } from "../core/report/pull-request.ts";
import { unifiedDiff } from "../core/report/unified-diff.ts";
import { type Answer, shownDigest } from "./approve-change.ts";
import { type Deps, repoOf } from "./deps.ts";
import { readPolicy } from "./judge.ts";
import { type Planned, planChange } from "./plan-change.ts";
import { postGate } from "./post-gate.ts";
import { askApprovers } from "./send-alerts.ts";

/** What is said of a change in its pull request besides what the database knows. */
export interface Story {
  readonly findings: readonly FindingFacts[];
  readonly proofs: readonly Proof[];
  readonly model?: string;
  readonly aiSummary?: string;
  readonly sent?: string;
}

export async function showChange(deps: Deps, repository: Repository, change: Change, told?: Story): Promise<Answer> {
  const repo = repoOf(repository);
  if (change.pullNumber === undefined) return no(`Change ${change.planId} has no pull request.`);
  const pull = await deps.github.getPullRequest(repo, change.pullNumber);
  if (pull.state === "closed") return no(`The pull request of change ${change.planId} is closed.`);
  const { policy } = await readPolicy(deps, repository, repo);
  const sha = pull.state === "merged" ? (pull.mergeCommitSha ?? pull.headSha) : pull.headSha;

  const planned: Planned =
    change.engine === "terraform"
      ? await planChange(deps, repository, sha, change.root)
      : { kind: "none", why: "No engine is set up for this root: merging is the end, and a re-scan verifies it." };
  if (planned.kind === "failed") {
    await move(deps, change, { type: "plan" });
    await move(deps, change, { type: "fail-plan", reason: planned.why });
    return no(`There is no plan: ${planned.why}`);
  }

  const asPlanned = {
    ...change,
    headSha: pull.headSha,
    ...(planned.kind === "planned" && {
      plan: planned.plan,
      risk: planned.replaces + planned.plan.destroy > 0 ? ("replaces" as const) : change.risk,
    }),
  };
  const digest = shownDigest(asPlanned, pull.headSha, policy);
  const expiresAt = new Date(deps.now().getTime() + policy.approve.validFor * 60_000);
  const story = told ?? (await rememberStory(deps, repository, change));
  await deps.github.updatePullRequest(repo, change.pullNumber, {
    body: await body(deps, repository, asPlanned, { planned, digest, expiresAt, policy, story }),
  });
  const outcome = await deps.store.changes.transition({
    changeId: change.id,
    event: { type: "show", digest, expiresAt },
    actor: "system",
    surface: "system",
    set: {
      headSha: pull.headSha,
      risk: asPlanned.risk,
      quorum: policy.approve.quorum,
      ...(policy.approve.authorMayApprove && { contributors: [] }),
      ...(planned.kind === "planned" && { plan: planned.plan }),
    },
  });
  if (!outcome.ok) return no(outcome.reason);
  await postGate(deps, repository, outcome.change);
  await askApprovers(deps, repository, outcome.change, gravest(story), policy);
  return { ok: true, text: `Change ${change.planId} is shown in #${change.pullNumber} and waits for approval.` };
}

const move = (
  deps: Deps,
  change: Change,
  event: { readonly type: "plan" } | { readonly type: "fail-plan"; readonly reason: string },
) => deps.store.changes.transition({ changeId: change.id, event, actor: "system", surface: "system" });

interface Shown {
  readonly planned: Planned;
  readonly digest: string;
  readonly expiresAt: Date;
  readonly policy: Policy;
  readonly story: Story;
}

async function body(deps: Deps, repository: Repository, change: Change, shown: Shown): Promise<string> {
  const { planned, policy, story } = shown;
  const surfaces = [
    "Merge this pull request",
    `Comment \`/draco approve plan:${change.planId}\``,
    "Approve it in a review, or press *Approve* on the check `draco/gate`",
    ...(deps.sms && policy.approve.sms && change.risk !== "replaces"
      ? ["Answer the SMS, if your phone is enrolled"]
      : []),
  ];
  return renderPullRequest({
    planId: change.planId,
    digest: shown.digest.replace("sha256:", ""),
    findings: story.findings,
    diff: await diffOf(deps, repository, change),
    risk: change.risk,
    by: change.patch?.by ?? "person",
    proofs: story.proofs,
    approvers: `${wanted(policy)}; ${policy.approve.quorum} approval(s)`,
    surfaces,
    expires: `${shown.expiresAt.toISOString().slice(0, 16).replace("T", " ")}Z`,
    afterApproval:
      change.engine === "terraform"
        ? "Then exactly this plan is applied, once, and verified by a re-scan and an empty second plan."
        : "Then it is merged and verified by a re-scan.",
    ...(planned.kind === "planned"
      ? {
          plan: {
            tool: `${planned.plan.tool} ${planned.plan.version}`,
            root: planned.root || ".",
            add: planned.plan.add,
            change: planned.plan.change,
            replace: planned.replaces,
            destroy: planned.plan.destroy - planned.replaces,
            text: planned.plan.text,
          },
        }
      : { noPlan: planned.why }),
    ...(story.model !== undefined && { model: story.model }),
    ...(story.aiSummary !== undefined && { aiSummary: story.aiSummary }),
    ...(story.sent !== undefined && { sent: story.sent }),
  }).body;
}

/** What the pull request changes, from the commits themselves. */
async function diffOf(deps: Deps, repository: Repository, change: Change): Promise<string> {
  const repo = repoOf(repository);
  const { baseSha, headSha } = change;
  if (!baseSha || !headSha) return "";
  const paths = [...new Set((change.patch?.edits ?? []).map((edit) => edit.file))];
  const read = async (path: string, sha: string): Promise<string> =>
    new TextDecoder().decode((await deps.github.readFile(repo, path, sha)) ?? new Uint8Array());
  const diffs = await Promise.all(
    paths.map(async (path) => unifiedDiff(path, await read(path, baseSha), await read(path, headSha))),
  );
  return diffs.filter((diff) => diff !== "").join("\n");
}

/** The story told anew from what is stored, for a change that is shown again. */
async function rememberStory(deps: Deps, repository: Repository, change: Change): Promise<Story> {
  const rules = new Map((await deps.rules()).map((rule) => [rule.id, rule]));
  const known = await deps.store.findings.list({ repository: repository.id, root: change.root });
  const findings = known
    .filter((finding) => change.fingerprints.includes(finding.fingerprint))
    .map((finding) => ({
      rule: finding.rule,
      title: rules.get(finding.rule)?.title ?? finding.message,
      severity: finding.severity,
      category: finding.category,
      address: finding.resource.address,
      file: "file" in finding.at ? finding.at.file : finding.at.id,
      line: "file" in finding.at ? finding.at.line : 0,
      message: finding.message,
      why: rules.get(finding.rule)?.why ?? "",
      evidence: finding.evidence,
    }));
  return { findings, proofs: [{ name: "Shown again", outcome: "the digest below is of this commit" }] };
}

const gravest = (story: Story): Severity =>
  story.findings.reduce<Severity>(
    (most, f) => (severityRank(f.severity) > severityRank(most) ? f.severity : most),
    "low",
  );

const no = (text: string): { readonly ok: false; readonly text: string } => ({ ok: false, text });
