/** Reads from a commit the files that a scan needs, and no others: trees and blobs, with blobs kept by their SHA. */
import type { Repo, TreeEntry } from "../adapters/github/types.ts";
import type { Skipped } from "../core/model/finding.ts";
import type { SourceFile } from "../core/model/source-range.ts";
import { MOST_FILE_BYTES, mayBeInfrastructure } from "../core/read/candidates.ts";
import type { Deps } from "./deps.ts";

export interface RepositoryFiles {
  readonly sha: string;
  readonly files: readonly SourceFile[];
  readonly skipped: readonly Skipped[];
}

export async function readRepository(deps: Deps, repo: Repo, sha: string): Promise<RepositoryFiles> {
  const tree = await deps.github.listTree(repo, sha);
  const candidates = tree.entries.filter((entry) => mayBeInfrastructure(entry.path));
  const skipped = candidates.flatMap((entry) => whySkipped(entry));
  const left = new Set(skipped.map((s) => s.path));
  const wanted = candidates.filter((entry) => !left.has(entry.path));

  const shas = [...new Set(wanted.map((entry) => entry.sha))];
  const known = await deps.store.blobs.get(shas);
  const missing = shas.filter((blob) => !known.has(blob));
  const fetched = missing.length > 0 ? await deps.github.readBlobs(repo, missing, sha) : new Map<string, Uint8Array>();
  if (fetched.size > 0) await deps.store.blobs.put(fetched);

  const files = wanted.flatMap((entry) => {
    const bytes = known.get(entry.sha) ?? fetched.get(entry.sha);
    return bytes ? [{ path: entry.path, bytes }] : [];
  });
  const lost = wanted.filter((entry) => !known.has(entry.sha) && !fetched.has(entry.sha));
  return {
    sha,
    files,
    skipped: [
      ...skipped,
      ...lost.map((entry) => ({ path: entry.path, reason: "GitHub did not hand out its contents" })),
    ],
  };
}

function whySkipped(entry: TreeEntry): Skipped[] {
  if (entry.kind === "symlink")
    return [{ path: entry.path, reason: "a symbolic link: its target is read where it lies" }];
  if (entry.kind === "submodule") return [{ path: entry.path, reason: "a submodule: another repository" }];
  if (entry.size > MOST_FILE_BYTES) return [{ path: entry.path, reason: `larger than ${MOST_FILE_BYTES} bytes` }];
  return [];
}
