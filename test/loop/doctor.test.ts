import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { seedFiles } from "../../demo/seed/files.ts";
import { type Services, startServices } from "../../demo/world.ts";
import { type Check, doctor } from "../../src/app/cli/doctor.ts";

describe("the doctor", () => {
  let services: Services;
  beforeAll(async () => {
    services = await startServices({ files: seedFiles() });
  }, 60_000);
  afterAll(async () => services.close());

  const examine = async (change: { readonly [name: string]: string } = {}): Promise<readonly Check[]> => {
    let out = "";
    await doctor(["--json"], {
      out: (text) => {
        out += text;
      },
      err: () => undefined,
      ask: async () => "",
      outIsTerminal: false,
      errIsTerminal: false,
      columns: 80,
      env: { ...services.environment, ...change },
      cwd: services.dataDir,
      now: new Date(),
    });
    return JSON.parse(out) as Check[];
  };
  const stateOf = (checks: readonly Check[], name: string): string | undefined =>
    checks.find((c) => c.name === name)?.state;

  it("finds nothing bad where everything is set up", async () => {
    const checks = await examine();
    expect(checks.filter((c) => c.state === "bad")).toEqual([]);
    for (const name of ["GitHub App", "Permissions", "Installations", "Twilio", "SendGrid", "Gemini"]) {
      expect([name, stateOf(checks, name)]).toEqual([name, "good"]);
    }
  }, 60_000);

  it("says which credential is wrong, and what to do", async () => {
    const checks = await examine({ TWILIO_AUTH_TOKEN: "wrong", SENDGRID_API_KEY: "SG.wrong", GEMINI_API_KEY: "wrong" });
    for (const name of ["Twilio", "SendGrid", "Gemini"]) {
      const check = checks.find((c) => c.name === name);
      expect([name, check?.state]).toEqual([name, "bad"]);
      expect(check?.remedy).toBeTruthy();
      expect(check?.detail).not.toContain("wrong");
    }
    expect(stateOf(checks, "GitHub App")).toBe("good");
  }, 60_000);
});
