/** One operation of a fixer on a CloudFormation template. Fixers speak of Terraform's attributes; what is written is a property. */
import { isMap, isScalar, type Node } from "yaml";
import type { BlockBody, FixOperation, FixValue } from "../model/patch.ts";
import type { CodeOrigin, Resource } from "../model/resource.ts";
import { isList, isObject, isUnknown, type Value } from "../model/value.ts";
import { type Property, propertyFor } from "../read/cloudformation/writable.ts";
import type { YamlDocument } from "../read/yaml/document.ts";
import { parseYaml } from "../read/yaml/parse.ts";
import { Block } from "../rules/view.ts";
import type { Step } from "./operate.ts";
import type { WorkingFiles } from "./working-files.ts";
import { removeYaml, setYaml, type YamlEdit } from "./yaml/edit.ts";
import { scalarText, styleOf } from "./yaml/render.ts";

interface Target {
  readonly operation: FixOperation;
  readonly resource: Resource;
  readonly origin: CodeOrigin;
}

export function operateTemplate(target: Target, files: WorkingFiles): Step {
  const { operation } = target;
  if (operation.op === "set") {
    const inPlace = replaceLiteral(target, operation.path, operation.value, files);
    if (inPlace) return inPlace;
  }
  const wanted = settingsOf(target);
  if (typeof wanted === "string") return { ok: false, why: wanted, at: target.origin.header };
  let after = files;
  for (const setting of wanted) {
    const step = writeProperty(target, setting, after);
    if (!step.ok) return step;
    after = step.files;
  }
  return { ok: true, files: after };
}

interface Setting {
  /** Terraform's type and attribute. */
  readonly of: string;
  readonly path: string;
  /** Undefined: to be removed. */
  readonly value: Value | undefined;
}

/** What the operation comes to, attribute by attribute; a sentence where a template cannot say it. */
function settingsOf({ operation, resource }: Target): readonly Setting[] | string {
  const of = resource.type;
  switch (operation.op) {
    case "remove":
      return [{ of, path: operation.path, value: undefined }];
    case "set": {
      const value = literal(operation.value);
      return value === undefined ? REFERENCE : [{ of, path: operation.path, value }];
    }
    case "add-block": {
      const path = /\.\d+$/.test(operation.path) ? operation.path : `${operation.path}.0`;
      return flat(of, `${path}.`, operation.body) ?? REFERENCE;
    }
    case "add-resource": {
      // What points back at the resource is the property's place in it.
      const { attributes, ...rest } = operation.body;
      const own = Object.entries(attributes).filter(([, value]) => !isReference(value));
      const body = { ...rest, attributes: Object.fromEntries(own) };
      return flat(operation.type, "", body) ?? REFERENCE;
    }
  }
}

const REFERENCE = "A reference to Terraform cannot be written into a template.";

function flat(of: string, prefix: string, { attributes, blocks = [] }: BlockBody): readonly Setting[] | undefined {
  const settings: Setting[] = [];
  for (const [name, given] of Object.entries(attributes)) {
    const value = literal(given);
    if (value === undefined) return undefined;
    settings.push({ of, path: `${prefix}${name}`, value });
  }
  for (const { type, body } of blocks) {
    const inner = flat(of, `${prefix}${type}.0.`, body);
    if (!inner) return undefined;
    settings.push(...inner);
  }
  return settings;
}

/** The literal that decides the value, wherever it is: a parameter's default too. */
function replaceLiteral({ resource, origin }: Target, path: string, given: FixValue, files: WorkingFiles) {
  const source = origin.locate(path);
  const value = literal(given);
  const current = new Block(resource.attributes, "").get(path);
  if (!source?.literal || current.kind !== "value" || typeof current.value === "object") return undefined;
  if (value === undefined || typeof value === "object") return undefined;
  const file = files.get(source.literal.file);
  const now = files.now(source.literal);
  if (!file || !now) return { ok: false, why: "Another fix edits the same place.", at: origin.header } as const;
  const written = new TextDecoder().decode(file.bytes.subarray(now.start, now.end));
  if (written.replace(/^(["'])(.*)\1$/s, "$2") !== String(current.value)) return undefined;
  const quote = /^["']/.exec(written)?.[0] ?? "";
  const style = styleOf(new TextDecoder().decode(file.bytes));
  const text = quote && !style.isJson ? `${quote}${String(value)}${quote}` : scalarText(value, style);
  return { ok: true, files: files.with([{ file: file.path, start: now.start, end: now.end, text }]) } as const;
}

function writeProperty({ resource, origin }: Target, setting: Setting, files: WorkingFiles): Step {
  const refuse = (why: string): Step => ({ ok: false, why, at: origin.header });
  const place = resourceAt(origin, files);
  if (!place) return refuse(`${resource.address} cannot be found any more.`);
  const { document, object } = place;
  const type = document.valueOf(document.get(object, "Type")?.value);
  const { of, path } = setting;
  const property = typeof type === "string" ? propertyFor(type, of, path, setting.value ?? null) : undefined;
  if (!property) return refuse(`Draco does not write ${path} of ${of} into templates.`);
  const obstacle = obstacleTo(document, object, property);
  if (obstacle) return refuse(obstacle);
  if (property.key !== undefined && setting.value === undefined)
    return refuse(`Draco does not remove ${path} from templates.`);
  const { path: below, value } = property.key === undefined ? property : elementOf(document, object, property);
  const at = `Properties.${below}`;
  const made: YamlEdit =
    setting.value === undefined ? removeYaml(document, object, at) : setYaml(document, object, at, value);
  return made.ok ? { ok: true, files: files.with(made.edits) } : { ok: false, why: made.why, at: made.at };
}

/** The element of a list of keys and values that says it: the one that is there, a new one, or the list with it. */
function elementOf(document: YamlDocument, object: Node, { path, key, value }: Property): Omit<Property, "key"> {
  const written = document.get(document.get(object, "Properties")?.value, path)?.value;
  const item = { Key: key ?? "", Value: value };
  if (!written) return { path, value: [item] };
  const items = document.items(written);
  const index = items.findIndex((element) => document.valueOf(document.get(element, "Key")?.value) === key);
  if (index !== -1) return { path: `${path}.${index}.Value`, value };
  return { path: `${path}.${items.length}`, value: item };
}

/** What is computed by a function stays so: nobody knows what else it is for. */
function obstacleTo(document: YamlDocument, object: Node, { path }: Property): string | undefined {
  let at: Node | null | undefined = document.get(object, "Properties")?.value;
  for (const part of ["", ...path.split(".")]) {
    if (part !== "") at = /^\d+$/.test(part) ? document.items(at)[Number(part)] : document.get(at, part)?.value;
    if (!at) return undefined;
    const keys = isMap(at) ? document.entries(at) : [];
    const isFunction = keys.length === 1 && /^(?:Ref$|Fn::)/.test(keys[0]?.key ?? "");
    if (isFunction || at.tag?.startsWith("!")) return `The template computes ${path}: change it there.`;
  }
  return at && !isScalar(at) && isMap(at) ? `${path} is not a plain value in the template.` : undefined;
}

/** The resource's mapping in the file as it is now. */
function resourceAt(origin: CodeOrigin, files: WorkingFiles) {
  const file = files.get(origin.range.file);
  const now = files.now({ ...origin.range, end: origin.range.start });
  if (!file || !now) return undefined;
  for (const document of parseYaml(file, "1.1").documents) {
    for (const entry of document.entries(document.get(document.root, "Resources")?.value)) {
      if (entry.value && document.rangeOf(entry.keyNode).start === now.start)
        return { document, object: entry.value } as const;
    }
  }
  return undefined;
}

const isReference = (value: FixValue): boolean =>
  isObject(value as Value) && typeof (value as { readonly ref?: unknown }).ref === "string";

/** Undefined where a value (or a part of it) is a reference or not known. */
function literal(value: FixValue): Value | undefined {
  if (isUnknown(value) || isReference(value)) return undefined;
  const given = value as Value;
  return isList(given) && given.some(isUnknown) ? undefined : given;
}
