/** The parts of `terraform show -json PLAN` that Draco reads, and their shapes as far as they can be relied upon. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export const asObject = (value: Json | undefined): JsonObject | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
export const asList = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
export const asText = (value: Json | undefined): string | undefined => (typeof value === "string" ? value : undefined);
export const at = (value: Json | undefined, ...path: readonly string[]): Json | undefined => {
  let found = value;
  for (const name of path) {
    const object = asObject(found);
    found = object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
  }
  return found;
};
export const objectsIn = (value: Json | undefined): readonly JsonObject[] =>
  asList(value)
    .map(asObject)
    .filter((object) => object !== undefined);

/** One instance of a resource: from resource_changes, or for data read before planning from prior_state. */
export interface PlannedInstance {
  readonly address: string;
  readonly module: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly name: string;
  readonly key: string | number | undefined;
  readonly provider: string;
  readonly after: Json;
  readonly afterUnknown: Json;
  readonly afterSensitive: Json;
}

const DEAD = new Set(["delete", "forget"]);

/** What exists after the plan: everything but what it only deletes. */
export function plannedInstances(plan: JsonObject): PlannedInstance[] {
  const instances: PlannedInstance[] = [];
  const seen = new Set<string>();
  for (const change of objectsIn(plan.resource_changes)) {
    const actions = asList(at(change, "change", "actions")).map(String);
    if (actions.every((action) => DEAD.has(action))) continue;
    const instance = instanceOf(change, at(change, "change", "after") ?? null, {
      unknown: at(change, "change", "after_unknown") ?? false,
      sensitive: at(change, "change", "after_sensitive") ?? false,
    });
    seen.add(instance.address);
    instances.push(instance);
  }
  const prior = (module: JsonObject | undefined): void => {
    for (const resource of objectsIn(module?.resources)) {
      if (resource.mode !== "data" || seen.has(asText(resource.address) ?? "")) continue;
      instances.push(
        instanceOf({ ...resource, module_address: module?.address ?? "" }, resource.values ?? null, {
          unknown: false,
          sensitive: resource.sensitive_values ?? false,
        }),
      );
    }
    for (const child of objectsIn(module?.child_modules)) prior(child);
  };
  prior(asObject(at(plan.prior_state, "values", "root_module")));
  return instances;
}

function instanceOf(
  from: JsonObject,
  after: Json,
  marks: { readonly unknown: Json; readonly sensitive: Json },
): PlannedInstance {
  const { index } = from;
  return {
    address: asText(from.address) ?? "",
    module: asText(from.module_address) ?? "",
    mode: from.mode === "data" ? "data" : "managed",
    type: asText(from.type) ?? "",
    name: asText(from.name) ?? "",
    key: typeof index === "string" || typeof index === "number" ? index : undefined,
    provider: asText(from.provider_name) ?? "",
    after,
    afterUnknown: marks.unknown,
    afterSensitive: marks.sensitive,
  };
}
