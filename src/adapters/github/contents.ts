/** Reading a repository through the API: trees, blobs, files, comparisons. */
import { NotFound } from "../errors.ts";
import { mapConcurrently } from "./concurrent.ts";
import type { Octokit, Octokits } from "./octokit.ts";
import { blobSha, pickBlobs, TarballTooLarge } from "./tarball.ts";
import { ifThere, translated } from "./translate.ts";
import type { ChangedFile, Commit, Comparison, Repo, Tree, TreeEntry } from "./types.ts";

/** Above this many blobs one archive is cheaper than one request each. */
const TARBALL_FROM = 300;
const WIDTH = 8;
const MOST_UNPACKED = 1024 * 1024 * 1024;
/** The most files that GitHub lists in a comparison. */
const MOST_COMPARED = 300;

export async function listTree(octokits: Octokits, repo: Repo, ref: string): Promise<Tree> {
  const octokit = await octokits.as(repo.installationId);
  const listed = await readTree(octokit, repo, ref, true);
  if (!listed.truncated) return { sha: listed.sha, entries: filesOf(listed.tree, "") };
  return { sha: listed.sha, entries: await walk(octokit, repo, ref, "") };
}

type RawTree = Awaited<ReturnType<typeof readTree>>["tree"];

const readTree = (octokit: Octokit, repo: Repo, sha: string, recursive: boolean) =>
  translated(`list the tree ${sha} of ${repo.owner}/${repo.name}`, async () => {
    const { data } = await octokit.rest.git.getTree({
      owner: repo.owner,
      repo: repo.name,
      tree_sha: sha,
      ...(recursive && { recursive: "1" }),
    });
    return data;
  });

/** Level by level, where one answer cannot hold the whole tree. */
async function walk(octokit: Octokit, repo: Repo, sha: string, prefix: string): Promise<TreeEntry[]> {
  const level = await readTree(octokit, repo, sha, false);
  const folders = level.tree.filter((entry) => entry.type === "tree");
  const below = await mapConcurrently(folders, WIDTH, async (folder) => {
    const at = `${prefix}${folder.path}/`;
    const whole = await readTree(octokit, repo, folder.sha, true);
    return whole.truncated ? walk(octokit, repo, folder.sha, at) : filesOf(whole.tree, at);
  });
  return [...filesOf(level.tree, prefix), ...below.flat()];
}

function filesOf(tree: RawTree, prefix: string): TreeEntry[] {
  return tree.flatMap((entry): TreeEntry[] =>
    entry.type === "tree"
      ? []
      : [{ path: prefix + entry.path, sha: entry.sha, size: entry.size ?? 0, kind: kindOf(entry.mode) }],
  );
}

const kindOf = (mode: string): TreeEntry["kind"] =>
  mode === "160000" ? "submodule" : mode === "120000" ? "symlink" : mode === "100755" ? "executable" : "file";

export async function readBlobs(
  octokits: Octokits,
  repo: Repo,
  shas: readonly string[],
  commit: string,
): Promise<Map<string, Uint8Array>> {
  const octokit = await octokits.as(repo.installationId);
  const wanted = new Set(shas);
  const blobs =
    wanted.size > TARBALL_FROM ? await fromTarball(octokit, repo, wanted, commit) : new Map<string, Uint8Array>();
  const rest = [...wanted].filter((sha) => !blobs.has(sha));
  await mapConcurrently(rest, WIDTH, async (sha) => {
    blobs.set(sha, await readBlob(octokit, repo, sha));
  });
  return blobs;
}

const readBlob = (octokit: Octokit, repo: Repo, sha: string): Promise<Uint8Array> =>
  translated(`read the blob ${sha} of ${repo.owner}/${repo.name}`, async () => {
    const { data } = await octokit.rest.git.getBlob({ owner: repo.owner, repo: repo.name, file_sha: sha });
    return new Uint8Array(Buffer.from(data.content, data.encoding === "base64" ? "base64" : "utf8"));
  });

/** Empty where the server has no tarball, or it is too large to unpack: the blobs are then read one by one. */
async function fromTarball(octokit: Octokit, repo: Repo, wanted: ReadonlySet<string>, commit: string) {
  const archive = await ifThere(`download ${repo.owner}/${repo.name} at ${commit}`, async () => {
    const response = await octokit.request("GET /repos/{owner}/{repo}/tarball/{ref}", {
      owner: repo.owner,
      repo: repo.name,
      ref: commit,
      request: { parseSuccessResponseBody: false },
    });
    try {
      // Read inside the call: a connection that breaks half way is a failure of the download.
      return await pickBlobs(streamed(response.data), wanted, { mostBytes: MOST_UNPACKED });
    } catch (error) {
      if (error instanceof TarballTooLarge) return undefined;
      throw error;
    }
  });
  return archive ?? new Map<string, Uint8Array>();
}

function streamed(body: unknown): AsyncIterable<Uint8Array> {
  if (typeof body === "object" && body !== null && Symbol.asyncIterator in body) {
    return body as AsyncIterable<Uint8Array>;
  }
  throw new TypeError("the archive came without a body");
}

export async function readFile(
  octokits: Octokits,
  repo: Repo,
  path: string,
  ref: string,
): Promise<Uint8Array | undefined> {
  const octokit = await octokits.as(repo.installationId);
  const data = await ifThere(`read ${path} of ${repo.owner}/${repo.name}`, async () => {
    const answer = await octokit.rest.repos.getContent({ owner: repo.owner, repo: repo.name, path, ref });
    return answer.data;
  });
  if (data === undefined || Array.isArray(data) || data.type !== "file") return undefined;
  const small = data.encoding === "base64" ? new Uint8Array(Buffer.from(data.content, "base64")) : undefined;
  // Contents above 1 MB are left out of this answer, but not out of the blob.
  return small && blobSha(small) === data.sha ? small : readBlob(octokit, repo, data.sha);
}

export async function compare(octokits: Octokits, repo: Repo, base: string, head: string): Promise<Comparison> {
  const octokit = await octokits.as(repo.installationId);
  const data = await translated(`compare ${base} with ${head}`, async () => {
    const answer = await octokit.rest.repos.compareCommitsWithBasehead({
      owner: repo.owner,
      repo: repo.name,
      basehead: `${base}...${head}`,
    });
    return answer.data;
  });
  const files = (data.files ?? []).map(changedFile);
  return {
    mergeBase: data.merge_base_commit.sha,
    aheadBy: data.ahead_by,
    behindBy: data.behind_by,
    files,
    complete: files.length < MOST_COMPARED,
  };
}

function changedFile(file: { filename: string; previous_filename?: string; status: string }): ChangedFile {
  const status =
    file.status === "added" || file.status === "copied"
      ? "added"
      : file.status === "removed" || file.status === "renamed"
        ? file.status
        : "modified";
  return {
    path: file.filename,
    status,
    ...(status === "renamed" && file.previous_filename && { previousPath: file.previous_filename }),
  };
}

export async function branchSha(octokits: Octokits, repo: Repo, branch: string): Promise<string | undefined> {
  const octokit = await octokits.as(repo.installationId);
  return ifThere(`look up the branch ${branch}`, async () => {
    const { data } = await octokit.rest.git.getRef({ owner: repo.owner, repo: repo.name, ref: `heads/${branch}` });
    // A prefix of other branches answers with something else than itself.
    if (data.ref !== `refs/heads/${branch}`) throw new NotFound("GitHub", `there is no branch ${branch}`);
    return data.object.sha;
  });
}

export async function getCommit(octokits: Octokits, repo: Repo, sha: string): Promise<Commit> {
  const octokit = await octokits.as(repo.installationId);
  const data = await translated(`read the commit ${sha}`, async () => {
    const answer = await octokit.rest.repos.getCommit({ owner: repo.owner, repo: repo.name, ref: sha, per_page: 1 });
    return answer.data;
  });
  const author = data.commit.author;
  return {
    sha: data.sha,
    treeSha: data.commit.tree.sha,
    message: data.commit.message,
    parents: data.parents.map((parent) => parent.sha),
    authorName: author?.name ?? "",
    authorEmail: author?.email ?? "",
    ...(data.author && "login" in data.author && { authorLogin: data.author.login }),
    at: author?.date ?? "",
  };
}
