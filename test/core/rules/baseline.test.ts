import { describe, expect, it } from "@jest/globals";
import { applyBaseline, parseBaseline, takeBaseline } from "../../../src/core/rules/baseline.ts";
import { runRules } from "../../../src/core/rules/engine.ts";
import { resource, stack, testRule } from "../../support/resources.ts";

const results = (...facts: Parameters<typeof resource>[0][]) =>
  runRules({
    stacks: [stack(facts.map((f) => resource({ attributes: { encrypted: false }, ...f })))],
    rules: [testRule()],
  }).results;

/** Addresses and files of what is new against a baseline. */
const fresh = (before: ReturnType<typeof results>, after: ReturnType<typeof results>) => {
  const files = new Set(after.map((r) => ("file" in r.at ? r.at.file : "")));
  return applyBaseline(after, takeBaseline(before), (path) => files.has(path))
    .filter((r) => !r.suppressed)
    .map((r) => `${"file" in r.at ? r.at.file : ""} ${r.resource.address}`);
};

describe("a baseline", () => {
  it("knows findings again after their lines moved", () => {
    expect(fresh(results({}), results({ lines: [80, 90], places: { encrypted: 81 } }))).toEqual([]);
  });

  it("follows a file that was renamed", () => {
    expect(fresh(results({ file: "old.tf" }), results({ file: "new.tf" }))).toEqual([]);
  });

  it("does not hide the same address in another file while the first is still there", () => {
    expect(fresh(results({ file: "a.tf" }), results({ file: "a.tf" }, { file: "b.tf" }))).toEqual([
      "b.tf aws_s3_bucket.logs",
    ]);
  });

  it("spends an entry once: a copy of a moved file is new", () => {
    expect(fresh(results({ file: "old.tf" }), results({ file: "a.tf" }, { file: "b.tf" }))).toHaveLength(1);
  });

  it("reports a value that got worse in another way", () => {
    expect(fresh(results({}), results({ attributes: { encrypted: "never" } }))).toHaveLength(1);
  });

  it("survives being written and read", () => {
    const baseline = takeBaseline(results({}, { file: "b.tf", address: "aws_s3_bucket.b" }));
    expect(parseBaseline(JSON.stringify(baseline))).toEqual(baseline);
  });

  it("says what is wrong with a file that is none", () => {
    for (const text of ["{", "[]", '{"schema":"x","findings":[]}', '{"schema":"draco.baseline/1","findings":[{}]}'])
      expect(parseBaseline(text)).toHaveProperty("problem");
  });
});
