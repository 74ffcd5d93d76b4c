/** Every resource of one stack, indexed, and the joins between them. Built once, then only read. */
import type { Resource } from "../model/resource.ts";
import { isList, isUnknown, type Value } from "../model/value.ts";
import { View } from "./view.ts";

/** Attributes of a resource that name it as a whole: a link to any of them is a link to the resource. */
const IDENTITIES = ["id", "arn", "bucket", "name", "identifier", "cluster_identifier", "function_name"] as const;

interface Link {
  readonly view: View;
  /** First part of the attribute that holds the link, on whichever side. */
  readonly attribute: string;
}

/** Resources of one type by the literal text of one attribute, and those whose text is not known at all. */
interface Holders {
  readonly byText: ReadonlyMap<string, readonly View[]>;
  readonly unlinked: readonly View[];
}

export class Estate {
  readonly views: readonly View[];
  readonly #byAddress = new Map<string, View>();
  /** By address without instance keys, for references that leave them out (splats) or that know more than count does. */
  readonly #byBareAddress = new Map<string, View[]>();
  readonly #byType = new Map<string, View[]>();
  /** Literal names to the resources that bear them: a bucket named "logs" is linked to by bucket = "logs". */
  readonly #byName = new Map<string, View[]>();
  readonly #holders = new Map<string, Holders>();
  readonly #joins = new Map<View, Map<string, readonly View[]>>();
  #links: Map<View, Link[]> | undefined;

  constructor(resources: readonly Resource[]) {
    this.views = resources.map((resource) => new View(resource, this));
    for (const view of this.views) {
      this.#byAddress.set(view.address, view);
      push(this.#byBareAddress, withoutKeys(view.address), view);
      push(this.#byType, view.type, view);
    }
  }

  get(address: string): View | undefined {
    return this.#byAddress.get(address);
  }

  ofType(type: string): readonly View[] {
    return this.#byType.get(type) ?? [];
  }

  /** Every type that occurs. */
  types(): readonly string[] {
    return [...this.#byType.keys()];
  }

  joined(view: View, types: readonly string[], attribute?: string): readonly View[] {
    if (!types.some((type) => this.#byType.has(type))) return [];
    const key = `${types.join()} ${attribute ?? ""}`;
    let known = this.#joins.get(view);
    if (!known) {
      known = new Map();
      this.#joins.set(view, known);
    }
    let joined = known.get(key);
    if (!joined) {
      joined = this.#join(view, types, attribute);
      known.set(key, joined);
    }
    return joined;
  }

  mayJoin(view: View, types: readonly string[], attribute?: string): boolean {
    if (attribute === undefined) return false;
    return types.some((type) => this.#holdersOf(type, attribute).unlinked.some((other) => other !== view));
  }

  #join(view: View, types: readonly string[], attribute: string | undefined): readonly View[] {
    const found = new Set<View>();
    for (const link of this.#linksOf(view)) {
      if (types.includes(link.view.type) && (!attribute || link.attribute === attribute)) found.add(link.view);
    }
    if (attribute) {
      this.#indexNames();
      for (const name of this.#namesOf(view))
        for (const type of types)
          for (const other of this.#holdersOf(type, attribute).byText.get(name) ?? []) found.add(other);
      for (const name of this.#literalsOf(view, attribute))
        for (const other of this.#byName.get(name) ?? []) if (types.includes(other.type)) found.add(other);
    }
    found.delete(view);
    return [...found];
  }

  #linksOf(view: View): readonly Link[] {
    if (!this.#links) {
      this.#links = new Map();
      for (const from of this.views)
        for (const reference of from.resource.references)
          for (const to of this.#targets(reference.to)) {
            if (to === from) continue;
            const attribute = firstPart(reference.path);
            push(this.#links, from, { view: to, attribute });
            push(this.#links, to, { view: from, attribute });
          }
    }
    return this.#links.get(view) ?? [];
  }

  /** x["a"] is that instance; x (a splat, a whole) is every instance; x[0] is x where x is the one possible instance. */
  #targets(address: string): readonly View[] {
    const exact = this.#byAddress.get(address);
    if (exact) return [exact];
    const bare = withoutKeys(address);
    const candidates = this.#byBareAddress.get(bare) ?? [];
    return candidates.filter((view) => compatible(address, view.address));
  }

  #indexNames(): void {
    if (this.#byName.size > 0) return;
    for (const view of this.views) for (const name of this.#namesOf(view)) push(this.#byName, name, view);
    if (this.#byName.size === 0) this.#byName.set("", []);
  }

  #namesOf(view: View): readonly string[] {
    if (view.type.startsWith("data.")) return [];
    const names = new Set<string>();
    for (const identity of IDENTITIES) {
      if (typeof view.resource.attributes[identity] !== "string") continue;
      for (const name of this.#literalsOf(view, identity)) if (name !== "") names.add(name);
    }
    return [...names];
  }

  /** Names written out in an attribute. A reference says which resource is meant, even where others bear its name. */
  #literalsOf(view: View, attribute: string): readonly string[] {
    const refers = view.resource.references.some(
      (reference) => firstPart(reference.path) === attribute && this.#targets(reference.to).length > 0,
    );
    return refers ? [] : stringsOf(view.resource.attributes[attribute]);
  }

  #holdersOf(type: string, attribute: string): Holders {
    const key = `${type} ${attribute}`;
    let holders = this.#holders.get(key);
    if (holders) return holders;
    const byText = new Map<string, View[]>();
    const unlinked: View[] = [];
    for (const view of this.ofType(type)) {
      const value = view.resource.attributes[attribute];
      for (const text of this.#literalsOf(view, attribute)) push(byText, text, view);
      if (!isUnknown(value) || value.from.length > 0) continue;
      if (!view.resource.references.some((r) => firstPart(r.path) === attribute)) unlinked.push(view);
    }
    holders = { byText, unlinked };
    this.#holders.set(key, holders);
    return holders;
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

const firstPart = (path: string): string => {
  const dot = path.indexOf(".");
  return dot < 0 ? path : path.slice(0, dot);
};

const KEYS = /\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\]/g;

/** module.a["x"].aws_s3_bucket.b[0] → module.a.aws_s3_bucket.b */
export const withoutKeys = (address: string): string => (address.includes("[") ? address.replace(KEYS, "") : address);

/** Two addresses with equal names: each part's instance key is equal, or one of the two leaves it out. */
function compatible(a: string, b: string): boolean {
  const left = keysByPart(a);
  const right = keysByPart(b);
  return left.every((key, index) => key === "" || key === "[*]" || right[index] === "" || key === right[index]);
}

const keysByPart = (address: string): readonly string[] => {
  const keys: string[] = [];
  const marked = address.replace(KEYS, (key) => {
    keys.push(key);
    return "[";
  });
  return marked.split(".").map((part) => (part.endsWith("[") ? (keys.shift() ?? "") : ""));
};

const stringsOf = (value: Value | undefined): readonly string[] =>
  typeof value === "string" ? [value] : isList(value) ? value.filter((v): v is string => typeof v === "string") : [];
