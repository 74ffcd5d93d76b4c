/** Phones of approvers: one each, proved, and locked after bad tries. */
import { present } from "./rows.ts";
import type { StoreDeps } from "./store.ts";

export interface Phone {
  readonly id: string;
  /** Pseudonym of its owner. */
  readonly actorId: string;
  readonly e164: string;
  readonly enrolCodeHash?: string;
  readonly enrolExpiresAt?: Date;
  readonly verifiedAt?: Date;
  readonly optedOutAt?: Date;
  readonly badTries: number;
  readonly lockedUntil?: Date;
}

export const BAD_TRIES_ALLOWED = 5;
const LOCK_MS = 60 * 60_000;

export const phones = ({ prisma, now, newId }: StoreDeps) => {
  const find = async (where: { id: string } | { e164: string } | { actorId: string }): Promise<Phone | undefined> => {
    const row = await prisma.phone.findUnique({ where });
    return row ? present(row) : undefined;
  };
  return {
    get: (id: string) => find({ id }),
    byNumber: (e164: string) => find({ e164 }),
    ofActor: (actorId: string) => find({ actorId }),
    /**
     * Begins to enrol a number; it counts only once it is verified. Undefined: it is somebody else's. A person's new
     * number replaces the old one, and its codes.
     */
    async enrol(enrolment: {
      readonly actorId: string;
      readonly e164: string;
      readonly codeHash: string;
      readonly expiresAt: Date;
    }): Promise<Phone | undefined> {
      const { actorId, e164, codeHash: enrolCodeHash, expiresAt: enrolExpiresAt } = enrolment;
      return prisma.$transaction(async (tx) => {
        const holder = await tx.phone.findUnique({ where: { e164 } });
        if (holder && holder.actorId !== actorId && holder.verifiedAt !== null) return undefined;
        await tx.phone.deleteMany({ where: { OR: [{ e164 }, { actorId }] } });
        // Who said STOP said it of the number, whoever enrols it again.
        const optedOutAt = holder?.optedOutAt ?? null;
        const data = { id: newId(), actorId, e164, enrolCodeHash, enrolExpiresAt, optedOutAt, createdAt: now() };
        return present(await tx.phone.create({ data }));
      });
    },
    /** Proves the phone by the code's hash. Every call with a wrong one counts as a bad try. */
    async verify(id: string, codeHash: string): Promise<"verified" | "wrong" | "locked"> {
      const phone = await find({ id });
      if (!phone || (phone.lockedUntil && phone.lockedUntil > now())) return "locked";
      const { count } = await prisma.phone.updateMany({
        where: { id, enrolCodeHash: codeHash, enrolExpiresAt: { gt: now() } },
        data: { verifiedAt: now(), enrolCodeHash: null, enrolExpiresAt: null, badTries: 0 },
      });
      return count === 1 ? "verified" : "wrong";
    },
    /** Counts a bad try; the fifth locks the phone for an hour. */
    async badTry(id: string): Promise<{ readonly triesLeft: number; readonly lockedUntil?: Date }> {
      const phone = await prisma.phone.update({ where: { id }, data: { badTries: { increment: 1 } } });
      if (phone.badTries < BAD_TRIES_ALLOWED) return { triesLeft: BAD_TRIES_ALLOWED - phone.badTries };
      const lockedUntil = new Date(now().getTime() + LOCK_MS);
      await prisma.phone.update({ where: { id }, data: { lockedUntil, badTries: 0 } });
      return { triesLeft: 0, lockedUntil };
    },
    async goodTry(id: string): Promise<void> {
      await prisma.phone.updateMany({ where: { id }, data: { badTries: 0, lockedUntil: null } });
    },
    async optOut(e164: string): Promise<void> {
      await prisma.phone.updateMany({ where: { e164 }, data: { optedOutAt: now() } });
    },
    async optIn(e164: string): Promise<void> {
      await prisma.phone.updateMany({ where: { e164 }, data: { optedOutAt: null } });
    },
    /** Phones that may be texted: proved, not opted out. */
    async reachable(): Promise<readonly Phone[]> {
      const rows = await prisma.phone.findMany({ where: { verifiedAt: { not: null }, optedOutAt: null } });
      return rows.map((row) => present(row));
    },
  };
};
