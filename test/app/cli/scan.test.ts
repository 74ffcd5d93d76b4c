import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Io } from "../../../src/app/cli/io.ts";
import { main } from "../../../src/app/cli/main.ts";
import type { RootReport, ScanReport } from "../../../src/core/report/scan-report.ts";

const OPEN = 'resource "aws_ebs_volume" "v" {\n  availability_zone = "eu-west-1a"\n  encrypted         = false\n}\n';
const SHUT = OPEN.replace("false", "true").replace('"v"', '"w"');
const RULE = "aws-ebs-volume-encryption";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "draco-cli-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function put(files: { readonly [path: string]: string }): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

async function draco(...args: readonly string[]) {
  let out = "";
  let err = "";
  const io: Io = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    ask: async () => "",
    outIsTerminal: false,
    errIsTerminal: false,
    columns: 80,
    env: {},
    cwd: directory,
    now: new Date("2026-11-23T12:00:00Z"),
  };
  const code = await main(args, io, "0.0.0");
  return { code, out, err };
}

async function scan(...args: readonly string[]): Promise<ScanReport> {
  const { out, err, code } = await draco("scan", "--format", "json", "--fail-on", "none", ...args);
  if (code !== 0) throw new Error(err);
  return JSON.parse(out);
}

const failuresIn = (root: RootReport | undefined) =>
  (root?.results ?? []).filter((r) => r.status === "fail" && r.rule === RULE);
const failures = (report: ScanReport, root = 0) => failuresIn(report.roots[root]);
const placesIn = (root: RootReport | undefined) => failuresIn(root).map((r) => `${r.file}:${r.line}`);
const placesOf = (report: ScanReport, root = 0) => placesIn(report.roots[root]);

describe("draco scan", () => {
  it("exits 0, 1 or 2: nothing, findings at or above --fail-on, or a mistake", async () => {
    put({ "bad/main.tf": OPEN, "good/main.tf": SHUT });
    const only = ["--rule", RULE];
    expect((await draco("scan", "good", ...only)).code).toBe(0);
    expect((await draco("scan", "bad", ...only)).code).toBe(1);
    expect((await draco("scan", "bad", ...only, "--fail-on", "critical")).code).toBe(0);
    expect((await draco("scan", "bad", ...only, "--fail-on", "NONE")).code).toBe(0);
    expect((await draco("scan", "nowhere")).code).toBe(2);
  });

  it("has one root for each path, in the order given, with files relative to it", async () => {
    put({ "b/infra/main.tf": OPEN, "a/main.tf": SHUT });
    const report = await scan("b", "a", "b/infra/main.tf");
    expect(report.roots.map((root) => root.root)).toEqual(["b", "a", "b/infra/main.tf"]);
    expect(placesOf(report, 0)).toEqual(["infra/main.tf:3"]);
    expect(placesOf(report, 1)).toEqual([]);
    expect(placesOf(report, 2)).toEqual(["main.tf:3"]);
  });

  it("understands one file of a module through its other files, and reports only that file", async () => {
    put({
      "main.tf": OPEN.replace("false", "var.encrypted"),
      "variables.tf": 'variable "encrypted" {\n  default = false\n}\n',
      "other.tf": OPEN.replace('"v"', '"z"'),
    });
    expect(placesOf(await scan("main.tf"))).toEqual(["main.tf:3"]);
  });

  it("reads beside one file the modules that it calls, and nothing else that lies below", async () => {
    put({
      "main.tf": 'module "disk" {\n  source = "./disk"\n  on     = false\n}\n',
      "disk/main.tf": `variable "on" {}\n${OPEN.replace("false", "var.on")}`,
      "broken/main.tf": 'resource "aws_ebs_volume" {',
    });
    const report = await scan("main.tf");
    expect(report.roots[0]?.errors).toEqual([]);
    expect(report.roots[0]?.counts).toEqual({ files: 2, resources: 2 });
  });

  it("understands a module that lies above the path, within the repository", async () => {
    put({
      ".git/HEAD": "",
      "envs/prod/main.tf": 'module "disk" {\n  source = "../../modules/disk"\n  on     = false\n}\n',
      "modules/disk/main.tf": `variable "on" {}\n${OPEN.replace("false", "var.on")}`,
      "modules/other/main.tf": OPEN,
    });
    const report = await scan("envs/prod");
    expect(placesOf(report)).toEqual(["../../modules/disk/main.tf:4"]);
    expect(failures(report)[0]?.resource.address).toBe("module.disk.aws_ebs_volume.v");
    expect(failures(report)[0]?.fingerprint).toBe(failures(await scan("."))[0]?.fingerprint);
    const { out } = await draco("scan", "envs/prod", "--rule", RULE, "--format", "github");
    expect(out).toContain("file=modules/disk/main.tf,line=4");
  });

  it("lists passes and unknowns only when asked", async () => {
    const undecided = OPEN.replace("false", "var.open").replace('"v"', '"x"');
    put({ "main.tf": SHUT, "open.tf": `${undecided}variable "open" {}\n` });
    expect((await scan("--rule", RULE)).roots[0]?.results).toEqual([]);
    const all = (await scan("--rule", RULE, "--all-results")).roots[0];
    expect(all?.results.map((r) => r.status)).toEqual(["pass", "unknown"]);
    expect(all?.ledger[RULE]).toEqual({ evaluated: 2, failed: 0, passed: 1, unknown: 1, notApplicable: 0 });
  });

  it("says of every rule's aliases, whatever it found", async () => {
    put({ "main.tf": "" });
    expect((await scan()).aliases).toEqual(expect.arrayContaining(["CKV_AWS_3", "CKV_AWS_20"]));
  });

  it("suggests the option, the command and the rule that was meant", async () => {
    expect((await draco("scan", "--formta", "json")).err).toContain("--format");
    expect((await draco("scna")).err).toContain('"scan"');
    const rule = await draco("scan", "--rule", "aws-ebs-volume-encrypton");
    expect([rule.code, rule.err]).toEqual([2, expect.stringContaining(RULE)]);
    expect((await draco("scan", "--severity", "huge")).code).toBe(2);
  });

  it("takes variables from the files it is given, wherever they lie", async () => {
    put({
      "root/main.tf": `${OPEN.replace("false", "var.encrypted")}variable "encrypted" {\n  default = true\n}\n`,
      "off.tfvars": "encrypted = false\n",
    });
    expect(placesOf(await scan("root"))).toEqual([]);
    expect(placesOf(await scan("root", "--var-file", "off.tfvars"))).toEqual(["main.tf:3"]);
  });

  it("honours comments and says who ignored what", async () => {
    put({ "main.tf": `# draco:ignore ${RULE} -- scratch space\n${OPEN}` });
    const [result] = failures(await scan());
    expect(result?.suppressed).toMatchObject({ by: "comment", reason: "scratch space" });
    expect((await draco("scan", "--rule", RULE)).code).toBe(0);
  });

  it("writes a baseline, then fails only for what is new", async () => {
    put({ "main.tf": OPEN });
    expect((await draco("scan", "--rule", RULE, "--write-baseline", "known.json")).code).toBe(0);
    put({ "main.tf": `\n\n${OPEN}` });
    expect((await draco("scan", "--rule", RULE, "--baseline", "known.json")).code).toBe(0);
    put({ "more.tf": OPEN.replace('"v"', '"x"') });
    expect((await draco("scan", "--rule", RULE, "--baseline", "known.json")).code).toBe(1);
    expect((await draco("scan", "--baseline", "missing.json")).code).toBe(2);
  });

  it("writes the report to a file and nothing to the terminal", async () => {
    put({ "main.tf": OPEN });
    const { out } = await draco("scan", "--format", "sarif", "--output", "report.sarif");
    expect(out).toBe("");
    expect(JSON.parse(readFileSync(join(directory, "report.sarif"), "utf8")).version).toBe("2.1.0");
  });

  it("reports only files that differ from a revision, evaluated as part of their module", async () => {
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
        cwd: directory,
        stdio: "pipe",
      });
    put({ "old.tf": OPEN, "variables.tf": 'variable "encrypted" {\n  default = false\n}\n' });
    git("init", "-q");
    git("add", ".");
    git("commit", "-qm", "first");
    put({ "new.tf": OPEN.replace('"v"', '"x"').replace("false", "var.encrypted") });
    expect(placesOf(await scan("--changed-since", "HEAD"))).toEqual(["new.tf:3"]);
    expect((await draco("scan", "--changed-since", "no-such-ref")).code).toBe(2);
    expect((await draco("scan", "--changed-since=--output=x")).code).toBe(2);
  });
});

describe("what a scan reads", () => {
  const read = async () => {
    const root = (await scan()).roots[0];
    return { places: placesIn(root), skipped: root?.skipped ?? [] };
  };

  it("leaves out .git, node_modules, providers and what .dracoignore names, and says so", async () => {
    put({
      "main.tf": OPEN,
      "node_modules/x/main.tf": OPEN,
      ".terraform/providers/p/main.tf": OPEN,
      "gen/main.tf": OPEN,
      "keep/gen.tf": OPEN,
      "sub/.dracoignore": "*.tf\n!keep.tf\n",
      "sub/a.tf": OPEN,
      "sub/keep.tf": OPEN,
      ".dracoignore": "# generated\n/gen/\n",
    });
    const { places, skipped } = await read();
    expect(places).toEqual(["keep/gen.tf:3", "main.tf:3", "sub/keep.tf:3"]);
    expect(skipped.map((s) => s.path).sort()).toEqual([".terraform/providers/", "gen/", "node_modules/", "sub/a.tf"]);
  });

  it("never follows a link out of the root, nor one that leads back up", async () => {
    const outside = mkdtempSync(join(tmpdir(), "draco-outside-"));
    try {
      writeFileSync(join(outside, "main.tf"), OPEN);
      put({ "inside/main.tf": OPEN });
      symlinkSync(outside, join(directory, "out"));
      symlinkSync(join(outside, "main.tf"), join(directory, "leak.tf"));
      symlinkSync(directory, join(directory, "inside", "loop"));
      const { places, skipped } = await read();
      expect(places).toEqual(["inside/main.tf:3"]);
      expect(skipped.map((s) => s.path).sort()).toEqual(["inside/loop", "leak.tf", "out"]);
    } finally {
      rmSync(outside, { recursive: true, force: true });
    }
  });

  it("leaves out files beyond the size cap, and says how large they are", async () => {
    put({ "main.tf": OPEN, "huge.tf": `# ${"x".repeat(6 * 1024 * 1024)}\n${OPEN}` });
    const { places, skipped } = await read();
    expect(places).toEqual(["main.tf:3"]);
    expect(skipped).toEqual([{ path: "huge.tf", reason: expect.stringContaining("larger than 5.0 MB") }]);
  });

  it("goes on around a broken file, with its error at its place", async () => {
    put({ "main.tf": OPEN, "broken.tf": 'resource "aws_ebs_volume" {{{\n' });
    const root = (await scan()).roots[0];
    expect(root?.errors[0]).toMatchObject({ file: "broken.tf", line: 1 });
    expect(placesIn(root)).toEqual(["main.tf:3"]);
  });
});

describe("draco rules", () => {
  it("lists rules by word, and explains one by any of its names", async () => {
    const { out } = await draco("rules", "list", "ebs", "encryption");
    expect(out).toContain(RULE);
    expect(out).not.toContain("aws-s3-");
    const shown = await draco("rules", "show", "ckv_aws_3");
    expect(shown.out).toContain(RULE);
    expect(shown.out).toContain("Aliases");
    expect((await draco("rules", "show", "nothing-like-it")).code).toBe(2);
  });
});

describe("a repository's policy", () => {
  const CUSTOM = `version: 1
rules:
  - id: acme-volume-size
    title: Volumes are at most 100 GiB
    severity: medium
    on: aws_ebs_volume
    assert: { path: size, atMost: 100 }
`;

  it("adds rules, waives findings, switches rules off and leaves files out", async () => {
    put({
      ".git/HEAD": "",
      ".github/draco.yml": `version: 1
scan: { disable: [CKV_AWS_20], ignore: [old/**], failOn: critical }
waivers:
  - { rule: ${RULE}, path: infra/*.tf, reason: agreed until rebuilt, owner: acme, until: 2026-12-31 }
`,
      ".github/draco/rules/size.yml": CUSTOM,
      "infra/main.tf": OPEN.replace("false", "false\n  size = 500"),
      "infra/acl.tf": 'resource "aws_s3_bucket" "b" {\n  acl = "public-read"\n}\n',
      "old/main.tf": OPEN,
    });
    const root = (await scan("infra")).roots[0];
    const found = (rule: string) =>
      root?.results.filter((r) => r.rule === rule).map((r) => r.suppressed?.reason ?? "open");
    expect(found(RULE)).toEqual(["agreed until rebuilt (acme)"]);
    expect(found("acme-volume-size")).toEqual(["open"]);
    expect(found("aws-s3-public-acl")).toEqual([]);
    const whole = (await scan(".")).roots[0];
    expect(whole?.skipped).toContainEqual({ path: "old/main.tf", reason: "left out by .github/draco.yml" });
    expect((await draco("scan", ".")).code).toBe(0);
    expect((await draco("scan", ".", "--fail-on", "medium")).code).toBe(1);
  });

  it("is told to be wrong at its line, and the scan goes on", async () => {
    put({ ".github/draco/rules/bad.yml": CUSTOM.replace("atMost", "atmost"), "main.tf": OPEN });
    const root = (await scan(".")).roots[0];
    expect(root?.errors[0]).toMatchObject({ file: ".github/draco/rules/bad.yml", line: 7 });
    expect(placesIn(root)).toEqual(["main.tf:3"]);
  });

  it("can be tested beside its examples", async () => {
    const sized = (size: number) => `resource "aws_ebs_volume" "v" {\n  size = ${size}\n}\n`;
    put({
      ".github/draco/rules/size.yml": CUSTOM,
      ".github/draco/rules/acme-volume-size/bad.tf": sized(500),
      ".github/draco/rules/acme-volume-size/good/main.tf": sized(50),
    });
    const fine = await draco("rules", "test");
    expect([fine.code, fine.out]).toEqual([0, expect.stringContaining("1 rule, 2 examples, 0 failed")]);
    put({ ".github/draco/rules/acme-volume-size/bad.tf": sized(5) });
    const wrong = await draco("rules", "test");
    expect([wrong.code, wrong.out]).toEqual([1, expect.stringContaining("bad.tf: it does not fail")]);
    put({ ".github/draco/rules/size.yml": CUSTOM.replace("severity: medium", "severity: mild") });
    const broken = await draco("rules", "test");
    expect([broken.code, broken.err]).toEqual([2, expect.stringContaining("size.yml:5:")]);
  });
});
