/**
 * Records what `terraform console` answers to every expression in the function cases (rewrites the files in place), and
 * times the questions. Run: npx esbuild bench/functions.ts --bundle --platform=node --format=esm | node --input-type=module - [FAMILY…]
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Answer,
  casesFolder,
  families,
  parseCases,
  printAnswer,
} from "../test/core/read/terraform/functions/cases.ts";
import { askMessage, askTerraform } from "../test/core/read/terraform/functions/oracle.ts";

const chosen = process.argv.slice(2).filter((name) => !name.startsWith("-"));
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
