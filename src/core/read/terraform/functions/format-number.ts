/** Go's printf of numbers: %b %d %o %x for whole ones, %e %f %g for any, with exact decimal digits. */
import { BigFloat, formatNumber, isWhole, type Num, toBigInt } from "../number.ts";

export interface Verb {
  readonly raw: string;
  readonly offset: number;
  readonly letter: string;
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
}

/** Sign, digits and padding as Go orders them: zeros go between the sign and the digits. */
function pad(verb: Verb, sign: string, digits: string): string {
  const missing = (verb.width ?? 0) - sign.length - digits.length;
  if (missing <= 0) return sign + digits;
  if (verb.flags.includes("-")) return sign + digits + " ".repeat(missing);
  return verb.flags.includes("0") ? sign + "0".repeat(missing) + digits : " ".repeat(missing) + sign + digits;
}

const signOf = (verb: Verb, negative: boolean): string =>
  negative ? "-" : verb.flags.includes("+") ? "+" : verb.flags.includes(" ") ? " " : "";

const BASES: Readonly<Record<string, number>> = { b: 2, d: 10, o: 8, x: 16, X: 16 };
const PREFIXES: Readonly<Record<string, string>> = { b: "0b", o: "0", x: "0x", X: "0X" };

/** Undefined for a number that is not whole. */
export function formatInteger(verb: Verb, n: Num): string | undefined {
  if (!isWhole(n)) return undefined;
  const value = toBigInt(n);
  const negative = value < 0n;
  let digits = (negative ? -value : value).toString(BASES[verb.letter] ?? 10);
  if (verb.letter === "X") digits = digits.toUpperCase();
  const { precision } = verb;
  if (precision !== undefined) digits = value === 0n && precision === 0 ? "" : digits.padStart(precision, "0");
  const prefix = verb.flags.includes("#") ? (PREFIXES[verb.letter] ?? "") : "";
  const zeroPadded = precision === undefined ? verb : { ...verb, flags: verb.flags.replaceAll("0", "") };
  return pad(zeroPadded, signOf(verb, negative) + prefix, digits);
}

interface Decimal {
  /** Significant digits, without zeros at either end; empty for zero. */
  readonly digits: string;
  /** 0.digits × 10^point */
  readonly point: number;
}

function decimalOf(text: string): Decimal {
  const [whole = "", fraction = ""] = text.replace("-", "").split(".");
  const all = (whole + fraction).replace(/^0+/, "");
  const leading = (whole + fraction).length - all.length;
  const digits = all.replace(/0+$/, "");
  return { digits, point: digits === "" ? 0 : whole.length - leading };
}

/** Every digit of the binary fraction, as Go rounds from. */
function exactText(n: Num): string {
  if (!(n instanceof BigFloat) || n.exponent >= 0) return formatNumber(n);
  const scale = -n.exponent;
  const magnitude = (n.mantissa < 0n ? -n.mantissa : n.mantissa) * 5n ** BigInt(scale);
  const padded = magnitude.toString().padStart(scale + 1, "0");
  return `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

/** Keeps that many digits, half to even. */
function round({ digits, point }: Decimal, keep: number): Decimal {
  if (keep < 0) return { digits: "", point: 0 };
  if (keep >= digits.length) return { digits, point };
  const rest = digits.slice(keep);
  const odd = Number(digits[keep - 1] ?? "0") % 2 === 1;
  const up = rest[0] === "5" && /^50*$/.test(rest) ? odd : (rest[0] ?? "0") >= "5";
  const kept = digits.slice(0, keep);
  if (!up) return trimmed(kept, point);
  const next = (BigInt(kept || "0") + 1n).toString().padStart(keep, "0");
  return trimmed(next, point + next.length - keep);
}

const trimmed = (digits: string, point: number): Decimal => {
  const kept = digits.replace(/0+$/, "");
  return { digits: kept, point: kept === "" ? 0 : point };
};

function fixed({ digits, point }: Decimal, decimals: number): string {
  const padded = point > 0 ? digits.padEnd(point, "0") : "0".repeat(1 - point) + digits;
  const cut = Math.max(point, 1);
  const fraction = padded.slice(cut).padEnd(decimals, "0").slice(0, decimals);
  return decimals > 0 ? `${padded.slice(0, cut)}.${fraction}` : padded.slice(0, cut);
}

function scientific({ digits, point }: Decimal, decimals: number, letter: string): string {
  const exponent = digits === "" ? 0 : point - 1;
  const fraction = digits.slice(1).padEnd(decimals, "0").slice(0, decimals);
  const size = String(Math.abs(exponent)).padStart(2, "0");
  return `${digits[0] ?? "0"}${decimals > 0 ? `.${fraction}` : ""}${letter}${exponent < 0 ? "-" : "+"}${size}`;
}

/** Go's big.Float.Text('g', -1): the shortest digits that read back as the same number. */
export function shortest(n: Num): string {
  if (!(n instanceof BigFloat) && !Number.isFinite(n)) return formatNumber(n);
  const text = formatNumber(n);
  return (text.startsWith("-") ? "-" : "") + general(decimalOf(text), undefined, "e");
}

/** Without a precision all digits are kept, and an exponent is written from 10^6 on. */
function general(decimal: Decimal, precision: number | undefined, letter: string): string {
  const wanted = precision === 0 ? 1 : precision;
  const rounded = wanted === undefined ? decimal : round(decimal, wanted);
  const { digits, point } = rounded;
  const exponent = digits === "" ? 0 : point - 1;
  const enough = wanted !== undefined && wanted > digits.length && digits.length >= point;
  const most = wanted === undefined ? 6 : enough ? digits.length : wanted;
  return exponent < -4 || exponent >= Math.max(most, 1)
    ? scientific(rounded, Math.max(0, digits.length - 1), letter)
    : fixed(rounded, Math.max(0, digits.length - point));
}

export function formatFloat(verb: Verb, n: Num): string {
  if (typeof n === "number" && !Number.isFinite(n))
    return pad({ ...verb, flags: verb.flags.replaceAll("0", "") }, signOf(verb, n < 0) || (n > 0 ? "+" : ""), "Inf");
  const text = formatNumber(n);
  const sign = signOf(verb, text.startsWith("-"));
  const exact = decimalOf(exactText(n));
  const letter = verb.letter === "E" || verb.letter === "G" ? "E" : "e";
  const { precision } = verb;
  if (verb.letter === "f") return pad(verb, sign, fixed(round(exact, exact.point + (precision ?? 6)), precision ?? 6));
  if (verb.letter === "e" || verb.letter === "E")
    return pad(verb, sign, scientific(round(exact, (precision ?? 6) + 1), precision ?? 6, letter));
  return pad(verb, sign, general(precision === undefined ? decimalOf(text) : exact, precision, letter));
}
