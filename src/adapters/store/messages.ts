/** SMS that came in: stored with their job before they are acknowledged, once each. */
import { present, withoutNul } from "./rows.ts";
import type { StoreDeps } from "./store.ts";

export interface InboundMessage {
  /** Twilio's MessageSid. */
  readonly sid: string;
  readonly fromNumber: string;
  readonly toNumber: string;
  readonly body: string;
}

export interface StoredMessage extends InboundMessage {
  readonly receivedAt: Date;
  readonly processedAt?: Date;
  readonly outcome?: string;
}

export const messages = ({ prisma, queue, now }: StoreDeps) => ({
  async accept(message: InboundMessage): Promise<"new" | "duplicate"> {
    const isNew = await prisma.$transaction(async (tx) => {
      const { sid } = message;
      const row = { ...message, body: withoutNul(message.body), receivedAt: now() };
      const { count } = await tx.inboundMessage.createMany({ data: [row], skipDuplicates: true });
      if (count === 1) {
        const data = { surface: "sms", source: sid, what: { kind: "sms", sid } } as const;
        await queue.send({ name: "decide", data, key: `sms:${sid}` }, tx);
      }
      return count === 1;
    });
    if (isNew) queue.wake();
    return isNew ? "new" : "duplicate";
  },
  async get(sid: string): Promise<StoredMessage | undefined> {
    const row = await prisma.inboundMessage.findUnique({ where: { sid } });
    return row ? present(row) : undefined;
  },
  /** Marks it as dealt with. False: somebody else did so before. */
  async finish(sid: string, outcome: string): Promise<boolean> {
    const { count } = await prisma.inboundMessage.updateMany({
      where: { sid, processedAt: null },
      data: { processedAt: now(), outcome },
    });
    return count === 1;
  },
  async forget(before: Date): Promise<number> {
    const { count } = await prisma.inboundMessage.deleteMany({
      where: { processedAt: { not: null }, receivedAt: { lt: before } },
    });
    return count;
  },
});
