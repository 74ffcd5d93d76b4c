/** Changes: made, looked up, and moved through their states. */
import { CHANGE_STATES, type Change, type ChangeState, type Engine } from "../../core/approve/change.ts";
import { isOpen } from "../../core/approve/state.ts";
import type { FixRisk, Patch } from "../../core/model/patch.ts";
import { toChange } from "./change-rows.ts";
import { appendHistory } from "./history.ts";
import { historyChain } from "./repositories.ts";
import { toJson } from "./rows.ts";
import type { StoreDeps } from "./store.ts";
import { applyTransition, type TransitionOutcome, type TransitionRequest } from "./transition.ts";

export interface ChangeDraft {
  readonly repository: number;
  readonly kind: Change["kind"];
  readonly title: string;
  readonly root: string;
  readonly fingerprints: readonly string[];
  readonly patch?: Patch;
  readonly engine: Engine;
  readonly risk: FixRisk;
  readonly quorum: number;
  readonly contributors?: readonly string[];
  readonly baseRef?: string;
  readonly baseSha?: string;
  /** Pseudonym of who asked for it, or "system". */
  readonly actor: string;
  readonly source?: string;
}

const OPEN_STATES = CHANGE_STATES.filter(isOpen);

export const changes = (deps: StoreDeps) => ({
  /**
   * A new change, "detected", with the first row of its history. Where an open change of the repository already has one
   * of its fingerprints, that one is returned instead (`created: false`): one problem, one change.
   */
  async create(draft: ChangeDraft): Promise<{ readonly change: Change; readonly created: boolean }> {
    return deps.prisma.$transaction(async (tx) => {
      // The repository's row orders those who would open a change for the same finding.
      await tx.$queryRaw`SELECT "id" FROM "repositories" WHERE "id" = ${draft.repository} FOR UPDATE`;
      const existing = await tx.change.findFirst({
        where: {
          repositoryId: draft.repository,
          root: draft.root,
          state: { in: [...OPEN_STATES] },
          fingerprints: { hasSome: [...draft.fingerprints] },
        },
        orderBy: { createdAt: "desc" },
      });
      if (existing) return { change: toChange(existing), created: false };

      const { repository, patch, fingerprints, contributors, actor, source, ...rest } = draft;
      const at = deps.now();
      const row = await tx.change.create({
        data: {
          ...rest,
          id: deps.newId(),
          planId: deps.newPlanId(),
          repositoryId: repository,
          fingerprints: [...fingerprints],
          contributors: [...(contributors ?? [])],
          ...(patch && { patch: toJson(patch) }),
          state: "detected",
          createdAt: at,
          updatedAt: at,
        },
      });
      await appendHistory(deps.auditKey, tx, {
        chain: historyChain(repository),
        changeId: row.id,
        at,
        event: "detect",
        to: "detected",
        actor,
        surface: "system",
        ...(source !== undefined && { source }),
        detail: { planId: row.planId },
      });
      return { change: toChange(row), created: true };
    });
  },

  async get(id: string): Promise<Change | undefined> {
    const row = await deps.prisma.change.findUnique({ where: { id } });
    return row ? toChange(row) : undefined;
  },

  async byPlanId(planId: string): Promise<Change | undefined> {
    const row = await deps.prisma.change.findUnique({ where: { planId: planId.toUpperCase() } });
    return row ? toChange(row) : undefined;
  },

  async byPull(repository: number, pullNumber: number): Promise<readonly Change[]> {
    const rows = await deps.prisma.change.findMany({
      where: { repositoryId: repository, pullNumber },
      orderBy: { createdAt: "asc" },
    });
    return rows.map(toChange);
  },

  async byFingerprint(repository: number, fingerprint: string): Promise<readonly Change[]> {
    const rows = await deps.prisma.change.findMany({
      where: { repositoryId: repository, fingerprints: { has: fingerprint } },
      orderBy: { createdAt: "desc" },
    });
    return rows.map(toChange);
  },

  /** Changes in these states (all where none are named), those touched last first. */
  async list(filter: {
    readonly repository?: number;
    readonly states?: readonly ChangeState[];
    /** Only those that nobody has touched since. */
    readonly untouchedSince?: Date;
    readonly limit?: number;
  }): Promise<readonly Change[]> {
    const rows = await deps.prisma.change.findMany({
      where: {
        ...(filter.repository !== undefined && { repositoryId: filter.repository }),
        ...(filter.states && { state: { in: [...filter.states] } }),
        ...(filter.untouchedSince && { updatedAt: { lt: filter.untouchedSince } }),
      },
      orderBy: { updatedAt: "desc" },
      take: filter.limit ?? 200,
    });
    return rows.map(toChange);
  },

  /** How many changes are in each state. */
  async countByState(): Promise<{ readonly [state: string]: number }> {
    const rows = await deps.prisma.change.groupBy({ by: ["state"], _count: true });
    return Object.fromEntries(rows.map((row) => [row.state, row._count]));
  },

  /** What was shown and can no longer be approved: `recover` lets these expire. */
  async expired(): Promise<readonly Change[]> {
    const rows = await deps.prisma.change.findMany({
      where: { state: { in: ["awaiting-approval", "approved"] }, expiresAt: { lte: deps.now() } },
      take: 500,
    });
    return rows.map(toChange);
  },

  /** Moves a change, its approvals, its history and its jobs in one transaction, or refuses and changes nothing. */
  async transition(request: TransitionRequest): Promise<TransitionOutcome> {
    const outcome = await deps.prisma.$transaction((tx) => applyTransition(deps, tx, request));
    if (outcome.ok) deps.queue.wake();
    return outcome;
  },

  /** Sets what has no bearing on approvals and needs no history: where its comment is. */
  async remember(id: string, what: { readonly commentId: number }): Promise<void> {
    await deps.prisma.change.update({ where: { id }, data: what });
  },
});
