/** Keeps the one comment of a pull request, or of the dashboard issue of a default branch, as things stand now. */
import type { Repository, PullRequest as StoredPull } from "../adapters/store/repositories.ts";
import type { Change } from "../core/approve/change.ts";
import { isOpen } from "../core/approve/state.ts";
import type { Result } from "../core/model/finding.ts";
import { type Compared, openFailures } from "../core/report/check-run.ts";
import { type ChangeLine, renderSticky, STICKY_MARKER } from "../core/report/sticky-comment.ts";
import { compareWithBase } from "./compare-with-base.ts";
import { type Deps, repoOf } from "./deps.ts";
import { judgeCommit, readScanPolicy } from "./judge.ts";

export const DASHBOARD_TITLE = "Draco dashboard";
const DASHBOARD_BODY = `Draco keeps the comment below up to date with what it found on the default branch, and with the changes that wait for you.

\`/draco help\` in a comment lists what you can say here.`;

export interface StickyTarget {
  /** What was found, where a scan has just looked; else what the database remembers of the default branch. */
  readonly judged?: { readonly sha: string; readonly results: readonly Result[]; readonly compared?: Compared };
  /** Absent: the dashboard. */
  readonly pullNumber?: number;
}

/** Returns the number of the pull request or issue that it stands on. */
export async function refreshSticky(deps: Deps, repository: Repository, target: StickyTarget): Promise<number> {
  const repo = repoOf(repository);
  const { pullNumber } = target;
  const pull = pullNumber ? await deps.store.pulls.get(repository.id, pullNumber) : undefined;
  const changes = pullNumber
    ? await deps.store.changes.byPull(repository.id, pullNumber)
    : (await deps.store.changes.list({ repository: repository.id })).filter((c) => isOpen(c.state));
  const found = target.judged ?? (pull ? await judgePull(deps, repository, pull) : await remembered(deps, repository));
  const issue = pullNumber ?? (await deps.github.upsertIssue(repo, DASHBOARD_TITLE, DASHBOARD_BODY)).number;
  const body = renderSticky({
    results: found.results,
    changes: changes.map(line),
    nextStep: nextStep(changes, openFailures(found.results).length, pullNumber),
    headSha: found.sha,
    paused: (await deps.store.settings.paused(repository.id)) !== undefined,
    ...(found.compared && { compared: found.compared }),
    ...(await lastCommand(deps, repository, issue)),
  });
  const id = await deps.github.upsertStickyComment(repo, {
    issue,
    marker: STICKY_MARKER,
    body,
    ...(pull?.stickyCommentId !== undefined && { id: pull.stickyCommentId }),
  });
  if (pullNumber) await deps.store.pulls.remember(repository.id, pullNumber, { stickyCommentId: id });
  return issue;
}

type Found = NonNullable<StickyTarget["judged"]>;

/** A pull request that nobody has just looked at is looked at again: its findings are kept nowhere. */
async function judgePull(deps: Deps, repository: Repository, pull: StoredPull): Promise<Found> {
  const repo = repoOf(repository);
  const { policy } = await readScanPolicy(deps, repository, repo);
  const judged = await judgeCommit(deps, repo, pull.headSha, policy);
  const { added, compared } = await compareWithBase(deps, repo, judged, pull.number, policy);
  return { sha: pull.headSha, results: added, compared };
}

/** The default branch, as its last scan left it. */
const remembered = async (deps: Deps, repository: Repository): Promise<Found> => ({
  sha: repository.lastScanSha ?? "",
  results: await deps.store.findings.list({ repository: repository.id, state: "open" }),
});

async function lastCommand(deps: Deps, repository: Repository, issue: number) {
  const last = await deps.store.commands.last(repository.id, issue);
  if (!last?.finishedAt) return {};
  const by = await deps.store.actors.get(last.actorId);
  return { lastCommand: { text: last.text, by: by?.login ?? "somebody", outcome: last.reason ?? last.outcome ?? "" } };
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
