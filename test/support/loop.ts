/** A whole Draco for a test, among the demo's servers, on a database of its own. */
import pino from "pino";
import { seedFiles } from "../../demo/seed/files.ts";
import { startWorld, type World, type WorldOptions } from "../../demo/world.ts";
import type { Change, ChangeState } from "../../src/core/approve/change.ts";
import { confirmPhone, enrolPhone } from "../../src/flows/enrol-phone.ts";
import { createEmptyDatabase } from "./database.ts";

export const ALICE_PHONE = "+41791234567";

export interface Loop extends World {
  /** Everything is closed, the database is dropped. */
  stop(): Promise<void>;
  readonly store: World["draco"]["composed"]["deps"]["store"];
}

export async function startLoop(options: Partial<WorldOptions> = {}): Promise<Loop> {
  const database = await createEmptyDatabase();
  const world = await startWorld({
    files: seedFiles(),
    log: pino({ level: process.env.TEST_LOG ?? "silent" }),
    ...(database.url !== undefined && { databaseUrl: database.url }),
    ...options,
  });
  return Object.assign(Object.create(world) as World, {
    store: world.draco.composed.deps.store,
    async stop() {
      await world.stop();
      await database.close();
    },
  });
}

/** Looks again until it is there; the error names what never came. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>, withinMs = 60_000): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`${what} never came`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The change for a resource of this type once it is in one of these states. */
export const changeOf = (loop: Loop, type: string, ...states: ChangeState[]): Promise<Change> =>
  eventually(`a change of ${type} that is ${states.join(" or ")}`, async () => {
    const findings = await loop.store.findings.list({});
    const prints = new Set(findings.filter((f) => f.resource.type === type).map((f) => f.fingerprint));
    const changes = await loop.store.changes.list({ states });
    return changes.find((change) => change.fingerprints.some((print) => prints.has(print)));
  });

export const becomes = (loop: Loop, change: Change, ...states: ChangeState[]): Promise<Change> =>
  eventually(`change ${change.planId} to be ${states.join(" or ")}`, async () => {
    const now = await loop.store.changes.get(change.id);
    return now && states.includes(now.state) ? now : undefined;
  });

/** Every job that is waiting or running is done. */
export const quiet = (loop: Loop): Promise<true> =>
  eventually("silence", async () => {
    const depth = await loop.draco.composed.queue.depth();
    return Object.values(depth).every((d) => d.waiting + d.active === 0) ? true : undefined;
  });

export async function enrolAlice(loop: Loop): Promise<void> {
  const { deps } = loop.draco.composed;
  const githubId = (await deps.github.userId("alice")) ?? 0;
  const enrolment = await enrolPhone(deps, { githubId, login: "alice", number: ALICE_PHONE });
  if (!enrolment.ok) throw new Error(enrolment.reason);
  const text = await eventually("the enrolment code", async () =>
    (await loop.twilio.sent()).find((message) => message.body.includes("to enrol this phone")),
  );
  const outcome = await confirmPhone(deps, enrolment.phoneId, codeIn(text.body));
  if (outcome !== "verified") throw new Error(outcome);
}

export const codeIn = (body: string): string => /\b\d{4}-[A-Z]+\b/.exec(body)?.[0] ?? "";

export const askAbout = (loop: Loop, change: Change) =>
  eventually(`the SMS about ${change.planId}`, async () =>
    (await loop.twilio.sent()).find((message) => message.body.includes(`Plan ${change.planId}.`)),
  );

/** alice pushes something harmless to main: what a scan of the default branch begins with. */
export const pushSomething = (loop: Loop, text = "hello"): Promise<string> =>
  loop.github.people.alice.push({ message: `Say ${text}`, files: { "README.md": `${text}\n` } });
