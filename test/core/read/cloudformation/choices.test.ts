/** Parameters with allowed values: each value that makes a difference is an environment of its own. */
import { describe, expect, it } from "@jest/globals";
import { readCloudFormation } from "../../../../src/core/read/cloudformation/read.ts";
import { runRules } from "../../../../src/core/rules/engine.ts";
import { loadRulesFor } from "../../../../src/core/rules/registry.ts";

const template = (parameter: string, encrypted = "!Ref Choice", more = "") => `Parameters:
  Choice: ${parameter}
${more}Resources:
  Disk:
    Type: AWS::EC2::Volume
    Properties:
      Encrypted: ${encrypted}
`;
const stacksOf = (text: string) =>
  readCloudFormation([{ path: "t.yaml", bytes: new TextEncoder().encode(text) }]).stacks;

async function encryption(text: string) {
  const rules = (await loadRulesFor(["aws_ebs_volume"])).filter((rule) => rule.aliases.includes("CKV_AWS_3"));
  const { results } = runRules({ stacks: stacksOf(text), rules, keep: "all" });
  return results.map(({ status, environments }) => [status, ...(environments ?? [])]);
}

describe("a parameter with allowed values", () => {
  it("fails with any value that fails, and says with which", async () => {
    const text = template('{Type: String, Default: "true", AllowedValues: ["true", "false"]}');
    expect(await encryption(text)).toEqual([["fail", "Choice=false"]]);
  });

  it("passes where every value passes, with a default or without", async () => {
    const sound = "!If [IsAny, true, !Ref Choice]";
    const more = "Conditions:\n  IsAny: !Equals [a, a]\n";
    expect(await encryption(template('{Type: String, AllowedValues: ["true", "false"]}', sound, more))).toEqual([
      ["pass"],
    ]);
    expect(await encryption(template('{Type: String, AllowedValues: ["true", true]}'))).toEqual([["pass"]]);
  });

  it("needs a value where it has no default: each is looked at", async () => {
    const text = template('{Type: String, AllowedValues: ["true", "false"]}');
    expect(await encryption(text)).toEqual([["fail", "Choice=false"]]);
    const reversed = template('{Type: String, AllowedValues: ["false", "true"]}');
    expect((await encryption(reversed)).map(([status]) => status)).toEqual(["fail"]);
  });

  it("leaves conditions to their defaults", () => {
    const text = template(
      "{Type: String, Default: prod, AllowedValues: [prod, dev]}",
      "!If [IsProd, true, false]",
      "Conditions:\n  IsProd: !Equals [!Ref Choice, prod]\n",
    );
    expect(stacksOf(text)).toHaveLength(1);
  });

  it("counts only where it is used, and where it is a choice and no catalogue", () => {
    const unused = template('{Type: String, Default: "true", AllowedValues: ["true", "false"]}', "true");
    expect(stacksOf(unused)).toHaveLength(1);
    const catalogue = template(`{Type: String, Default: a, AllowedValues: [${[..."abcdefghijk"].join()}]}`);
    expect(stacksOf(catalogue)).toHaveLength(1);
  });

  it("is not mended by changing what is allowed", () => {
    const [, other] = stacksOf(template('{Type: String, Default: "true", AllowedValues: ["true", "false"]}'));
    const origin = other?.resources[0]?.origin;
    const source = origin?.kind === "code" ? origin.locate("encrypted") : undefined;
    expect(source?.literal?.line ?? 99).toBeGreaterThan(3);
  });

  it("is looked at a bounded number of times", () => {
    const names = [..."abcdefgh"];
    const parameters = names.map((n) => `  ${n}: {Type: String, AllowedValues: [1, 2, 3, 4, 5]}\n`).join("");
    const tags = names.map((n) => `        - {Key: ${n}, Value: !Ref ${n}}\n`).join("");
    const text = `Parameters:\n${parameters}Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties:\n      Tags:\n${tags}`;
    expect(stacksOf(text)).toHaveLength(17);
  });
});
