/** Scans one commit: check run, sticky comment, findings, and what follows from them on the default branch. */
import type { JobRequest, Jobs } from "../adapters/store/jobs.ts";
import type { Repository } from "../adapters/store/repositories.ts";
import { nextRun } from "../core/approve/cron.ts";
import type { Policy } from "../core/approve/policy.ts";
import { type Finding, type Result, severityRank } from "../core/model/finding.ts";
import { type Compared, openFailures, renderCheckRun } from "../core/report/check-run.ts";
import { plainText } from "../core/report/neutralise.ts";
import type { Judgement } from "../core/rules/engine.ts";
import { compareWithBase } from "./compare-with-base.ts";
import { type Deps, repoOf } from "./deps.ts";
import { showMoved } from "./follow-pull-request.ts";
import { type Judged, judgeCommit, type PolicyRead, readScanPolicy } from "./judge.ts";
import { refreshSticky } from "./refresh-sticky.ts";

export const CHECK_NAME = "draco/scan";

export async function scanRepository(deps: Deps, job: Jobs["scan-repository"]): Promise<void> {
  const repository = await deps.store.repositories.get(job.repository);
  if (!repository || repository.removedAt) return;
  const repo = repoOf(repository);
  const head = await deps.github.branchSha(repo, repository.defaultBranch);
  const sha = job.sha ?? head;
  if (!sha) return;
  const isDefault = job.pullNumber === undefined && sha === head;

  const scan = await deps.store.scans.begin({
    repository: repository.id,
    sha,
    trigger: job.trigger,
    ...(job.ref !== undefined && { ref: job.ref }),
    ...(job.pullNumber !== undefined && { pullNumber: job.pullNumber }),
  });
  try {
    const policy = await readScanPolicy(deps, repository, repo);
    const judged = await judgeCommit(deps, repo, sha, policy.policy);
    if (isDefault) await record(deps, repository, judged, policy.policy);
    if (job.pullNumber === undefined) {
      await postCheckRun(deps, repository, judged, policy);
      await refreshSticky(deps, repository, { judged });
    } else {
      const { added, compared } = await compareWithBase(deps, repo, judged, job.pullNumber, policy.policy);
      await postCheckRun(deps, repository, { ...judged, results: added }, policy, compared);
      await showMoved(deps, repository, job.pullNumber, judged);
      await refreshSticky(deps, repository, { judged: { sha, results: added, compared }, pullNumber: job.pullNumber });
    }
    await deps.store.scans.finish(scan.id, summaryOf(judged));
  } catch (error) {
    await deps.store.scans.fail(scan.id, plainText(error instanceof Error ? error.message : String(error), 500));
    throw error;
  }
}

/** The default branch is what findings, schedules and proposals follow. */
async function record(deps: Deps, repository: Repository, judged: Judged, policy: Policy): Promise<void> {
  const byRoot = new Map<string, Judgement[]>();
  for (const result of judged.results) byRoot.set(result.stack, [...(byRoot.get(result.stack) ?? []), result]);
  for (const finding of await deps.store.findings.list({ repository: repository.id, state: "open" })) {
    if (!byRoot.has(finding.root)) byRoot.set(finding.root, []);
  }
  for (const [root, results] of byRoot) {
    await deps.store.findings.record({
      repository: repository.id,
      root,
      sha: judged.sha,
      findings: results.filter((r): r is Judgement & Finding => r.status === "fail"),
    });
  }
  await deps.store.repositories.scanned(repository.id, judged.sha);
  await deps.store.schedules.replace(repository.id, policy.schedule, nextRun);
  for (const job of proposals(repository.id, judged.results, policy)) await deps.queue.send(job);
}

/** Findings of one resource travel together: one coherent change, one pull request. The gravest come first. */
export function proposals(repository: number, results: readonly Judgement[], policy: Policy): JobRequest[] {
  const groups = new Map<string, Judgement[]>();
  for (const result of openFailures(results) as Judgement[]) {
    if (severityRank(result.severity) < severityRank(policy.remediation.severity)) continue;
    const key = `${result.stack} ${result.resource.address}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups].map(([key, group]) => {
    const fingerprints = group.map((r) => r.fingerprint).sort();
    return {
      name: "propose-fix" as const,
      data: { repository, root: group[0]?.stack ?? "", fingerprints },
      key: `${repository} ${key}`,
      priority: Math.max(...group.map((r) => severityRank(r.severity))),
    };
  });
}

async function postCheckRun(
  deps: Deps,
  repository: Repository,
  judged: Judged,
  read: PolicyRead,
  compared?: Compared,
): Promise<void> {
  const text = renderCheckRun({
    results: judged.results,
    diagnostics: [...read.diagnostics, ...judged.diagnostics],
    skipped: judged.skipped.length,
    files: judged.files.length,
    failOn: read.policy.scan.failOn,
    rules: new Map(judged.rules.map((rule) => [rule.id, rule])),
    ...(compared && { compared }),
  });
  await deps.github.createCheckRun(repoOf(repository), {
    name: CHECK_NAME,
    headSha: judged.sha,
    ...text,
    detailsUrl: deps.publicUrl,
  });
}

const summaryOf = (judged: Judged) => ({
  files: judged.files.length,
  resources: judged.reading.stacks.reduce((n, stack) => n + stack.resources.length, 0),
  open: openFailures(judged.results).length,
  suppressed: judged.results.filter((r: Result) => r.suppressed).length,
  errors: judged.diagnostics.filter((d) => d.severity === "error").length,
});
