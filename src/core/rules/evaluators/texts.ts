/** Lists of texts as attributes hold them, with what is not known of them. */
import { isList, isUnknown, type Value } from "../../model/value.ts";
import type { Block } from "../view.ts";

/** Stands for the unknown part of a text. Never occurs in configuration. */
export const HOLE = "\uFFFC";

/** Known texts, each perhaps with a hole. `complete` is false where an unknown element could be anything, "*" too. */
export interface Texts {
  readonly items: readonly string[];
  readonly complete: boolean;
}

export const NO_TEXTS: Texts = { items: [], complete: true };

/** One text or a list of them. Undefined where nothing is there. */
export function textsOf(value: Value | undefined): Texts | undefined {
  if (value === undefined || value === null) return undefined;
  const listed: readonly Value[] = isList(value) ? value : [value];
  const items = listed.map(textOf).filter((text) => text !== undefined);
  return { items, complete: !items.includes(HOLE) };
}

/** A text with a hole for what is unknown; a value that comes from a resource's own attribute is never just a hole. */
function textOf(value: Value): string | undefined {
  if (isUnknown(value)) {
    if (value.outline !== undefined) return value.outline;
    return `${value.prefix}${value.from.length > 0 ? `<${value.from.join(",")}>` : ""}${HOLE}`;
  }
  return value === null || typeof value === "object" ? undefined : String(value);
}

/** The text or texts at a path. Nothing there: an empty, complete list. */
export function textsAt(block: Block, path: string): Texts {
  const found = block.get(path);
  return found.kind === "absent" ? NO_TEXTS : (textsOf(found.value) ?? NO_TEXTS);
}
