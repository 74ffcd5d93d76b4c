import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { seedFiles } from "../../demo/seed/files.ts";
import {
  ALICE_PHONE,
  askAbout,
  becomes,
  changeOf,
  codeIn,
  enrolAlice,
  eventually,
  type Loop,
  pushSomething,
  quiet,
  startLoop,
} from "../support/loop.ts";

const POLICY = ".github/draco.yml";

/** Two people must agree, so that an approval can be looked at before anything follows from it. */
function needsTwo(): { [path: string]: string } {
  const files = { ...seedFiles() };
  files[POLICY] = (files[POLICY] ?? "").replace("  sms: true", "  sms: true\n  quorum: 2");
  return files;
}

describe("what must never be applied", () => {
  let loop: Loop;
  beforeAll(async () => {
    loop = await startLoop({ files: needsTwo() });
    await enrolAlice(loop);
    await pushSomething(loop);
    await changeOf(loop, "terraform_data", "awaiting-approval");
    await quiet(loop);
  }, 120_000);
  afterAll(async () => loop.stop(), 60_000);

  const stickyOf = async (pullNumber: number): Promise<string> => {
    const path = `/repos/acme/infra/issues/${pullNumber}/comments`;
    const comments = await loop.github.people.alice.api<{ body: string }[]>("GET", path);
    return comments.find((c) => c.body.includes("draco:sticky"))?.body ?? "";
  };
  const answer = (pullNumber: number, what: RegExp): Promise<string> =>
    eventually(`"${what.source}" in the sticky comment`, async () => {
      const body = await stickyOf(pullNumber);
      return what.test(body) ? body : undefined;
    });

  /** A stranger cannot comment on a private repository; on a public one GitHub would send just this. */
  const says = async (login: string, issue: number, body: string): Promise<void> => {
    const { alice } = loop.github.people;
    const [repository, user] = [await alice.api("GET", "/repos/acme/infra"), await alice.api("GET", `/users/${login}`)];
    await loop.github.relay.send("issue_comment", {
      action: "created",
      issue: { number: issue },
      comment: { id: 987_654, body, user },
      repository,
      sender: user,
      installation: { id: loop.github.repo.installationId },
    });
  };

  it("a change that somebody without permission approved", async () => {
    const change = await changeOf(loop, "aws_s3_bucket", "awaiting-approval");
    const number = change.pullNumber ?? 0;
    await loop.github.people.bob.comment(number, `/draco approve plan:${change.planId}`);
    await answer(number, /bob may not do this: needs write permission/);
    await says("mallory", number, `/draco approve plan:${change.planId}`);
    await answer(number, /mallory may not do this: has no access/);
    expect(await loop.store.approvals.of(change.id)).toEqual([]);
  });

  it("a change named by a typo", async () => {
    const change = await changeOf(loop, "aws_s3_bucket", "awaiting-approval");
    await loop.github.people.alice.comment(change.pullNumber ?? 0, "/draco approve plan:ZZZZZZ");
    await answer(change.pullNumber ?? 0, /There is no change ZZZZZZ/);
    await loop.github.people.alice.comment(change.pullNumber ?? 0, "/draco aprove");
    await answer(change.pullNumber ?? 0, /Did you mean/);
    expect(await loop.store.approvals.of(change.id)).toEqual([]);
  });

  it("a command in a quote, in code, or in an edited comment", async () => {
    const change = await changeOf(loop, "aws_s3_bucket", "awaiting-approval");
    const body = `> /draco approve\n\n\`\`\`\n/draco approve\n\`\`\`\n`;
    const id = await loop.github.people.alice.comment(change.pullNumber ?? 0, body);
    await loop.github.people.alice.api("PATCH", `/repos/acme/infra/issues/comments/${id}`, { body: "/draco approve" });
    await quiet(loop);
    expect(await loop.store.approvals.of(change.id)).toEqual([]);
  });

  it("a change approved by an SMS with a wrong code", async () => {
    const change = await changeOf(loop, "terraform_data", "awaiting-approval");
    await loop.twilio.reply(ALICE_PHONE, "OK 0000-BBBBBBB");
    await eventually("the answer to a wrong code", async () =>
      (await loop.twilio.sent()).find((m) => m.body.includes("no open request matches")),
    );
    await loop.twilio.reply(ALICE_PHONE, "OK");
    await quiet(loop);
    expect(await loop.store.approvals.of(change.id)).toEqual([]);
  });

  it("a change approved from an unknown number, which gets no answer", async () => {
    const change = await changeOf(loop, "terraform_data", "awaiting-approval");
    const ask = await askAbout(loop, change);
    await loop.twilio.reply("+41790000000", `OK ${codeIn(ask.body)}`);
    await quiet(loop);
    expect((await loop.twilio.sent()).filter((m) => m.to === "+41790000000")).toEqual([]);
    expect(await loop.store.approvals.of(change.id)).toEqual([]);
  });

  it("a change approved by an SMS that Twilio did not sign", async () => {
    const change = await changeOf(loop, "terraform_data", "awaiting-approval");
    const ask = await askAbout(loop, change);
    const form = {
      From: ALICE_PHONE,
      To: loop.twilio.from,
      Body: `OK ${codeIn(ask.body)}`,
      MessageSid: "SM1",
      AccountSid: loop.twilio.accountSid,
    };
    const response = await fetch(`${loop.url}/api/twilio/inbound`, {
      method: "POST",
      headers: { "x-twilio-signature": createHmac("sha1", "guess").update("x").digest("base64") },
      body: new URLSearchParams(form),
    });
    expect(response.status).toBe(403);
    expect(await loop.store.messages.get("SM1")).toBeUndefined();
  });

  it("an event that GitHub did not sign", async () => {
    const response = await fetch(`${loop.url}/api/github/webhooks`, {
      method: "POST",
      headers: {
        "x-github-delivery": "g1",
        "x-github-event": "push",
        "x-hub-signature-256": `sha256=${"0".repeat(64)}`,
      },
      body: "{}",
    });
    expect(response.status).toBe(401);
    expect(await loop.store.deliveries.get("g1")).toBeUndefined();
  });

  it("something else than what was approved: a push to the branch voids the approval", async () => {
    const change = await changeOf(loop, "terraform_data", "awaiting-approval");
    await loop.github.people.alice.comment(change.pullNumber ?? 0, `/draco approve plan:${change.planId}`);
    await eventually("alice's approval", async () =>
      (await loop.store.approvals.standing(change.id, change.digest ?? "")).length === 1 ? true : undefined,
    );

    const path = "stacks/app/main.tf";
    const branch = change.branch ?? "";
    const now = await loop.github.people.carol.api<{ content: string }>(
      "GET",
      `/repos/acme/infra/contents/${path}?ref=${branch}`,
    );
    const text = Buffer.from(now.content, "base64").toString("utf8").replace("retention = 30", "retention = 31");
    await loop.github.people.carol.push({ branch, message: "Keep it a day longer", files: { [path]: text } });

    const shown = await eventually("the change to be shown again", async () => {
      const later = await loop.store.changes.get(change.id);
      return later?.state === "awaiting-approval" && later.digest !== change.digest ? later : undefined;
    });
    expect(await loop.store.approvals.standing(change.id, shown.digest ?? "")).toEqual([]);
    expect((await loop.store.approvals.of(change.id)).map((a) => a.voidReason)).toEqual(["new-commit"]);

    await loop.github.people.carol.comment(change.pullNumber ?? 0, `/draco approve plan:${change.planId}`);
    await answer(change.pullNumber ?? 0, /contributed to a change do not count/);
    expect(await loop.store.applies.of(change.id)).toEqual([]);
  });

  it("twice what was delivered twice", async () => {
    await quiet(loop);
    const before = await loop.store.changes.list({});
    const pushes = loop.github.relay.deliveries.filter((d) => d.event === "push");
    const again = pushes[0]?.guid ?? "";
    expect(await loop.github.relay.redeliver(again)).toBe(202);
    await quiet(loop);
    expect((await loop.store.changes.list({})).map((c) => c.id).sort()).toEqual(before.map((c) => c.id).sort());
    const scans = await loop.store.scans.list({ limit: 500 });
    const shas = scans.filter((s) => s.trigger === "push").map((s) => s.sha);
    expect(new Set(shas).size).toBe(shas.length);
  });

  it("anything at all while it is paused", async () => {
    const change = await changeOf(loop, "aws_s3_bucket", "awaiting-approval");
    const number = change.pullNumber ?? 0;
    await loop.github.people.carol.comment(number, "/draco pause");
    await answer(number, /needs admin permission/);
    await loop.github.people.alice.comment(number, "/draco pause");
    await answer(number, /\*\*paused\*\*/);
    await loop.github.people.carol.comment(number, `/draco approve plan:${change.planId}`);
    await answer(number, /Draco is paused here/);
    expect(await loop.store.approvals.of(change.id)).toEqual([]);
    await loop.github.people.alice.comment(number, "/draco resume");
    await answer(number, /Resumed/);
  });

  it("before as many people as the policy wants have approved exactly this", async () => {
    const change = await changeOf(loop, "aws_s3_bucket", "awaiting-approval");
    const number = change.pullNumber ?? 0;
    await loop.github.people.alice.review(number, "APPROVE");
    await eventually("one approval", async () =>
      (await loop.store.approvals.of(change.id)).length === 1 ? true : undefined,
    );
    await quiet(loop);
    expect((await loop.store.changes.get(change.id))?.state).toBe("awaiting-approval");
    await loop.github.people.alice.comment(number, "/draco approve");
    await answer(number, /approved already/);
    expect((await loop.store.changes.get(change.id))?.state).toBe("awaiting-approval");
    await loop.github.people.carol.comment(number, "/draco approve");
    await becomes(loop, change, "verified");
    expect((await loop.store.applies.of(change.id)).map((a) => a.outcome)).toEqual(["applied"]);
  });
});
