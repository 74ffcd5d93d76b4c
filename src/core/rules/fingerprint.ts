/** Names a finding so that it is the same finding tomorrow: no line numbers, no order, no spelling of the value. */
import { hash } from "node:crypto";
import { isList, isObject, isUnknown, type Value } from "../model/value.ts";

export interface Identity {
  readonly rule: string;
  /** Path from the repository's root. */
  readonly path: string;
  readonly address: string;
  /** Root module the address counts from, where it is not the directory of `path`. */
  readonly stack?: string;
  /** From `normalise`. */
  readonly value: string;
}

/** 32 hexadecimal digits over rule + path + address + value. */
export function fingerprint(identity: Identity): string {
  const { rule, path, address, stack = "", value } = identity;
  return hash("sha256", [rule, path, stack, address, value].join("\n"), "hex").slice(0, 32);
}

/** A value as canonical JSON: sorted keys, absent attributes left out, unknown as "(unknown)". */
export function normalise(value: Value | undefined): string {
  if (value === undefined || value === null) return "(absent)";
  if (isUnknown(value)) return value.prefix === "" ? "(unknown)" : `${JSON.stringify(value.prefix)}(unknown)`;
  if (isList(value)) return `[${value.map(normalise).join(",")}]`;
  if (isObject(value)) {
    const entries = Object.keys(value)
      .filter((key) => value[key] !== null)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${normalise(value[key])}`);
    return `{${entries.join(",")}}`;
  }
  return JSON.stringify(value);
}
