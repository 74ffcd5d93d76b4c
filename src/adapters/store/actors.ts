/** People by pseudonym. Only this table ties one to a person; erasing it leaves every history whole. */
import { present } from "./rows.ts";
import type { StoreDeps } from "./store.ts";

export interface Actor {
  /** Pseudonym, or "system" for Draco itself. */
  readonly id: string;
  readonly kind: "user" | "bot";
  readonly githubId?: number;
  readonly login?: string;
  readonly erasedAt?: Date;
}

export const actors = ({ prisma, now, newId }: StoreDeps) => ({
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
  async byGithubId(githubId: number): Promise<Actor | undefined> {
    const row = await prisma.actor.findUnique({ where: { githubId } });
    return row ? toActor(row) : undefined;
  },
  /** Forgets who this was: name, id, phone, codes. The pseudonym stays, and with it the history. */
  async erase(id: string): Promise<void> {
    await prisma.$transaction(async (tx) => {
      const phones = await tx.phone.findMany({ where: { actorId: id }, select: { e164: true } });
      for (const { e164 } of phones) {
        await tx.inboundMessage.deleteMany({ where: { fromNumber: e164 } });
        await tx.outbox.deleteMany({ where: { channel: "sms", payload: { path: ["to"], equals: e164 } } });
      }
      await tx.phone.deleteMany({ where: { actorId: id } });
      await tx.command.updateMany({ where: { actorId: id }, data: { text: "" } });
      await tx.actor.update({ where: { id }, data: { githubId: null, login: null, erasedAt: now() } });
    });
  },
});

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
