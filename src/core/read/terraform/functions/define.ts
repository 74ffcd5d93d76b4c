/** Small words for writing a family of functions: parameters, and reading whole numbers out of arguments as Go does. */
import { FunctionError, type Parameter, type TerraformFunction } from "../function.ts";
import { isWhole, type Num, toBigInt } from "../number.ts";
import { type TypedValue, textOf } from "../typed-value.ts";
import { BOOL, DYNAMIC, listType, NUMBER, STRING, type Type } from "../types.ts";

export const text = (name: string): Parameter => ({ name, type: STRING });
export const number = (name: string): Parameter => ({ name, type: NUMBER });
export const any = (name: string, more: Omit<Parameter, "name" | "type"> = {}): Parameter => ({
  name,
  type: DYNAMIC,
  ...more,
});
/** A list whose elements may be unknown, or come with any type. */
export const list = (name: string, element: Type, more: Omit<Parameter, "name" | "type"> = {}): Parameter => ({
  name,
  type: listType(element),
  ...more,
});
export const ofAnything = { nullable: true, unknowns: true, marks: true } as const;

/** A function of texts alone, which always gives a text. */
export const fromTexts = (
  name: string,
  parameters: readonly string[],
  compute: (...texts: string[]) => string | FunctionError,
): TerraformFunction => ({
  name,
  parameters: parameters.map(text),
  returns: STRING,
  call: (args) => {
    const result = compute(...args.map(String));
    return typeof result === "string" ? textOf(result) : result;
  },
});

export const testOfTexts = (
  name: string,
  parameters: readonly string[],
  test: (...texts: string[]) => boolean,
): TerraformFunction => ({
  name,
  parameters: parameters.map(text),
  returns: BOOL,
  call: (args) => test(...args.map(String)),
});

const INT64 = 2n ** 63n;
export const NOT_WHOLE = "value must be a whole number, between -9223372036854775808 and 9223372036854775807";

/** The number as Go's int; undefined for a fraction, an infinity, or one beyond 64 bits. */
export function wholeNumber(value: TypedValue | undefined): bigint | undefined {
  const n = value as Num;
  if (!isWhole(n)) return undefined;
  const whole = toBigInt(n);
  return whole >= -INT64 && whole < INT64 ? whole : undefined;
}

/** The same for sizes and positions: what is beyond a safe integer is as good as the largest one. */
export function wholeIndex(value: TypedValue | undefined): number | FunctionError {
  const whole = wholeNumber(value);
  return whole === undefined ? new FunctionError(NOT_WHOLE) : Number(whole);
}

/** About 16 MB of text: more is refused, since hostile code could ask for any amount. */
export const MAX_TEXT = 1 << 24;
export const tooMuchText = (length: number): FunctionError | undefined =>
  length > MAX_TEXT ? new FunctionError("the result is too large to evaluate") : undefined;
