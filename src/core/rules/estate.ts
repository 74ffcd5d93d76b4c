/** Every resource of one scan root, indexed, and the joins between them. Built once, then only read. */
import type { Resource } from "../model/resource.ts";
import { isList, isUnknown, type Value } from "../model/value.ts";
import { View } from "./view.ts";

/** Attributes of a resource that name it as a whole: a link to any of them is a link to the resource. */
const IDENTITIES = ["id", "arn", "bucket", "name", "identifier", "cluster_identifier", "function_name"] as const;

export class Estate {
  readonly views: readonly View[];
  readonly #byAddress = new Map<string, View>();
  readonly #byType = new Map<string, View[]>();
  readonly #linked = new Map<View, { view: View; attribute: string }[]>();
  /** Literal names to the resources that bear them: a bucket named "logs" is linked to by bucket = "logs". */
  readonly #byName = new Map<string, View[]>();

  constructor(resources: readonly Resource[]) {
    this.views = resources.map((resource) => new View(resource, this));
    for (const view of this.views) {
      this.#byAddress.set(view.address, view);
      push(this.#byType, view.type, view);
      for (const identity of IDENTITIES) {
        const name = view.resource.attributes[identity];
        if (typeof name === "string" && name !== "" && !view.type.startsWith("data.")) push(this.#byName, name, view);
      }
    }
    for (const view of this.views) {
      for (const reference of view.resource.references) {
        const target = this.#byAddress.get(reference.to) ?? this.#byAddress.get(withoutLastKey(reference.to));
        if (target && target !== view) this.#link(view, target, reference.path);
      }
    }
  }

  get(address: string): View | undefined {
    return this.#byAddress.get(address);
  }

  ofType(type: string): readonly View[] {
    return this.#byType.get(type) ?? [];
  }

  joined(view: View, types: readonly string[], attribute?: string): readonly View[] {
    const found = new Set<View>();
    for (const link of this.#linked.get(view) ?? []) {
      if (types.includes(link.view.type) && (!attribute || firstPart(link.attribute) === attribute))
        found.add(link.view);
    }
    if (attribute) for (const other of this.#joinedByName(view, types, attribute)) found.add(other);
    return [...found];
  }

  mayJoin(view: View, types: readonly string[], attribute?: string): boolean {
    return types.some((type) =>
      this.ofType(type).some((other) => {
        if (attribute === undefined) return false;
        const value = other.resource.attributes[attribute];
        const referenced = other.resource.references.some((r) => firstPart(r.path) === attribute);
        return isUnknown(value) && !referenced && value.from.length === 0 && other !== view;
      }),
    );
  }

  /** Joins by equal literal name, in either direction, within one scan root. */
  #joinedByName(view: View, types: readonly string[], attribute: string): readonly View[] {
    const found: View[] = [];
    for (const type of types) {
      for (const other of this.ofType(type)) {
        if (other !== view && this.#names(other, attribute, view)) found.push(other);
      }
    }
    for (const name of stringsOf(view.resource.attributes[attribute])) {
      for (const other of this.#byName.get(name) ?? [])
        if (other !== view && types.includes(other.type)) found.push(other);
    }
    return found;
  }

  #names(from: View, attribute: string, to: View): boolean {
    return stringsOf(from.resource.attributes[attribute]).some((name) => this.#byName.get(name)?.includes(to));
  }

  #link(from: View, to: View, attribute: string): void {
    push(this.#linked, from, { view: to, attribute });
    push(this.#linked, to, { view: from, attribute });
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

const firstPart = (path: string): string => path.split(".", 1)[0] ?? path;
const withoutLastKey = (address: string): string => address.replace(/\[[^\]]*\]$/, "");
const stringsOf = (value: Value | undefined): readonly string[] =>
  typeof value === "string" ? [value] : isList(value) ? value.filter((v): v is string => typeof v === "string") : [];
