/**
 * Terraform's numbers: binary floats of 512 bits (Go's big.Float), so 0.1 + 0.2 is 0.3 and 2^60 + 1 is exact.
 * A plain JS number stands for every safe integer (the hot path), for -0, which Terraform prints as such, and for ±Infinity; everything else is a BigFloat.
 */

/** mantissa × 2^exponent, mantissa odd; `precision` in bits decides how many digits are printed. */
export class BigFloat {
  readonly mantissa: bigint;
  readonly exponent: number;
  readonly precision: number;
  constructor(mantissa: bigint, exponent: number, precision: number) {
    this.mantissa = mantissa;
    this.exponent = exponent;
    this.precision = precision;
  }
}

/** A JS number here is a safe integer or ±Infinity, never a fraction: make fractions with `fromDouble` or `parseNumber`. */
export type Num = number | BigFloat;

const PRECISION = 512;
const INTEGER = /^-?\d{1,15}$/;
const DECIMAL = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,5}))?$/;

const abs = (n: bigint): bigint => (n < 0n ? -n : n);
const bitLength = (n: bigint): number => {
  if (n === 0n) return 0;
  const hex = abs(n).toString(16);
  return (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex.charAt(0), 16)));
};

/** Rounds to `precision` bits, half to even, and falls back to a plain number wherever that is exact. */
function normalise(mantissa: bigint, exponent: number, precision: number): Num {
  if (mantissa === 0n) return 0;
  let m = abs(mantissa);
  let e = exponent;
  const excess = bitLength(m) - precision;
  if (excess > 0) {
    const shift = BigInt(excess);
    const rest = m & ((1n << shift) - 1n);
    const half = 1n << (shift - 1n);
    m >>= shift;
    if (rest > half || (rest === half && (m & 1n) === 1n)) m += 1n;
    e += excess;
  }
  while ((m & 0xffffffffn) === 0n) {
    m >>= 32n;
    e += 32;
  }
  while ((m & 1n) === 0n) {
    m >>= 1n;
    e += 1;
  }
  if (mantissa < 0n) m = -m;
  if (e >= 0 && e < 64) {
    const whole = m << BigInt(e);
    if (abs(whole) <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(whole);
  }
  return new BigFloat(m, e, precision);
}

const parts = (n: Num): BigFloat => (typeof n === "number" ? new BigFloat(BigInt(n), 0, PRECISION) : n);
const finite = (n: Num): boolean => typeof n !== "number" || Number.isFinite(n);
const widest = (a: Num, b: Num): number =>
  Math.max(typeof a === "number" ? PRECISION : a.precision, typeof b === "number" ? PRECISION : b.precision);

export const fromBigInt = (n: bigint): Num => normalise(n, 0, Math.max(PRECISION, bitLength(n)));

/** The number a Go float64 would be: printed with float64's shortest digits. NaN is the caller's business. */
export function fromDouble(n: number): Num {
  if (Number.isSafeInteger(n)) return n === 0 ? 0 : n;
  if (!Number.isFinite(n)) return n;
  let mantissa = n;
  let exponent = 0;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    exponent -= 1;
  }
  return normalise(BigInt(mantissa), exponent, 53);
}

/** Decimal text as Terraform reads it in source and in conversions; undefined where it is no number. */
export function parseNumber(text: string): Num | undefined {
  if (INTEGER.test(text)) return Number(text);
  const match = DECIMAL.exec(text);
  if (!match) return undefined;
  const [, sign, whole = "", fraction = "", power] = match;
  if (whole === "" && fraction === "") return undefined;
  const digits = BigInt(whole + fraction);
  const scale = Number(power ?? 0) - fraction.length;
  const signed = sign === "-" ? -digits : digits;
  if (scale >= 0) return normalise(signed * 10n ** BigInt(scale), 0, PRECISION);
  return quotient(signed, 10n ** BigInt(-scale), 0, PRECISION);
}

/** a ÷ b × 2^exponent, correctly rounded: the remainder becomes a sticky bit below the last one kept. */
function quotient(a: bigint, b: bigint, exponent: number, precision: number): Num {
  const shift = Math.max(0, precision + 3 + bitLength(b) - bitLength(a));
  const scaled = abs(a) << BigInt(shift);
  const divisor = abs(b);
  const sticky = scaled % divisor === 0n ? 0n : 1n;
  const magnitude = ((scaled / divisor) << 1n) | sticky;
  return normalise(a < 0n !== b < 0n ? -magnitude : magnitude, exponent - shift - 1, precision);
}

/** Shortest decimal text that reads back as the same number, never with an exponent (Go's Text('f', -1)). */
export function formatNumber(n: Num): string {
  if (typeof n === "number") {
    if (n === 0) return Object.is(n, -0) ? "-0" : "0";
    return Number.isFinite(n) ? String(n) : n > 0 ? "+Inf" : "-Inf";
  }
  const negative = n.mantissa < 0n;
  const magnitude = abs(n.mantissa);
  const pad = Math.max(0, n.precision - bitLength(magnitude));
  const m = magnitude << BigInt(pad);
  const e = n.exponent - pad - 2;
  const five = e < 0 ? 5n ** BigInt(-e) : 1n;
  const scale = (x: bigint): bigint => (e < 0 ? x * five : x << BigInt(e));
  const value = scale(m << 2n);
  const lower = scale((m << 2n) - 2n);
  const upper = scale((m << 2n) + 2n);
  const inclusive = (m & 1n) === 0n;
  const inside = (x: bigint): boolean => (inclusive ? x >= lower && x <= upper : x > lower && x < upper);
  const length = value.toString().length;
  let chosen = value;
  for (let kept = 1; kept < length; kept++) {
    const unit = 10n ** BigInt(length - kept);
    const down = (value / unit) * unit;
    const up = down + unit;
    const downFits = inside(down) && down > 0n;
    const upFits = inside(up);
    if (!downFits && !upFits) continue;
    chosen = downFits && (!upFits || value - down <= up - value) ? down : up;
    break;
  }
  return (negative ? "-" : "") + placePoint(chosen.toString(), e < 0 ? -e : 0);
}

function placePoint(digits: string, decimals: number): string {
  if (decimals === 0) return digits;
  const padded = digits.padStart(decimals + 1, "0");
  const fraction = padded.slice(padded.length - decimals).replace(/0+$/, "");
  const whole = padded.slice(0, padded.length - decimals);
  return fraction === "" ? whole : `${whole}.${fraction}`;
}

export function add(a: Num, b: Num): Num {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isSafeInteger(sum) || !Number.isFinite(sum)) return sum;
  }
  if (!finite(a) || !finite(b)) return finite(a) ? b : a;
  const x = parts(a);
  const y = parts(b);
  const e = Math.min(x.exponent, y.exponent);
  const sum = (x.mantissa << BigInt(x.exponent - e)) + (y.mantissa << BigInt(y.exponent - e));
  return normalise(sum, e, widest(a, b));
}

export const negate = (n: Num): Num =>
  typeof n === "number" ? -n : new BigFloat(-n.mantissa, n.exponent, n.precision);

export const subtract = (a: Num, b: Num): Num => add(a, negate(b));

export function multiply(a: Num, b: Num): Num {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b;
    if (Number.isSafeInteger(product)) return product;
    if (!Number.isFinite(product)) return product;
  }
  if (!finite(a) || !finite(b)) return toDouble(a) * toDouble(b);
  const x = parts(a);
  const y = parts(b);
  return normalise(x.mantissa * y.mantissa, x.exponent + y.exponent, widest(a, b));
}

/** Undefined for 0/0 and ∞/∞; anything else by zero is infinite, as in Terraform. */
export function divide(a: Num, b: Num): Num | undefined {
  if (b === 0) return a === 0 ? undefined : toDouble(a) > 0 ? Infinity : -Infinity;
  if (!finite(a) && !finite(b)) return undefined;
  if (typeof a === "number" && typeof b === "number" && a % b === 0) return a / b;
  if (!finite(a) || !finite(b)) return fromDouble(toDouble(a) / toDouble(b));
  const x = parts(a);
  const y = parts(b);
  return quotient(x.mantissa, y.mantissa, x.exponent - y.exponent, widest(a, b));
}

/** Remainder with the sign of the dividend; a number modulo zero is itself, as in Terraform. */
export function modulo(a: Num, b: Num): Num | undefined {
  if (b === 0) return a;
  // JS gives -0 for -4 % 2, Terraform 0; -0 % 3 is -0 for both.
  if (typeof a === "number" && typeof b === "number") return a === 0 ? a : (a % b) + 0;
  const ratio = divide(a, b);
  if (ratio === undefined || !finite(ratio)) return undefined;
  return subtract(a, multiply(b, fromBigInt(toBigInt(ratio))));
}

/** Negative, zero or positive, as a sort wants it. */
export function compareNumbers(a: Num, b: Num): number {
  if (typeof a === "number" && typeof b === "number") return a < b ? -1 : a > b ? 1 : 0;
  if (!finite(a) || !finite(b)) return finite(a) ? -Math.sign(toDouble(b)) : Math.sign(toDouble(a));
  const difference = subtract(a, b);
  return typeof difference === "number" ? Math.sign(difference) : difference.mantissa < 0n ? -1 : 1;
}

export const isWhole = (n: Num): boolean => (typeof n === "number" ? Number.isFinite(n) : n.exponent >= 0);

/** Nearest JS double. */
export const toDouble = (n: Num): number => (typeof n === "number" ? n : Number(formatNumber(n)));

/** Truncates towards zero. Only for finite numbers. */
export function toBigInt(n: Num): bigint {
  if (typeof n === "number") return BigInt(n);
  if (n.exponent >= 0) return n.mantissa << BigInt(n.exponent);
  const magnitude = abs(n.mantissa) >> BigInt(-n.exponent);
  return n.mantissa < 0n ? -magnitude : magnitude;
}
