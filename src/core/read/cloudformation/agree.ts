/** What two possible values have in common: where they differ the value is unknown. */
import type { Node } from "yaml";
import { isUnknown, Unknown, unknown } from "../../model/value.ts";
import { type Leaf, leaf, list, type Traced, table, unknownLeaves } from "./traced.ts";

interface At {
  readonly node: Node | undefined;
  readonly key?: Node | undefined;
}

/** Undefined is "not written". A property that only one side has is unknown: it may be there or not. */
export function agree(left: Traced | undefined, right: Traced | undefined, at: At): Traced | undefined {
  if (!left && !right) return undefined;
  if (left?.kind === "leaf" && right?.kind === "leaf" && same(left, right)) return left;
  if (left?.kind === "table" && right?.kind === "table") {
    const keys = new Set([...left.entries.keys(), ...right.entries.keys()]);
    const entries = new Map<string, Traced>();
    for (const key of keys) {
      const [a, b] = [left.entries.get(key), right.entries.get(key)];
      const both = agree(a, b, { node: a?.node ?? b?.node, key: a?.key ?? b?.key });
      if (both) entries.set(key, both);
    }
    return table(entries, at);
  }
  if (left?.kind === "list" && right?.kind === "list" && left.items.length === right.items.length) {
    const items = left.items.map((item, index) => agree(item, right.items[index], { node: item.node }));
    return list(
      items.filter((item) => item !== undefined),
      at,
    );
  }
  return leaf(new Unknown("", [...origins(left), ...origins(right)]), at);
}

const same = (left: Leaf, right: Leaf): boolean =>
  left.value === right.value ||
  (isUnknown(left.value) &&
    isUnknown(right.value) &&
    left.value !== unknown &&
    left.value.from.join() === right.value.from.join() &&
    left.value.from.length > 0);

function* origins(traced: Traced | undefined): Generator<string> {
  if (!traced) return;
  for (const [, { value }] of unknownLeaves(traced)) if (isUnknown(value)) yield* value.from;
}
