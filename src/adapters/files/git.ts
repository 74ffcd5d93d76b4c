/** What git says of a working tree: which files differ from a revision. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export class GitFailed extends Error {}

/**
 * Absolute paths of files that differ from where HEAD left `revision` (its merge base), changes that are not committed
 * and files that are not tracked yet included.
 */
export async function changedSince(directory: string, revision: string): Promise<readonly string[]> {
  const top = (await git(directory, ["rev-parse", "--show-toplevel"])).trim();
  const commit = await git(directory, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`])
    .then((out) => out.trim())
    .catch(() => {
      throw new GitFailed(`git knows no revision "${revision}"`);
    });
  const base = await git(directory, ["merge-base", commit, "HEAD"])
    .then((out) => out.trim())
    .catch(() => commit);
  const [changed, untracked] = await Promise.all([
    git(top, ["diff", "--name-only", "--no-ext-diff", "-z", base, "--"]),
    git(top, ["ls-files", "--others", "--exclude-standard", "-z"]),
  ]);
  return `${changed}\0${untracked}`
    .split("\0")
    .filter((path) => path !== "")
    .map((path) => join(top, path));
}

async function git(directory: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run("git", ["-C", directory, ...args], { maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (thrown) {
    const why = thrown instanceof Error && "stderr" in thrown ? String(thrown.stderr).trim() : String(thrown);
    throw new GitFailed(why || `git ${args[0]} failed`);
  }
}
