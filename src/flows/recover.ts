/**
 * Finds what fell between: deliveries that nothing finished, attempts whose worker is gone, approvals that ran out,
 * deliveries that GitHub could not make, messages whose sender died. Runs every few minutes; each step stands alone and may run twice.
 */
import { isOpen } from "../core/approve/state.ts";
import { type Deps, repoOf } from "./deps.ts";
import { keepRetention } from "./keep-retention.ts";
import { sayOnPullRequest } from "./say.ts";

const STUCK_MS = 10 * 60_000;

export async function recover(deps: Deps): Promise<void> {
  const steps = [
    resumeDeliveries,
    interruptLapsed,
    expireApprovals,
    redeliver,
    reconcilePulls,
    giveUpOnMessages,
    keepRetention,
  ] as const;
  for (const step of steps) {
    try {
      await step(deps);
    } catch (error) {
      deps.log.error(
        { step: step.name, error: error instanceof Error ? error.message : String(error) },
        "recovery step failed",
      );
    }
  }
}

async function resumeDeliveries(deps: Deps): Promise<void> {
  const stuck = await deps.store.deliveries.unfinished(new Date(deps.now().getTime() - STUCK_MS));
  for (const { guid } of stuck) await deps.queue.send({ name: "receive-delivery", data: { guid }, key: guid });
}

/** @param asOf whoever knows that every worker is gone names the end of time; else leases decide. */
export async function interruptLapsed(deps: Deps, asOf: Date = deps.now()): Promise<void> {
  for (const change of await deps.store.applies.interruptLapsed(asOf)) {
    await sayOnPullRequest(
      deps,
      change,
      `Applying change \`${change.planId}\` was **interrupted**: the worker stopped before it could say how far it came. Nothing is tried again by itself. Look at the state, then comment \`/draco verify plan:${change.planId}\` or \`/draco plan\`.`,
    );
  }
}

async function expireApprovals(deps: Deps): Promise<void> {
  for (const change of await deps.store.changes.expired()) {
    await deps.store.changes.transition({
      changeId: change.id,
      event: { type: "expire" },
      actor: "system",
      surface: "system",
    });
  }
}

/** Sent or not, nobody can tell: it is not sent again by itself, and does not look as if it were still on its way. */
async function giveUpOnMessages(deps: Deps): Promise<void> {
  for (const { id, channel, changeId } of await deps.store.outbox.undecided()) {
    await deps.store.outbox.failed(id, "The sender stopped in the middle: it may have been sent.", { final: true });
    deps.log.error({ outbox: id, channel, changeId }, "nobody knows whether this message was sent");
  }
}

/** GitHub does not try a failed delivery again by itself. */
async function redeliver(deps: Deps): Promise<void> {
  const log = await deps.github.deliveries();
  if (!log) return;
  const succeeded = new Set(log.filter((d) => d.statusCode >= 200 && d.statusCode < 300).map((d) => d.guid));
  const failed = new Map(log.filter((d) => !succeeded.has(d.guid)).map((d) => [d.guid, d]));
  for (const guid of await deps.store.deliveries.missing([...failed.keys()])) {
    const delivery = failed.get(guid);
    if (delivery) await deps.github.redeliver(delivery.id);
  }
}

/** A merge or close that was missed would leave a change waiting for ever. */
async function reconcilePulls(deps: Deps): Promise<void> {
  for (const change of await deps.store.changes.list({
    states: ["proposed", "awaiting-approval", "stale", "expired"],
  })) {
    const repository = await deps.store.repositories.get(change.repository);
    if (!repository || repository.removedAt || change.pullNumber === undefined || !isOpen(change.state)) continue;
    const pull = await deps.github.getPullRequest(repoOf(repository), change.pullNumber);
    if (pull.state === "open") continue;
    const by = pull.mergedBy;
    await deps.queue.send({
      name: "decide",
      data: {
        surface: "merge",
        source: `reconcile:${change.id}:${pull.state}`,
        repository: repository.id,
        issueNumber: pull.number,
        ...(by && { githubUser: { id: by.id, login: by.login } }),
        what: {
          kind: "merge",
          mergeSha: pull.state === "merged" ? (pull.mergeCommitSha ?? "") : "",
          headSha: pull.headSha,
        },
      },
      key: `reconcile:${change.id}:${pull.state}`,
    });
  }
}
