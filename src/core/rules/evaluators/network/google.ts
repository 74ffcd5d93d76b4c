/** Google VPC firewall rules: what an ingress rule lets in from the internet. */
import type { Truth } from "../../../model/value.ts";
import { and, not, or } from "../../verdict.ts";
import type { Block, View } from "../../view.ts";
import { HOLE, textsAt } from "../texts.ts";
import { isEverywhere } from "./addresses.ts";
import { ALL_PORTS, carries, holdsEveryPort, holdsPort, protocolName, rangeOf, type Transport } from "./ports.ts";

/** Whether a google_compute_firewall lets the internet reach a port: IPv6 counts, absent ports are all ports. */
export function firewallOpensPort(firewall: View, transport: Transport, port: number): Truth {
  return and(
    isLive(firewall),
    fromInternet(firewall),
    someAllow(firewall, (allow) => allowsPort(allow, transport, port)),
  );
}

/** Whether it lets the internet reach everything there is. */
export function firewallOpensEverything(firewall: View): Truth {
  return and(isLive(firewall), fromInternet(firewall), someAllow(firewall, allowsEverything));
}

function isLive(firewall: View): Truth {
  const direction = firewall.get("direction");
  const ingress: Truth =
    direction.kind === "unknown" ? "unknown" : (firewall.text("direction") ?? "INGRESS").toUpperCase() === "INGRESS";
  return and(ingress, not(firewall.is("disabled")));
}

/** Without source ranges, tags or accounts the rule is for everyone. */
export function fromInternet(firewall: View): Truth {
  const ranges = textsAt(firewall, "source_ranges");
  const known = ranges.items.filter((range) => range !== HOLE);
  if (isEverywhere(known)) return true;
  if (!ranges.complete) return "unknown";
  if (known.length > 0) return false;
  return not(or(firewall.has("source_tags"), firewall.has("source_service_accounts")));
}

function someAllow(firewall: View, holds: (allow: Block) => Truth): Truth {
  const { items, complete } = firewall.blocks("allow");
  return or(...items.map(holds), complete ? false : "unknown");
}

function allowsPort(allow: Block, transport: Transport, port: number): Truth {
  const protocol = allow.text("protocol");
  return and(carries(protocol, transport), somePort(allow, protocol, port));
}

function somePort(allow: Block, protocol: string | undefined, port: number): Truth {
  const ports = textsAt(allow, "ports");
  if (ports.items.length === 0 && ports.complete) return true;
  const ranges = ports.items.map(rangeOf).filter((range) => range !== undefined);
  return or(...ranges.map((range) => holdsPort(protocol, range, port)), ports.complete ? false : "unknown");
}

function allowsEverything(allow: Block): Truth {
  const protocol = allow.text("protocol");
  const ports = textsAt(allow, "ports");
  if (ports.items.length === 0 && ports.complete)
    return protocol === undefined ? "unknown" : protocolName(protocol) === "all" || holdsEveryPort(protocol, ALL_PORTS);
  const ranges = ports.items.map(rangeOf).filter((range) => range !== undefined);
  return or(...ranges.map((range) => holdsEveryPort(protocol, range)), ports.complete ? false : "unknown");
}
