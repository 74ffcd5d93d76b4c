/** A template value as JSON text, as `jsonencode` would give it in Terraform. */
import type { Node } from "yaml";
import { isUnknown, Unknown } from "../../model/value.ts";
import { type Leaf, leaf, type Traced, unknownLeaves } from "./traced.ts";
import { outlineOf } from "./unknown-text.ts";

/** Known text where everything in it is known; else Unknown with an outline. Text is taken to be JSON already. */
export function jsonText(
  traced: Traced,
  at: { readonly node: Node | undefined; readonly key?: Node | undefined },
): Leaf {
  if (traced.kind === "leaf" && (typeof traced.value === "string" || isUnknown(traced.value))) return traced;
  const text = render(traced);
  const from: string[] = [];
  let known = true;
  for (const [, { value }] of unknownLeaves(traced)) {
    if (!isUnknown(value)) continue;
    known = false;
    from.push(...value.from);
  }
  return leaf(known ? text : new Unknown("", from, text), at);
}

function render(traced: Traced): string {
  if (traced.kind === "leaf") return JSON.stringify(isUnknown(traced.value) ? outlineOf(traced.value) : traced.value);
  if (traced.kind === "list") return `[${traced.items.map(render).join(",")}]`;
  return `{${[...traced.entries].map(([key, value]) => `${JSON.stringify(key)}:${render(value)}`).join(",")}}`;
}
