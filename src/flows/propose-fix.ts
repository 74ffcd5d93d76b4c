/** From findings of one resource to a proven pull request that waits for approval, or to a sentence that says why not. */
import type { Jobs } from "../adapters/store/jobs.ts";
import type { Repository } from "../adapters/store/repositories.ts";
import type { Change } from "../core/approve/change.ts";
import type { Policy } from "../core/approve/policy.ts";
import { isOpen } from "../core/approve/state.ts";
import type { SourceFile } from "../core/model/source-range.ts";
import { matchesPath } from "../core/read/globs.ts";
import { plainText } from "../core/report/neutralise.ts";
import { branchName, type FindingFacts, renderPullRequest } from "../core/report/pull-request.ts";
import type { Judgement } from "../core/rules/engine.ts";
import { type Deps, repoOf } from "./deps.ts";
import { type Judged, judgeCommit, readScanPolicy } from "./judge.ts";
import type { Attempt } from "./prove-patch.ts";
import { refreshSticky } from "./refresh-sticky.ts";
import { type Story, showChange } from "./show-change.ts";
import { writePatch } from "./write-patch.ts";

export async function proposeFix(deps: Deps, job: Jobs["propose-fix"]): Promise<void> {
  const repository = await deps.store.repositories.get(job.repository);
  if (!repository || repository.removedAt || (await deps.store.settings.paused(job.repository))) return;
  const repo = repoOf(repository);
  const { policy } = await readScanPolicy(deps, repository, repo);
  if (policy.remediation.author === "none") return;
  const base = await deps.github.branchSha(repo, repository.defaultBranch);
  if (!base) return;
  const judged = await judgeCommit(deps, repo, base, policy);
  const findings = judged.results.filter(
    (r) => r.status === "fail" && !r.suppressed && job.fingerprints.includes(r.fingerprint),
  );
  if (findings.length === 0) return; // mended meanwhile: fine
  if (await settled(deps, repository, findings, job.requestedBy !== undefined)) return;
  if (await atLimit(deps, repository, findings, policy)) return;

  const begun = await begin(deps, repository, findings, job, policy, base);
  if (!begun) return;
  const change = begun;
  const attempt = await writePatch(deps, { repository, judged, findings, policy });
  if (attempt.kind === "declined") return explainDecline(deps, repository, change, attempt.why);

  const story = tell(judged, findings, attempt);
  const opened = await openPullRequest(deps, repository, change, attempt, story, base);
  await showChange(deps, repository, opened, story);
  await refreshSticky(deps, repository, {});
}

/** People's decisions stand: what was denied or closed is not proposed again, unless somebody asks for it. */
async function settled(
  deps: Deps,
  repository: Repository,
  findings: readonly Judgement[],
  asked: boolean,
): Promise<boolean> {
  for (const finding of findings) {
    const before = await deps.store.changes.byFingerprint(repository.id, finding.fingerprint);
    if (before.some((c) => isOpen(c.state) && c.state !== "detected" && c.state !== "proposed")) return true;
    if (!asked && before.some((c) => ["denied", "closed", "advised"].includes(c.state))) return true;
  }
  return false;
}

/** A bot's manners: not more open pull requests than the policy says, unless it is critical. */
async function atLimit(
  deps: Deps,
  repository: Repository,
  findings: readonly Judgement[],
  policy: Policy,
): Promise<boolean> {
  if (findings.some((f) => f.severity === "critical")) return false;
  const changes = await deps.store.changes.list({ repository: repository.id });
  const open = changes.filter((c) => isOpen(c.state) && c.pullNumber !== undefined);
  const hourAgo = deps.now().getTime() - 3_600_000;
  const recent = changes.filter((c) => c.pullNumber !== undefined && c.createdAt.getTime() > hourAgo);
  return open.length >= policy.remediation.maxOpen || recent.length >= policy.remediation.maxPerHour;
}

/** The change in the database comes first: whoever runs this twice goes on with the same one. */
async function begin(
  deps: Deps,
  repository: Repository,
  findings: readonly Judgement[],
  job: Jobs["propose-fix"],
  policy: Policy,
  base: string,
): Promise<Change | undefined> {
  const first = findings[0];
  if (!first) return undefined;
  const engine = engineFor(policy, job.root);
  const { change, created } = await deps.store.changes.create({
    repository: repository.id,
    kind: "code",
    title: plainText(`${first.message} (${first.resource.address})`, 120),
    root: job.root,
    fingerprints: findings.map((f) => f.fingerprint),
    engine,
    risk: "in-place",
    quorum: policy.approve.quorum,
    contributors: job.requestedBy === undefined || policy.approve.authorMayApprove ? [] : [job.requestedBy],
    baseRef: repository.defaultBranch,
    baseSha: base,
    actor: job.requestedBy ?? "system",
  });
  const unfinished = change.state === "detected" || change.state === "proposed";
  return created || unfinished ? change : undefined;
}

/** Only roots that the default branch's policy names are ever planned or applied. */
export const engineFor = (policy: Policy, root: string): "terraform" | "none" =>
  policy.apply.engine === "terraform" && policy.apply.roots.some((glob) => matchesPath(glob, root === "" ? "." : root))
    ? "terraform"
    : "none";

function tell(judged: Judged, findings: readonly Judgement[], attempt: Attempt & { kind: "written" }): Story {
  const rules = new Map(judged.rules.map((rule) => [rule.id, rule]));
  const facts = findings.map(
    (f): FindingFacts => ({
      rule: f.rule,
      title: rules.get(f.rule)?.title ?? f.message,
      severity: f.severity,
      category: f.category,
      address: f.resource.address,
      file: "file" in f.at ? f.at.file : f.at.id,
      line: "file" in f.at ? f.at.line : 0,
      message: f.message,
      why: rules.get(f.rule)?.why ?? "",
      evidence: f.evidence,
    }),
  );
  const mended = new Set(attempt.fingerprints);
  return {
    findings: facts.filter((_, i) => mended.has(findings[i]?.fingerprint ?? "")),
    proofs: attempt.proofs,
    ...(attempt.model !== undefined && { model: attempt.model }),
    ...(attempt.summary !== undefined && { aiSummary: attempt.summary }),
    ...(attempt.sent !== undefined && { sent: attempt.sent }),
  };
}

async function openPullRequest(
  deps: Deps,
  repository: Repository,
  change: Change,
  attempt: Attempt & { kind: "written" },
  story: Story,
  base: string,
): Promise<Change> {
  const first = story.findings[0];
  if (!first) throw new Error(`${change.planId}: a patch that mends nothing`);
  const text = renderPullRequest({
    planId: change.planId,
    digest: "",
    findings: story.findings,
    diff: attempt.diff,
    risk: attempt.patch.risk,
    by: attempt.patch.by,
    proofs: story.proofs,
    approvers: "see below in a moment",
    surfaces: [],
    expires: "",
    afterApproval: "",
  });
  const branch = branchName(first, attempt.fingerprints[0] ?? change.id);
  const opened = await deps.github.openPullRequest(repoOf(repository), {
    branch,
    base: repository.defaultBranch,
    baseSha: base,
    commitMessage: `${text.title.replace(/^\[Draco\] /, "")}\n\nDraco change ${change.planId}.`,
    files: attempt.files.map((file: SourceFile) => ({ path: file.path, content: file.bytes })),
    title: text.title,
    body: text.body,
    labels: text.labels,
  });
  const set = {
    patch: attempt.patch,
    risk: attempt.patch.risk,
    title: first.title,
    branch,
    pullNumber: opened.number,
    headSha: opened.headSha,
    baseSha: base,
  };
  const moved = await deps.store.changes.transition({
    changeId: change.id,
    event: { type: "propose" },
    actor: "system",
    surface: "system",
    set,
    detail: { by: attempt.patch.by, pullRequest: opened.number },
  });
  return moved.ok ? moved.change : { ...change, ...set };
}

/** What cannot be mended is said once, where people look: in the history and in the dashboard's findings. */
async function explainDecline(deps: Deps, repository: Repository, change: Change, why: string): Promise<void> {
  await deps.store.changes.transition({
    changeId: change.id,
    event: { type: "decline", reason: plainText(why, 300) },
    actor: "system",
    surface: "system",
  });
  deps.log.info({ plan: change.planId, repository: repository.id, why }, "no fix that could be proven");
}
