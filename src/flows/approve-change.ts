/**
 * One person's yes or no to one change, whatever surface it came through. Who they are and what they may do is asked of
 * GitHub now; that what they saw is what is still there is checked now; only then does the state machine decide.
 */

import type { Repository } from "../adapters/store/repositories.ts";
import type { TransitionOutcome } from "../adapters/store/transition.ts";
import type { Change, Surface } from "../core/approve/change.ts";
import { digestOf } from "../core/approve/digest.ts";
import type { Policy } from "../core/approve/policy.ts";
import { mayApprove, policyDigestPart } from "../core/approve/who.ts";
import { askWho } from "./ask-who.ts";
import { type Deps, repoOf } from "./deps.ts";
import { readPolicy } from "./judge.ts";

export interface GitHubUser {
  readonly id: number;
  readonly login: string;
}

export interface Say {
  readonly change: Change;
  readonly user: GitHubUser;
  readonly surface: Surface;
  /** Comment, review, delivery or message that proves it. */
  readonly source: string;
}

export type Answer = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly text: string };

/** @param shown the digest that was before the person's eyes, where the surface binds one; else the one shown last. */
export async function approveChange(deps: Deps, say: Say, shown?: string): Promise<Answer> {
  const look = await lookAgain(deps, say);
  if (!look.ok) return look;
  const { repository, policy, change } = look;

  if (await deps.store.settings.paused(repository.id))
    return no("Draco is paused here; nothing can be approved until it is resumed.");
  const standing = await currentDigest(deps, repository, change, policy);
  if (change.state === "awaiting-approval" && standing !== change.digest) {
    await voidChange(deps, change, say);
    return no(
      `Change ${change.planId} is no longer what was shown (new commit, base or policy). Nothing was approved; it will be shown again.`,
    );
  }
  const actor = await deps.store.actors.ensure({ githubId: say.user.id, login: say.user.login });
  const outcome = await deps.store.changes.transition({
    changeId: change.id,
    event: { type: "approve", digest: shown ?? change.digest ?? "", actor: actor.id, surface: say.surface },
    actor: actor.id,
    surface: say.surface,
    source: say.source,
  });
  return answer(outcome, (now) =>
    now.state === "approved"
      ? `Change ${now.planId} is approved; it is being applied.`
      : `Your approval of change ${now.planId} counts; it needs more (quorum ${now.quorum}).`,
  );
}

export async function denyChange(deps: Deps, say: Say, reason: string): Promise<Answer> {
  const look = await lookAgain(deps, say);
  if (!look.ok) return look;
  const actor = await deps.store.actors.ensure({ githubId: say.user.id, login: say.user.login });
  const outcome = await deps.store.changes.transition({
    changeId: look.change.id,
    event: { type: "deny", reason },
    actor: actor.id,
    surface: say.surface,
    source: say.source,
  });
  if (outcome.ok && outcome.change.pullNumber) {
    await deps.github.closePullRequest(repoOf(look.repository), outcome.change.pullNumber);
  }
  return answer(
    outcome,
    (now) => `Change ${now.planId} is denied; nothing was changed, and its pull request is closed.`,
  );
}

type Look =
  | { readonly ok: true; readonly repository: Repository; readonly policy: Policy; readonly change: Change }
  | { readonly ok: false; readonly text: string };

/** Reads everything anew: the change, the policy of the default branch, and the person's permission at this moment. */
async function lookAgain(deps: Deps, say: Say): Promise<Look> {
  const change = await deps.store.changes.get(say.change.id);
  const repository = change && (await deps.store.repositories.get(change.repository));
  if (!change || !repository || repository.removedAt) return no("There is no such change any more.");
  const repo = repoOf(repository);
  const { policy, diagnostics } = await readPolicy(deps, repository, repo);
  if (diagnostics.some((d) => d.severity === "error")) {
    return no(
      "The policy in .github/draco.yml has errors; until they are mended nobody can approve. See the check run.",
    );
  }
  const who = await askWho(deps, repo, policy, say.user.login);
  const allowed = mayApprove(policy, who, change, say.surface);
  return allowed.ok
    ? { ok: true, repository, policy, change }
    : no(`${say.user.login} may not decide this: ${allowed.reason}.`);
}

/** The digest of what would be applied as things stand on GitHub now. */
export async function currentDigest(
  deps: Pick<Deps, "github">,
  repository: Repository,
  change: Change,
  policy: Policy,
): Promise<string> {
  if (change.pullNumber === undefined) return change.digest ?? "";
  const pull = await deps.github.getPullRequest(repoOf(repository), change.pullNumber);
  return shownDigest(change, pull.headSha, policy);
}

export const shownDigest = (change: Change, headSha: string, policy: Policy): string =>
  digestOf({
    repository: change.repository,
    root: change.root,
    pullNumber: change.pullNumber,
    headSha,
    baseSha: change.baseSha ?? "",
    edits: change.patch?.edits ?? [],
    plan: change.plan,
    policy: policyDigestPart(policy),
    attempts: change.attempts,
  });

async function voidChange(deps: Deps, change: Change, say: Say): Promise<void> {
  await deps.store.changes.transition({
    changeId: change.id,
    event: { type: "void", reason: "new-commit" },
    actor: "system",
    surface: "system",
    source: say.source,
  });
}

const no = (text: string): { readonly ok: false; readonly text: string } => ({ ok: false, text });

const answer = (outcome: TransitionOutcome, said: (change: Change) => string): Answer =>
  outcome.ok ? { ok: true, text: said(outcome.change) } : no(outcome.reason);
