/**
 * The one way a change moves in the database: lock the row, ask the pure state machine, write state, approvals, history
 * and jobs, all in the caller's transaction. Nothing happens without its history row.
 */
import type { Change, ChangeState, Engine, Surface } from "../../core/approve/change.ts";
import { type ChangeEvent, type Effect, type RefusalCode, transition } from "../../core/approve/state.ts";
import { toChange } from "./change-rows.ts";
import type { Prisma } from "./generated/client.ts";
import { appendHistory } from "./history.ts";
import type { JobRequest } from "./jobs.ts";
import { historyChain } from "./repositories.ts";
import { toJson } from "./rows.ts";
import type { StoreDeps } from "./store.ts";

/** What a flow may set together with a transition. The state and the digest are not among it. */
export type ChangeDetails = Partial<
  Pick<
    Change,
    | "title"
    | "patch"
    | "plan"
    | "risk"
    | "quorum"
    | "contributors"
    | "branch"
    | "baseRef"
    | "pullNumber"
    | "headSha"
    | "baseSha"
    | "mergeSha"
    | "commentId"
  >
>;

export interface TransitionRequest {
  readonly changeId: string;
  readonly event: ChangeEvent;
  /** Pseudonym of who acts (`actors.ensure`), or "system". */
  readonly actor: string;
  readonly surface: Surface;
  /** Delivery, comment or message that made it happen. */
  readonly source?: string;
  /** Refuse unless the change is still in this state. */
  readonly expectedState?: ChangeState;
  /** Refuse unless nobody wrote since this version was read. */
  readonly expectedVersion?: number;
  readonly set?: ChangeDetails;
  /** Kept in the history beside the event; no personal data. */
  readonly detail?: { readonly [key: string]: string | number | boolean };
  /** Jobs to enqueue with it, besides those that the state machine asks for. */
  readonly jobs?: readonly JobRequest[];
}

export type TransitionOutcome =
  | { readonly ok: true; readonly change: Change; readonly from: ChangeState; readonly effects: readonly Effect[] }
  | { readonly ok: false; readonly code: RefusalCode | "not-found" | "raced"; readonly reason: string };

export async function applyTransition(
  deps: StoreDeps,
  tx: Prisma.TransactionClient,
  request: TransitionRequest,
): Promise<TransitionOutcome> {
  const { changeId, event } = request;
  const locked = await tx.$queryRaw<
    { id: string }[]
  >`SELECT "id" FROM "changes" WHERE "id" = ${changeId}::uuid FOR UPDATE`;
  if (locked.length === 0) return refused("not-found", "There is no such change.");
  const row = await tx.change.findUniqueOrThrow({
    where: { id: changeId },
    include: { approvals: { where: { voidedAt: null } }, applyAttempts: { select: { digest: true } } },
  });
  const from = row.state as ChangeState;
  if (request.expectedState !== undefined && request.expectedState !== from) {
    return refused("raced", `The change is ${from} by now.`);
  }
  if (request.expectedVersion !== undefined && request.expectedVersion !== row.version) {
    return refused("raced", "The change was written to since it was read.");
  }

  const at = deps.now();
  const next = transition(
    {
      state: from,
      ...(row.digest !== null && { digest: row.digest }),
      ...(row.expiresAt !== null && { expiresAt: row.expiresAt }),
      engine: row.engine as Engine,
      quorum: request.set?.quorum ?? row.quorum,
      contributors: request.set?.contributors ?? row.contributors,
      approvers: row.approvals.filter(({ digest }) => digest === row.digest).map(({ actorId }) => actorId),
      spent: row.applyAttempts.map(({ digest }) => digest),
    },
    event,
    at,
  );
  if (!next.ok) return next;

  const { patch, plan, contributors, ...set } = request.set ?? {};
  const shown = event.type === "show" ? { digest: event.digest, expiresAt: event.expiresAt, shownAt: at } : {};
  const updated = await tx.change.update({
    where: { id: changeId, version: row.version },
    data: {
      ...set,
      ...(patch && { patch: toJson(patch) }),
      ...(plan && { plan: toJson(plan) }),
      ...(contributors && { contributors: [...contributors] }),
      ...shown,
      ...(event.type === "begin-apply" && { attempts: row.attempts + 1 }),
      state: next.state,
      reason: "reason" in event ? event.reason : null,
      version: row.version + 1,
      updatedAt: at,
    },
  });
  for (const effect of next.effects) await store(deps, tx, request, effect, at);
  await appendHistory(deps.auditKey, tx, {
    chain: historyChain(Number(row.repositoryId)),
    changeId,
    at,
    event: event.type,
    from,
    to: next.state,
    actor: request.actor,
    surface: request.surface,
    ...digestNamed(event, row.digest),
    ...(request.source !== undefined && { source: request.source }),
    detail: { ...request.detail, ...("reason" in event && { reason: event.reason }) },
  });
  for (const job of request.jobs ?? []) await deps.queue.send(job, tx);
  return { ok: true, change: toChange(updated), from, effects: next.effects };
}

/** The effects that are rows: they are written with the transition, or not at all. */
async function store(
  deps: StoreDeps,
  tx: Prisma.TransactionClient,
  { changeId, source }: TransitionRequest,
  effect: Effect,
  at: Date,
): Promise<void> {
  if (effect.kind === "record-approval") {
    const { actor: actorId, digest, surface } = effect;
    const given = { surface, source: source ?? null, createdAt: at, voidedAt: null, voidReason: null };
    await tx.approval.upsert({
      where: { changeId_digest_actorId: { changeId, digest, actorId } },
      create: { id: deps.newId(), changeId, digest, actorId, ...given },
      update: given,
    });
  } else if (effect.kind === "void-approvals") {
    await tx.approval.updateMany({
      where: { changeId, voidedAt: null, ...(effect.actor !== undefined && { actorId: effect.actor }) },
      data: { voidedAt: at, voidReason: effect.reason },
    });
    await tx.approvalCode.updateMany({
      where: { changeId, usedAt: null, ...(effect.actor !== undefined && { actorId: effect.actor }) },
      data: { usedAt: at },
    });
  } else if (effect.kind === "enqueue") {
    await deps.queue.send({ name: effect.job, data: { changeId }, key: changeId }, tx);
  }
}

/** The digest that the event is about: its own, else the one that stands. */
function digestNamed(event: ChangeEvent, standing: string | null): { digest?: string } {
  if ("digest" in event) return { digest: event.digest };
  return standing === null ? {} : { digest: standing };
}

const refused = (code: "not-found" | "raced", reason: string): TransitionOutcome => ({ ok: false, code, reason });
