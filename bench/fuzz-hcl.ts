// Throws mutated HCL at the reader: it must not throw, hang, or name a place outside the file.
// Usage: fuzz-hcl.js COUNT DIR… [--seed N] (or DRACO_CORPORA=DIR). Prints what it tried; exit code 1 on the first failure.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHcl } from "../src/core/read/hcl/parse.ts";
import { mutate, seededRandom } from "../test/core/read/hcl/mutate.ts";
import { misplacedNode } from "../test/core/read/hcl/tree.ts";

const MAX_MS = 1000;

const readSeeds = (directories: readonly string[]): Uint8Array[] =>
  directories.flatMap((directory) =>
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(tf|hcl)$/.test(entry.name))
      .map((entry) => new Uint8Array(readFileSync(join(entry.parentPath, entry.name)))),
  );

const failureOf = (bytes: Uint8Array): string | undefined => {
  const start = performance.now();
  try {
    const file = parseHcl(bytes, "fuzz.tf");
    const ms = performance.now() - start;
    if (ms > MAX_MS) return `took ${ms.toFixed(0)} ms for ${bytes.length} bytes`;
    return misplacedNode(file);
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
};

const main = (): number => {
  const options = process.argv.slice(2);
  const seedAt = options.indexOf("--seed");
  const seed = seedAt >= 0 ? Number(options.splice(seedAt, 2)[1]) : 1;
  const count = Number(options.shift() ?? "10000");
  const fromEnvironment = process.env.DRACO_CORPORA;
  const directories = options.length > 0 ? options : fromEnvironment ? [fromEnvironment] : [];
  const seeds = readSeeds(directories);
  if (!Number.isInteger(count) || seeds.length === 0) {
    console.error("fuzz-hcl: name a count and a directory with .tf files, or set DRACO_CORPORA.");
    return 2;
  }
  const random = seededRandom(seed);
  const started = performance.now();
  let bytesTried = 0;
  let slowestMs = 0;
  let damaged = 0;
  for (let i = 0; i < count; i++) {
    const bytes = mutate(seeds, random);
    const before = performance.now();
    const failure = failureOf(bytes);
    slowestMs = Math.max(slowestMs, performance.now() - before);
    bytesTried += bytes.length;
    if (failure) {
      const path = join(tmpdir(), `fuzz-hcl-${seed}-${i}.tf`);
      writeFileSync(path, bytes);
      console.error(`input ${i} of seed ${seed} (kept as ${path}): ${failure}`);
      return 1;
    }
    if (i % 16 === 0 && parseHcl(bytes, "fuzz.tf").diagnostics.length > 0) damaged++;
  }
  const seconds = (performance.now() - started) / 1000;
  const rss = (process.memoryUsage().rss / 1e6).toFixed(0);
  console.log(
    `${count} inputs (${(bytesTried / 1e6).toFixed(0)} MB, seed ${seed}) in ${seconds.toFixed(0)} s: no crash, no misplaced range; ` +
      `slowest ${slowestMs.toFixed(0)} ms, ${((damaged * 16 * 100) / count).toFixed(0)} % with errors, RSS ${rss} MB`,
  );
  return 0;
};

process.exit(main());
