/** Numeric functions. Logarithms and powers are of float64, as in Terraform; everything else is exact. */
import { convert } from "../convert.ts";
import { FunctionError, type TerraformFunction } from "../function.ts";
import {
  add,
  compareNumbers,
  fromBigInt,
  fromDouble,
  isWhole,
  type Num,
  negate,
  toBigInt,
  toDouble,
} from "../number.ts";

import {
  isNumber,
  isWhollyKnown,
  listOf,
  NullValue,
  Sequence,
  type TypedValue,
  typeOf,
  unknownOf,
} from "../typed-value.ts";
import { friendlyName, listType, NUMBER } from "../types.ts";
import { any, NOT_WHOLE, number, wholeNumber } from "./define.ts";
import { logarithm, power } from "./go-math.ts";

const fromNumber = (name: string, compute: (n: Num) => TypedValue | FunctionError): TerraformFunction => ({
  name,
  parameters: [number("num")],
  returns: NUMBER,
  call: ([n]) => compute(n as Num),
});

/** Terraform has a negative zero, which these functions do not keep. */
const positiveZero = (n: Num): Num => (n === 0 ? 0 : n);

const isFraction = (n: Num): boolean => typeof n !== "number" && !isWhole(n);

const floor = (n: Num): Num => (isFraction(n) ? fromBigInt(toBigInt(n) - (compareNumbers(n, 0) < 0 ? 1n : 0n)) : n);

const asDouble = (n: number): TypedValue | FunctionError =>
  Number.isNaN(n) ? new FunctionError("the result is not a number") : Object.is(n, -0) ? n : fromDouble(n);

const extreme = (name: string, sign: number): TerraformFunction => ({
  name,
  parameters: [],
  variadic: number("numbers"),
  returns: NUMBER,
  call: (args) => {
    const [first, ...rest] = args as readonly Num[];
    if (first === undefined) return new FunctionError("must pass at least one number");
    return rest.reduce((best, n) => (compareNumbers(n, best) * sign > 0 ? n : best), first);
  },
});

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

const parseInteger: TerraformFunction = {
  name: "parseint",
  parameters: [any("number"), number("base")],
  returns: ([given]) =>
    given !== undefined &&
    typeof given !== "string" &&
    typeOf(given).kind !== "string" &&
    typeOf(given).kind !== "dynamic"
      ? new FunctionError(`first argument must be a string, not ${friendlyName(typeOf(given))}`, 0)
      : NUMBER,
  call: ([given, baseValue]) => {
    if (typeof given !== "string") {
      return new FunctionError(`first argument must be a string, not ${friendlyName(typeOf(given ?? ""))}`, 0);
    }
    const base = wholeNumber(baseValue);
    if (base === undefined) return new FunctionError(NOT_WHOLE, 1);
    if (base < 2n || base > 62n) return new FunctionError("base must be a whole number between 2 and 62 inclusive", 1);
    const failure = new FunctionError(`cannot parse ${JSON.stringify(given)} as a base ${base} integer`, 0);
    const digits = /^[+-]?([0-9a-zA-Z]+)$/.exec(base <= 36n ? given.toLowerCase() : given)?.[1];
    if (digits === undefined || digits.length > 10_000) return failure;
    let total = 0n;
    for (const digit of digits) {
      const worth = BigInt(DIGITS.indexOf(digit));
      if (worth >= base) return failure;
      total = total * base + worth;
    }
    return fromBigInt(given.startsWith("-") ? -total : total);
  },
};

const NOT_NUMBERS = "argument must be list, set, or tuple of number values";

const sum: TerraformFunction = {
  name: "sum",
  parameters: [any("list", { depth: "shallow" })],
  returns: NUMBER,
  call: ([given]) => {
    if (given === undefined || typeof given !== "object" || isNumber(given))
      return new FunctionError("cannot sum noniterable", 0);
    if (!(given instanceof Sequence)) {
      const empty = "entries" in given && given.entries.size === 0;
      return new FunctionError(
        empty
          ? "cannot sum an empty list"
          : `argument must be list, set, or tuple. Received ${friendlyName(typeOf(given))}`,
        0,
      );
    }
    if (given.items.length === 0) return new FunctionError("cannot sum an empty list", 0);
    if (!isWhollyKnown(given)) return unknownOf(NUMBER, { notNull: true });
    let total: Num = 0;
    for (const item of given.items) {
      const converted = convert(item, NUMBER);
      if (!converted.ok || converted.value instanceof NullValue) return new FunctionError(NOT_NUMBERS, 0);
      const next = converted.value as Num;
      if (total === -(next as number) && !Number.isFinite(total))
        return new FunctionError("can't compute sum of opposing infinities");
      total = add(total, next);
    }
    return total;
  },
};

const MOST_IN_RANGE = 1024;
const TOO_MANY =
  "more than 1024 values were generated; either decrease the difference between start and end or use a smaller step";

const range: TerraformFunction = {
  name: "range",
  parameters: [],
  variadic: number("params"),
  returns: listType(NUMBER),
  call: (args) => {
    const numbers = args as readonly Num[];
    if (numbers.length === 0 || numbers.length > 3) return new FunctionError("must have one, two, or three arguments");
    const [start, end] = numbers.length === 1 ? [0, numbers[0] ?? 0] : [numbers[0] ?? 0, numbers[1] ?? 0];
    const down = compareNumbers(end, start) < 0;
    const step = numbers[2] ?? (down ? -1 : 1);
    const stepSign = compareNumbers(step, 0);
    if (stepSign < 0 && compareNumbers(end, start) > 0)
      return new FunctionError("end must be less than start when step is negative", 1);
    if (stepSign > 0 && down) return new FunctionError("end must be greater than start when step is positive", 1);
    const items: Num[] = [];
    const tooMany = new FunctionError(TOO_MANY);
    if (stepSign === 0 && compareNumbers(start, end) !== 0) return tooMany;
    if (typeof start === "number" && typeof end === "number" && typeof step === "number" && step !== 0) {
      if ((end - start) / step > MOST_IN_RANGE) return tooMany;
      for (let n = start; step < 0 ? n > end : n < end; n += step) items.push(n);
      return listOf(NUMBER, items);
    }
    for (let n = start; stepSign < 0 ? compareNumbers(n, end) > 0 : compareNumbers(n, end) < 0; n = add(n, step)) {
      if (items.length >= MOST_IN_RANGE) return tooMany;
      items.push(n);
    }
    return listOf(NUMBER, items);
  },
};

export const numberFunctions: readonly TerraformFunction[] = [
  fromNumber("abs", (n) => positiveZero(compareNumbers(n, 0) < 0 ? negate(n) : n)),
  fromNumber("ceil", (n) => positiveZero(negate(floor(negate(n))))),
  fromNumber("floor", floor),
  fromNumber("signum", (n) => {
    const whole = wholeNumber(n);
    if (whole === undefined) return new FunctionError(NOT_WHOLE);
    return whole < 0n ? -1 : whole > 0n ? 1 : 0;
  }),
  {
    name: "log",
    parameters: [number("num"), number("base")],
    returns: NUMBER,
    call: ([n, base]) => asDouble(logarithm(toDouble(n as Num)) / logarithm(toDouble(base as Num))),
  },
  {
    name: "pow",
    parameters: [number("num"), number("power")],
    returns: NUMBER,
    call: ([n, exponent]) => asDouble(power(toDouble(n as Num), toDouble(exponent as Num))),
  },
  extreme("max", 1),
  extreme("min", -1),
  parseInteger,
  sum,
  range,
];
