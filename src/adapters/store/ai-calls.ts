/** What was asked of the model: by digest, never by content. */
import type { Money } from "../../core/model/money.ts";
import { present, toStorableJson } from "./rows.ts";
import type { StoreDeps } from "./store.ts";

export interface AiCall {
  readonly repository: number;
  readonly fingerprint?: string;
  readonly purpose: string;
  readonly model: string;
  /** Digest of the redacted request. */
  readonly requestDigest: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Absent: nobody knows the price, which is not the same as nothing. */
  readonly cost?: Money;
  readonly durationMs: number;
  readonly outcome: "accepted" | "declined" | "rejected" | "failed";
  /** Gate by gate: "passed", or why not. */
  readonly gates: { readonly [gate: string]: string };
}

export interface StoredAiCall extends AiCall {
  readonly id: string;
  readonly createdAt: Date;
}

export const aiCalls = ({ prisma, now, newId }: StoreDeps) => ({
  async record(call: AiCall): Promise<void> {
    const { repository, cost, gates, ...rest } = call;
    await prisma.aiCall.create({
      data: {
        ...rest,
        id: newId(),
        repositoryId: repository,
        costMicros: cost?.micros ?? null,
        gates: toStorableJson(gates),
        createdAt: now(),
      },
    });
  },
  /** Newest first. */
  async list(filter: { readonly repository?: number; readonly limit?: number } = {}): Promise<readonly StoredAiCall[]> {
    const rows = await prisma.aiCall.findMany({
      where: filter.repository === undefined ? {} : { repositoryId: filter.repository },
      orderBy: { createdAt: "desc" },
      take: filter.limit ?? 100,
    });
    return rows.map(({ repositoryId, costMicros, gates, ...row }) => ({
      ...present(row),
      repository: Number(repositoryId),
      ...(costMicros !== null && { cost: { micros: costMicros, currency: "USD" } as const }),
      outcome: row.outcome as AiCall["outcome"],
      gates: gates as { readonly [gate: string]: string },
    }));
  },
  /** What was spent since, over all repositories or one; calls whose price nobody knows are not in it. */
  async spent(since: Date, repository?: number): Promise<Money> {
    const { _sum } = await prisma.aiCall.aggregate({
      where: { createdAt: { gte: since }, ...(repository !== undefined && { repositoryId: repository }) },
      _sum: { costMicros: true },
    });
    return { micros: _sum.costMicros ?? 0n, currency: "USD" };
  },
});
