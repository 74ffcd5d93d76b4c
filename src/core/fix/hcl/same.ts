// Whether source already says what a fixer wants, so that fixing twice changes nothing.
import type { BlockBody, FixValue } from "../../model/patch.ts";
import { isList, isObject } from "../../model/value.ts";
import {
  attributeOf,
  attributesOf,
  type Body,
  blocksOf,
  type Expression,
  type HclFile,
  literalKey,
  literalString,
  soleInterpolation,
} from "../../read/hcl/ast.ts";
import { referenceOf } from "./render.ts";

/** Literally the same: an expression that would have to be evaluated is never the same as a literal. */
export const isSame = (file: HclFile, expression: Expression, value: FixValue): boolean => {
  if (expression.kind === "parentheses") return isSame(file, expression.inner, value);
  const reference = referenceOf(value);
  if (reference !== undefined) {
    const inner = expression.kind === "template" ? soleInterpolation(expression) : expression;
    return inner !== undefined && file.textOf(inner) === reference;
  }
  if (typeof value === "string") return literalString(expression) === value.normalize("NFC");
  if (typeof value === "boolean") return expression.kind === "bool" && expression.value === value;
  if (typeof value === "number") return numberOf(expression) === value;
  if (value === null) return expression.kind === "null";
  if (isList(value)) {
    if (expression.kind !== "tuple" || expression.items.length !== value.length) return false;
    return expression.items.every((item, i) => isSame(file, item, value[i] ?? null));
  }
  if (!isObject(value) || expression.kind !== "object") return false;
  const items = new Map(expression.items.map((item) => [literalKey(item.key), item.value]));
  const wanted = Object.entries<FixValue>(value);
  return items.size === wanted.length && wanted.every(([key, inner]) => isSameItem(file, items.get(key), inner));
};

const isSameItem = (file: HclFile, expression: Expression | undefined, value: FixValue): boolean =>
  expression !== undefined && isSame(file, expression, value);

const numberOf = (expression: Expression): number | undefined => {
  if (expression.kind === "number") return Number(expression.text);
  if (expression.kind !== "unary" || expression.operator !== "-" || expression.operand.kind !== "number")
    return undefined;
  return -Number(expression.operand.text);
};

/** Whether a body has these attributes and blocks, and no others. */
export const isSameBody = (file: HclFile, body: Body, wanted: BlockBody): boolean => {
  const names = Object.keys(wanted.attributes);
  const blocks = blocksOf(body);
  const wantedBlocks = wanted.blocks ?? [];
  return (
    attributesOf(body).length === names.length &&
    names.every((name) => isSameItem(file, attributeOf(body, name)?.value, wanted.attributes[name] ?? null)) &&
    blocks.length === wantedBlocks.length &&
    wantedBlocks.every((block, i) => {
      const candidate = blocks[i];
      return candidate?.type === block.type && isSameBody(file, candidate.body, block.body);
    })
  );
};
