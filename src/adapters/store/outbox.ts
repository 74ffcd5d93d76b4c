/** Effects on the outside, written down before they are done: a crash neither loses nor doubles one. */
import { present, toStorableJson, withoutNul } from "./rows.ts";
import type { StoreDeps } from "./store.ts";

export interface Message {
  /** The same key twice is the same message: "ask:<change>:<digest>:<phone>". */
  readonly idempotencyKey: string;
  readonly channel: "sms" | "email" | "github";
  /** What the channel's adapter needs; SMS and e-mail have `to`. */
  readonly payload: { readonly [key: string]: unknown };
  readonly changeId?: string;
}

export interface Outgoing extends Message {
  readonly id: string;
  /**
   * sending: handed to a provider whose answer was never recorded. Where the provider takes no idempotency key, nobody
   * can know whether it went out; it is not sent again by itself.
   */
  readonly state: "pending" | "sending" | "sent" | "failed";
  readonly attempts: number;
  readonly providerId?: string;
  readonly lastError?: string;
  readonly createdAt: Date;
  readonly sentAt?: Date;
}

const MAX_ATTEMPTS = 8;

export const outbox = ({ prisma, queue, now, newId }: StoreDeps) => {
  const toOutgoing = (row: NonNullable<Awaited<ReturnType<typeof prisma.outbox.findFirst>>>): Outgoing => {
    const { leaseUntil: _lease, nextAttemptAt: _next, payload, ...rest } = row;
    return {
      ...present(rest),
      channel: row.channel as Message["channel"],
      state: row.state as Outgoing["state"],
      payload: payload as { readonly [key: string]: unknown },
    };
  };
  return {
    /** Stores the message and its job in one transaction. "duplicate": the key is known, and nothing is done. */
    async add(message: Message): Promise<{ readonly id: string; readonly outcome: "new" | "duplicate" }> {
      const id = newId();
      const outcome = await prisma.$transaction(async (tx) => {
        const { count } = await tx.outbox.createMany({
          data: [
            {
              id,
              ...message,
              payload: toStorableJson(message.payload),
              state: "pending",
              createdAt: now(),
              nextAttemptAt: now(),
            },
          ],
          skipDuplicates: true,
        });
        if (count === 1) await queue.send({ name: "send-message", data: { outboxId: id }, key: id }, tx);
        return count === 1;
      });
      if (outcome) {
        queue.wake();
        return { id, outcome: "new" };
      }
      const known = await prisma.outbox.findUniqueOrThrow({ where: { idempotencyKey: message.idempotencyKey } });
      return { id: known.id, outcome: "duplicate" };
    },
    async get(id: string): Promise<Outgoing | undefined> {
      const row = await prisma.outbox.findUnique({ where: { id } });
      return row ? toOutgoing(row) : undefined;
    },
    /** Takes a pending message to send it. Undefined: it is being sent, was sent, or has failed for good. */
    async claim(id: string, leaseMs = 60_000): Promise<Outgoing | undefined> {
      const [row] = await prisma.outbox.updateManyAndReturn({
        where: { id, state: "pending" },
        data: { state: "sending", attempts: { increment: 1 }, leaseUntil: new Date(now().getTime() + leaseMs) },
      });
      return row && toOutgoing(row);
    },
    /** The provider took it. */
    async sent(id: string, providerId?: string): Promise<void> {
      await prisma.outbox.updateMany({
        where: { id },
        data: { state: "sent", sentAt: now(), leaseUntil: null, lastError: null, providerId: providerId ?? null },
      });
    },
    /** The provider certainly did not take it: again later, or never after the last try. Returns when. */
    async failed(id: string, error: string, options: { readonly final?: boolean } = {}): Promise<Date | undefined> {
      const row = await prisma.outbox.findUniqueOrThrow({ where: { id } });
      const final = options.final === true || row.attempts >= MAX_ATTEMPTS;
      const again = new Date(now().getTime() + 5_000 * 2 ** row.attempts);
      await prisma.$transaction(async (tx) => {
        await tx.outbox.update({
          where: { id },
          data: {
            state: final ? "failed" : "pending",
            lastError: withoutNul(error),
            leaseUntil: null,
            nextAttemptAt: again,
          },
        });
        if (!final) await queue.send({ name: "send-message", data: { outboxId: id }, key: id, startAfter: again }, tx);
      });
      return final ? undefined : again;
    },
    /** Messages whose sender died before it could say how it went. A person, or a look-up at the provider, decides. */
    async undecided(): Promise<readonly Outgoing[]> {
      const rows = await prisma.outbox.findMany({ where: { state: "sending", leaseUntil: { lt: now() } }, take: 100 });
      return rows.map(toOutgoing);
    },
    /** What the provider reports later: delivered, undelivered, bounced. */
    async byProviderId(providerId: string): Promise<Outgoing | undefined> {
      const row = await prisma.outbox.findFirst({ where: { providerId } });
      return row ? toOutgoing(row) : undefined;
    },
    async list(filter: { readonly changeId?: string; readonly limit?: number } = {}): Promise<readonly Outgoing[]> {
      const rows = await prisma.outbox.findMany({
        where: filter.changeId === undefined ? {} : { changeId: filter.changeId },
        orderBy: { createdAt: "desc" },
        take: filter.limit ?? 100,
      });
      return rows.map(toOutgoing);
    },
  };
};
