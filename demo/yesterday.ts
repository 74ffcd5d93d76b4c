/** What had happened before the demo begins: stacks/app was applied once, as it stands in the repository. */
import { join } from "node:path";
import { removeStage, stageFiles } from "../src/adapters/files/stage.ts";
import { seedFiles } from "./seed/files.ts";
import type { World } from "./world.ts";

const ROOT = "stacks/app";

/** The tool's own last line; undefined where there is no tool. */
export async function applyAsOfYesterday(world: World): Promise<string | undefined> {
  const { deps } = world.draco.composed;
  if (!deps.terraform) return undefined;
  const { client, scratchDir, stateDir } = deps.terraform;
  const files = Object.entries(seedFiles()).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) }));
  const stage = await stageFiles(join(scratchDir, "yesterday"), files, {
    root: ROOT,
    stateDir,
    stateName: `${world.github.repo.id}/${ROOT}`,
  });
  try {
    const ready = await client.init(stage);
    const planned = ready.ok ? await client.plan(stage, deps.key) : ready;
    const applied = planned.ok ? await client.apply(stage, planned.value) : planned;
    if (!applied.ok) throw new Error(applied.diagnostics[0]?.summary ?? applied.reason);
    return /Apply complete![^\n]*/.exec(applied.value.text)?.[0] ?? "applied";
  } finally {
    await removeStage(stage);
  }
}
