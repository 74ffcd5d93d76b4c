/** Writing to a repository: several files in one commit, through the git data API. GitHub signs what an App commits. */
import { Refused } from "../errors.ts";
import { mapConcurrently } from "./concurrent.ts";
import { branchSha } from "./contents.ts";
import type { Octokit, Octokits } from "./octokit.ts";
import { translated } from "./translate.ts";
import type { FileChange, NewCommit, Repo } from "./types.ts";

export interface WrittenTree {
  readonly sha: string;
  /** Tree of the commit that it was built upon: the same SHA means that nothing changes. */
  readonly from: string;
}

export async function commitFiles(octokits: Octokits, repo: Repo, branch: string, commit: NewCommit): Promise<string> {
  const octokit = await octokits.as(repo.installationId);
  const tip = await branchSha(octokits, repo, branch);
  if (tip !== commit.parent) throw moved(branch, commit.parent, tip);
  const tree = await writeTree(octokit, repo, commit.parent, commit.files);
  const sha = await writeCommit(octokit, repo, { message: commit.message, tree: tree.sha, parent: commit.parent });
  await moveBranch(octokit, repo, branch, sha, false).catch((error: unknown) => {
    // Somebody pushed between our look and our move: not a fast-forward any more.
    throw error instanceof Refused ? moved(branch, commit.parent, undefined) : error;
  });
  return sha;
}

const moved = (branch: string, expected: string, tip: string | undefined): Refused =>
  new Refused("GitHub", `${branch} is not at ${expected} any more${tip ? ` but at ${tip}` : ""}`, "moved");

/** Content-addressed: the same files upon the same parent give the same SHA, however often it runs. */
export async function writeTree(
  octokit: Octokit,
  repo: Repo,
  parent: string,
  files: readonly FileChange[],
): Promise<WrittenTree> {
  const at = { owner: repo.owner, repo: repo.name };
  const from = await translated(`read the commit ${parent}`, async () => {
    const { data } = await octokit.rest.git.getCommit({ ...at, commit_sha: parent });
    return data.tree.sha;
  });
  const tree = await mapConcurrently(files, 4, async (file) => ({
    path: file.path,
    mode: file.executable ? ("100755" as const) : ("100644" as const),
    type: "blob" as const,
    ...(await contentOf(octokit, repo, file)),
  }));
  const sha = await translated("write a tree", async () => {
    const { data } = await octokit.rest.git.createTree({ ...at, base_tree: from, tree });
    return data.sha;
  });
  return { sha, from };
}

async function contentOf(octokit: Octokit, repo: Repo, file: FileChange) {
  if (file.content === null) return { sha: null };
  if (typeof file.content === "string") return { content: file.content };
  const content = Buffer.from(file.content).toString("base64");
  const sha = await translated(`write ${file.path}`, async () => {
    const { data } = await octokit.rest.git.createBlob({
      owner: repo.owner,
      repo: repo.name,
      content,
      encoding: "base64",
    });
    return data.sha;
  });
  return { sha };
}

export const writeCommit = (
  octokit: Octokit,
  repo: Repo,
  commit: { readonly message: string; readonly tree: string; readonly parent: string },
): Promise<string> =>
  translated("write a commit", async () => {
    const { data } = await octokit.rest.git.createCommit({
      owner: repo.owner,
      repo: repo.name,
      message: commit.message,
      tree: commit.tree,
      parents: [commit.parent],
    });
    return data.sha;
  });

export const createBranch = (octokit: Octokit, repo: Repo, branch: string, sha: string): Promise<void> =>
  translated(`create the branch ${branch}`, async () => {
    await octokit.rest.git.createRef({ owner: repo.owner, repo: repo.name, ref: `refs/heads/${branch}`, sha });
  });

export const moveBranch = (octokit: Octokit, repo: Repo, branch: string, sha: string, force: boolean): Promise<void> =>
  translated(`move the branch ${branch}`, async () => {
    await octokit.rest.git.updateRef({ owner: repo.owner, repo: repo.name, ref: `heads/${branch}`, sha, force });
  });

/** Not there is as good as deleted. */
export async function deleteBranch(octokits: Octokits, repo: Repo, branch: string): Promise<void> {
  const octokit = await octokits.as(repo.installationId);
  if ((await branchSha(octokits, repo, branch)) === undefined) return;
  await translated(`delete the branch ${branch}`, async () => {
    await octokit.rest.git.deleteRef({ owner: repo.owner, repo: repo.name, ref: `heads/${branch}` });
  });
}
