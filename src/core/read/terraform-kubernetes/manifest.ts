/**
 * Objects of Kubernetes that are written in Terraform, as the manifests they become, and paths of a manifest as paths of
 * the Terraform resource. Values are only put in another shape: what is unknown stays unknown, what is absent stays absent.
 */
import type { Resource } from "../../model/resource.ts";
import { isList, isObject, isUnknown, type ObjectValue, unknown, type Value } from "../../model/value.ts";
import { ANY_OBJECT, FLAGS, fieldOf, isMap, kindOfType, listOf, NUMBERS, nameOfField, POD_SPECS } from "./names.ts";

export interface Manifest {
  readonly kind: string;
  readonly attributes: ObjectValue;
  /** False where the pod of a workload is not written at all: it is judged as one with a container that says nothing. */
  readonly isPodWritten: boolean;
}

/** Undefined for everything that is not an object of Kubernetes, or whose kind is not known. */
export function manifestOf(resource: Resource): Manifest | undefined {
  if (resource.type === ANY_OBJECT) {
    const { manifest } = resource.attributes;
    if (!isObject(manifest) || typeof manifest.kind !== "string") return undefined;
    return { kind: manifest.kind, attributes: manifest, isPodWritten: true };
  }
  const kind = kindOfType(resource.type);
  if (kind === undefined) return undefined;
  const written = objectOf(resource.attributes, "");
  const attributes = /^kubernetes_default_/.test(resource.type) ? nameDefault(written) : written;
  const podSpec = POD_SPECS[kind];
  return podSpec ? { kind, ...withPod(attributes, podSpec) } : { kind, attributes, isPodWritten: true };
}

/**
 * A path of the manifest in terms of the Terraform resource. What is not written yet is where Terraform would have it:
 * "spec.containers.0.securityContext.privileged" → "spec.0.container.0.security_context.0.privileged".
 */
export function terraformPath(resource: Resource, path: string): string {
  if (path === "") return "";
  if (resource.type === ANY_OBJECT) return `manifest.${path}`;
  return walk(resource.attributes, path.split("."), "").join(".");
}

function objectOf(block: ObjectValue, parent: string): ObjectValue {
  const fields: { [field: string]: Value } = {};
  for (const [name, value] of Object.entries(block)) {
    // Empty lists are how a plan says that no block is written.
    if (value === null || (isList(value) && value.length === 0)) continue;
    fields[fieldFor(name, value, parent)] = fieldValue(name, value, parent);
  }
  return fields;
}

function fieldValue(name: string, value: Value, parent: string): Value {
  if (isObject(value)) {
    if (isMap(name)) return value;
    const object = objectOf(value, name);
    return listOf(name, parent) === undefined ? object : [object];
  }
  if (isList(value)) {
    if (!areBlocks(value)) return value;
    if (listOf(name, parent) !== undefined)
      return value.map((item) => (isObject(item) ? objectOf(item, name) : (item ?? {})));
    const [first] = value;
    return isObject(first) ? objectOf(first, name) : unknown;
  }
  if (typeof value !== "string") return value;
  if (NUMBERS.has(name) && /^\d+$/.test(value)) return Number(value);
  return FLAGS.has(name) && /^(?:true|false)$/.test(value) ? value === "true" : value;
}

/** `port` is a list of blocks in a container, and a number in a probe. */
const fieldFor = (name: string, value: Value, parent: string): string =>
  ((isObject(value) || areBlocks(value)) && listOf(name, parent)) || fieldOf(name);

/** Blocks are lists of objects; where it is open whether they exist, of an unknown and an object. */
const areBlocks = (value: Value): value is readonly Value[] => isList(value) && value.some(isObject);

function nameDefault(attributes: ObjectValue): ObjectValue {
  const metadata = isObject(attributes.metadata) ? attributes.metadata : {};
  return { ...attributes, metadata: { ...metadata, name: "default" } };
}

/** The provider's default stands in the pod, so that the service account's setting never counts. */
const POD_DEFAULTS: ObjectValue = { automountServiceAccountToken: true };

const EMPTY_POD: Value = { ...POD_DEFAULTS, containers: [{}] };

/** The manifest with the provider's defaults in its pod; an empty container where no pod is written. */
function withPod(attributes: ObjectValue, path: readonly string[]): Pick<Manifest, "attributes" | "isPodWritten"> {
  const [field = "", ...rest] = path;
  const inner = attributes[field];
  if (isUnknown(inner)) return { attributes, isPodWritten: true };
  if (!isObject(inner)) {
    const made = rest.reduceRight<Value>((value, name) => ({ [name]: value }), EMPTY_POD);
    return { attributes: { ...attributes, [field]: made }, isPodWritten: false };
  }
  const completed =
    rest.length === 0 ? { attributes: { ...POD_DEFAULTS, ...inner }, isPodWritten: true } : withPod(inner, rest);
  return { ...completed, attributes: { ...attributes, [field]: completed.attributes } };
}

function walk(block: Value | undefined, path: readonly string[], parent: string): readonly string[] {
  const [field, ...rest] = path;
  if (field === undefined) return [];
  const fields = isObject(block) ? block : {};
  const name =
    Object.keys(fields).find((key) => fieldFor(key, fields[key] ?? null, parent) === field) ?? nameOfField(field);
  const value = fields[name];
  if (rest.length === 0) return [name];
  if (isMap(name) && !areBlocks(value ?? null)) return [name, ...rest];
  if (isObject(value)) {
    const inside = listOf(name, parent) === undefined ? rest : rest.slice(1);
    return [name, ...walk(value, inside, name)];
  }
  if (value !== undefined && value !== null && !areBlocks(value) && !(isList(value) && value.length === 0))
    return [name, ...rest];
  const isRepeated = listOf(name, parent) === field;
  const [index = "0", inside] = isRepeated ? [rest[0], rest.slice(1)] : ["0", rest];
  const item = isList(value) ? value[Number(index)] : undefined;
  return [name, index, ...walk(item, inside, name)];
}
