import { describe, expect, it } from "@jest/globals";
import { measureSms } from "../../../src/core/report/gsm7.ts";

describe("the length of a text message", () => {
  it.each<[string, string, number, number]>([
    ["", "GSM-7", 0, 1],
    ["a".repeat(160), "GSM-7", 160, 1],
    ["a".repeat(161), "GSM-7", 161, 2],
    ["a".repeat(306), "GSM-7", 306, 2],
    ["a".repeat(307), "GSM-7", 307, 3],
    ["€[]".repeat(10), "GSM-7", 60, 1],
    ["é à Å Δ", "GSM-7", 7, 1],
    ["`", "UCS-2", 1, 1],
    ["ç", "UCS-2", 1, 1],
    ["ж".repeat(70), "UCS-2", 70, 1],
    ["ж".repeat(71), "UCS-2", 71, 2],
    ["🙂".repeat(35), "UCS-2", 70, 1],
  ])("%j", (text, encoding, units, segments) => {
    expect(measureSms(text)).toMatchObject({ encoding, units, segments });
  });

  it("never splits a character over two segments", () => {
    // 152 + an escape pair: the pair does not fit in the last septet of the first segment.
    expect(measureSms(`${"a".repeat(152)}€${"a".repeat(152)}`).segments).toBe(3);
    // 134 units would fill two segments of 67 to the last unit, were a pair split.
    expect(measureSms("🙂".repeat(67)).segments).toBe(3);
  });

  it("says which characters are to blame", () => {
    expect(measureSms("a`b`“").outside).toEqual(["`", "“"]);
  });
});
