/**
 * Whether a block, as it would be, lets in no more and guards no less than before. Deny by default: a change whose
 * direction is not known to be the safe one is refused. The rule decides about its own attribute, nobody else does.
 */
import ipaddr from "ipaddr.js";
import type { Block, HclFile } from "../../read/hcl/ast.ts";
import { SECRET_KEY } from "../redact/detect.ts";
import { type Rejection, reject } from "./gate.ts";
import {
  canonical,
  isList,
  isRecord,
  join,
  type Leaf,
  leavesOf,
  type Plain,
  type PlainBody,
  plainBodies,
  same,
} from "./plain.ts";
import { isPolicy, matches, widerPolicy } from "./policy.ts";
import {
  CHOICES,
  EVERYONE,
  GRANTING_BLOCK,
  GRANTS,
  MORE_IS_SAFER,
  OFF,
  OPEN_WHEN_EMPTY,
  opensWhenTrue,
  PORTS,
} from "./vocabulary.ts";

export interface Version {
  readonly file: HclFile;
  readonly block: Block;
}

/** @param target path of the attribute that the rule judges: its switches are the rule's to decide. */
export function narrowerGate(old: Version, now: Version, target: string | undefined): Rejection | undefined {
  const before = plainBodies(old.file, old.block.body);
  const after = plainBodies(now.file, now.block.body);
  const why = widening(before, after, withoutPositions(target ?? ""));
  return why === undefined ? undefined : reject("wider-access", "NOT_NARROWER", why, true);
}

function widening(before: readonly PlainBody[], after: readonly PlainBody[], target: string): string | undefined {
  for (const body of after) {
    const peers = before.filter((one) => one.path === body.path);
    if (peers.some((one) => sameBody(one, body))) continue;
    const why = grantsMore(peers, body);
    if (why !== undefined) return why;
  }
  return policiesWiden(before, after) ?? leavesChange(before, after, target) ?? blocksLost(before, after, target);
}

const sameBody = (a: PlainBody, b: PlainBody): boolean =>
  a.attributes.size === b.attributes.size && [...a.attributes].every(([name, v]) => same(v, b.attributes.get(name)));

/** What a body lets through must be let through by one body of its kind already: address, port and protocol together. */
function grantsMore(peers: readonly PlainBody[], body: PlainBody): string | undefined {
  const type = body.path.split(".").at(-1) ?? "";
  const grants = [...body.attributes].filter(([name, v]) => isGrant(name) && !isNothing(v) && !isPolicy(v));
  const denies = [...body.attributes].some(([, v]) => typeof v === "string" && /^(deny|block|drop)$/i.test(v));
  if (denies && peers.every((peer) => !sameBody(peer, body)) && peers.length > 0) return undefined;
  if (GRANTING_BLOCK.test(type) && !denies && peers.length === 0) return `adds "${type}"`;
  const opensPorts = body.attributes.has("from_port") || body.attributes.has("to_port");
  if (grants.length === 0 && !opensPorts && !GRANTING_BLOCK.test(type)) return undefined;
  const covered = peers.some(
    (peer) => grants.every(([name, v]) => within(name, v, peer)) && portsWithin(body, peer) && keepsLimits(body, peer),
  );
  return covered ? undefined : `lets in more by "${type || (grants[0]?.[0] ?? "from_port")}"`;
}

const isGrant = (name: string): boolean => (GRANTS.test(name) && !opensWhenTrue(name)) || isPortList(name);
const isPortList = (name: string): boolean =>
  PORTS.test(name) && !/^(from|to)_port$/.test(name) && /range|ports$/.test(name);
const isNothing = (value: Plain): boolean =>
  value === null || value === "" || typeof value === "boolean" || (isList(value) && value.length === 0);

function within(name: string, value: Plain, peer: PlainBody): boolean {
  const allowed = [...peer.attributes].filter(([other]) => alike(name, other)).flatMap(([, v]) => scalars(v));
  return scalars(value).every((one) => allowed.some((wide) => holds(wide, one)));
}

const alike = (a: string, b: string): boolean => a === b || a.replace(/(es|s)$/, "") === b.replace(/(es|s)$/, "");

const scalars = (value: Plain): Plain[] =>
  isList(value) ? value.flatMap(scalars) : isRecord(value) ? [canonical(value)] : [value];

/** One address, pattern or port range inside another. */
export function holds(wide: Plain, one: Plain): boolean {
  if (same(wide, one) || matches(wide, one)) return true;
  if (typeof wide !== "string" || typeof one !== "string") return false;
  const [outer, inner] = [cidrOf(wide), cidrOf(one)];
  if (outer && inner) {
    return outer[0].kind() === inner[0].kind() && inner[1] >= outer[1] && inner[0].match(outer[0], outer[1]);
  }
  const [from, to] = rangeOf(wide) ?? [0, -1];
  const range = rangeOf(one);
  if (range) return from <= range[0] && range[1] <= to;
  return /^(any|internet)$/i.test(wide) && inner !== undefined;
}

function cidrOf(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] | undefined {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return undefined;
  const address = ipaddr.parse(text);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}

function rangeOf(text: string): [number, number] | undefined {
  if (text === "*") return [0, 65535];
  const [, from, to] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  return from === undefined ? undefined : [Number(from), Number(to ?? from)];
}

const ANY_PROTOCOL = ["-1", "*", "all", -1];

function portsWithin(body: PlainBody, peer: PlainBody): boolean {
  const [from, to] = [body.attributes.get("from_port"), body.attributes.get("to_port")];
  const [low, high] = [peer.attributes.get("from_port"), peer.attributes.get("to_port")];
  const protocols = ["protocol", "ip_protocol"].every((name) => {
    const [mine, theirs] = [body.attributes.get(name), peer.attributes.get(name)];
    return same(mine, theirs) || ANY_PROTOCOL.some((any) => any === theirs);
  });
  if (!protocols) return false;
  if (same(from, low) && same(to, high)) return true;
  const everyPort = ["protocol", "ip_protocol"].some((name) =>
    ANY_PROTOCOL.some((any) => any === peer.attributes.get(name)),
  );
  if (typeof from !== "number" || typeof to !== "number") return from === undefined && to === undefined && everyPort;
  return everyPort || (typeof low === "number" && typeof high === "number" && low <= from && to <= high);
}

/** An effect stays what it is, and what limits a grant is not taken away. */
function keepsLimits(body: PlainBody, peer: PlainBody): boolean {
  return [...peer.attributes].every(([name, v]) => {
    const mine = body.attributes.get(name);
    if (/^(access|effect|action|direction|priority)$/.test(name)) return same(mine, v) || isDenial(mine);
    return (
      !(OPEN_WHEN_EMPTY.test(name) || isPortList(name)) || isNothing(v) || (mine !== undefined && !isNothing(mine))
    );
  });
}

const isDenial = (value: Plain | undefined): boolean => typeof value === "string" && /^(deny|block|drop)$/i.test(value);

function policiesWiden(before: readonly PlainBody[], after: readonly PlainBody[]): string | undefined {
  const policies = (bodies: readonly PlainBody[]) =>
    new Map(
      bodies.flatMap((body, i) =>
        [...body.attributes]
          .filter(([name, v]) => isPolicy(v) || (/policy(_document|_json)?$/.test(name) && isRecord(v)))
          .map(([name, v]) => [`${i} ${join(body.path, name)}`, v] as const),
      ),
    );
  const [old, now] = [policies(before), policies(after)];
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const why = widerPolicy(old.get(key), now.get(key));
    if (why !== undefined) return `adds ${why}`;
    if (old.has(key) && !now.has(key)) return "removes a policy";
  }
  return undefined;
}

const leavesIn = (bodies: readonly PlainBody[]): Leaf[] =>
  bodies.flatMap((body) =>
    [...body.attributes].flatMap(([name, v]) => (isPolicy(v) ? [] : leavesOf(v, join(body.path, name)))),
  );

const lastOf = (path: string): string => path.split(".").at(-1) ?? "";
const withoutPositions = (path: string): string =>
  path
    .replace(/\[[^\]]*\]/g, "")
    .split(".")
    .filter((part) => !/^\d+$/.test(part))
    .join(".");

function leavesChange(before: readonly PlainBody[], after: readonly PlainBody[], target: string): string | undefined {
  const [old, now] = [byPath(leavesIn(before)), byPath(leavesIn(after))];
  for (const [path, values] of now) {
    const had = old.get(path) ?? [];
    const fresh = without(values, had);
    for (const value of fresh) {
      const why = newValue(path, value, had, path === target);
      if (why !== undefined) return why;
    }
    const lost = without(had, values);
    const shrinks = lost.length > fresh.length && path !== target && !isGrant(lastOf(path));
    if (shrinks && !lost.some((v) => v === true && opensWhenTrue(lastOf(path)))) return `takes from "${path}"`;
  }
  for (const [path, had] of old) {
    if (now.has(path) || mayGo(path, had, target)) continue;
    if (after.every((body) => body.path !== parentOf(path)) && before.some((body) => body.path === parentOf(path))) {
      continue;
    }
    return `removes "${path}"`;
  }
  return undefined;
}

const parentOf = (path: string): string => path.split(".").slice(0, -1).join(".");

function mayGo(path: string, had: readonly Plain[], target: string): boolean {
  const name = lastOf(path);
  if (path === target) return true;
  if (had.every((v) => v === null)) return true;
  if (path.split(".").some((part) => OPEN_WHEN_EMPTY.test(part))) return false;
  if (isGrant(name)) return true;
  return opensWhenTrue(name) && had.every((v) => v === true);
}

function byPath(leaves: readonly Leaf[]): Map<string, Leaf["value"][]> {
  const paths = new Map<string, Leaf["value"][]>();
  for (const { path, value } of leaves) paths.set(path, [...(paths.get(path) ?? []), value]);
  return paths;
}

function without<T>(values: readonly T[], taken: readonly T[]): T[] {
  const left = [...taken];
  return values.filter((value) => {
    const at = left.indexOf(value);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** Why a value that was not there may not be there now. */
function newValue(path: string, value: Leaf["value"], had: readonly Leaf["value"][], own: boolean): string | undefined {
  const name = lastOf(path);
  if (value === null) return had.length > 0 && !own ? `unsets "${path}"` : undefined;
  if (typeof value === "boolean") return switched(path, name, value, own);
  if (typeof value === "number") return counted(path, name, value, had, own);
  if (/^(true|false)$/i.test(value)) return switched(path, name, /true/i.test(value), own);
  if (SECRET_KEY.test(name) && !value.startsWith("${") && !own) return `writes "${path}"`;
  if (EVERYONE.test(value) && !isDenial(value) && !had.includes(value)) return `opens "${path}" to everyone`;
  if (OFF.test(value) && !own && !opensWhenTrue(name)) return `switches "${path}" off`;
  if (/\*/.test(value) && !had.some((wide) => matches(wide, value))) return `writes a pattern into "${path}"`;
  if (cidrOf(value) && !had.some((wide) => holds(wide, value))) return `writes an address into "${path}"`;
  const old = had.filter((v) => typeof v === "string");
  if (weakest(value) < Math.min(...old.map(weakest), WEAK_FROM)) return `lowers the version in "${path}"`;
  if (isGrant(name)) return undefined;
  const [first] = had;
  if (own || had.length === 0 || CHOICES.test(name))
    return !own && namesOther(name, value, first) ? `renames by "${path}"` : undefined;
  return `"${path}" is not the finding's to change`;
}

/** Names are identity: another one is another resource. */
const namesOther = (name: string, value: string, had: Leaf["value"] | undefined): boolean =>
  had !== undefined && had !== value && /^(name|bucket|id|identifier|.*_(name|identifier|prefix))$/.test(name);

function switched(path: string, name: string, on: boolean, own: boolean): string | undefined {
  if (own || on !== opensWhenTrue(name)) return undefined;
  return `switches "${path}" ${on ? "on" : "off"}`;
}

function counted(
  path: string,
  name: string,
  value: number,
  had: readonly Leaf["value"][],
  own: boolean,
): string | undefined {
  if (own || PORTS.test(name)) return undefined;
  const [old] = had.filter((v) => typeof v === "number");
  if (old === undefined) return value > 0 || !MORE_IS_SAFER.test(path) ? undefined : `sets "${path}" to nothing`;
  if (value >= old && MORE_IS_SAFER.test(path)) return undefined;
  return `"${path}" is not the finding's to change`;
}

/** Versions below TLS 1.2 are never a mend, unless they were there. */
const WEAK_FROM = 1.2;

function weakest(text: string): number {
  if (/ssl_?v?[23]/i.test(text)) return 0;
  if (!/tls/i.test(text) && !/^v?1[._][0-3]$/.test(text)) return WEAK_FROM;
  if (/tls_?v?1$/i.test(text)) return 1;
  const versions = [...text.matchAll(VERSION)].map(
    ([, policy, named, bare]) => 1 + Number(policy ?? named ?? bare) / 10,
  );
  return versions.length === 0 ? WEAK_FROM : Math.min(...versions);
}

/** "TLS13-1-0-2021-06" takes 1.0 too; else "TLSv1.2", "TLS_1_2", "1.2". */
const VERSION = /tls1[0-3]-1-([0-3])|(?:tls|v)[-_]?1[._-]?([0-3])(?!\d)|(?<![\d.])1[._]([0-3])(?![\d.])/gi;

/** Blocks that guard stay as many as they were. */
function blocksLost(before: readonly PlainBody[], after: readonly PlainBody[], target: string): string | undefined {
  for (const path of new Set(before.map((body) => body.path))) {
    const had = before.filter((body) => body.path === path);
    const left = after.filter((body) => body.path === path);
    if (left.length >= had.length) continue;
    const gone = had.filter((body) => !left.some((one) => sameBody(one, body)));
    const denial = gone.some((body) => [...body.attributes.values()].some(isDenial));
    const grants = path.split(".").some((part) => GRANTING_BLOCK.test(part)) && !OPEN_WHEN_EMPTY.test(path);
    const judged = path === target || target.startsWith(`${path}.`);
    if (denial || !(grants || judged)) return `removes "${path}"`;
  }
  return undefined;
}
