/** The serverless transform's Globals: properties that every resource of a kind has, unless it says otherwise. */
import { list, type Traced, table } from "./traced.ts";

/** The section of Globals that a resource type takes from. */
export function globalsSection(type: string): string | undefined {
  return /^AWS::Serverless::(Function|Api|HttpApi|SimpleTable|StateMachine|LayerVersion|CapacityProvider)$/.exec(
    type,
  )?.[1];
}

/** Maps are merged key by key, lists are concatenated, and of anything else the resource's own value counts. */
export function withGlobals(own: Traced | undefined, globals: Traced | undefined): Traced | undefined {
  if (!globals) return own;
  if (!own) return globals;
  if (own.kind === "list" && globals.kind === "list") return list([...globals.items, ...own.items], own);
  if (own.kind !== "table" || globals.kind !== "table") return own;
  const merged = new Map(globals.entries);
  for (const [key, value] of own.entries) {
    const both = withGlobals(value, globals.entries.get(key));
    if (both) merged.set(key, both);
  }
  return table(merged, own);
}
