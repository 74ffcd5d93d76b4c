import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
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
    expect(careful.err).toContain("--risk all (aws-ebs-volume-encryption on aws_ebs_volume.v)");
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

describe("draco fix edits where a value is really set", () => {
  const volume = (value: string, more = "") =>
    `resource "aws_ebs_volume" "v" {\n  availability_zone = "eu-west-1a"\n  encrypted         = ${value} # stays\n${more}}\n`;
  const variable = (value: string) => `variable "encrypted" {\n  type    = bool\n  default = ${value}\n}\n`;

  /** Files by path before, and those that differ after all encryption of volumes was mended. */
  async function mend(files: { readonly [path: string]: string }) {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    const args = ["--rule", "aws-ebs-volume-encryption", "--risk", "all"];
    const { err } = await fix(args);
    const changed = Object.entries(files).flatMap(([path, before]) => {
      const after = readFileSync(join(directory, path), "utf8");
      return after === before ? [] : [[path, after] as const];
    });
    expect((await fix(args)).out).toBe("");
    return { err, changed: Object.fromEntries(changed) };
  }

  it("a literal, a local, a variable's default", async () => {
    expect((await mend({ "main.tf": volume("false") })).changed).toEqual({ "main.tf": volume("true") });
    const locals = "locals {\n  secure    = false\n  encrypted = local.secure\n}\n";
    expect((await mend({ "main.tf": volume("local.encrypted"), "locals.tf": locals })).changed).toEqual({
      "locals.tf": locals.replace("false", "true"),
    });
    expect((await mend({ "main.tf": volume("var.encrypted"), "variables.tf": variable("false") })).changed).toEqual({
      "variables.tf": variable("true"),
    });
  });

  it("a tfvars file, rather than the default that it overrules", async () => {
    const { changed } = await mend({
      "main.tf": volume("var.encrypted"),
      "variables.tf": variable("true"),
      "terraform.tfvars": 'name      = "app"\nencrypted = false\n',
    });
    expect(changed).toEqual({ "terraform.tfvars": 'name      = "app"\nencrypted = true\n' });
  });

  it("a module's argument, not the module that others call as well", async () => {
    const call = (name: string, value: string) =>
      `module "${name}" {\n  source    = "./disk"\n  encrypted = ${value}\n}\n`;
    const { changed } = await mend({
      "main.tf": call("safe", "true") + call("open", "false"),
      "disk/main.tf": volume("var.encrypted"),
      "disk/variables.tf": variable("true"),
    });
    expect(changed).toEqual({ "main.tf": call("safe", "true") + call("open", "true") });
  });

  it("no vendored module, nothing that ignore_changes names, nothing that may not be destroyed: it says so", async () => {
    const ignored = await mend({
      "main.tf": volume("false", "  lifecycle {\n    ignore_changes = [encrypted]\n  }\n"),
    });
    expect(ignored).toEqual({ changed: {}, err: expect.stringContaining("lifecycle.ignore_changes names encrypted") });
    const guarded = await mend({ "main.tf": volume("false", "  lifecycle {\n    prevent_destroy = true\n  }\n") });
    expect(guarded).toEqual({ changed: {}, err: expect.stringContaining("lifecycle.prevent_destroy") });
    const remote = await mend({
      "main.tf": 'module "disk" {\n  source = "acme/disk/aws"\n}\n',
      ".terraform/modules/modules.json":
        '{"Modules":[{"Key":"disk","Source":"registry.terraform.io/acme/disk/aws","Dir":".terraform/modules/disk"}]}',
      ".terraform/modules/disk/main.tf": volume("false"),
    });
    expect(remote).toEqual({ changed: {}, err: expect.stringContaining("a module of someone else") });
  });
});
