/**
 * One operation of a fixer on a Dockerfile. Paths name instructions ("stages.0.instructions.2"): set replaces the
 * instruction's text, remove deletes its lines, add-block at "stages.0.instructions" puts `text` at the stage's end.
 */
import type { FixOperation } from "../model/patch.ts";
import type { CodeOrigin, Resource } from "../model/resource.ts";
import type { SourceFile } from "../model/source-range.ts";
import { isList } from "../model/value.ts";
import { Block } from "../rules/view.ts";
import type { Step } from "./operate.ts";
import type { WorkingFiles } from "./working-files.ts";

const LINE_FEED = 10;

export function operateDockerfile(
  operation: FixOperation,
  target: Resource,
  origin: CodeOrigin,
  files: WorkingFiles,
): Step {
  const refuse = (why: string): Step => ({ ok: false, why, at: origin.header });
  const file = files.get(origin.range.file);
  if (!file) return refuse("The Dockerfile cannot be found any more.");
  if (operation.op === "add-resource") return refuse("A Dockerfile has no resources to add.");
  const path = operation.op === "add-block" ? lastInstruction(target, operation.path) : operation.path;
  const range = origin.locate(path)?.range;
  const now = range && files.now(range);
  if (!now) return refuse(range ? "Another fix edits the same place." : `There is no ${path} in the Dockerfile.`);
  if (operation.op === "set") {
    if (typeof operation.value !== "string") return refuse("An instruction is a text.");
    return { ok: true, files: files.with([{ file: file.path, ...now, text: operation.value }]) };
  }
  if (operation.op === "remove") {
    const { start, end } = wholeLines(file, now);
    return { ok: true, files: files.with([{ file: file.path, start, end, text: "" }]) };
  }
  const text = operation.body.attributes.text;
  if (typeof text !== "string") return refuse("An instruction is a text.");
  const newline = file.bytes.includes(13) ? "\r\n" : "\n";
  return {
    ok: true,
    files: files.with([{ file: file.path, start: now.end, end: now.end, text: `${newline}${text}` }]),
  };
}

/** The last instruction of a stage; its FROM where it has none. */
function lastInstruction(target: Resource, path: string): string {
  const stage = path.replace(/\.instructions$/, "");
  const found = new Block(target.attributes, "").get(`${stage}.instructions`);
  const count = found.kind === "value" && isList(found.value) ? found.value.length : 0;
  return count === 0 ? stage : `${stage}.instructions.${count - 1}`;
}

function wholeLines(file: SourceFile, span: { readonly start: number; readonly end: number }) {
  const start = file.bytes.lastIndexOf(LINE_FEED, span.start - 1) + 1;
  const newline = file.bytes.indexOf(LINE_FEED, span.end);
  return { start: span.start === 0 ? 0 : start, end: newline === -1 ? file.bytes.length : newline + 1 };
}
