/** What a plan's `configuration` says about which attribute points where, through variables and outputs of modules. */
import type { Reference } from "../../model/resource.ts";
import { asList, asObject, asText, at, type Json, type JsonObject, type PlannedInstance } from "./plan-json.ts";

const KEYS = /\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\]/g;
const withoutKeys = (address: string): string => address.replace(KEYS, "");
const MAX_DEPTH = 20;

/** A module in the configuration, and the address of the instance of it that is looked at. */
interface Place {
  readonly address: string;
  readonly module: JsonObject;
  readonly call: JsonObject | undefined;
  readonly parent: Place | undefined;
}

interface Target {
  readonly to: string;
  readonly attribute: string;
}

export class PlanReferences {
  readonly #root: Place;
  readonly #addresses: ReadonlySet<string>;
  readonly #places = new Map<string, Place | undefined>();
  readonly #resources = new Map<Place, ReadonlyMap<string, JsonObject>>();

  constructor(configuration: JsonObject | undefined, addresses: ReadonlySet<string>) {
    this.#root = {
      address: "",
      module: asObject(configuration?.root_module) ?? {},
      call: undefined,
      parent: undefined,
    };
    this.#addresses = addresses;
  }

  /** The block in the configuration that an instance was made from. */
  configurationOf(instance: PlannedInstance): JsonObject | undefined {
    const place = this.#place(instance.module);
    if (place === undefined) return undefined;
    const key = `${instance.mode === "data" ? "data." : ""}${instance.type}.${instance.name}`;
    return this.#resourcesOf(place).get(key);
  }

  of(instance: PlannedInstance): Reference[] {
    const place = this.#place(instance.module);
    const expressions = asObject(this.configurationOf(instance)?.expressions);
    if (place === undefined || expressions === undefined) return [];
    const found: Reference[] = [];
    const seen = new Set<string>();
    const walk = (value: Json, path: string): void => {
      if (Array.isArray(value)) {
        value.forEach((item, index) => {
          walk(item as Json, `${path}.${index}`);
        });
        return;
      }
      const object = asObject(value);
      if (object === undefined) return;
      if (Array.isArray(object.references)) {
        for (const target of this.#targets(object, place, instance.key, 0)) {
          const id = `${path} ${target.to} ${target.attribute}`;
          if (!seen.has(id)) found.push({ path, ...target });
          seen.add(id);
        }
        return;
      }
      for (const [name, inner] of Object.entries(object)) walk(inner, path === "" ? name : `${path}.${name}`);
    };
    walk(expressions, "");
    return found;
  }

  #resourcesOf(place: Place): ReadonlyMap<string, JsonObject> {
    let known = this.#resources.get(place);
    if (known === undefined) {
      const byKey = new Map<string, JsonObject>();
      for (const resource of asList(place.module.resources).map(asObject)) {
        if (resource !== undefined) byKey.set(asText(resource.address) ?? "", resource);
      }
      known = byKey;
      this.#resources.set(place, known);
    }
    return known;
  }

  #place(address: string): Place | undefined {
    if (address === "") return this.#root;
    if (this.#places.has(address)) return this.#places.get(address);
    const last = /^(?:(.*)\.)?module\.([^.[\]]+)(?:\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?$/.exec(address);
    const parent = last === null ? undefined : this.#place(last[1] ?? "");
    const call = asObject(at(parent?.module, "module_calls", last?.[2] ?? ""));
    const module = asObject(call?.module);
    const place = module === undefined ? undefined : { address, module, call, parent };
    this.#places.set(address, place);
    return place;
  }

  #targets(expression: JsonObject, place: Place, key: string | number | undefined, depth: number): Target[] {
    if (depth > MAX_DEPTH) return [];
    const references = asList(expression.references).map(String);
    // Terraform lists every reference followed by its own prefixes: only the longest says something.
    const longest = references.filter(
      (reference, i) => !references.slice(0, i).some((other) => isPrefix(reference, other)),
    );
    const perInstance = references.some((reference) => /^(?:each\.(?:key|value)|count\.index)/.test(reference));
    return longest.flatMap((reference) => this.#resolve(reference, place, perInstance ? key : undefined, depth));
  }

  #resolve(reference: string, place: Place, key: string | number | undefined, depth: number): Target[] {
    const prefix = place.address === "" ? "" : `${place.address}.`;
    const [root = "", second = ""] = withoutKeys(reference).split(".");
    if (root === "var") {
      const argument = asObject(at(place.call, "expressions", second));
      return argument === undefined || place.parent === undefined
        ? []
        : this.#targets(argument, place.parent, key, depth + 1);
    }
    if (["local", "each", "count", "path", "terraform", "self"].includes(root)) return [];
    if (root === "module") {
      const steps = /^module\.[^.[]+((?:\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?)(?:\.([^.[]+))?/.exec(reference);
      const child = this.#place(`${prefix}module.${second}${steps?.[1] ?? ""}`);
      const output = asObject(at(child?.module, "outputs", steps?.[2] ?? "", "expression"));
      return child === undefined || output === undefined ? [] : this.#targets(output, child, key, depth + 1);
    }
    const parts = root === "data" ? 3 : 2;
    const match = new RegExp(
      `^((?:[^.[]+\\.){${parts - 1}}[^.[]+)((?:\\[(?:"(?:[^"\\\\]|\\\\.)*"|\\d+)\\])?)(?:\\.([^.[]+))?`,
    ).exec(reference);
    if (match === null) return [];
    const [, base = "", index = "", attribute = ""] = match;
    const keyed = key === undefined ? "" : `[${JSON.stringify(key)}]`;
    const exact = `${prefix}${base}${index}`;
    const to = index === "" && keyed !== "" && this.#addresses.has(exact + keyed) ? exact + keyed : exact;
    return [{ to, attribute }];
  }
}

const isPrefix = (shorter: string, longer: string): boolean =>
  longer.length > shorter.length &&
  longer.startsWith(shorter) &&
  (longer[shorter.length] === "." || longer[shorter.length] === "[");
