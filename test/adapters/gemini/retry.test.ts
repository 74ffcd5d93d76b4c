import { describe, expect, it } from "@jest/globals";
import { PATIENCE, pauseBefore, type Time, withPatience } from "../../../src/adapters/gemini/retry.ts";
import type { Failure, Model, ModelAnswer } from "../../../src/adapters/gemini/types.ts";

const REQUEST = { system: "", prompt: "", schema: { type: "string" }, model: "m" } as const;
const GOOD: ModelAnswer = {
  ok: true,
  json: 1,
  usage: { inputTokens: 0, outputTokens: 0, thinkingTokens: 0 },
  model: "m",
};
const bad = (failure: Failure): ModelAnswer => ({ ok: false, failure });
const DOWN = bad({ kind: "unreachable", detail: "" });

function setUp(answers: readonly ModelAnswer[]) {
  let now = 0;
  let asked = 0;
  const pauses: number[] = [];
  const time: Time = {
    now: () => now,
    random: () => 1,
    pause: async (ms) => {
      pauses.push(ms);
      now += ms;
    },
  };
  const model: Model = { generate: async () => answers[Math.min(asked++, answers.length - 1)] ?? GOOD };
  return { model: withPatience(model, PATIENCE, time), pauses, asked: () => asked, wait: (ms: number) => (now += ms) };
}

describe("patience", () => {
  it("asks again after trouble, with growing pauses", async () => {
    const s = setUp([DOWN, DOWN, GOOD]);
    expect(await s.model.generate(REQUEST)).toBe(GOOD);
    expect(s.pauses).toEqual([1000, 2000]);
  });

  it("gives up after four tries", async () => {
    const s = setUp([DOWN]);
    expect(await s.model.generate(REQUEST)).toBe(DOWN);
    expect(s.asked()).toBe(4);
  });

  it("waits as long as it was told to, but not beyond its time", async () => {
    const limited = (retryAfterMs: number) => bad({ kind: "rate-limited", detail: "", retryAfterMs });
    const s = setUp([limited(20_000), GOOD]);
    expect(await s.model.generate(REQUEST)).toBe(GOOD);
    expect(s.pauses).toEqual([20_000]);
    const late = setUp([limited(120_000)]);
    expect((await late.model.generate(REQUEST)).ok).toBe(false);
    expect(late.asked()).toBe(1);
  });

  it.each<Failure["kind"]>(["bad-answer", "blocked", "misconfigured", "aborted"])(
    "does not ask again after %s",
    async (kind) => {
      const s = setUp([bad({ kind, detail: "" } as Failure)]);
      await s.model.generate(REQUEST);
      expect(s.asked()).toBe(1);
    },
  );

  it("stops asking for ten minutes after five failures in a row, over all calls", async () => {
    const s = setUp([DOWN]);
    await s.model.generate(REQUEST);
    const second = await s.model.generate(REQUEST);
    expect(s.asked()).toBe(5);
    expect(second).toMatchObject({ failure: { kind: "breaker-open" } });
    await s.model.generate(REQUEST);
    expect(s.asked()).toBe(5);
    s.wait(600_001);
    await s.model.generate(REQUEST);
    expect(s.asked()).toBeGreaterThan(5);
  });

  it("counts only failures in a row", async () => {
    const s = setUp([DOWN, DOWN, DOWN, GOOD, DOWN, GOOD]);
    expect(await s.model.generate(REQUEST)).toBe(GOOD);
    expect(await s.model.generate(REQUEST)).toBe(GOOD);
  });

  it("spreads its pauses", () => {
    expect(pauseBefore(3, { kind: "timeout", detail: "" }, PATIENCE, 0.25)).toBe(1000);
    expect(pauseBefore(9, { kind: "timeout", detail: "" }, PATIENCE, 1)).toBe(30_000);
  });
});
