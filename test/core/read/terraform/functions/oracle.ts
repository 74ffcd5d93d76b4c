/**
 * Asks terraform, where the binary is on the PATH: one plan whose outputs are the expressions gives every value with its
 * type, unknowns included; `terraform console` gives the message of an error.
 */
import { execFile, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Answer, filesFolder, UNTOLD } from "./cases.ts";

export const hasTerraform = (): boolean => {
  const asked = spawnSync("terraform", ["version", "-json"], { encoding: "utf8", env: environment() });
  const isThere = asked.status === 0 && /"terraform_version":\s*"1\.11\./.test(asked.stdout);
  if (!isThere) console.info("no terraform 1.11 on the PATH: compared with its recorded answers only");
  return isThere;
};

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

interface PlannedOutput {
  readonly after?: Json;
  readonly after_unknown?: Json;
}

interface Plan {
  readonly output_changes?: Readonly<Record<string, PlannedOutput>>;
  readonly planned_values?: {
    readonly outputs?: Readonly<Record<string, { readonly type?: Json; readonly value?: Json }>>;
  };
}

const output = (name: string, expression: string): string =>
  `output "${name}" {\n  sensitive = true\n  value = ${expression}\n}\n`;

/** What terraform makes of each expression; what fails is an error without its message (see `askMessage`). */
export async function askTerraform(expressions: readonly string[]): Promise<readonly Answer[]> {
  const guarded = expressions.flatMap((expression, i) => [
    output(`v${i}`, `try({ ok = ${expression} }, "failed")`),
    output(`j${i}`, `try(jsonencode(${expression}), null)`),
  ]);
  const first = await planOf(guarded);
  const answers = expressions.map((_, i) => answerOf(first, i));
  // try() of anything unknown is unknown as a whole: what is unknown inside shows without it.
  const open = expressions.map((expression, i) => ({ expression, i })).filter(({ i }) => answers[i] === undefined);
  const second =
    open.length === 0 ? {} : await planOf(open.map(({ expression, i }) => output(`v${i}`, `{ ok = ${expression} }`)));
  return answers.map((answer, i) => answer ?? openAnswerOf(second, i));
}

function answerOf(plan: Plan, index: number): Answer | undefined {
  if (plan.output_changes?.[`v${index}`]?.after_unknown !== false) return undefined;
  const planned = plan.planned_values?.outputs?.[`v${index}`];
  if (planned?.value === "failed") return { kind: "error", text: "", json: "" };
  const type = Array.isArray(planned?.type) && isRecord(planned.type[1]) ? planned.type[1].ok : undefined;
  const json = plan.planned_values?.outputs?.[`j${index}`]?.value;
  return { kind: "value", text: JSON.stringify(type ?? "dynamic"), json: typeof json === "string" ? json : "" };
}

/** A plan does not tell the type of what is unknown. */
function openAnswerOf(plan: Plan, index: number): Answer {
  const change = plan.output_changes?.[`v${index}`];
  const known = isRecord(change?.after) ? change.after.ok : undefined;
  const unknown = isRecord(change?.after_unknown) ? change.after_unknown.ok : change?.after_unknown;
  return { kind: "value", text: UNTOLD, json: JSON.stringify(overlay(known, unknown)) };
}

const UNKNOWN = "<unknown>";
const isRecord = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function overlay(known: Json | undefined, unknown: Json | undefined): Json {
  if (unknown === true) return UNKNOWN;
  if (Array.isArray(unknown))
    return unknown.map((each, i) => overlay(Array.isArray(known) ? known[i] : undefined, each));
  if (!isRecord(unknown)) return known ?? null;
  const fields = isRecord(known) ? known : {};
  const names = [...new Set([...Object.keys(fields), ...Object.keys(unknown)])].sort();
  return Object.fromEntries(names.map((name) => [name, overlay(fields[name], unknown[name])]));
}

async function planOf(outputs: readonly string[]): Promise<Plan> {
  const scratch = mkdtempSync(join(tmpdir(), "draco-functions-"));
  try {
    const folder = join(scratch, "files");
    mkdirSync(folder);
    cpSync(filesFolder, folder, { recursive: true });
    writeFileSync(join(folder, "main.tf"), outputs.join(""));
    const options = { cwd: folder, env: environment(), maxBuffer: 1 << 28 };
    const run = promisify(execFile);
    await run("terraform", ["init", "-no-color", "-input=false", "-backend=false"], options);
    await run("terraform", ["plan", "-no-color", "-input=false", "-lock=false", "-out=plan.bin"], options);
    const shown = await run("terraform", ["show", "-json", "plan.bin"], options);
    return JSON.parse(shown.stdout) as Plan;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The message of an expression that fails, on one line. One process per question. */
export function askMessage(expression: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("terraform", ["console"], { cwd: filesFolder, env: environment() });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject).on("close", () => resolve(oneLine(stderr)));
    child.stdin.end(`${expression}\n`);
  });
}

const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

function oneLine(stderr: string): string {
  return stderr
    .replaceAll(ESCAPES, "")
    .split("\n")
    .map((line) => line.replace(/^[╷│╵]\s?/, "").trim())
    .filter(
      (line) => line !== "" && !line.startsWith("on <console-input>") && !line.includes("source code not available"),
    )
    .join(" ")
    .replace(/^Error: /, "");
}

const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  TF_CLI_CONFIG_FILE: "/dev/null",
  CHECKPOINT_DISABLE: "1",
  TF_IN_AUTOMATION: "1",
});
