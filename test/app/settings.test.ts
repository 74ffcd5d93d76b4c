import { generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { Secret } from "../../src/app/secret.ts";
import { readSettings } from "../../src/app/settings.ts";

const pem = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
  type: "pkcs8",
  format: "pem",
}) as string;
const complete = { APP_ID: "12", PRIVATE_KEY: pem, WEBHOOK_SECRET: "s".repeat(32) };
const noFiles = (_path: string): string => {
  throw new Error("no such file");
};
const read = (environment: Record<string, string>, readFile = noFiles) => readSettings(environment, "all", readFile);
const problems = (environment: Record<string, string>): string[] => {
  const result = read(environment);
  return result.ok ? [] : result.problems.map((p) => `${p.name} ${p.problem}`);
};

describe("settings", () => {
  it("name everything that is missing, each with what to set", () => {
    const result = read({});
    if (result.ok) throw new Error("should refuse");
    expect(result.problems.map((p) => p.name)).toEqual(["APP_ID", "PRIVATE_KEY", "WEBHOOK_SECRET"]);
    for (const problem of result.problems) expect(problem.remedy.length).toBeGreaterThan(20);
  });

  it.each(["", "development", "s".repeat(31)])("refuse the webhook secret %p", (secret) => {
    expect(problems({ ...complete, WEBHOOK_SECRET: secret })).toEqual([expect.stringContaining("WEBHOOK_SECRET")]);
  });

  it("accept a complete environment", () => {
    const result = read(complete);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(result.settings.github.privateKey.reveal()).toBe(pem.trim());
    expect(result.settings.port).toBe(3000);
    expect(result.settings.gemini).toBeUndefined();
  });

  it.each([
    ["escaped newlines", pem.replaceAll("\n", "\\n")],
    ["base64", Buffer.from(pem).toString("base64")],
  ])("read a private key with %s", (_, key) => {
    const result = read({ ...complete, PRIVATE_KEY: key });
    expect(result.ok && result.settings.github.privateKey.reveal()).toBe(pem.trim());
  });

  it("read a secret from the file that NAME_FILE names", () => {
    const files: Record<string, string> = { "/run/secrets/webhook": `${"w".repeat(40)}\n`, "/run/key.pem": pem };
    const result = read(
      { APP_ID: "12", PRIVATE_KEY_PATH: "/run/key.pem", WEBHOOK_SECRET_FILE: "/run/secrets/webhook" },
      (path) => files[path] ?? noFiles(path),
    );
    expect(result.ok && result.settings.github.webhookSecrets[0]?.reveal()).toBe("w".repeat(40));
  });

  it("say which file cannot be read", () => {
    expect(problems({ ...complete, WEBHOOK_SECRET: "", WEBHOOK_SECRET_FILE: "/nope" })).toContain(
      "WEBHOOK_SECRET cannot be read from /nope",
    );
  });

  it("refuse a Gemini key whose tier nobody vouched for", () => {
    expect(problems({ ...complete, GEMINI_API_KEY: "k" })).toEqual([expect.stringContaining("DRACO_GEMINI_PAID_TIER")]);
    expect(problems({ ...complete, GEMINI_API_KEY: "k", DRACO_GEMINI_PAID_TIER: "acknowledged" })).toEqual([]);
  });

  it.each(["https://evil.example/", "http://10.0.0.8/"])("never send a service's key to another server (%s)", (url) => {
    expect(
      problems({ ...complete, GEMINI_API_KEY: "k", DRACO_GEMINI_PAID_TIER: "acknowledged", GEMINI_BASE_URL: url }),
    ).toEqual([expect.stringContaining("GEMINI_BASE_URL may only point at this machine")]);
  });

  it("need a key for the history where several processes share a database", () => {
    expect(problems({ ...complete, DATABASE_URL: "postgres://db/draco" })).toEqual([
      expect.stringContaining("DRACO_AUDIT_KEY"),
    ]);
  });

  it("need both halves of Twilio and SendGrid", () => {
    expect(problems({ ...complete, TWILIO_ACCOUNT_SID: "AC1", DRACO_PUBLIC_URL: "https://d.example" })).toHaveLength(1);
    expect(problems({ ...complete, SENDGRID_API_KEY: "SG.x" })).toHaveLength(1);
  });

  it("accept the previous webhook secret during rotation", () => {
    const result = read({ ...complete, WEBHOOK_SECRET_PREVIOUS: "p".repeat(32) });
    expect(result.ok && result.settings.github.webhookSecrets.map((s) => s.reveal())).toEqual([
      "s".repeat(32),
      "p".repeat(32),
    ]);
  });

  it("do not print their secrets", () => {
    const result = read(complete);
    if (!result.ok) throw new Error("should be complete");
    const printed = [
      inspect(result.settings, { depth: 9 }),
      JSON.stringify(result.settings),
      `${result.settings.github.privateKey}`,
    ].join();
    expect(printed).not.toContain("ssssssss");
    expect(printed).not.toContain("BEGIN");
    expect(printed).toContain("[secret]");
    expect(`${new Secret("x")}`).toBe("[secret]");
  });
});
