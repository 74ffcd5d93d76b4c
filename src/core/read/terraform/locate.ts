/** Where the value at a path of a resource is written, and the way from there back to the literal that decides it. */
import type { AttributeSource } from "../../model/resource.ts";
import type { MergedBody } from "./merged-body.ts";
import type { Module } from "./module.ts";
import type { Scope } from "./scope.ts";

export function locator(
  body: MergedBody,
  _scope: Scope,
  _module: Module,
): (path: string) => AttributeSource | undefined {
  return (path) => {
    const attribute = body.attributes.get(path.split(".")[0] ?? "");
    return attribute && { range: attribute.file.rangeOf(attribute.node.value), steps: [] };
  };
}
