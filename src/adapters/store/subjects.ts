/** Everything that is kept about one person, to take along. Erasing it is `actors.erase`. */
import { toStorableJson } from "./rows.ts";
import type { StoreDeps } from "./store.ts";

export interface SubjectExport {
  readonly person: unknown;
  readonly phone: unknown;
  readonly approvals: readonly unknown[];
  readonly commands: readonly unknown[];
  readonly messages: readonly unknown[];
  /** Entries of the history under this person's pseudonym. */
  readonly history: readonly unknown[];
}

export const subjects = ({ prisma }: StoreDeps) => ({
  /** @returns plain JSON: big numbers as text, moments as ISO 8601. undefined where nobody has that pseudonym. */
  async export(actorId: string): Promise<SubjectExport | undefined> {
    const person = await prisma.actor.findUnique({ where: { id: actorId } });
    if (!person) return undefined;
    const phone = await prisma.phone.findUnique({ where: { actorId }, omit: { enrolCodeHash: true } });
    const found = {
      person,
      phone,
      approvals: await prisma.approval.findMany({ where: { actorId }, orderBy: { createdAt: "asc" } }),
      commands: await prisma.command.findMany({ where: { actorId }, orderBy: { createdAt: "asc" } }),
      messages: phone ? await prisma.inboundMessage.findMany({ where: { fromNumber: phone.e164 } }) : [],
      history: await prisma.changeHistory.findMany({
        where: { actor: actorId },
        orderBy: [{ chain: "asc" }, { seq: "asc" }],
      }),
    };
    const plain = JSON.stringify(found, (_, value) => (typeof value === "bigint" ? value.toString() : value));
    return toStorableJson(JSON.parse(plain)) as unknown as SubjectExport;
  },
});
