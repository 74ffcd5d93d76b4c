/** Contents by git blob SHA: saves asking GitHub twice. A cache: anything in it can be dropped. */
import type { StoreDeps } from "./store.ts";

export const blobs = ({ prisma, now }: StoreDeps) => ({
  /** Those of the given SHAs that are here; the rest must be fetched. */
  async get(shas: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    for (let at = 0; at < shas.length; at += 500) {
      const rows = await prisma.blob.findMany({
        where: { sha: { in: shas.slice(at, at + 500) } },
        select: { sha: true, bytes: true },
      });
      for (const row of rows) found.set(row.sha, row.bytes);
    }
    if (found.size > 0) await touch(prisma, [...found.keys()], now());
    return found;
  },
  async put(contents: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const rows = [...contents].map(([sha, bytes]) => ({
      sha,
      bytes: Uint8Array.from(bytes),
      size: bytes.byteLength,
      usedAt: now(),
    }));
    for (let at = 0; at < rows.length; at += 200) {
      await prisma.blob.createMany({ data: rows.slice(at, at + 200), skipDuplicates: true });
    }
  },
  /** Drops what nobody used since. Returns how many went. */
  async forget(unusedSince: Date): Promise<number> {
    const { count } = await prisma.blob.deleteMany({ where: { usedAt: { lt: unusedSince } } });
    return count;
  },
});

/** Once an hour is often enough to know what is in use. */
async function touch(prisma: StoreDeps["prisma"], shas: readonly string[], at: Date): Promise<void> {
  const hourAgo = new Date(at.getTime() - 3_600_000);
  await prisma.blob.updateMany({ where: { sha: { in: [...shas] }, usedAt: { lt: hourAgo } }, data: { usedAt: at } });
}
