/** Merges a pull request at one commit and no other: GitHub itself compares. */
import { Refused } from "../errors.ts";
import type { Octokits } from "./octokit.ts";
import { translated } from "./translate.ts";
import type { Repo } from "./types.ts";

export interface Merge {
  /** The commit that was approved; anything else is refused ("409"). */
  readonly expectedHeadSha: string;
  readonly title: string;
  readonly message: string;
}

/** SHA of the merge commit. Throws Refused where GitHub will not merge (conflicts, rules, another head). */
export async function mergePullRequest(octokits: Octokits, repo: Repo, number: number, merge: Merge): Promise<string> {
  const octokit = await octokits.as(repo.installationId);
  const { data } = await translated(`merge #${number}`, () =>
    octokit.rest.pulls.merge({
      owner: repo.owner,
      repo: repo.name,
      pull_number: number,
      sha: merge.expectedHeadSha,
      commit_title: merge.title.slice(0, 250),
      commit_message: merge.message,
    }),
  );
  if (!data.merged) throw new Refused("GitHub", `#${number} was not merged: ${data.message}`, "405");
  return data.sha;
}
