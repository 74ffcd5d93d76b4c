import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { main } from "../../../src/app/cli/main.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "draco-rules-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function rules(...args: readonly string[]) {
  let out = "";
  let err = "";
  const code = await main(
    ["rules", ...args],
    {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      ask: async () => "",
      outIsTerminal: false,
      errIsTerminal: false,
      columns: 80,
      env: {},
      cwd: directory,
      now: new Date("2026-11-23T12:00:00Z"),
    },
    "0.0.0",
  );
  return { code, out, err };
}

interface Listed {
  readonly id: string;
  readonly severity: string;
  readonly profile: string;
}
const listed = async (...args: readonly string[]): Promise<readonly Listed[]> =>
  JSON.parse((await rules("list", ...args, "--format", "json")).out);

describe("draco rules list", () => {
  it("narrows by words, provider, profile and severity", async () => {
    const all = await listed();
    const some = await listed("encryption", "--provider", "aws", "--profile", "default", "--severity", "high");
    expect(some.length).toBeGreaterThan(2);
    expect(all.length).toBeGreaterThan(some.length);
    expect(some.filter((rule) => !rule.id.startsWith("aws-") || rule.profile !== "default")).toEqual([]);
    expect(new Set(some.map((rule) => rule.severity)).has("low")).toBe(false);
    expect(some.map((rule) => rule.id)).toContain("aws-rds-instance-encryption");
  });

  it("takes words as beginnings of words", async () => {
    const ids = (await listed("rds")).map((rule) => rule.id);
    expect(ids).toContain("aws-rds-public");
    expect(ids).not.toContain("aws-iam-password-length");
    expect((await listed("CKV_AWS_16")).map((rule) => rule.id)).toContain("aws-rds-instance-encryption");
  });

  it("prints a table by service unless it is told otherwise", async () => {
    const { out, code } = await rules("list", "s3");
    expect(code).toBe(0);
    expect(out).toMatch(/^AWS S3\n {2}critical {2}aws-s3-/m);
  });

  it("says which providers there are", async () => {
    const { code, err } = await rules("list", "--provider", "acme");
    expect([code, err]).toEqual([2, expect.stringContaining("aws, ")]);
    expect((await rules("list", "--severity", "huge")).code).toBe(2);
  });
});

describe("draco rules show", () => {
  it("explains a rule by its id or an alias, whatever the case", async () => {
    const { out } = await rules("show", "aws-s3-public-acl");
    expect(out).toContain("S3 bucket ACL grants access to everyone");
    expect(out).toContain('acl    = "public-read"');
    expect((await rules("show", "ckv_aws_20")).out).toBe(out);
  });

  it("guesses what a mistyped id meant", async () => {
    const { code, err } = await rules("show", "aws-s3-pubic-acl");
    expect([code, err]).toEqual([2, expect.stringContaining('"aws-s3-public-acl"')]);
  });
});

describe("draco rules docs", () => {
  it("writes the reference, replaces its own pages and leaves those of others", async () => {
    const pages = join(directory, "pages");
    expect((await rules("docs", "pages")).code).toBe(0);
    const first = readdirSync(pages);
    expect(first).toEqual(expect.arrayContaining(["README.md", "aws-s3.md", "docker.md"]));
    const index = readFileSync(join(pages, "README.md"), "utf8");
    writeFileSync(join(pages, "aws-gone.md"), index);
    writeFileSync(join(pages, "mine.md"), "# Mine\n");
    await rules("docs", "pages");
    expect(readdirSync(pages).sort()).toEqual([...first, "mine.md"].sort());
    expect(readFileSync(join(pages, "README.md"), "utf8")).toBe(index);
  });

  it("does not write over a page that it did not make", async () => {
    writeFileSync(join(directory, "README.md"), "# My project\n");
    const { code, err } = await rules("docs", ".");
    expect([code, err]).toEqual([2, expect.stringContaining("README.md")]);
    expect(readFileSync(join(directory, "README.md"), "utf8")).toBe("# My project\n");
    expect(existsSync(join(directory, "aws-s3.md"))).toBe(false);
  });
});
