/** Findings of the default branch: one row for the whole life of a problem. */
import type { Category, Evidence, Finding, Severity } from "../../core/model/finding.ts";
import type { Format } from "../../core/model/resource.ts";
import type { LiveRef, SourceRange } from "../../core/model/source-range.ts";
import type { Finding as FindingRow, Prisma } from "./generated/client.ts";
import { toStorableJson, withoutNul } from "./rows.ts";
import type { StoreDeps } from "./store.ts";

export interface StoredFinding extends Finding {
  readonly id: string;
  readonly repository: number;
  readonly root: string;
  readonly state: FindingState;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly firstSeenSha: string;
  readonly lastSeenSha: string;
  readonly fixedAt?: Date;
}

export type FindingState = "open" | "fixed" | "waived";

export interface Seen {
  readonly repository: number;
  readonly root: string;
  readonly sha: string;
  /** Everything the scan found in this root, suppressed ones too. */
  readonly findings: readonly Finding[];
}

export interface Difference {
  readonly appeared: readonly string[];
  readonly fixed: readonly string[];
  /** Known, gone, and here again. */
  readonly returned: readonly string[];
}

export const findings = ({ prisma, now, newId }: StoreDeps) => ({
  /**
   * Records what a scan of the default branch saw in one root: new ones open, ones seen no longer are fixed, suppressed
   * ones are waived. Returns fingerprints by what became of them.
   */
  async record(seen: Seen): Promise<Difference> {
    const { repository: repositoryId, root, sha } = seen;
    const at = now();
    const current = new Map(seen.findings.map((finding) => [finding.fingerprint, finding]));
    return prisma.$transaction(async (tx) => {
      // Two scans of one repository take turns: the row of the repository orders them.
      await tx.$queryRaw`SELECT "id" FROM "repositories" WHERE "id" = ${repositoryId} FOR UPDATE`;
      const known = await tx.finding.findMany({ where: { repositoryId, root } });
      const before = new Map(known.map((row) => [row.fingerprint, row]));

      const added = [...current.values()].filter((finding) => !before.has(finding.fingerprint));
      await tx.finding.createMany({
        data: added.map((finding) => ({
          id: newId(),
          repositoryId,
          root,
          ...columns(finding),
          state: finding.suppressed ? "waived" : "open",
          firstSeenSha: sha,
          lastSeenSha: sha,
          firstSeenAt: at,
          lastSeenAt: at,
        })),
      });
      const again = [...current.values()].filter((finding) => before.has(finding.fingerprint));
      for (let from = 0; from < again.length; from += 1000) {
        await refresh(tx, { repositoryId, root, sha, at }, again.slice(from, from + 1000));
      }
      const gone = known.filter((row) => row.state !== "fixed" && !current.has(row.fingerprint));
      await tx.finding.updateMany({
        where: { id: { in: gone.map((row) => row.id) } },
        data: { state: "fixed", fixedAt: at },
      });
      return {
        appeared: added.filter((finding) => !finding.suppressed).map((finding) => finding.fingerprint),
        fixed: gone.map((row) => row.fingerprint),
        returned: known
          .filter((row) => row.state === "fixed" && current.get(row.fingerprint)?.suppressed === undefined)
          .filter((row) => current.has(row.fingerprint))
          .map((row) => row.fingerprint),
      };
    });
  },

  async get(id: string): Promise<StoredFinding | undefined> {
    const row = await prisma.finding.findUnique({ where: { id } });
    return row ? toFinding(row) : undefined;
  },

  async byFingerprint(repository: number, root: string, fingerprint: string): Promise<StoredFinding | undefined> {
    const row = await prisma.finding.findUnique({
      where: { repositoryId_root_fingerprint: { repositoryId: repository, root, fingerprint } },
    });
    return row ? toFinding(row) : undefined;
  },

  async list(filter: {
    readonly repository?: number;
    readonly root?: string;
    readonly state?: FindingState;
    readonly limit?: number;
  }): Promise<readonly StoredFinding[]> {
    const rows = await prisma.finding.findMany({
      where: {
        ...(filter.repository !== undefined && { repositoryId: filter.repository }),
        ...(filter.root !== undefined && { root: filter.root }),
        ...(filter.state && { state: filter.state }),
      },
      orderBy: [{ firstSeenAt: "desc" }, { fingerprint: "asc" }],
      take: filter.limit ?? 1000,
    });
    return rows.map(toFinding);
  },

  /** How many are open, by severity. */
  async countOpen(repository?: number): Promise<{ readonly [severity: string]: number }> {
    const rows = await prisma.finding.groupBy({
      by: ["severity"],
      where: { state: "open", ...(repository !== undefined && { repositoryId: repository }) },
      _count: true,
    });
    return Object.fromEntries(rows.map((row) => [row.severity, row._count]));
  },
});

/** One statement for many rows: row by row, a repository with thousands of findings would outlast its transaction. */
async function refresh(
  tx: Prisma.TransactionClient,
  scan: { readonly repositoryId: number; readonly root: string; readonly sha: string; readonly at: Date },
  seen: readonly Finding[],
): Promise<void> {
  const rows = seen.map((finding) => ({ ...columns(finding), state: finding.suppressed ? "waived" : "open" }));
  await tx.$executeRaw`
    UPDATE "findings" AS f
    SET "rule" = n."rule", "severity" = n."severity", "category" = n."category", "format" = n."format",
        "address" = n."address", "resource_type" = n."resourceType", "file" = n."file", "line" = n."line",
        "location" = n."location", "message" = n."message", "evidence" = n."evidence", "fix" = n."fix",
        "state" = n."state", "last_seen_sha" = ${scan.sha}, "last_seen_at" = ${scan.at}, "fixed_at" = NULL
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS n(
      "fingerprint" text, "rule" text, "severity" text, "category" text, "format" text, "address" text,
      "resourceType" text, "file" text, "line" int, "location" jsonb, "message" text, "evidence" jsonb, "fix" text,
      "state" text)
    WHERE f."repository_id" = ${scan.repositoryId} AND f."root" = ${scan.root} AND f."fingerprint" = n."fingerprint"`;
}

const columns = (finding: Finding) => ({
  fingerprint: finding.fingerprint,
  rule: finding.rule,
  severity: finding.severity,
  category: finding.category,
  format: finding.format,
  address: withoutNul(finding.resource.address),
  resourceType: withoutNul(finding.resource.type),
  file: "file" in finding.at ? withoutNul(finding.at.file) : null,
  line: "file" in finding.at ? finding.at.line : null,
  location: toStorableJson(finding.at),
  message: withoutNul(finding.message),
  evidence: toStorableJson(finding.evidence),
  fix: finding.fix,
});

function toFinding(row: FindingRow): StoredFinding {
  return {
    id: row.id,
    repository: Number(row.repositoryId),
    root: row.root,
    state: row.state as FindingState,
    status: "fail",
    rule: row.rule,
    severity: row.severity as Severity,
    category: row.category as Category,
    format: row.format as Format,
    resource: { address: row.address, type: row.resourceType },
    at: row.location as unknown as SourceRange | LiveRef,
    message: row.message,
    evidence: row.evidence as unknown as Evidence,
    fingerprint: row.fingerprint,
    fix: row.fix as Finding["fix"],
    firstSeenAt: row.firstSeenAt,
    lastSeenAt: row.lastSeenAt,
    firstSeenSha: row.firstSeenSha,
    lastSeenSha: row.lastSeenSha,
    ...(row.fixedAt !== null && { fixedAt: row.fixedAt }),
  };
}
