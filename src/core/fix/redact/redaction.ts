/**
 * Surrogates of one request: the same value gets the same surrogate, of the same type, numbered in order of appearance,
 * so that a surrogate says nothing of its value and two requests share nothing. Secrets are one-way. Lives in memory only.
 */
import { findSensitive, type SensitiveKind } from "./detect.ts";

export interface Redaction {
  /** Text with every sensitive value replaced, those learnt before included. */
  redact(text: string): string;
  /** A value that is sensitive because of where it stands. Returns its surrogate. */
  learn(kind: SensitiveKind, value: string): string;
  /** The exact values back; refused where a secret's mark or a surrogate that was never given stands in the text. */
  restore(
    text: string,
  ): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly unknown: string };
  /** Every value that must not leave: what `leaksIn` looks for. */
  known(): readonly string[];
}

/** `source` is all text of the request: no surrogate may occur in it by chance. */
export function createRedaction(source: string): Redaction {
  const surrogates = new Map<string, string>();
  const values = new Map<string, string>();
  const counts = new Map<SensitiveKind, number>();

  const learn = (kind: SensitiveKind, value: string): string => {
    const have = surrogates.get(value);
    if (have !== undefined) return have;
    let surrogate: string;
    do {
      const n = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, n);
      surrogate = surrogateFor(kind, value, n, learn);
    } while (source.includes(surrogate) || values.has(surrogate));
    surrogates.set(value, surrogate);
    values.set(surrogate, value);
    return surrogate;
  };

  const redact = (text: string): string => {
    for (const found of findSensitive(text)) if (!isSurrogate(found.value)) learn(found.kind, found.value);
    // One pass over the text, the longest first: what was put in is never looked at again.
    return replaceAll(text, surrogates);
  };

  const isSurrogate = (value: string): boolean => values.has(value);

  return {
    redact,
    learn,
    restore(text) {
      const secret = /<<(?:SECRET|TEXT)_\d+>>/.exec(text);
      if (secret) return { ok: false, unknown: secret[0] };
      const pairs = new Map([...values].filter(([surrogate]) => !surrogate.startsWith("<<")));
      const left = replaceAll(text, new Map([...pairs.keys()].map((surrogate) => [surrogate, " "])));
      const unknown = LOOKS_LIKE_SURROGATE.exec(left);
      return unknown ? { ok: false, unknown: unknown[0] } : { ok: true, text: replaceAll(text, pairs) };
    },
    known: () => [...surrogates.keys()],
  };
}

function replaceAll(text: string, pairs: ReadonlyMap<string, string>): string {
  if (pairs.size === 0) return text;
  const longestFirst = [...pairs.keys()].sort((a, b) => b.length - a.length).map(bounded);
  return text.replace(new RegExp(longestFirst.join("|"), "g"), (match) => pairs.get(match) ?? match);
}

/** A value is replaced where it stands alone: "acme" inside "acmeology" is another word. */
function bounded(value: string): string {
  const escaped = value.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return `${/^\w/.test(value) ? "(?<![A-Za-z0-9])" : ""}${escaped}${/\w$/.test(value) ? "(?![A-Za-z0-9])" : ""}`;
}

const LOOKS_LIKE_SURROGATE =
  /<<[A-Z]+_\d+>>|\b9990\d{8}\b|\bexample\.invalid\b|\bname-r\d+\b|\b00000000-0000-4000-8000-\d{12}\b/;

const digits = (n: number, width: number): string => String(n).padStart(width, "0");

/** Valid in its place, so that code with surrogates still parses and means the same kind of thing. */
function surrogateFor(
  kind: SensitiveKind,
  value: string,
  n: number,
  learn: (kind: SensitiveKind, value: string) => string,
): string {
  switch (kind) {
    case "secret":
      return `<<SECRET_${n}>>`;
    case "email":
      return `user${n}@example.invalid`;
    case "account":
      return `9990${digits(n, 8)}`;
    case "guid":
      return `00000000-0000-4000-8000-${digits(n, 12)}`;
    case "resource-id": {
      const dash = value.indexOf("-") + 1;
      return value.slice(0, dash) + digits(n, value.length - dash);
    }
    case "ipv4":
      return n <= 254 ? `192.0.2.${n}` : n <= 508 ? `198.51.100.${n - 254}` : `203.0.113.${(n - 508) % 255}`;
    case "ipv6":
      return `2001:db8::${n.toString(16)}`;
    case "host":
      return `h${n}.example.invalid`;
    case "name":
      return `name-r${n}`;
    case "arn": {
      const [arn = "arn", partition = "aws", service = "", region = "", account = "", ...rest] = value.split(":");
      const who = account === "" ? "" : learn("account", account);
      const resource = rest.join(":");
      const type = /^([a-z-]+)[/:]/.exec(resource)?.[0] ?? "";
      const suffix = /(\/\*|\*)$/.exec(resource)?.[0] ?? "";
      return [arn, partition, service, region, who, `${type}name-r9${digits(n, 3)}${suffix}`].join(":");
    }
  }
}
