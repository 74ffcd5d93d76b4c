/** Installations, their repositories, and what Draco keeps about a pull request. */
import type { Prisma } from "./generated/client.ts";
import { present } from "./rows.ts";
import { pauseKey } from "./settings.ts";
import type { StoreDeps } from "./store.ts";

export interface Installation {
  readonly id: number;
  readonly accountLogin: string;
  readonly accountType: string;
  readonly suspendedAt?: Date;
  readonly deletedAt?: Date;
}

export interface Repository {
  /** GitHub's id: names change, ids do not. */
  readonly id: number;
  readonly installationId: number;
  readonly owner: string;
  readonly name: string;
  readonly private: boolean;
  readonly defaultBranch: string;
  readonly lastScanSha?: string;
  /** The App lost access to it. */
  readonly removedAt?: Date;
}

export interface PullRequest {
  readonly repository: number;
  readonly number: number;
  readonly headSha: string;
  readonly baseSha: string;
  readonly state: "open" | "closed" | "merged";
  readonly stickyCommentId?: number;
  readonly checkRunId?: number;
}

export const installations = ({ prisma, now }: StoreDeps) => ({
  async upsert(installation: Pick<Installation, "id" | "accountLogin" | "accountType">): Promise<void> {
    const { id, ...rest } = installation;
    await prisma.installation.upsert({
      where: { id },
      create: { id, ...rest, createdAt: now() },
      update: { ...rest, deletedAt: null, suspendedAt: null },
    });
  },
  async get(id: number): Promise<Installation | undefined> {
    const row = await prisma.installation.findUnique({ where: { id } });
    return row ? { ...present(row), id: Number(row.id) } : undefined;
  },
  async suspend(id: number): Promise<void> {
    await prisma.installation.updateMany({ where: { id }, data: { suspendedAt: now() } });
  },
  async resume(id: number): Promise<void> {
    await prisma.installation.updateMany({ where: { id }, data: { suspendedAt: null } });
  },
  async remove(id: number): Promise<void> {
    await prisma.installation.updateMany({ where: { id }, data: { deletedAt: now() } });
  },
});

export const repositories = ({ prisma, queue, now }: StoreDeps) => ({
  /** Its installation must be known. */
  async upsert(repository: Omit<Repository, "lastScanSha" | "removedAt">): Promise<void> {
    const { id, ...rest } = repository;
    await prisma.repository.upsert({
      where: { id },
      create: { id, ...rest, createdAt: now(), updatedAt: now() },
      update: { ...rest, updatedAt: now(), removedAt: null },
    });
  },
  async get(id: number): Promise<Repository | undefined> {
    const row = await prisma.repository.findUnique({ where: { id } });
    return row ? toRepository(row) : undefined;
  },
  async byName(owner: string, name: string): Promise<Repository | undefined> {
    const row = await prisma.repository.findFirst({ where: { owner, name, removedAt: null } });
    return row ? toRepository(row) : undefined;
  },
  /** Repositories that the App can reach now. */
  async list(installationId?: number): Promise<readonly Repository[]> {
    const rows = await prisma.repository.findMany({
      where: {
        removedAt: null,
        installation: { deletedAt: null, suspendedAt: null },
        ...(installationId !== undefined && { installationId }),
      },
      orderBy: [{ owner: "asc" }, { name: "asc" }],
    });
    return rows.map(toRepository);
  },
  async scanned(id: number, sha: string): Promise<void> {
    await prisma.repository.updateMany({ where: { id }, data: { lastScanSha: sha, updatedAt: now() } });
  },
  /** The App lost access: kept for the history until it is erased. */
  async remove(id: number): Promise<void> {
    await prisma.repository.updateMany({ where: { id }, data: { removedAt: now(), updatedAt: now() } });
  },
  /**
   * Deletes everything about a repository, its history too. There is no way back. The cache of file contents goes as a
   * whole, since it does not know whose they are.
   */
  async erase(id: number): Promise<void> {
    await prisma.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT set_config('draco.erase', 'on', true)`;
      const chain = historyChain(id);
      const changes = await tx.change.findMany({ where: { repositoryId: id }, select: { id: true } });
      await tx.outbox.deleteMany({ where: { changeId: { in: changes.map((change) => change.id) } } });
      await tx.changeHistory.deleteMany({ where: { chain } });
      await tx.historyHead.deleteMany({ where: { chain } });
      await tx.webhookDelivery.deleteMany({ where: { repositoryId: id } });
      await tx.$executeRaw`UPDATE "webhook_deliveries" SET "payload" = '{}' WHERE jsonb_path_exists("payload",
        '$.keyvalue() ? (@.key starts with "repositories").value[*] ? (@.id == $id)', ${{ id }}::jsonb)`;
      await tx.setting.deleteMany({ where: { key: pauseKey(id) } });
      await tx.lock.deleteMany({ where: { key: { startsWith: `state:${id}:` } } });
      await tx.blob.deleteMany({});
      const named = changes.map((change) => `|"changeId": "${change.id}"`).join("");
      await queue.forget(`"repository": ${id}[,}]${named}`, tx);
      await tx.repository.deleteMany({ where: { id } });
    });
  },
});

/** The chain of history that a repository's changes are written to. */
export const historyChain = (repository: number): string => `repository:${repository}`;

export const pulls = ({ prisma, now }: StoreDeps) => ({
  /** Notes where a pull request stands; what is left out stays as it was. */
  async upsert(pull: PullRequest): Promise<void> {
    const { repository: repositoryId, number, ...rest } = pull;
    await prisma.pullRequest.upsert({
      where: { repositoryId_number: { repositoryId, number } },
      create: { repositoryId, number, ...rest, updatedAt: now() },
      update: { ...rest, updatedAt: now() },
    });
  },
  async get(repositoryId: number, number: number): Promise<PullRequest | undefined> {
    const row = await prisma.pullRequest.findUnique({ where: { repositoryId_number: { repositoryId, number } } });
    return row ? toPull(row) : undefined;
  },
  async open(repositoryId: number): Promise<readonly PullRequest[]> {
    const rows = await prisma.pullRequest.findMany({
      where: { repositoryId, state: "open" },
      orderBy: { number: "asc" },
    });
    return rows.map(toPull);
  },
  /** Remembers the one sticky comment, or the check run, of a pull request. */
  async remember(
    repositoryId: number,
    number: number,
    what: { readonly stickyCommentId?: number; readonly checkRunId?: number },
  ): Promise<void> {
    await prisma.pullRequest.updateMany({ where: { repositoryId, number }, data: { ...what, updatedAt: now() } });
  },
});

function toRepository(row: Prisma.RepositoryModel): Repository {
  const { createdAt: _created, updatedAt: _updated, ...rest } = row;
  return { ...present(rest), id: Number(row.id), installationId: Number(row.installationId) };
}

function toPull(row: Prisma.PullRequestModel): PullRequest {
  return {
    repository: Number(row.repositoryId),
    number: row.number,
    headSha: row.headSha,
    baseSha: row.baseSha,
    state: row.state as PullRequest["state"],
    ...(row.stickyCommentId !== null && { stickyCommentId: Number(row.stickyCommentId) }),
    ...(row.checkRunId !== null && { checkRunId: Number(row.checkRunId) }),
  };
}
