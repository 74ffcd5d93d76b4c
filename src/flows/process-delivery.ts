/** Turns one stored delivery into the jobs that follow from it, and keeps what Draco knows of installations up to date. */
import type { Deps } from "./deps.ts";
import { voidMoved } from "./follow-pull-request.ts";
import { type Event, jobsFor, number, object, type Payload, text } from "./route-delivery.ts";

/** Hands an event to whoever listens: Probot, in the server. */
export type Receive = (event: Event) => Promise<void>;

export async function processDelivery(deps: Deps, job: { readonly guid: string }, receive: Receive): Promise<void> {
  const delivery = await deps.store.deliveries.get(job.guid);
  if (!delivery || delivery.processedAt) return;
  await receive({ guid: delivery.guid, name: delivery.event, payload: object(delivery.payload) });
  await deps.store.deliveries.finish(delivery.guid);
}

export async function handleEvent(deps: Deps, event: Event): Promise<void> {
  if (event.name === "installation" || event.name === "installation_repositories") await noteInstallation(deps, event);
  else await noteRepository(deps, event.payload);
  if (event.name === "repository" && event.payload.action === "deleted") await forgetRepository(deps, event.payload);
  await notePull(deps, event);
  for (const request of jobsFor(event)) await deps.queue.send(request);
}

async function noteInstallation(deps: Deps, event: Event): Promise<void> {
  const installation = object(event.payload.installation);
  const id = number(installation.id);
  if (id === undefined) return;
  const action = text(event.payload.action);
  if (action === "deleted") return deps.store.installations.remove(id);
  if (action === "suspend") return deps.store.installations.suspend(id);
  if (action === "unsuspend") return deps.store.installations.resume(id);

  await noteAccount(deps, id, object(installation.account));
  for (const gone of list(event.payload.repositories_removed)) {
    const repository = number(gone.id);
    if (repository !== undefined) await deps.store.repositories.remove(repository);
  }
  for (const added of [...list(event.payload.repositories), ...list(event.payload.repositories_added)]) {
    await adopt(deps, id, text(added.full_name));
  }
}

/** A repository that the App was just given: known, and scanned for the first time. */
async function adopt(deps: Deps, installationId: number, fullName: string): Promise<void> {
  const [owner = "", name = ""] = fullName.split("/");
  const facts = await deps.github.repository(installationId, owner, name);
  if (facts.archived) return;
  await deps.store.repositories.upsert({
    id: facts.id,
    installationId,
    owner: facts.owner,
    name: facts.name,
    private: facts.private,
    defaultBranch: facts.defaultBranch,
  });
  await deps.queue.send({
    name: "scan-repository",
    data: { repository: facts.id, trigger: "installation" },
    key: `${facts.id}:installation`,
  });
}

/** Every delivery of a repository says where it is now: names and default branches change, ids do not. */
async function noteRepository(deps: Deps, payload: Payload): Promise<void> {
  const installationId = number(object(payload.installation).id);
  const repository = object(payload.repository);
  const owner = object(repository.owner);
  const id = number(repository.id);
  if (installationId === undefined || id === undefined) return;
  await noteAccount(deps, installationId, owner);
  await deps.store.repositories.upsert({
    id,
    installationId,
    owner: text(owner.login) || text(owner.name),
    name: text(repository.name),
    private: repository.private === true,
    defaultBranch: text(repository.default_branch) || "main",
  });
}

async function forgetRepository(deps: Deps, payload: Payload): Promise<void> {
  const id = number(object(payload.repository).id);
  if (id !== undefined) await deps.store.repositories.remove(id);
}

async function noteAccount(deps: Deps, id: number, account: Payload): Promise<void> {
  await deps.store.installations.upsert({
    id,
    accountLogin: text(account.login) || text(account.name),
    accountType: text(account.type) || "Organization",
  });
}

async function notePull(deps: Deps, event: Event): Promise<void> {
  const pull = object(event.payload.pull_request);
  const repository = number(object(event.payload.repository).id);
  const pullNumber = number(pull.number);
  if (event.name !== "pull_request" || repository === undefined || pullNumber === undefined) return;
  if (!(await deps.store.repositories.get(repository))) return; // of no installation of ours
  await deps.store.pulls.upsert({
    repository,
    number: pullNumber,
    headSha: text(object(pull.head).sha),
    baseSha: text(object(pull.base).sha),
    state: pull.merged === true ? "merged" : text(pull.state) === "closed" ? "closed" : "open",
  });
  if (event.payload.action !== "synchronize") return;
  const sender = object(event.payload.sender);
  const id = number(sender.id);
  await voidMoved(deps, {
    repository,
    pullNumber,
    headSha: text(object(pull.head).sha),
    source: event.guid,
    ...(id !== undefined && sender.type !== "Bot" && { by: { id, login: text(sender.login) } }),
  });
}

const list = (value: unknown): Payload[] => (Array.isArray(value) ? value.map(object) : []);
