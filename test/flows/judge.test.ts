import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { scanDeps } from "../../src/app/cli/scan-deps.ts";
import type { Result } from "../../src/core/model/finding.ts";
import { repoOf } from "../../src/flows/deps.ts";
import { judgeCommit, readScanPolicy } from "../../src/flows/judge.ts";
import { scanDirectories } from "../../src/flows/scan-directory.ts";
import { createStore, type TestStore } from "../support/database.ts";
import { filesOnGitHub, flowDeps } from "../support/flow-deps.ts";

const CODE = {
  "live/main.tf": `
resource "aws_s3_bucket" "logs" {
  bucket = "acme-logs"
  acl    = "public-read"
}
resource "aws_security_group" "open" {
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
module "shared" {
  source = "../modules/disk"
}
`,
  "modules/disk/main.tf": `resource "aws_ebs_volume" "disk" {
  availability_zone = "eu-west-1a"
  size              = 10
  encrypted         = false
}
`,
  "examples/demo/main.tf": `resource "aws_ebs_volume" "demo" {
  availability_zone = "eu-west-1a"
  encrypted         = false
}
`,
};

const shape = (results: readonly Result[]) =>
  results
    .map((r) => `${r.status} ${r.severity} ${r.rule} ${r.resource.address} ${r.fingerprint} ${r.suppressed?.by ?? ""}`)
    .sort();

describe("a repository under one policy", () => {
  let test: TestStore;
  beforeAll(async () => {
    test = await createStore();
  }, 60_000);
  afterAll(async () => test?.close());

  async function onServer(files: { readonly [path: string]: string }) {
    const deps = flowDeps(test, filesOnGitHub(files));
    const repository = await test.store.repositories.get(1);
    if (!repository) throw new Error("no repository");
    const { policy, diagnostics } = await readScanPolicy(deps, repository, repoOf(repository));
    const judged = await judgeCommit(deps, repoOf(repository), "a".repeat(40), policy);
    return { results: shape(judged.results), problems: diagnostics.length, skipped: judged.skipped };
  }

  async function onDisk(files: { readonly [path: string]: string }) {
    const root = await mkdtemp(join(tmpdir(), "draco-judge-"));
    try {
      await mkdir(join(root, ".git"));
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(root, path)), { recursive: true });
        await writeFile(join(root, path), text);
      }
      const today = test.clock.now.toISOString().slice(0, 10);
      const scanned = await scanDirectories(
        scanDeps(() => undefined),
        { paths: [{ path: root, shown: "." }], today },
      );
      const [only] = scanned.roots;
      return { results: shape(only?.judged.results ?? []), problems: only?.policy?.diagnostics.length ?? 0 };
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  }

  it.each<[string, string, { readonly [path: string]: string }, (plain: string[], got: string[]) => void]>([
    ["without a word", "", {}, (plain, got) => expect(got).toEqual(plain)],
    [
      "that ignores paths",
      "scan: { ignore: ['examples/**'] }",
      {},
      (plain, got) => expect(got).toEqual(plain.filter((line) => !line.includes("aws_ebs_volume.demo"))),
    ],
    [
      "that names paths",
      "scan: { paths: ['modules/**'] }",
      {},
      (_, got) => {
        expect(got.length).toBeGreaterThan(0);
        expect(got.join("\n")).not.toMatch(/aws_s3_bucket|\.demo/);
      },
    ],
    [
      "that wants only what is grave",
      "scan: { severity: high }",
      {},
      (plain, got) => expect(got).toEqual(plain.filter((line) => / (high|critical) /.test(line))),
    ],
    [
      "that disables a rule by its alias",
      "scan: { disable: [CKV_AWS_3, AVD-AWS-0026, aws-ebs-volume-unencrypted] }",
      {},
      (plain, got) => expect(got.length).toBeLessThan(plain.length),
    ],
    [
      "that waives",
      "waivers: [{ rule: CKV_AWS_20, address: aws_s3_bucket.logs, reason: a website }]",
      {},
      (plain, got) => {
        expect(got).toHaveLength(plain.length);
        expect(got.filter((line) => line.endsWith(" waiver"))).toHaveLength(1);
      },
    ],
    [
      "that is strict",
      "scan: { profile: strict }",
      {},
      (plain, got) => expect(got.length).toBeGreaterThan(plain.length),
    ],
    [
      "with rules of its own, in files too",
      "rules: [{ id: names-team, title: T, severity: low, on: aws_ebs_volume, assert: { path: tags.team, exists: true } }]",
      {
        ".github/draco/rules/more.yml":
          "version: 1\nrules: [{ id: small-disk, title: T, severity: high, on: aws_ebs_volume, assert: { path: size, lessThan: 5 } }]",
        ".github/draco/rules/deep/not-read.yml": "version: 1\nrules: broken",
      },
      (_, got) => {
        expect(got.join("\n")).toContain("names-team");
        expect(got.join("\n")).toContain("small-disk");
      },
    ],
    ["that is broken", "scan: { profil: strict }", {}, (plain, got) => expect(got).toEqual(plain)],
  ])("%s is judged alike by the server and by the command line", async (_, yaml, more, holds) => {
    const plain = await onServer(CODE);
    const files = { ...CODE, ...more, ".github/draco.yml": `version: 1\n${yaml}\n` };
    const server = await onServer(files);
    const disk = await onDisk(files);
    expect(plain.results.length).toBeGreaterThan(3);
    expect(server.results).toEqual(disk.results);
    expect(server.problems).toBe(disk.problems);
    holds(plain.results, server.results);
  });

  it("tells what the policy left out", async () => {
    const { skipped } = await onServer({ ...CODE, ".github/draco.yml": "version: 1\nscan: { ignore: [examples] }\n" });
    expect(skipped).toContainEqual({ path: "examples/demo/main.tf", reason: "left out by .github/draco.yml" });
  });
});
