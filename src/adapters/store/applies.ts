/** Attempts to apply: one per digest, under a lease, with a token that tells an old holder from a new one. */
import type { Change } from "../../core/approve/change.ts";
import type { ChangeEvent } from "../../core/approve/state.ts";
import type { ApplyAttempt } from "./generated/client.ts";
import { present, withoutNul } from "./rows.ts";
import type { StoreDeps } from "./store.ts";
import { applyTransition, type TransitionOutcome } from "./transition.ts";

export interface Attempt {
  readonly id: string;
  readonly changeId: string;
  readonly digest: string;
  readonly worker: string;
  /** Grows with every lease of the database: a smaller one must never touch what a greater one holds. */
  readonly token: bigint;
  readonly leaseUntil: Date;
  readonly startedAt: Date;
  readonly finishedAt?: Date;
  readonly outcome?: AttemptOutcome;
  readonly output?: string;
}

export type AttemptOutcome = "applied" | "skipped" | "failed" | "interrupted";

export type Begun =
  | { readonly ok: true; readonly attempt: Attempt; readonly change: Change }
  | Extract<TransitionOutcome, { ok: false }>;

export interface Finish {
  readonly attempt: Pick<Attempt, "id" | "token">;
  readonly outcome: Exclude<AttemptOutcome, "interrupted">;
  /** Why it failed or was skipped, for a person. */
  readonly reason?: string;
  /** What the engine printed, secrets masked. */
  readonly output?: string;
}

const SYSTEM = { actor: "system", surface: "system" } as const;
const MAX_OUTPUT = 256 * 1024;

export const applies = (deps: StoreDeps) => ({
  /**
   * Uses up the approval of a digest: state, attempt and history in one transaction. Of any number of callers exactly
   * one succeeds, ever. What happens after must end in `finish`, or the attempt is found lapsed and interrupted.
   */
  async begin(changeId: string, digest: string, worker: string, leaseMs: number): Promise<Begun> {
    return deps.prisma.$transaction(async (tx): Promise<Begun> => {
      const outcome = await applyTransition(deps, tx, {
        ...SYSTEM,
        changeId,
        event: { type: "begin-apply", digest },
        detail: { worker },
      });
      if (!outcome.ok) return outcome;
      const at = deps.now();
      const [next] = await tx.$queryRaw<{ token: bigint }[]>`SELECT nextval('fencing_tokens') AS "token"`;
      if (!next) throw new Error("The database gave no fencing token.");
      const row = await tx.applyAttempt.create({
        data: {
          id: deps.newId(),
          changeId,
          digest,
          worker,
          fencingToken: next.token,
          startedAt: at,
          leaseUntil: new Date(at.getTime() + leaseMs),
        },
      });
      return { ok: true, attempt: toAttempt(row), change: outcome.change };
    });
  },

  /** Keeps the lease. False: it was taken away, and the holder must stop. */
  async renew(attempt: Pick<Attempt, "id" | "token">, leaseMs: number): Promise<boolean> {
    const { count } = await deps.prisma.applyAttempt.updateMany({
      where: { id: attempt.id, fencingToken: attempt.token, outcome: null },
      data: { leaseUntil: new Date(deps.now().getTime() + leaseMs) },
    });
    return count === 1;
  },

  /** Records how it ended. Refused when the attempt has ended already, or was taken for interrupted. */
  async finish(finish: Finish): Promise<TransitionOutcome> {
    const outcome = await deps.prisma.$transaction(async (tx): Promise<TransitionOutcome> => {
      const ended = await tx.applyAttempt.updateManyAndReturn({
        where: { id: finish.attempt.id, fencingToken: finish.attempt.token, outcome: null },
        data: {
          outcome: finish.outcome,
          finishedAt: deps.now(),
          output: finish.output === undefined ? null : withoutNul(finish.output).slice(-MAX_OUTPUT),
        },
      });
      const [row] = ended;
      if (!row) return { ok: false, code: "raced", reason: "This attempt has ended already." };
      const moved = await applyTransition(deps, tx, {
        ...SYSTEM,
        changeId: row.changeId,
        event: eventOf(finish, row.digest),
        detail: { worker: row.worker },
      });
      if (!moved.ok) throw new Error(`An open attempt belongs to a change that is not applying: ${moved.reason}`);
      return moved;
    });
    if (outcome.ok) deps.queue.wake();
    return outcome;
  },

  /**
   * Takes attempts whose lease ran out for interrupted: their worker is gone, and nobody knows how far it came. They
   * are never tried again by themselves. Returns the changes, for a person and for a check of the state.
   * @param asOf leases that end before this; whoever knows that all workers are gone names the end of time.
   */
  async interruptLapsed(asOf: Date = deps.now()): Promise<readonly Change[]> {
    const lapsed = await deps.prisma.applyAttempt.findMany({
      where: { outcome: null, leaseUntil: { lt: asOf } },
      select: { id: true, changeId: true, digest: true },
      take: 100,
    });
    const interrupted: Change[] = [];
    for (const { id, changeId, digest } of lapsed) {
      await deps.prisma.$transaction(async (tx) => {
        const { count } = await tx.applyAttempt.updateMany({
          where: { id, outcome: null, leaseUntil: { lt: asOf } },
          data: { outcome: "interrupted", finishedAt: deps.now() },
        });
        if (count === 0) return; // finished, or renewed, in between
        const outcome = await applyTransition(deps, tx, { ...SYSTEM, changeId, event: { type: "interrupt", digest } });
        if (outcome.ok) interrupted.push(outcome.change);
      });
    }
    return interrupted;
  },

  /** All attempts at a change, oldest first. */
  async of(changeId: string): Promise<readonly Attempt[]> {
    const rows = await deps.prisma.applyAttempt.findMany({ where: { changeId }, orderBy: { fencingToken: "asc" } });
    return rows.map(toAttempt);
  },
});

function eventOf({ outcome, reason }: Finish, digest: string): ChangeEvent {
  if (outcome === "applied") return { type: "finish-apply", digest };
  return { type: outcome === "skipped" ? "skip-apply" : "fail-apply", digest, reason: reason ?? outcome };
}

function toAttempt(row: ApplyAttempt): Attempt {
  const { fencingToken, outcome, ...rest } = row;
  return { ...present(rest), token: fencingToken, ...(outcome !== null && { outcome: outcome as AttemptOutcome }) };
}
