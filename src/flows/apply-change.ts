/**
 * Applies exactly what was approved, once. The approval is used up before anything is touched: a worker that dies after
 * that leaves the change interrupted for a person, never applied twice.
 */

import { Refused } from "../adapters/errors.ts";
import type { PullRequest } from "../adapters/github/types.ts";
import type { Repository } from "../adapters/store/repositories.ts";
import type { Terraform, Plan as TerraformPlan, Workspace } from "../adapters/terraform/types.ts";
import type { Change } from "../core/approve/change.ts";
import type { VoidReason } from "../core/approve/state.ts";
import { neutralise, plainText } from "../core/report/neutralise.ts";
import { shownDigest } from "./approve-change.ts";
import { type Deps, repoOf } from "./deps.ts";
import { readPolicy } from "./judge.ts";
import { openWorkspace } from "./open-workspace.ts";
import { sayOnPullRequest } from "./say.ts";

const LEASE_MS = 5 * 60_000;
/** How long a job that lost the race for a state waits before it looks again. */
export class Busy extends Error {}

export async function applyChange(deps: Deps, job: { readonly changeId: string }): Promise<void> {
  const change = await deps.store.changes.get(job.changeId);
  if (change?.state !== "approved" || change.digest === undefined) return; // someone was faster: fine
  const repository = await deps.store.repositories.get(change.repository);
  if (!repository || repository.removedAt) return;
  if (await deps.store.settings.paused(repository.id)) throw new Busy(`${change.planId}: paused`);
  if (change.expiresAt && change.expiresAt <= deps.now()) return expire(deps, change);

  const mergeSha = await mergeApproved(deps, repository, change);
  if (mergeSha === undefined) return;
  if (change.engine === "none") await applyByMerge(deps, change, change.digest);
  else await applyByTerraform(deps, repository, { ...change, mergeSha }, change.digest);
}

/** Merges the very commit that was approved; GitHub refuses any other. undefined: it is not that commit any more. */
async function mergeApproved(deps: Deps, repository: Repository, change: Change): Promise<string | undefined> {
  if (change.pullNumber === undefined || change.headSha === undefined) return change.headSha;
  const repo = repoOf(repository);
  const pull = await deps.github.getPullRequest(repo, change.pullNumber);
  const moved = await whatMoved(deps, repository, change, pull);
  if (moved) {
    await deps.store.changes.transition({
      changeId: change.id,
      event: { type: "void", reason: moved },
      actor: "system",
      surface: "system",
    });
    await sayOnPullRequest(
      deps,
      change,
      `Change \`${change.planId}\` is no longer what was approved; nothing was applied.`,
    );
    return undefined;
  }
  if (pull.state === "merged") return pull.mergeCommitSha ?? change.headSha;
  try {
    return await deps.github.mergePullRequest(repo, change.pullNumber, {
      expectedHeadSha: change.headSha,
      title: `${change.title} (#${change.pullNumber})`,
      message: `Approved as Draco change ${change.planId}, digest ${change.digest ?? ""}.`,
    });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    await giveUpMerge(deps, change, error);
    return undefined;
  }
}

/** Conflicts, rules of the branch: GitHub will not merge this as it stands, and trying again changes nothing. */
async function giveUpMerge(deps: Deps, change: Change, refused: Refused): Promise<void> {
  await deps.store.changes.transition({
    changeId: change.id,
    event: { type: "void", reason: "base-moved" },
    actor: "system",
    surface: "system",
  });
  const why = neutralise(refused.message, 300);
  await sayOnPullRequest(
    deps,
    change,
    `Change \`${change.planId}\` was approved, but GitHub does not merge it: ${why}. Nothing was applied. Mend that, then ask for it again with \`/draco plan\`.`,
  );
}

/** An approval is of one commit under one policy, both asked of GitHub before anything is merged. */
async function whatMoved(
  deps: Deps,
  repository: Repository,
  change: Change,
  pull: PullRequest,
): Promise<VoidReason | undefined> {
  if (pull.headSha !== change.headSha || pull.state === "closed") return "new-commit";
  const { policy, diagnostics } = await readPolicy(deps, repository, repoOf(repository));
  const broken = diagnostics.some((d) => d.severity === "error");
  return broken || shownDigest(change, pull.headSha, policy) !== change.digest ? "policy-changed" : undefined;
}

async function expire(deps: Deps, change: Change): Promise<void> {
  await deps.store.changes.transition({
    changeId: change.id,
    event: { type: "expire" },
    actor: "system",
    surface: "system",
  });
}

/** No engine: with the merge it is done, and what is left is to verify. */
async function applyByMerge(deps: Deps, change: Change, digest: string): Promise<void> {
  const begun = await deps.store.applies.begin(change.id, digest, deps.worker, LEASE_MS);
  if (!begun.ok) return;
  await deps.store.applies.finish({
    attempt: begun.attempt,
    outcome: "applied",
    output: "Merged; no engine is set up for this root.",
  });
}

async function applyByTerraform(deps: Deps, repository: Repository, change: Change, digest: string): Promise<void> {
  if (!deps.terraform) return recordSkipped(deps, change, digest);
  const lockKey = `state:${repository.id}:${change.root}`;
  const lock = await deps.store.locks.acquire(lockKey, change.id, LEASE_MS);
  if (!lock) throw new Busy(`${change.planId}: another change holds the state of ${change.root}`);
  const workspace = await openWorkspace(deps, repository, change.mergeSha ?? "", change.root);
  const keepLock = setInterval(() => void deps.store.locks.renew(lock, LEASE_MS), LEASE_MS / 3);
  try {
    const plan = await planAgain(deps, deps.terraform.client, workspace, change);
    if (plan) await applyPlan(deps, deps.terraform.client, workspace, change, digest, plan);
  } finally {
    clearInterval(keepLock);
    await deps.store.locks.release(lock);
    await workspace.remove();
  }
}

/** The plan of the merge commit must be the one that was approved; a different one is shown and asked for again. */
async function planAgain(
  deps: Deps,
  terraform: Terraform,
  workspace: Workspace,
  change: Change,
): Promise<TerraformPlan | undefined> {
  const ready = await terraform.init(workspace);
  const planned = ready.ok ? await terraform.plan(workspace, deps.key) : ready;
  if (planned.ok && planned.value.digest === change.plan?.hash) return planned.value;

  const why = planned.ok
    ? "The plan of the merged commit differs from the one that was approved."
    : `The plan could not be made again: ${planned.diagnostics[0]?.summary ?? planned.reason}.`;
  await deps.store.changes.transition({
    changeId: change.id,
    event: { type: "void", reason: planned.ok ? "plan-differs" : "state-moved" },
    actor: "system",
    surface: "system",
    ...(planned.ok && { detail: { approved: change.plan?.hash ?? "", now: planned.value.digest } }),
  });
  await sayOnPullRequest(
    deps,
    change,
    `${why} Nothing was applied; approve again what is shown now with \`/draco plan\`.`,
  );
  return undefined;
}

async function applyPlan(
  deps: Deps,
  terraform: Terraform,
  workspace: Workspace,
  change: Change,
  digest: string,
  plan: TerraformPlan,
): Promise<void> {
  const begun = await deps.store.applies.begin(change.id, digest, deps.worker, LEASE_MS);
  if (!begun.ok) return;
  const { attempt } = begun;
  const keepLease = setInterval(() => void deps.store.applies.renew(attempt, LEASE_MS), LEASE_MS / 3);
  try {
    const applied = await terraform.apply(workspace, plan);
    if (applied.ok) {
      await deps.store.applies.finish({ attempt, outcome: "applied", output: applied.value.text });
      return;
    }
    const reason = plainText(applied.diagnostics.map((d) => d.summary).join("; ") || applied.reason, 300);
    await deps.store.applies.finish({ attempt, outcome: "failed", reason });
    await sayOnPullRequest(
      deps,
      change,
      `Applying change \`${change.planId}\` failed: ${reason}. Nothing is tried again without a new approval.`,
    );
  } finally {
    clearInterval(keepLease);
  }
}

async function recordSkipped(deps: Deps, change: Change, digest: string): Promise<void> {
  const begun = await deps.store.applies.begin(change.id, digest, deps.worker, LEASE_MS);
  if (!begun.ok) return;
  const reason = "No terraform or tofu is installed where Draco runs: nothing was applied.";
  await deps.store.applies.finish({ attempt: begun.attempt, outcome: "skipped", reason });
  await sayOnPullRequest(
    deps,
    change,
    `Change \`${change.planId}\` is merged but **not applied**: no terraform or tofu is installed where Draco runs.`,
  );
}
