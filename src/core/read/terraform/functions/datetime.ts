/** Date and time functions. What reads the clock (timestamp, plantimestamp) is unknown. */
import { FunctionError, type TerraformFunction } from "../function.ts";
import { unknownOf } from "../typed-value.ts";
import { NUMBER, STRING } from "../types.ts";
import { fromTexts, text } from "./define.ts";

export interface Instant {
  /** Nanoseconds since 1970. */
  readonly nanoseconds: bigint;
  readonly offsetMinutes: number;
}

const SECOND = 1_000_000_000n;
const bad = (what: string): FunctionError => new FunctionError(`not a valid RFC3339 timestamp: ${what}`);

interface Piece {
  readonly pattern: RegExp;
  readonly what: string;
  readonly most: number;
}

const PIECES: readonly (Piece | string)[] = [
  { pattern: /^\d{4}/, what: "year", most: 9999 },
  "-",
  { pattern: /^\d{2}/, what: "month", most: 12 },
  "-",
  { pattern: /^\d{2}/, what: "day of month", most: 31 },
  "T",
  { pattern: /^\d{1,2}/, what: "hour", most: 23 },
  ":",
  { pattern: /^\d{2}/, what: "minute", most: 59 },
  ":",
  { pattern: /^\d{2}/, what: "second", most: 59 },
];

const epochSeconds = (
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number => {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return date.getTime() / 1000;
};

/** Go's time.RFC3339, with its way of saying what is wrong. */
export function parseTimestamp(source: string): Instant | FunctionError {
  let rest = source;
  const numbers: number[] = [];
  for (const piece of PIECES) {
    if (typeof piece === "string") {
      if (!rest.startsWith(piece)) {
        if (piece === "T") return bad("missing required time introducer 'T'");
        return bad(
          rest === ""
            ? `end of string where "${piece}" is expected`
            : `found ${JSON.stringify(rest)} where "${piece}" is expected`,
        );
      }
      rest = rest.slice(1);
      continue;
    }
    const digits = piece.pattern.exec(rest)?.[0];
    if (digits === undefined)
      return bad(
        rest === "" ? `end of string before ${piece.what}` : `cannot use ${JSON.stringify(rest)} as ${piece.what}`,
      );
    const value = Number(digits);
    if (piece.what === "hour" && value > piece.most) return bad("hour must be between 0 and 23 inclusive");
    if (value > piece.most || (piece.what === "month" && value === 0))
      return bad(`cannot use ${JSON.stringify(rest)} as ${piece.what}`);
    numbers.push(value);
    rest = rest.slice(digits.length);
  }
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = numbers;
  const fraction = /^[.,](\d+)/.exec(rest);
  if (fraction) rest = rest.slice(fraction[0].length);
  const zone = /^(?:Z|([+-])(\d{2}):(\d{2}))/.exec(rest);
  if (!zone)
    return bad(rest === "" ? "end of string before UTC offset" : `cannot use ${JSON.stringify(rest)} as UTC offset`);
  const [whole, sign, hours = "0", minutes = "0"] = zone;
  if (Number(hours) > 23 || Number(minutes) > 59) return bad(`cannot use ${JSON.stringify(rest)} as UTC offset`);
  if (whole.length < rest.length)
    return bad(`cannot use ${JSON.stringify(rest.slice(whole.length))} as timestamp segment`);
  const daysInMonth = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  if (day < 1 || day > daysInMonth) return bad("day out of range");
  const offsetMinutes = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -1 : 1);
  const seconds = epochSeconds(year, month, day, hour, minute, second) - offsetMinutes * 60;
  const nanoseconds = BigInt((fraction?.[1] ?? "").padEnd(9, "0").slice(0, 9));
  return { nanoseconds: BigInt(seconds) * SECOND + nanoseconds, offsetMinutes };
}

const twoDigits = (n: number): string => String(n).padStart(2, "0");
const offsetText = (minutes: number, colon: string): string =>
  `${minutes < 0 ? "-" : "+"}${twoDigits(Math.floor(Math.abs(minutes) / 60))}${colon}${twoDigits(Math.abs(minutes) % 60)}`;

/** The wall clock of an instant in its own zone, as the UTC fields of a Date. */
function wallClock({ nanoseconds, offsetMinutes }: Instant): Date {
  const seconds = nanoseconds / SECOND - (nanoseconds < 0n && nanoseconds % SECOND !== 0n ? 1n : 0n);
  return new Date((Number(seconds) + offsetMinutes * 60) * 1000);
}

export function formatTimestamp(instant: Instant): string {
  const wall = wallClock(instant);
  const date = `${String(wall.getUTCFullYear()).padStart(4, "0")}-${twoDigits(wall.getUTCMonth() + 1)}-${twoDigits(wall.getUTCDate())}`;
  const time = [wall.getUTCHours(), wall.getUTCMinutes(), wall.getUTCSeconds()].map(twoDigits).join(":");
  return `${date}T${time}${instant.offsetMinutes === 0 ? "Z" : offsetText(instant.offsetMinutes, ":")}`;
}

const MONTHS = "January February March April May June July August September October November December".split(" ");
const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");
type Verb = { readonly needs: string } & Readonly<Record<number, string>>;

/** All verbs by letter; `needs` ends the message for a wrong number of letters. */
function verbsFor(instant: Instant): Readonly<Record<string, Verb>> {
  const wall = wallClock(instant);
  const year = wall.getUTCFullYear();
  const month = wall.getUTCMonth() + 1;
  const hour = wall.getUTCHours();
  const oneOrTwo = (n: number, needs: string): Verb => ({ needs, 1: String(n), 2: twoDigits(n) });
  const monthName = MONTHS[month - 1] ?? "";
  const dayName = DAYS[wall.getUTCDay()] ?? "";
  const offset = instant.offsetMinutes;
  const compact = offsetText(offset, "");
  return {
    Y: { needs: 'year must either be "YY" or "YYYY"', 2: twoDigits(year % 100), 4: String(year).padStart(4, "0") },
    M: { ...oneOrTwo(month, 'month must be "M", "MM", "MMM", or "MMMM"'), 3: monthName.slice(0, 3), 4: monthName },
    D: oneOrTwo(wall.getUTCDate(), 'day of month must either be "D" or "DD"'),
    E: { needs: 'day of week must either be "EEE" or "EEEE"', 3: dayName.slice(0, 3), 4: dayName },
    h: oneOrTwo(hour, '24-hour must either be "h" or "hh"'),
    H: oneOrTwo(hour % 12 || 12, '12-hour must either be "H" or "HH"'),
    A: { needs: 'must be "AA"', 2: hour < 12 ? "AM" : "PM" },
    a: { needs: 'must be "aa"', 2: hour < 12 ? "am" : "pm" },
    m: oneOrTwo(wall.getUTCMinutes(), 'minute must either be "m" or "mm"'),
    s: oneOrTwo(wall.getUTCSeconds(), 'second must either be "s" or "ss"'),
    Z: {
      needs: "timezone must be Z, ZZZZ, or ZZZZZ",
      1: offset === 0 ? "Z" : offsetText(offset, ":"),
      3: offset === 0 ? "UTC" : compact,
      4: compact,
      5: offsetText(offset, ":"),
    },
  };
}

const TOKEN = /'(?:''|[^'])*(?:'|$)|([A-Za-z])\1*|[^'A-Za-z]+/g;

function formatDate(format: string, timestamp: string): string | FunctionError {
  const instant = parseTimestamp(timestamp);
  if (instant instanceof FunctionError) return new FunctionError(instant.message, 1);
  const verbs = verbsFor(instant);
  let formatted = "";
  for (const [token] of format.matchAll(TOKEN)) {
    if (token.startsWith("'")) {
      if (token === "''") formatted += "'";
      else if (token.length === 1 || !/^'(?:''|[^'])*'$/.test(token))
        return new FunctionError("unterminated literal '", 0);
      else formatted += token.slice(1, -1).replaceAll("''", "'");
    } else if (/^[A-Za-z]/.test(token)) {
      const verb = verbs[token.charAt(0)];
      const written = verb?.[token.length];
      if (written === undefined) {
        return new FunctionError(
          `invalid date format verb ${JSON.stringify(token)}${verb ? `: ${verb.needs}` : ""}`,
          0,
        );
      }
      formatted += written;
    } else formatted += token;
  }
  return formatted;
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: SECOND,
  m: 60n * SECOND,
  h: 3600n * SECOND,
};

/** Go's time.ParseDuration, in nanoseconds. */
function parseDuration(source: string): bigint | FunctionError {
  const invalid = new FunctionError(`time: invalid duration ${JSON.stringify(source)}`);
  const negative = source.startsWith("-");
  let rest = source.replace(/^[+-]/, "");
  if (rest === "0") return 0n;
  if (rest === "") return invalid;
  let total = 0n;
  while (rest !== "") {
    const [digits, whole = "", fraction = ""] = /^(\d*)(?:\.(\d*))?/.exec(rest) ?? [""];
    if (whole === "" && fraction === "") return invalid;
    rest = rest.slice(digits.length);
    const unit = /^[^.\d]*/.exec(rest)?.[0] ?? "";
    if (unit === "") return new FunctionError(`time: missing unit in duration ${JSON.stringify(source)}`);
    const worth = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
    if (worth === undefined)
      return new FunctionError(`time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(source)}`);
    rest = rest.slice(unit.length);
    const decimals = fraction.slice(0, 18);
    total += BigInt(whole || "0") * worth + (BigInt(decimals || "0") * worth) / 10n ** BigInt(decimals.length);
    if (total > 1n << 63n) return invalid;
  }
  if (!negative && total > (1n << 63n) - 1n) return invalid;
  return negative ? -total : total;
}

const reader = (name: string, parameters: readonly ReturnType<typeof text>[]): TerraformFunction => ({
  name,
  parameters,
  returns: STRING,
  call: () => unknownOf(STRING, { notNull: true }),
});

export const datetimeFunctions: readonly TerraformFunction[] = [
  fromTexts("formatdate", ["format", "time"], formatDate),
  fromTexts("timeadd", ["timestamp", "duration"], (timestamp, duration) => {
    const instant = parseTimestamp(timestamp);
    if (instant instanceof FunctionError) return instant;
    const added = parseDuration(duration);
    if (added instanceof FunctionError) return added;
    return formatTimestamp({ ...instant, nanoseconds: instant.nanoseconds + added });
  }),
  {
    name: "timecmp",
    parameters: [text("timestamp_a"), text("timestamp_b")],
    returns: NUMBER,
    call: (args) => {
      const instants: bigint[] = [];
      for (const [index, arg] of args.entries()) {
        const instant = parseTimestamp(String(arg));
        if (instant instanceof FunctionError) return new FunctionError(instant.message, index);
        instants.push(instant.nanoseconds);
      }
      const [a = 0n, b = 0n] = instants;
      return a < b ? -1 : a > b ? 1 : 0;
    },
  },
  reader("timestamp", []),
  reader("plantimestamp", []),
];
