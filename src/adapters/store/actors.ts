/** People by pseudonym. Only this table ties one to a person; erasing it leaves every history whole. */
import type { Queue } from "./queue.ts";
import { type Db, present } from "./rows.ts";
import type { StoreDeps } from "./store.ts";

export interface Actor {
  /** Pseudonym, or "system" for Draco itself. */
  readonly id: string;
  readonly kind: "user" | "bot";
  readonly githubId?: number;
  readonly login?: string;
  readonly erasedAt?: Date;
}

export const actors = ({ prisma, queue, now, newId }: StoreDeps) => ({
  /** The pseudonym of a GitHub user, made at first sight; follows a changed login. */
  async ensure(user: {
    readonly githubId: number;
    readonly login: string;
    readonly kind?: Actor["kind"];
  }): Promise<Actor> {
    const row = await prisma.actor.upsert({
      where: { githubId: user.githubId },
      create: { id: newId(), kind: user.kind ?? "user", githubId: user.githubId, login: user.login, createdAt: now() },
      update: { login: user.login },
    });
    return toActor(row);
  },
  async get(id: string): Promise<Actor | undefined> {
    const row = await prisma.actor.findUnique({ where: { id } });
    return row ? toActor(row) : undefined;
  },
  /** By the login they had when they were last seen; logins do not tell upper from lower case. */
  async byLogin(login: string): Promise<Actor | undefined> {
    const row = await prisma.actor.findFirst({ where: { login: { equals: login, mode: "insensitive" } } });
    return row ? toActor(row) : undefined;
  },
  async byGithubId(githubId: number): Promise<Actor | undefined> {
    const row = await prisma.actor.findUnique({ where: { githubId } });
    return row ? toActor(row) : undefined;
  },
  /**
   * Forgets who this was: name, id, phone, codes, and whatever was kept of what they said or what was said to them. The
   * pseudonym stays, and with it the history.
   */
  async erase(id: string): Promise<void> {
    await prisma.$transaction(async (tx) => {
      const { login } = await tx.actor.findUniqueOrThrow({ where: { id }, select: { login: true } });
      const phones = await tx.phone.findMany({ where: { actorId: id }, select: { e164: true } });
      for (const { e164 } of phones) await tx.inboundMessage.deleteMany({ where: { fromNumber: e164 } });
      await tx.command.updateMany({ where: { actorId: id }, data: { text: "", reason: null } });
      for (const word of [...(login === null ? [] : [login]), ...phones.map(({ e164 }) => e164)]) {
        await forgetWord(queue, tx, wholeWord(word), now());
      }
      await tx.phone.deleteMany({ where: { actorId: id } });
      await tx.actor.update({ where: { id }, data: { githubId: null, login: null, erasedAt: now() } });
    });
  },
});

/** Contents that are kept only until they are dealt with, or for the record: the record can do without. */
async function forgetWord(queue: Queue, tx: Db, pattern: string, at: Date): Promise<void> {
  await tx.$executeRaw`DELETE FROM "outbox" WHERE "payload"::text ~* ${pattern}`;
  await tx.$executeRaw`
    UPDATE "webhook_deliveries"
    SET "payload" = '{}', "processed_at" = coalesce("processed_at", ${at}), "error" = NULL
    WHERE "payload"::text ~* ${pattern}`;
  await tx.$executeRaw`
    UPDATE "commands" SET "text" = '', "reason" = NULL WHERE "text" ~* ${pattern} OR "reason" ~* ${pattern}`;
  await queue.forget(pattern, tx);
}

/** "ana" and "@ana", and neither "anatomy" nor "ana-b": logins are letters, digits and hyphens. */
const wholeWord = (word: string): string =>
  `(^|[^A-Za-z0-9-])${word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}($|[^A-Za-z0-9-])`;

function toActor(row: {
  readonly id: string;
  readonly kind: string;
  readonly githubId: bigint | null;
  readonly login: string | null;
  readonly erasedAt: Date | null;
}): Actor {
  const { githubId, ...rest } = row;
  return {
    ...present(rest),
    kind: row.kind as Actor["kind"],
    ...(githubId !== null && { githubId: Number(githubId) }),
  };
}
