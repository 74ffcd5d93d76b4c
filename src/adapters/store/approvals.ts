/** Who approved what. Approvals are written by transitions only. */
import type { Approval, Surface } from "../../core/approve/change.ts";
import type { StoreDeps } from "./store.ts";

export interface RecordedApproval extends Approval {
  /** Who it was, unless they were erased. */
  readonly login?: string;
  readonly voidedAt?: Date;
  readonly voidReason?: string;
}

export const approvals = ({ prisma }: StoreDeps) => ({
  /** Every approval that a change ever had, void ones too, oldest first. */
  async of(changeId: string): Promise<readonly RecordedApproval[]> {
    const rows = await prisma.approval.findMany({
      where: { changeId },
      include: { actor: true },
      orderBy: { createdAt: "asc" },
    });
    return rows.map((row) => ({
      actor: row.actorId,
      digest: row.digest,
      surface: row.surface as Surface,
      at: row.createdAt,
      ...(row.actor.login !== null && { login: row.actor.login }),
      ...(row.voidedAt !== null && { voidedAt: row.voidedAt }),
      ...(row.voidReason !== null && { voidReason: row.voidReason }),
    }));
  },

  /** Those that count now: of this digest, not void. */
  async standing(changeId: string, digest: string): Promise<readonly RecordedApproval[]> {
    const all = await this.of(changeId);
    return all.filter((approval) => approval.digest === digest && approval.voidedAt === undefined);
  },
});
