import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Finding } from "../../../src/core/model/finding.ts";
import { availableKinds, createStore, hasServer, type TestStore } from "../../support/database.ts";

const finding = (fingerprint: string, over: Partial<Finding> = {}): Finding => ({
  rule: "aws-s3-public-acl",
  status: "fail",
  severity: "high",
  category: "security",
  resource: { address: `aws_s3_bucket.${fingerprint}`, type: "aws_s3_bucket" },
  format: "terraform",
  at: { file: "main.tf", start: 0, end: 10, line: 3, endLine: 5 },
  message: "The bucket is public",
  evidence: { path: "acl", value: '"public-read"' },
  fingerprint,
  fix: "automatic",
  ...over,
});
const waived = (fingerprint: string) => finding(fingerprint, { suppressed: { by: "waiver", reason: "a website" } });

describe.each(availableKinds())("findings on %s", (kind) => {
  let test: TestStore;
  let root = 0;
  beforeAll(async () => {
    test = await createStore(kind);
  }, 60_000);
  afterAll(async () => test?.close());
  beforeEach(() => {
    root++;
  });
  const record = (sha: string, ...findings: Finding[]) =>
    test.store.findings.record({ repository: 1, root: `root-${root}`, sha, findings });
  const state = async (fingerprint: string) =>
    (await test.store.findings.byFingerprint(1, `root-${root}`, fingerprint))?.state;

  it("appear, are fixed, and return, as one row with one beginning", async () => {
    expect(await record("sha-1", finding("a"), finding("b"))).toEqual({
      appeared: ["a", "b"],
      fixed: [],
      returned: [],
    });
    const first = await test.store.findings.byFingerprint(1, `root-${root}`, "a");
    expect(first).toMatchObject({ state: "open", firstSeenSha: "sha-1", resource: { type: "aws_s3_bucket" } });

    test.clock.advance(1_000);
    expect(await record("sha-2", finding("b"))).toEqual({ appeared: [], fixed: ["a"], returned: [] });
    expect(await test.store.findings.byFingerprint(1, `root-${root}`, "a")).toMatchObject({
      id: first?.id,
      state: "fixed",
      lastSeenSha: "sha-1",
      fixedAt: test.clock.now,
    });

    expect(await record("sha-3", finding("a", { message: "Public again" }))).toEqual({
      appeared: [],
      fixed: ["b"],
      returned: ["a"],
    });
    const back = await test.store.findings.byFingerprint(1, `root-${root}`, "a");
    expect(back).toMatchObject({ id: first?.id, state: "open", firstSeenSha: "sha-1", message: "Public again" });
    expect(back?.fixedAt).toBeUndefined();
  });

  it("that somebody suppressed are waived, and open again when the suppression ends", async () => {
    expect((await record("sha-1", waived("w"))).appeared).toEqual([]);
    expect(await state("w")).toBe("waived");
    await record("sha-2", finding("w"));
    expect(await state("w")).toBe("open");
    await record("sha-3", waived("w"));
    expect(await state("w")).toBe("waived");
    expect((await record("sha-4")).fixed).toEqual(["w"]);
    expect((await record("sha-5", waived("w"))).returned).toEqual([]);
  });

  it("of one root say nothing about another, nor about the same fingerprint there", async () => {
    await record("sha-1", finding("x"));
    const other = { repository: 1, root: `other-${root}`, sha: "sha-1", findings: [finding("x")] };
    expect((await test.store.findings.record(other)).appeared).toEqual(["x"]);
    expect((await record("sha-2")).fixed).toEqual(["x"]);
    expect((await test.store.findings.byFingerprint(1, `other-${root}`, "x"))?.state).toBe("open");
    expect(await test.store.findings.list({ repository: 1, root: `root-${root}`, state: "open" })).toEqual([]);
  });

  it("are counted while open, by severity", async () => {
    await test.store.repositories.upsert({
      id: 2,
      installationId: 1,
      owner: "acme",
      name: "counted",
      private: true,
      defaultBranch: "main",
    });
    const seen = [finding("1"), finding("2", { severity: "critical" }), waived("3")];
    await test.store.findings.record({ repository: 2, root: "", sha: "s", findings: seen });
    expect(await test.store.findings.countOpen(2)).toEqual({ high: 1, critical: 1 });
  });

  it("may hold what the database cannot: a NUL byte", async () => {
    await record("sha-1", finding("nul", { message: "a\u0000b", evidence: { path: "acl", value: "\u0000" } }));
    expect((await test.store.findings.byFingerprint(1, `root-${root}`, "nul"))?.message).toBe("a\ufffdb");
  });

  it("may be many: a second scan of as many that are the same is quick", async () => {
    const many = Array.from({ length: 1_500 }, (_, n) => finding(`many-${n}`));
    const timed = async (sha: string) => {
      const started = performance.now();
      return { told: await record(sha, ...many), took: performance.now() - started };
    };
    const first = await timed("sha-1");
    expect(first.told.appeared).toHaveLength(1_500);
    const second = await timed("sha-2");
    expect(second.told).toEqual({ appeared: [], fixed: [], returned: [] });
    // Row by row it takes five times as long as writing them at once, and with ten thousand longer than a transaction.
    expect(second.took).toBeLessThan(2 * first.took);
    const [last] = await test.store.findings.list({ repository: 1, root: `root-${root}`, limit: 1 });
    expect(last).toMatchObject({ lastSeenSha: "sha-2", firstSeenSha: "sha-1" });
  }, 60_000);
});

(hasServer() ? describe : describe.skip)("findings that several workers record at once", () => {
  it("appear once, and are one row each", async () => {
    const test = await createStore("postgres");
    try {
      const workers = [test, await test.another(), await test.another()];
      const seen = { repository: 1, root: "", sha: "s", findings: ["a", "b", "c"].map((name) => finding(name)) };
      const told = await Promise.all([...workers, ...workers].map(({ store }) => store.findings.record(seen)));
      expect(told.flatMap(({ appeared }) => appeared).sort()).toEqual(["a", "b", "c"]);
      expect(await test.store.findings.list({ repository: 1 })).toHaveLength(3);
      const gone = await Promise.all(workers.map(({ store }) => store.findings.record({ ...seen, findings: [] })));
      expect(gone.flatMap(({ fixed }) => fixed).sort()).toEqual(["a", "b", "c"]);
    } finally {
      await test.close();
    }
  }, 60_000);
});
