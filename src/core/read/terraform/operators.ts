/** Unary and binary operators and the conditional, three-valued. */
import type { BinaryOperator } from "../hcl/ast.ts";
import { convert } from "./convert.ts";
import { equals } from "./equality.ts";
import { add, compareNumbers, divide, modulo, multiply, type Num, negate, subtract } from "./number.ts";
import {
  isNumber,
  joinMarks,
  Marked,
  type Marks,
  mark,
  marksOf,
  NullValue,
  nullOf,
  type Refinement,
  type TypedValue,
  typeOf,
  UnknownValue,
  unknownOf,
  unmark,
} from "./typed-value.ts";
import { BOOL, DYNAMIC, friendlyName, hasDynamic, NUMBER, type Type, unify } from "./types.ts";

export class OperandError {
  readonly summary: string;
  readonly detail: string;
  constructor(detail: string, summary = "Invalid operand") {
    this.detail = detail;
    this.summary = summary;
  }
}

const NOT_NULL: Refinement = { notNull: true };
const UNKNOWN_BOOL = unknownOf(BOOL, NOT_NULL);
const UNKNOWN_NUMBER = unknownOf(NUMBER, NOT_NULL);

/** A decision carries secrecy on, but what was compared is not where the result comes from. */
export const decisionMarks = (marks: Marks | undefined): Marks | undefined =>
  marks === undefined || !(marks.sensitive || marks.ephemeral) ? undefined : { ...marks, from: [] };

export function unary(operator: "-" | "!", operand: TypedValue): TypedValue | OperandError {
  const type = operator === "-" ? NUMBER : BOOL;
  const converted = convert(unmark(operand), type);
  if (!converted.ok) return new OperandError(`Unsuitable value for unary operand: ${converted.message}.`);
  const value = converted.value;
  if (value instanceof NullValue)
    return new OperandError("Unsuitable value for unary operand: argument must not be null.");
  const marks = marksOf(operand);
  if (value instanceof UnknownValue) return mark(unknownOf(type, NOT_NULL), marks);
  return mark(operator === "-" ? negate(value as Num) : !value, marks);
}

export function binary(operator: BinaryOperator, left: TypedValue, right: TypedValue): TypedValue | OperandError {
  if (left instanceof Marked || right instanceof Marked) {
    const result = binary(operator, unmark(left), unmark(right));
    if (result instanceof OperandError) return result;
    const marks = joinMarks(marksOf(left), marksOf(right));
    return mark(result, typeOf(result) === NUMBER ? marks : decisionMarks(marks));
  }
  if (operator === "==" || operator === "!=") {
    const same = equals(left, right);
    return same === undefined ? UNKNOWN_BOOL : same === (operator === "==");
  }
  const type = operator === "&&" || operator === "||" ? BOOL : NUMBER;
  const a = operand(left, type, "left");
  if (a instanceof OperandError) return a;
  const b = operand(right, type, "right");
  if (b instanceof OperandError) return b;
  if (operator === "&&" || operator === "||") return logical(operator === "||", a, b);
  if (a instanceof UnknownValue || b instanceof UnknownValue) {
    return operator.startsWith("<") || operator.startsWith(">") ? UNKNOWN_BOOL : UNKNOWN_NUMBER;
  }
  return arithmetic(operator, a as Num, b as Num);
}

function operand(value: TypedValue, type: Type, side: "left" | "right"): TypedValue | OperandError {
  const converted = convert(value, type);
  if (!converted.ok) return new OperandError(`Unsuitable value for ${side} operand: ${converted.message}.`);
  if (!(converted.value instanceof NullValue)) return converted.value;
  return new OperandError(`Unsuitable value for ${side} operand: argument must not be null.`);
}

/** One side alone can decide: false && unknown is false. */
function logical(decisive: boolean, a: TypedValue, b: TypedValue): TypedValue {
  if (a === decisive || b === decisive) return decisive;
  return a instanceof UnknownValue || b instanceof UnknownValue ? UNKNOWN_BOOL : !decisive;
}

function arithmetic(operator: BinaryOperator, a: Num, b: Num): TypedValue | OperandError {
  switch (operator) {
    case "+":
      return add(a, b);
    case "-":
      return subtract(a, b);
    case "*":
      return multiply(a, b);
    case "/":
      return divide(a, b) ?? new OperandError("can't divide zero by zero or infinity by infinity", "Operation failed");
    case "%":
      return modulo(a, b) ?? new OperandError("the remainder is not defined", "Operation failed");
    case "<":
      return compareNumbers(a, b) < 0;
    case "<=":
      return compareNumbers(a, b) <= 0;
    case ">":
      return compareNumbers(a, b) > 0;
    default:
      return compareNumbers(a, b) >= 0;
  }
}

/** condition ? yes : no. An open condition is decided all the same where both arms agree. */
export function conditional(condition: TypedValue, yes: TypedValue, no: TypedValue): TypedValue | OperandError {
  const type = commonType(yes, no);
  if (type === undefined) {
    return new OperandError(
      `The true and false result expressions must have consistent types. The 'true' value is ${friendlyName(typeOf(yes))}, but the 'false' value is ${friendlyName(typeOf(no))}.`,
      "Inconsistent conditional result types",
    );
  }
  const test = convert(unmark(condition), BOOL);
  if (!test.ok) return new OperandError(`The condition value is invalid: ${test.message}.`, "Incorrect condition type");
  const marks = decisionMarks(marksOf(condition));
  if (test.value instanceof NullValue) {
    return new OperandError("The condition value is null. Conditions must either be true or false.", "Null condition");
  }
  if (test.value instanceof UnknownValue) return mark(either(asType(yes, type), asType(no, type), type), marks);
  // A secret in either arm keeps the result secret, as in Terraform; it comes from the chosen arm alone.
  const [chosen, other] = test.value === true ? [yes, no] : [no, yes];
  return mark(asType(chosen, type), joinMarks(marks, decisionMarks(marksOf(other))));
}

function commonType(yes: TypedValue, no: TypedValue): Type | undefined {
  const a = typeOf(yes);
  const b = typeOf(no);
  if (a === b) return a;
  if (unmark(yes) instanceof NullValue && a === DYNAMIC) return b;
  if (unmark(no) instanceof NullValue && b === DYNAMIC) return a;
  return unify([a, b]);
}

const asType = (value: TypedValue, type: Type): TypedValue => {
  const converted = convert(value, type);
  return converted.ok ? converted.value : unknownOf(type);
};

function either(yes: TypedValue, no: TypedValue, type: Type): TypedValue {
  const marks = joinMarks(marksOf(yes), marksOf(no));
  const a = unmark(yes);
  const b = unmark(no);
  if (a instanceof NullValue && b instanceof NullValue) return mark(nullOf(type), marks);
  if (equals(a, b) === true) return mark(a, marks);
  const is = {
    ...(certainlyNotNull(a) && certainlyNotNull(b) && NOT_NULL),
    ...prefixOfBoth(a, b),
  };
  return mark(unknownOf(hasDynamic(type) ? DYNAMIC : type, is), marks);
}

const certainlyNotNull = (value: TypedValue): boolean =>
  value instanceof UnknownValue ? value.is.notNull === true : !(value instanceof NullValue);

const startOf = (value: TypedValue): string =>
  typeof value === "string"
    ? value
    : value instanceof UnknownValue
      ? (value.is.prefix ?? "")
      : isNumber(value)
        ? ""
        : "";

function prefixOfBoth(a: TypedValue, b: TypedValue): Refinement {
  const x = startOf(a);
  const y = startOf(b);
  let length = 0;
  while (length < x.length && x[length] === y[length]) length++;
  return length === 0 ? {} : { prefix: x.slice(0, length) };
}
