/** Sets of IP addresses as intervals, and whether they hold the whole internet. Spellings do not matter. */
import ipaddr from "ipaddr.js";

export interface Interval {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

const LAST = { 4: (1n << 32n) - 1n, 6: (1n << 128n) - 1n } as const;

/** The addresses of "10.0.0.0/8", "::/0", "0::0/0" or a single address. Undefined where it is not an address. */
export function intervalOf(cidr: string): Interval | undefined {
  const [address = "", length, ...rest] = cidr.trim().split("/");
  if (rest.length > 0 || !ipaddr.isValid(address) || (length !== undefined && !/^\d{1,3}$/.test(length)))
    return undefined;
  const parsed = ipaddr.parse(address);
  const family = parsed.kind() === "ipv4" ? 4 : 6;
  const width = family === 4 ? 32 : 128;
  const bits = length === undefined ? width : Number(length);
  // IPv4's short forms ("10.1") are not addresses in any cloud's API.
  if (bits > width || (family === 4 && address.split(".").length !== 4)) return undefined;
  const host = (1n << BigInt(width - bits)) - 1n;
  const value = parsed.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return { family, first: value - (value & host), last: value | host };
}

/** Addresses that are not on the internet: a set that holds all others holds the internet. */
const NOT_PUBLIC = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "224.0.0.0/3",
  "::/3",
  "4000::/2",
  "8000::/1",
].map((cidr) => intervalOf(cidr) as Interval);

/** Whether the union of these CIDRs holds every public address of a family: "0.0.0.0/1" with "128.0.0.0/1" does. */
export const isEverywhere = (cidrs: readonly string[]): boolean =>
  coversInternet(cidrs.map(intervalOf).filter((interval) => interval !== undefined));

export function coversInternet(intervals: readonly Interval[]): boolean {
  return ([4, 6] as const).some((family) => {
    const mine = intervals.filter((i) => i.family === family);
    if (mine.length === 0) return false;
    const merged = union([...mine, ...NOT_PUBLIC.filter((i) => i.family === family)]);
    return merged.length === 1 && merged[0]?.first === 0n && merged[0].last === LAST[family];
  });
}

/** The same addresses as disjoint intervals in order, one family after the other. */
export function union(intervals: readonly Interval[]): readonly Interval[] {
  const sorted = [...intervals].sort(
    (a, b) => a.family - b.family || (a.first < b.first ? -1 : a.first > b.first ? 1 : 0),
  );
  const merged: Interval[] = [];
  for (const next of sorted) {
    const last = merged.at(-1);
    if (!last || last.family !== next.family || next.first > last.last + 1n) merged.push(next);
    else if (next.last > last.last) merged[merged.length - 1] = { ...last, last: next.last };
  }
  return merged;
}

/** What is left of an interval without the others. */
export function without(interval: Interval, others: readonly Interval[]): readonly Interval[] {
  let left: readonly Interval[] = [interval];
  for (const other of others) {
    if (other.family !== interval.family) continue;
    left = left.flatMap((piece) => {
      if (other.last < piece.first || other.first > piece.last) return [piece];
      return [
        { ...piece, last: other.first - 1n },
        { ...piece, first: other.last + 1n },
      ].filter((p) => p.first <= p.last);
    });
  }
  return left;
}

/** The share of a family's address space that these intervals hold, 0 to 1. */
export function share(intervals: readonly Interval[], family: 4 | 6): number {
  const count = union(intervals.filter((i) => i.family === family)).reduce((sum, i) => sum + i.last - i.first + 1n, 0n);
  return Number((count * 10_000n) / (LAST[family] + 1n)) / 10_000;
}
