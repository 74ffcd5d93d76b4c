import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { seedFiles } from "../../../demo/seed/files.ts";
import { type GeminiStandIn, startGemini } from "../../../demo/stand-ins/gemini.ts";
import { Refused } from "../../../src/adapters/errors.ts";
import { openGemini } from "../../../src/adapters/gemini/open.ts";
import type { ModelRequest } from "../../../src/adapters/gemini/types.ts";
import { buildPrompt, readAnswer, requestOf } from "../../../src/core/fix/ai/prompt.ts";
import type { Block } from "../../../src/core/read/hcl/ast.ts";
import { parseHcl } from "../../../src/core/read/hcl/parse.ts";
import { freePort } from "../../support/emulators.ts";

let standIn: GeminiStandIn;
beforeAll(async () => {
  standIn = await startGemini();
});
afterAll(() => standIn.close());

const REQUEST: ModelRequest = {
  system: "You mend things.",
  prompt: JSON.stringify({ findingId: "F1", rule: { remedy: "none" }, attribute: "", lines: [] }),
  schema: { type: "object", properties: { verdict: { type: "string" } }, required: ["verdict"] },
  model: "gemini-3.8-flash",
};
const open = (change: object = {}) => openGemini({ apiKey: standIn.apiKey, baseUrl: standIn.url, ...change });
const sent = () => JSON.parse(standIn.prompts.at(-1)?.body ?? "{}");

describe("a request", () => {
  it("carries instructions, schema and thinking level, and leaves the temperature alone", async () => {
    const answer = await open().generate({ ...REQUEST, maxOutputTokens: 100 });
    expect(answer).toMatchObject({ ok: true, json: { verdict: "decline" }, model: "gemini-3.8-flash" });
    expect(standIn.prompts.at(-1)?.model).toBe("gemini-3.8-flash");
    expect(sent()).toMatchObject({
      systemInstruction: { parts: [{ text: "You mend things." }] },
      generationConfig: {
        responseMimeType: "application/json",
        responseSchema: REQUEST.schema,
        maxOutputTokens: 8192,
        thinkingConfig: { thinkingLevel: "LOW" },
      },
    });
    expect(JSON.stringify(sent())).not.toMatch(/temperature|topP|topK/);
    expect(standIn.prompts.at(-1)?.body).not.toContain(standIn.apiKey);
  });

  it("is never made with something sensitive in it", async () => {
    const before = standIn.prompts.length;
    const key = ["AKIA", "QYLPMN5HFIQR7XYA"].join("");
    const leaking = [
      { ...REQUEST, prompt: `key ${key}` },
      { ...REQUEST, system: "ask jane.doe@corp.example", known: ["jane.doe@corp.example"] },
      {
        ...REQUEST,
        prompt: Buffer.from("xx jane.doe@corp.example").toString("base64"),
        known: ["jane.doe@corp.example"],
      },
    ];
    for (const request of leaking) {
      expect(await open().generate(request)).toMatchObject({ ok: false, failure: { kind: "would-leak" } });
    }
    expect(standIn.prompts.length).toBe(before);
  });

  it("is never made with a signal that is aborted already", async () => {
    const before = standIn.prompts.length;
    expect(await open().generate(REQUEST, AbortSignal.abort())).toMatchObject({ failure: { kind: "aborted" } });
    expect(standIn.prompts.length).toBe(before);
  });

  it("goes nowhere but to this machine when the base URL is changed", () => {
    expect(() => open({ baseUrl: "https://gemini.example" })).toThrow(Refused);
  });
});

describe("an answer", () => {
  it.each(["MAX_TOKENS", "SAFETY", "RECITATION", "SPII", "BLOCKLIST", "PROHIBITED_CONTENT", "OTHER"])(
    "that ended with %s is none, even where text came",
    async (finishReason) => {
      standIn.script({ answer: { verdict: "patch" }, finishReason });
      expect(await open().generate(REQUEST)).toMatchObject({ ok: false, failure: { kind: "bad-answer" } });
    },
  );

  it("that is no JSON is none", async () => {
    standIn.script({ answer: "Sure! Here is" });
    expect(await open().generate(REQUEST)).toMatchObject({ ok: false, failure: { kind: "bad-answer" } });
  });

  it("leaves the model's thoughts out", async () => {
    const parts = [{ text: "hmm {", thought: true }, { text: '{"verdict":' }, { text: '"decline"}' }];
    standIn.script({
      status: 200,
      body: { candidates: [{ content: { parts }, finishReason: "STOP" }], usageMetadata: { thoughtsTokenCount: 9 } },
    });
    expect(await open().generate(REQUEST)).toMatchObject({
      ok: true,
      json: { verdict: "decline" },
      usage: { thinkingTokens: 9 },
    });
  });

  it.each<[string, number, unknown, object]>([
    ["a blocked prompt", 200, { promptFeedback: { blockReason: "PROHIBITED_CONTENT" } }, { kind: "blocked" }],
    ["no candidate", 200, {}, { kind: "bad-answer" }],
    [
      "a limit with its delay",
      429,
      {
        error: {
          message: "quota",
          details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "7s" }],
        },
      },
      { kind: "rate-limited", retryAfterMs: 7000 },
    ],
    [
      "a limit without",
      429,
      { error: { message: "spend cap" } },
      { kind: "rate-limited", detail: expect.stringContaining("spend cap") },
    ],
    ["an overloaded service", 503, { error: { message: "overloaded" } }, { kind: "unreachable" }],
    [
      "an unknown model",
      404,
      { error: { message: "models/x is not found" } },
      { kind: "misconfigured", detail: expect.stringContaining("not found") },
    ],
    ["a bad schema", 400, { error: { message: "too many states" } }, { kind: "misconfigured" }],
  ])("tells %s apart", async (_, status, body, failure) => {
    standIn.script({ status, body });
    expect(await open().generate(REQUEST)).toMatchObject({ ok: false, failure });
  });

  it("says that the key is wrong, without repeating it", async () => {
    const answer = await open({ apiKey: "a-wrong-key-1234" }).generate(REQUEST);
    expect(answer).toMatchObject({ ok: false, failure: { kind: "misconfigured" } });
    expect(JSON.stringify(answer)).not.toContain("a-wrong-key-1234");
  });

  it("says that nobody listens, and that time is up", async () => {
    const baseUrl = `http://127.0.0.1:${await freePort()}`;
    expect(await open({ baseUrl }).generate(REQUEST)).toMatchObject({ failure: { kind: "unreachable" } });
    expect(await open({ timeoutMs: 1 }).generate(REQUEST)).toMatchObject({ failure: { kind: "timeout" } });
  });
});

describe("the stand-in", () => {
  const RULE = { id: "r", title: "t", why: "w", remedy: "Set encrypted = true." };
  const ask = async (code: string, name = "x", rule = RULE) => {
    const file = parseHcl(new TextEncoder().encode(code), "main.tf");
    const block = file.body.items.find(
      (item): item is Block => item.kind === "block" && item.labels.some((label) => label.value === name),
    );
    if (!block) throw new Error("no block");
    const prompt = buildPrompt({
      rule,
      address: "terraform_data.x",
      type: "terraform_data",
      path: "input.encrypted",
      file,
      block,
    });
    const answer = await open().generate(requestOf(prompt, "gemini-3.8-flash"));
    const read = readAnswer(prompt, answer.ok ? answer.json : undefined);
    if (read.kind !== "patch") return read;
    return read.edits.reduce((now, e) => now.slice(0, e.start) + e.text + now.slice(e.end), code);
  };
  it("mends a finding through the whole protocol", async () => {
    const code = 'resource "terraform_data" "x" {\n  input = {\n    name      = "a"\n    encrypted = false\n  }\n}\n';
    expect(await ask(code)).toBe(code.replace("false", "true"));
  });

  it("mends the finding of the demo's own repository", async () => {
    const code = seedFiles()["stacks/app/main.tf"] ?? "";
    expect(await ask(code, "orders")).toBe(code.replace("encrypted = false", "encrypted = true"));
  });

  it("declines where the remedy names no value", async () => {
    const code = seedFiles()["production/network.tf"] ?? "";
    const rule = { ...RULE, remedy: "Let port 22 in only from the addresses that need it." };
    expect(await ask(code, "bastion", rule)).toMatchObject({ kind: "declined" });
  });

  it("adds what is missing", async () => {
    const code = 'resource "terraform_data" "x" {\n  input = {\n    name = "a"\n  }\n}\n';
    expect(await ask(code)).toBe(code.replace("input = {\n", "input = {\n    encrypted = true\n"));
  });
});
