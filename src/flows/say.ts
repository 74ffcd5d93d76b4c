/** Tells people: a new comment where a person is needed, SMS and e-mail through the outbox. */
import type { Change } from "../core/approve/change.ts";
import { type Deps, repoOf } from "./deps.ts";

/** A new comment on the change's pull request. Only for what needs a person: everything else edits the sticky one. */
export async function sayOnPullRequest(deps: Deps, change: Change, body: string): Promise<void> {
  const repository = await deps.store.repositories.get(change.repository);
  if (!repository || change.pullNumber === undefined) return;
  await deps.store.outbox.add({
    idempotencyKey: `say:${change.id}:${change.version}:${body.slice(0, 40)}`,
    channel: "github",
    changeId: change.id,
    payload: {
      installationId: repository.installationId,
      repository: repoOf(repository),
      issue: change.pullNumber,
      body,
    },
  });
}
