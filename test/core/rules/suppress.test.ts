import { describe, expect, it } from "@jest/globals";
import type { Resource } from "../../../src/core/model/resource.ts";
import type { Comment } from "../../../src/core/read/reading.ts";
import { runRules } from "../../../src/core/rules/engine.ts";
import { suppress, type Waiver } from "../../../src/core/rules/suppress.ts";
import { resource, stack, testRule } from "../../support/resources.ts";

const rule = testRule({ aliases: ["CKV_AWS_1", "AVD-AWS-0001"] });
const TODAY = "2026-11-23";

/** Lines of a file of one bucket; every "#" starts a comment. Byte offsets are real. */
function scan(lines: readonly string[], facts: { resources?: readonly Resource[]; waivers?: readonly Waiver[] } = {}) {
  const comments: Comment[] = [];
  let offset = 0;
  lines.forEach((text, index) => {
    const hash = text.indexOf("#");
    const at = {
      file: "main.tf",
      line: index + 1,
      endLine: index + 1,
      start: offset + hash,
      end: offset + text.length,
    };
    if (hash >= 0) comments.push({ text: text.slice(hash + 1), range: at });
    offset += text.length + 1;
  });
  const resources = facts.resources ?? [bucketIn(lines)];
  const { results } = runRules({ stacks: [stack(resources)], rules: [rule] });
  return suppress(results, {
    reading: { stacks: [stack(resources)], comments },
    rules: [rule],
    today: TODAY,
    linesOf: () => lines,
    ...(facts.waivers && { waivers: facts.waivers }),
  });
}

/** The bucket whose block starts at the line with "resource" and ends at the first "}" line, with exact bytes. */
function bucketIn(lines: readonly string[]): Resource {
  const first = lines.findIndex((l) => l.startsWith("resource"));
  const last = lines.findIndex((l, i) => i >= first && l.startsWith("}"));
  const encrypted = lines.findIndex((l) => l.trim().startsWith("encrypted"));
  const start = (line: number) => lines.slice(0, line).reduce((sum, l) => sum + l.length + 1, 0);
  const span = (from: number, to: number) => ({
    file: "main.tf",
    line: from + 1,
    endLine: to + 1,
    start: start(from),
    end: start(to) + (lines[to] ?? "").length,
  });
  return resource({
    attributes: { encrypted: false },
    origin: {
      kind: "code",
      format: "terraform",
      range: span(first, last),
      header: span(first, first),
      locate: (path) =>
        path === "encrypted" && encrypted >= 0 ? { range: span(encrypted, encrypted), steps: [] } : undefined,
    },
  });
}

const BLOCK = ['resource "aws_s3_bucket" "logs" {', "  encrypted = false", "}"];
const [HEAD = "", BODY = "", END = ""] = BLOCK;
const reason = (lines: readonly string[]) => scan(lines).results[0]?.suppressed?.reason;

describe("draco:ignore", () => {
  it("works above a block, on its header, above an attribute and behind it", () => {
    const comment = "# draco:ignore test-encrypted -- logs of a toy";
    expect(reason([comment, ...BLOCK])).toBe("logs of a toy");
    expect(reason([`${HEAD} ${comment}`, BODY, END])).toBe("logs of a toy");
    expect(reason([HEAD, `  ${comment}`, BODY, END])).toBe("logs of a toy");
    expect(reason([HEAD, `${BODY} ${comment}`, END])).toBe("logs of a toy");
  });

  it("does not reach what it is not written on", () => {
    const comment = "# draco:ignore test-encrypted -- logs of a toy";
    expect(reason([comment, "", ...BLOCK])).toBeUndefined();
    expect(reason([...BLOCK, comment])).toBeUndefined();
    expect(reason([HEAD, `  ${comment}`, '  bucket = "x"', BODY, END])).toBeUndefined();
  });

  it("takes aliases and several ids, and leaves other rules alone", () => {
    expect(reason(["# draco:ignore other-rule,CKV_AWS_1 -- both", ...BLOCK])).toBe("both");
    expect(reason(["# draco:ignore other-rule -- not this one", ...BLOCK])).toBeUndefined();
  });

  it("holds until its day is over, then comes back with a warning", () => {
    const until = (day: string) => scan([`# draco:ignore test-encrypted until=${day} -- soon`, ...BLOCK]);
    expect(until("2026-11-23").results[0]?.suppressed).toMatchObject({ until: "2026-11-23", reason: "soon" });
    const past = until("2026-11-22");
    expect(past.results[0]?.suppressed).toBeUndefined();
    expect(past.diagnostics.map((d) => d.summary)).toEqual([expect.stringContaining("expired on 2026-11-22")]);
  });

  it("ignores nothing when it is malformed, and says so at its line", () => {
    for (const comment of [
      "# draco:ignore",
      "# draco:ignore test-encrypted until=soon",
      "# draco:ignore test-encrypted because!",
    ]) {
      const { results, diagnostics } = scan([comment, ...BLOCK]);
      expect(results[0]?.suppressed).toBeUndefined();
      expect(diagnostics).toEqual([expect.objectContaining({ severity: "warning", line: 1 })]);
    }
  });

  it("covers, at a module's call, what the module makes; not what its sibling makes", () => {
    const lines = ["# draco:ignore test-encrypted -- vendored", 'module "a" {', "}", 'module "b" {', "}"];
    const call = (address: string, line: number) => resource({ address, type: "module", lines: [line, line + 1] });
    const inside = (module: string) =>
      resource({ address: `${module}.aws_s3_bucket.x`, module, file: "m/main.tf", attributes: { encrypted: false } });
    const nested = inside('module.a["k"].module.deep');
    const resources = [
      call('module.a["k"]', 2),
      call("module.b", 4),
      inside('module.a["k"]'),
      inside("module.b"),
      nested,
    ];
    const byAddress = new Map(
      scan(lines, { resources }).results.map((r) => [r.resource.address, r.suppressed?.reason]),
    );
    expect(byAddress.get('module.a["k"].aws_s3_bucket.x')).toBe("vendored");
    expect(byAddress.get('module.a["k"].module.deep.aws_s3_bucket.x')).toBe("vendored");
    expect(byAddress.get("module.b.aws_s3_bucket.x")).toBeUndefined();
  });
});

describe("comments of other scanners", () => {
  it("honours checkov:skip inside the block, and only there", () => {
    expect(reason([HEAD, "  # checkov:skip=CKV_AWS_1:known", BODY, END])).toBe("known");
    expect(reason([HEAD, "  #checkov:skip=CKV_AWS_9,CKV_AWS_1: two", BODY, END])).toBe("two");
    expect(reason([HEAD, "  # checkov:skip=CKV_AWS_2:another", BODY, END])).toBeUndefined();
    expect(reason([...BLOCK, "# checkov:skip=CKV_AWS_1:outside"])).toBeUndefined();
  });

  it("honours trivy:ignore and tfsec:ignore with expiry, wildcards, parameters and either spelling of an id", () => {
    for (const comment of [
      "trivy:ignore:AVD-AWS-0001",
      "trivy:ignore:AWS-0001",
      "tfsec:ignore:*",
      "trivy:ignore:aws-000*",
      "trivy:ignore:AWS-0001:exp:2027-01-01",
      "trivy:ignore:AWS-0001[encrypted=false]",
    ])
      expect([comment, reason([`# ${comment}`, ...BLOCK])]).toEqual([comment, "no reason given"]);
    for (const comment of [
      "trivy:ignore:AWS-0002",
      "trivy:ignore:AWS-0001:exp:2026-01-01",
      "trivy:ignore:AWS-0001[encrypted=true]",
    ])
      expect([comment, reason([`# ${comment}`, ...BLOCK])]).toEqual([comment, undefined]);
  });

  it("honours kics-scan for a line, a block and a file", () => {
    expect(reason([HEAD, "  # kics-scan ignore-line", BODY, END])).toBeDefined();
    expect(reason(["# kics-scan ignore-block", ...BLOCK])).toBeDefined();
    expect(reason(["# kics-scan ignore", "", ...BLOCK])).toBeDefined();
    expect(reason(["# kics-scan disable=ckv_aws_1", "", ...BLOCK])).toBeDefined();
    expect(reason([HEAD, "  # kics-scan ignore-line", '  bucket = "x"', BODY, END])).toBeUndefined();
  });

  it("honours Checkov's annotations and metadata", () => {
    const annotated = resource({
      attributes: { encrypted: false, metadata: { annotations: { "checkov.io/skip1": "CKV_AWS_1=by hand" } } },
    });
    const described = resource({
      attributes: { encrypted: false, Metadata: { checkov: { skip: [{ id: "CKV_AWS_1", comment: "cfn" }] } } },
    });
    expect(scan(BLOCK, { resources: [annotated] }).results[0]?.suppressed?.reason).toBe("by hand");
    expect(scan(BLOCK, { resources: [described] }).results[0]?.suppressed?.reason).toBe("cfn");
  });
});

describe("waivers", () => {
  const waived = (waiver: Partial<Waiver>) =>
    scan(BLOCK, { waivers: [{ rule: "test-encrypted", reason: "agreed", ...waiver }] }).results[0]?.suppressed;

  it("match by rule, path, address and day, and name their owner", () => {
    expect(waived({ owner: "acme/platform" })).toMatchObject({ by: "waiver", reason: "agreed (acme/platform)" });
    expect(waived({ path: "*.tf", address: "aws_s3_bucket.*", until: TODAY })).toBeDefined();
    expect(waived({ rule: "CKV_AWS_1" })).toBeDefined();
  });

  it("do not match another path, address or rule, nor after their day", () => {
    for (const other of [
      { path: "infra/**" },
      { address: "aws_s3_bucket.other" },
      { rule: "x" },
      { until: "2026-11-22" },
    ])
      expect(waived(other)).toBeUndefined();
  });
});
