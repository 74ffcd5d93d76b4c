/** Evaluates an expression to a typed value. An error is told at its place and the value is unknown. */
import {
  type Call,
  type Expression,
  literalKey,
  type NumberLiteral,
  type ObjectExpression,
  type Span,
  type Tuple,
  traversalOf,
} from "../hcl/ast.ts";
import { AccessError, getAttribute, getIndex } from "./access.ts";
import { convert } from "./convert.ts";
import { callFunction, FunctionError } from "./function.ts";
import { functions } from "./functions/index.ts";
import { evaluateFor, evaluateSplat, splatItem } from "./iterate.ts";
import { parseNumber } from "./number.ts";
import { binary, conditional, decisionMarks, OperandError, unary } from "./operators.ts";
import { findFrame, type Scope } from "./scope.ts";
import { evaluateTemplate } from "./template.ts";
import {
  EMPTY_OBJECT,
  EMPTY_TUPLE,
  isWhollyKnown,
  joinMarks,
  type Marks,
  mark,
  marksOf,
  NULL,
  NullValue,
  objectOf,
  Sequence,
  sizeOf,
  type TypedValue,
  textOf,
  tooLarge,
  tupleOf,
  UNKNOWN,
  UnknownValue,
  unknownOf,
  unmark,
} from "./typed-value.ts";
import { BOOL, STRING } from "./types.ts";

export function evaluate(node: Expression, scope: Scope): TypedValue {
  switch (node.kind) {
    case "template": {
      const only = node.parts[0];
      if (only === undefined) return "";
      if (node.parts.length === 1 && only.kind === "literal") return textOf(only.value);
      break;
    }
    case "number":
      return numberOf(node);
    case "bool":
      return node.value;
    case "null":
      return NULL;
    case "parentheses":
      return evaluate(node.inner, scope);
    case "error":
      return UNKNOWN;
    case "splat-item":
      return splatItem(scope);
  }
  const { session } = scope;
  if (!session.enter(scope.file, node)) return UNKNOWN;
  const value = evaluateCompound(node, scope);
  session.leave();
  return value;
}

type Literal = "number" | "bool" | "null" | "parentheses" | "error" | "splat-item";

function evaluateCompound(node: Exclude<Expression, { kind: Literal }>, scope: Scope): TypedValue {
  const { session } = scope;
  switch (node.kind) {
    case "template":
    case "heredoc":
      return evaluateTemplate(node, scope);
    case "variable": {
      const found = findFrame(scope.frame, node.name) ?? scope.name(node.name);
      if (found !== undefined) return found;
      session.report(scope.file, node, "Invalid reference", `There is no "${node.name}" here.`);
      // Terraform refuses True and FALSE; what their author meant is plain, and is judged.
      return /^(true|false)$/i.test(node.name) ? node.name.toLowerCase() === "true" : UNKNOWN;
    }
    case "get": {
      const object = evaluate(node.object, scope);
      session.file = scope.file;
      session.at = node;
      return accessed(getAttribute(object, node.name), node, scope);
    }
    case "index": {
      const object = evaluate(node.object, scope);
      const key = evaluate(node.key, scope);
      session.file = scope.file;
      session.at = node;
      return accessed(getIndex(object, key), node, scope);
    }
    case "splat":
      return evaluateSplat(node, scope);
    case "call":
      return evaluateCall(node, scope);
    case "conditional": {
      const condition = evaluate(node.condition, scope);
      const decided = unmark(condition);
      const yes = decided === false ? idle(node.consequent, scope) : evaluate(node.consequent, scope);
      const no = decided === true ? idle(node.alternative, scope) : evaluate(node.alternative, scope);
      return operated(conditional(condition, yes, no), node, scope);
    }
    case "unary":
      return operated(unary(node.operator, evaluate(node.operand, scope)), node, scope);
    case "binary":
      return operated(binary(node.operator, evaluate(node.left, scope), evaluate(node.right, scope)), node, scope);
    case "tuple":
      return evaluateTuple(node, scope);
    case "object":
      return evaluateObject(node, scope);
    case "for":
      return evaluateFor(node, scope);
  }
}

function numberOf(node: NumberLiteral): TypedValue {
  const plain = Number(node.text);
  return node.text.length <= 15 && Number.isSafeInteger(plain) ? plain : (parseNumber(node.text) ?? UNKNOWN);
}

const LITERALS = new Set(["number", "bool", "null"]);

/** The arm that is not taken may fail, as in Terraform; only its type and its secrecy count. */
const idle = (node: Expression, scope: Scope): TypedValue =>
  LITERALS.has(node.kind) ? evaluate(node, scope) : scope.session.capture(() => evaluate(node, scope)).value;

function accessed(result: TypedValue | AccessError, at: Span, scope: Scope): TypedValue {
  return result instanceof AccessError ? scope.session.report(scope.file, at, result.summary, result.detail) : result;
}

function operated(result: TypedValue | OperandError, at: Span, scope: Scope): TypedValue {
  return result instanceof OperandError ? scope.session.report(scope.file, at, result.summary, result.detail) : result;
}

function bounded(value: TypedValue, at: Span, scope: Scope): TypedValue {
  if (!tooLarge(value)) return value;
  return scope.session.report(
    scope.file,
    at,
    "Value is too large",
    "It has more than a million elements, or as much text.",
    "error",
  );
}

function evaluateTuple(node: Tuple, scope: Scope): TypedValue {
  if (node.items.length === 0) return EMPTY_TUPLE;
  return bounded(tupleOf(node.items.map((item) => evaluate(item, scope))), node, scope);
}

function evaluateObject(node: ObjectExpression, scope: Scope): TypedValue {
  if (node.items.length === 0) return EMPTY_OBJECT;
  const entries = new Map<string, TypedValue>();
  let marks: Marks | undefined;
  let open = false;
  for (const item of node.items) {
    let name = literalKey(item.key);
    if (name === undefined) {
      const key = evaluate(item.key, scope);
      marks = joinMarks(marks, decisionMarks(marksOf(key)));
      const text = convert(unmark(key), STRING);
      if (!text.ok || text.value instanceof NullValue) {
        const [summary, detail] = text.ok
          ? ["Null value as key", "Can't use a null value as a key."]
          : ["Incorrect key type", `Can't use this value as a key: ${text.message}.`];
        scope.session.report(scope.file, item.key, summary, detail);
        open = true;
        continue;
      }
      if (text.value instanceof UnknownValue) open = true;
      else name = String(text.value);
    }
    const value = evaluate(item.value, scope);
    if (name === undefined) marks = joinMarks(marks, marksOf(value));
    else entries.set(name, value);
  }
  return open ? mark(UNKNOWN, marks) : mark(bounded(objectOf(entries), node, scope), marks);
}

const NOT_A_TEMPLATE_REFERENCE =
  'Invalid value for "template" parameter: must be a direct reference to a single string from elsewhere, containing valid Terraform template syntax.';

function evaluateCall(node: Call, scope: Scope): TypedValue {
  const { session } = scope;
  if (node.name === "try") return evaluateTry(node, scope);
  if (node.name === "can") return evaluateCan(node, scope);
  const name = node.name.startsWith("core::") ? node.name.slice("core::".length) : node.name;
  const [template] = node.args;
  if (name === "templatestring" && template !== undefined && traversalOf(template) === undefined) {
    return session.report(scope.file, template, "Invalid function argument", NOT_A_TEMPLATE_REFERENCE);
  }
  const args: TypedValue[] = node.args.map((arg) => evaluate(arg, scope));
  let marks: Marks | undefined;
  if (node.expand) {
    const last = args.pop() ?? NULL;
    marks = marksOf(last);
    const bare = unmark(last);
    if (bare instanceof UnknownValue) return mark(UNKNOWN, marks);
    if (!(bare instanceof Sequence)) {
      return session.report(
        scope.file,
        node,
        "Invalid expanding argument value",
        "The expanding argument (indicated by ...) must be of a tuple, list, or set type.",
      );
    }
    for (const item of bare.items) args.push(item);
  }
  const fn = functions.get(name);
  if (fn === undefined) {
    // A provider's function is as unknown as its data sources are.
    if (name.includes("::"))
      return mark(
        UNKNOWN,
        args.reduce<Marks | undefined>((all, arg) => joinMarks(all, marksOf(arg)), marks),
      );
    return session.report(scope.file, node, "Call to unknown function", `There is no function named "${node.name}".`);
  }
  const result = callFunction(fn, args, scope.functions);
  if (!(result instanceof FunctionError)) {
    // A large result took as many steps to make: range(1024) in nested loops would otherwise count as one each.
    return session.step(scope.file, node, sizeOf(result)) ? mark(result, marks) : UNKNOWN;
  }
  const at = (result.argument !== undefined && node.args[result.argument]) || node;
  const budget = result.message.includes("too large") ? "error" : "warning";
  return session.report(
    scope.file,
    at,
    "Error in function call",
    `Call to function "${node.name}" failed: ${result.message}`,
    budget,
  );
}

/** The first argument that evaluates without an error. An unknown one is unknown: it may yet be there. */
function evaluateTry(node: Call, scope: Scope): TypedValue {
  for (const arg of node.args) {
    const { value, errors } = scope.session.capture(() => evaluate(arg, scope));
    if (errors.length > 0) continue;
    const bare = unmark(value);
    return bare instanceof UnknownValue ? mark(unknownOf(UNKNOWN.type), marksOf(value)) : value;
  }
  return scope.session.report(
    scope.file,
    node,
    "Error in function call",
    'Call to function "try" failed: no expression succeeded.',
  );
}

function evaluateCan(node: Call, scope: Scope): TypedValue {
  const [arg, more] = node.args;
  if (arg === undefined || more !== undefined) {
    return scope.session.report(scope.file, node, "Invalid function call", 'Function "can" expects 1 argument.');
  }
  const { value, errors } = scope.session.capture(() => evaluate(arg, scope));
  if (errors.length > 0) return false;
  return isWhollyKnown(value) ? true : unknownOf(BOOL, { notNull: true });
}
