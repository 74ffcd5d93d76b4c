/** `draco export` and `draco purge`: what is kept about somebody is theirs to take along, and to be rid of. */
import type { Store } from "../../adapters/store/store.ts";
import { newCommand, runCommand } from "./command.ts";
import { type Io, UserError } from "./io.ts";
import { withStore } from "./open-store.ts";

export async function exportSubject(args: readonly string[], io: Io): Promise<number> {
  let login = "";
  const command = newCommand("draco export", io, "Writes everything that Draco keeps about a person, as JSON.", [
    "draco export --subject alice > alice.json",
  ])
    .requiredOption("--subject <login>", "their GitHub login")
    .action((options: { subject: string }) => {
      login = options.subject;
    });
  const ended = await runCommand(command, args);
  if (ended !== undefined) return ended;
  return withStore(io, async (store) => {
    const kept = await store.subjects.export(await actorOf(store, login));
    io.out(`${JSON.stringify(kept, null, 2)}\n`);
    return 0;
  });
}

interface Purge {
  readonly person?: string;
  readonly repository?: string;
  readonly yes?: boolean;
}

export async function purge(args: readonly string[], io: Io): Promise<number> {
  let what: Purge = {};
  const command = newCommand(
    "draco purge",
    io,
    "Deletes everything about a person or a repository. There is no way back.",
    [
      "draco purge --person alice            who they are is forgotten; the history still verifies",
      "draco purge --repository acme/infra   its findings, changes and history",
    ],
  )
    .option("--person <login>", "a GitHub login")
    .option("--repository <owner/name>", "a repository")
    .option("--yes", "do not ask")
    .action((options: Purge) => {
      what = options;
    });
  const ended = await runCommand(command, args);
  if (ended !== undefined) return ended;
  const { person, repository } = what;
  if ((person === undefined) === (repository === undefined))
    throw new UserError("Name one --person or one --repository.");
  const name = person ?? repository ?? "";
  if (!what.yes) {
    const typed = await io.ask(`This deletes everything about ${name}. Type ${name} to go on: `);
    if (typed !== name) throw new UserError("Nothing was deleted.");
  }
  return withStore(io, async (store) => {
    if (person !== undefined) await store.actors.erase(await actorOf(store, person));
    else await store.repositories.erase(await repositoryOf(store, name));
    const broken = (await store.history.verify()).filter((chain) => !chain.ok);
    io.out(
      `Deleted. ${broken.length === 0 ? "The history verifies." : `The history of ${broken.map((c) => c.chain).join(", ")} does not verify.`}\n`,
    );
    return broken.length === 0 ? 0 : 1;
  });
}

async function actorOf(store: Store, login: string): Promise<string> {
  const actor = await store.actors.byLogin(login.replace(/^@/, ""));
  if (!actor) throw new UserError(`Nothing is kept about ${login}.`);
  return actor.id;
}

async function repositoryOf(store: Store, fullName: string): Promise<number> {
  const [owner = "", name = ""] = fullName.split("/");
  const repository = await store.repositories.byName(owner, name);
  if (!repository) throw new UserError(`There is no repository ${fullName}.`);
  return repository.id;
}
