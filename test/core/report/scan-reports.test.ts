import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { Ajv } from "ajv";
import formats from "ajv-formats";
import type { Result } from "sarif";
import { renderGithubCommands } from "../../../src/core/report/github-commands.ts";
import { renderJunit } from "../../../src/core/report/junit.ts";
import { renderMarkdown } from "../../../src/core/report/markdown.ts";
import { renderSarif } from "../../../src/core/report/sarif.ts";
import type { ScanReport } from "../../../src/core/report/scan-report.ts";
import { visibleLength } from "../../../src/core/report/style.ts";
import { renderTable } from "../../../src/core/report/table.ts";
import { judgeRoot, reportRoot, reportScan } from "../../../src/core/scan.ts";
import { resource, stack, testRule } from "../../support/resources.ts";

const rule = testRule({ aliases: ["CKV_AWS_1"], references: ["https://example.com/why"] });
const HOSTILE = 'a"]|<b>\n::error::@everyone %0A';

/** A scan of these resources in "infra" of a repository; the first line of main.tf holds a suppression where asked. */
function reportOf(resources: Parameters<typeof stack>[0], repositoryPath = "infra"): ScanReport {
  const input = {
    root: "./infra",
    repositoryPath,
    files: [{ path: "main.tf", bytes: new Uint8Array() }],
    reading: {
      stacks: [stack(resources)],
      comments: [],
      diagnostics: [
        { severity: "error" as const, summary: "Broken", detail: HOSTILE, file: "bad.tf", line: 3, column: 7 },
      ],
      skipped: [{ path: "big.json", reason: "larger than 5.0 MB (9.0 MB)" }],
    },
  };
  const waivers = [{ rule: rule.id, address: "aws_s3_bucket.waived", reason: "agreed" }];
  const judged = judgeRoot(input, { rules: [rule], today: "2026-11-23", keep: "all", waivers });
  return reportScan([reportRoot(input, judged, [rule])], [rule]);
}

const failing = (facts: Parameters<typeof resource>[0] = {}) =>
  resource({ attributes: { encrypted: false }, ...facts });
const report = reportOf([
  failing({ places: { encrypted: 2 } }),
  failing({ address: "aws_s3_bucket.waived", file: "sub dir/ä?.tf" }),
  failing({ address: `aws_s3_bucket.x["${HOSTILE}"]`, type: "aws_s3_bucket", file: "z.tf" }),
  resource({ address: "aws_s3_bucket.fine", attributes: { encrypted: true } }),
]);

describe("the JSON report", () => {
  it("has the shape that others build on", () => {
    expect(report.schema).toBe("draco.scan/1");
    expect(report.aliases).toEqual(["CKV_AWS_1"]);
    const [root] = report.roots;
    expect(root?.root).toBe("./infra");
    expect(root?.results[0]).toEqual({
      rule: "test-encrypted",
      aliases: ["CKV_AWS_1"],
      status: "pass",
      severity: "high",
      category: "security",
      resource: { address: "aws_s3_bucket.fine", type: "aws_s3_bucket" },
      file: "main.tf",
      line: 1,
      endLine: 1,
      message: expect.stringContaining("Passed"),
      evidence: { path: "encrypted", value: "true" },
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      fix: "none",
    });
    expect(root?.ledger["test-encrypted"]).toEqual({
      evaluated: 4,
      failed: 3,
      passed: 1,
      unknown: 0,
      notApplicable: 0,
    });
    expect(root?.errors).toEqual([{ file: "bad.tf", line: 3, column: 7, message: `Broken: ${HOSTILE}` }]);
    expect(root?.skipped).toHaveLength(1);
  });
});

describe("SARIF", () => {
  const log = JSON.parse(renderSarif(report, "1.2.3"));
  const schema = JSON.parse(readFileSync(new URL("./sarif-2.1.0.schema.json", import.meta.url), "utf8"));
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  formats.default(ajv);
  const validate = ajv.compile(schema);

  it("is valid against its schema", () => {
    expect([validate(log), validate.errors]).toEqual([true, null]);
    expect(validate({ ...log, runs: [{}] })).toBe(false);
  });

  it("has paths from the repository's root, as URIs", () => {
    const results: readonly Result[] = log.runs[0].results;
    const uris = results.map((r) => r.locations?.[0]?.physicalLocation?.artifactLocation?.uri);
    expect(uris).toEqual(["infra/main.tf", "infra/sub%20dir/%C3%A4%3F.tf", "infra/z.tf"]);
  });

  it("names each finding by its fingerprint, keeps suppressions, and explains each rule", () => {
    const [first, waived] = log.runs[0].results;
    expect(first.partialFingerprints["dracoFingerprint/v1"]).toMatch(/^[0-9a-f]{32}$/);
    expect(first.suppressions).toBeUndefined();
    expect(waived.suppressions).toEqual([{ kind: "external", justification: "agreed" }]);
    expect(log.runs[0].tool.driver.rules[0]).toMatchObject({
      id: "test-encrypted",
      help: { text: expect.stringContaining("Set encrypted to true") },
      properties: { "security-severity": "8.0" },
    });
  });
});

describe("the table", () => {
  const text = renderTable(report, { colour: false, width: 80 });

  it("says where, what, why and how, and sums up", () => {
    for (const part of [
      "main.tf:2",
      "aws_s3_bucket.logs",
      "It is not encrypted",
      "Whoever holds the disk",
      "Set encrypted to true",
      "2 findings",
      "1 suppressed",
      "1 skipped: 1 larger than 5.0 MB",
      "bad.tf:3:7",
    ])
      expect(text).toContain(part);
  });

  it("fits its width, has no colours where none are wanted, and cannot be painted by what it reads", () => {
    expect(Math.max(...text.split("\n").map(visibleLength))).toBeLessThanOrEqual(80);
    const painted = reportOf([failing({ address: "aws_s3_bucket.\u001b[31mred" })]);
    expect(renderTable(painted, { colour: false, width: 0 })).not.toContain("\u001b");
    expect(renderTable(painted, { colour: true, width: 0 })).not.toContain("\u001b[31mred");
  });

  it("shows several instances of one definition as one entry with every address counted", () => {
    const many = reportOf(Array.from({ length: 5 }, (_, i) => failing({ address: `aws_s3_bucket.b[${i}]` })));
    const shown = renderTable(many, { colour: false, width: 0 });
    expect(shown.match(/It is not encrypted/g)).toHaveLength(1);
    expect(shown).toContain("aws_s3_bucket.b[0], aws_s3_bucket.b[1], aws_s3_bucket.b[2] and 2 more");
    expect(shown).toContain("5 findings");
  });

  it("says so when nothing was found", () => {
    expect(renderTable(reportOf([]), { colour: false, width: 0 })).toContain("Nothing found");
  });
});

describe("JUnit", () => {
  const text = renderJunit(report);

  it("escapes what it quotes, and counts", () => {
    expect(text).not.toMatch(/<b>/);
    expect(text).toContain('tests="4" failures="2"');
    expect(text.match(/<testcase /g)).toHaveLength(5);
    expect(text.match(/<failure /g)).toHaveLength(2);
    expect(text).toContain("suppressed: agreed");
  });
});

describe("GitHub's workflow commands", () => {
  it("are one line for each open finding and error, which text of the repository cannot leave", () => {
    const lines = renderGithubCommands(report).trimEnd().split("\n");
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toMatch(/^::(error|warning|notice) file=infra\/[^,]+,line=\d+/);
    expect(lines[1]).toContain("title=Draco test-encrypted::aws_s3_bucket.logs: It is not encrypted%0A");
  });
});

describe("Markdown", () => {
  it("lists open findings, gravest first, and neutralises what it quotes", () => {
    const text = renderMarkdown(report);
    expect(text).toContain("2 findings (2 high)");
    expect(text).toContain("infra/main.tf:2");
    const withoutCode = text.replace(/`[^`]*`/g, "");
    expect(withoutCode).not.toMatch(/<b>|@everyone/);
    expect(text).not.toContain("aws_s3_bucket.waived");
    const rows = text.split("\n").filter((line) => line.startsWith("| high"));
    expect(rows.map((row) => row.split(/(?<!\\)\|/).length)).toEqual([7, 7]);
  });
});
