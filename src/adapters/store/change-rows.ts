/** Rows of `changes` as the noun that the flows know. */
import type { Change, ChangeState, Engine, PlanShown } from "../../core/approve/change.ts";
import type { FixRisk, Patch } from "../../core/model/patch.ts";
import type { Change as ChangeRow } from "./generated/client.ts";
import { present } from "./rows.ts";

export function toChange(row: ChangeRow): Change {
  const { repositoryId, patch, plan, commentId, ...rest } = row;
  return {
    ...present(rest),
    repository: Number(repositoryId),
    kind: row.kind as Change["kind"],
    state: row.state as ChangeState,
    engine: row.engine as Engine,
    risk: row.risk as FixRisk,
    ...(patch !== null && { patch: patch as unknown as Patch }),
    ...(plan !== null && { plan: plan as unknown as PlanShown }),
    ...(commentId !== null && { commentId: Number(commentId) }),
  };
}
