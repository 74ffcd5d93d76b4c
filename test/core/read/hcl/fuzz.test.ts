import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { parseHcl } from "../../../../src/core/read/hcl/parse.ts";
import { parseHclJson } from "../../../../src/core/read/hcl/parse-json.ts";
import { mutate, seededRandom } from "./mutate.ts";
import { misplacedNode } from "./tree.ts";

const samples = join(dirname(fileURLToPath(import.meta.url)), "samples");
const seeds = readdirSync(samples).map((name) => new Uint8Array(readFileSync(join(samples, name))));
const jsonSeeds = [
  { resource: { aws_s3_bucket: { b: { acl: "${var.a}", tags: { "a\n": [1, null, true, "é"] } } } }, "//": "x" },
  [{ locals: { a: '%{ if x }"y"%{ endif }' } }],
].map((value) => new TextEncoder().encode(JSON.stringify(value, undefined, 1)));

describe("damaged input", () => {
  it("never throws, and never leads outside the file (native syntax)", () => {
    const random = seededRandom(20_26);
    for (let i = 0; i < 5_000; i++) {
      const bytes = mutate(seeds, random);
      const problem = misplacedNode(parseHcl(bytes, "main.tf"));
      if (problem) expect([i, new TextDecoder("latin1").decode(bytes)]).toEqual([problem]);
    }
  });

  it("never throws, and never leads outside the file (JSON)", () => {
    const random = seededRandom(7);
    for (let i = 0; i < 5_000; i++) {
      const bytes = mutate(jsonSeeds, random);
      const problem = misplacedNode(parseHclJson(bytes, "main.tf.json"));
      if (problem) expect([i, new TextDecoder("latin1").decode(bytes)]).toEqual([problem]);
    }
  });

  // What could make a reader that recovers go over the same bytes again and again.
  it("is read in time that grows with its size", () => {
    const patterns = [
      "a = [\n",
      "{",
      "}",
      "a = {\n",
      '"',
      "a = <<E\n",
      "${",
      "/*",
      "x y z\n",
      "a = (1,\n",
      "b {\n",
      "%{ if a }",
      "a = f(b c\n",
      "a\t",
      " ",
    ];
    const times = (size: number) =>
      patterns.map((pattern) => {
        const bytes = new TextEncoder().encode(`x = ${pattern.repeat(size / pattern.length)}`);
        const start = performance.now();
        parseHcl(bytes, "main.tf");
        return performance.now() - start;
      });
    times(20_000);
    const slowest = Math.max(...times(400_000));
    expect(slowest).toBeLessThan(1_000);
  });
});
