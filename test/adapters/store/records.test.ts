import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { nextRun } from "../../../src/core/approve/cron.ts";
import { availableKinds, createStore, hasServer, type TestStore } from "../../support/database.ts";

const MINUTE = 60_000;

describe.each(availableKinds())("on %s", (kind) => {
  let test: TestStore;
  let ana: string;
  beforeAll(async () => {
    test = await createStore(kind);
    ana = (await test.store.actors.ensure({ githubId: 7, login: "ana" })).id;
  }, 60_000);
  afterAll(async () => test?.close());

  describe("schedules", () => {
    const lines = [
      { name: "hourly", cron: "0 * * * *", timezone: "UTC" },
      { name: "nightly", cron: "30 2 * * *", timezone: "Europe/Zurich" },
    ];

    it("become exactly what the policy says, and those that did not change keep their next run", async () => {
      await test.store.schedules.replace(1, lines, nextRun);
      expect(await test.store.schedules.of(1)).toMatchObject([
        { name: "hourly", nextRunAt: new Date("2026-11-23T13:00:00Z") },
        { name: "nightly", nextRunAt: new Date("2026-11-24T01:30:00Z") },
      ]);
      test.clock.advance(90 * MINUTE);
      await test.store.schedules.replace(
        1,
        [lines[0] ?? never(), { ...(lines[1] ?? never()), timezone: "UTC" }],
        nextRun,
      );
      expect(await test.store.schedules.of(1)).toMatchObject([
        { name: "hourly", nextRunAt: new Date("2026-11-23T13:00:00Z") },
        { name: "nightly", nextRunAt: new Date("2026-11-24T02:30:00Z") },
      ]);
      await test.store.schedules.replace(1, lines.slice(0, 1), nextRun);
      expect(await test.store.schedules.of(1)).toHaveLength(1);
    });

    it("that were missed while nothing ran are due once, and then at their time again", async () => {
      test.clock.advance(10 * 60 * MINUTE);
      expect(await test.store.schedules.claimDue(nextRun)).toMatchObject([{ repository: 1, name: "hourly" }]);
      expect(await test.store.schedules.claimDue(nextRun)).toEqual([]);
      const [next] = await test.store.schedules.of(1);
      expect(next?.nextRunAt.getTime()).toBeGreaterThan(test.clock.now.getTime());
      test.clock.now = next?.nextRunAt ?? never();
      expect(await test.store.schedules.claimDue(nextRun)).toHaveLength(1);
    });

    it("that will never be due again are gone", async () => {
      await test.store.schedules.replace(1, lines.slice(0, 1), nextRun);
      test.clock.advance(60 * MINUTE);
      expect(await test.store.schedules.claimDue(() => undefined)).toHaveLength(1);
      expect(await test.store.schedules.of(1)).toEqual([]);
    });
  });

  describe("SMS that came in", () => {
    it("are taken with their job, once each, and dealt with once", async () => {
      const sms = { sid: "SM1", fromNumber: "+41790000000", toNumber: "+41780000000", body: "OK \u0000" };
      const before = (await test.queue.depth()).decide.waiting;
      const taken = await Promise.all([1, 2, 3].map(() => test.store.messages.accept(sms)));
      expect(taken.toSorted()).toEqual(["duplicate", "duplicate", "new"]);
      expect((await test.queue.depth()).decide.waiting).toBe(before + 1);
      expect(await test.store.messages.get("SM1")).toMatchObject({ body: "OK \ufffd", fromNumber: "+41790000000" });
      expect(await test.store.messages.finish("SM1", "approved")).toBe(true);
      expect(await test.store.messages.finish("SM1", "denied")).toBe(false);
      expect((await test.store.messages.get("SM1"))?.outcome).toBe("approved");
      await test.store.messages.accept({ ...sms, sid: "SM2" });
      test.clock.advance(MINUTE);
      expect(await test.store.messages.forget(test.clock.now)).toBe(1);
      expect(await test.store.messages.get("SM2")).toBeDefined();
    });
  });

  describe("commands", () => {
    const command = (line: number) => ({
      commentId: "comment:1",
      line,
      repository: 1,
      issueNumber: 12,
      actorId: ana,
      verb: "approve",
      text: "/draco approve\u0000",
    });

    it("are begun once, carried on where nobody came to the end, and never done again", async () => {
      const begun = await Promise.all([1, 2, 3].map(() => test.store.commands.begin(command(1))));
      expect(begun.toSorted()).toEqual(["new", "unfinished", "unfinished"]);
      await test.store.commands.finish("comment:1", 1, "refused", "no \u0000 way");
      expect(await test.store.commands.begin(command(1))).toBe("finished");
      expect(await test.store.commands.begin(command(2))).toBe("new");
      expect(await test.store.commands.last(1, 12)).toMatchObject({ line: 2 });
      expect((await test.store.commands.last(1, 12))?.outcome).toBeUndefined();
      expect(await test.store.commands.last(1, 13)).toBeUndefined();
    });
  });

  describe("the kill switch", () => {
    it("holds for one repository or for all, says who threw it, and ends", async () => {
      expect(await test.store.settings.paused(1)).toBeUndefined();
      await test.store.settings.pause(1, ana, "incident 77");
      expect(await test.store.settings.paused(1)).toMatchObject({ scope: 1, by: ana, reason: "incident 77" });
      expect(await test.store.settings.paused(2)).toBeUndefined();
      expect(await test.store.settings.paused()).toBeUndefined();
      await test.store.settings.pause("all", ana);
      expect(await test.store.settings.paused(2)).toMatchObject({ scope: "all" });
      await test.store.settings.resume("all");
      expect(await test.store.settings.paused(1)).toMatchObject({ scope: 1 });
      await test.store.settings.resume(1);
      expect(await test.store.settings.paused(1)).toBeUndefined();
    });

    it("cannot be taken for open when it cannot be read", async () => {
      await test.database.pool.query("ALTER TABLE settings RENAME TO settings_gone");
      try {
        await expect(test.store.settings.paused(1)).rejects.toThrow();
      } finally {
        await test.database.pool.query("ALTER TABLE settings_gone RENAME TO settings");
      }
    });
  });

  describe("scans", () => {
    it("are remembered with how they ended, newest first", async () => {
      const first = await test.store.scans.begin({ repository: 1, sha: "a", trigger: "push", ref: "main" });
      test.clock.advance(1_000);
      const second = await test.store.scans.begin({ repository: 1, sha: "b", trigger: "pull-request", pullNumber: 4 });
      await test.store.scans.finish(first.id, { files: 3 });
      await test.store.scans.fail(second.id, "GitHub was \u0000 away");
      expect(await test.store.scans.list({ repository: 1 })).toMatchObject([
        { id: second.id, state: "failed", error: "GitHub was \ufffd away", pullNumber: 4 },
        { id: first.id, state: "done", summary: { files: 3 }, finishedAt: test.clock.now },
      ]);
    });
  });

  describe("pull requests", () => {
    const pull = { repository: 1, number: 4, headSha: "h1", baseSha: "b", state: "open" } as const;

    it("keep where their comment is, whatever else is written of them", async () => {
      await test.store.pulls.upsert(pull);
      await test.store.pulls.remember(1, 4, { stickyCommentId: 9_007_199_254_740_991 });
      await test.store.pulls.upsert({ ...pull, headSha: "h2" });
      await test.store.pulls.remember(1, 4, { checkRunId: 5 });
      expect(await test.store.pulls.get(1, 4)).toEqual({
        ...pull,
        headSha: "h2",
        stickyCommentId: 9_007_199_254_740_991,
        checkRunId: 5,
      });
      await test.store.pulls.upsert({ ...pull, number: 5, state: "merged" });
      expect((await test.store.pulls.open(1)).map(({ number }) => number)).toEqual([4]);
    });
  });

  describe("blobs", () => {
    it("come back byte for byte, and go when nobody used them for long", async () => {
      const bytes = Uint8Array.from([0, 255, 10, 13, 0]);
      await test.store.blobs.put(
        new Map([
          ["s1", bytes],
          ["s2", new Uint8Array()],
        ]),
      );
      await test.store.blobs.put(new Map([["s1", bytes]]));
      const found = await test.store.blobs.get(["s1", "s2", "s3"]);
      expect([...found.keys()].toSorted()).toEqual(["s1", "s2"]);
      expect([...(found.get("s1") ?? [])]).toEqual([...bytes]);
      test.clock.advance(2 * 60 * MINUTE);
      await test.store.blobs.get(["s1"]);
      expect(await test.store.blobs.forget(new Date(test.clock.now.getTime() - MINUTE))).toBe(1);
      expect([...(await test.store.blobs.get(["s1", "s2"])).keys()]).toEqual(["s1"]);
    });
  });

  describe("calls of the model", () => {
    it("whose price nobody knows cost nothing that could be added up, and are not free", async () => {
      const call = {
        repository: 1,
        purpose: "fix",
        model: "m",
        requestDigest: "d",
        inputTokens: 10,
        outputTokens: 5,
        durationMs: 3,
        outcome: "accepted",
        gates: { parse: "passed" },
      } as const;
      await test.store.aiCalls.record(call);
      test.clock.advance(1);
      await test.store.aiCalls.record({ ...call, cost: { micros: 1_500n, currency: "USD" } });
      const [priced, unpriced] = await test.store.aiCalls.list();
      expect(priced?.cost).toEqual({ micros: 1_500n, currency: "USD" });
      expect(unpriced).not.toHaveProperty("cost");
      expect(await test.store.aiCalls.spent(new Date(0))).toEqual({ micros: 1_500n, currency: "USD" });
    });
  });
});

(hasServer() ? describe : describe.skip)("schedules with several workers", () => {
  it("are claimed by one of them each", async () => {
    const test = await createStore("postgres");
    try {
      const workers = [test, await test.another(), await test.another()];
      const lines = Array.from({ length: 20 }, (_, n) => ({ name: `s${n}`, cron: "* * * * *", timezone: "UTC" }));
      await test.store.schedules.replace(1, lines, nextRun);
      test.clock.advance(5 * MINUTE);
      const claims = await Promise.all(workers.map(({ store }) => store.schedules.claimDue(nextRun)));
      const names = claims.flat().map(({ name }) => name);
      expect(names.toSorted()).toEqual(lines.map(({ name }) => name).toSorted());
    } finally {
      await test.close();
    }
  }, 60_000);
});

const never = (): never => {
  throw new Error("not there");
};
