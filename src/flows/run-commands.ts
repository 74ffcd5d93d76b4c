/** The /draco lines of one new comment, each once. The answer goes to the sticky comment; the reaction is a courtesy. */
import type { CommandOutcome } from "../adapters/store/commands.ts";
import type { Repository } from "../adapters/store/repositories.ts";
import type { Change } from "../core/approve/change.ts";
import { type Command, parseCommands } from "../core/approve/command.ts";
import { helpText } from "../core/approve/command-help.ts";
import { isOpen } from "../core/approve/state.ts";
import { mayDecide } from "../core/approve/who.ts";
import { type Answer, approveChange, denyChange, type GitHubUser } from "./approve-change.ts";
import { askWho } from "./ask-who.ts";
import { type Deps, repoOf } from "./deps.ts";
import { readPolicy } from "./judge.ts";
import { planAgain } from "./propose-fix.ts";
import { refreshSticky } from "./refresh-sticky.ts";

export interface Spoken {
  readonly repository: Repository;
  readonly issueNumber: number;
  readonly user: GitHubUser;
  /** "comment:<id>" */
  readonly source: string;
  readonly body: string;
}

export async function runCommands(deps: Deps, spoken: Spoken): Promise<void> {
  const { repository, issueNumber, user } = spoken;
  const repo = repoOf(repository);
  const commentId = Number(spoken.source.replace(/^comment:/, ""));
  const actor = await deps.store.actors.ensure({ githubId: user.id, login: user.login });
  for (const line of parseCommands(spoken.body)) {
    const verb = line.ok ? line.command.verb : "?";
    const row = {
      commentId: spoken.source,
      line: line.line,
      repository: repository.id,
      issueNumber,
      actorId: actor.id,
      verb,
      text: line.text,
    };
    if ((await deps.store.commands.begin(row)) === "finished") continue;
    await deps.github.reactTo(repo, commentId, "eyes");
    const said = line.ok ? await carryOut(deps, spoken, line.command) : { ok: false as const, text: line.problem };
    const outcome: CommandOutcome = said.ok ? "done" : line.ok ? "refused" : "confused";
    await deps.store.commands.finish(spoken.source, line.line, outcome, said.text);
    await deps.github.reactTo(repo, commentId, said.ok ? "+1" : line.ok ? "-1" : "confused");
    const pull = await deps.store.pulls.get(repository.id, issueNumber);
    await refreshSticky(deps, repository, {
      ...(pull && { pullNumber: issueNumber }),
      lastCommand: { text: line.text, by: user.login, outcome: said.text },
    });
    if (line.ok && line.command.verb === "help") await deps.github.comment(repo, issueNumber, helpText());
  }
}

async function carryOut(deps: Deps, spoken: Spoken, command: Command): Promise<Answer> {
  const { repository, user, source } = spoken;
  const repo = repoOf(repository);
  const { policy } = await readPolicy(deps, repository, repo);
  const who = await askWho(deps, repo, policy, user.login);
  if (command.verb === "help" || command.verb === "status") {
    return who.permission === "none" ? no("You have no access to this repository.") : yes("See above.");
  }
  const allowed = mayDecide(policy, who);
  if (!allowed.ok) return no(`${user.login} may not do this: ${allowed.reason}.`);

  switch (command.verb) {
    case "scan": {
      const pull = await deps.store.pulls.get(repository.id, spoken.issueNumber);
      await deps.queue.send({
        name: "scan-repository",
        data: {
          repository: repository.id,
          trigger: "command",
          ...(pull && { sha: pull.headSha, pullNumber: pull.number }),
        },
        key: source,
      });
      return yes("Scanning.");
    }
    case "pause":
    case "resume":
      return pauseOrResume(deps, spoken, command, who.permission);
    case "approve":
    case "deny":
    case "plan":
    case "verify":
      return onChange(deps, spoken, command);
    default:
      return no(`"${command.verb}" is not carried out yet by this version of Draco.`);
  }
}

/** The kill switch is for those who run the repository. */
async function pauseOrResume(deps: Deps, spoken: Spoken, command: Command, permission: string): Promise<Answer> {
  if (permission !== "admin") return no("Pausing and resuming needs admin permission.");
  const actor = await deps.store.actors.ensure({ githubId: spoken.user.id, login: spoken.user.login });
  if (command.verb === "resume") {
    await deps.store.settings.resume(spoken.repository.id);
    return yes("Resumed.");
  }
  await deps.store.settings.pause(spoken.repository.id, actor.id, command.flags.reason);
  return yes("Paused: nothing is approved or applied here until /draco resume.");
}

async function onChange(deps: Deps, spoken: Spoken, command: Command): Promise<Answer> {
  const found = await changeMeant(deps, spoken, command);
  if ("text" in found) return found;
  const say = { change: found, user: spoken.user, surface: "command" as const, source: spoken.source };
  switch (command.verb) {
    case "approve":
      return approveChange(deps, say);
    case "deny":
      return denyChange(deps, say, command.flags.reason ?? "refused by command");
    case "verify":
      return verifyAgain(deps, found);
    default:
      return planAgain(deps, spoken.repository, found);
  }
}

async function verifyAgain(deps: Deps, change: Change): Promise<Answer> {
  const outcome = await deps.store.changes.transition({
    changeId: change.id,
    event: { type: "verify" },
    actor: "system",
    surface: "command",
    jobs: [{ name: "verify-change", data: { changeId: change.id }, key: change.id }],
  });
  return outcome.ok ? yes(`Verifying change ${change.planId}.`) : no(outcome.reason);
}

/** An unknown or ambiguous target is always a refusal: a typo must never hit another change. */
async function changeMeant(deps: Deps, spoken: Spoken, command: Command): Promise<Change | Answer> {
  const { repository, issueNumber } = spoken;
  const planId = command.targets.find((target) => target.kind === "plan")?.value;
  if (planId !== undefined) {
    const change = await deps.store.changes.byPlanId(planId);
    return change && change.repository === repository.id
      ? change
      : no(`There is no change ${planId} in this repository.`);
  }
  if (command.targets.length > 0) return no("Name a change as plan:ID, such as plan:7F3K9Q.");
  const here = (await deps.store.changes.byPull(repository.id, issueNumber)).filter((c) => isOpen(c.state));
  const [only] = here;
  if (only && here.length === 1) return only;
  return no(
    here.length === 0
      ? "No change belongs to this conversation; name one as plan:ID."
      : "Several changes belong here; name one as plan:ID.",
  );
}

const yes = (text: string): Answer => ({ ok: true, text });
const no = (text: string): { readonly ok: false; readonly text: string } => ({ ok: false, text });
