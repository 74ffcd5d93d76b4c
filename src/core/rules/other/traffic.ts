/** What firewalls of the smaller clouds let in: one shape for their many spellings. Knows nothing of providers. */
import type { Truth } from "../../model/value.ts";
import { isEverywhere } from "../evaluators/network/addresses.ts";
import {
  ALL_PORTS,
  carries,
  holdsEveryPort,
  holdsPort,
  type Port,
  type PortRange,
  protocolName,
  rangeOf,
  type Transport,
} from "../evaluators/network/ports.ts";
import { HOLE, type Texts, textsAt } from "../evaluators/texts.ts";
import { and, or } from "../verdict.ts";
import type { Block } from "../view.ts";

/** One rule that lets traffic in. */
export interface Opening {
  /** Undefined where not known before apply. */
  readonly protocol: string | undefined;
  readonly ranges: readonly PortRange[];
  readonly sources: Texts;
}

export const UNKNOWN_RANGE: PortRange = { from: "unknown", to: "unknown" };

export function fromInternet({ sources }: Opening): Truth {
  const known = sources.items.filter((source) => !source.includes(HOLE));
  if (isEverywhere(known)) return true;
  return sources.complete ? false : "unknown";
}

export const opensPort = (opening: Opening, port: number, transports: readonly Transport[] = ["tcp"]): Truth =>
  and(
    fromInternet(opening),
    or(...transports.map((transport) => carries(opening.protocol, transport))),
    or(...opening.ranges.map((range) => holdsPort(opening.protocol, range, port))),
  );

/** Everything of a protocol that has ports, or of all protocols. */
export const opensEveryPort = (opening: Opening): Truth =>
  and(fromInternet(opening), or(...opening.ranges.map((range) => holdsEveryPort(opening.protocol, range))));

/** Several attributes that each hold one source or a list of them. */
export function sourcesAt(block: Block, ...paths: readonly string[]): Texts {
  const texts = paths.map((path) => textsAt(block, path));
  return { items: texts.flatMap((text) => text.items), complete: texts.every((text) => text.complete) };
}

/** "22", "20-25", "1/65535", "80,443", "ALL", "-1/-1". Nothing there: every port. */
export function rangesAt(block: Block, path: string): readonly PortRange[] {
  const { items } = textsAt(block, path);
  if (items.length === 0) return [ALL_PORTS];
  return items
    .flatMap((item) => item.split(","))
    .map((part) => {
      if (part.includes(HOLE)) return UNKNOWN_RANGE;
      if (/^(?:all|-1(?:\/-1)?)$/i.test(part.trim())) return ALL_PORTS;
      return rangeOf(part.replace("/", "-")) ?? { from: 0, to: -1 };
    });
}

/** A port in an attribute of its own. -1 stands for every port. */
export function portAt(block: Block, path: string): Port {
  const found = block.get(path);
  if (found.kind !== "value") return found.kind;
  return block.number(path) ?? "unknown";
}

export const isAllProtocols = (opening: Opening): boolean =>
  opening.protocol !== undefined && protocolName(opening.protocol) === "all";
