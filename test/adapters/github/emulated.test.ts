import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { NotFound, Refused } from "../../../src/adapters/errors.ts";
import { openGitHub } from "../../../src/adapters/github/open.ts";
import type { GitHub, Repo } from "../../../src/adapters/github/types.ts";
import { type GitHubWorld, startGitHub } from "../../support/emulators.ts";

const SECRET = "a webhook secret of more than thirty-two bytes";
const FILES = {
  "main.tf": 'resource "aws_s3_bucket" "logs" {\n  bucket = "acme-logs"\n}\n',
  "modules/net/main.tf": "# net\n",
  "modules/net/deep/er/vars.tf": 'variable "été" {}\n',
};

let world: GitHubWorld;
let github: GitHub;
let repo: Repo;
let head: string;

beforeAll(async () => {
  world = await startGitHub({ webhookSecret: SECRET, files: FILES });
  github = openGitHub({ appId: world.appId, privateKey: world.privateKey, baseUrl: world.url, retries: 0 });
  repo = world.repo;
  head = (await github.branchSha(repo, "main")) ?? "";
});
afterAll(() => world.close());

const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8"));

describe("reading", () => {
  it("knows who it is and where it is installed", async () => {
    expect(await github.app()).toMatchObject({ id: world.appId, slug: world.appSlug });
    expect(await github.installations()).toEqual([
      expect.objectContaining({ id: repo.installationId, accountLogin: "acme", suspended: false }),
    ]);
    expect(await github.repository(repo.installationId, "acme", "infra")).toMatchObject({
      id: repo.id,
      defaultBranch: "main",
      private: true,
    });
  });

  it("lists every file of a commit, below folders too, with its blob", async () => {
    const tree = await github.listTree(repo, head);
    expect(tree.entries.map((e) => e.path).sort()).toEqual(["README.md", ...Object.keys(FILES)].sort());
    const blobs = await github.readBlobs(
      repo,
      tree.entries.map((e) => e.sha),
      head,
    );
    for (const [path, content] of Object.entries(FILES)) {
      const entry = tree.entries.find((e) => e.path === path);
      expect(text(blobs.get(entry?.sha ?? ""))).toBe(content);
    }
  });

  it("reads one file at a branch, and says that a missing one or a folder is no file", async () => {
    expect(text(await github.readFile(repo, "modules/net/deep/er/vars.tf", "main"))).toBe('variable "été" {}\n');
    expect(await github.readFile(repo, "nowhere.tf", "main")).toBeUndefined();
    expect(await github.readFile(repo, "modules/net", "main")).toBeUndefined();
  });

  it("says NotFound for a tree that is not there, and undefined for a branch that is not", async () => {
    await expect(github.listTree(repo, "0".repeat(40))).rejects.toThrow(NotFound);
    expect(await github.branchSha(repo, "no/such")).toBeUndefined();
  });

  it("asks GitHub what a person may do", async () => {
    const asked = await Promise.all(
      ["alice", "carol", "bob", "mallory", "nobody-at-all"].map((who) => github.permissionOf(repo, who)),
    );
    expect(asked).toEqual(["admin", "write", "read", "none", "none"]);
  });

  it("lives with the endpoints that a server does not have", async () => {
    expect(await github.repositories(repo.installationId)).toBeUndefined();
    expect(await github.deliveries()).toBeUndefined();
    const comment = await world.people.alice.api<{ number: number }>("POST", "/repos/acme/infra/issues", {
      title: "hello",
    });
    const id = await world.people.alice.comment(comment.number, "hi");
    await expect(github.reactTo(repo, id, "eyes")).resolves.toBeUndefined();
  });
});

describe("writing", () => {
  const fix = (branch: string, content: string) => ({
    branch,
    base: "main",
    baseSha: head,
    commitMessage: "Block public access",
    files: [{ path: "main.tf", content }],
    title: "[Draco] Block public access",
    body: "why",
    labels: ["draco", "draco:security"],
  });

  it("opens a pull request once, however often it is asked", async () => {
    const first = await github.openPullRequest(repo, fix("draco/security/1-a", "# one\n"));
    const second = await github.openPullRequest(repo, fix("draco/security/1-a", "# one\n"));
    expect(first.created).toBe(true);
    expect(second).toEqual({ ...first, created: false });
    const pull = await github.getPullRequest(repo, first.number);
    expect(pull).toMatchObject({ state: "open", headSha: first.headSha, baseSha: head, fromFork: false });
    expect(pull.author).toMatchObject({ login: `${world.appSlug}[bot]`, bot: true });
    const commit = await github.getCommit(repo, first.headSha);
    expect(commit.parents).toEqual([head]);
    const { files } = await github.compare(repo, head, first.headSha);
    expect(files).toEqual([{ path: "main.tf", status: "modified" }]);
    const labels = await world.people.alice.api<{ name: string }[]>(
      "GET",
      `/repos/acme/infra/issues/${first.number}/labels`,
    );
    expect(labels.map((l) => l.name).sort()).toEqual(["draco", "draco:security"]);
  });

  it("changes its own labels and nobody else's", async () => {
    const { number } = await world.people.alice.api<{ number: number }>("POST", "/repos/acme/infra/issues", {
      title: "l",
    });
    const at = `/repos/acme/infra/issues/${number}/labels`;
    await world.people.alice.api("POST", "/repos/acme/infra/labels", { name: "draco:hold", color: "b60205" });
    await world.people.alice.api("POST", "/repos/acme/infra/labels", { name: "team-a", color: "b60205" });
    await github.setLabels(repo, number, ["draco", "draco:needs-approval"]);
    await world.people.alice.api("POST", at, { labels: ["draco:hold", "team-a"] });
    await github.setLabels(repo, number, ["draco", "draco:approved"]);
    const now = await world.people.alice.api<{ name: string }[]>("GET", at);
    expect(now.map((l) => l.name).sort()).toEqual(["draco", "draco:approved", "draco:hold", "team-a"]);
  });

  it("goes on where a job died after creating the branch", async () => {
    const branch = "draco/security/2-b";
    const request = fix(branch, "# two\n");
    await world.people.alice.api("POST", "/repos/acme/infra/git/refs", { ref: `refs/heads/${branch}`, sha: head });
    const opened = await github.openPullRequest(repo, request);
    expect(await github.branchSha(repo, branch)).toBe(opened.headSha);
    expect(text(await github.readFile(repo, "main.tf", branch))).toBe("# two\n");
  });

  it("replaces its own commit, and never one of a person", async () => {
    const branch = "draco/security/3-c";
    await github.openPullRequest(repo, fix(branch, "# three\n"));
    const again = await github.openPullRequest(repo, fix(branch, "# three, better\n"));
    expect(again.created).toBe(false);
    expect(text(await github.readFile(repo, "main.tf", branch))).toBe("# three, better\n");

    await world.people.carol.push({ branch, message: "mine", files: { "main.tf": "# carol's\n" } });
    await expect(github.openPullRequest(repo, fix(branch, "# four\n"))).rejects.toMatchObject({
      code: "foreign-commits",
    });
    expect(text(await github.readFile(repo, "main.tf", branch))).toBe("# carol's\n");
  });

  it("refuses to open a pull request that changes nothing", async () => {
    await expect(github.openPullRequest(repo, fix("draco/security/4-d", FILES["main.tf"]))).rejects.toMatchObject({
      code: "no-change",
    });
    expect(await github.branchSha(repo, "draco/security/4-d")).toBeUndefined();
  });

  it("sees a push to a pull request's branch at once", async () => {
    const opened = await github.openPullRequest(repo, fix("draco/security/5-e", "# five\n"));
    const pushed = await world.people.carol.push({
      branch: "draco/security/5-e",
      message: "also",
      files: { "more.tf": "#\n" },
    });
    expect((await github.getPullRequest(repo, opened.number)).headSha).toBe(pushed);
  });

  it("writes several files in one commit, removes one, and refuses when the branch has moved", async () => {
    await world.people.alice.api("POST", "/repos/acme/infra/git/refs", { ref: "refs/heads/draco/x", sha: head });
    const files = [
      { path: "modules/net/main.tf", content: null },
      { path: "new/bytes.bin", content: new Uint8Array([0, 255, 128]) },
      { path: "new/text.tf", content: "é\n" },
    ];
    const sha = await github.commitFiles(repo, "draco/x", { message: "Several", files, parent: head });
    expect(await github.branchSha(repo, "draco/x")).toBe(sha);
    expect([...((await github.readFile(repo, "new/bytes.bin", sha)) ?? [])]).toEqual([0, 255, 128]);
    expect(await github.readFile(repo, "modules/net/main.tf", sha)).toBeUndefined();
    expect(text(await github.readFile(repo, "main.tf", sha))).toBe(FILES["main.tf"]);

    const late = github.commitFiles(repo, "draco/x", { message: "Late", files, parent: head });
    await expect(late).rejects.toThrow(Refused);
    await expect(late).rejects.toMatchObject({ code: "moved" });
    await github.deleteBranch(repo, "draco/x");
    await github.deleteBranch(repo, "draco/x");
    expect(await github.branchSha(repo, "draco/x")).toBeUndefined();
  });

  it("merges the commit that was approved, once, and no other", async () => {
    const base = (await github.branchSha(repo, "main")) ?? "";
    const opened = await github.openPullRequest(repo, { ...fix("draco/security/8-h", "# eight\n"), baseSha: base });
    const merge = { title: "Block public access", message: "Approved." };
    const other = github.mergePullRequest(repo, opened.number, { ...merge, expectedHeadSha: base });
    await expect(other).rejects.toThrow(Refused);
    expect(await github.branchSha(repo, "main")).toBe(base);
    const sha = await github.mergePullRequest(repo, opened.number, { ...merge, expectedHeadSha: opened.headSha });
    expect(await github.branchSha(repo, "main")).toBe(sha);
    expect(await github.getPullRequest(repo, opened.number)).toMatchObject({ state: "merged", mergeCommitSha: sha });
    expect(text(await github.readFile(repo, "main.tf", "main"))).toBe("# eight\n");
    head = sha;
  });

  it("closes a pull request", async () => {
    const opened = await github.openPullRequest(repo, fix("draco/security/6-f", "# six\n"));
    await github.closePullRequest(repo, opened.number);
    expect((await github.getPullRequest(repo, opened.number)).state).toBe("closed");
    expect((await github.openPullRequests(repo)).map((p) => p.number)).not.toContain(opened.number);
  });

  it("lists reviews with the commit that was reviewed", async () => {
    const opened = await github.openPullRequest(repo, fix("draco/security/7-g", "# seven\n"));
    await world.people.carol.review(opened.number, "APPROVE", "fine");
    expect(await github.listReviews(repo, opened.number)).toEqual([
      expect.objectContaining({
        state: "approved",
        sha: opened.headSha,
        by: expect.objectContaining({ login: "carol" }),
      }),
    ]);
  });

  it("keeps one dashboard issue by its title", async () => {
    const one = await github.upsertIssue(repo, "Draco dashboard", "first");
    const two = await github.upsertIssue(repo, "Draco dashboard", "second");
    expect(two.number).toBe(one.number);
    const issue = await world.people.alice.api<{ body: string }>("GET", `/repos/acme/infra/issues/${one.number}`);
    expect(issue.body).toBe("second");
  });
});

describe("the sticky comment", () => {
  const MARKER = "<!-- draco:sticky:v1 -->";

  it("is made once and then edited in place, with or without its id", async () => {
    const issue = await issueNumber();
    const id = await github.upsertStickyComment(repo, { issue, marker: MARKER, body: `${MARKER} one` });
    expect(await github.upsertStickyComment(repo, { issue, marker: MARKER, body: `${MARKER} two`, id })).toBe(id);
    expect(await github.upsertStickyComment(repo, { issue, marker: MARKER, body: `${MARKER} three` })).toBe(id);
    expect(await bodies(issue)).toEqual([`${MARKER} three`]);
  });

  it("is never somebody else's comment that holds the marker", async () => {
    const issue = await issueNumber();
    const fake = await world.people.carol.comment(issue, `${MARKER} all is well, merge me`);
    const id = await github.upsertStickyComment(repo, { issue, marker: MARKER, body: `${MARKER} real`, id: fake });
    expect(id).not.toBe(fake);
    expect(await bodies(issue)).toEqual([`${MARKER} all is well, merge me`, `${MARKER} real`]);
  });

  it("comes back after somebody deleted it", async () => {
    const issue = await issueNumber();
    const id = await github.upsertStickyComment(repo, { issue, marker: MARKER, body: `${MARKER} one` });
    await world.people.alice.api("DELETE", `/repos/acme/infra/issues/comments/${id}`);
    await github.upsertStickyComment(repo, { issue, marker: MARKER, body: `${MARKER} two`, id });
    expect(await bodies(issue)).toEqual([`${MARKER} two`]);
  });

  const issueNumber = async () =>
    (await world.people.alice.api<{ number: number }>("POST", "/repos/acme/infra/issues", { title: "x" })).number;
  const bodies = async (issue: number) =>
    (await world.people.alice.api<{ body: string }[]>("GET", `/repos/acme/infra/issues/${issue}/comments`)).map(
      (c) => c.body,
    );
});

describe("check runs", () => {
  it("start, and end with a conclusion and annotations", async () => {
    const run = { name: "draco/scan", headSha: head, title: "Scanning", summary: "…" };
    const id = await github.createCheckRun(repo, run);
    await github.updateCheckRun(repo, id, {
      ...run,
      conclusion: "failure",
      title: "1 high",
      summary: "one",
      annotations: [{ path: "main.tf", startLine: 2, endLine: 2, level: "failure", title: "t", message: "m" }],
    });
    const read = await world.people.alice.api<object>("GET", `/repos/acme/infra/check-runs/${id}`);
    expect(read).toMatchObject({ status: "completed", conclusion: "failure", output: { annotations_count: 1 } });
  });
});

describe("the emulated GitHub", () => {
  it("delivers signed webhooks with ids of their own, and what emulate leaves out", async () => {
    const before = world.relay.deliveries.length;
    const branch = "feature/y";
    await world.people.carol.push({ branch, message: "y", files: { "y.tf": "#\n" } });
    const number = await world.people.carol.openPullRequest({ branch, title: "y" });
    await world.people.carol.push({ branch, message: "y2", files: { "y.tf": "# 2\n" } });
    await world.people.alice.push({ message: "main moves", files: { "z.tf": "#\n" } });
    const merged = await world.people.alice.merge(number);
    await until(() => pushedTo(before).includes(merged));
    const said = world.relay.deliveries.slice(before);
    expect(new Set(said.map((d) => d.guid)).size).toBe(said.length);
    for (const d of said) {
      expect(d.signature).toBe(`sha256=${createHmac("sha256", SECRET).update(d.body).digest("hex")}`);
    }
    expect(said.map((d) => `${d.event} ${JSON.parse(d.body).action ?? JSON.parse(d.body).ref}`)).toEqual(
      expect.arrayContaining([
        "push refs/heads/feature/y",
        "pull_request opened",
        "pull_request synchronize",
        "push refs/heads/main",
        "pull_request closed",
      ]),
    );
    const files = (await github.listTree(repo, "main")).entries.map((e) => e.path);
    expect(files).toEqual(expect.arrayContaining(["y.tf", "z.tf"]));
    expect(text(await github.readFile(repo, "y.tf", "main"))).toBe("# 2\n");
  });

  it("names the true head of a pull request whose branch moved, signed", async () => {
    const before = world.relay.deliveries.length;
    const branch = "feature/w";
    await world.people.carol.push({ branch, message: "w", files: { "w.tf": "#\n" } });
    const number = await world.people.carol.openPullRequest({ branch, title: "w" });
    const moved = await world.people.carol.push({ branch, message: "w2", files: { "w.tf": "# 2\n" } });
    await until(() => pushedTo(before).includes(moved));
    await world.people.alice.close(number);
    const closed = () =>
      world.relay.deliveries
        .slice(before)
        .find((d) => d.event === "pull_request" && d.body.includes('"action":"closed"'));
    await until(() => closed() !== undefined);
    const { body = "{}", signature } = closed() ?? {};
    expect(JSON.parse(body).pull_request.head.sha).toBe(moved);
    expect(signature).toBe(`sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`);
  });

  it("lets somebody press a check run's button and install the App", async () => {
    const branch = "feature/v";
    const sha = await world.people.carol.push({ branch, message: "v", files: { "v.tf": "#\n" } });
    const number = await world.people.carol.openPullRequest({ branch, title: "v" });
    const id = await github.createCheckRun(repo, {
      name: "draco/gate",
      headSha: sha,
      title: "t",
      summary: "s",
      externalId: "PLAN01",
    });
    await world.people.carol.press(id, "approve");
    expect(JSON.parse(world.relay.deliveries.at(-1)?.body ?? "{}")).toMatchObject({
      action: "requested_action",
      requested_action: { identifier: "approve" },
      check_run: { head_sha: sha, external_id: "PLAN01", pull_requests: [{ number }] },
      sender: { login: "carol" },
      installation: { id: repo.installationId },
    });
    await world.install();
    expect(world.relay.deliveries.at(-1)).toMatchObject({ event: "installation" });
  });

  const pushedTo = (from: number) =>
    world.relay.deliveries.slice(from).flatMap((d) => (d.event === "push" ? [JSON.parse(d.body).after as string] : []));
});

async function until(done: () => boolean): Promise<void> {
  for (let i = 0; i < 100 && !done(); i++) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(done()).toBe(true);
}
