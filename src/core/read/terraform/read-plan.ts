/** Terraform plan JSON (`terraform show -json PLAN`) to resources: what will exist once it is applied. Pure. */
import { Buffer } from "node:buffer";
import type { Diagnostic } from "../../model/finding.ts";
import type { CodeOrigin, ProviderRef, Reference, Resource } from "../../model/resource.ts";
import type { SourceRange } from "../../model/source-range.ts";
import { type ObjectValue, Unknown, type Value } from "../../model/value.ts";
import type { Reading } from "../reading.ts";
import {
  asList,
  asObject,
  asText,
  at,
  type Json,
  type JsonObject,
  objectsIn,
  type PlannedInstance,
  plannedInstances,
} from "./plan-json.ts";
import { PlanReferences } from "./plan-references.ts";

/**
 * `sources` are the resources read from the code the plan was made of, where it is at hand: they lend their places and
 * the references that only the code shows. Without it, places are those in the plan file.
 */
export function readPlan(bytes: Uint8Array, path: string, sources: readonly Resource[] = []): Reading {
  const text = new TextDecoder().decode(bytes);
  const plan = parsePlan(text, path);
  if ("summary" in plan) return { stacks: [], comments: [], diagnostics: [plan], skipped: [] };
  const resources = new PlanReader(plan.json, text, path, sources).resources();
  return { stacks: [{ format: "plan", path, resources }], comments: [], diagnostics: [], skipped: [] };
}

/** Whether a JSON file looks like a plan, judged by its first bytes and members. */
export function isPlanJson(bytes: Uint8Array): boolean {
  const head = new TextDecoder().decode(bytes.subarray(0, 512));
  return /^\s*\{\s*"format_version"\s*:/.test(head) && head.includes('"terraform_version"');
}

function parsePlan(text: string, path: string): { readonly json: JsonObject } | Diagnostic {
  const wrong = (summary: string, detail: string): Diagnostic => ({
    severity: "error",
    summary,
    detail,
    file: path,
    line: 1,
    column: 1,
  });
  let parsed: Json;
  try {
    parsed = JSON.parse(text) as Json;
  } catch (error) {
    return wrong("Plan is not valid JSON", error instanceof Error ? error.message : String(error));
  }
  const json = asObject(parsed);
  if (json === undefined || (json.resource_changes === undefined && json.planned_values === undefined)) {
    return wrong("Not a Terraform plan", "Expected the output of `terraform show -json PLAN`, with resource_changes.");
  }
  return { json };
}

class PlanReader {
  readonly #plan: JsonObject;
  readonly #instances: readonly PlannedInstance[];
  readonly #references: PlanReferences;
  readonly #sources: ReadonlyMap<string, Resource>;
  readonly #places: Places;

  constructor(plan: JsonObject, text: string, path: string, sources: readonly Resource[]) {
    this.#plan = plan;
    this.#instances = plannedInstances(plan);
    this.#references = new PlanReferences(
      asObject(plan.configuration),
      new Set(this.#instances.map((it) => it.address)),
    );
    this.#sources = bySource(sources);
    this.#places = new Places(text, path);
  }

  resources(): Resource[] {
    return [
      ...this.#providers(),
      ...this.#instances.map((instance) => this.#resource(instance)),
      ...this.#moduleCalls(),
    ];
  }

  #resource(instance: PlannedInstance): Resource {
    const code = this.#sources.get(instance.address) ?? this.#sources.get(bare(instance.address));
    const references = merged(this.#references.of(instance), code?.references ?? []);
    const sensitive: string[] = [];
    const attributes = merge(instance.after, instance.afterUnknown, instance.afterSensitive, "", references, sensitive);
    return {
      address: instance.address,
      type: instance.mode === "data" ? `data.${instance.type}` : instance.type,
      name: instance.name,
      module: instance.module,
      attributes: isPlain(attributes) ? this.#asSet(instance, attributes, code) : {},
      sensitive,
      references,
      origin: this.#origin(instance.address, code),
      provider: this.#provider(instance),
      ...(code?.lifecycle && { lifecycle: code.lifecycle }),
    };
  }

  /** Without what the provider will fill in by itself: unknown now, and set by nobody. It is absent, as in the code. */
  #asSet(instance: PlannedInstance, attributes: ObjectValue, code: Resource | undefined): ObjectValue {
    const expressions = asObject(this.#references.configurationOf(instance)?.expressions);
    if (expressions === undefined || instance.mode === "data") return attributes;
    const isSet = (name: string): boolean =>
      Object.hasOwn(expressions, name) || (code !== undefined && Object.hasOwn(code.attributes, name));
    return Object.fromEntries(
      Object.entries(attributes).filter(([name, value]) => !(value instanceof Unknown) || isSet(name)),
    );
  }

  #origin(address: string, code: Resource | undefined): CodeOrigin {
    if (code?.origin.kind === "code") return { ...code.origin, format: "plan" };
    const range = this.#places.of(address);
    return { kind: "code", format: "plan", range, header: range, locate: () => undefined };
  }

  #provider(instance: PlannedInstance): ProviderRef {
    const key = asText(this.#references.configurationOf(instance)?.provider_config_key) ?? "";
    const config = asObject(at(this.#plan.configuration, "provider_config", key));
    const alias = asText(config?.alias);
    const region = asText(at(config, "expressions", "region", "constant_value"));
    const version = asText(config?.version_constraint);
    return {
      name: instance.provider.split("/").at(-1) ?? "",
      ...(alias !== undefined && { alias }),
      ...(region !== undefined && { region }),
      ...(version !== undefined && { version }),
    };
  }

  #providers(): Resource[] {
    const configs = asObject(at(this.#plan.configuration, "provider_config")) ?? {};
    return Object.values(configs).flatMap((value) => {
      const config = asObject(value);
      const name = asText(config?.name);
      if (config === undefined || name === undefined || config.expressions === undefined) return [];
      const alias = asText(config.alias);
      const module = asText(config.module_address) ?? "";
      const address = `${module === "" ? "" : `${module}.`}provider.${name}${alias === undefined ? "" : `.${alias}`}`;
      const attributes: { [name: string]: Value } = { ...constants(asObject(config.expressions) ?? {}) };
      if (alias !== undefined) attributes.alias = alias;
      return [this.#described(address, `provider.${name}`, alias ?? name, module, attributes)];
    });
  }

  #moduleCalls(): Resource[] {
    const found: Resource[] = [];
    const walk = (module: JsonObject | undefined, prefix: string): void => {
      for (const [name, value] of Object.entries(asObject(module?.module_calls) ?? {})) {
        const call = asObject(value);
        const address = `${prefix}module.${name}`;
        const attributes: { [name: string]: Value } = {};
        const source = asText(call?.source);
        const version = asText(call?.version_constraint);
        if (source !== undefined) attributes.source = source;
        if (version !== undefined) attributes.version = version;
        found.push(this.#described(address, "module", name, prefix.replace(/\.$/, ""), attributes));
        walk(asObject(call?.module), `${address}.`);
      }
    };
    walk(asObject(at(this.#plan.configuration, "root_module")), "");
    return found;
  }

  #described(address: string, type: string, name: string, module: string, attributes: ObjectValue): Resource {
    const code = this.#sources.get(address);
    return {
      address,
      type,
      name,
      module,
      attributes,
      sensitive: [],
      references: [],
      origin: this.#origin(address, code),
    };
  }
}

/** `after` with Unknown wherever after_unknown is true, at any depth; paths of after_sensitive are collected. */
function merge(
  after: Json | undefined,
  unknown: Json | undefined,
  sensitive: Json | undefined,
  path: string,
  references: readonly Reference[],
  secrets: string[],
): Value {
  if (sensitive === true) secrets.push(path);
  if (unknown === true) {
    const from = references
      .filter((reference) => reference.path === path)
      .map((it) => (it.attribute === "" ? it.to : `${it.to}.${it.attribute}`));
    return new Unknown("", from);
  }
  const inside = (name: string): string => (path === "" ? name : `${path}.${name}`);
  if (Array.isArray(after) || (after === undefined && Array.isArray(unknown))) {
    const items = asList(after);
    const open = asList(unknown);
    return Array.from({ length: Math.max(items.length, open.length) }, (_, i) =>
      merge(items[i], open[i], asList(sensitive)[i], inside(String(i)), references, secrets),
    );
  }
  const object = asObject(after);
  const open = asObject(unknown) ?? {};
  if (object === undefined && Object.keys(open).length === 0)
    return (after as null | boolean | number | string | undefined) ?? null;
  const result: { [name: string]: Value } = {};
  for (const name of new Set([...Object.keys(object ?? {}), ...Object.keys(open)])) {
    const value = merge(at(object, name), at(open, name), at(sensitive, name), inside(name), references, secrets);
    if (name === "__proto__") Object.defineProperty(result, name, { value, enumerable: true });
    else result[name] = value;
  }
  return result;
}

const isPlain = (value: Value): value is ObjectValue =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Unknown);

/** Attributes of a provider block that are written as constants; the others are unknown. */
function constants(expressions: JsonObject): ObjectValue {
  const result: { [name: string]: Value } = {};
  for (const [name, value] of Object.entries(expressions)) {
    if (Array.isArray(value)) result[name] = objectsIn(value).map(constants);
    else if (asObject(value)?.constant_value !== undefined) result[name] = at(value, "constant_value") as Value;
    else result[name] = new Unknown();
  }
  return result;
}

const bare = (address: string): string => address.replace(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, "");

/** By address; where the code does not know the instances, by address without keys. */
function bySource(sources: readonly Resource[]): ReadonlyMap<string, Resource> {
  const map = new Map<string, Resource>();
  for (const resource of sources) {
    if (!map.has(resource.address)) map.set(resource.address, resource);
    const plain = bare(resource.address);
    if (!map.has(plain)) map.set(plain, resource);
  }
  return map;
}

/** References of the plan, and those of the code for paths of which the plan's configuration says nothing. */
function merged(plan: readonly Reference[], code: readonly Reference[]): Reference[] {
  const known = new Set(plan.map((reference) => reference.path));
  return [...plan, ...code.filter((reference) => !known.has(reference.path))];
}

/** Where addresses stand in the plan file, found in one pass; plans are often one long line, so the offset is what counts. */
class Places {
  readonly #byAddress = new Map<string, SourceRange>();
  readonly #file: string;
  constructor(text: string, file: string) {
    this.#file = file;
    const changes = Math.max(0, text.indexOf('"resource_changes"'));
    let at = 0;
    let start = 0;
    let line = 1;
    for (const match of text.matchAll(/"address":\s*("(?:[^"\\]|\\.)*")/g)) {
      const between = text.slice(at, match.index);
      at = match.index;
      start += Buffer.byteLength(between);
      for (let i = between.indexOf("\n"); i >= 0; i = between.indexOf("\n", i + 1)) line++;
      const address = JSON.parse(match[1] ?? '""') as string;
      if (at < changes || this.#byAddress.has(address)) continue;
      this.#byAddress.set(address, { file, start, end: start + Buffer.byteLength(match[0]), line, endLine: line });
    }
  }
  of(address: string): SourceRange {
    return this.#byAddress.get(address) ?? { file: this.#file, start: 0, end: 0, line: 1, endLine: 1 };
  }
}
