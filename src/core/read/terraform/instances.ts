/** The instances of one block: what each of them sees, and what a reference to all of them reads. */
import type { Expansion, Instance } from "./expansion.ts";
import type { Scope } from "./scope.ts";
import {
  type LazyObject,
  Mapping,
  objectOf,
  Sequence,
  type TypedValue,
  UNKNOWN,
  UnknownInstances,
} from "./typed-value.ts";

/** All instances of one block. */
export class Instances<T> {
  readonly expansion: Expansion;
  readonly items: readonly T[];
  readonly #objectOf: (item: T) => LazyObject;
  #value: TypedValue | undefined;
  constructor(expansion: Expansion, items: readonly T[], objectOf: (item: T) => LazyObject) {
    this.expansion = expansion;
    this.items = items;
    this.#objectOf = objectOf;
  }

  /** What a reference to the whole block reads. Most blocks are never referred to. */
  get value(): TypedValue {
    this.#value ??= valueOfInstances(this.expansion, this.items.map(this.#objectOf));
    return this.#value;
  }
}

/** Adds count or each to what the module's names are. */
export function instanceScope(scope: Scope, expansion: Expansion, instance: Instance): Scope {
  if (expansion.kind === "single") return scope;
  const own =
    expansion.kind === "count"
      ? objectOf(new Map([["index", instance.key as number]]))
      : objectOf(
          new Map([
            ["key", instance.keyValue ?? String(instance.key)],
            ["value", instance.value ?? UNKNOWN],
          ]),
        );
  const root = expansion.kind === "count" ? "count" : "each";
  return { ...scope, name: (name) => (name === root ? own : scope.name(name)) };
}

/** The value a reference to the whole block has: an object, a tuple, an object of objects, or instances not known. */
function valueOfInstances(expansion: Expansion, objects: readonly LazyObject[]): TypedValue {
  const [first] = objects;
  if (!expansion.known && first !== undefined) return new UnknownInstances(first);
  if (expansion.kind === "single") return first ?? UNKNOWN;
  if (expansion.kind === "count") return new Sequence("tuple", { kind: "dynamic" }, objects);
  const entries = new Map<string, TypedValue>();
  for (const [i, instance] of expansion.instances.entries()) entries.set(String(instance.key), objects[i] ?? UNKNOWN);
  return new Mapping("object", { kind: "dynamic" }, entries);
}
