/** IP networks, IPv4 and IPv6, computed as Terraform's libraries do (leading zeros in an octet are decimal). */
import { FunctionError, type TerraformFunction } from "../function.ts";
import { isWhole, type Num, toBigInt } from "../number.ts";
import { listOf, type TypedValue } from "../typed-value.ts";
import { LIST_OF_STRING, STRING } from "../types.ts";
import { NOT_WHOLE, number, text, wholeNumber } from "./define.ts";

interface Network {
  /** First address of the network. */
  readonly address: bigint;
  readonly prefix: number;
  readonly bits: 32 | 128;
}

function parseV4(source: string): bigint | undefined {
  const octets = source.split(".");
  if (octets.length !== 4 || !octets.every((octet) => /^\d{1,10}$/.test(octet) && Number(octet) < 256))
    return undefined;
  return octets.reduce((address, octet) => (address << 8n) | BigInt(Number(octet)), 0n);
}

function parseV6(source: string): bigint | undefined {
  let given = source;
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(source);
  if (dotted) {
    const v4 = parseV4(dotted[2] ?? "");
    if (v4 === undefined) return undefined;
    given = `${dotted[1]}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`;
  }
  const halves = given.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...new Array<string>(halves.length === 2 ? missing : 0).fill("0"), ...tail];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.reduce((address, group) => (address << 16n) | BigInt(`0x${group}`), 0n);
}

function parseNetwork(source: string): Network | FunctionError {
  const [address = "", length = "", ...more] = source.split("/");
  const v6 = address.includes(":");
  const parsed = v6 ? parseV6(address) : parseV4(address);
  const bits = v6 ? 128 : 32;
  const prefix = /^\d{1,9}$/.test(length) ? Number(length) : Number.POSITIVE_INFINITY;
  if (parsed === undefined || more.length > 0 || prefix > bits) {
    return new FunctionError(`invalid CIDR expression: invalid CIDR address: ${source}`);
  }
  const shift = BigInt(bits - prefix);
  return { address: (parsed >> shift) << shift, prefix, bits };
}

function formatAddress(given: bigint, bits: 32 | 128): string {
  const address = BigInt.asUintN(bits, given < 0n ? -given : given);
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 0xffn)).join(".");
  const groups = Array.from({ length: 8 }, (_, i) => ((address >> BigInt(112 - i * 16)) & 0xffffn).toString(16));
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === "0") length += 1;
    if (length > best.length) best = { start, length };
  }
  if (best.start < 0) return groups.join(":");
  return `${groups.slice(0, best.start).join(":")}::${groups.slice(best.start + best.length).join(":")}`;
}

const networkText = (network: Network): string => `${formatAddress(network.address, network.bits)}/${network.prefix}`;

const wholeBig = (value: TypedValue | undefined): bigint | FunctionError =>
  isWhole(value as Num) ? toBigInt(value as Num) : new FunctionError("value must be a whole number");

const isMapped = ({ address, bits }: Network): boolean => bits === 128 && address >> 32n === 0xffffn;

function host(network: Network, given: bigint): string | FunctionError {
  const { address, prefix, bits } = network;
  const most = (1n << BigInt(bits - prefix)) - 1n;
  // Terraform's library compares only the low 64 bits, and shifts what it adds to an IPv4-mapped address.
  const distance = given < 0n ? -given - 1n : given;
  const wanted = given < 0n ? most - distance : given;
  if (BigInt.asIntN(64, distance) > most) {
    return new FunctionError(`prefix of ${prefix} does not accommodate a host numbered ${wanted}`);
  }
  return formatAddress(address | (isMapped(network) ? wanted << 96n : wanted), bits);
}

function subnet(network: Network, newBits: bigint, given: bigint): string | FunctionError {
  const { address, prefix, bits } = network;
  if (newBits > BigInt(bits - prefix))
    return new FunctionError(`insufficient address space to extend prefix of ${prefix} by ${newBits}`);
  const length = prefix + Number(newBits);
  if (length < 0) return new FunctionError(`cannot shorten a prefix of ${prefix} by ${-newBits}`);
  const most = newBits < 0n || newBits > 63n ? (1n << 64n) - 1n : (1n << newBits) - 1n;
  if (given > most) {
    return new FunctionError(`prefix extension of ${newBits} does not accommodate a subnet numbered ${given}`);
  }
  const width = isMapped(network) ? 32 : bits;
  const shift = Math.max(0, bits - length - (bits - width));
  return `${formatAddress(address | (given << BigInt(shift)), bits)}/${length}`;
}

function subnets(network: Network, newBits: readonly TypedValue[]): readonly string[] | FunctionError {
  const { address, prefix, bits } = network;
  const end = address + (1n << BigInt(bits - prefix));
  const found: string[] = [];
  let next = address;
  for (const [index, given] of newBits.entries()) {
    const extension = wholeNumber(given);
    if (extension === undefined) return new FunctionError(NOT_WHOLE, index + 1);
    if (extension < 1n) return new FunctionError("must extend prefix by at least one bit", index + 1);
    if (extension > 32n) return new FunctionError("may not extend prefix by more than 32 bits", index + 1);
    const length = prefix + Number(extension);
    if (length > bits) {
      const kind = bits === 32 ? "IPv4" : "IPv6";
      return new FunctionError(
        `would extend prefix to ${length} bits, which is too long for an ${kind} address`,
        index + 1,
      );
    }
    const size = 1n << BigInt(bits - length);
    const start = ((next + size - 1n) / size) * size;
    if (start + size > end) {
      const what = `not enough remaining address space for a subnet with a prefix of ${length} bits after ${found.at(-1)}`;
      return new FunctionError(what, index + 1);
    }
    found.push(networkText({ address: start, prefix: length, bits }));
    next = start + size;
  }
  return found;
}

export const networkFunctions: readonly TerraformFunction[] = [
  {
    name: "cidrhost",
    parameters: [text("prefix"), number("hostnum")],
    returns: STRING,
    call: ([prefix, hostNumber]) => {
      const wanted = wholeBig(hostNumber);
      if (wanted instanceof FunctionError) return wanted;
      const network = parseNetwork(String(prefix));
      return network instanceof FunctionError ? network : host(network, wanted);
    },
  },
  {
    name: "cidrnetmask",
    parameters: [text("prefix")],
    returns: STRING,
    call: ([prefix]) => {
      const network = parseNetwork(String(prefix));
      if (network instanceof FunctionError) return network;
      if (network.bits === 128) return new FunctionError(`IPv6 addresses cannot have a netmask: ${String(prefix)}`);
      return formatAddress((1n << 32n) - (1n << BigInt(32 - network.prefix)), 32);
    },
  },
  {
    name: "cidrsubnet",
    parameters: [text("prefix"), number("newbits"), number("netnum")],
    returns: STRING,
    call: ([prefix, newBitsValue, netNumber]) => {
      const newBits = wholeNumber(newBitsValue);
      if (newBits === undefined) return new FunctionError(NOT_WHOLE);
      const wanted = wholeBig(netNumber);
      if (wanted instanceof FunctionError) return wanted;
      const network = parseNetwork(String(prefix));
      return network instanceof FunctionError ? network : subnet(network, newBits, wanted);
    },
  },
  {
    name: "cidrsubnets",
    parameters: [text("prefix")],
    variadic: number("newbits"),
    returns: LIST_OF_STRING,
    call: ([prefix, ...newBits]) => {
      const network = parseNetwork(String(prefix));
      if (network instanceof FunctionError) return new FunctionError(network.message, 0);
      const found = subnets(network, newBits);
      return found instanceof FunctionError ? found : listOf(STRING, found);
    },
  },
];
