/** Keeps the one comment of a pull request, or of the dashboard issue of a default branch, as things stand now. */
import type { Repository } from "../adapters/store/repositories.ts";
import type { Change } from "../core/approve/change.ts";
import { isOpen } from "../core/approve/state.ts";
import type { Result } from "../core/model/finding.ts";
import { openFailures } from "../core/report/check-run.ts";
import { type ChangeLine, renderSticky, STICKY_MARKER } from "../core/report/sticky-comment.ts";
import { type Deps, repoOf } from "./deps.ts";

export const DASHBOARD_TITLE = "Draco dashboard";
const DASHBOARD_BODY = `Draco keeps the comment below up to date with what it found on the default branch, and with the changes that wait for you.

\`/draco help\` in a comment lists what you can say here.`;

export interface StickyTarget {
  /** What was found, where a scan has just looked; else what the database remembers of the default branch. */
  readonly judged?: { readonly sha: string; readonly results: readonly Result[] };
  /** Absent: the dashboard. */
  readonly pullNumber?: number;
  readonly lastCommand?: { readonly text: string; readonly by: string; readonly outcome: string };
}

export async function refreshSticky(deps: Deps, repository: Repository, target: StickyTarget): Promise<void> {
  const repo = repoOf(repository);
  const changes = target.pullNumber
    ? await deps.store.changes.byPull(repository.id, target.pullNumber)
    : (await deps.store.changes.list({ repository: repository.id })).filter((c) => isOpen(c.state));
  const pull = target.pullNumber ? await deps.store.pulls.get(repository.id, target.pullNumber) : undefined;
  const results =
    target.judged?.results ?? (await deps.store.findings.list({ repository: repository.id, state: "open" }));
  const paused = await deps.store.settings.paused(repository.id);
  const body = renderSticky({
    results,
    changes: changes.map(line),
    nextStep: nextStep(changes, openFailures(results).length, target.pullNumber),
    headSha: target.judged?.sha ?? pull?.headSha ?? repository.lastScanSha ?? "",
    paused: paused !== undefined,
    ...(target.lastCommand && { lastCommand: target.lastCommand }),
  });

  const issue = target.pullNumber ?? (await deps.github.upsertIssue(repo, DASHBOARD_TITLE, DASHBOARD_BODY)).number;
  const id = await deps.github.upsertStickyComment(repo, {
    issue,
    marker: STICKY_MARKER,
    body,
    ...(pull?.stickyCommentId !== undefined && { id: pull.stickyCommentId }),
  });
  if (target.pullNumber) await deps.store.pulls.remember(repository.id, target.pullNumber, { stickyCommentId: id });
}

const line = (change: Change): ChangeLine => ({
  planId: change.planId,
  title: change.title,
  state: change.reason ? `${change.state}: ${change.reason}` : change.state,
  risk: change.risk,
  ...(change.pullNumber !== undefined && { pullRequest: change.pullNumber }),
});

function nextStep(changes: readonly Change[], findings: number, pullNumber?: number): string {
  const waiting = changes.filter((c) => c.state === "awaiting-approval");
  const first = waiting[0];
  if (first && pullNumber === first.pullNumber) {
    return `approve exactly this by merging, or with \`/draco approve plan:${first.planId}\`; refuse with \`/draco deny plan:${first.planId}\`.`;
  }
  if (first) {
    return `${waiting.length} change(s) wait for approval; the first is #${first.pullNumber ?? ""} (\`/draco approve plan:${first.planId}\`).`;
  }
  const stuck = changes.find((c) => ["failed", "interrupted", "unverified"].includes(c.state));
  if (stuck) return `a person must look at change \`${stuck.planId}\`: ${stuck.state}.`;
  return findings > 0 ? "Draco proposes what it can prove; the rest needs you (see below)." : "nothing to do.";
}
