/**
 * The lines of one block as a model may see them: no comments, no long texts, no secrets. Lines that lost something are
 * locked: nobody who has not seen them may rewrite them.
 */
import type { Attribute, Block, Expression, HclFile, Label, Span } from "../../read/hcl/ast.ts";
import { SECRET_KEY } from "../redact/detect.ts";

export interface ShownLine {
  /** "L012": the line's number in the file. */
  readonly id: string;
  readonly text: string;
  /** Byte offsets in the file, without the line break. */
  readonly start: number;
  readonly end: number;
  readonly locked: boolean;
}

const MOST_LITERAL = 64;
/** Free text for people, and tags: never needed to mend anything. */
const FREE_TEXT =
  /^(description|comment|notes?|message|summary|tags|labels|annotations|user_data(_base64)?|metadata)$/i;

interface Hole extends Span {
  readonly mark: string;
}

/** `numbering` continues over several blocks of one prompt. */
export function showBlock(file: HclFile, block: Block, numbering: { next: number }): ShownLine[] {
  const holes = [...commentHoles(file, block), ...valueHoles(file, block, numbering)].sort((a, b) => a.start - b.start);
  const outer = holes.filter((hole, i) => !holes.slice(0, i).some((h) => h.start <= hole.start && hole.end <= h.end));
  return linesOf(file, block).flatMap((line) => {
    const touched = outer.filter((hole) => hole.start < line.end && line.start < hole.end);
    const text = withHoles(file, line, touched).trimEnd();
    if (touched.length > 0 && text.trim() === "") return [];
    const id = `L${String(file.lineAt(line.start)).padStart(3, "0")}`;
    return [{ id, text, start: line.start, end: line.end, locked: touched.length > 0 }];
  });
}

const commentHoles = (file: HclFile, block: Block): Hole[] =>
  file.comments
    .filter((comment) => comment.start < block.end && block.start < comment.end)
    .map(({ start, end }) => ({ start, end, mark: "" }));

/** Values that are secret or free text by the name of their attribute, and every long literal. */
function valueHoles(file: HclFile, block: Block, numbering: { next: number }): Hole[] {
  const holes: Hole[] = [];
  const mark = (kind: string) => `"<<${kind}_${numbering.next++}>>"`;
  visit({ block }, (node) => {
    if (node.kind === "attribute") {
      const { name, value } = node as unknown as Attribute;
      const literal = value.kind === "template" || value.kind === "heredoc" || value.kind === "object";
      if (literal && SECRET_KEY.test(name))
        return holes.push({ start: value.start, end: value.end, mark: mark("SECRET") });
      if (literal && FREE_TEXT.test(name))
        return holes.push({ start: value.start, end: value.end, mark: mark("TEXT") });
    }
    const name = longNameOf(node);
    if (name) holes.push({ ...name, mark: mark("TEXT") });
    if (node.kind === "heredoc" || (node.kind === "template" && saysMuch(node, file.textOf(node))))
      holes.push({ start: node.start, end: node.end, mark: mark("TEXT") });
    return undefined;
  });
  return holes;
}

interface Node extends Span {
  readonly kind: string;
}

/** Long texts, sentences, and what is not seen as it is written: never needed to mend anything. */
const saysMuch = (node: Span, text: string): boolean =>
  node.end - node.start > MOST_LITERAL + 2 || SENTENCE.test(text) || /[\p{Cf}\p{Co}]/u.test(text);

const SENTENCE = /[a-z][a-z,.:;]*\s+[\w,.:;]+\s+[a-z]/i;

const MOST_NAME = 40;

/** A name that somebody chose can be a sentence too. */
function longNameOf(node: Node): Span | undefined {
  const given = node as unknown as Expression | Attribute | Block | Label;
  let name: Span | undefined;
  if (given.kind === "label" || given.kind === "variable") name = given;
  if (given.kind === "attribute") name = { start: given.start, end: given.nameEnd };
  if (given.kind === "block") name = { start: given.start, end: given.typeEnd };
  if (given.kind === "get") name = { start: given.nameStart, end: given.end };
  const span = name && { start: name.start, end: name.end };
  return span && span.end - span.start > MOST_NAME + (given.kind === "label" ? 2 : 0) ? span : undefined;
}

/** Every node of the tree below, parents first; a truthy answer leaves its children out. */
function visit(node: object, look: (node: Node) => unknown): void {
  for (const child of Object.values(node)) {
    for (const one of Array.isArray(child) ? child : [child]) {
      if (typeof one !== "object" || one === null) continue;
      if ("kind" in one && "start" in one && look(one as Node)) continue;
      visit(one, look);
    }
  }
}

function linesOf(file: HclFile, block: Block): Span[] {
  const lines: Span[] = [];
  let start = file.latin1.lastIndexOf("\n", block.start - 1) + 1;
  while (start < block.end) {
    const feed = file.latin1.indexOf("\n", start);
    const next = feed === -1 ? file.latin1.length : feed;
    const end = file.latin1[next - 1] === "\r" && next > start ? next - 1 : next;
    lines.push({ start, end });
    start = next + 1;
    if (feed === -1) break;
  }
  return lines;
}

function withHoles(file: HclFile, line: Span, holes: readonly Hole[]): string {
  let text = "";
  let at = line.start;
  for (const hole of holes) {
    if (hole.start >= line.start) text += file.textOf({ start: at, end: Math.max(at, hole.start) }) + hole.mark;
    at = Math.max(at, hole.end);
  }
  return at >= line.end ? text : text + file.textOf({ start: at, end: line.end });
}
