/** The one check that a repository can require: says whether a change may be merged, and carries the buttons. */
import type { Conclusion } from "../adapters/github/types.ts";
import type { Repository } from "../adapters/store/repositories.ts";
import type { Change, ChangeState } from "../core/approve/change.ts";
import { type Deps, repoOf } from "./deps.ts";

export const GATE_NAME = "draco/gate";

const CONCLUSION: Partial<Record<ChangeState, Conclusion>> = {
  "awaiting-approval": "action_required",
  approved: "success",
  applying: "success",
  applied: "success",
  verified: "success",
  denied: "failure",
};

export async function postGate(deps: Deps, repository: Repository, change: Change): Promise<void> {
  if (change.headSha === undefined) return;
  const waiting = change.state === "awaiting-approval";
  await deps.github.createCheckRun(repoOf(repository), {
    name: GATE_NAME,
    headSha: change.headSha,
    conclusion: CONCLUSION[change.state] ?? "neutral",
    title: `Change ${change.planId}: ${change.state}`,
    summary: waiting
      ? `Approve or refuse exactly this: digest \`${change.digest ?? ""}\`. A new commit voids the approval.`
      : `Change ${change.planId} is ${change.state}.`,
    externalId: change.planId,
    ...(waiting && {
      actions: [
        { identifier: "approve", label: "Approve", description: "Approve exactly this change" },
        { identifier: "deny", label: "Deny", description: "Refuse it; nothing is changed" },
      ],
    }),
  });
}
