// How fast HCL is parsed: Draco's reader beside two independent parsers, over the same files, in the same run.
// Usage: parse.js DIR…   (or DRACO_CORPORA=DIR). Exit code 1 when a promise is missed.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parse as hcl2json } from "@cdktf/hcl2json";
import { Language, Parser } from "web-tree-sitter";
import { parseHcl } from "../src/core/read/hcl/parse.ts";

const MIN_MB_PER_SECOND = 20;
const MIN_RATIO = 10;
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

const main = async (): Promise<number> => {
  const fromEnvironment = process.env.DRACO_CORPORA;
  const directories = process.argv.length > 2 ? process.argv.slice(2) : fromEnvironment ? [fromEnvironment] : [];
  if (directories.length === 0) {
    console.error("parse: name a directory with .tf files, or set DRACO_CORPORA.");
    return 2;
  }
  const inputs = readInputs(directories);
  const megabytes = inputs.reduce((sum, { bytes }) => sum + bytes.length, 0) / 1e6;
  console.log(
    `${inputs.length} files, ${megabytes.toFixed(2)} MB, node ${process.version}, median of ${ROUNDS} rounds`,
  );

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
  const speed = (ms: number) => (megabytes * 1000) / ms;
  console.log("parser                     MB/s   ms/round   draco is");
  let slowestRatio = Number.POSITIVE_INFINITY;
  for (const [name, rounds] of times) {
    const ms = median(rounds);
    const ratio = ms / ours;
    if (name !== draco.name) slowestRatio = Math.min(slowestRatio, ratio);
    const claim = name === draco.name ? "" : `${ratio.toFixed(1)}x as fast`;
    console.log(`${name.padEnd(24)} ${speed(ms).toFixed(2).padStart(6)} ${ms.toFixed(1).padStart(10)}   ${claim}`);
  }
  console.log(`draco, first round (cold): ${speed(cold).toFixed(1)} MB/s`);
  const kept = speed(ours) >= MIN_MB_PER_SECOND && slowestRatio >= MIN_RATIO;
  console.log(kept ? "ok" : `MISSED: at least ${MIN_MB_PER_SECOND} MB/s and ${MIN_RATIO}x every other parser`);
  return kept ? 0 : 1;
};

process.exit(await main());
