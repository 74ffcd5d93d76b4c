/** Pull requests, ours and other people's. */
import { Refused } from "../errors.ts";
import { cut } from "./checks.ts";
import { setLabels } from "./comments.ts";
import { createBranch, moveBranch, writeCommit, writeTree } from "./commits.ts";
import { branchSha, getCommit } from "./contents.ts";
import { type Identity, personOf } from "./identity.ts";
import type { Octokit, Octokits } from "./octokit.ts";
import { translated } from "./translate.ts";
import type { NewPullRequest, OpenedPullRequest, PullRequest, Repo, Review } from "./types.ts";

const MOST_BODY = 65_535;

/** Every step looks before it leaps, so that a job that died anywhere in here can run again. */
export async function openPullRequest(
  octokits: Octokits,
  identity: Identity,
  repo: Repo,
  request: NewPullRequest,
): Promise<OpenedPullRequest> {
  const octokit = await octokits.as(repo.installationId);
  const headSha = await placeBranch(octokits, octokit, identity, repo, request);
  const found = await findByBranch(octokit, repo, request.branch);
  const opened = found ?? (await create(octokit, repo, request));
  if (request.labels) await setLabels(octokits, repo, opened.number, request.labels);
  return { number: opened.number, headSha, url: opened.html_url, created: !found };
}

/** The branch holds one commit of ours on the base. Commits of other people on it are never thrown away. */
async function placeBranch(
  octokits: Octokits,
  octokit: Octokit,
  identity: Identity,
  repo: Repo,
  request: NewPullRequest,
): Promise<string> {
  const tip = await branchSha(octokits, repo, request.branch);
  const tree = await writeTree(octokit, repo, request.baseSha, request.files);
  if (tree.sha === tree.from) throw new Refused("GitHub", "the files are like that already", "no-change");
  const current = tip === undefined ? undefined : await getCommit(octokits, repo, tip);
  if (current && current.treeSha === tree.sha && current.parents.join() === request.baseSha) return current.sha;
  if (current && current.sha !== request.baseSha) {
    const bot = await identity.botLogin();
    if ((current.authorLogin ?? current.authorName) !== bot) {
      throw new Refused("GitHub", `${request.branch} holds commits that are not ours`, "foreign-commits");
    }
  }
  const commit = { message: request.commitMessage, tree: tree.sha, parent: request.baseSha };
  const sha = await writeCommit(octokit, repo, commit);
  if (current) await moveBranch(octokit, repo, request.branch, sha, true);
  else await createBranch(octokit, repo, request.branch, sha);
  return sha;
}

async function create(octokit: Octokit, repo: Repo, request: NewPullRequest) {
  try {
    return await translated(`open a pull request from ${request.branch}`, async () => {
      const { data } = await octokit.rest.pulls.create({
        owner: repo.owner,
        repo: repo.name,
        title: request.title,
        body: cut(request.body, MOST_BODY),
        head: request.branch,
        base: request.base,
        draft: request.draft ?? false,
      });
      return { number: data.number, html_url: data.html_url };
    });
  } catch (error) {
    // Another worker, or our own request whose answer was lost, was faster.
    const found = error instanceof Refused ? await findByBranch(octokit, repo, request.branch) : undefined;
    if (found) return found;
    throw error;
  }
}

const findByBranch = (octokit: Octokit, repo: Repo, branch: string) =>
  translated(`look for the pull request of ${branch}`, async () => {
    const { data } = await octokit.rest.pulls.list({
      owner: repo.owner,
      repo: repo.name,
      state: "open",
      head: `${repo.owner}:${branch}`,
    });
    const found = data.find((pull) => pull.head.ref === branch);
    return found && { number: found.number, html_url: found.html_url };
  });

export async function updatePullRequest(
  octokits: Octokits,
  repo: Repo,
  number: number,
  change: { readonly title?: string; readonly body?: string; readonly state?: "closed" },
): Promise<void> {
  const octokit = await octokits.as(repo.installationId);
  await translated(`update #${number}`, async () => {
    await octokit.rest.pulls.update({
      owner: repo.owner,
      repo: repo.name,
      pull_number: number,
      ...change,
      ...(change.body !== undefined && { body: cut(change.body, MOST_BODY) }),
    });
  });
}

type RawPull = Awaited<ReturnType<Octokit["rest"]["pulls"]["get"]>>["data"];
type ListedPull = Awaited<ReturnType<Octokit["rest"]["pulls"]["list"]>>["data"][number];

export async function getPullRequest(octokits: Octokits, repo: Repo, number: number): Promise<PullRequest> {
  const octokit = await octokits.as(repo.installationId);
  const pull = await translated(`read #${number}`, async () => {
    const { data } = await octokit.rest.pulls.get({ owner: repo.owner, repo: repo.name, pull_number: number });
    return data;
  });
  const described = describe(pull, repo);
  if (described.state !== "open" || described.fromFork) return described;
  // GitHub's record of a pull request trails its branch by a moment; an approval must not miss that moment.
  const tip = await branchSha(octokits, repo, described.headRef);
  return tip === undefined ? described : { ...described, headSha: tip };
}

export async function openPullRequests(octokits: Octokits, repo: Repo): Promise<PullRequest[]> {
  const octokit = await octokits.as(repo.installationId);
  const pulls = await translated("list the open pull requests", () =>
    octokit.paginate(octokit.rest.pulls.list, { owner: repo.owner, repo: repo.name, state: "open", per_page: 100 }),
  );
  return pulls.map((pull) => describe(pull, repo));
}

function describe(pull: RawPull | ListedPull, repo: Repo): PullRequest {
  const merged = pull.merged_at !== null;
  return {
    number: pull.number,
    state: merged ? "merged" : pull.state === "open" ? "open" : "closed",
    title: pull.title,
    body: pull.body ?? "",
    author: personOf(pull.user),
    headRef: pull.head.ref,
    headSha: pull.head.sha,
    baseRef: pull.base.ref,
    baseSha: pull.base.sha,
    // A fork that was deleted has no repository any more.
    fromFork: pull.head.repo?.id !== repo.id,
    draft: pull.draft ?? false,
    ...(merged && pull.merge_commit_sha && { mergeCommitSha: pull.merge_commit_sha }),
    ...("merged_by" in pull && pull.merged_by && { mergedBy: personOf(pull.merged_by) }),
    url: pull.html_url,
  };
}

const REVIEW_STATES: Readonly<Record<string, Review["state"]>> = {
  APPROVED: "approved",
  CHANGES_REQUESTED: "changes-requested",
  COMMENTED: "commented",
  DISMISSED: "dismissed",
};

/** Submitted reviews, oldest first. */
export async function listReviews(octokits: Octokits, repo: Repo, number: number): Promise<Review[]> {
  const octokit = await octokits.as(repo.installationId);
  const reviews = await translated(`list the reviews of #${number}`, () =>
    octokit.paginate(octokit.rest.pulls.listReviews, {
      owner: repo.owner,
      repo: repo.name,
      pull_number: number,
      per_page: 100,
    }),
  );
  return reviews.flatMap((review) => {
    const state = REVIEW_STATES[review.state];
    if (!state || !review.submitted_at) return [];
    const sha = review.commit_id ?? "";
    return [{ id: review.id, by: personOf(review.user), state, sha, at: review.submitted_at }];
  });
}
