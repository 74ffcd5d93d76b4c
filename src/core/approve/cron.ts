/** Cron lines: five fields, names, ranges, steps and lists; when they fire next in a time zone. */

interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Where both are restricted, either will do (POSIX crontab). */
  readonly eitherDay: boolean;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const SHORTHAND: { readonly [name: string]: string } = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
};
const MINUTE_MS = 60_000;
const HORIZON_MS = 5 * 366 * 86_400_000;

/** What is wrong with a cron line, as a sentence; undefined where nothing is. */
export function cronProblem(line: string): string | undefined {
  const parsed = parseCron(line);
  return typeof parsed === "string" ? parsed : undefined;
}

/** Whether the platform knows a time zone ("Europe/Zurich", "UTC"). */
export function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * The first minute after `after` at which the line fires, by the wall clock of the time zone. An hour that a change of
 * clocks leaves out does not fire; one that it repeats fires twice. Undefined: never (31 February), or a bad line.
 */
export function nextRun(line: string, timezone: string, after: Date): Date | undefined {
  const cron = parseCron(line);
  if (typeof cron === "string" || !isTimezone(timezone)) return undefined;
  const wallClock = wallClockOf(timezone);
  const end = after.getTime() + HORIZON_MS;
  let at = Math.floor(after.getTime() / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  while (at <= end) {
    const now = wallClock(at);
    const toNextHour = 60 - now.minute;
    if (!isDay(cron, now)) {
      // Whole hours up to the last of the day, then one by one, since a day can be 23 or 25 hours long.
      at += (toNextHour + Math.max(0, 21 - now.hour) * 60) * MINUTE_MS;
    } else if (!cron.hours.has(now.hour)) {
      at += toNextHour * MINUTE_MS;
    } else if (!cron.minutes.has(now.minute)) {
      at += MINUTE_MS;
    } else {
      return new Date(at);
    }
  }
  return undefined;
}

interface WallClock {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly weekday: number;
}

function isDay(cron: Cron, now: WallClock): boolean {
  if (!cron.months.has(now.month)) return false;
  const day = cron.days.has(now.day);
  const weekday = cron.weekdays.has(now.weekday);
  return cron.eitherDay ? day || weekday : day && weekday;
}

function wallClockOf(timezone: string): (at: number) => WallClock {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    hourCycle: "h23",
    minute: "numeric",
    hour: "numeric",
    day: "numeric",
    month: "numeric",
    weekday: "short",
  });
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map((part) => [part.type, part.value]));
    return {
      minute: Number(parts.minute),
      hour: Number(parts.hour),
      day: Number(parts.day),
      month: Number(parts.month),
      weekday: WEEKDAYS.indexOf((parts.weekday ?? "").toLowerCase()),
    };
  };
}

function parseCron(line: string): Cron | string {
  const fields = (SHORTHAND[line.trim().toLowerCase()] ?? line).trim().toLowerCase().split(/\s+/);
  const [minute, hour, day, month, weekday] = fields;
  if (fields.length !== 5 || !minute || !hour || !day || !month || !weekday) {
    return `a cron line has five fields (minute, hour, day, month, weekday), this one has ${fields.length}`;
  }
  const minutes = parseField(minute, "minute", 0, 59);
  const hours = parseField(hour, "hour", 0, 23);
  const days = parseField(day, "day", 1, 31);
  const months = parseField(month, "month", 1, 12, MONTHS);
  const weekdays = parseField(weekday, "weekday", 0, 7, WEEKDAYS);
  if (typeof minutes === "string") return minutes;
  if (typeof hours === "string") return hours;
  if (typeof days === "string") return days;
  if (typeof months === "string") return months;
  if (typeof weekdays === "string") return weekdays;
  if (weekdays.has(7)) weekdays.add(0);
  return { minutes, hours, days, months, weekdays, eitherDay: !day.startsWith("*") && !weekday.startsWith("*") };
}

function parseField(
  text: string,
  name: string,
  min: number,
  max: number,
  names: readonly string[] = [],
): Set<number> | string {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const match = /^(?:(\*)|([a-z]+|\d+)(?:-([a-z]+|\d+))?)(?:\/(\d+))?$/.exec(part);
    if (!match) return `the ${name} "${part}" is not understood`;
    const [, star, first, last, every] = match;
    const from = star ? min : numberOf(first, names, min);
    const until = star ? max : last !== undefined ? numberOf(last, names, min) : every !== undefined ? max : from;
    const step = every === undefined ? 1 : Number(every);
    if (from === undefined || until === undefined || from < min || until > max || from > until || step < 1) {
      return `the ${name} "${part}" is not within ${min} to ${max}`;
    }
    for (let value = from; value <= until; value += step) values.add(value);
  }
  return values;
}

function numberOf(text: string | undefined, names: readonly string[], min: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  const index = names.indexOf(text);
  return index < 0 ? undefined : index + (names.length === 12 ? min : 0);
}
