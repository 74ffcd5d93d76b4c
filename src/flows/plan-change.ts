/** Plans one root at one commit, with the files of that commit and nothing else. */

import type { Repository } from "../adapters/store/repositories.ts";
import type { Plan } from "../adapters/terraform/types.ts";
import type { PlanShown } from "../core/approve/change.ts";
import { prescreen } from "../core/approve/prescreen.ts";
import type { SourceFile } from "../core/model/source-range.ts";
import type { Deps } from "./deps.ts";
import { openWorkspace } from "./open-workspace.ts";

export type Planned =
  | { readonly kind: "planned"; readonly plan: PlanShown; readonly replaces: number; readonly root: string }
  /** Nothing was run, and why. */
  | { readonly kind: "none"; readonly why: string }
  | { readonly kind: "failed"; readonly why: string };

export async function planChange(deps: Deps, repository: Repository, sha: string, root: string): Promise<Planned> {
  const { terraform } = deps;
  if (!terraform)
    return {
      kind: "none",
      why: "No terraform or tofu is installed where Draco runs: there is no plan, and nothing will be applied.",
    };
  const workspace = await openWorkspace(deps, repository, sha, root);
  try {
    const held = prescreen(workspace.files.filter((f: SourceFile) => under(root, f.path)));
    if (held.length > 0) {
      return {
        kind: "failed",
        why: `This root runs code of its own while it is planned (${held.join(", ")}); a person must plan it.`,
      };
    }
    const ready = await terraform.client.init(workspace);
    const planned = ready.ok ? await terraform.client.plan(workspace, deps.key) : ready;
    if (!planned.ok)
      return { kind: "failed", why: planned.diagnostics.map((d) => d.summary).join("; ") || planned.reason };
    const { name, version } = await terraform.client.version();
    return { kind: "planned", plan: shown(planned.value, name, version), replaces: planned.value.counts.replace, root };
  } finally {
    await workspace.remove();
  }
}

const under = (root: string, path: string): boolean => root === "" || root === "." || path.startsWith(`${root}/`);

const shown = (plan: Plan, tool: string, version: string): PlanShown => ({
  tool,
  version,
  add: plan.counts.add,
  change: plan.counts.change,
  destroy: plan.counts.destroy + plan.counts.replace,
  text: plan.text,
  hash: plan.digest,
});
