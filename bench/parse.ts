/** How fast HCL is parsed: Draco's reader beside two independent parsers, over the same files, in the same run. */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parse as hcl2json } from "@cdktf/hcl2json";
import { Language, Parser } from "web-tree-sitter";
import { parseHcl } from "../src/core/read/hcl/parse.ts";

const WARM_UP_ROUNDS = 2;
const ROUNDS = 7;

interface Input {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly text: string;
}

interface Contender {
  readonly name: string;
  readonly parseAll: (inputs: readonly Input[]) => Promise<void> | void;
}

const readInputs = (directories: readonly string[]): Input[] =>
  directories.flatMap((directory) =>
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".tf"))
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        const bytes = new Uint8Array(readFileSync(path));
        return { path, bytes, text: Buffer.from(bytes).toString("utf8") };
      }),
  );

const draco: Contender = {
  name: "draco",
  parseAll: (inputs) => {
    for (const { path, bytes } of inputs) parseHcl(bytes, path);
  },
};

const hcl2jsonContender: Contender = {
  name: "@cdktf/hcl2json",
  parseAll: async (inputs) => {
    // Invalid files reject; the time until then counts all the same.
    for (const { path, text } of inputs) await hcl2json(path, text).catch(() => undefined);
  },
};

const treeSitter = async (): Promise<Contender> => {
  await Parser.init();
  const grammar = createRequire(import.meta.url).resolve(
    "@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm",
  );
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  return {
    name: "tree-sitter-hcl (wasm)",
    parseAll: (inputs) => {
      for (const { text } of inputs) parser.parse(text)?.delete();
    },
  };
};

const timeMs = async (contender: Contender, inputs: readonly Input[]): Promise<number> => {
  const start = performance.now();
  await contender.parseAll(inputs);
  return performance.now() - start;
};

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

export interface Parsing {
  readonly files: number;
  readonly megabytes: number;
  /** Megabytes per second: median of the rounds, and the first round of all. */
  readonly speed: number;
  readonly coldSpeed: number;
  /** How many times as fast Draco is, by the other parser's name. */
  readonly ratios: ReadonlyMap<string, number>;
}

/** All three parsers over every .tf file, in turns, in one process. */
export async function measureParsing(directories: readonly string[]): Promise<Parsing> {
  const inputs = readInputs(directories);
  const megabytes = inputs.reduce((sum, { bytes }) => sum + bytes.length, 0) / 1e6;
  const contenders = [draco, await treeSitter(), hcl2jsonContender];
  const cold = await timeMs(draco, inputs);
  const times = new Map(contenders.map((contender) => [contender.name, [] as number[]]));
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    for (const contender of contenders) {
      const ms = await timeMs(contender, inputs);
      if (round >= 0) times.get(contender.name)?.push(ms);
    }
  }
  const ours = median(times.get(draco.name) ?? []);
  const others = [...times].filter(([name]) => name !== draco.name);
  return {
    files: inputs.length,
    megabytes,
    speed: (megabytes * 1000) / ours,
    coldSpeed: (megabytes * 1000) / cold,
    ratios: new Map(others.map(([name, rounds]) => [name, median(rounds) / ours])),
  };
}
