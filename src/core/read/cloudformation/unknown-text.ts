/** Texts of which a part is not known: the certain beginning, where the rest comes from, and an outline with holes. */
import { Unknown } from "../../model/value.ts";
import type { Atom } from "./traced.ts";

/** Marks the unknown part of an outline (see Unknown.outline). */
const HOLE = "\uFFFC";

export function joinTexts(parts: readonly Atom[]): string | Unknown {
  if (!parts.some((part) => part instanceof Unknown)) return parts.map(textOf).join("");
  let prefix = "";
  for (const part of parts) {
    if (part instanceof Unknown) {
      prefix += part.prefix;
      break;
    }
    prefix += textOf(part);
  }
  const from = parts.flatMap((part) => (part instanceof Unknown ? part.from : []));
  return new Unknown(prefix, from, parts.map(outlineOf).join(""));
}

/** A text with a hole for what is unknown, named where it comes from somewhere. */
export function outlineOf(atom: Atom): string {
  if (!(atom instanceof Unknown)) return textOf(atom);
  if (atom.outline !== undefined) return atom.outline;
  return `${atom.prefix}${atom.from.length > 0 ? `<${atom.from.join(",")}>` : ""}${HOLE}`;
}

const textOf = (atom: Atom): string => (atom === null ? "" : String(atom));
