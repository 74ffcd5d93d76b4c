/**
 * Terraform's functions against terraform itself, which must be on the PATH.
 *   record [FAMILY…]        asks terraform every recorded expression again and rewrites its answers in place
 *   compare [COUNT [SEED]]  asks random calls of every function, and prints where the answers differ
 * Run: npx esbuild bench/functions.ts --bundle --platform=node --format=esm --packages=external --outfile=dist/bench-functions.mjs && node dist/bench-functions.mjs compare
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Parameter } from "../src/core/read/terraform/function.ts";
import { functions } from "../src/core/read/terraform/functions/index.ts";
import {
  type Answer,
  casesFolder,
  families,
  parseCases,
  printAnswer,
} from "../test/core/read/terraform/functions/cases.ts";
import { answerTo } from "../test/core/read/terraform/functions/evaluate.ts";
import { askMessage, askTerraform } from "../test/core/read/terraform/functions/oracle.ts";

async function record(chosen: readonly string[]): Promise<void> {
  for (const family of chosen.length > 0 ? chosen : families()) {
    const started = performance.now();
    const path = join(casesFolder, `${family}.txt`);
    const text = readFileSync(path, "utf8");
    const expressions = parseCases(text).map((each) => each.expression);
    const answers = await askTerraform(expressions);
    const recorded = new Map<string, Answer>();
    for (const [index, answer] of answers.entries()) {
      const expression = expressions[index] ?? "";
      recorded.set(expression, answer.kind === "error" ? { ...answer, text: await askMessage(expression) } : answer);
    }
    const lines = text.split("\n").filter((line) => !line.startsWith("  "));
    const printed = lines.flatMap((line) => {
      const answer = recorded.get(line.trim());
      return answer ? [line, printAnswer(answer)] : [line];
    });
    writeFileSync(path, printed.join("\n"));
    const failures = answers.filter((answer) => answer.kind === "error").length;
    const ms = Math.round(performance.now() - started);
    console.log(`${family}: ${expressions.length} expressions, ${failures} of them errors, ${ms} ms`);
  }
}

/** mulberry32: enough of a random generator to choose with, the same for the same seed. */
function randomBy(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const TEXTS =
  '"" "a" "abc" "Hello World" "a,b,,c" " x " "é" "👍🏽" "10.0.0.0/8" "fd00::/48" "2020-02-29T12:34:56Z" "YYYY-MM-DD" "1h30m" "%s-%d" "%v" "%05.1f" "[a-c]+" "(a)(b)?" "/b/" "aGk=" "{\\"a\\":[1,null]}" "a: [1, x]" "a,b\\n1,2" "5" "-1.5" "true" "x\\ny\\n" "ab-cd" "$1" "UTF-8" "dns" "A" timestamp() 7 true null'.match(
    /"(?:[^"\\]|\\.)*"|\S+/g,
  ) ?? [];
const NUMBERS =
  '0 1 2 3 -1 -2 0.5 1.5 10 16 255 1e3 1e20 -7.25 123456789012345678901234567890 1/3 "4" "x" null tonumber(timestamp())'.split(
    " ",
  );
const ANYTHING = [
  ...TEXTS,
  ...NUMBERS,
  ...'[]|{}|["a","b"]|["b","a","b"]|[1,2,3]|[1,"a",true]|[[1],[2,3]]|[["a"],[]]|{a=1}|{a="x",b="y"}|{a=[1],b=null}|{a=["x"],b=["x","y"]}|tolist(["a"])|toset(["b","a"])|toset([1,2])|tomap({a=1})|tolist([])|[null]|[true,false]|[timestamp(),"a"]|{a=timestamp()}|split(",",timestamp())|sensitive("s")|[sensitive(1),2]|sensitive(["a"])|[{a=1},{a=2}]'.split(
    "|",
  ),
];
/** What reads files, the clock or chance, and what is not ours to know (see open.test.ts). */
const LEFT_OUT =
  /^(file|template|abspath|pathexpand|plantimestamp|timestamp|uuid$|bcrypt|base64gzip|sensitive|rsadecrypt)/;

function randomCall(random: () => number, names: readonly string[]): string {
  const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? "null";
  const name = pick(names);
  const fn = functions.get(name);
  const argument = (parameter: Parameter): string => {
    if (random() < 0.05) return pick(ANYTHING);
    if (parameter.type.kind === "string") return pick(TEXTS);
    if (parameter.type.kind === "number") return pick(NUMBERS);
    return pick(ANYTHING);
  };
  const parameters = [...(fn?.parameters ?? [])];
  for (let more = Math.floor(random() * 4); fn?.variadic && more > 0; more--) parameters.push(fn.variadic);
  const call = `${name}(${parameters.map(argument).join(", ")})`;
  // A plan cannot hold an infinity, and tells no sensitivity.
  return name === "log" || name === "pow" ? `tostring(${call})` : call;
}

async function compare(count: number, seed: number): Promise<void> {
  const random = randomBy(seed);
  const names = [...functions.keys()].filter((name) => !LEFT_OUT.test(name));
  const calls = [...new Set(Array.from({ length: count }, () => randomCall(random, names)))];
  const started = performance.now();
  const ours = calls.map((call) => answerTo(call));
  const evaluated = performance.now();
  const theirs = await askTerraform(calls);
  const asked = performance.now();
  const shown = ({ kind, text, json }: Answer): string => (kind === "error" ? "error" : `${text} ${json}`);
  let different = 0;
  for (const [index, call] of calls.entries()) {
    const [mine, other] = [ours[index], theirs[index]];
    if (mine === undefined || other === undefined || shown(mine) === shown(other)) continue;
    different += 1;
    console.log(
      `${call}\n  draco      ${shown(mine)}${mine.kind === "error" ? ` (${mine.text})` : ""}\n  terraform  ${shown(other)}`,
    );
  }
  const errors = theirs.filter(({ kind }) => kind === "error").length;
  console.log(
    `seed ${seed}: ${calls.length} calls (${errors} errors), ${different} differ; draco ${Math.round(evaluated - started)} ms, terraform ${Math.round(asked - evaluated)} ms`,
  );
  process.exitCode = different === 0 ? 0 : 1;
}

const [mode, ...rest] = process.argv.slice(2);
if (mode === "record") await record(rest);
else await compare(Number(rest[0] ?? 2_000), Number(rest[1] ?? 1));
