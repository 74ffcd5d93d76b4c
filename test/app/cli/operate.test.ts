import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { nodeCheck } from "../../../src/app/cli/doctor.ts";
import type { Io } from "../../../src/app/cli/io.ts";
import { main } from "../../../src/app/cli/main.ts";
import { withStore } from "../../../src/app/cli/open-store.ts";

const dataDir = mkdtempSync(join(tmpdir(), "draco-operate-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

async function draco(args: readonly string[], env: Record<string, string> = {}) {
  let out = "";
  let err = "";
  const io: Io = {
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
    env: { DRACO_DATA_DIR: dataDir, ...env },
    cwd: dataDir,
    now: new Date("2026-11-23T12:00:00Z"),
  };
  return { code: await main(args, io, "1.2.3"), out, err };
}

describe("draco start", () => {
  it("says what to set and where to begin, and exits 1, with none of its settings", async () => {
    const { code, err } = await draco(["start"]);
    expect(code).toBe(1);
    for (const name of ["APP_ID", "PRIVATE_KEY", "WEBHOOK_SECRET", "npm run demo"]) expect(err).toContain(name);
    expect(err.split("\n").length).toBeLessThan(20);
  });

  it.each(["", "development", "short"])("refuses to start with the webhook secret %p", async (secret) => {
    const { code, err } = await draco(["start"], { APP_ID: "1", PRIVATE_KEY: "x", WEBHOOK_SECRET: secret });
    expect(code).toBe(1);
    expect(err).toMatch(/WEBHOOK_SECRET (is not set|is shorter than 32 bytes)/);
  });

  it("knows its roles", async () => {
    expect((await draco(["start", "--role", "king"])).code).toBe(2);
  });
});

describe("every command", () => {
  it.each(["scan", "fix", "rules", "start", "demo", "doctor", "migrate", "history", "phones", "export", "purge"])(
    "%s has a help with examples",
    async (command) => {
      const { code, out } = await draco([command, "--help"]);
      expect(code).toBe(0);
      expect(out).toContain("Usage:");
      expect(out).toMatch(/Examples:\n {2}draco /);
    },
  );
});

describe("a database of one's own", () => {
  beforeAll(async () => {
    expect((await draco(["migrate", "--check"])).code).toBe(1);
  }, 60_000);

  it("is brought up to date once, and then is", async () => {
    const first = await draco(["migrate"]);
    expect(first.code).toBe(0);
    expect(first.out).toMatch(/Applied to PGlite in .*:\n {2}\d{14}_/);
    expect((await draco(["migrate", "--check"])).code).toBe(0);
  }, 60_000);

  it("has an empty history that is whole", async () => {
    const key = { DRACO_AUDIT_KEY: "an audit key of thirty-two bytes or more" };
    expect((await draco(["history"], key)).out).toContain("There is no history yet.");
    expect(await draco(["history", "--verify"], key)).toMatchObject({ code: 0 });
    expect(await draco(["history", "--plan", "7F3K9Q"], key)).toMatchObject({ code: 2 });
  }, 60_000);

  it("is found by the doctor, who says what to do about what is missing", async () => {
    const { code, out } = await draco(["doctor"]);
    expect(code).toBe(1);
    expect(out).toMatch(/ok {4} {0,1}Node/);
    expect(out).toMatch(/bad .*APP_ID.* is not set\n\s+-> /);
    expect(out).toMatch(/ok .*Database .*migrations applied/);
  }, 60_000);
});

describe("the doctor", () => {
  it.each([
    ["20.19.0", "good"],
    ["20.18.3", "bad"],
    ["21.7.0", "bad"],
    ["22.12.0", "good"],
    ["24.1.0", "good"],
  ])("judges Node %s as %s", (version, state) => {
    expect(nodeCheck(version).state).toBe(state);
  });
});

describe("what is kept about somebody", () => {
  const key = { DRACO_AUDIT_KEY: "an audit key of thirty-two bytes or more" };

  it("can be taken along, and be rid of", async () => {
    const io = { env: { DRACO_DATA_DIR: dataDir, ...key } } as unknown as Io;
    await withStore(io, async (store) => {
      const actor = await store.actors.ensure({ githubId: 7, login: "Alice" });
      const enrolment = {
        actorId: actor.id,
        e164: "+41791234567",
        codeHash: "h".repeat(64),
        expiresAt: new Date("2030-01-01"),
      };
      await store.phones.enrol(enrolment);
    });
    const taken = await draco(["export", "--subject", "@alice"], key);
    expect(JSON.parse(taken.out)).toMatchObject({ person: { login: "Alice" }, phone: { e164: "+41791234567" } });
    expect(taken.out).not.toContain("hhhh");

    expect(await draco(["purge", "--person", "alice"], key)).toMatchObject({ code: 2 });
    expect(await draco(["purge", "--person", "alice", "--yes"], key)).toMatchObject({ code: 0 });
    expect(await draco(["export", "--subject", "alice"], key)).toMatchObject({ code: 2 });
    expect((await draco(["purge", "--person", "alice", "--yes"], key)).err).toContain("Nothing is kept about alice");
  }, 60_000);

  it("is not deleted by half a command", async () => {
    expect((await draco(["purge", "--yes"], key)).code).toBe(2);
    expect((await draco(["purge", "--person", "a", "--repository", "b/c", "--yes"], key)).code).toBe(2);
  });
});
