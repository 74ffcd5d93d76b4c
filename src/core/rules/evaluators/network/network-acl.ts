/** AWS network ACLs: numbered entries, the first that matches decides. */
import type { Truth } from "../../../model/value.ts";
import { and } from "../../verdict.ts";
import type { Block, View } from "../../view.ts";
import { coversInternet, type Interval, intervalOf, share, without } from "./addresses.ts";
import { carries, holdsPort, type PortRange, type Transport } from "./ports.ts";
import { portAt } from "./security-group.ts";

export interface AclEntry {
  readonly path: string;
  /** Undefined where not known. */
  readonly number: number | undefined;
  readonly action: string | undefined;
  readonly protocol: string | undefined;
  readonly ports: PortRange;
  /** Undefined where not known, or no CIDR. */
  readonly source: Interval | undefined;
  readonly sourceKnown: boolean;
}

/** The ingress entries written inline in an ACL; `complete` false where there may be more. */
export function aclEntries(acl: View): { readonly items: readonly AclEntry[]; readonly complete: boolean } {
  const blocks = acl.blocks("ingress");
  return { items: blocks.items.map((block) => entry(block, "rule_no", "action")), complete: blocks.complete };
}

/** The entry that an aws_network_acl_rule is; undefined for egress. */
export function aclRuleEntry(rule: View): AclEntry | undefined {
  return rule.is("egress") === true ? undefined : entry(rule, "rule_number", "rule_action");
}

function entry(block: Block, number: string, action: string): AclEntry {
  const v4 = block.get("cidr_block");
  const v6 = block.get("ipv6_cidr_block");
  const cidr = block.text("cidr_block") || block.text("ipv6_cidr_block");
  return {
    path: block.path,
    number: block.number(number),
    action: block.text(action)?.toLowerCase(),
    protocol: block.text("protocol"),
    ports: { from: portAt(block, "from_port"), to: portAt(block, "to_port") },
    source: cidr === undefined ? undefined : intervalOf(cidr),
    sourceKnown: v4.kind !== "unknown" && v6.kind !== "unknown",
  };
}

export interface AclDecision {
  readonly truth: Truth;
  /** The entry that lets the internet in. */
  readonly entry?: AclEntry;
}

/**
 * Whether the internet reaches a port through these entries, in the order of their numbers. Addresses that an earlier
 * entry denies are out; a few denied addresses do not make an open port closed.
 */
export function aclOpensPort(entries: readonly AclEntry[], transport: Transport, port: number): AclDecision {
  const ordered = [...entries].sort((a, b) => (a.number ?? 0) - (b.number ?? 0));
  const denied: Interval[] = [];
  const allowed: Interval[] = [];
  let open: AclEntry | undefined;
  for (const item of ordered) {
    const matches = and(carries(item.protocol, transport), holdsPort(item.protocol, item.ports, port));
    if (matches === false) continue;
    if (matches === "unknown" || !item.sourceKnown || item.action === undefined || item.number === undefined) {
      if (item.action !== "deny") open ??= item;
      continue;
    }
    if (!item.source) continue;
    if (item.action === "deny") {
      denied.push(item.source);
      continue;
    }
    allowed.push(...without(item.source, denied));
    const { family } = item.source;
    const mostIsAllowed = share(allowed, family) >= 0.5;
    const together = [...allowed, ...denied].filter((i) => i.family === family);
    if (mostIsAllowed && coversInternet(together)) return { truth: open ? "unknown" : true, entry: open ?? item };
  }
  return open ? { truth: "unknown", entry: open } : { truth: false };
}
