/** Protocols and port intervals, as the clouds spell them. Ranges are compared, never enumerated. */
import type { Truth } from "../../../model/value.ts";
import { and, or } from "../../verdict.ts";

export type Transport = "tcp" | "udp";

/** A number, not given, or not known before apply. */
export type Port = number | "absent" | "unknown";

export interface PortRange {
  readonly from: Port;
  readonly to: Port;
}

export const ALL_PORTS: PortRange = { from: 0, to: 65_535 };

const NUMBERS: { readonly [number: string]: string } = { "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6" };

/** "tcp", "udp", "icmp", "icmpv6", "all", or another protocol's own name. */
export function protocolName(given: string): string {
  const lower = given.trim().toLowerCase();
  if (lower === "-1" || lower === "all" || lower === "*" || lower === "any") return "all";
  return NUMBERS[lower] ?? lower;
}

/** Whether a protocol carries this transport. Undefined (not known) is unknown. */
export function carries(protocol: string | undefined, transport: Transport): Truth {
  if (protocol === undefined) return "unknown";
  const name = protocolName(protocol);
  return name === "all" || name === transport;
}

/**
 * Whether a range of one protocol holds a port. With "all" ports do not matter. from = to = 0 with tcp is port 0 only;
 * -1 stands for every port; a range that is not given at all is every port.
 */
export function holdsPort(protocol: string | undefined, range: PortRange, port: number): Truth {
  if (protocol !== undefined && protocolName(protocol) === "all") return true;
  if (isEveryPort(range)) return true;
  return and(atMost(range.from, port), atLeast(range.to === "absent" ? range.from : range.to, port));
}

/** Whether a rule covers every port of a protocol that has ports (or all protocols). */
export function holdsEveryPort(protocol: string | undefined, range: PortRange): Truth {
  const all = isEveryPort(range) ? true : and(atMost(range.from, 1), atLeast(range.to, 65_535));
  if (protocol === undefined) return all === true ? or("unknown", false) : "unknown";
  const name = protocolName(protocol);
  if (name === "all") return true;
  return name === "tcp" || name === "udp" ? all : false;
}

const isEveryPort = (range: PortRange): boolean =>
  (range.from === -1 && (range.to === -1 || range.to === "absent")) ||
  (range.from === "absent" && range.to === "absent");

const atMost = (bound: Port, port: number): Truth =>
  bound === "unknown" ? "unknown" : bound === "absent" ? true : bound <= port;
const atLeast = (bound: Port, port: number): Truth =>
  bound === "unknown" ? "unknown" : bound === "absent" ? true : bound >= port;

/** "22", "20-25", "*" as a range. Undefined where it is none of these. */
export function rangeOf(text: string): PortRange | undefined {
  const trimmed = text.trim();
  if (trimmed === "*" || trimmed.toLowerCase() === "any") return ALL_PORTS;
  const match = /^(\d+)(?:\s*-\s*(\d+))?$/.exec(trimmed);
  return match ? { from: Number(match[1]), to: Number(match[2] ?? match[1]) } : undefined;
}
