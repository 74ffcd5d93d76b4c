import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { applyEdits, composeEdits, conflictIn, originalOffset } from "../../../src/core/fix/edit.ts";
import type { Edit } from "../../../src/core/model/patch.ts";

const edit = (start: number, end: number, text: string): Edit => ({ file: "f", start, end, text });
const apply = (text: string, edits: readonly Edit[]): string =>
  new TextDecoder().decode(applyEdits(new TextEncoder().encode(text), edits));

/** Edits that do not overlap, of a text of at most `size` ASCII characters. */
const editsOf = (size: number): fc.Arbitrary<Edit[]> =>
  fc
    .array(fc.tuple(fc.nat(size), fc.string({ unit: fc.constantFrom("x", "é", "\n", "😀"), maxLength: 3 })), {
      maxLength: 8,
    })
    .map((cuts) => {
      const places = cuts.map(([at]) => at).sort((a, b) => a - b);
      return cuts.flatMap(([, text], i): Edit[] =>
        i % 2 === 0 ? [edit(places[i] ?? 0, places[i + 1] ?? places[i] ?? 0, text)] : [],
      );
    });

describe("edits", () => {
  it("are made in any order, by bytes", () => {
    expect(apply("aéb", [edit(3, 4, "c"), edit(0, 1, "ü"), edit(4, 4, "!")])).toBe("üéc!");
    expect(apply("ab", [edit(1, 1, "x"), edit(1, 1, "y")])).toBe("axyb");
  });

  it("that overlap, leave the file or mix files are refused", () => {
    expect(conflictIn(4, [edit(0, 2, ""), edit(1, 3, "")])).toContain("overlap");
    expect(conflictIn(4, [edit(3, 5, "")])).toContain("not inside");
    expect(conflictIn(4, [edit(0, 1, ""), { ...edit(2, 3, ""), file: "g" }])).toContain("mixed");
    expect(conflictIn(4, [edit(0, 2, ""), edit(2, 3, "")])).toBeUndefined();
    expect(() => apply("abcd", [edit(0, 2, ""), edit(1, 3, "")])).toThrow(RangeError);
  });

  it("leave every byte outside them, and know where it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii", maxLength: 40 }), (text) => {
        fc.assert(
          fc.property(editsOf(text.length), (edits) => {
            const before = new TextEncoder().encode(text);
            const after = applyEdits(before, edits);
            let kept = 0;
            for (let i = 0; i < after.length; i++) {
              const from = originalOffset(before.length, edits, i);
              if (from === undefined) continue;
              kept++;
              expect(after[i]).toBe(before[from]);
            }
            expect(kept).toBe(before.length - edits.reduce((sum, { start, end }) => sum + end - start, 0));
          }),
          { numRuns: 20 },
        );
      }),
      { numRuns: 20 },
    );
  });

  it("of two rounds are one round of the original", () => {
    fc.assert(
      fc.property(
        fc
          .string({ unit: "grapheme-ascii", maxLength: 40 })
          .chain((text) => editsOf(text.length).map((first) => ({ text, first })))
          .chain(({ text, first }) => {
            const between = apply(text, first);
            // Second edits must not cut a character in two: only where the first round wrote plain letters.
            const isPlain = /^[\0-\x7f]*$/.test(between);
            return (isPlain ? editsOf(between.length) : fc.constant([])).map((second) => ({ text, first, second }));
          }),
        ({ text, first, second }) => {
          const composed = composeEdits(text.length, first, second);
          expect(apply(text, composed)).toBe(apply(apply(text, first), second));
        },
      ),
      { numRuns: 500 },
    );
  });
});
