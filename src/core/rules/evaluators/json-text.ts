/** JSON that an attribute holds as text: container definitions, security configurations. Unknown parts stay unknown. */
import { isList, isObject, isUnknown, unknown, type Value } from "../../model/value.ts";
import type { Verdict } from "../verdict.ts";
import { Block } from "../view.ts";
import { HOLE } from "./texts.ts";

/** What the text says. "unknown" where nothing of it is known, undefined where there is none or it is not JSON. */
export function jsonAt(block: Block, path: string): Block | "unknown" | undefined {
  const found = block.get(path);
  if (found.kind === "absent") return undefined;
  if (isUnknown(found.value)) return found.value.outline === undefined ? "unknown" : parsed(found.value.outline);
  return typeof found.value === "string" ? parsed(found.value) : new Block(found.value, "");
}

function parsed(text: string): Block | undefined {
  try {
    return new Block(withUnknowns(JSON.parse(text.includes(HOLE) ? quoteHoles(text) : text) as Value), "");
  } catch {
    return undefined;
  }
}

/** Holes outside of strings become strings, so that the rest can be read. */
const quoteHoles = (text: string): string =>
  text.replace(/"(?:[^"\\]|\\.)*"|\uFFFC/g, (token) => (token === HOLE ? `"${HOLE}"` : token));

/** A text with a hole in it is not known. */
function withUnknowns(value: Value): Value {
  if (typeof value === "string") return value.includes(HOLE) ? unknown : value;
  if (isList(value)) return value.map(withUnknowns);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withUnknowns(part)]));
}

/** A verdict on what is inside the text, told of the attribute that holds it: findings point at attributes. */
export const toldOf = (path: string, verdict: Verdict): Verdict =>
  verdict.status === "not-applicable" ? verdict : { ...verdict, path };
