import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { main } from "../../../src/app/cli/main.ts";

const OPEN = `resource "aws_kms_key" "k" {
  description = "what for" # stays
}

resource "aws_ebs_volume" "v" {
  availability_zone = "eu-west-1a"
}
`;

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "draco-fix-"));
  writeFileSync(join(directory, "main.tf"), OPEN);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function fix(args: readonly string[], answers: readonly string[] = []) {
  let out = "";
  let err = "";
  const left = [...answers];
  const code = await main(
    ["fix", ...args],
    {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      ask: async () => left.shift() ?? "",
      outIsTerminal: false,
      errIsTerminal: false,
      columns: 80,
      env: {},
      cwd: directory,
      now: new Date("2026-11-23T12:00:00Z"),
    },
    "0.0.0",
  );
  return { code, out, err, text: readFileSync(join(directory, "main.tf"), "utf8") };
}

describe("draco fix", () => {
  it("with --dry-run prints a unified diff and writes nothing", async () => {
    const { code, out, err, text } = await fix(["--rule", "aws-kms-key-rotation", "--dry-run"]);
    expect([code, text]).toEqual([0, OPEN]);
    expect(out).toContain("--- a/main.tf\n+++ b/main.tf\n@@");
    expect(out).toMatch(/^\+ {2}enable_key_rotation = true$/m);
    expect(err).toContain("1 finding would be mended in 1 file");
  });

  it("writes the fix, and has nothing to do the second time", async () => {
    expect((await fix(["--rule", "aws-kms-key-rotation"])).text).toContain("enable_key_rotation = true");
    const again = await fix(["--rule", "aws-kms-key-rotation"]);
    expect([again.out, again.err]).toEqual(["", expect.stringContaining("0 findings mended")]);
  });

  it("replaces a resource only when it is told that it may", async () => {
    const careful = await fix(["--rule", "aws-ebs-volume-encryption"]);
    expect(careful.text).toBe(OPEN);
    expect(careful.err).toContain("--risk all");
    expect((await fix(["--rule", "aws-ebs-volume-encryption", "--risk", "all"])).text).toContain("= true");
  });

  it("asks about each change when interactive, and makes those that were wanted", async () => {
    const rules = ["--rule", "aws-kms-key-rotation,aws-ebs-volume-encryption", "--risk", "all", "--interactive"];
    const { text, err } = await fix(rules, ["y", "n"]);
    expect(err.match(/\+ {2}/g)?.length).toBeGreaterThanOrEqual(2);
    expect([text.includes("enable_key_rotation"), text.includes("encrypted")]).toEqual([true, false]);
  });

  it("says what is wrong with its arguments", async () => {
    expect((await fix(["--risk", "huge"])).code).toBe(2);
    expect((await fix(["nowhere"])).code).toBe(2);
  });
});
