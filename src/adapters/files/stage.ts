/** Writes one commit's files into a private folder, so that a tool can work on them; and takes the folder away again. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import type { SourceFile } from "../../core/model/source-range.ts";

export interface Stage {
  /** The root module, absolute. */
  readonly dir: string;
  /** Where tools may keep what they need, absolute; goes with the stage. */
  readonly scratchDir: string;
  /** Local state of this root, absolute; stays. */
  readonly stateFile: string;
  readonly home: string;
}

/** Later files win over earlier ones of the same path. A path that leaves the folder is refused. */
export async function stageFiles(
  parent: string,
  files: readonly SourceFile[],
  where: { readonly root: string; readonly stateDir: string; readonly stateName: string },
): Promise<Stage> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const home = await mkdtemp(join(resolve(parent), "stage-"));
  const code = join(home, "code");
  for (const file of files) {
    const path = inside(code, file.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file.bytes);
  }
  const scratchDir = join(home, "scratch");
  await mkdir(scratchDir, { recursive: true, mode: 0o700 });
  const stateFile = inside(resolve(where.stateDir), `${where.stateName}/terraform.tfstate`);
  await mkdir(dirname(stateFile), { recursive: true, mode: 0o700 });
  return { dir: inside(code, where.root || "."), scratchDir, stateFile, home };
}

export async function removeStage(stage: Stage): Promise<void> {
  await rm(stage.home, { recursive: true, force: true });
}

function inside(base: string, path: string): string {
  const full = resolve(base, path);
  if (full !== base && !full.startsWith(base + sep)) throw new Error(`${path} leads out of its folder`);
  return full;
}
