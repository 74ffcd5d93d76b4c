// Two parsers that are not ours, on the samples here and, where DRACO_CORPORA names a folder, on every .tf file in it.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { parseHcl } from "../../../../src/core/read/hcl/parse.ts";
import { type Facts, ourFacts, ourJson, peerJson, sitterFacts } from "./peers.ts";
import { misplacedNode } from "./tree.ts";

const samples = join(dirname(fileURLToPath(import.meta.url)), "samples");
const corpora = process.env.DRACO_CORPORA;

const terraformFiles = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".tf"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

const readHcl = (path: string) => {
  const bytes = new Uint8Array(readFileSync(path));
  return { file: parseHcl(bytes, path), text: new TextDecoder().decode(bytes) };
};

let sitter: (text: string) => Facts | undefined;
beforeAll(async () => {
  sitter = await sitterFacts();
});

const compareAll = async (paths: readonly string[]): Promise<{ sitter: number; json: number; bothReject: number }> => {
  const compared = { sitter: 0, json: 0, bothReject: 0 };
  for (const path of paths) {
    const { file, text } = readHcl(path);
    expect([path, misplacedNode(file)]).toEqual([path, undefined]);
    const json = await peerJson(text);
    // hcl2json is Terraform's own parser: it and we must agree on what is wrong.
    expect([path, file.diagnostics.length > 0]).toEqual([path, json === undefined]);
    if (json === undefined) {
      compared.bothReject++;
      continue;
    }
    expect([path, ourJson(file)]).toEqual([path, json]);
    compared.json++;
    const facts = sitter(text);
    if (!facts) continue;
    expect([path, ourFacts(file)]).toEqual([path, facts]);
    compared.sitter++;
  }
  return compared;
};

describe("HCL read by three parsers", () => {
  it("is the same for the samples", async () => {
    const compared = await compareAll(terraformFiles(samples));
    // The tree-sitter grammar does not know numbers like 1e3, which one sample has.
    expect(compared).toEqual({ sitter: 2, json: 3, bothReject: 0 });
  });

  if (!corpora) console.info("differential.test: set DRACO_CORPORA to compare the parsers on real modules too");
  (corpora ? it : it.skip)(
    "is the same for every .tf file of the corpora",
    async () => {
      const paths = terraformFiles(corpora ?? "");
      const compared = await compareAll(paths);
      console.info(`${paths.length} files`, compared);
      expect(compared.json).toBeGreaterThan(paths.length * 0.9);
      expect(compared.sitter).toBeGreaterThan(paths.length * 0.9);
    },
    120_000,
  );
});
