/** A folder with one commit's files in which Terraform can run, and where that root's state is. */
import { removeStage, stageFiles } from "../adapters/files/stage.ts";
import type { Repository } from "../adapters/store/repositories.ts";
import type { Workspace } from "../adapters/terraform/types.ts";
import type { SourceFile } from "../core/model/source-range.ts";
import { type Deps, repoOf } from "./deps.ts";

export interface StagedWorkspace extends Workspace {
  readonly files: readonly SourceFile[];
  remove(): Promise<void>;
}

/** @param over files to write over the commit's, such as a patch that is not committed yet. */
export async function openWorkspace(
  deps: Deps,
  repository: Repository,
  sha: string,
  root: string,
  over: readonly SourceFile[] = [],
): Promise<StagedWorkspace> {
  if (!deps.terraform) throw new Error("no terraform here");
  const repo = repoOf(repository);
  const tree = await deps.github.listTree(repo, sha);
  const entries = tree.entries.filter((e) => e.kind === "file" || e.kind === "executable");
  const blobs = await deps.github.readBlobs(repo, [...new Set(entries.map((e) => e.sha))], sha);
  const files = entries.flatMap((e) => {
    const bytes = blobs.get(e.sha);
    return bytes ? [{ path: e.path, bytes }] : [];
  });
  const staged = await stageFiles(deps.terraform.scratchDir, [...files, ...over], {
    root,
    stateDir: deps.terraform.stateDir,
    stateName: `${repository.id}/${root || "root"}`,
  });
  return { ...staged, files, remove: () => removeStage(staged) };
}
