import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { DEFAULT_POLICY, NOTHING_ALLOWED, parsePolicy, policyJsonSchema } from "../../../src/core/approve/policy.ts";
import type { AttributeTest } from "../../../src/core/rules/conditions.ts";

const FULL = `# the demo's policy
version: 1
scan:
  profile: strict
  failOn: critical
  ignore: ["examples/**"]
rules:
  - id: input-names-owner
    title: Every input names its owner
    severity: high
    on: terraform_data
    when: { path: input.kind, equals: stack }
    assert:
      - path: input.owner
        exists: true
      - any:
          - { path: input.tier, oneOf: [dev, prod] }
          - not: { path: input.public, equals: true }
waivers:
  - { rule: aws-s3-public-acl, path: "site/**", reason: a public website, until: 2027-01-31 }
remediation:
  author: gemini-first
  fixes: { disruptive: explain }
approve:
  who: { users: ["@ana"], teams: [acme/platform], permission: maintain }
  quorum: 2
  sms: true
apply: { engine: terraform, roots: ["live/*"] }
schedule:
  - cron: "0 3 * * MON"
    timezone: Europe/Zurich
alerts:
  - { severity: critical, channels: [sms, email], to: [oncall@example.com, ana] }
`;

const first = (text: string) => parsePolicy(text).diagnostics[0];

describe("draco.yml", () => {
  it("is read with its defaults", () => {
    const { ok, policy, diagnostics } = parsePolicy(FULL);
    expect(diagnostics).toEqual([]);
    expect(ok).toBe(true);
    expect(policy).toMatchObject({
      scan: { profile: "strict", failOn: "critical", severity: "low", ignore: ["examples/**"] },
      remediation: {
        author: "gemini-first",
        maxOpen: 10,
        fixes: { "in-place": "propose", disruptive: "explain", replaces: "explain" },
      },
      approve: { quorum: 2, validFor: 1440, who: { permission: "maintain" } },
      schedule: [{ name: "scan", cron: "0 3 * * MON", timezone: "Europe/Zurich" }],
    });
    expect(policy.rules[0]).toMatchObject({
      on: ["terraform_data"],
      when: [{ test: "equals", path: "input.kind", value: "stack" }],
      assert: [
        { test: "exists", path: "input.owner", value: true },
        {
          test: "any",
          of: [
            { test: "oneOf", value: ["dev", "prod"] },
            { test: "not", of: { test: "equals", value: true } },
          ],
        },
      ],
    });
  });

  it("may be missing or empty, and then the defaults hold", () => {
    for (const text of ["", "\n", "# nothing yet\n"])
      expect(parsePolicy(text)).toMatchObject({ ok: true, policy: DEFAULT_POLICY });
    expect(DEFAULT_POLICY).toMatchObject({
      apply: { engine: "none" },
      approve: { quorum: 1, sms: false, who: { permission: "write" } },
    });
  });

  it("allows nothing while it cannot be read", () => {
    for (const text of [
      "version: 1\nscan: [",
      "version: 2\n",
      "[]",
      "a: &a [*a]",
      `version: 1 # ${"x".repeat(200_000)}`,
    ]) {
      const { ok, policy, diagnostics } = parsePolicy(text);
      expect(ok).toBe(false);
      expect(policy).toBe(NOTHING_ALLOWED);
      expect(diagnostics.length).toBeGreaterThan(0);
    }
    expect(NOTHING_ALLOWED).toMatchObject({
      remediation: { author: "none" },
      approve: { who: { users: [], teams: [], permission: "none" } },
      apply: { engine: "none" },
    });
  });

  it.each([
    [
      "a setting that is not there",
      "version: 1\nscan:\n  profil: strict\n",
      3,
      3,
      'There is no setting "profil" here. Did you mean "profile"?',
    ],
    ["a value that is not one of its list", "version: 1\nscan:\n  failOn: hgih\n", 3, 11, "Invalid option"],
    ["a number out of range", "version: 1\napprove:\n  # at least one\n  quorum: 0\n", 4, 11, "Too small"],
    [
      "a bad cron line",
      'version: 1\nschedule:\n  - cron: "0 25 * * *"\n',
      3,
      11,
      'The hour "25" is not within 0 to 23.',
    ],
    [
      "a time zone that is not one",
      'version: 1\nschedule:\n  - cron: "0 2 * * *"\n    timezone: Mars/Base\n',
      4,
      15,
      "Must be a time zone",
    ],
    ["a missing version", "scan: {}\n", 1, 1, "Expected 1."],
    ["broken YAML", "version: 1\n  scan: {}\n", 1, 10, "This is not valid YAML"],
    [
      "a key that is there twice",
      "version: 1\nscan: {}\nscan: {}\n",
      3,
      1,
      "This is not valid YAML: Map keys must be unique",
    ],
    [
      "a question that conditions do not have",
      "version: 1\nrules:\n  - id: a\n    title: A\n    severity: low\n    on: x\n    assert: { path: p, equalz: 1 }\n",
      7,
      24,
      'There is no setting "equalz" here.',
    ],
    [
      "two questions in one condition",
      "version: 1\nrules:\n  - id: a\n    title: A\n    severity: low\n    on: x\n    assert:\n      - { path: p, equals: 1, exists: true }\n",
      8,
      9,
      "A condition asks exactly one of",
    ],
    [
      "a regular expression that is not one",
      'version: 1\nrules:\n  - id: a\n    title: A\n    severity: low\n    on: x\n    assert: { path: p, matches: "(" }\n',
      7,
      33,
      "Must be a regular expression.",
    ],
    [
      "two rules of one name",
      "version: 1\nrules:\n  - { id: a, title: A, severity: low, on: x, assert: { path: p, equals: 1 } }\n  - { id: a, title: B, severity: low, on: x, assert: { path: p, equals: 1 } }\n",
      4,
      11,
      'There are two rules with the id "a".',
    ],
  ])("tells %s by line and column", (_, text, line, column, summary) => {
    expect(first(text)).toMatchObject({ severity: "error", file: ".github/draco.yml", line, column });
    expect(first(text)?.summary).toContain(summary);
  });

  it("can ask whatever conditions can answer, in their own words", () => {
    const asked: { readonly [Test in AttributeTest["test"]]: unknown } = {
      exists: false,
      equals: 1,
      notEquals: "a",
      oneOf: [1, "a"],
      noneOf: [true],
      contains: "a",
      notContains: "a",
      startsWith: "a",
      endsWith: "a",
      matches: "^a",
      notMatches: "^a",
      atLeast: 1,
      atMost: 1,
      moreThan: 1.5,
      lessThan: 1,
      length: 3,
    };
    const assert = [
      ...Object.entries(asked).map(([test, value]) => ({ path: "tags.*", [test]: value })),
      {
        connected: { types: "aws_s3_bucket_logging", through: "bucket", that: { path: "target_bucket", exists: true } },
      },
      { not: { connected: { types: ["a_b", "a_c"] } } },
    ];
    const given = { version: 1, rules: [{ id: "a", title: "A", severity: "low", on: "x", assert }] };
    const { policy, diagnostics } = parsePolicy(JSON.stringify(given));
    expect(diagnostics).toEqual([]);
    expect(policy.rules[0]?.assert).toEqual([
      ...Object.entries(asked).map(([test, value]) => ({ test, path: "tags.*", value })),
      {
        test: "connected",
        types: ["aws_s3_bucket_logging"],
        through: "bucket",
        that: { test: "all", of: [{ test: "exists", path: "target_bucket", value: true }] },
      },
      { test: "not", of: { test: "connected", types: ["a_b", "a_c"] } },
    ]);
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(policyJsonSchema());
    expect(validate(given) || validate.errors).toBe(true);
    const misspelt = JSON.stringify(given).replace('"through"', '"trough"');
    expect(first(misspelt)?.summary).toBe('There is no setting "trough" here.');
  });

  it("has its JSON schema published as it is now (UPDATE=1 npm test -- policy writes it)", async () => {
    const path = join(import.meta.dirname, "../../../docs/draco.schema.json");
    const schema = `${JSON.stringify(policyJsonSchema(), undefined, 2)}\n`;
    if (process.env.UPDATE) await writeFile(path, schema);
    expect(await readFile(path, "utf8")).toBe(schema);
  });

  it("has a JSON schema that editors can use, and that agrees with the parser", () => {
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(policyJsonSchema());
    expect(validate(parse(FULL)) || validate.errors).toBe(true);
    const wrong: unknown[] = [
      { version: 2 },
      { version: 1, scan: { profil: "strict" } },
      { version: 1, approve: { quorum: 0 } },
      { version: 1, rules: [{ id: "a", title: "A", severity: "low", on: "x", assert: { path: "p", equalz: 1 } }] },
      {
        version: 1,
        rules: [{ id: "a", title: "A", severity: "low", on: "x", assert: [{ path: "p", not: { path: 1 } }] }],
      },
    ];
    for (const value of wrong) expect({ value, valid: validate(value) }).toEqual({ value, valid: false });
  });
});
