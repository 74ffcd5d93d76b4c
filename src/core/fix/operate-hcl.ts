/** One operation of a fixer on Terraform code: finds the place where the value is really set, and edits there. */
import type { FixOperation } from "../model/patch.ts";
import type { CodeOrigin, Resource } from "../model/resource.ts";
import type { SourceRange } from "../model/source-range.ts";
import type { Expression, HclFile, Node, Block as SourceBlock } from "../read/hcl/ast.ts";
import { walk } from "../read/hcl/walk.ts";
import { parseTerraform } from "../read/terraform/read-terraform.ts";
import { Block } from "../rules/view.ts";
import type { EditAttempt } from "./hcl/attempt.ts";
import { addBlock, addResource, removeAttribute, setAttribute, setExpression } from "./hcl/operations.ts";
import type { Step } from "./operate.ts";
import type { WorkingFiles } from "./working-files.ts";

export function operateHcl(operation: FixOperation, target: Resource, origin: CodeOrigin, files: WorkingFiles): Step {
  if (operation.op === "set") {
    const elsewhere = deciding(target, origin, operation.path);
    if (typeof elsewhere === "string") return { ok: false, why: elsewhere, at: origin.header };
    if (elsewhere) {
      const set = inExpression(elsewhere, files, (file, expression) =>
        setExpression(file, expression, operation.value),
      );
      if (set) return set;
    }
  }
  if (operation.op === "add-block" && isAttribute(origin, operation.path, files))
    return {
      ok: false,
      why: `${operation.path} is written as an attribute, beside which no block of that name may stand: add to it by hand.`,
      at: origin.header,
    };
  const place = blockAt(origin.range, files);
  if (!place) return { ok: false, why: `The block of ${target.address} cannot be found any more.`, at: origin.header };
  return made(files, inBlock(operation, place.file, place.block));
}

function inBlock(operation: FixOperation, file: HclFile, block: SourceBlock): EditAttempt {
  switch (operation.op) {
    case "set":
      return setAttribute(file, block, operation.path, operation.value);
    case "remove":
      return removeAttribute(file, block, operation.path);
    case "add-block":
      return addBlock(file, block, operation.path, operation.body);
    case "add-resource":
      return addResource(file, operation, block);
  }
}

/**
 * The literal that decides a value; undefined where the value is not written yet, or is to be set in the block itself;
 * a sentence where it cannot be set.
 */
function deciding(target: Resource, origin: CodeOrigin, path: string): SourceRange | undefined | string {
  const source = origin.locate(path);
  if (!source) return undefined;
  if (source.blocked !== undefined) return source.blocked;
  const text = source.literal && textAround(target, origin, path, source.literal);
  if (text !== undefined) return `${text} is written as text, and Draco changes nothing inside of it.`;
  if (source.literal) return source.literal;
  const last = source.steps.at(-1);
  return last
    ? `The value comes from ${last.name}, and no single place decides it.`
    : "The value is computed, and no single place decides it.";
}

/** The attribute above a path that this literal is the whole of: a document as text, not what the path means in it. */
function textAround(target: Resource, origin: CodeOrigin, path: string, literal: SourceRange): string | undefined {
  const parts = path.split(".");
  const whole = new Block(target.attributes, "");
  return parts
    .slice(1)
    .map((_, depth) => parts.slice(0, depth + 1).join("."))
    .find((above) => {
      const found = whole.get(above);
      const written = origin.locate(above)?.literal;
      return found.kind === "value" && typeof found.value === "string" && written?.start === literal.start;
    });
}

/** Whether what is at a path is given by `name = …`, as lists of objects can be, rather than by blocks. */
function isAttribute(origin: CodeOrigin, path: string, files: WorkingFiles): boolean {
  const range = origin.locate(path)?.range;
  const source = range && files.get(range.file);
  const now = range && files.now(range);
  if (!source || !now) return false;
  const file = parseTerraform(source);
  return find(file, (node): node is Expression => isExpression(node) && spans(node, now)) !== undefined;
}

/** Edits the expression that spans exactly this range; undefined where the range is a block, not an expression. */
function inExpression(
  range: SourceRange,
  files: WorkingFiles,
  edit: (file: HclFile, expression: Expression) => EditAttempt,
): Step | undefined {
  const source = files.get(range.file);
  const now = files.now(range);
  if (!source || !now) return { ok: false, why: "Another fix edits the same place.", at: range };
  const file = parseTerraform(source);
  const expression = find(file, (node): node is Expression => isExpression(node) && spans(node, now));
  return expression && made(files, edit(file, expression));
}

function blockAt(range: SourceRange, files: WorkingFiles): { file: HclFile; block: SourceBlock } | undefined {
  const source = files.get(range.file);
  const now = files.now(range);
  if (!source || !now) return undefined;
  const file = parseTerraform(source);
  const block = find(file, (node): node is SourceBlock => node.kind === "block" && node.start === now.start);
  return block && { file, block };
}

const made = (files: WorkingFiles, attempt: EditAttempt): Step =>
  attempt.ok ? { ok: true, files: files.with(attempt.edits) } : { ok: false, why: attempt.why, at: attempt.at };

function find<N extends Node>(file: HclFile, is: (node: Node) => node is N): N | undefined {
  let found: N | undefined;
  walk(file.body, (node) => {
    if (!found && is(node)) found = node;
  });
  return found;
}

const NOT_EXPRESSIONS: ReadonlySet<Node["kind"]> = new Set<Node["kind"]>([
  "body",
  "attribute",
  "block",
  "label",
  "literal",
  "interpolation",
  "item",
]);
const isExpression = (node: Node): node is Expression => !NOT_EXPRESSIONS.has(node.kind);
const spans = (node: Node, range: { readonly start: number; readonly end: number }): boolean =>
  node.start === range.start && node.end === range.end;
