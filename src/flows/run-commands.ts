/** The /draco lines of one new comment, each once. The answer goes to the sticky comment; the reaction is a courtesy. */
import type { CommandOutcome } from "../adapters/store/commands.ts";
import type { Repository } from "../adapters/store/repositories.ts";
import { type Command, type CommandLine, type Misread, parseCommands } from "../core/approve/command.ts";
import { helpText } from "../core/approve/command-help.ts";
import { GRAMMAR, VERB_NAMES } from "../core/approve/grammar.ts";
import { mayDecide, type Who } from "../core/approve/who.ts";
import { neutralise } from "../core/report/neutralise.ts";
import { type Answer, approveChange, denyChange, type GitHubUser } from "./approve-change.ts";
import { askWho } from "./ask-who.ts";
import { changeMeant, onChange } from "./command-on-change.ts";
import { type Deps, repoOf } from "./deps.ts";
import { readPolicy } from "./judge.ts";
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
  for (const line of parseCommands(spoken.body)) await runOne(deps, spoken, line);
}

async function runOne(deps: Deps, spoken: Spoken, line: CommandLine): Promise<void> {
  const { repository, issueNumber, user, source } = spoken;
  const repo = repoOf(repository);
  const commentId = Number(source.replace(/^comment:/, ""));
  const actor = await deps.store.actors.ensure({ githubId: user.id, login: user.login });
  const begun = await deps.store.commands.begin({
    commentId: source,
    line: line.line,
    repository: repository.id,
    issueNumber,
    actorId: actor.id,
    verb: line.ok ? line.command.verb : "?",
    text: line.text,
  });
  if (begun === "finished") return;

  await deps.github.reactTo(repo, commentId, "eyes");
  const said = line.ok ? await carryOut(deps, spoken, line.command) : no(misread(line));
  const outcome: CommandOutcome = said.ok ? "done" : line.ok ? "refused" : "confused";
  await deps.store.commands.finish(source, line.line, outcome, said.text);
  const pull = await deps.store.pulls.get(repository.id, issueNumber);
  const shownOn = await refreshSticky(deps, repository, pull ? { pullNumber: issueNumber } : {});
  // Somewhere else there is no sticky comment to say it in.
  if (shownOn !== issueNumber) await deps.github.comment(repo, issueNumber, neutralise(said.text, 500));
  if (pull && said.ok) await refreshSticky(deps, repository, {});
  await deps.github.reactTo(repo, commentId, said.ok ? "+1" : line.ok ? "-1" : "confused");
}

const misread = (line: Misread): string =>
  line.suggestion ? `${line.problem} Did you mean: ${line.suggestion}` : line.problem;

async function carryOut(deps: Deps, spoken: Spoken, command: Command): Promise<Answer> {
  const { repository, user } = spoken;
  const repo = repoOf(repository);
  const { policy } = await readPolicy(deps, repository, repo);
  const who = await askWho(deps, repo, policy, user.login);
  const refusal = refused(command, who, mayDecide(policy, who));
  if (refusal) return no(`${user.login} may not do this: ${refusal}.`);

  switch (command.verb) {
    case "help":
      return help(deps, spoken, command);
    case "status":
      return yes("Everything below is as of now.");
    case "scan":
      return scanAgain(deps, spoken);
    case "fix":
      return proposeAgain(deps, spoken, command);
    case "explain":
      return explain(deps, spoken, command);
    case "pause":
    case "resume":
      return pauseOrResume(deps, spoken, command);
    default: {
      const change = await changeMeant(deps, spoken, command);
      if (!("id" in change)) return change;
      const say = { change, user, surface: "command" as const, source: spoken.source };
      if (command.verb === "approve") return approveChange(deps, say);
      if (command.verb === "deny") return denyChange(deps, say, command.flags.reason ?? "refused by command");
      return onChange(deps, repository, change, command.verb, spoken.source);
    }
  }
}

/** Reading needs access; the rest needs who the policy trusts, and never less than the grammar says. */
function refused(command: Command, who: Who, decision: ReturnType<typeof mayDecide>): string | undefined {
  const { permission } = GRAMMAR[command.verb];
  if (who.permission === "none") return "has no access to this repository";
  if (permission === "admin") return who.permission === "admin" ? undefined : "needs admin permission";
  if (["help", "status", "explain"].includes(command.verb)) return undefined;
  return decision.ok ? undefined : decision.reason;
}

async function help(deps: Deps, spoken: Spoken, command: Command): Promise<Answer> {
  const about = command.targets.find((target) => target.kind === "verb");
  await deps.github.comment(
    repoOf(spoken.repository),
    spoken.issueNumber,
    helpText(VERB_NAMES.find((verb) => verb === about?.value)),
  );
  return yes("See the comment below.");
}

async function scanAgain(deps: Deps, spoken: Spoken): Promise<Answer> {
  const pull = await deps.store.pulls.get(spoken.repository.id, spoken.issueNumber);
  await deps.queue.send({
    name: "scan-repository",
    data: {
      repository: spoken.repository.id,
      trigger: "command",
      ...(pull && { sha: pull.headSha, pullNumber: pull.number }),
    },
    key: spoken.source,
  });
  return yes("Scanning.");
}

/** Whoever asks for a fix contributes to it, and does not count towards its quorum. */
async function proposeAgain(deps: Deps, spoken: Spoken, command: Command): Promise<Answer> {
  const wanted = command.targets.flatMap((target) => (target.kind === "finding" ? [target.value] : []));
  const all = command.targets.some((target) => target.kind === "all");
  const open = await deps.store.findings.list({ repository: spoken.repository.id, state: "open" });
  const meant = open.filter((finding) => all || wanted.some((id) => finding.fingerprint.startsWith(id)));
  if (meant.length === 0) return no("No open finding of the default branch has that id.");
  for (const finding of meant) {
    await deps.queue.send({
      name: "propose-fix",
      data: {
        repository: spoken.repository.id,
        root: finding.root,
        fingerprints: [finding.fingerprint],
        requestedBy: (await deps.store.actors.ensure({ githubId: spoken.user.id, login: spoken.user.login })).id,
      },
      key: `${spoken.repository.id} ${finding.root} ${finding.resource.address}`,
    });
  }
  return yes(`Working on ${meant.length} finding(s); what can be proven will be proposed.`);
}

async function explain(deps: Deps, spoken: Spoken, command: Command): Promise<Answer> {
  const wanted = command.targets.flatMap((target) => (target.kind === "finding" ? [target.value] : []));
  const known = await deps.store.findings.list({ repository: spoken.repository.id });
  const finding = known.find((f) => wanted.some((id) => f.fingerprint.startsWith(id)));
  const rule = finding && (await deps.rules()).find((r) => r.id === finding.rule);
  if (!finding) return no("There is no finding with that id here.");
  return yes(
    `${finding.rule} on ${finding.resource.address}: ${finding.message} ${rule ? `${rule.why} ${rule.remedy}` : ""}`.trim(),
  );
}

/** The kill switch: what is running ends, nothing new is approved or applied. */
async function pauseOrResume(deps: Deps, spoken: Spoken, command: Command): Promise<Answer> {
  const scope = spoken.repository.id;
  if (command.verb === "resume") {
    await deps.store.settings.resume(scope);
    return yes("Resumed.");
  }
  const actor = await deps.store.actors.ensure({ githubId: spoken.user.id, login: spoken.user.login });
  await deps.store.settings.pause(scope, actor.id, command.flags.reason);
  return yes("Paused: nothing is approved or applied here until /draco resume.");
}

const yes = (text: string): Answer => ({ ok: true, text });
const no = (text: string): { readonly ok: false; readonly text: string } => ({ ok: false, text });
