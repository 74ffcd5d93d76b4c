/**
 * A pull request of Draco moved: what was approved is void, since it is something else now. People's commits are
 * welcome: what stands there is judged and shown anew, and whoever wrote them does not count towards its approval.
 */
import type { Repository } from "../adapters/store/repositories.ts";
import type { Change } from "../core/approve/change.ts";
import type { GitHubUser } from "./approve-change.ts";
import { type Deps, repoOf } from "./deps.ts";
import type { Judged } from "./judge.ts";
import { sayOnPullRequest } from "./say.ts";
import { showChange } from "./show-change.ts";

const VOIDABLE = ["planning", "awaiting-approval", "approved"];

/** At once, when GitHub says that the branch moved. */
export async function voidMoved(
  deps: Deps,
  moved: {
    readonly repository: number;
    readonly pullNumber: number;
    readonly headSha: string;
    readonly source: string;
    readonly by?: GitHubUser;
  },
): Promise<void> {
  for (const change of await deps.store.changes.byPull(moved.repository, moved.pullNumber)) {
    if (!VOIDABLE.includes(change.state) || change.headSha === moved.headSha) continue;
    const by = moved.by && (await deps.store.actors.ensure({ githubId: moved.by.id, login: moved.by.login }));
    await deps.store.changes.transition({
      changeId: change.id,
      event: { type: "void", reason: "new-commit" },
      actor: by?.id ?? "system",
      surface: "system",
      source: moved.source,
      ...(by && { set: { contributors: [...new Set([...change.contributors, by.id])] } }),
    });
  }
}

/** After the new commit was scanned: show it, unless the findings came back with it. */
export async function showMoved(deps: Deps, repository: Repository, pullNumber: number, judged: Judged): Promise<void> {
  for (const change of await deps.store.changes.byPull(repository.id, pullNumber)) {
    if (change.state !== "stale" || change.headSha === judged.sha) continue;
    const pull = await deps.github.getPullRequest(repoOf(repository), pullNumber);
    if (pull.state !== "open" || pull.headSha !== judged.sha) continue;
    const left = stillThere(change, judged);
    if (left.length > 0) await sayOnPullRequest(deps, change, comeBack(change, left));
    else await showChange(deps, repository, change);
  }
}

const stillThere = (change: Change, judged: Judged): readonly string[] =>
  judged.results
    .filter((result) => result.status === "fail" && change.fingerprints.includes(result.fingerprint))
    .map((result) => result.rule);

const comeBack = (change: Change, rules: readonly string[]): string =>
  `The commits that were added to change \`${change.planId}\` bring back what it mends (${rules.join(", ")}). It cannot be approved as it stands.`;
