/** Scans: what was looked at, when, and what came of it. */
import type { ScanTrigger } from "./jobs.ts";
import { present, toStorableJson, withoutNul } from "./rows.ts";
import type { StoreDeps } from "./store.ts";

export interface Scan {
  readonly id: string;
  readonly repository: number;
  readonly sha: string;
  readonly ref?: string;
  readonly pullNumber?: number;
  readonly trigger: ScanTrigger;
  readonly state: "running" | "done" | "failed";
  readonly summary?: unknown;
  readonly error?: string;
  readonly startedAt: Date;
  readonly finishedAt?: Date;
}

export const scans = ({ prisma, now, newId }: StoreDeps) => {
  const toScan = (row: NonNullable<Awaited<ReturnType<typeof prisma.scan.findFirst>>>): Scan => {
    const { repositoryId, ...rest } = row;
    return {
      ...present(rest),
      repository: Number(repositoryId),
      trigger: row.trigger as ScanTrigger,
      state: row.state as Scan["state"],
    };
  };
  return {
    async begin(
      scan: Pick<Scan, "repository" | "sha" | "trigger"> & Partial<Pick<Scan, "ref" | "pullNumber">>,
    ): Promise<Scan> {
      const { repository, ...rest } = scan;
      const row = await prisma.scan.create({
        data: { ...rest, id: newId(), repositoryId: repository, state: "running", startedAt: now() },
      });
      return toScan(row);
    },
    /** @param summary counts for the status page, as JSON. */
    async finish(id: string, summary: unknown): Promise<void> {
      await prisma.scan.update({
        where: { id },
        data: { state: "done", summary: toStorableJson(summary), finishedAt: now() },
      });
    },
    async fail(id: string, error: string): Promise<void> {
      await prisma.scan.update({
        where: { id },
        data: { state: "failed", error: withoutNul(error), finishedAt: now() },
      });
    },
    /** Newest first. */
    async list(filter: { readonly repository?: number; readonly limit?: number } = {}): Promise<readonly Scan[]> {
      const rows = await prisma.scan.findMany({
        where: filter.repository === undefined ? {} : { repositoryId: filter.repository },
        orderBy: { startedAt: "desc" },
        take: filter.limit ?? 50,
      });
      return rows.map(toScan);
    },
  };
};
