/** GitHub Actions workflows and composite actions, one resource each. */
import { isMap } from "yaml";
import type { Diagnostic } from "../../model/finding.ts";
import type { Resource } from "../../model/resource.ts";
import type { SourceFile } from "../../model/source-range.ts";
import { isList, isObject, type ObjectValue, type Value } from "../../model/value.ts";
import type { Comment, Reading, Stack } from "../reading.ts";
import type { YamlDocument } from "../yaml/document.ts";
import { parseYaml } from "../yaml/parse.ts";

/**
 * Reads workflows ("github_workflow") and composite actions ("github_action"). Attributes are the file's own, but for
 * `on`, which is always an object from event to its settings; the address is the file's path.
 */
export function readWorkflows(files: readonly SourceFile[]): Reading {
  const stacks: Stack[] = [];
  const comments: Comment[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const file of files) {
    const parsed = parseYaml(file);
    comments.push(...parsed.comments);
    diagnostics.push(...parsed.diagnostics);
    const document = parsed.documents[0];
    const resource = document && toResource(document, file.path);
    if (resource) stacks.push({ format: "workflow", path: file.path, resources: [resource] });
  }
  return { stacks, comments, diagnostics, skipped: [] };
}

function toResource(document: YamlDocument, path: string): Resource | undefined {
  const { root } = document;
  if (!root || !isMap(root)) return undefined;
  const written = document.objectOf(root);
  const header = document.get(root, "name") ?? document.get(root, "jobs") ?? document.entries(root)[0];
  const isAction = written.runs !== undefined && written.jobs === undefined;
  return {
    address: path,
    type: isAction ? "github_action" : "github_workflow",
    name: path.slice(path.lastIndexOf("/") + 1).replace(/\.ya?ml$/, ""),
    module: "",
    attributes: isAction ? written : { ...written, on: events(written.on ?? written.true) },
    sensitive: [],
    references: [],
    origin: {
      kind: "code",
      format: "workflow",
      range: document.rangeOf(root),
      header: header ? document.spanOf(header.keyNode, header.value) : document.rangeOf(root),
      locate: (attribute) => document.locate(attribute) ?? document.locate(eventList(attribute)),
    },
  };
}

/** `on: push`, `on: [push, pull_request]` and the long form, all as the long form. */
function events(value: Value | undefined): ObjectValue {
  if (typeof value === "string") return { [value]: {} };
  if (isList(value)) return Object.fromEntries(value.map((event) => [String(event), {}]));
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([event, settings]) => [event, settings ?? {}]));
}

/** "on.push" of a short form is written at "on". */
const eventList = (path: string): string => (path.startsWith("on.") ? "on" : path);
