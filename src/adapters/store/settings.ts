/** Switches that people throw at run time. The kill switch fails closed: who cannot read it must act as if paused. */
import type { Prisma } from "./generated/client.ts";
import { toStorableJson } from "./rows.ts";
import type { StoreDeps } from "./store.ts";

/** What can be paused: everything, or one repository. */
export type PauseScope = "all" | number;

export interface Pause {
  readonly scope: PauseScope;
  /** Pseudonym of who paused it. */
  readonly by: string;
  readonly at: Date;
  readonly reason?: string;
}

export const settings = ({ prisma, now }: StoreDeps) => ({
  async pause(scope: PauseScope, by: string, reason?: string): Promise<void> {
    const data = { value: toStorableJson({ reason }), actorId: by, updatedAt: now() };
    await prisma.setting.upsert({
      where: { key: pauseKey(scope) },
      create: { key: pauseKey(scope), ...data },
      update: data,
    });
  },
  async resume(scope: PauseScope): Promise<void> {
    await prisma.setting.deleteMany({ where: { key: pauseKey(scope) } });
  },
  /** The pause that holds for a repository, if any. Throws when it cannot be known. */
  async paused(repository?: number): Promise<Pause | undefined> {
    const keys = repository === undefined ? [pauseKey("all")] : [pauseKey("all"), pauseKey(repository)];
    const row = await prisma.setting.findFirst({ where: { key: { in: keys } }, orderBy: { updatedAt: "desc" } });
    if (!row) return undefined;
    const reason = reasonOf(row.value);
    return {
      scope: row.key === pauseKey("all") ? "all" : Number(row.key.slice("paused:repository:".length)),
      by: row.actorId ?? "system",
      at: row.updatedAt,
      ...(reason !== undefined && { reason }),
    };
  },
});

export const pauseKey = (scope: PauseScope): string => (scope === "all" ? "paused:all" : `paused:repository:${scope}`);

const reasonOf = (value: Prisma.JsonValue): string | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) && typeof value.reason === "string"
    ? value.reason
    : undefined;
