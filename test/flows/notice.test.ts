import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { RateLimited, Refused, Unreachable } from "../../src/adapters/errors.ts";
import { hashCode } from "../../src/core/approve/code.ts";
import { parsePolicy } from "../../src/core/approve/policy.ts";
import type { Deps } from "../../src/flows/deps.ts";
import { askApprovers } from "../../src/flows/send-alerts.ts";
import { sendMessage } from "../../src/flows/send-message.ts";
import { AUDIT_KEY, createStore, type TestStore } from "../support/database.ts";
import { flowDeps } from "../support/flow-deps.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const PHONE = "+41791112233";

describe("messages", () => {
  let test: TestStore;
  let key = 0;
  beforeAll(async () => {
    test = await createStore();
  }, 60_000);
  afterAll(async () => test?.close());

  const smsThat = (send: () => Promise<string>): Pick<Deps, "sms"> => ({
    sms: {
      sendSms: send,
      validateInbound: () => false,
      parseInbound: () => undefined,
      redactMessage: async () => undefined,
      check: async () => ({ status: "active" }),
    },
  });
  const add = async (channel: "sms" | "email" | "github" = "sms") =>
    (
      await test.store.outbox.add({
        idempotencyKey: `n-${++key}`,
        channel,
        payload: { to: PHONE, body: "hello", issue: 4, repository: { id: 1 } },
      })
    ).id;

  describe("being sent", () => {
    it("are handed over once, however often the job runs", async () => {
      const id = await add();
      let sent = 0;
      const deps = flowDeps(
        test,
        {},
        smsThat(async () => `SM${++sent}`),
      );
      await Promise.all([1, 2, 3].map(() => sendMessage(deps, { outboxId: id })));
      await sendMessage(deps, { outboxId: id });
      expect(sent).toBe(1);
      expect(await test.store.outbox.get(id)).toMatchObject({ state: "sent", providerId: "SM1" });
    });

    it("are not sent again when the answer never came: the first may have arrived", async () => {
      const id = await add();
      let tries = 0;
      const deps = flowDeps(
        test,
        {},
        smsThat(async () => {
          tries++;
          throw new Unreachable("Twilio", "timeout of 15000ms exceeded", undefined, true);
        }),
      );
      await sendMessage(deps, { outboxId: id });
      await sendMessage(deps, { outboxId: id });
      expect(tries).toBe(1);
      expect(await test.store.outbox.get(id)).toMatchObject({ state: "failed" });
      expect(deps.logged).toMatchObject([{ level: "warn" }]);
    });

    it.each([
      ["no contact", new Unreachable("Twilio", "no route")],
      ["a rate limit", new RateLimited("Twilio", "slow down", 1_000)],
      ["a refusal for now", new Error("internal server error")],
    ])("are tried again after %s, and then sent", async (_, error) => {
      const id = await add();
      let tries = 0;
      const deps = flowDeps(
        test,
        {},
        smsThat(async () => {
          if (++tries === 1) throw error;
          return "SM-again";
        }),
      );
      await sendMessage(deps, { outboxId: id });
      expect(await test.store.outbox.get(id)).toMatchObject({ state: "pending", attempts: 1 });
      expect(deps.logged).toMatchObject([{ level: "warn", message: "message not sent" }]);
      await sendMessage(deps, { outboxId: id });
      expect(await test.store.outbox.get(id)).toMatchObject({ state: "sent", attempts: 2 });
    });

    it("are never tried again after a final refusal; one that says STOP is remembered", async () => {
      const actor = await test.store.actors.ensure({ githubId: 50, login: "opted-out" });
      const enrolment = { actorId: actor.id, e164: PHONE, codeHash: "h", expiresAt: new Date("2027-01-01") };
      const phone = await test.store.phones.enrol(enrolment);
      await test.store.phones.verify(phone?.id ?? "", "h");
      const id = await add();
      const deps = flowDeps(
        test,
        {},
        smsThat(() => Promise.reject(new Refused("Twilio", "the person said STOP", "21610"))),
      );
      await sendMessage(deps, { outboxId: id });
      expect(await test.store.outbox.get(id)).toMatchObject({ state: "failed" });
      expect((await test.store.phones.byNumber(PHONE))?.optedOutAt).toBeDefined();
      await sendMessage(deps, { outboxId: id });
      expect(await test.store.outbox.get(id)).toMatchObject({ state: "failed", attempts: 1 });
    });

    it("fail for good where their channel is not set up", async () => {
      for (const channel of ["sms", "email"] as const) {
        const id = await add(channel);
        await sendMessage(flowDeps(test, {}), { outboxId: id });
        expect(await test.store.outbox.get(id)).toMatchObject({ state: "failed" });
      }
    });

    it("to a pull request go to GitHub", async () => {
      const said: unknown[] = [];
      const deps = flowDeps(test, {
        comment: async (_, issue, body) => {
          said.push([issue, body]);
          return 99;
        },
      });
      const id = await add("github");
      await sendMessage(deps, { outboxId: id });
      expect(said).toEqual([[4, "hello"]]);
      expect(await test.store.outbox.get(id)).toMatchObject({ state: "sent", providerId: "99" });
    });
  });

  describe("that ask for approval", () => {
    it("are sent once for what is shown, with a code that goes on working; asked again, with a new one", async () => {
      const { store } = test;
      const actor = await store.actors.ensure({ githubId: 60, login: "ana" });
      const e164 = "+41794445566";
      const phone = await store.phones.enrol({
        actorId: actor.id,
        e164,
        codeHash: "x",
        expiresAt: new Date("2027-01-01"),
      });
      await store.phones.verify(phone?.id ?? "", "x");
      const repository = await store.repositories.get(1);
      const made = await store.changes.create({
        repository: 1,
        kind: "code",
        title: "Close the bucket",
        root: "",
        fingerprints: ["ask"],
        engine: "none",
        risk: "in-place",
        quorum: 1,
        actor: "system",
      });
      const change = { ...made.change, digest: DIGEST, pullNumber: 12 };
      const { policy } = parsePolicy("version: 1\napprove: { sms: true }");
      const deps = flowDeps(
        test,
        { permissionOf: async () => "write" },
        smsThat(async () => "SM"),
      );
      if (!repository) throw new Error("no repository");
      const messages = async () =>
        (await store.outbox.list({ changeId: change.id })).map((m) => String(m.payload.body));
      const codeOf = (body: string) => /\b\d{4}-[A-Z]{7}\b/.exec(body)?.[0] ?? "";
      const works = async (body: string) =>
        (await store.codes.find(phone?.id ?? "", hashCode(AUDIT_KEY, codeOf(body)))) !== undefined;

      await askApprovers(deps, repository, change, "high", policy);
      await askApprovers(deps, repository, change, "high", policy);
      const [first, ...more] = await messages();
      expect(more).toEqual([]);
      expect(await works(first ?? "")).toBe(true);

      test.clock.advance(1_000);
      await askApprovers(deps, repository, change, "high", policy, "comment:5");
      const both = await messages();
      expect(both).toHaveLength(2);
      expect(await works(first ?? "")).toBe(false);
      expect(await works(both[0] ?? "")).toBe(true);
    });
  });
});
