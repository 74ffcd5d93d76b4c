/** The evaluator's own values: numbers, conversion, equality, sets, marks. Expected texts are terraform console's. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { convert } from "../../../../src/core/read/terraform/convert.ts";
import { equals } from "../../../../src/core/read/terraform/equality.ts";
import {
  add,
  compareNumbers,
  divide,
  formatNumber,
  fromDouble,
  modulo,
  multiply,
  type Num,
  parseNumber,
  subtract,
} from "../../../../src/core/read/terraform/number.ts";
import { toValue } from "../../../../src/core/read/terraform/to-value.ts";
import {
  isWhollyKnown,
  mark,
  NULL,
  objectOf,
  SENSITIVE,
  setOf,
  type TypedValue,
  tupleOf,
  unknownOf,
  unmarkDeep,
} from "../../../../src/core/read/terraform/typed-value.ts";
import {
  BOOL,
  DYNAMIC,
  listType,
  mapType,
  NUMBER,
  objectType,
  STRING,
  setType,
  type Type,
} from "../../../../src/core/read/terraform/types.ts";

const number = (text: string): Num => parseNumber(text) ?? Number.NaN;
const converted = (value: TypedValue, type: Type): unknown => {
  const result = convert(value, type);
  return result.ok ? toValue(result.value) : result.message;
};

describe("numbers", () => {
  it.each([
    ["0.5", "0.5"],
    ["1e3", "1000"],
    ["1.50", "1.5"],
    ["12345678901234567890123", "12345678901234567890123"],
    ["1e-7", "0.0000001"],
    ["-0.25", "-0.25"],
  ])("%s prints as %s", (text, expected) => expect(formatNumber(number(text))).toBe(expected));

  it.each(["", "x", "1.2.3", "0x10", " 1", "1e", "."])("%j is no number", (text) =>
    expect(parseNumber(text)).toBeUndefined(),
  );

  it("prints a quotient with the digits of 512 bits, and a float64 with its own", () => {
    expect(formatNumber(divide(1, 3) ?? 0)).toBe(`0.${"3".repeat(154)}5`);
    expect(formatNumber(fromDouble(1.6989700043360187))).toBe("1.6989700043360187");
  });

  it("divides by zero as Terraform does", () => {
    expect(divide(1, 0)).toBe(Infinity);
    expect(divide(0, 0)).toBeUndefined();
    expect(modulo(5, 0)).toBe(5);
    expect(formatNumber(modulo(5, number("3.5")) ?? 0)).toBe("1.5");
  });

  it("knows Terraform's negative zero", () => {
    const text = (n: Num | undefined): string => formatNumber(n ?? Number.NaN);
    expect([
      text(multiply(0, -4)),
      text(divide(0, -4)),
      text(modulo(-0, 3)),
      text(modulo(-4, 2)),
      text(add(-0, 0)),
    ]).toEqual(["-0", "-0", "-0", "0", "0"]);
  });

  it("adds and multiplies integers of any size exactly", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
        fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
        (a, b) => {
          const x = number(String(a));
          const y = number(String(b));
          expect(formatNumber(add(x, y))).toBe(String(a + b));
          expect(formatNumber(subtract(x, y)).replace(/^-0$/, "0")).toBe(String(a - b));
          expect(formatNumber(multiply(x, y)).replace(/^-0$/, "0")).toBe(String(a * b));
          expect(Math.sign(compareNumbers(x, y))).toBe(a < b ? -1 : a > b ? 1 : 0);
        },
      ),
    );
  });

  it("decimal text survives reading and printing", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 1, max: 999_999_999 }), (whole, fraction) => {
        const text = `${whole}.${String(fraction).padStart(9, "0")}`.replace(/0+$/, "");
        fc.pre(whole !== 0);
        expect(formatNumber(number(text))).toBe(text);
      }),
    );
  });
});

describe("conversion", () => {
  it("goes between primitives by their texts", () => {
    expect(converted("true", BOOL)).toBe(true);
    expect(converted("1", BOOL)).toBe(true);
    expect(converted("True", BOOL)).toBe('a bool is required; to convert from string, use lowercase "true"');
    expect(converted("22", NUMBER)).toBe(22);
    expect(converted("x", NUMBER)).toBe("a number is required");
    expect(converted(tupleOf([]), STRING)).toBe("string required");
  });

  it("unifies the elements of tuples and objects", () => {
    expect(converted(tupleOf([1, "a"]), listType(DYNAMIC))).toEqual(["1", "a"]);
    expect(converted(tupleOf([true, 1]), listType(DYNAMIC))).toBe("all list elements must have the same type");
    expect(
      converted(
        objectOf(
          new Map<string, TypedValue>([
            ["a", 1],
            ["b", "x"],
          ]),
        ),
        mapType(DYNAMIC),
      ),
    ).toEqual({ a: "1", b: "x" });
    expect(converted(tupleOf(["b", "a", "b"]), setType(STRING))).toEqual(["a", "b"]);
  });

  it("keeps an object's declared attributes, and asks for those without optional()", () => {
    const type = objectType(
      new Map([
        ["a", STRING],
        ["b", NUMBER],
      ]),
      new Map([["b", 3]]),
    );
    expect(
      converted(
        objectOf(
          new Map<string, TypedValue>([
            ["a", "x"],
            ["z", 1],
          ]),
        ),
        type,
      ),
    ).toEqual({ a: "x", b: 3 });
    expect(converted(objectOf(new Map([["b", 1]])), type)).toBe('attribute "a" is required');
    expect(
      converted(
        objectOf(
          new Map<string, TypedValue>([
            ["a", "x"],
            ["b", NULL],
          ]),
        ),
        type,
      ),
    ).toEqual({ a: "x", b: 3 });
  });

  it("carries what is known of an unknown text along", () => {
    const result = convert(unknownOf(STRING, { prefix: "arn:", notNull: true }), STRING);
    expect(result.ok && result.value).toMatchObject({ is: { prefix: "arn:", notNull: true } });
  });
});

describe("equality and sets", () => {
  it("is undecided for unknowns, unless they certainly differ", () => {
    expect(equals(unknownOf(STRING), "a")).toBeUndefined();
    expect(equals(unknownOf(STRING, { prefix: "b" }), "a")).toBe(false);
    expect(equals(unknownOf(STRING, { notNull: true }), NULL)).toBe(false);
    expect(equals(tupleOf([unknownOf(STRING), 1]), tupleOf(["a", 2]))).toBe(false);
    expect(equals(tupleOf([unknownOf(STRING), 1]), tupleOf(["a", 1]))).toBeUndefined();
  });

  it("sorts and dedupes sets as Terraform shows them, and moves marks out", () => {
    expect(toValue(setOf(NUMBER, [10, 9, 10, number("0.5")]))).toEqual([0.5, 9, 10]);
    expect(toValue(setOf(STRING, ["b", "Ω", "B", "b", "😀", "\uffee"]))).toEqual(["B", "b", "Ω", "\uffee", "😀"]);
    const [bare, marks] = unmarkDeep(setOf(STRING, [mark("x", SENSITIVE), "a"]));
    expect(toValue(bare)).toEqual(["a", "x"]);
    expect(marks?.sensitive).toBe(true);
  });

  it("knows at once whether anything inside is unknown", () => {
    expect(isWhollyKnown(tupleOf([objectOf(new Map([["a", tupleOf([1])]]))]))).toBe(true);
    expect(isWhollyKnown(tupleOf([objectOf(new Map([["a", tupleOf([unknownOf(STRING)])]]))]))).toBe(false);
  });
});
