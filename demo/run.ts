/** The demo: one day in the life of acme/infra, for real, on this machine. Every line it prints was just seen to be true. */
import { appendFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Table from "cli-table3";
import pc from "picocolors";
import pino from "pino";
import { renderHistory } from "../src/app/cli/history.ts";
import type { Io } from "../src/app/cli/io.ts";
import type { Change, ChangeState } from "../src/core/approve/change.ts";
import { confirmPhone, enrolPhone } from "../src/flows/enrol-phone.ts";
import { freePort } from "./emulators.ts";
import { seedFiles } from "./seed/files.ts";
import { startWorld, type World } from "./world.ts";
import { applyAsOfYesterday } from "./yesterday.ts";

const ALICE_PHONE = "+41791234567";
const STATUS_PASSWORD = "look-around-draco";
const DRACO_PORT = 3000;
const GITHUB_PORT = 4000;

export async function runDemo(options: { readonly once: boolean }, io: Io): Promise<number> {
  const stage = new Stage(io);
  const logFile = join(mkdtempSync(join(tmpdir(), "draco-demo-")), "draco.log");
  const log = pino(
    { level: "info", base: { app: "draco" } },
    { write: (line: string) => appendFileSync(logFile, line) },
  );
  stage.title("Draco, the whole loop, on this machine. No account, no network.");
  const started = performance.now();
  const world = await startWorld({
    files: seedFiles(),
    log,
    dracoPort: await portOr(DRACO_PORT, options.once),
    githubPort: await portOr(GITHUB_PORT, options.once),
    statusPassword: STATUS_PASSWORD,
  });
  stage.note(`started in ${seconds(started)}: GitHub and Twilio are emulated (stateful, over HTTP, signed);`);
  stage.note("Gemini and SendGrid are small STAND-INS of ours on loopback; Postgres is embedded (PGlite).");
  stage.note(`Draco itself is the real thing; its log is ${logFile}`);
  try {
    const loop = performance.now();
    await day(world, stage);
    stage.note(`the loop took ${seconds(loop)}`);
    await stage.summary(world);
    if (!options.once) await lookAround(world, stage);
  } catch (error) {
    stage.fail(error instanceof Error ? error.message : String(error));
  } finally {
    await world.stop();
  }
  return stage.allHappened ? 0 : 1;
}

async function day(world: World, stage: Stage): Promise<void> {
  const { deps } = world.draco.composed;
  const { alice, carol } = world.github.people;

  stage.chapter("Yesterday");
  const applied = await applyAsOfYesterday(world);
  stage.done("stacks/app was applied as it is in the repository", applied ?? "no terraform here: nothing was");
  await enrolAlice(world);
  stage.done("alice enrolled her phone, by a code that Twilio delivered", ALICE_PHONE);

  stage.chapter("Today: a push to acme/infra");
  const sha = await alice.push({
    message: "Describe what the exports are for",
    files: { "README.md": "# infra\n\nWhat Acme runs on.\n" },
  });
  const check = await eventually("a check run on the pushed commit", () => checkRun(world, sha, "draco/scan"));
  stage.done(
    "Draco scanned it and posted a check run",
    `${check.conclusion}: ${check.output.title}; ${check.output.annotations_count} annotation(s)`,
  );
  const sticky = await eventually("the dashboard's comment", () => stickyComment(world));
  stage.done("one sticky comment on the dashboard issue", `#${sticky.issue}: ${sticky.headline}`);

  stage.chapter("Fixes, written and proven before anyone saw them");
  const orders = await proposal(world, "terraform_data", "the fix that the model wrote");
  stage.done(`#${orders.pullNumber} written through the Gemini stand-in`, `${orders.title}; ${planWords(orders)}`);
  const exports = await proposal(world, "aws_s3_bucket", "the bucket's fix");
  stage.done(`#${exports.pullNumber} written by a built-in fixer`, exports.title);
  const database = await proposal(world, "aws_db_instance", "the database's fix");
  stage.done(`#${database.pullNumber} written by a built-in fixer`, database.title);
  const advised = await eventually(
    "what could not be mended",
    async () => (await deps.store.changes.list({ states: ["advised"] }))[0],
  );
  stage.done("one finding was declined, and says why", `${advised.title}: ${advised.reason ?? ""}`);

  stage.chapter("Approval by SMS, then Terraform");
  const ask = await eventually("the SMS that asks", () => smsAbout(world, orders));
  stage.done("Twilio delivered the question", ask.body);
  await world.twilio.reply(ALICE_PHONE, `OK ${codeIn(ask.body)}`);
  const run = await settled(world, orders, ["verified", "skipped", "unverified", "failed", "stale", "interrupted"]);
  if (run.state === "verified")
    stage.done("approved by SMS, merged, applied by the real terraform, verified", await proofOf(world, run));
  else if (run.state === "skipped") stage.skipped("approved by SMS and merged, but not applied", run.reason ?? "");
  else stage.fail(`the approved change ended ${run.state}: ${run.reason ?? ""}`);

  stage.chapter("Approval by merge");
  await alice.merge(exports.pullNumber ?? 0);
  const merged = await settled(world, exports, ["verified", "unverified", "failed", "stale"]);
  stage.happened(
    merged.state === "verified",
    "alice merged it; a re-scan of main shows the finding gone",
    merged.state,
  );

  stage.chapter("Refusal by command");
  await carol.comment(
    database.pullNumber ?? 0,
    `/draco deny plan:${database.planId} --reason="the reporting job still connects from outside"`,
  );
  const denied = await settled(world, database, ["denied"]);
  stage.done("carol refused it; the pull request is closed and nothing changed", denied.state);
  await eventually("the e-mails", async () => (world.sendgrid.inbox.length > 0 ? world.sendgrid.inbox : undefined));
  stage.done(
    "the SendGrid stand-in took e-mails to ops@acme.example",
    `${world.sendgrid.inbox.length} so far, no tracking`,
  );
}

/** What people see on the terminal, and whether every step happened. */
class Stage {
  readonly #io: Io;
  readonly #rows: { readonly step: string; readonly outcome: string }[] = [];
  #failed = false;
  constructor(io: Io) {
    this.#io = io;
  }
  get allHappened(): boolean {
    return !this.#failed && this.#rows.length > 0;
  }
  title(text: string): void {
    this.#io.out(`\n${pc.bold(text)}\n`);
  }
  chapter(text: string): void {
    this.#io.out(`\n${pc.cyan(text)}\n`);
  }
  note(text: string): void {
    this.#io.out(pc.dim(`  ${text}\n`));
  }
  done(step: string, detail: string): void {
    this.#line(pc.green("done"), step, detail, "done");
  }
  skipped(step: string, detail: string): void {
    this.#line(pc.yellow("skipped"), step, detail, "SKIPPED");
  }
  happened(good: boolean, step: string, detail: string): void {
    if (good) this.done(step, detail);
    else this.fail(`${step}: ${detail}`);
  }
  fail(what: string): void {
    this.#failed = true;
    this.#line(pc.red("FAILED"), what, "", "FAILED");
  }
  #line(mark: string, step: string, detail: string, outcome: string): void {
    this.#rows.push({ step, outcome });
    this.#io.out(`  ${mark}  ${step}\n`);
    if (detail !== "") this.#io.out(pc.dim(`        ${detail}\n`));
  }
  async summary(world: World): Promise<void> {
    const { store } = world.draco.composed.deps;
    const changes = await store.changes.list({});
    const planIds = new Map(changes.map((c) => [c.id, c.planId]));
    const history = [...(await store.history.recent(200))].reverse();
    this.chapter("The history, from the database");
    this.#io.out(`${renderHistory(history, (id) => planIds.get(id) ?? "")}\n`);
    const chains = await store.history.verify();
    this.happened(
      chains.length > 0 && chains.every((c) => c.ok),
      "every entry is chained to the one before it",
      `${history.length} entries`,
    );
    this.chapter("What happened");
    const table = new Table({
      head: ["Step", "Outcome"],
      style: { head: [], border: [], compact: true },
      colWidths: [72, 10],
      wordWrap: true,
    });
    for (const row of this.#rows) table.push([row.step, row.outcome]);
    this.#io.out(`${table.toString()}\n`);
  }
}

async function lookAround(world: World, stage: Stage): Promise<void> {
  stage.chapter("Look around; Ctrl-C stops everything");
  stage.note(`Draco's status page    ${world.url}`);
  stage.note(`  with its history     ${world.url.replace("//", `//draco:${STATUS_PASSWORD}@`)}/history`);
  stage.note(`GitHub, emulated       ${world.github.url}/repos/acme/infra/pulls?state=all  (API; token: alice_token)`);
  stage.note(`Twilio, emulated       ${world.twilio.url}`);
  stage.note(`Gemini STAND-IN        ${world.gemini.url}   everything that was sent to it`);
  stage.note(`SendGrid STAND-IN      ${world.sendgrid.url}   its inbox`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  stage.note("stopping");
}

async function enrolAlice(world: World): Promise<void> {
  const { deps } = world.draco.composed;
  const githubId = await deps.github.userId("alice");
  const enrolment = await enrolPhone(deps, { githubId: githubId ?? 0, login: "alice", number: ALICE_PHONE });
  if (!enrolment.ok) throw new Error(enrolment.reason);
  const text = await eventually("the enrolment code", async () =>
    (await world.twilio.sent()).find((m) => m.body.includes("to enrol this phone")),
  );
  const outcome = await confirmPhone(deps, enrolment.phoneId, codeIn(text.body));
  if (outcome !== "verified") throw new Error(`enrolment: ${outcome}`);
}

const codeIn = (body: string): string => /\b\d{4}-[A-Z]+\b/.exec(body)?.[0] ?? "";

/** The change for a resource of this type, once it waits for approval. */
async function proposal(world: World, type: string, what: string): Promise<Change> {
  const { store } = world.draco.composed.deps;
  return eventually(what, async () => {
    const findings = await store.findings.list({});
    const prints = findings.filter((f) => f.resource.type === type).map((f) => f.fingerprint);
    const changes = await store.changes.list({ states: ["awaiting-approval"] });
    return changes.find((c) => c.fingerprints.some((f) => prints.includes(f)));
  });
}

async function settled(world: World, change: Change, states: readonly ChangeState[]): Promise<Change> {
  return eventually(`change ${change.planId} to be ${states.join(" or ")}`, async () => {
    const now = await world.draco.composed.deps.store.changes.get(change.id);
    return now && states.includes(now.state) ? now : undefined;
  });
}

const planWords = (change: Change): string =>
  change.plan
    ? `plan: ${change.plan.add} to add, ${change.plan.change} to change, ${change.plan.destroy} to destroy`
    : "no plan: no terraform here";

async function proofOf(world: World, change: Change): Promise<string> {
  const [attempt] = await world.draco.composed.deps.store.applies.of(change.id);
  const done = /Apply complete![^\n]*/.exec(attempt?.output ?? "")?.[0] ?? "applied";
  return `${done} Second plan empty, finding gone.`;
}

const smsAbout = async (world: World, change: Change) =>
  (await world.twilio.sent()).find((m) => m.body.includes(`Plan ${change.planId}.`));

interface SeenCheck {
  readonly name: string;
  readonly conclusion: string | null;
  readonly output: { readonly title: string; readonly annotations_count: number };
  readonly id: number;
}

async function checkRun(world: World, sha: string, name: string): Promise<SeenCheck | undefined> {
  const { alice } = world.github.people;
  const { check_runs: runs } = await alice.api<{ check_runs: SeenCheck[] }>(
    "GET",
    `/repos/acme/infra/commits/${sha}/check-runs`,
  );
  const run = runs.find((r) => r.name === name && r.conclusion !== null);
  if (!run) return undefined;
  return run;
}

async function stickyComment(world: World): Promise<{ issue: number; headline: string } | undefined> {
  const { alice } = world.github.people;
  const issues = await alice.api<{ number: number; title: string }[]>("GET", "/repos/acme/infra/issues?state=open");
  const dashboard = issues.find((issue) => issue.title === "Draco dashboard");
  if (!dashboard) return undefined;
  const comments = await alice.api<{ body: string }[]>("GET", `/repos/acme/infra/issues/${dashboard.number}/comments`);
  const headline = comments.map((c) => /^### (.*)$/m.exec(c.body)?.[1]).find((h) => h !== undefined);
  return headline === undefined ? undefined : { issue: dashboard.number, headline };
}

/** Looks again until it is there. Throws after two minutes, naming what never came. */
async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + 120_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`${what} never came`);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

/** The well-known port where it is free and somebody will look; any other in a run for machines. */
async function portOr(port: number, any: boolean): Promise<number> {
  if (any) return freePort();
  const { createServer } = await import("node:net");
  const free = await new Promise<boolean>((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
  return free ? port : freePort();
}

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;
