/** The last look at what is about to leave the machine. */
import { findSecrets } from "./detect.ts";

export interface Leak {
  readonly kind: "secret" | "known-value";
  /** Where in the body, as a character offset. The value itself is never repeated. */
  readonly at: number;
}

/** Shorter values are words of everybody's. */
const SHORTEST = 6;

/** Secrets by shape, and known values as they are, URL-encoded, JSON-escaped and in base64. */
export function leaksIn(body: string, known: readonly string[]): Leak[] {
  const leaks: Leak[] = findSecrets(body).map((found) => ({ kind: "secret", at: found.start }));
  for (const value of known) {
    if (value.length < SHORTEST) continue;
    const forms = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), ...base64Forms(value)];
    for (const form of new Set(forms)) {
      const at = placeOf(form, body);
      if (at >= 0) leaks.push({ kind: "known-value", at });
    }
  }
  return leaks;
}

/** A plain word counts where it stands alone: a bucket called "public" is not told by "publicly_accessible". */
function placeOf(form: string, body: string): number {
  if (!/^[A-Za-z]+$/.test(form)) return body.indexOf(form);
  return body.search(new RegExp(`(?<![A-Za-z0-9])${form}(?![A-Za-z0-9])`));
}

export class WouldLeak extends Error {
  readonly leaks: readonly Leak[];
  constructor(leaks: readonly Leak[]) {
    super(`refused to send: ${leaks.length} sensitive value(s) in the body`);
    this.name = "WouldLeak";
    this.leaks = leaks;
  }
}

/** Throws, since a leak here means a bug upstream: the request must die, not be mended. */
export function assertClean(body: string, known: readonly string[]): void {
  const leaks = leaksIn(body, known);
  if (leaks.length > 0) throw new WouldLeak(leaks);
}

/** Base64 of the value at each of the three alignments it can have inside something larger, without the ragged ends. */
function base64Forms(value: string): string[] {
  return [0, 1, 2]
    .map((shift) => {
      const encoded = btoa(String.fromCharCode(...new TextEncoder().encode("\0".repeat(shift) + value)));
      const clean = encoded.replace(/=+$/, "");
      return clean.slice(shift === 0 ? 0 : shift + 1, clean.length - 2);
    })
    .filter((form) => form.length >= SHORTEST);
}
