/** `draco migrate`: brings the database up to date, or says what is missing. `draco start` does the same by itself. */
import { newCommand, runCommand } from "./command.ts";
import { openHere, whereIs } from "./database-options.ts";
import { type Io, UserError } from "./io.ts";

export async function migrate(args: readonly string[], io: Io): Promise<number> {
  let check = false;
  const command = newCommand("draco migrate", io, "Applies the database migrations that are not applied yet.", [
    "draco migrate           apply them",
    "draco migrate --check   exit 1 where some are missing, change nothing",
  ])
    .option("--check", "only say which are missing")
    .action((options: { check?: boolean }) => {
      check = options.check === true;
    });
  const ended = await runCommand(command, args);
  if (ended !== undefined) return ended;

  const migrations = await import("../../adapters/store/migrate.ts");
  const database = await openHere(io);
  try {
    if (check) {
      const pending = await migrations.pendingMigrations(database);
      io.out(pending.length === 0 ? `Up to date: ${whereIs(io)}.\n` : `Missing in ${whereIs(io)}:\n${list(pending)}`);
      return pending.length === 0 ? 0 : 1;
    }
    const applied = await migrations.migrate(database);
    io.out(applied.length === 0 ? `Up to date: ${whereIs(io)}.\n` : `Applied to ${whereIs(io)}:\n${list(applied)}`);
    return 0;
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error));
  } finally {
    await database.close();
  }
}

const list = (names: readonly string[]): string => names.map((name) => `  ${name}\n`).join("");
