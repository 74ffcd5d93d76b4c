import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { CODE_BITS, CODE_BYTES, formatCode, hashCode, parseReply, readSms } from "../../../src/core/approve/code.ts";

const random = fc.uint8Array({ minLength: CODE_BYTES, maxLength: 32 });
const KEY = "k".repeat(32);

describe("one-time codes", () => {
  it("have at least 40 bits, and no sign that looks like another", () => {
    expect(CODE_BITS).toBeGreaterThanOrEqual(40);
    fc.assert(
      fc.property(random, (bytes) => {
        expect(formatCode(bytes)).toMatch(/^\d{4}-[BCDFGHJKMNPQRTVWXY]{7}$/);
      }),
    );
  });

  it("use the whole of their range", () => {
    const seen = new Set(
      Array.from({ length: 2000 }, (_, i) =>
        formatCode(
          new Uint8Array(CODE_BYTES)
            .fill(0)
            .with(9, i % 256)
            .with(8, i >> 8),
        ),
      ),
    );
    expect(seen.size).toBe(2000);
  });

  it("come back from a reply, however a phone writes it", () => {
    fc.assert(
      fc.property(
        random,
        fc.constantFrom("OK", "ok", "No", "NO"),
        fc.constantFrom("-", " ", "", "–", "—"),
        (bytes, verb, dash) => {
          const code = formatCode(bytes);
          expect(parseReply(`  ${verb} ${code.replace("-", dash)} \n`.toLowerCase())).toEqual({
            verb: verb.toUpperCase(),
            code,
          });
        },
      ),
    );
  });

  it.each([
    "OK",
    "YES",
    "4827-KDWTRPB",
    "OK 4827-KDWT",
    "OK 4827-KDWTRPB please",
    "NOT 4827-KDWTRPB",
    "OK4827-KDWTRPB",
    "",
  ])("are not in %j", (body) => expect(parseReply(body)).toBeUndefined());

  it("leave carriers their words", () => {
    expect(readSms("Stop.")).toEqual({ kind: "stop" });
    expect(readSms("unstop")).toEqual({ kind: "start" });
    expect(readSms("HELP")).toEqual({ kind: "carrier" });
    expect(readSms("show 7f3k9q")).toEqual({ kind: "show", planId: "7F3K9Q" });
    expect(readSms("hello")).toEqual({ kind: "unclear" });
  });

  it("are kept as hashes that need the key", () => {
    expect(hashCode(KEY, "4827-KDWTRPB")).toMatch(/^[0-9a-f]{64}$/);
    expect(hashCode(KEY, "4827-KDWTRPB")).not.toBe(hashCode(KEY.toUpperCase(), "4827-KDWTRPB"));
    expect(hashCode(KEY, "4827-KDWTRPB")).not.toBe(hashCode(KEY, "4827-KDWTRPC"));
  });
});
