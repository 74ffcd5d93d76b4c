/** One-time codes for approval by SMS: "OK 4827-KDWTRP" says yes to one change, once. Kept only as hashes. */
import { createHmac } from "node:crypto";

/** No vowels, so that no words arise, and nothing that looks like another letter or digit. */
export const CODE_LETTERS = "BCDFGHJKMNPQRTVWXY";
const DIGITS = 4;
const LETTERS = 7;

/** log2(10^4 · 18^7) = 42.5: a guess has less than one chance in 6·10^12. */
export const CODE_BITS = DIGITS * Math.log2(10) + LETTERS * Math.log2(CODE_LETTERS.length);

/** How many random bytes `formatCode` wants at least: so many that no code is noticeably likelier than another. */
export const CODE_BYTES = 10;

/** A code from random bytes: "4827-KDWTRPB". */
export function formatCode(random: Uint8Array): string {
  if (random.byteLength < CODE_BYTES) throw new RangeError(`A code needs ${CODE_BYTES} random bytes.`);
  let rest = random.reduce((number, byte) => number * 256n + BigInt(byte), 0n);
  const take = (from: string): string => {
    const size = BigInt(from.length);
    const sign = from[Number(rest % size)] ?? "";
    rest /= size;
    return sign;
  };
  const digits = Array.from({ length: DIGITS }, () => take("0123456789"));
  const letters = Array.from({ length: LETTERS }, () => take(CODE_LETTERS));
  return `${digits.join("")}-${letters.join("")}`;
}

export interface Reply {
  readonly verb: "OK" | "NO";
  readonly code: string;
}

/** Everything else that an SMS can mean. */
export type Sms =
  | { readonly kind: "reply"; readonly reply: Reply }
  | { readonly kind: "show"; readonly planId: string }
  /** Words that carriers and Twilio act on themselves; Draco only takes note. */
  | { readonly kind: "stop" | "start" | "carrier" }
  | { readonly kind: "unclear" };

const STOP = new Set(["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"]);
const START = new Set(["START", "UNSTOP", "YES"]);
const CARRIER = new Set(["HELP", "INFO"]);

const CODE_REPLY = new RegExp(`^(OK|NO)\\s+(\\d{${DIGITS}})[-\\s]?([A-Z]{${LETTERS}})$`);

/** What an SMS says. A verb without its code, or a code without its verb, says nothing. */
export function readSms(body: string): Sms {
  const text = body
    .normalize("NFKC")
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .trim()
    .toUpperCase();
  const [, verb, digits, letters] = CODE_REPLY.exec(text) ?? [];
  if ((verb === "OK" || verb === "NO") && digits && letters) {
    return { kind: "reply", reply: { verb, code: `${digits}-${letters}` } };
  }
  const planId = /^SHOW\s+([0-9A-HJKMNP-TV-Z]{6})$/.exec(text)?.[1];
  if (planId !== undefined) return { kind: "show", planId };
  const word = text.replace(/[.!\s]+$/, "");
  if (STOP.has(word)) return { kind: "stop" };
  if (START.has(word)) return { kind: "start" };
  return CARRIER.has(word) ? { kind: "carrier" } : { kind: "unclear" };
}

/** The yes or no with its code that an SMS holds; undefined for anything else. */
export function parseReply(body: string): Reply | undefined {
  const sms = readSms(body);
  return sms.kind === "reply" ? sms.reply : undefined;
}

/**
 * What is stored instead of a code.
 * @param key at least 32 bytes, kept outside the database.
 */
export function hashCode(key: string, code: string): string {
  return createHmac("sha256", key).update(`draco/code/1\n${code}`, "utf8").digest("hex");
}
