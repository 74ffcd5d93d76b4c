/** The functions of texts and lists, and the facts that only a deployment knows. */
import type { Node } from "yaml";
import { Unknown, unknown } from "../../model/value.ts";
import { type Atom, leaf, list, type Traced, textOf } from "./traced.ts";
import { joinTexts } from "./unknown-text.ts";

interface At {
  readonly node: Node | undefined;
  readonly key?: Node | undefined;
}

/** Facts of the deployment. They are never a wildcard, so their name stands in for them. */
export function pseudo(name: string): Atom {
  if (name === "AWS::NotificationARNs") return unknown;
  return new Unknown(name === "AWS::Partition" ? "aws" : "", [name]);
}

export function joinList(delimiter: string, given: Traced | undefined): Atom {
  if (given?.kind !== "list")
    return given?.kind === "leaf" && !(given.value instanceof Unknown) ? given.value : unknown;
  const parts: Atom[] = [];
  given.items.forEach((item, index) => {
    if (index > 0) parts.push(delimiter);
    parts.push(item.kind === "leaf" ? item.value : unknown);
  });
  return joinTexts(parts);
}

export function select(index: number, given: Traced | undefined, at: At): Traced {
  const found = given?.kind === "list" && Number.isInteger(index) ? given.items[index] : undefined;
  return found ? { ...found, key: at.key } : leaf(unknown, at);
}

export function split(delimiter: string | undefined, given: Traced | undefined, at: At): Traced {
  const text = textOf(given);
  if (text === undefined || !delimiter) return leaf(unknown, at);
  return list(
    text.split(delimiter).map((part) => leaf(part, at)),
    at,
  );
}
