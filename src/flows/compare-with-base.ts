/** What a pull request brings and mends, beside the commit that it leaves from: the rest was there before, and is not its fault. */
import type { Repo } from "../adapters/github/types.ts";
import type { Policy } from "../core/approve/policy.ts";
import type { Compared } from "../core/report/check-run.ts";
import type { Judgement } from "../core/rules/engine.ts";
import type { Deps } from "./deps.ts";
import { type Judged, judgeCommit } from "./judge.ts";

export interface Difference {
  /** Findings that the base does not have. */
  readonly added: readonly Judgement[];
  readonly compared: Compared;
}

export async function compareWithBase(
  deps: Deps,
  repo: Repo,
  judged: Judged,
  pullNumber: number,
  policy: Policy,
): Promise<Difference> {
  const pull = await deps.github.getPullRequest(repo, pullNumber);
  const { mergeBase } = await deps.github.compare(repo, pull.baseSha, judged.sha);
  const base = await judgeCommit(deps, repo, mergeBase, policy);
  const before = new Set(open(base.results).map((result) => result.fingerprint));
  const now = new Set(open(judged.results).map((result) => result.fingerprint));
  const added = judged.results.filter((result) => result.status !== "fail" || !before.has(result.fingerprint));
  return {
    added,
    compared: {
      base: mergeBase,
      before: [...now].filter((print) => before.has(print)).length,
      fixed: [...before].filter((print) => !now.has(print)).length,
    },
  };
}

const open = (results: readonly Judgement[]): readonly Judgement[] =>
  results.filter((result) => result.status === "fail" && !result.suppressed);
