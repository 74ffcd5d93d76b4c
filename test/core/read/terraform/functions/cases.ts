/**
 * Recorded answers of `terraform console`, as text: an expression on its own line, its answer indented below it.
 *   upper("a")
 *     = string "A"          type, then the value as jsonencode prints it
 *   upper([])
 *     ! Invalid value …     the error, on one line
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Answer {
  readonly kind: "value" | "error";
  /** The type, or the message of the error. */
  readonly text: string;
  /** What jsonencode gives; empty for an error. */
  readonly json: string;
}

/** In place of a type that terraform does not tell, since the value is not known before apply. */
export const UNTOLD = "unknown";

export interface Case {
  readonly expression: string;
  readonly answer?: Answer;
}

export const casesFolder = join(process.cwd(), "test/core/read/terraform/functions/cases");
/** Where `terraform console` runs and what file() and friends read. */
export const filesFolder = join(process.cwd(), "test/core/read/terraform/functions/files");

export const families = (): readonly string[] =>
  readdirSync(casesFolder)
    .filter((name) => name.endsWith(".txt"))
    .map((name) => name.slice(0, -".txt".length))
    .sort();

export const readFamily = (family: string): readonly Case[] =>
  parseCases(readFileSync(join(casesFolder, `${family}.txt`), "utf8"));

export function parseCases(text: string): readonly Case[] {
  const cases: { expression: string; answer?: Answer }[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const last = cases.at(-1);
    if (!line.startsWith("  ")) cases.push({ expression: line.trim() });
    else if (last) last.answer = parseAnswer(line);
  }
  return cases;
}

/** The line under an expression: its sign, then the type, a tab, and the JSON; or the sign and a message. */
export const printAnswer = (answer: Answer): string =>
  answer.kind === "error" ? `  ! ${answer.text}` : `  = ${answer.text}\t${answer.json}`;

function parseAnswer(line: string): Answer {
  const rest = line.slice(4);
  if (line.startsWith("  ! ")) return { kind: "error", text: rest, json: "" };
  const [text = "", json = ""] = rest.split("\t");
  return { kind: "value", text, json };
}
