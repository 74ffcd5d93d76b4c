import { describe, expect, it } from "@jest/globals";
import { unknown } from "../../../src/core/model/value.ts";
import { runRules, selectRules } from "../../../src/core/rules/engine.ts";
import { addLedgers } from "../../../src/core/rules/ledger.ts";
import { resource, stack, testRule } from "../../support/resources.ts";

const run = (resources: Parameters<typeof stack>[0], rules = [testRule()], keep: "failures" | "all" = "all") =>
  runRules({ stacks: [stack(resources)], rules, keep });

describe("runRules", () => {
  it("reports a failure at the attribute that decided, with what was seen there", () => {
    const bucket = resource({ attributes: { encrypted: false }, places: { encrypted: 2 } });
    const [result] = run([bucket]).results;
    expect(result).toMatchObject({
      rule: "test-encrypted",
      status: "fail",
      resource: { address: "aws_s3_bucket.logs", type: "aws_s3_bucket" },
      at: { file: "main.tf", line: 2 },
      evidence: { path: "encrypted", value: "false" },
    });
  });

  it("points at the nearest block around an attribute that is not written, else at the header", () => {
    const rule = testRule({ check: () => ({ status: "fail", path: "versioning.0.enabled" }) });
    const inBlock = run([resource({ places: { "versioning.0": 7 } })], [rule]).results[0];
    const nowhere = run([resource()], [rule]).results[0];
    expect(inBlock?.at).toMatchObject({ line: 7 });
    expect(nowhere?.at).toMatchObject({ line: 1 });
    expect(nowhere?.evidence.value).toBe("(absent)");
  });

  it("counts failures, passes, unknowns and what does not apply, whether or not they are kept", () => {
    const resources = [
      resource({ address: "aws_s3_bucket.a", attributes: { encrypted: true } }),
      resource({ address: "aws_s3_bucket.b", attributes: { encrypted: false } }),
      resource({ address: "aws_s3_bucket.c", attributes: { encrypted: unknown } }),
      resource({ address: "aws_vpc.d" }),
    ];
    const other = testRule({ id: "test-other", check: () => ({ status: "not-applicable" }) });
    const { results, ledger } = run(resources, [testRule(), other], "failures");
    expect(results.map((r) => r.resource.address)).toEqual(["aws_s3_bucket.b"]);
    expect(ledger).toEqual({
      "test-encrypted": { evaluated: 3, failed: 1, passed: 1, unknown: 1, notApplicable: 0 },
      "test-other": { evaluated: 3, failed: 0, passed: 0, unknown: 0, notApplicable: 3 },
    });
    expect(addLedgers([ledger, ledger])["test-encrypted"]?.evaluated).toBe(6);
  });

  it("goes on after a rule that throws, and says which rule and resource it was", () => {
    const broken = testRule({
      id: "test-broken",
      check: () => {
        throw new Error("boom");
      },
    });
    const { results, diagnostics, ledger } = run(
      [resource({ attributes: { encrypted: false } })],
      [broken, testRule()],
    );
    expect(results.filter((r) => r.status === "fail").map((r) => r.rule)).toEqual(["test-encrypted"]);
    expect(ledger["test-broken"]).toMatchObject({ unknown: 1, passed: 0, failed: 0 });
    expect(diagnostics[0]?.summary).toContain("test-broken");
    expect(diagnostics[0]?.summary).toContain("aws_s3_bucket.logs");
  });

  it("never prints what is sensitive, by mark, by name or by form", () => {
    const rule = (path: string) => testRule({ check: () => ({ status: "fail", path }) });
    const marked = resource({ attributes: { note: "hunter2-hunter2" }, sensitive: ["note"] });
    const named = resource({ attributes: { db: [{ master_password: "hunter2-hunter2" }] } });
    const formed = resource({ attributes: { script: "export K=AKIAIOSFODNN7EXAMPLX" } });
    for (const [subject, path] of [
      [marked, "note"],
      [named, "db.0.master_password"],
      [named, "db"],
      [formed, "script"],
    ] as const) {
      const [result] = run([subject], [rule(path)]).results;
      expect(result?.evidence.value).toBe("(sensitive)");
      expect(JSON.stringify({ ...result, view: undefined })).not.toMatch(/hunter2|AKIAIOSF/);
    }
  });

  it("gives a fingerprint that survives a line move, and not another value, address, file or rule", () => {
    const print = (facts: Parameters<typeof resource>[0], id = "test-encrypted") =>
      run([resource({ attributes: { encrypted: false }, ...facts })], [testRule({ id })]).results[0]?.fingerprint;
    const original = print({});
    expect(original).toMatch(/^[0-9a-f]{32}$/);
    expect(print({ lines: [40, 44], places: { encrypted: 41 } })).toBe(original);
    const others = [
      print({ attributes: { encrypted: "no" } }),
      print({ address: "aws_s3_bucket.other" }),
      print({ file: "other.tf" }),
      print({}, "test-two"),
    ];
    expect(new Set([original, ...others]).size).toBe(5);
  });

  it("tells the same directory apart from nothing: a scan started above gives the same fingerprint", () => {
    const bucket = (file: string) => resource({ file, attributes: { encrypted: false } });
    const above = runRules({ stacks: [stack([bucket("infra/main.tf")])], rules: [testRule()] });
    const inside = runRules({ stacks: [stack([bucket("main.tf")])], rules: [testRule()], repositoryPath: "infra" });
    expect(inside.results[0]?.fingerprint).toBe(above.results[0]?.fingerprint);
  });

  it("asks each environment, and reports once with the environments that fail", () => {
    const of = (environment: string, encrypted: boolean) =>
      stack([resource({ attributes: { encrypted } })], { environment });
    const { results, ledger } = runRules({
      stacks: [of("dev", false), of("prod", true), of("stage", false)],
      rules: [testRule()],
      keep: "all",
    });
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({ status: "fail", environments: ["dev", "stage"] });
    expect(ledger["test-encrypted"]).toMatchObject({ evaluated: 1, failed: 1 });
  });

  it("says nothing of environments where all agree", () => {
    const of = (environment: string) => stack([resource({ attributes: { encrypted: false } })], { environment });
    const { results } = runRules({ stacks: [of("dev"), of("prod")], rules: [testRule()] });
    expect(results).toHaveLength(1);
    expect(results[0]?.environments).toBeUndefined();
  });

  it("keeps the same address in two root modules apart", () => {
    const of = (path: string) =>
      stack([resource({ address: "module.a.aws_s3_bucket.b", module: "module.a", attributes: { encrypted: false } })], {
        path,
      });
    const { results } = runRules({ stacks: [of("envs/dev"), of("envs/prod")], rules: [testRule()] });
    expect(results).toHaveLength(2);
    expect(new Set(results.map((r) => r.fingerprint)).size).toBe(2);
  });

  it("offers a fix only where the fixer can write one", () => {
    const failing = resource({ attributes: { encrypted: false } });
    const withFix = (edit: () => readonly [] | string) => testRule({ fix: { risk: "in-place", edit } });
    expect(run([failing], [withFix(() => [])]).results[0]?.fix).toBe("automatic");
    expect(run([failing], [withFix(() => "it has several instances")]).results[0]?.fix).toBe("ai");
    expect(run([failing]).results[0]?.fix).toBe("ai");
  });

  it("lets a rule look at every type, or at all of a family", () => {
    const any = testRule({ id: "test-any", on: "*" });
    const family = testRule({ id: "test-family", on: "aws_s3_*" });
    const resources = [resource(), resource({ address: "aws_vpc.v" })];
    const { ledger } = run(resources, [any, family]);
    expect(ledger["test-any"]?.evaluated).toBe(2);
    expect(ledger["test-family"]?.evaluated).toBe(1);
  });
});

describe("selectRules", () => {
  const strict = testRule({ id: "test-strict", profile: "strict", aliases: ["CKV_X_1"], severity: "low" });

  it("leaves strict rules out of the default profile, and takes them when they are named", () => {
    expect(selectRules([testRule(), strict], {}).map((r) => r.id)).toEqual(["test-encrypted"]);
    expect(selectRules([testRule(), strict], { profile: "strict" })).toHaveLength(2);
    expect(selectRules([testRule(), strict], { only: ["ckv_x_1"] }).map((r) => r.id)).toEqual(["test-strict"]);
  });
});
