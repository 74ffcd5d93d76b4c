/** Azure network security groups: rules in order of priority; the lowest number decides. */
import type { Truth } from "../../../model/value.ts";
import { and, or } from "../../verdict.ts";
import type { Block } from "../../view.ts";
import { HOLE, type Texts, textsAt } from "../texts.ts";
import { isEverywhere } from "./addresses.ts";
import { carries, holdsPort, rangeOf, type Transport } from "./ports.ts";

export interface NsgRule {
  readonly path: string;
  /** Undefined where not known. */
  readonly priority: number | undefined;
  readonly direction: string | undefined;
  readonly access: string | undefined;
  readonly protocol: string | undefined;
  readonly sources: Texts;
  readonly ports: Texts;
}

/** A `security_rule` block or an azurerm_network_security_rule. */
export function nsgRule(block: Block): NsgRule {
  return {
    path: block.path,
    priority: block.number("priority"),
    direction: block.text("direction")?.toLowerCase(),
    access: block.text("access")?.toLowerCase(),
    protocol: block.text("protocol"),
    sources: both(textsAt(block, "source_address_prefix"), textsAt(block, "source_address_prefixes")),
    ports: both(textsAt(block, "destination_port_range"), textsAt(block, "destination_port_ranges")),
  };
}

const both = (a: Texts, b: Texts): Texts => ({ items: [...a.items, ...b.items], complete: a.complete && b.complete });

/**
 * Whether this rule lets the internet reach a port, given the other rules of its group: a Deny with a lower number
 * that covers the same hides it.
 */
export function nsgExposes(rule: NsgRule, group: readonly NsgRule[], transport: Transport, port: number): Truth {
  const lets = and(is(rule.direction, "inbound"), is(rule.access, "allow"), matches(rule, transport, port));
  if (lets === false) return false;
  const shadows = group.map((other) => {
    if (other === rule) return false;
    const first =
      rule.priority === undefined || other.priority === undefined ? "unknown" : other.priority < rule.priority;
    return and(first, is(other.direction, "inbound"), is(other.access, "deny"), matches(other, transport, port));
  });
  const hidden = or(...shadows);
  return hidden === true ? false : hidden === "unknown" ? "unknown" : lets;
}

const is = (value: string | undefined, wanted: string): Truth => (value === undefined ? "unknown" : value === wanted);

const matches = (rule: NsgRule, transport: Transport, port: number): Truth =>
  and(carries(rule.protocol, transport), fromInternet(rule.sources), toPort(rule.ports, port));

/** "*", "Internet", "any", 0.0.0.0/0 in any spelling, or a list whose union is everything. */
export function fromInternet(sources: Texts): Truth {
  const known = sources.items.filter((source) => source !== HOLE);
  const open = (s: string): boolean => /^(\*|any|internet|0\.0\.0\.0|<nw>\/0|\/0)$/i.test(s.trim());
  if (known.some(open) || isEverywhere(known)) return true;
  return sources.complete ? false : "unknown";
}

function toPort(ports: Texts, port: number): Truth {
  const answers = ports.items.filter((p) => p !== HOLE).map(rangeOf);
  if (answers.some((range) => range && holdsPort("tcp", range, port) === true)) return true;
  return ports.complete ? false : "unknown";
}
