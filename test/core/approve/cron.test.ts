import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { cronProblem, nextRun } from "../../../src/core/approve/cron.ts";

const from = (text: string): Date => new Date(text);

describe("cron lines", () => {
  it.each([
    ["0 3 * * *", "UTC", "2026-11-23T12:00:00Z", "2026-11-24T03:00:00.000Z"],
    ["0 3 * * *", "Europe/Zurich", "2026-11-23T12:00:00Z", "2026-11-24T02:00:00.000Z"],
    ["*/15 * * * *", "UTC", "2026-11-23T12:00:00Z", "2026-11-23T12:15:00.000Z"],
    ["0 9 * * mon-fri", "UTC", "2026-11-27T09:00:00Z", "2026-11-30T09:00:00.000Z"],
    ["0 0 1 JAN *", "UTC", "2026-11-23T12:00:00Z", "2027-01-01T00:00:00.000Z"],
    ["0 0 29 2 *", "UTC", "2026-11-23T12:00:00Z", "2028-02-29T00:00:00.000Z"],
    ["0 0 * * 7", "UTC", "2026-11-23T12:00:00Z", "2026-11-29T00:00:00.000Z"],
    ["30 12 1 * FRI", "UTC", "2026-11-23T12:00:00Z", "2026-11-27T12:30:00.000Z"],
    ["@weekly", "UTC", "2026-11-23T12:00:00Z", "2026-11-29T00:00:00.000Z"],
    // Clocks go forward at 02:00 on 28 March 2027 in Zurich: 02:30 does not exist that day.
    ["30 2 * * *", "Europe/Zurich", "2027-03-27T12:00:00Z", "2027-03-29T00:30:00.000Z"],
    ["0 0 * * *", "Australia/Lord_Howe", "2026-11-23T12:00:00Z", "2026-11-23T13:00:00.000Z"],
  ])("%s in %s after %s fires at %s", (line, zone, after, expected) => {
    expect(nextRun(line, zone, from(after))?.toISOString()).toBe(expected);
  });

  it("that can never come true have no next run", () => {
    expect(nextRun("0 0 31 2 *", "UTC", from("2026-11-23T12:00:00Z"))).toBeUndefined();
  });

  it.each([
    "",
    "* * * *",
    "60 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "a * * * *",
    "*/0 * * * *",
    "5-1 * * * *",
    "* * * * funday",
  ])("%j is refused", (line) => {
    expect(cronProblem(line)).toEqual(expect.any(String));
    expect(nextRun(line, "UTC", from("2026-11-23T12:00:00Z"))).toBeUndefined();
  });

  it("agrees with looking at every minute", () => {
    const field = (min: number, max: number) =>
      fc.oneof(
        fc.constant("*"),
        fc.integer({ min, max }).map(String),
        fc.integer({ min: 2, max: 9 }).map((n) => `*/${n}`),
      );
    const line = fc
      .tuple(field(0, 59), field(0, 23), field(1, 28), fc.constant("*"), field(0, 6))
      .map((fields) => fields.join(" "));
    const start = fc
      .integer({ min: 0, max: 40_000 })
      .map((minutes) => new Date(Date.UTC(2027, 2, 1) + minutes * 60_000));
    const zone = fc.constantFrom("UTC", "America/New_York", "Asia/Kolkata");
    fc.assert(
      fc.property(line, start, zone, (cron, after, timezone) => {
        const next = nextRun(cron, timezone, after);
        if (!next) throw new Error(`${cron} never fires`);
        expect(next.getTime()).toBeGreaterThan(after.getTime());
        // Nothing in between fires: from any earlier minute the answer is the same.
        const middle = new Date((after.getTime() + next.getTime()) / 2);
        if (middle.getTime() < next.getTime() - 60_000) expect(nextRun(cron, timezone, middle)).toEqual(next);
        expect(nextRun(cron, timezone, new Date(next.getTime() - 1))).toEqual(next);
      }),
      { numRuns: 200 },
    );
  });
});
