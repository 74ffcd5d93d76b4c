/** Damaged configurations: no exception, no long run, and every position inside the file. */
import { describe, expect, it } from "@jest/globals";
import { readTerraform } from "../../../../src/core/read/terraform/read-terraform.ts";
import { generateConfiguration, random } from "./generate-configuration.ts";

const TOKENS = [
  "[*]",
  "[0]",
  "null",
  "each.value",
  "for_each = ",
  "count = -1",
  "{",
  "}",
  "[",
  "]",
  "...",
  "? :",
  "local.",
  'dynamic "x" {',
  'source = "./"',
  "%{",
  "${",
  '"',
  "<<-E\n",
];

function damage(text: string, below: (n: number) => number): string {
  let damaged = text;
  for (let times = below(6) + 1; times > 0; times--) {
    const at = below(damaged.length + 1);
    const [before, after] = [damaged.slice(0, at), damaged.slice(at)];
    const how = below(3);
    if (how === 0) damaged = before + after.slice(below(20));
    else if (how === 1) damaged = before + (TOKENS[below(TOKENS.length)] ?? "") + after;
    else damaged = before + String.fromCharCode(below(300)) + after.slice(1);
  }
  return damaged;
}

describe("damaged configurations", () => {
  it("are read without an exception, 2,000 of them, and can be asked where values come from", () => {
    const next = random(20_261_123);
    const below = (n: number): number => Math.floor(next() * n);
    for (let i = 0; i < 2000; i++) {
      const text = damage(generateConfiguration(below(50)).files.get("main.tf") ?? "", below);
      const bytes = new TextEncoder().encode(text);
      const { stacks, diagnostics } = readTerraform({ files: [{ path: "main.tf", bytes }] });
      for (const { range } of diagnostics) {
        if (range && !(0 <= range.start && range.start <= range.end && range.end <= bytes.length))
          throw new Error(`${JSON.stringify(range)} is outside of:\n${text}`);
      }
      for (const { origin, attributes } of stacks.flatMap((stack) => stack.resources)) {
        if (origin.kind !== "code") continue;
        expect(origin.range.end).toBeLessThanOrEqual(bytes.length);
        for (const name of Object.keys(attributes)) origin.locate(`${name}.0`);
      }
    }
  }, 60_000);
});
