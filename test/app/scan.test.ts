import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { scan } from "../../src/index.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "draco-library-"));
  writeFileSync(join(directory, "main.tf"), 'resource "aws_ebs_volume" "v" {\n  encrypted = false\n}\n');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const RULE = "aws-ebs-volume-encryption";

describe("scan()", () => {
  it("answers as the command line's JSON does", async () => {
    const report = await scan({ cwd: directory, rules: [RULE], today: new Date("2026-11-23") });
    expect(report.schema).toBe("draco.scan/1");
    expect(report.roots[0]?.results).toEqual([
      expect.objectContaining({ rule: RULE, status: "fail", file: "main.tf", line: 2, fix: "automatic" }),
    ]);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it("tells known findings apart by a baseline, whatever line they moved to", async () => {
    const [known] = (await scan({ cwd: directory, rules: [RULE] })).roots[0]?.results ?? [];
    if (!known) throw new Error("nothing found");
    const finding = {
      rule: known.rule,
      path: known.file,
      address: known.resource.address,
      value: "encrypted=false",
      fingerprint: known.fingerprint,
    };
    const baseline = { schema: "draco.baseline/1" as const, findings: [finding] };
    writeFileSync(join(directory, "main.tf"), '\n\nresource "aws_ebs_volume" "v" {\n  encrypted = false\n}\n');
    const [result] = (await scan({ cwd: directory, rules: [RULE], baseline })).roots[0]?.results ?? [];
    expect(result).toMatchObject({ line: 4, suppressed: { by: "baseline" } });
  });

  it("rejects where there is nothing to scan", async () => {
    await expect(scan({ cwd: directory, paths: ["nowhere"] })).rejects.toThrow("nowhere");
    await expect(scan({ cwd: directory, baseline: "nowhere.json" })).rejects.toThrow("nowhere.json");
  });
});
