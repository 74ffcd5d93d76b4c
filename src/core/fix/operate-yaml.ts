/** One operation of a fixer on a manifest or a workflow. */
import { isMap, isSeq, type Node } from "yaml";
import type { BlockBody, FixOperation, FixValue } from "../model/patch.ts";
import type { CodeOrigin, Resource } from "../model/resource.ts";
import { isList, isObject, isUnknown, type Value } from "../model/value.ts";
import type { YamlDocument } from "../read/yaml/document.ts";
import { parseYaml } from "../read/yaml/parse.ts";
import type { Step } from "./operate.ts";
import type { WorkingFiles } from "./working-files.ts";
import { removeYaml, setYaml, type YamlEdit } from "./yaml/edit.ts";

export function operateYaml(operation: FixOperation, target: Resource, origin: CodeOrigin, files: WorkingFiles): Step {
  const refuse = (why: string): Step => ({ ok: false, why, at: origin.header });
  if (operation.op === "add-resource") return refuse("Draco adds no new resources to YAML.");
  const place = objectAt(origin, files);
  if (!place) return refuse(`${target.address} cannot be found any more.`);
  const made = (attempt: YamlEdit): Step =>
    attempt.ok ? { ok: true, files: files.with(attempt.edits) } : { ok: false, why: attempt.why, at: attempt.at };
  if (operation.op === "remove") return made(removeYaml(place.document, place.object, operation.path));
  const value = operation.op === "set" ? literal(operation.value) : bodyOf(operation.body);
  if (value === undefined) return refuse("A reference to Terraform cannot be written into YAML.");
  const options = origin.format === "workflow" ? { before: "jobs" } : {};
  return made(setYaml(place.document, place.object, operation.path, value, options));
}

/** The resource's mapping in the file as it is now. */
function objectAt(
  origin: CodeOrigin,
  files: WorkingFiles,
): { readonly document: YamlDocument; readonly object: Node } | undefined {
  const file = files.get(origin.range.file);
  const now = files.now({ ...origin.range, end: origin.range.start });
  if (!file || !now) return undefined;
  for (const document of parseYaml(file).documents) {
    const object = mappingAt(document, document.root, now.start, 0);
    if (object) return { document, object };
  }
  return undefined;
}

function mappingAt(document: YamlDocument, node: Node | undefined, start: number, depth: number): Node | undefined {
  if (!node || depth > 16) return undefined;
  if (isMap(node) && document.rangeOf(node).start === start) return node;
  const children: readonly (Node | null)[] = isMap(node)
    ? node.items.map((pair) => pair.value as Node | null)
    : isSeq(node)
      ? (node.items as (Node | null)[])
      : [];
  for (const child of children) {
    const found = mappingAt(document, child ?? undefined, start, depth + 1);
    if (found) return found;
  }
  return undefined;
}

/** Undefined where a value (or a part of it) is a reference or not known. */
function literal(value: FixValue): Value | undefined {
  if (isUnknown(value)) return undefined;
  const given = value as Value;
  if (isObject(given) && Object.keys(given).length === 1 && typeof given.ref === "string") return undefined;
  return isList(given) && given.some(isUnknown) ? undefined : given;
}

function bodyOf(body: BlockBody): Value | undefined {
  const out: { [name: string]: Value } = {};
  for (const [name, given] of Object.entries(body.attributes)) {
    const value = literal(given);
    if (value === undefined) return undefined;
    out[name] = value;
  }
  for (const { type, body: inner } of body.blocks ?? []) {
    const value = bodyOf(inner);
    if (value === undefined) return undefined;
    out[type] = value;
  }
  return out;
}
