import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
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
import { installedTerraform } from "../support/terraform.ts";

interface Api {
  readonly [key: string]: unknown;
}

/** The whole loop over real HTTP and real SQL, each step upon the one before. */
describe("from a push to a proven, approved, applied and recorded fix", () => {
  let loop: Loop;
  let sha: string;
  beforeAll(async () => {
    loop = await startLoop();
    await enrolAlice(loop);
    sha = await pushSomething(loop);
  }, 120_000);
  afterAll(async () => loop.stop(), 60_000);

  const get = <T = Api>(path: string): Promise<T> => loop.github.people.alice.api<T>("GET", `/repos/acme/infra${path}`);

  it("posts one failing check run with an annotation on every line that is wrong", async () => {
    const run = await eventually("the check run", async () => {
      const { check_runs: runs } = await get<{ check_runs: Api[] }>(`/commits/${sha}/check-runs`);
      return runs.find((r) => r.name === "draco/scan" && r.conclusion !== null);
    });
    expect(run.conclusion).toBe("failure");
    expect((run.output as Api).annotations_count).toBeGreaterThanOrEqual(4);
  });

  it("opens proven pull requests: by built-in fixers, and by the model where there is none", async () => {
    const bucket = await changeOf(loop, "aws_s3_bucket", "awaiting-approval");
    const orders = await changeOf(loop, "terraform_data", "awaiting-approval");
    expect(bucket.patch?.by).toBe("fixer");
    expect(orders.patch?.by).toBe("ai");
    const pull = await get(`/pulls/${orders.pullNumber}`);
    for (const part of [
      "What and why",
      "How this was proven",
      orders.planId,
      (orders.digest ?? "").replace("sha256:", ""),
    ]) {
      expect(pull.body).toContain(part);
    }
    const diff = await get<{ files: Api[] }>(`/compare/main...${(pull.head as Api).ref}`);
    expect(diff.files.map((f) => f.filename)).toEqual(["stacks/app/main.tf"]);
  });

  it("declines what only a person can decide, and says why", async () => {
    const advised = await changeOf(loop, "aws_security_group", "advised");
    expect(advised.reason).toContain("person");
    expect(advised.pullNumber).toBeUndefined();
  });

  it("never sent the model a comment, a name in a tag or the bucket's name", async () => {
    const sent = loop.gemini.prompts.map((prompt) => prompt.body).join("\n");
    expect(sent).toContain("app-data-encrypted");
    for (const secret of ["so that they need no account", "acme-finance-exports", "It can be planned"]) {
      expect(sent).not.toContain(secret);
    }
  });

  it("keeps one sticky comment on one dashboard issue, however often it was brought up to date", async () => {
    await quiet(loop);
    const issues = await get<Api[]>("/issues?state=open");
    const boards = issues.filter((issue) => issue.title === "Draco dashboard");
    expect(boards).toHaveLength(1);
    const comments = await get<Api[]>(`/issues/${boards[0]?.number}/comments`);
    expect(comments).toHaveLength(1);
  });

  it("applies what was approved by SMS with the real tool, verifies it, and tells", async () => {
    const change = await changeOf(loop, "terraform_data", "awaiting-approval");
    const ask = await askAbout(loop, change);
    expect(ask.to).toBe(ALICE_PHONE);
    await loop.twilio.reply(ALICE_PHONE, `OK ${codeIn(ask.body)}`);
    const tool = installedTerraform();
    const ended = await becomes(loop, change, tool ? "verified" : "skipped");
    const attempts = await loop.store.applies.of(change.id);
    expect(attempts.map((a) => a.outcome)).toEqual([tool ? "applied" : "skipped"]);
    expect(ended.digest).toBe(attempts[0]?.digest);
    expect((await get(`/pulls/${change.pullNumber}`)).merged).toBe(true);
    if (tool) {
      expect(attempts[0]?.output).toContain("Apply complete!");
      await eventually("the SMS that says so", async () =>
        (await loop.twilio.sent()).find((m) => m.body.includes(`${change.planId} applied and verified`)),
      );
    }
  });

  it("takes a merge by somebody who may decide for an approval, and verifies by a re-scan", async () => {
    const change = await changeOf(loop, "aws_s3_bucket", "awaiting-approval");
    await loop.github.people.alice.merge(change.pullNumber ?? 0);
    await becomes(loop, change, "verified");
    const [approval] = await loop.store.approvals.of(change.id);
    expect(approval).toMatchObject({ surface: "merge", login: "alice", digest: change.digest });
    await quiet(loop);
    const findings = await loop.store.findings.list({});
    expect(findings.filter((f) => change.fingerprints.includes(f.fingerprint)).map((f) => f.state)).toEqual(
      change.fingerprints.map(() => "fixed"),
    );
  });

  it("closes what was denied by command, and never proposes it again", async () => {
    const change = await changeOf(loop, "aws_db_instance", "awaiting-approval");
    await loop.github.people.carol.comment(change.pullNumber ?? 0, `/draco deny --reason="still needed"`);
    await becomes(loop, change, "denied");
    await eventually("the closed pull request", async () =>
      (await get(`/pulls/${change.pullNumber}`)).state === "closed" ? true : undefined,
    );
    await pushSomething(loop, "again");
    await quiet(loop);
    const about = await loop.store.changes.byFingerprint(1, change.fingerprints[0] ?? "");
    expect(about.map((c) => c.state)).toEqual(["denied"]);
  });

  it("leaves a history whose every entry is chained to the one before it", async () => {
    const chains = await loop.store.history.verify();
    expect(chains).toEqual([expect.objectContaining({ ok: true })]);
    const change = await changeOf(loop, "aws_s3_bucket", "verified");
    const events = (await loop.store.history.of(change.id)).map((entry) => entry.event);
    expect(events).toEqual([
      "detect",
      "propose",
      "show",
      "approve",
      "begin-apply",
      "finish-apply",
      "verify",
      "pass-verify",
    ]);
  });

  it("sent every e-mail without tracking, and once", async () => {
    const keys = loop.sendgrid.inbox.map((mail) => `${mail.to} ${mail.subject}`);
    expect(keys.length).toBeGreaterThan(0);
    for (const mail of loop.sendgrid.inbox) {
      expect(JSON.stringify(mail.raw)).toMatch(/"click_tracking":\{"enable":false/);
      expect(JSON.stringify(mail.raw)).toMatch(/"open_tracking":\{"enable":false/);
    }
    const asked = keys.filter((key) => key.includes("approval wanted"));
    expect(new Set(asked).size).toBe(asked.length);
  });
});
