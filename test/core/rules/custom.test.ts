import { describe, expect, it } from "@jest/globals";
import { Unknown, unknown } from "../../../src/core/model/value.ts";
import { type AttributeTest, type Condition, judge } from "../../../src/core/rules/conditions.ts";
import { compileCustomRules } from "../../../src/core/rules/custom.ts";
import { runRules } from "../../../src/core/rules/engine.ts";
import { Estate } from "../../../src/core/rules/estate.ts";
import { resource, stack } from "../../support/resources.ts";

const bucket = resource({
  attributes: {
    name: "acme-logs",
    size: 40,
    public: true,
    regions: ["eu-west-1", "eu-central-1"],
    open: ["a", unknown],
    later: unknown,
    arn: new Unknown("arn:aws:s3:::acme-"),
    tags: { Owner: "platform" },
    nothing: null,
    rule: [{ port: 22 }, { port: 443 }],
  },
});

function truth(condition: Condition) {
  const view = new Estate([bucket]).get("aws_s3_bucket.logs");
  if (!view) throw new Error("no bucket");
  return judge(view, condition).truth;
}
const on = (path: string, test: AttributeTest["test"], value: unknown) => truth({ test, path, value } as AttributeTest);

describe("conditions", () => {
  it.each([
    ["equals", "name", "acme-logs", true],
    ["equals", "size", "40", true],
    ["equals", "public", true, true],
    ["equals", "gone", "x", false],
    ["equals", "later", "x", "unknown"],
    ["equals", "arn", "arn:aws:sns:::x", false],
    ["notEquals", "gone", "x", true],
    ["notEquals", "name", "acme-logs", false],
    ["oneOf", "name", ["a", "acme-logs"], true],
    ["noneOf", "name", ["a", "acme-logs"], false],
    ["noneOf", "gone", ["a"], true],
    ["contains", "regions", "eu-west-1", true],
    ["contains", "regions", "us-east-1", false],
    ["contains", "open", "a", true],
    ["contains", "open", "b", "unknown"],
    ["contains", "name", "logs", true],
    ["contains", "tags", "Owner", true],
    ["notContains", "open", "b", "unknown"],
    ["notContains", "gone", "b", true],
    ["startsWith", "name", "acme-", true],
    ["startsWith", "arn", "arn:aws:s3", true],
    ["startsWith", "arn", "arn:aws:sns", false],
    ["startsWith", "arn", "arn:aws:s3:::acme-logs", "unknown"],
    ["endsWith", "name", "-logs", true],
    ["matches", "name", "^acme-[a-z]+$", true],
    ["notMatches", "name", "^acme-", false],
    ["atLeast", "size", 40, true],
    ["moreThan", "size", 40, false],
    ["atMost", "size", 39, false],
    ["lessThan", "name", 5, false],
    ["length", "regions", 2, true],
    ["exists", "tags.Owner", true, true],
    ["exists", "tags.Cost", true, false],
    ["exists", "nothing", false, true],
    ["exists", "later", true, true],
    ["atMost", "rule.*.port", 443, true],
    ["atMost", "rule.*.port", 100, false],
  ] as const)("%s %s %j is %s", (test, path, value, expected) => {
    expect(on(path, test, value)).toBe(expected);
  });

  it("join by all, any and not, three-valued", () => {
    const yes: Condition = { test: "equals", path: "size", value: 40 };
    const no: Condition = { test: "equals", path: "size", value: 41 };
    const perhaps: Condition = { test: "equals", path: "later", value: 1 };
    expect(truth({ test: "all", of: [yes, perhaps] })).toBe("unknown");
    expect(truth({ test: "all", of: [no, perhaps] })).toBe(false);
    expect(truth({ test: "any", of: [yes, perhaps] })).toBe(true);
    expect(truth({ test: "not", of: perhaps })).toBe("unknown");
    expect(truth({ test: "not", of: no })).toBe(true);
  });

  it("see what is connected, and what holds of it", () => {
    const logging = (attributes: object) =>
      resource({
        address: "aws_s3_bucket_logging.l",
        attributes: { ...attributes },
        references: [{ path: "bucket", to: "aws_s3_bucket.logs", attribute: "id" }],
      });
    const asked = (that?: Condition, attributes = {}) => {
      const view = new Estate([bucket, logging(attributes)]).get("aws_s3_bucket.logs");
      if (!view) throw new Error("no bucket");
      return judge(view, { test: "connected", types: ["aws_s3_bucket_logging"], through: "bucket", that }).truth;
    };
    const prefixed: Condition = { test: "startsWith", path: "target_prefix", value: "s3/" };
    expect(asked()).toBe(true);
    expect(asked(prefixed, { target_prefix: "s3/x" })).toBe(true);
    expect(asked(prefixed, { target_prefix: "x" })).toBe(false);
    expect(truth({ test: "connected", types: ["aws_s3_bucket_logging"], through: "bucket" })).toBe(false);
  });
});

describe("a custom rule", () => {
  const [rule] = compileCustomRules([
    {
      id: "acme-owner",
      title: "Buckets name their owner",
      severity: "medium",
      category: "security",
      on: ["aws_s3_bucket"],
      why: "",
      remedy: "",
      when: [{ test: "startsWith", path: "name", value: "acme-" }],
      assert: [{ test: "exists", path: "tags.Owner", value: true }],
    },
  ]);
  const statuses = (...names: readonly (readonly [string, object])[]) => {
    const resources = names.map(([name, more], i) =>
      resource({ address: `aws_s3_bucket.b${i}`, attributes: { name, ...more } }),
    );
    return runRules({ stacks: [stack(resources)], rules: rule ? [rule] : [], keep: "all" });
  };

  it("looks only where its condition holds, and points at what is missing", () => {
    const { results, ledger } = statuses(["acme-a", {}], ["acme-b", { tags: { Owner: "x" } }], ["other", {}]);
    expect(results.map((r) => r.status)).toEqual(["fail", "pass"]);
    expect(results[0]?.evidence).toEqual({ path: "tags.Owner", value: "(absent)" });
    expect(ledger["acme-owner"]).toMatchObject({ evaluated: 3, notApplicable: 1 });
  });

  it("explains itself even where its author did not", () => {
    expect(rule?.why).toContain("Buckets name their owner");
    expect(rule?.remedy).not.toBe("");
  });
});
