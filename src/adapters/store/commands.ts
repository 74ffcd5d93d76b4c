/** Each /draco line is carried out once, whatever GitHub sends again. */
import { present, withoutNul } from "./rows.ts";
import type { StoreDeps } from "./store.ts";

export interface Command {
  /** Node id of the comment. */
  readonly commentId: string;
  /** Which line of the comment, from 1. */
  readonly line: number;
  readonly repository: number;
  readonly issueNumber: number;
  /** Pseudonym of who wrote it. */
  readonly actorId: string;
  readonly verb: string;
  readonly text: string;
}

export interface StoredCommand extends Command {
  readonly createdAt: Date;
  readonly finishedAt?: Date;
  readonly outcome?: CommandOutcome;
  readonly reason?: string;
}

export type CommandOutcome = "done" | "refused" | "confused" | "failed";

export const commands = ({ prisma, now }: StoreDeps) => {
  const toCommand = (row: NonNullable<Awaited<ReturnType<typeof prisma.command.findFirst>>>): StoredCommand => {
    const { repositoryId, outcome, ...rest } = row;
    return {
      ...present(rest),
      repository: Number(repositoryId),
      ...(outcome !== null && { outcome: outcome as CommandOutcome }),
    };
  };
  return {
    /**
     * Claims a line. "finished": it was carried out before, do nothing. "unfinished": somebody began and did not come
     * to the end; carry on, each step guards itself.
     */
    async begin(command: Command): Promise<"new" | "unfinished" | "finished"> {
      const { repository: repositoryId, text, ...rest } = command;
      const { count } = await prisma.command.createMany({
        data: [{ ...rest, repositoryId, text: withoutNul(text), createdAt: now() }],
        skipDuplicates: true,
      });
      if (count === 1) return "new";
      const { commentId, line } = command;
      const known = await prisma.command.findUniqueOrThrow({ where: { commentId_line: { commentId, line } } });
      return known.finishedAt === null ? "unfinished" : "finished";
    },
    async finish(commentId: string, line: number, outcome: CommandOutcome, reason?: string): Promise<void> {
      await prisma.command.updateMany({
        where: { commentId, line },
        data: { outcome, reason: reason === undefined ? null : withoutNul(reason), finishedAt: now() },
      });
    },
    /** The last one on a pull request or issue, for the sticky comment. */
    async last(repository: number, issueNumber: number): Promise<StoredCommand | undefined> {
      const row = await prisma.command.findFirst({
        where: { repositoryId: repository, issueNumber },
        orderBy: [{ createdAt: "desc" }, { line: "desc" }],
      });
      return row ? toCommand(row) : undefined;
    },
  };
};
