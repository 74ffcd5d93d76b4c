/** From an evaluated module to the model's resources: instances, module calls, provider configurations. */
import type { CodeOrigin, Lifecycle, Reference, Resource } from "../../model/resource.ts";
import type { ObjectValue, Value } from "../../model/value.ts";
import { type Expression, type HclFile, literalString } from "../hcl/ast.ts";
import { evaluateMember, memberNames, NOTHING_HIDDEN } from "./body-value.ts";
import { locate } from "./locate.ts";
import { type Declaration, nested } from "./merged-body.ts";
import type { CallInstance, Module } from "./module.ts";
import type { Providers } from "./providers.ts";
import type { ResourceInstance } from "./resource-instance.ts";
import type { Scope } from "./scope.ts";
import { toValue } from "./to-value.ts";
import type { Marks, TypedValue } from "./typed-value.ts";

/** All resources of a module and the modules it calls, in order of writing. */
export function resourcesOf(module: Module, providers: Providers): Resource[] {
  const resources: Resource[] = [];
  emit(module, providers, resources);
  return resources;
}

function emit(module: Module, providers: Providers, into: Resource[]): void {
  for (const declaration of module.source.providers) into.push(providerResource(module, declaration));
  for (const [key, byName] of module.source.resources) {
    for (const name of byName.keys()) {
      for (const instance of module.resource(key, name)?.items ?? [])
        into.push(resourceOf(module, instance, key, providers));
    }
  }
  for (const name of module.source.calls.keys()) {
    for (const call of module.moduleCall(name)?.items ?? []) {
      into.push(callResource(module, call));
      if (call.module !== undefined) emit(call.module, providers, into);
    }
  }
  // What no resource asks for is evaluated all the same, so that its errors are told.
  for (const name of module.source.variables.keys()) module.variable(name);
  for (const name of module.source.locals.keys()) module.local(name);
  for (const name of module.source.outputs.keys()) module.output(name);
}

function resourceOf(module: Module, instance: ResourceInstance, key: string, providers: Providers): Resource {
  const { declaration } = instance;
  const names = instance.names();
  if (declaration.mode === "data" && declaration.type === "aws_iam_policy_document") names.push("json");
  const collected = collect(names, (name) => instance.member(name));
  const lifecycle = lifecycleOf(declaration);
  return {
    address: instance.address,
    type: key,
    name: declaration.name,
    module: module.address,
    ...collected,
    origin: originOf(declaration, instance.scope, module, instance.instance.key),
    provider: providers.of(module, declaration.type, declaration.body.attributes.get("provider")?.node.value),
    ...(lifecycle && { lifecycle }),
    ...((instance.possible || isPossible(module)) && { possible: true }),
  };
}

/** A module whose own count is unknown makes everything inside only possible. */
const isPossible = (module: Module): boolean =>
  module.call !== undefined && (module.call.possible || (module.parent !== undefined && isPossible(module.parent)));

interface Collected {
  readonly attributes: ObjectValue;
  readonly sensitive: readonly string[];
  readonly references: readonly Reference[];
}

function collect(names: readonly string[], read: (name: string) => TypedValue | undefined): Collected {
  const attributes: { [name: string]: Value } = {};
  const sensitive: string[] = [];
  const references: Reference[] = [];
  const seen = new Set<string>();
  const sink = (path: string, marks: Marks): void => {
    if (marks.sensitive || marks.ephemeral) sensitive.push(path);
    for (const from of marks.from) {
      const id = `${path} ${from}`;
      if (seen.has(id)) continue;
      seen.add(id);
      const dot = from.lastIndexOf(".");
      references.push({ path, to: from.slice(0, dot), attribute: from.slice(dot + 1) });
    }
  };
  for (const name of names) {
    const value = read(name);
    if (value !== undefined) attributes[name] = toValue(value, sink, name);
  }
  return { attributes, sensitive, references };
}

function originOf(
  declaration: Declaration,
  scope: Scope,
  module: Module,
  key: string | number | undefined,
): CodeOrigin {
  const { block, file, body } = declaration;
  return {
    kind: "code",
    format: "terraform",
    range: file.rangeOf(block),
    header: file.rangeOf({ start: block.start, end: block.headerEnd }),
    locate: (path) => locate({ body, scope, module, key }, path),
  };
}

function providerResource(module: Module, declaration: Declaration): Resource {
  const name = declaration.block.labels[0]?.value ?? "";
  const alias = declaration.body.attributes.get("alias")?.node.value;
  const suffix = alias && literalString(alias);
  const prefix = module.address === "" ? "" : `${module.address}.`;
  return {
    address: `${prefix}provider.${name}${suffix === undefined ? "" : `.${suffix}`}`,
    type: `provider.${name}`,
    name: suffix ?? name,
    module: module.address,
    ...collect(memberNames(declaration.body, NOTHING_HIDDEN), (member) =>
      evaluateMember(declaration.body, member, module.scope),
    ),
    origin: originOf(declaration, module.scope, module, undefined),
  };
}

const CALL_ATTRIBUTES = ["source", "version"];

function callResource(module: Module, call: CallInstance): Resource {
  const { declaration } = call;
  return {
    address: call.address,
    type: "module",
    name: call.name,
    module: module.address,
    ...collect(CALL_ATTRIBUTES, (name) => evaluateMember(declaration.body, name, call.scope)),
    origin: originOf(declaration, call.scope, module, call.key),
    ...((call.possible || isPossible(module)) && { possible: true }),
  };
}

function lifecycleOf({ body }: Declaration): Lifecycle | undefined {
  const settings = nested(body, "lifecycle");
  if (settings.length === 0) return undefined;
  let ignoreChanges: string[] | "all" = [];
  let preventDestroy = false;
  let createBeforeDestroy = false;
  for (const { attributes } of settings) {
    const prevent = attributes.get("prevent_destroy")?.node.value;
    if (prevent !== undefined) preventDestroy = literalBool(prevent);
    const create = attributes.get("create_before_destroy")?.node.value;
    if (create !== undefined) createBeforeDestroy = literalBool(create);
    const ignore = attributes.get("ignore_changes");
    if (ignore !== undefined) ignoreChanges = ignoredPaths(ignore.node.value, ignore.file);
  }
  return ignoreChanges.length > 0 || preventDestroy || createBeforeDestroy
    ? { ignoreChanges, preventDestroy, ...(createBeforeDestroy && { createBeforeDestroy }) }
    : undefined;
}

const literalBool = (expression: Expression): boolean =>
  expression.kind === "bool" ? expression.value : literalString(expression) === "true";

function ignoredPaths(expression: Expression, file: HclFile): string[] | "all" {
  if (expression.kind === "variable" && expression.name === "all") return "all";
  if (expression.kind !== "tuple") return [];
  const paths = expression.items.map((item) => literalString(item) ?? dotted(file.textOf(item)));
  return paths.includes("*") ? "all" : paths;
}

/** tags["x"].y[0] as tags.x.y.0. */
const dotted = (text: string): string => text.replace(/\[\s*"?([^"\]]*)"?\s*\]/g, ".$1");
