/** Plan JSON: what will exist, what is not known of it, what is secret, and what points where. */
import { describe, expect, it } from "@jest/globals";
import { Unknown } from "../../../../src/core/model/value.ts";
import { isPlanJson, readPlan } from "../../../../src/core/read/terraform/read-plan.ts";
import { missingTerraform, plan } from "./oracle.ts";
import { read } from "./read.ts";

const change = (
  address: string,
  actions: readonly string[],
  after: unknown,
  more: object = {},
  top: object = {},
): object => {
  const [type = "", name = ""] = address
    .replace(/\[[^\]]*\]/g, "")
    .split(".")
    .slice(-2);
  return {
    address,
    mode: "managed",
    type,
    name,
    provider_name: "registry.terraform.io/hashicorp/aws",
    change: { actions, after, after_unknown: {}, after_sensitive: {}, ...more },
    ...top,
  };
};

const planned = (json: object, sources?: Parameters<typeof readPlan>[2]) => {
  const reading = readPlan(
    new TextEncoder().encode(JSON.stringify({ format_version: "1.2", terraform_version: "1.11.4", ...json })),
    "plan.json",
    sources,
  );
  const resources = reading.stacks[0]?.resources ?? [];
  return { reading, resources, of: (address: string) => resources.find((it) => it.address === address) };
};

describe("readPlan", () => {
  it("merges after with after_unknown and after_sensitive, at any depth", () => {
    const { of } = planned({
      resource_changes: [
        change(
          "aws_db.d",
          ["create"],
          { name: "n", password: "p", rules: [{ port: 1 }, {}], tags: null },
          {
            after_unknown: { id: true, rules: [{ id: true }, { port: true }], vpc: [true] },
            after_sensitive: { password: true, rules: [{ port: true }, {}] },
          },
        ),
      ],
    });
    const resource = of("aws_db.d");
    expect(resource?.attributes).toEqual({
      name: "n",
      password: "p",
      tags: null,
      id: new Unknown(),
      rules: [{ port: 1, id: new Unknown() }, { port: new Unknown() }],
      vpc: [new Unknown()],
    });
    expect(resource?.sensitive).toEqual(["password", "rules.0.port"]);
  });

  it("takes what the provider fills in by itself as absent, and what the code sets as unknown", () => {
    const { of } = planned({
      resource_changes: [
        change("aws_db.d", ["create"], { name: "n" }, { after_unknown: { kms_key_id: true, subnet: true } }),
      ],
      configuration: {
        root_module: {
          resources: [
            {
              address: "aws_db.d",
              mode: "managed",
              type: "aws_db",
              name: "d",
              expressions: {
                name: { constant_value: "n" },
                subnet: { references: ["aws_subnet.s.id", "aws_subnet.s"] },
              },
            },
          ],
        },
      },
    });
    expect(Object.keys(of("aws_db.d")?.attributes ?? {})).toEqual(["name", "subnet"]);
  });

  it("leaves out what is only deleted, and takes what does not change as existing", () => {
    const { resources } = planned({
      resource_changes: [
        change("aws_x.gone", ["delete"], null),
        change("aws_x.forgotten", ["forget"], null),
        change("aws_x.replaced", ["delete", "create"], { a: 1 }),
        change("aws_x.same", ["no-op"], { a: 2 }),
      ],
    });
    expect(resources.map((it) => it.address)).toEqual(["aws_x.replaced", "aws_x.same"]);
  });

  it("keeps module addresses with keys, and reads data from the prior state", () => {
    const { of } = planned({
      resource_changes: [
        change('module.m["a"].aws_x.x[0]', ["create"], {}, {}, { module_address: 'module.m["a"]', index: 0 }),
      ],
      prior_state: {
        values: {
          root_module: {
            resources: [
              { address: "data.aws_vpc.v", mode: "data", type: "aws_vpc", name: "v", values: { id: "vpc-1" } },
            ],
            child_modules: [
              {
                address: "module.m",
                resources: [{ address: "module.m.aws_x.old", mode: "managed", type: "aws_x", name: "old", values: {} }],
              },
            ],
          },
        },
      },
    });
    expect(of('module.m["a"].aws_x.x[0]')).toMatchObject({ module: 'module.m["a"]', name: "x", type: "aws_x" });
    expect(of("data.aws_vpc.v")).toMatchObject({ type: "data.aws_vpc", attributes: { id: "vpc-1" } });
    expect(of("module.m.aws_x.old")).toBeUndefined();
  });

  it("follows the configuration's references, per instance, into and out of modules", () => {
    const each = (name: string, key: string, module = ""): object =>
      change(
        `${module}aws_x.${name}["${key}"]`,
        ["create"],
        {},
        { after_unknown: { bucket: true } },
        { index: key, ...(module && { module_address: module.slice(0, -1) }) },
      );
    const { of } = planned({
      resource_changes: [
        each("a", "k"),
        each("b", "k"),
        change(
          "module.m.aws_x.in",
          ["create"],
          {},
          { after_unknown: { bucket: true } },
          { module_address: "module.m" },
        ),
        change("aws_x.out", ["create"], {}),
      ],
      configuration: {
        provider_config: {
          "aws.west": {
            name: "aws",
            alias: "west",
            version_constraint: "~> 5.0",
            expressions: { region: { constant_value: "us-west-2" } },
          },
        },
        root_module: {
          resources: [
            {
              address: "aws_x.a",
              expressions: { bucket: { references: ["aws_x.b", "each.key"] } },
              provider_config_key: "aws.west",
            },
            {
              address: "aws_x.out",
              expressions: { rule: [{ target: { references: ["module.m.made", "module.m"] } }] },
            },
          ],
          module_calls: {
            m: {
              source: "./m",
              expressions: { given: { references: ['aws_x.b["k"].id', 'aws_x.b["k"]', "aws_x.b"] } },
              module: {
                outputs: { made: { expression: { references: ["aws_x.in.arn", "aws_x.in"] } } },
                resources: [{ address: "aws_x.in", expressions: { bucket: { references: ["var.given"] } } }],
              },
            },
          },
        },
      },
    });
    expect(of('aws_x.a["k"]')?.references).toEqual([{ path: "bucket", to: 'aws_x.b["k"]', attribute: "" }]);
    expect(of('aws_x.a["k"]')?.provider).toEqual({
      name: "aws",
      alias: "west",
      region: "us-west-2",
      version: "~> 5.0",
    });
    expect(of("module.m.aws_x.in")?.references).toEqual([{ path: "bucket", to: 'aws_x.b["k"]', attribute: "id" }]);
    expect(of("module.m.aws_x.in")?.attributes.bucket).toEqual(new Unknown("", ['aws_x.b["k"].id']));
    expect(of("aws_x.out")?.references).toEqual([{ path: "rule.0.target", to: "module.m.aws_x.in", attribute: "arn" }]);
    expect(of("provider.aws.west")?.attributes).toEqual({ region: "us-west-2", alias: "west" });
    expect(of("module.m")?.attributes).toEqual({ source: "./m" });
  });

  it("takes places from the sources where they are at hand, else from the plan file", () => {
    const code = read('# first line\nresource "aws_x" "x" {\n  a = 1\n}').reading.stacks[0]?.resources ?? [];
    const json = { resource_changes: [change("aws_x.x", ["create"], { a: 1 })] };
    const origin = planned(json, code).of("aws_x.x")?.origin;
    expect(origin).toMatchObject({ kind: "code", format: "plan", header: { file: "main.tf", line: 2 } });
    expect(origin?.kind === "code" && origin.locate("a")?.range.line).toBe(3);
    expect(planned(json).of("aws_x.x")?.origin).toMatchObject({ header: { file: "plan.json", line: 1 } });
  });

  it("refuses what is no plan, with a reason", () => {
    const diagnostics = (text: string) => readPlan(new TextEncoder().encode(text), "p.json").diagnostics;
    expect(diagnostics("{")).toMatchObject([{ severity: "error", summary: "Plan is not valid JSON", file: "p.json" }]);
    expect(diagnostics('{"a":1}')).toMatchObject([{ summary: "Not a Terraform plan" }]);
    expect(isPlanJson(new TextEncoder().encode('{"format_version":"1.2","terraform_version":"1.11.4"}'))).toBe(true);
    expect(isPlanJson(new TextEncoder().encode('{"name":"x"}'))).toBe(false);
  });

  const missing = missingTerraform();
  if (missing !== undefined) console.info(`read-plan.test: no plan was made for real: ${missing}`);
  (missing === undefined ? it : it.skip)("reads what terraform really writes", () => {
    const { json } = plan([
      {
        name: "c1",
        call: "",
        files: new Map([
          [
            "main.tf",
            'resource "terraform_data" "a" {\n  for_each = toset(["k"])\n}\nresource "terraform_data" "b" {\n  input = terraform_data.a["k"].id\n}',
          ],
        ]),
      },
    ]);
    const resources = readPlan(json, "plan.json").stacks[0]?.resources ?? [];
    const b = resources.find((it) => it.address === "module.c1.terraform_data.b");
    expect(b?.references).toEqual([{ path: "input", to: 'module.c1.terraform_data.a["k"]', attribute: "id" }]);
    expect(b?.attributes.input).toEqual(new Unknown("", ['module.c1.terraform_data.a["k"].id']));
  });
});
