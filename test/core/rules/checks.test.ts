import { describe, expect, it } from "@jest/globals";
import { eachBlock, eachWritten, requireTrue } from "../../../src/core/rules/checks.ts";
import { viewOf } from "../../support/views.ts";

const on = (body: string) => viewOf(`variable "many" {}\n\nresource "aws_x" "x" {\n${body}\n}\n`, "aws_x.x");
const perhaps = (value: string) =>
  on(`dynamic "rule" {\n  for_each = var.many\n  content {\n    on = ${value}\n  }\n}`);
const isOn = (body: ReturnType<typeof on>, check: typeof eachBlock | typeof eachWritten) =>
  check(body, "rule", (item) => requireTrue(item, "on")).status;

describe("eachWritten", () => {
  it("judges blocks that may not be there by what they say, where eachBlock cannot tell", () => {
    expect([isOn(perhaps("true"), eachBlock), isOn(perhaps("true"), eachWritten)]).toEqual(["unknown", "pass"]);
    expect(isOn(perhaps("false"), eachWritten)).toBe("fail");
  });

  it("passes where nothing is written, and is undecided where nothing is in sight", () => {
    expect(isOn(on("rule = []"), eachWritten)).toBe("pass");
    expect(isOn(on("rule = var.many"), eachWritten)).toBe("unknown");
  });
});
