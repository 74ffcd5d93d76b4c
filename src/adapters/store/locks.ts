/**
 * Locks as rows, for what must not happen twice at a time (a Terraform state). Session locks of the database would not
 * do: on PGlite all connections are one session, and a lease outlives neither its worker nor its time.
 */
import type { StoreDeps } from "./store.ts";

export interface Lease {
  readonly key: string;
  readonly holder: string;
  /** Grows with every lease of the database. */
  readonly token: bigint;
  readonly leaseUntil: Date;
}

export const locks = ({ prisma, now }: StoreDeps) => ({
  /** Takes a lock that is free, lapsed, or already this holder's. Undefined: somebody else has it. */
  async acquire(key: string, holder: string, leaseMs: number): Promise<Lease | undefined> {
    const at = now();
    const leaseUntil = new Date(at.getTime() + leaseMs);
    const [row] = await prisma.$queryRaw<{ token: bigint }[]>`
      INSERT INTO "locks" ("key", "holder", "token", "lease_until", "acquired_at")
      VALUES (${key}, ${holder}, nextval('fencing_tokens'), ${leaseUntil}, ${at})
      ON CONFLICT ("key") DO UPDATE
        SET "holder" = excluded."holder", "token" = excluded."token",
            "lease_until" = excluded."lease_until", "acquired_at" = excluded."acquired_at"
        WHERE "locks"."holder" IS NULL OR "locks"."lease_until" < ${at} OR "locks"."holder" = excluded."holder"
      RETURNING "token"`;
    return row && { key, holder, token: row.token, leaseUntil };
  },
  /** False: it was lost, and the holder must stop. */
  async renew(lease: Pick<Lease, "key" | "token">, leaseMs: number): Promise<boolean> {
    const { count } = await prisma.lock.updateMany({
      where: { key: lease.key, token: lease.token, holder: { not: null } },
      data: { leaseUntil: new Date(now().getTime() + leaseMs) },
    });
    return count === 1;
  },
  /** Gives it back, unless another has it by now. */
  async release(lease: Pick<Lease, "key" | "token">): Promise<void> {
    await prisma.lock.updateMany({
      where: { key: lease.key, token: lease.token },
      data: { holder: null, leaseUntil: null, acquiredAt: null },
    });
  },
  async holder(key: string): Promise<Lease | undefined> {
    const row = await prisma.lock.findUnique({ where: { key } });
    if (!row?.holder || !row.leaseUntil || row.leaseUntil < now()) return undefined;
    return { key, holder: row.holder, token: row.token, leaseUntil: row.leaseUntil };
  },
});
