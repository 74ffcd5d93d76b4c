/** Looks whether it worked: the findings are gone from the merged code, and a second plan has nothing left to do. */

import type { Repository } from "../adapters/store/repositories.ts";
import type { Change } from "../core/approve/change.ts";
import { type Deps, repoOf } from "./deps.ts";
import { judgeCommit, readScanPolicy } from "./judge.ts";
import { openWorkspace } from "./open-workspace.ts";
import { refreshSticky } from "./refresh-sticky.ts";
import { sayOnPullRequest } from "./say.ts";
import { alertOutcome } from "./send-alerts.ts";

export async function verifyChange(deps: Deps, job: { readonly changeId: string }): Promise<void> {
  const asked = await deps.store.changes.get(job.changeId);
  if (!asked || !["applied", "verifying"].includes(asked.state)) return;
  const repository = await deps.store.repositories.get(asked.repository);
  if (!repository || repository.removedAt) return;
  if (asked.state === "applied") await move(deps, asked, { type: "verify" });

  const problems = [...(await findingsLeft(deps, repository, asked)), ...(await planLeft(deps, repository, asked))];
  const reason = problems.join(" ");
  const outcome = await move(
    deps,
    asked,
    problems.length === 0 ? { type: "pass-verify" } : { type: "fail-verify", reason },
  );
  if (!outcome.ok) return;
  if (problems.length > 0) {
    await sayOnPullRequest(
      deps,
      asked,
      `Change \`${asked.planId}\` was applied but is **not verified**: ${reason} To go back, revert the merge.`,
    );
  }
  await alertOutcome(deps, repository, outcome.change);
  await refreshSticky(deps, repository, {});
}

const move = (
  deps: Deps,
  change: Change,
  event: { type: "verify" } | { type: "pass-verify" } | { type: "fail-verify"; reason: string },
) => deps.store.changes.transition({ changeId: change.id, event, actor: "system", surface: "system" });

async function findingsLeft(deps: Deps, repository: Repository, change: Change): Promise<string[]> {
  const repo = repoOf(repository);
  const head = await deps.github.branchSha(repo, repository.defaultBranch);
  if (!head) return ["The default branch is gone."];
  const { policy } = await readScanPolicy(deps, repository, repo);
  const judged = await judgeCommit(deps, repo, head, policy);
  const left = judged.results.filter((r) => r.status === "fail" && change.fingerprints.includes(r.fingerprint));
  return left.map((r) => `The finding ${r.rule} on ${r.resource.address} is still there.`);
}

async function planLeft(deps: Deps, repository: Repository, change: Change): Promise<string[]> {
  if (change.engine !== "terraform" || !deps.terraform) return [];
  const head = await deps.github.branchSha(repoOf(repository), repository.defaultBranch);
  const workspace = await openWorkspace(deps, repository, head ?? "", change.root);
  try {
    const ready = await deps.terraform.client.init(workspace);
    const planned = ready.ok ? await deps.terraform.client.plan(workspace, deps.key) : ready;
    if (!planned.ok)
      return [`The second plan could not be made: ${planned.diagnostics[0]?.summary ?? planned.reason}.`];
    return planned.value.empty ? [] : ["A second plan is not empty: something is left to do, or drifts."];
  } finally {
    await workspace.remove();
  }
}
