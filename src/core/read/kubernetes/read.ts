/** Kubernetes manifests as resources, one per object. Lists are expanded; Helm templates are left out and said. */
import { isMap, type Node } from "yaml";
import type { Diagnostic, Skipped } from "../../model/finding.ts";
import type { CodeOrigin, Reference, Resource } from "../../model/resource.ts";
import type { SourceFile } from "../../model/source-range.ts";
import { isObject, type ObjectValue } from "../../model/value.ts";
import type { Comment, Reading, Stack } from "../reading.ts";
import type { YamlDocument } from "../yaml/document.ts";
import { parseYaml } from "../yaml/parse.ts";

/**
 * Reads manifests. The objects of one directory make one stack: that is where a binding and its role meet, and it
 * keeps the overlays of two environments apart.
 */
export function readKubernetes(files: readonly SourceFile[]): Reading {
  const byDirectory = new Map<string, Resource[]>();
  const comments: Comment[] = [];
  const diagnostics: Diagnostic[] = [];
  const skipped: Skipped[] = [];
  for (const file of files) {
    if (isHelmTemplate(file)) {
      skipped.push({ path: file.path, reason: "a Helm template: scan the output of `helm template` instead" });
      continue;
    }
    const parsed = parseYaml(file, "1.1");
    comments.push(...parsed.comments);
    diagnostics.push(...parsed.diagnostics);
    const directory = file.path.includes("/") ? file.path.slice(0, file.path.lastIndexOf("/")) : "";
    const resources = byDirectory.get(directory) ?? [];
    byDirectory.set(directory, resources);
    for (const document of parsed.documents) {
      for (const node of objectsIn(document, document.root)) {
        const resource = toResource(document, node);
        if (!resource) continue;
        resources.push(resource);
        comments.push(...skipAnnotations(document, node));
      }
    }
  }
  const stacks: Stack[] = [];
  for (const [path, resources] of byDirectory) {
    if (resources.length > 0) stacks.push({ format: "kubernetes", path, resources: linkRoles(resources) });
  }
  return { stacks, comments, diagnostics, skipped };
}

const HELM =
  /\{\{-?\s*(?:[^}\n]{0,200}(?:\.Values\b|\.Release\.|\.Chart\.|\.Capabilities\.|\binclude\s+"|\btoYaml\b|\btpl\s))|^[ \t]*\{\{-?[ \t]*(?:if|range|with|end|else|define|template|\/\*)\b/m;

function isHelmTemplate(file: SourceFile): boolean {
  if (!file.bytes.includes(0x7b)) return false;
  const text = new TextDecoder().decode(file.bytes);
  return text.includes("{{") && HELM.test(text);
}

/** The objects of a document: itself, or the items of a List, however deep. */
function* objectsIn(document: YamlDocument, node: Node | null | undefined, depth = 0): Generator<Node> {
  const object = document.deref(node);
  if (!object || !isMap(object) || depth > 8) return;
  const kind = textAt(document, object, "kind");
  const items = document.get(object, "items");
  if (items && kind?.endsWith("List")) {
    for (const item of document.items(items.value)) yield* objectsIn(document, item, depth + 1);
    return;
  }
  if (kind && textAt(document, object, "apiVersion")) yield object;
}

function toResource(document: YamlDocument, node: Node): Resource | undefined {
  const attributes = document.objectOf(node);
  const kind = attributes.kind;
  if (typeof kind !== "string") return undefined;
  return {
    ...identityOf(kind, attributes),
    module: "",
    attributes,
    sensitive: kind === "Secret" ? ["data", "stringData"] : [],
    references: [],
    origin: originOf(document, node),
  };
}

function originOf(document: YamlDocument, node: Node): CodeOrigin {
  const kind = document.get(node, "kind");
  return {
    kind: "code",
    format: "kubernetes",
    range: document.rangeOf(node),
    header: kind ? document.spanOf(kind.keyNode, kind.value) : document.rangeOf(node),
    locate: (path) => document.locate(path, node),
  };
}

/** Links each binding to the role that it grants, within the stack. */
export function linkRoles(resources: readonly Resource[]): readonly Resource[] {
  const roles = resources.filter((r) => r.type === "kubernetes.Role" || r.type === "kubernetes.ClusterRole");
  if (roles.length === 0) return resources;
  return resources.map((resource) => {
    const roleRef = resource.attributes.roleRef;
    if (!/^kubernetes\.(?:Cluster)?RoleBinding$/.test(resource.type) || !isObject(roleRef)) return resource;
    const namespace = resource.address.split(".")[1];
    const role = roles.find(
      (r) =>
        r.type === `kubernetes.${String(roleRef.kind)}` &&
        r.name === roleRef.name &&
        (r.type === "kubernetes.ClusterRole" || r.address.split(".")[1] === namespace),
    );
    if (!role) return resource;
    const references: readonly Reference[] = [{ path: "roleRef", to: role.address, attribute: "" }];
    return { ...resource, references };
  });
}

/** `checkov.io/skip1: CKV_K8S_20=reason` on an object says what a comment would. */
function* skipAnnotations(document: YamlDocument, node: Node): Generator<Comment> {
  const metadata = document.get(node, "metadata")?.value;
  const annotations = document.get(metadata, "annotations")?.value;
  for (const entry of document.entries(annotations)) {
    if (!/^(?:checkov|bridgecrew|cortex)\.io\/skip/.test(entry.key)) continue;
    const [ids = "", ...reason] = String(document.valueOf(entry.value)).split("=");
    const text = `checkov:skip=${ids.trim()}:${reason.join("=").trim()}`;
    yield { text, range: document.spanOf(entry.keyNode, entry.value) };
  }
}

function textAt(document: YamlDocument, node: Node, key: string): string | undefined {
  const value = document.valueOf(document.get(node, key)?.value);
  return typeof value === "string" ? value : undefined;
}

/** What a manifest is called: Kind.namespace.name. `otherwise` names it where its own name is not known. */
export function identityOf(
  kind: string,
  attributes: ObjectValue,
  otherwise = "unnamed",
): Pick<Resource, "address" | "type" | "name"> {
  const metadata = isObject(attributes.metadata) ? attributes.metadata : {};
  const given = metadata.name ?? metadata.generateName;
  const name = typeof given === "string" || typeof given === "number" ? String(given) : otherwise;
  const { namespace } = metadata;
  const home = typeof namespace === "string" && namespace !== "" ? namespace : "default";
  return { address: `${kind}.${home}.${name}`, type: `kubernetes.${kind}`, name };
}
