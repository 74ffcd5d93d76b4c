/** Dockerfiles as resources: one per file, with its stages and instructions in order. */
import { type Instruction as Ast, DockerfileParser, type From, Keyword } from "dockerfile-ast";
import type { Diagnostic } from "../../model/finding.ts";
import type { AttributeSource, Resource } from "../../model/resource.ts";
import type { SourceFile } from "../../model/source-range.ts";
import type { ObjectValue, Value } from "../../model/value.ts";
import type { Comment, Reading, Stack } from "../reading.ts";
import { SourceText } from "../source-text.ts";
import { resolveImage } from "./image.ts";
import { type Instruction, toInstruction } from "./instruction.ts";

interface Stage {
  readonly from: From;
  readonly attributes: { readonly [name: string]: Value };
  readonly instructions: readonly Instruction[];
}

/**
 * Reads Dockerfiles. Attributes: { escape, args: { NAME: default }, stages: [{ name, image, base, tag, digest,
 * platform, text, instructions: [{ instruction, arguments, text, flags, pairs, json, heredocs, onbuild,
 * commands: [{ environment, words }] }] }] }.
 * `image` is resolved: build arguments with a default are filled in, and what has none is left as `${NAME}`.
 */
export function readDockerfiles(files: readonly SourceFile[]): Reading {
  const stacks: Stack[] = [];
  const comments: Comment[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const file of files) {
    const source = SourceText.decode(file);
    if (!source) {
      diagnostics.push(problem(file.path, "The file is not UTF-8 text"));
      continue;
    }
    const read = readOne(source, comments);
    if (read) stacks.push({ format: "dockerfile", path: file.path, resources: [read] });
    else diagnostics.push(problem(file.path, "The Dockerfile has no FROM instruction"));
  }
  return { stacks, comments, diagnostics, skipped: [] };
}

function readOne(source: SourceText, comments: Comment[]): Resource | undefined {
  const bom = source.text.startsWith("\ufeff") ? 1 : 0;
  const ast = DockerfileParser.parse(source.text.slice(bom));
  const escapeCharacter = ast.getEscapeCharacter();
  const defaults: { [name: string]: string } = {};
  const stages: { from: From; ast: Ast[] }[] = [];
  for (const instruction of ast.getInstructions()) {
    if (instruction.getKeyword() === Keyword.FROM) stages.push({ from: instruction as From, ast: [] });
    else if (stages.length > 0) stages.at(-1)?.ast.push(instruction);
  }
  for (const arg of ast.getInitialARGs()) {
    const property = arg.getProperty();
    const value = property?.getUnescapedValue();
    if (property && typeof value === "string") defaults[property.getName()] = value;
  }
  if (stages.length === 0) return undefined;

  for (const comment of ast.getComments()) {
    const [start, end] = offsets(source, comment.getRange(), bom);
    comments.push({ text: comment.getContent().trim(), range: source.range(start, end) });
  }
  const names: string[] = [];
  const read = stages.map(({ from, ast: body }): Stage => {
    const image = resolveImage(from.getImage() ?? "", defaults);
    const name = from.getBuildStage();
    const attributes = {
      ...(name !== null && { name }),
      ...image,
      ...(isStage(image.image, names) && { stage: image.image.toLowerCase() }),
      ...(from.getPlatformFlag()?.getValue() && { platform: from.getPlatformFlag()?.getValue() ?? "" }),
      text: textOf(source, from, bom),
    };
    names.push((name ?? "").toLowerCase());
    const instructions = body.map((one) =>
      toInstruction(one, offsets(source, one.getRange(), bom), source, escapeCharacter),
    );
    return { from, attributes, instructions };
  });
  return toResource(source, escapeCharacter, defaults, read, bom);
}

function toResource(
  source: SourceText,
  escapeCharacter: string,
  args: ObjectValue,
  stages: readonly Stage[],
  bom: number,
): Resource {
  const whole = source.range(bom, source.text.length);
  const first = stages[0];
  const fromRange = (stage: Stage | undefined) =>
    stage ? source.range(...offsets(source, stage.from.getRange(), bom)) : whole;
  const locate = (path: string): AttributeSource | undefined => {
    const [, stageIndex, field, index, part] = /^stages\.(\d+)(?:\.(\w+))?(?:\.(\d+))?(?:\.(.+))?$/.exec(path) ?? [];
    const stage = stages[Number(stageIndex)];
    if (!stage) return undefined;
    if (field !== "instructions" || index === undefined) return { range: fromRange(stage), steps: [] };
    const instruction = stage.instructions[Number(index)];
    if (!instruction) return undefined;
    const range = (part && instruction.ranges[part]) || instruction.ranges.text;
    return range && { range, steps: [], literal: range };
  };
  return {
    address: source.path,
    type: "dockerfile",
    name: source.path.slice(source.path.lastIndexOf("/") + 1),
    module: "",
    attributes: {
      escape: escapeCharacter,
      args,
      stages: stages.map((stage) => ({
        ...stage.attributes,
        instructions: stage.instructions.map((instruction) => instruction.attributes),
      })),
    },
    sensitive: [],
    references: [],
    origin: { kind: "code", format: "dockerfile", range: whole, header: fromRange(first), locate },
  };
}

/** Character offsets of one of the parser's ranges. */
function offsets(
  source: SourceText,
  range: { readonly start: Point; readonly end: Point } | null,
  bom: number,
): readonly [number, number] {
  if (!range) return [bom, bom];
  const at = (point: Point): number =>
    source.lineStart(point.line + 1) + point.character + (point.line === 0 ? bom : 0);
  return [at(range.start), at(range.end)];
}

interface Point {
  readonly line: number;
  readonly character: number;
}

function textOf(source: SourceText, instruction: Ast, bom: number): string {
  const [start, end] = offsets(source, instruction.getRange(), bom);
  return source.text.slice(start, end);
}

/** An earlier stage is named without a case, or by its number. */
const isStage = (image: string, earlier: readonly string[]): boolean =>
  image !== "" && (earlier.includes(image.toLowerCase()) || (/^\d+$/.test(image) && Number(image) < earlier.length));

const problem = (file: string, summary: string): Diagnostic => ({
  severity: "error",
  summary,
  file,
  line: 1,
  column: 1,
});
