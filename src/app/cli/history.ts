/** `draco history`: what happened to changes, from the database, and whether the record is whole. */
import Table from "cli-table3";
import type { Store } from "../../adapters/store/store.ts";
import { newCommand, runCommand } from "./command.ts";
import { type Io, UserError } from "./io.ts";
import { withStore } from "./open-store.ts";

interface Options {
  readonly plan?: string;
  readonly json?: boolean;
  readonly verify?: boolean;
  readonly limit: string;
}

export async function history(args: readonly string[], io: Io): Promise<number> {
  let options: Options = { limit: "100" };
  const command = newCommand("draco history", io, "Prints the append-only history of changes.", [
    "draco history                 the newest entries of every repository",
    "draco history --plan 7F3K9Q   one change from its beginning",
    "draco history --verify        walk every chain; exit 1 where one was altered",
  ])
    .option("--plan <id>", "only this change")
    .option("--verify", "check that nothing was altered, removed or put in")
    .option("--json", "one JSON array")
    .option("--limit <n>", "how many entries", "100")
    .action((given: Options) => {
      options = given;
    });
  const ended = await runCommand(command, args);
  if (ended !== undefined) return ended;

  return withStore(io, (store) => (options.verify ? verify(store, io) : print(store, options, io)));
}

async function verify(store: Store, io: Io): Promise<number> {
  const chains = await store.history.verify();
  for (const chain of chains) {
    io.out(
      chain.ok
        ? `${chain.chain}: whole, ${chain.length} entries\n`
        : `${chain.chain}: BROKEN at ${chain.seq}: ${chain.reason}\n`,
    );
  }
  if (chains.length === 0) io.out("There is no history yet.\n");
  return chains.every((chain) => chain.ok) ? 0 : 1;
}

async function print(store: Store, options: Options, io: Io): Promise<number> {
  const change = options.plan === undefined ? undefined : await store.changes.byPlanId(options.plan);
  if (options.plan !== undefined && !change) throw new UserError(`There is no change ${options.plan}.`);
  const entries = change
    ? await store.history.of(change.id)
    : [...(await store.history.recent(Number(options.limit) || 100))].reverse();
  const planIds = new Map((await store.changes.list({ limit: 10_000 })).map((c) => [c.id, c.planId]));
  if (options.json) io.out(`${JSON.stringify(entries, null, 2)}\n`);
  else if (entries.length === 0) io.out("There is no history yet.\n");
  else io.out(`${renderHistory(entries, (id) => planIds.get(id) ?? "")}\n`);
  return 0;
}

export interface HistoryRow {
  readonly at: Date;
  readonly changeId?: string;
  readonly event: string;
  readonly from?: string;
  readonly to?: string;
  readonly actor: string;
  readonly login?: string;
  readonly surface: string;
  readonly digest?: string;
}

export function renderHistory(entries: readonly HistoryRow[], planId: (changeId: string) => string): string {
  const table = new Table({
    head: ["When", "Change", "Event", "To", "By", "Surface", "Digest"],
    style: { head: [], border: [], compact: true },
  });
  for (const e of entries) {
    table.push([
      e.at.toISOString().slice(0, 19).replace("T", " "),
      planId(e.changeId ?? ""),
      e.event,
      e.to ?? "",
      e.login ?? e.actor.slice(0, 12),
      e.surface,
      (e.digest ?? "").replace("sha256:", "").slice(0, 12),
    ]);
  }
  return table.toString();
}
