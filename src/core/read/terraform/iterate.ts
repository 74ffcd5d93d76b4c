/** Loops: for expressions and splats, over what is known and what is not. */
import type { Expression, ForExpression, Splat } from "../hcl/ast.ts";
import { convert } from "./convert.ts";
import { decisionMarks } from "./operators.ts";
import { findFrame, type Scope, withFrame } from "./scope.ts";
import {
  EMPTY_TUPLE,
  isWhollyKnown,
  joinMarks,
  LazyObject,
  Mapping,
  type Marks,
  mark,
  marksOf,
  NullValue,
  objectOf,
  Sequence,
  sizeOf,
  type TypedValue,
  tupleOf,
  typeOf,
  UNKNOWN,
  UnknownInstances,
  UnknownValue,
  unknownOf,
  unmark,
  unmarkDeep,
} from "./typed-value.ts";
import { BOOL, DYNAMIC, friendlyName, listType, STRING } from "./types.ts";

/** Elements a loop may produce; sizes are counted as typed-value.ts counts them. */
const MAX_RESULT = 1 << 20;
export const SPLAT = "*";

/** Keys and values in Terraform's order; undefined where they are not known (or not iterable, which is told). */
export function eachOf(
  value: TypedValue,
  at: Expression,
  scope: Scope,
): readonly (readonly [TypedValue, TypedValue])[] | undefined {
  if (value instanceof Sequence) {
    if (value.kind === "set") {
      return isWhollyKnown(value) ? value.items.map((item) => [item, item] as const) : undefined;
    }
    return value.items.map((item, index) => [index, item] as const);
  }
  if (value instanceof LazyObject && value.open) return undefined;
  if (value instanceof Mapping) {
    const { entries } = value;
    const keys = value instanceof LazyObject ? [...entries.keys()].sort() : value.keys;
    return keys.map((key) => [key, entries.get(key) ?? UNKNOWN] as const);
  }
  if (value instanceof UnknownValue) return undefined;
  const what = value instanceof NullValue ? "A null value" : `A value of type ${friendlyName(typeOf(value))}`;
  scope.session.report(
    scope.file,
    at,
    "Iteration over non-iterable value",
    `${what} cannot be used as the collection in a 'for' expression.`,
  );
  return undefined;
}

export function evaluateFor(node: ForExpression, scope: Scope): TypedValue {
  const collection = scope.evaluate(node.collection, scope);
  const bare = unmark(collection);
  let marks = marksOf(collection);
  const pairs = eachOf(bare, node.collection, scope);
  if (pairs === undefined) return mark(UNKNOWN, joinMarks(marks, symbolicMarks(node, bare, scope)));
  const items: TypedValue[] = [];
  const entries = new Map<string, TypedValue>();
  const groups = new Map<string, TypedValue[]>();
  let size = 0;
  let open = false;
  for (const [key, value] of pairs) {
    if (scope.session.exhausted) return UNKNOWN;
    let inner = node.keyName === undefined ? scope : withFrame(scope, node.keyName.name, key);
    inner = withFrame(inner, node.valueName.name, value);
    if (node.condition !== undefined) {
      const wanted = scope.evaluate(node.condition, inner);
      const test = convert(unmark(wanted), BOOL);
      marks = joinMarks(marks, decisionMarks(marksOf(wanted)));
      if (!test.ok || test.value instanceof NullValue) {
        const why = test.ok ? "the value must not be null" : test.message;
        return scope.session.report(
          scope.file,
          node.condition,
          "Invalid 'for' condition",
          `The 'if' clause value is invalid: ${why}.`,
        );
      }
      if (test.value === false) continue;
      if (test.value instanceof UnknownValue) open = true;
    }
    const result = scope.evaluate(node.value, inner);
    size += sizeOf(result);
    if (size > MAX_RESULT) {
      return scope.session.report(
        scope.file,
        node,
        "Result of 'for' is too large",
        "It would have more than a million elements.",
        "error",
      );
    }
    if (open) {
      marks = joinMarks(marks, unmarkDeep(result)[1]);
      continue;
    }
    if (node.key === undefined) {
      items.push(result);
      continue;
    }
    const name = scope.evaluate(node.key, inner);
    marks = joinMarks(marks, decisionMarks(marksOf(name)));
    const text = convert(unmark(name), STRING);
    if (!text.ok || text.value instanceof NullValue) {
      const why = text.ok
        ? "Key expression in 'for' expression must not produce a null value"
        : `The key expression produced an invalid result: ${text.message}`;
      return scope.session.report(scope.file, node.key, "Invalid object key", `${why}.`);
    }
    if (text.value instanceof UnknownValue) {
      open = true;
      marks = joinMarks(marks, unmarkDeep(result)[1]);
      continue;
    }
    const property = String(text.value);
    if (node.grouping) {
      const group = groups.get(property);
      if (group === undefined) groups.set(property, [result]);
      else group.push(result);
    } else if (entries.has(property)) {
      return scope.session.report(
        scope.file,
        node.key,
        "Duplicate object key",
        `Two different items produced the key "${property}" in this 'for' expression. If duplicates are expected, use the ellipsis (...) after the value expression to enable grouping by key.`,
      );
    } else entries.set(property, result);
  }
  if (open) return mark(unknownOf(DYNAMIC), marks);
  if (node.key === undefined) return mark(items.length === 0 ? EMPTY_TUPLE : tupleOf(items), marks);
  for (const [name, group] of groups) entries.set(name, tupleOf(group));
  return mark(objectOf(entries), marks);
}

/** Over instances of an unknown count, one stands for all: it tells where the result comes from. */
function symbolicMarks(node: ForExpression, collection: TypedValue, scope: Scope): Marks | undefined {
  if (!(collection instanceof UnknownInstances)) return undefined;
  let inner = node.keyName === undefined ? scope : withFrame(scope, node.keyName.name, UNKNOWN);
  inner = withFrame(inner, node.valueName.name, collection.one);
  return unmarkDeep(scope.evaluate(node.value, inner))[1];
}

export function evaluateSplat(node: Splat, scope: Scope): TypedValue {
  const source = scope.evaluate(node.source, scope);
  const bare = unmark(source);
  const each = (value: TypedValue): TypedValue => scope.evaluate(node.each, withFrame(scope, SPLAT, value));
  if (bare instanceof NullValue) return mark(EMPTY_TUPLE, marksOf(source));
  if (bare instanceof UnknownInstances) {
    const [, marks] = unmarkDeep(each(bare.one));
    return mark(unknownOf(DYNAMIC, { notNull: true }), joinMarks(marksOf(source), marks));
  }
  if (bare instanceof UnknownValue) {
    const { type } = bare;
    if (type.kind !== "list" && type.kind !== "set") return mark(UNKNOWN, marksOf(source));
    const element = each(unknownOf(type.element));
    return mark(unknownOf(listType(typeOf(element)), bare.is.notNull ? { notNull: true } : undefined), marksOf(source));
  }
  if (!(bare instanceof Sequence)) return mark(tupleOf([each(source)]), undefined);
  if (bare.kind === "set" && !isWhollyKnown(bare)) return mark(UNKNOWN, marksOf(source));
  const items = bare.items.map(each);
  if (bare.kind === "tuple") return mark(items.length === 0 ? EMPTY_TUPLE : tupleOf(items), marksOf(source));
  const [first] = items;
  if (first === undefined) {
    const sample = scope.session.capture(() => each(unknownOf(bare.element)));
    return mark(new Sequence("list", typeOf(sample.value), []), marksOf(source));
  }
  const list = convert(tupleOf(items), listType(DYNAMIC));
  return mark(list.ok ? list.value : tupleOf(items), marksOf(source));
}

export const splatItem = (scope: Scope): TypedValue => findFrame(scope.frame, SPLAT) ?? UNKNOWN;
