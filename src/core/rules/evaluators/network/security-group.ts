/** AWS security-group rules, in all three of their spellings, and what they let in from the internet. */
import type { Truth } from "../../../model/value.ts";
import { and, or } from "../../verdict.ts";
import type { Block, View } from "../../view.ts";
import { HOLE, type Texts, textsAt } from "../texts.ts";
import { isEverywhere } from "./addresses.ts";
import { carries, holdsEveryPort, holdsPort, type Port, type PortRange, type Transport } from "./ports.ts";

export interface GroupRule {
  /** Dotted path of the rule in its resource, "" where the resource is the rule. */
  readonly path: string;
  /** Undefined where not known before apply. */
  readonly protocol: string | undefined;
  readonly ports: PortRange;
  readonly cidrs: Texts;
  /** Whether a prefix list, a security group or the group itself is a source. */
  readonly otherSource: Truth;
}

export interface GroupRules {
  readonly items: readonly GroupRule[];
  readonly complete: boolean;
}

export type Direction = "ingress" | "egress";

const NEW_RULE: { readonly [type: string]: Direction } = {
  aws_vpc_security_group_ingress_rule: "ingress",
  aws_vpc_security_group_egress_rule: "egress",
};

/** The rules that a resource states itself: a group's inline blocks, or the one rule that the resource is. */
export function groupRules(view: View, direction: Direction): GroupRules {
  const own = NEW_RULE[view.type];
  if (own) return { items: own === direction ? [newRule(view)] : [], complete: true };
  if (view.type === "aws_security_group_rule") {
    const type = view.get("type");
    if (type.kind === "unknown") return { items: [], complete: false };
    return { items: view.text("type") === direction ? [oldRule(view)] : [], complete: true };
  }
  const blocks = view.blocks(direction);
  return { items: blocks.items.map(oldRule), complete: blocks.complete };
}

function oldRule(block: Block): GroupRule {
  const cidrs = [textsAt(block, "cidr_blocks"), textsAt(block, "ipv6_cidr_blocks")];
  return {
    path: block.path,
    protocol: block.text("protocol"),
    ports: { from: portAt(block, "from_port"), to: portAt(block, "to_port") },
    cidrs: { items: cidrs.flatMap((c) => c.items), complete: cidrs.every((c) => c.complete) },
    otherSource: or(
      block.has("prefix_list_ids"),
      block.has("security_groups"),
      block.has("source_security_group_id"),
      block.is("self"),
    ),
  };
}

function newRule(block: Block): GroupRule {
  const cidrs = [textsAt(block, "cidr_ipv4"), textsAt(block, "cidr_ipv6")];
  return {
    path: block.path,
    protocol: block.text("ip_protocol"),
    ports: { from: portAt(block, "from_port"), to: portAt(block, "to_port") },
    cidrs: { items: cidrs.flatMap((c) => c.items), complete: cidrs.every((c) => c.complete) },
    otherSource: or(block.has("prefix_list_id"), block.has("referenced_security_group_id")),
  };
}

/** Whether the rule lets the whole internet in (or out to it). A rule that names no source at all limits nobody. */
export function reachesInternet(rule: GroupRule): Truth {
  const known = rule.cidrs.items.filter((cidr) => cidr !== HOLE);
  if (isEverywhere(known)) return true;
  if (!rule.cidrs.complete) return "unknown";
  if (known.length > 0 || rule.otherSource === true) return false;
  return rule.otherSource === "unknown" ? "unknown" : true;
}

export const opensPort = (rule: GroupRule, transport: Transport, port: number): Truth =>
  and(carries(rule.protocol, transport), holdsPort(rule.protocol, rule.ports, port), reachesInternet(rule));

export const opensEverything = (rule: GroupRule): Truth =>
  and(holdsEveryPort(rule.protocol, rule.ports), reachesInternet(rule));

export function portAt(block: Block, path: string): Port {
  const found = block.get(path);
  if (found.kind !== "value") return found.kind;
  return block.number(path) ?? "unknown";
}
