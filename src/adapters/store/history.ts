/** The append-only history: written only together with what it records, and verified link by link. */

import type { Json } from "../../core/approve/canonical.ts";
import {
  type Anchor,
  GENESIS,
  type HistoryEntry,
  linkHash,
  START,
  type Unlinked,
  type Verification,
  verifyLinks,
  type Walk,
} from "../../core/approve/history.ts";
import type { ChangeHistory, Prisma } from "./generated/client.ts";
import { present, toStorableJson, withoutNul } from "./rows.ts";
import type { StoreDeps } from "./store.ts";

const PAGE = 1000;

/** Appends to a chain, inside the caller's transaction. Writers of one chain wait for each other. */
export async function appendHistory(
  key: string,
  tx: Prisma.TransactionClient,
  entry: Omit<Unlinked, "seq" | "prevHash">,
): Promise<void> {
  const { chain } = entry;
  await tx.$executeRaw`
    INSERT INTO "history_heads" ("chain", "seq", "hash") VALUES (${chain}, 0, ${GENESIS}) ON CONFLICT DO NOTHING`;
  const [head] = await tx.$queryRaw<Anchor[]>`
    SELECT "seq", "hash" FROM "history_heads" WHERE "chain" = ${chain} FOR UPDATE`;
  if (!head) throw new Error(`The history of ${chain} was erased while it was written to.`);
  const unlinked: Unlinked = {
    ...entry,
    ...(entry.source !== undefined && { source: withoutNul(entry.source) }),
    detail: toStorableJson(entry.detail) as Json,
    seq: head.seq + 1,
    prevHash: head.hash,
  };
  const hash = linkHash(key, unlinked);
  await tx.changeHistory.create({ data: { ...unlinked, detail: toStorableJson(unlinked.detail), hash } });
  await tx.historyHead.update({ where: { chain }, data: { seq: unlinked.seq, hash } });
}

export interface Told extends HistoryEntry {
  /** Who acted, unless they were erased. */
  readonly login?: string;
}

export type ChainVerification = Verification & { readonly chain: string };

export const history = ({ prisma, auditKey }: StoreDeps) => {
  const withLogins = async (rows: readonly ChangeHistory[]): Promise<readonly Told[]> => {
    const actors = await prisma.actor.findMany({ where: { id: { in: [...new Set(rows.map((row) => row.actor))] } } });
    const logins = new Map(actors.map((actor) => [actor.id, actor.login]));
    return rows.map((row) => {
      const login = logins.get(row.actor);
      return { ...toEntry(row), ...(login && { login }) };
    });
  };

  const told = async (where: Prisma.ChangeHistoryWhereInput, limit: number): Promise<readonly Told[]> =>
    withLogins(
      await prisma.changeHistory.findMany({ where, orderBy: [{ chain: "asc" }, { seq: "asc" }], take: limit }),
    );

  const verifyChain = async (chain: string, anchors: readonly Anchor[]): Promise<ChainVerification> => {
    let walk: Walk = START;
    for (;;) {
      const rows = await prisma.changeHistory.findMany({
        where: { chain, seq: { gt: walk.seq } },
        orderBy: { seq: "asc" },
        take: PAGE,
      });
      const step = verifyLinks(auditKey, walk, rows.map(toEntry), anchors);
      if (!step.ok) return { chain, ok: false, seq: step.seq, reason: step.reason };
      walk = step.walk;
      if (rows.length < PAGE) break;
    }
    const cut = anchors.find((anchor) => anchor.seq > walk.seq);
    if (cut) return { chain, ok: false, seq: walk.seq + 1, reason: `was cut off: entry ${cut.seq} is known to exist` };
    return { chain, ok: true, length: walk.seq, head: walk.hash };
  };

  return {
    /** Everything that happened to a change, oldest first. */
    of: (changeId: string): Promise<readonly Told[]> => told({ changeId }, 10_000),
    /** A repository's history, oldest first. */
    ofChain: (chain: string, limit = 10_000): Promise<readonly Told[]> => told({ chain }, limit),

    /** What happened last in all repositories, newest first. */
    async recent(limit = 200): Promise<readonly Told[]> {
      const rows = await prisma.changeHistory.findMany({ orderBy: [{ at: "desc" }, { seq: "desc" }], take: limit });
      return withLogins(rows);
    },

    /**
     * Walks every chain (or one) and says whether it is whole. Whoever holds the whole database can wind it back to an
     * older state; `checkpoints` from outside it (see `checkpoint`) show that too.
     */
    async verify(
      options: { readonly chain?: string; readonly checkpoints?: { readonly [chain: string]: Anchor } } = {},
    ): Promise<readonly ChainVerification[]> {
      const checkpoints = options.checkpoints ?? {};
      const heads = await prisma.historyHead.findMany();
      const stored = new Map(heads.map((head) => [head.chain, { seq: head.seq, hash: head.hash }]));
      const written = await prisma.changeHistory.findMany({ distinct: ["chain"], select: { chain: true } });
      const all = new Set([...stored.keys(), ...written.map(({ chain }) => chain), ...Object.keys(checkpoints)]);
      const chains = options.chain === undefined ? [...all].sort() : [options.chain];

      const outcomes: ChainVerification[] = [];
      for (const chain of chains) {
        const anchors = [stored.get(chain), checkpoints[chain]].filter((anchor) => anchor !== undefined);
        outcomes.push(await verifyChain(chain, anchors));
      }
      return outcomes;
    },

    /** The newest link of every chain: to be kept outside the database (a log, a file, a git ref). */
    async checkpoint(): Promise<{ readonly [chain: string]: Anchor }> {
      const heads = await prisma.historyHead.findMany({ where: { seq: { gt: 0 } }, orderBy: { chain: "asc" } });
      return Object.fromEntries(heads.map(({ chain, seq, hash }) => [chain, { seq, hash }]));
    },
  };
};

const toEntry = (row: ChangeHistory): HistoryEntry => ({
  ...present(row),
  detail: row.detail as Json,
});
