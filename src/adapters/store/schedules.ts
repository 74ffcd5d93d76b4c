/** Cron lines of repositories. Many workers may tick; each occurrence is claimed by one. */
import type { StoreDeps } from "./store.ts";

export interface Schedule {
  readonly repository: number;
  readonly name: string;
  /** Five fields. */
  readonly cron: string;
  readonly timezone: string;
  readonly nextRunAt: Date;
}

/** When a cron line fires next, strictly after a moment; undefined for never. Pure: `nextRun` of core/approve/cron. */
export type Next = (cron: string, timezone: string, after: Date) => Date | undefined;

export const schedules = ({ prisma, now }: StoreDeps) => ({
  /** Makes a repository's schedules exactly these; those that did not change keep their next run. */
  async replace(
    repository: number,
    lines: readonly Omit<Schedule, "repository" | "nextRunAt">[],
    next: Next,
  ): Promise<void> {
    await prisma.$transaction(async (tx) => {
      await tx.schedule.deleteMany({
        where: { repositoryId: repository, name: { notIn: lines.map(({ name }) => name) } },
      });
      for (const { name, cron, timezone } of lines) {
        const where = { repositoryId_name: { repositoryId: repository, name } };
        const known = await tx.schedule.findUnique({ where });
        if (known?.cron === cron && known.timezone === timezone) continue;
        const nextRunAt = next(cron, timezone, now());
        if (!nextRunAt) continue;
        await tx.schedule.upsert({
          where,
          create: { repositoryId: repository, name, cron, timezone, nextRunAt },
          update: { cron, timezone, nextRunAt },
        });
      }
    });
  },
  /**
   * Takes the schedules that are due and moves each to its next run. One that was missed while nothing ran is due once,
   * not once per occurrence.
   */
  async claimDue(next: Next, limit = 100): Promise<readonly Schedule[]> {
    const at = now();
    return prisma.$transaction(async (tx) => {
      const due = await tx.$queryRaw<
        { repositoryId: bigint; name: string; cron: string; timezone: string; nextRunAt: Date }[]
      >`
        SELECT "repository_id" AS "repositoryId", "name", "cron", "timezone", "next_run_at" AS "nextRunAt"
        FROM "schedules" WHERE "next_run_at" <= ${at}
        ORDER BY "next_run_at" LIMIT ${limit} FOR UPDATE SKIP LOCKED`;
      for (const { repositoryId, name, cron, timezone } of due) {
        const where = { repositoryId_name: { repositoryId, name } };
        const nextRunAt = next(cron, timezone, at);
        if (nextRunAt) await tx.schedule.update({ where, data: { nextRunAt, lastRunAt: at } });
        else await tx.schedule.delete({ where });
      }
      return due.map(({ repositoryId, ...row }) => ({ ...row, repository: Number(repositoryId) }));
    });
  },
  async of(repository: number): Promise<readonly Schedule[]> {
    const rows = await prisma.schedule.findMany({ where: { repositoryId: repository }, orderBy: { name: "asc" } });
    return rows.map(({ repositoryId, lastRunAt: _last, ...row }) => ({ ...row, repository: Number(repositoryId) }));
  },
});
