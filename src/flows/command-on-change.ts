/** Commands that are about one change and that need no approval of it: which one is meant, and what is done. */
import type { Repository } from "../adapters/store/repositories.ts";
import type { Change } from "../core/approve/change.ts";
import type { Command, VerbName } from "../core/approve/command.ts";
import { isOpen } from "../core/approve/state.ts";
import type { Answer } from "./approve-change.ts";
import { type Deps, repoOf } from "./deps.ts";
import { readPolicy } from "./judge.ts";
import { askApprovers, severityOf } from "./send-alerts.ts";
import { showChange } from "./show-change.ts";

export interface Place {
  readonly repository: Repository;
  readonly issueNumber: number;
}

/** An unknown or ambiguous target is always a refusal: a typo must never hit another change. */
export async function changeMeant(deps: Deps, place: Place, command: Command): Promise<Change | Answer> {
  const { repository, issueNumber } = place;
  const [named, second] = command.targets;
  if (second) return no("Name one change at a time, each on a line of its own.");
  if (named) {
    const change = await deps.store.changes.byPlanId(named.value);
    return change?.repository === repository.id ? change : no(`There is no change ${named.value} in this repository.`);
  }
  const here = (await deps.store.changes.byPull(repository.id, issueNumber)).filter((c) => isOpen(c.state));
  const [only] = here;
  if (only && here.length === 1) return only;
  return no(
    here.length === 0
      ? "No change belongs to this conversation; name one as plan:ID."
      : "Several changes belong here; name one as plan:ID.",
  );
}

export async function onChange(
  deps: Deps,
  repository: Repository,
  change: Change,
  verb: VerbName,
  source: string,
): Promise<Answer> {
  switch (verb) {
    case "plan":
      return showChange(deps, repository, change);
    case "notify":
      return askAgain(deps, repository, change, source);
    case "cancel": {
      const outcome = await move(deps, change, { type: "cancel" }, source);
      return outcome.ok ? yes(`Change ${change.planId} waits no more; its approvals are void.`) : no(outcome.reason);
    }
    case "apply":
      if (change.state !== "approved")
        return no(`Change ${change.planId} is ${change.state}; only what is approved is applied.`);
      await deps.queue.send({ name: "apply-change", data: { changeId: change.id }, key: change.id });
      return yes(`Change ${change.planId} is next.`);
    case "verify": {
      const outcome = await deps.store.changes.transition({
        changeId: change.id,
        event: { type: "verify" },
        actor: "system",
        surface: "command",
        source,
        jobs: [{ name: "verify-change", data: { changeId: change.id }, key: change.id }],
      });
      return outcome.ok ? yes(`Looking again at change ${change.planId}.`) : no(outcome.reason);
    }
    default:
      return no(`"${verb}" is not about one change.`);
  }
}

async function askAgain(deps: Deps, repository: Repository, change: Change, source: string): Promise<Answer> {
  if (change.state !== "awaiting-approval") return no(`Change ${change.planId} is ${change.state}; nothing is asked.`);
  const { policy } = await readPolicy(deps, repository, repoOf(repository));
  await askApprovers(deps, repository, change, await severityOf(deps, change), policy, source);
  return yes(`The approvers of change ${change.planId} are asked again.`);
}

const move = (deps: Deps, change: Change, event: { readonly type: "cancel" }, source: string) =>
  deps.store.changes.transition({ changeId: change.id, event, actor: "system", surface: "command", source });

const yes = (text: string): Answer => ({ ok: true, text });
const no = (text: string): { readonly ok: false; readonly text: string } => ({ ok: false, text });
