import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sign } from "@octokit/webhooks-methods";
import fc from "fast-check";
import pino from "pino";
import type { JobRequest } from "../../src/adapters/store/jobs.ts";
import { type Running, startServer } from "../../src/app/server.ts";
import { readSettings } from "../../src/app/settings.ts";
import { handleEvent } from "../../src/flows/process-delivery.ts";
import { type Event, jobsFor, object, type Payload } from "../../src/flows/route-delivery.ts";
import { createEmptyDatabase, createStore, type TestDatabase, type TestStore } from "../support/database.ts";
import { flowDeps } from "../support/flow-deps.ts";

interface Example {
  readonly name: string;
  readonly examples: readonly Payload[];
}

/** What GitHub has really sent, as Octokit keeps it: some hundred payloads of all events. */
const examples: readonly Example[] = JSON.parse(
  await readFile(createRequire(import.meta.url).resolve("@octokit/webhooks-examples"), "utf8"),
);
const events: readonly Event[] = examples.flatMap(({ name, examples: payloads }) =>
  payloads.map((payload, n) => ({ name, guid: `${name}-${n}`, payload })),
);

const SECRET = "a webhook secret that is long enough";
const BEFORE = "the secret that was there before it, as long";
const TOO_LARGE = 25 * 1024 * 1024 + 1;

describe("the webhook door of a running server", () => {
  let database: TestDatabase;
  let dataDir: string;
  let server: Running;
  beforeAll(async () => {
    database = await createEmptyDatabase();
    dataDir = await mkdtemp(join(tmpdir(), "draco-webhooks-"));
    const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const read = readSettings(
      {
        APP_ID: "12",
        PRIVATE_KEY: key.export({ type: "pkcs8", format: "pem" }) as string,
        WEBHOOK_SECRET: SECRET,
        WEBHOOK_SECRET_PREVIOUS: BEFORE,
        DRACO_AUDIT_KEY: "an audit key that is long enough for it",
        DRACO_PUBLIC_URL: "https://draco.example",
        ...(database.url === undefined ? { DRACO_DATA_DIR: dataDir } : { DATABASE_URL: database.url }),
      },
      "web",
      () => "",
    );
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    const settings = { ...read.settings, host: "127.0.0.1", port: 0, dataDir };
    server = await startServer(settings, pino({ level: "silent" }));
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    await database?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function post(event: Pick<Event, "guid" | "name">, body: string, signature?: string): Promise<number> {
    const response = await fetch(`${server.url}/api/github/webhooks`, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        "x-github-delivery": event.guid,
        "x-github-event": event.name,
        "x-hub-signature-256": signature ?? (await sign(SECRET, body)),
      },
    });
    await response.arrayBuffer();
    return response.status;
  }
  const stored = async (guid?: string): Promise<number> => {
    const { rows } = await server.composed.database.pool.query(
      "SELECT count(*)::int AS n FROM webhook_deliveries WHERE $1::text IS NULL OR guid = $1",
      [guid ?? null],
    );
    return rows[0].n;
  };
  const statuses = async (posts: readonly Promise<number>[]) => [...new Set(await Promise.all(posts))];

  it("stores each of GitHub's own payloads once, with its job, however often it comes", async () => {
    expect(events.length).toBeGreaterThan(300);
    const before = await stored();
    const send = (event: Event) => post(event, JSON.stringify(event.payload));
    expect(await statuses(events.map(send))).toEqual([202]);
    expect(await statuses(events.map(send))).toEqual([202]);
    expect(await stored()).toBe(before + events.length);
    expect((await server.composed.queue.depth())["receive-delivery"].waiting).toBe(events.length);
    const sample = events.find((event) => event.name === "pull_request");
    const kept = await server.composed.deps.store.deliveries.get(sample?.guid ?? "");
    expect(kept).toMatchObject({ event: "pull_request", payload: sample?.payload });
  }, 120_000);

  it("takes what the previous secret has signed, and nothing that nobody has", async () => {
    const event = { guid: "signatures", name: "push" };
    const body = JSON.stringify({ ref: "refs/heads/main" });
    const wrong = [
      await sign("another secret that is long enough, too", body),
      await sign(SECRET, `${body} `),
      (await sign(SECRET, body)).replace("sha256=", "sha1="),
      (await sign(SECRET, body)).slice(0, -1),
      "sha256=",
    ];
    expect(await statuses(wrong.map((signature) => post(event, body, signature)))).toEqual([401]);
    expect(await stored("signatures")).toBe(0);
    expect(await post(event, body, await sign(BEFORE, body))).toBe(202);
    expect(await stored("signatures")).toBe(1);
  });

  it("refuses what is signed and cut off, or no object, or too large, and keeps nothing of it", async () => {
    const before = await stored();
    const whole = JSON.stringify(events[0]?.payload);
    for (const body of [whole.slice(0, -1), "[]", "null", "7", '"text"'])
      expect(await post({ guid: "malformed", name: "push" }, body)).toBe(400);
    const large = JSON.stringify({ text: "x".repeat(TOO_LARGE) });
    expect(await post({ guid: "large", name: "push" }, large)).toBe(413);
    expect(await stored()).toBe(before);
  }, 60_000);

  it("answers 503 while the database cannot take it, and takes it when it comes again", async () => {
    const event = { guid: "away", name: "push" };
    const { pool } = server.composed.database;
    await pool.query("ALTER TABLE webhook_deliveries RENAME TO webhook_deliveries_gone");
    try {
      expect(await post(event, "{}")).toBe(503);
    } finally {
      await pool.query("ALTER TABLE webhook_deliveries_gone RENAME TO webhook_deliveries");
    }
    expect(await stored("away")).toBe(0);
    expect(await post(event, "{}")).toBe(202);
    expect(await stored("away")).toBe(1);
  });
});

describe("what follows from a delivery", () => {
  let test: TestStore;
  beforeAll(async () => {
    test = await createStore();
  }, 60_000);
  afterAll(async () => test?.close());

  const bot = { login: "renovate[bot]", id: 999_999, type: "Bot" };
  /** The same event, with a bot wherever somebody acts in it. */
  const byBot = (event: Event): Event => {
    const over = (value: unknown, ...fields: string[]) =>
      value === undefined ? {} : { ...object(value), ...Object.fromEntries(fields.map((field) => [field, bot])) };
    const { review, comment, pull_request: pull } = event.payload;
    return {
      ...event,
      payload: {
        ...event.payload,
        sender: bot,
        ...(review !== undefined && { review: over(review, "user") }),
        ...(comment !== undefined && { comment: over(comment, "user") }),
        ...(pull !== undefined && { pull_request: over(pull, "user", "merged_by") }),
      },
    };
  };
  const decisions = (jobs: readonly JobRequest[]) => jobs.flatMap((job) => (job.name === "decide" ? [job.data] : []));

  it("is worked out for every payload of GitHub's without an error", async () => {
    const deps = flowDeps(test, {
      repository: async (_, owner, name) => ({
        id: 1296269,
        owner,
        name,
        private: false,
        defaultBranch: "main",
        archived: false,
        installationId: 1,
      }),
    });
    const failed: string[] = [];
    for (const event of events) {
      await handleEvent(deps, event).catch((error) => failed.push(`${event.guid}: ${error}`));
    }
    expect(failed).toEqual([]);
    const depth = await test.queue.depth();
    expect(depth["scan-repository"].waiting).toBeGreaterThan(0);
  }, 120_000);

  it("is nothing for a repository that no installation of ours gave, or that was deleted", async () => {
    const deps = flowDeps(test, {});
    const pull = { number: 1, head: { sha: "h" }, base: { sha: "b" }, state: "open" };
    const repository = { id: 424_242, name: "gone", owner: { login: "acme" }, default_branch: "main" };
    const event = (name: string, payload: Payload): Event => ({
      guid: name,
      name,
      payload: { repository, ...payload },
    });
    await handleEvent(deps, event("pull_request", { action: "labeled", pull_request: pull }));
    expect(await test.store.pulls.get(424_242, 1)).toBeUndefined();

    const installation = { id: 77 };
    await handleEvent(deps, event("pull_request", { action: "labeled", pull_request: pull, installation }));
    expect(await test.store.pulls.get(424_242, 1)).toMatchObject({ headSha: "h" });
    await handleEvent(deps, event("repository", { action: "deleted", installation }));
    expect((await test.store.repositories.get(424_242))?.removedAt).toBeDefined();
  });

  it("is what it says, for a push, a pull request, a comment and a button", () => {
    const repository = { id: 1, default_branch: "main" };
    const sender = { id: 7, login: "ana", type: "User" };
    const jobs = (name: string, payload: Payload) =>
      jobsFor({ guid: "g", name, payload: { repository, sender, ...payload } });
    expect(jobs("push", { ref: "refs/heads/main", after: "abc" })).toMatchObject([
      { name: "scan-repository", data: { sha: "abc", trigger: "push" } },
    ]);
    expect(jobs("push", { ref: "refs/heads/other", after: "abc" })).toEqual([]);
    expect(jobs("push", { ref: "refs/heads/main", after: "0".repeat(40), deleted: true })).toEqual([]);
    const issue = { number: 4 };
    const say = (body: string) =>
      jobs("issue_comment", { action: "created", issue, comment: { id: 9, user: sender, body } });
    expect(say("hello\n/draco approve")).toMatchObject([
      { name: "decide", data: { source: "comment:9", issueNumber: 4, githubUser: { id: 7 } } },
    ]);
    expect(say("say /draco approve")).toEqual([]);
    expect(
      jobs("check_run", {
        action: "requested_action",
        requested_action: { identifier: "approve" },
        check_run: { head_sha: "h", external_id: "7F3K9Q", pull_requests: [{ number: 4 }] },
      }),
    ).toMatchObject([{ data: { surface: "check-button", what: { planId: "7F3K9Q", headSha: "h" } } }]);
  });

  it("is nobody's word where a bot acts", () => {
    const people = events.flatMap((event) => decisions(jobsFor(event)));
    expect(people.filter((decision) => decision.githubUser).length).toBeGreaterThan(0);
    const spoken = events.map(byBot).flatMap((event) => decisions(jobsFor(event)));
    expect(spoken.filter((decision) => decision.githubUser !== undefined)).toEqual([]);
    expect([...new Set(spoken.map((decision) => decision.what.kind))]).toEqual(["merge"]);
  });

  it("never throws, whatever JSON it is, and whatever is missing in real payloads", () => {
    const names = [...examples.map(({ name }) => name), "no_such_event"];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.dictionary(fc.string(), fc.jsonValue()), (name, payload) => {
        jobsFor({ guid: "g", name, payload: payload as Payload });
      }),
    );
    const acting = events.filter((event) => jobsFor(event).length > 0);
    fc.assert(
      fc.property(fc.constantFrom(...acting), fc.nat(), fc.jsonValue(), (event, at, junk) => {
        const keys = Object.keys(event.payload);
        const broken = keys[at % keys.length] ?? "";
        const inner = object(event.payload[broken]);
        const innerKeys = Object.keys(inner);
        const deep = { ...inner, [innerKeys[at % Math.max(1, innerKeys.length)] ?? "id"]: junk };
        for (const value of [junk, deep]) jobsFor({ ...event, payload: { ...event.payload, [broken]: value } });
      }),
      { numRuns: 500 },
    );
  });
});
