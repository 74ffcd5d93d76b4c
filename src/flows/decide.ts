/** Somebody said something about a change, on one of five surfaces: finds out which change, and passes it on. */
import type { Decision } from "../adapters/store/jobs.ts";
import type { Repository } from "../adapters/store/repositories.ts";
import type { Change } from "../core/approve/change.ts";
import { isOpen } from "../core/approve/state.ts";
import { approveChange, denyChange, type GitHubUser } from "./approve-change.ts";
import { decideBySms } from "./decide-by-sms.ts";
import { type Deps, repoOf } from "./deps.ts";
import { refreshSticky } from "./refresh-sticky.ts";
import { runCommands } from "./run-commands.ts";

export async function decide(deps: Deps, decision: Decision): Promise<void> {
  const { what } = decision;
  if (what.kind === "sms") return decideBySms(deps, what.sid);
  const repository =
    decision.repository === undefined ? undefined : await deps.store.repositories.get(decision.repository);
  const { issueNumber, githubUser } = decision;
  if (!repository || repository.removedAt || issueNumber === undefined) return;
  if (what.kind === "command") {
    if (githubUser)
      await runCommands(deps, { repository, issueNumber, user: githubUser, source: decision.source, body: what.text });
    return;
  }
  const changes = (await deps.store.changes.byPull(repository.id, issueNumber)).filter((c) => isOpen(c.state));
  for (const change of changes) await decideOne(deps, repository, change, decision, githubUser);
  if (changes.length === 0) return;
  await refreshSticky(deps, repository, { pullNumber: issueNumber });
  await refreshSticky(deps, repository, {});
}

async function decideOne(
  deps: Deps,
  repository: Repository,
  change: Change,
  decision: Decision,
  user: GitHubUser | undefined,
): Promise<void> {
  const { what, surface, source } = decision;
  switch (what.kind) {
    case "merge":
      return what.mergeSha === ""
        ? noteClosed(deps, change, source)
        : noteMerged(deps, repository, change, decision, user);
    case "review":
      if (!user) return;
      if (what.state === "changes_requested")
        await denyChange(deps, { change, user, surface, source }, "changes were requested in a review");
      // A review is of one commit: an older one says nothing about what is shown now.
      else if (what.commitSha === change.headSha) await approveChange(deps, { change, user, surface, source });
      return;
    case "button":
      if (!user || what.planId !== change.planId || what.headSha !== change.headSha) return;
      if (what.action === "approve") await approveChange(deps, { change, user, surface, source });
      else if (what.action === "deny")
        await denyChange(deps, { change, user, surface, source }, "refused by the button");
      return;
  }
}

async function noteClosed(deps: Deps, change: Change, source: string): Promise<void> {
  await deps.store.changes.transition({
    changeId: change.id,
    event: { type: "close", reason: "its pull request was closed" },
    actor: "system",
    surface: "merge",
    source,
  });
}

/**
 * A merge by somebody who may decide approves the commit that was merged. Whoever merged what no engine applies has
 * applied it all the same: then it is only verified. Draco's own merges come after an approval, and change nothing.
 */
async function noteMerged(
  deps: Deps,
  repository: Repository,
  change: Change,
  decision: Decision,
  user: GitHubUser | undefined,
): Promise<void> {
  const pull = await deps.github.getPullRequest(repoOf(repository), decision.issueNumber ?? 0);
  if (pull.state !== "merged") return;
  const by = pull.mergedBy ?? (user && { ...user, bot: false });
  const asShown = pull.headSha === change.headSha;
  if (by && !by.bot && asShown && change.state === "awaiting-approval") {
    const said = await approveChange(deps, { change, user: by, surface: "merge", source: decision.source });
    if (said.ok) return;
  }
  const now = await deps.store.changes.get(change.id);
  if (!now || !isOpen(now.state) || now.state === "approved") return;
  const outcome = await deps.store.changes.transition({
    changeId: change.id,
    event: { type: "land" },
    actor: "system",
    surface: "merge",
    source: decision.source,
    set: { mergeSha: decision.what.kind === "merge" ? decision.what.mergeSha : "" },
  });
  if (!outcome.ok) {
    deps.log.warn(
      { plan: change.planId, reason: outcome.reason },
      "merged without an approval that counts; nothing is applied",
    );
    await deps.store.changes.transition({
      changeId: change.id,
      event: { type: "void", reason: asShown ? "policy-changed" : "new-commit" },
      actor: "system",
      surface: "merge",
      source: decision.source,
    });
  }
}
