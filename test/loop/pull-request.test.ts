import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { eventually, type Loop, pushSomething, quiet, startLoop } from "../support/loop.ts";

const BUCKET = `resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}

resource "aws_s3_bucket_acl" "site" {
  bucket = aws_s3_bucket.site.id
  acl    = "public-read-write"
}
`;

describe("somebody's pull request", () => {
  let loop: Loop;
  let number: number;
  let sha: string;
  beforeAll(async () => {
    loop = await startLoop();
    await pushSomething(loop);
    await quiet(loop);
    const { carol } = loop.github.people;
    sha = await carol.push({ branch: "site", message: "A site", files: { "production/site.tf": BUCKET } });
    number = await carol.openPullRequest({ branch: "site", title: "A site" });
    await quiet(loop);
  }, 120_000);
  afterAll(async () => loop.stop(), 60_000);

  const api = <T>(path: string): Promise<T> => loop.github.people.alice.api<T>("GET", `/repos/acme/infra${path}`);

  it("is told what it brings, not what was there before", async () => {
    const run = await eventually("the check run", async () => {
      const { check_runs: runs } = await api<{
        check_runs: { name: string; conclusion: string; output: { title: string; summary: string } }[];
      }>(`/commits/${sha}/check-runs`);
      return runs.find((r) => r.name === "draco/scan");
    });
    expect(run.conclusion).toBe("failure");
    expect(run.output.title).toMatch(/^brings .*high.*, mends 0; \d+ were there before$/);
    expect(run.output.summary).toContain("aws_s3_bucket.site");
    expect(run.output.summary).not.toContain("aws_db_instance.orders");
  });

  it("gets one sticky comment, edited when the branch moves", async () => {
    const { carol } = loop.github.people;
    const sticky = async () =>
      (await api<{ id: number; body: string }[]>(`/issues/${number}/comments`)).filter((c) =>
        c.body.includes("draco:sticky"),
      );
    const before = await eventually("the sticky comment", async () => (await sticky())[0]);
    await carol.push({ branch: "site", message: "No site after all", files: { "production/site.tf": null } });
    const after = await eventually("the comment to be edited", async () =>
      (await sticky()).find((c) => c.body.includes("brings nothing new, mends 0")),
    );
    expect(after.id).toBe(before.id);
    expect(await sticky()).toHaveLength(1);
  });

  it("cannot change the policy that judges it", async () => {
    const { carol } = loop.github.people;
    const lax = "version: 1\nscan:\n  failOn: none\n  disable: [aws-s3-public-acl]\n";
    const head = await carol.push({
      branch: "lax",
      message: "Relax",
      files: { ".github/draco.yml": lax, "production/site.tf": BUCKET },
    });
    await carol.openPullRequest({ branch: "lax", title: "Relax" });
    const run = await eventually("the check run", async () => {
      const { check_runs: runs } = await api<{ check_runs: { name: string; conclusion: string }[] }>(
        `/commits/${head}/check-runs`,
      );
      return runs.find((r) => r.name === "draco/scan");
    });
    expect(run.conclusion).toBe("failure");
  });

  it("opens no remediation for what is not on the default branch", async () => {
    await quiet(loop);
    const pulls = await api<{ title: string }[]>("/pulls?state=all");
    expect(pulls.filter((pull) => pull.title.includes("site"))).toEqual([expect.objectContaining({ title: "A site" })]);
  });
});
