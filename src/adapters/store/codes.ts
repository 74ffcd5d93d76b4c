/** One-time approval codes: kept as hashes, bound to change, digest, approver and phone, used once. */
import { present } from "./rows.ts";
import type { StoreDeps } from "./store.ts";

export interface ApprovalCode {
  readonly id: string;
  readonly changeId: string;
  readonly digest: string;
  readonly actorId: string;
  readonly phoneId: string;
  readonly expiresAt: Date;
  readonly usedAt?: Date;
}

export const codes = ({ prisma, now, newId }: StoreDeps) => ({
  /**
   * @param code.hash of `hashCode`; an older unused code for the same change and phone dies with this one's birth. A code
   * that was issued before is left as it is.
   */
  async issue(code: Omit<ApprovalCode, "id" | "usedAt"> & { readonly hash: string }): Promise<ApprovalCode> {
    return prisma.$transaction(async (tx) => {
      const known = await tx.approvalCode.findUnique({ where: { hash: code.hash }, omit: { hash: true } });
      if (known) return present(known);
      await tx.approvalCode.updateMany({
        where: { changeId: code.changeId, phoneId: code.phoneId, usedAt: null },
        data: { usedAt: now() },
      });
      const { hash: _hash, ...row } = await tx.approvalCode.create({
        data: { ...code, id: newId(), createdAt: now() },
      });
      return present(row);
    });
  },
  /** The live code of this phone with this hash. Undefined for wrong, used, expired and other people's alike. */
  async find(phoneId: string, hash: string): Promise<ApprovalCode | undefined> {
    const row = await prisma.approvalCode.findFirst({
      where: { hash, phoneId, usedAt: null, expiresAt: { gt: now() } },
    });
    if (!row) return undefined;
    const { hash: _hash, ...rest } = row;
    return present(rest);
  },
  /** Uses a code up. False: it was used, or has expired, in between. */
  async use(id: string): Promise<boolean> {
    const { count } = await prisma.approvalCode.updateMany({
      where: { id, usedAt: null, expiresAt: { gt: now() } },
      data: { usedAt: now() },
    });
    return count === 1;
  },
});
