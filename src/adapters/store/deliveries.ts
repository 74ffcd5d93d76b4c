/** Webhook deliveries: stored with their job before they are acknowledged, once each. */
import type { JobRequest } from "./jobs.ts";
import type { Queue } from "./queue.ts";
import { present, toStorableJson, withoutNul } from "./rows.ts";
import type { StoreDeps } from "./store.ts";

export interface Delivery {
  /** X-GitHub-Delivery. */
  readonly guid: string;
  readonly event: string;
  readonly action?: string;
  readonly installationId?: number;
  readonly repositoryId?: number;
  readonly payload: unknown;
}

export interface StoredDelivery extends Delivery {
  readonly receivedAt: Date;
  readonly processedAt?: Date;
  readonly error?: string;
}

export const deliveries = ({ prisma, queue, now }: StoreDeps) => ({
  /**
   * Stores a delivery and its job in one transaction. A delivery seen before changes nothing. Throws when the database
   * cannot be reached: the caller answers 5xx, and GitHub keeps the delivery as failed.
   */
  async accept(delivery: Delivery, job?: JobRequest): Promise<"new" | "duplicate"> {
    const outcome = await prisma.$transaction(async (tx) => {
      const { count } = await tx.webhookDelivery.createMany({
        data: [
          {
            guid: delivery.guid,
            event: delivery.event,
            action: delivery.action ?? null,
            installationId: delivery.installationId ?? null,
            repositoryId: delivery.repositoryId ?? null,
            payload: toStorableJson(delivery.payload),
            receivedAt: now(),
          },
        ],
        skipDuplicates: true,
      });
      if (count === 0) return "duplicate";
      await queue.send(job ?? receive(delivery.guid), tx);
      return "new";
    });
    if (outcome === "new") queue.wake();
    return outcome;
  },

  async get(guid: string): Promise<StoredDelivery | undefined> {
    const row = await prisma.webhookDelivery.findUnique({ where: { guid } });
    if (!row) return undefined;
    const { installationId, repositoryId, ...rest } = row;
    return {
      ...present(rest),
      payload: row.payload,
      ...(installationId !== null && { installationId: Number(installationId) }),
      ...(repositoryId !== null && { repositoryId: Number(repositoryId) }),
    };
  },

  /** Marks a delivery as dealt with; `error` says that it was, but badly. */
  async finish(guid: string, error?: string): Promise<void> {
    await prisma.webhookDelivery.updateMany({
      where: { guid },
      data: { processedAt: now(), error: error === undefined ? null : withoutNul(error) },
    });
  },

  /** Deliveries stored before `before` that nothing has finished, oldest first: `recover` sends their jobs again. */
  async unfinished(before: Date, limit = 100): Promise<readonly { guid: string; event: string; receivedAt: Date }[]> {
    return prisma.webhookDelivery.findMany({
      where: { processedAt: null, receivedAt: { lt: before } },
      orderBy: { receivedAt: "asc" },
      take: limit,
      select: { guid: true, event: true, receivedAt: true },
    });
  },

  /** Which of these were never received: the gaps of GitHub's delivery log. */
  async missing(guids: readonly string[]): Promise<readonly string[]> {
    const known = await prisma.webhookDelivery.findMany({
      where: { guid: { in: [...guids] } },
      select: { guid: true },
    });
    const seen = new Set(known.map(({ guid }) => guid));
    return guids.filter((guid) => !seen.has(guid));
  },

  /** Payloads hold personal data: they go once they have been dealt with and are old enough. Returns how many went. */
  async forget(before: Date): Promise<number> {
    const { count } = await prisma.webhookDelivery.deleteMany({
      where: { processedAt: { not: null }, receivedAt: { lt: before } },
    });
    return count;
  },
});

const receive = (guid: string): Parameters<Queue["send"]>[0] => ({
  name: "receive-delivery",
  data: { guid },
  key: guid,
});
