/** Follows an expression back through locals, variables, module arguments and conditionals to the one literal that decides. */
import type { TraceStep } from "../../model/resource.ts";
import type { SourceRange } from "../../model/source-range.ts";
import {
  type Call,
  type Expression,
  type HclFile,
  literalKey,
  literalString,
  soleInterpolation,
  type Traversal,
  traversalOf,
} from "../hcl/ast.ts";
import type { Module } from "./module.ts";
import { inFile, type Scope } from "./scope.ts";
import { isNullValue, Mapping, type TypedValue, UnknownValue, unmark } from "./typed-value.ts";

export interface Traced {
  readonly steps: readonly TraceStep[];
  readonly literal?: SourceRange;
  readonly blocked?: string;
  /** The list or object that would hold it is written out, and does not. */
  readonly isMissing?: true;
}

/** The collection an iterator goes over, and which of its elements it is at. */
export interface FrameSource {
  readonly name: string;
  readonly expression: Expression;
  readonly place: Place;
  readonly key: string;
  readonly outer: FrameSource | undefined;
}

export interface Place {
  readonly scope: Scope;
  readonly module: Module;
  readonly each:
    | { readonly expression: Expression; readonly file: HclFile; readonly key: string; readonly outer: Place }
    | undefined;
  readonly frames: FrameSource | undefined;
}

/** Longer chains are no help to anyone, and a cycle must end. */
const MAX_STEPS = 40;

/** Functions that only change the type of their argument. */
const TRANSPARENT = new Set([
  "tostring",
  "tonumber",
  "tobool",
  "tolist",
  "toset",
  "tomap",
  "sensitive",
  "nonsensitive",
]);

type Path = readonly string[];
type Steps = readonly TraceStep[];

export function trace(node: Expression, path: Path, place: Place, steps: Steps): Traced {
  const here = (): SourceRange => place.scope.file.rangeOf(node);
  const blocked = (why: string): Traced => ({ steps, blocked: why });
  const missing = (why: string): Traced => ({ steps, blocked: why, isMissing: true });
  if (steps.length > MAX_STEPS) return blocked("The chain of references is too long.");
  switch (node.kind) {
    case "parentheses":
      return trace(node.inner, path, place, steps);
    case "number":
    case "bool":
    case "null":
      return { steps, literal: here() };
    case "unary":
      return node.operand.kind === "number" ? { steps, literal: here() } : blocked("The value is computed.");
    case "template":
    case "heredoc": {
      const sole = soleInterpolation(node);
      if (sole !== undefined) return trace(sole, path, place, steps);
      return node.parts.every((part) => part.kind === "literal")
        ? { steps, literal: here() }
        : blocked("The text is put together from several sources.");
    }
    case "tuple": {
      const [index, ...rest] = path;
      if (index === undefined) return { steps, literal: here() };
      // An element of a set is known by its value.
      const item = /^\d+$/.test(index)
        ? node.items[Number(index)]
        : node.items.find((entry) => literalString(entry) === index);
      return item === undefined ? missing("The element is not written here.") : trace(item, rest, place, steps);
    }
    case "object": {
      const [name, ...rest] = path;
      if (name === undefined) return { steps, literal: here() };
      const item = node.items.findLast((entry) => keyOf(entry.key, place) === name);
      return item === undefined ? missing("The attribute is not written here.") : trace(item.value, rest, place, steps);
    }
    case "conditional": {
      const condition = unmark(quietly(node.condition, place));
      if (condition === true || condition === "true") return trace(node.consequent, path, place, steps);
      if (condition === false || condition === "false") return trace(node.alternative, path, place, steps);
      return blocked("Which arm of the conditional is taken is not known before apply.");
    }
    case "call":
      return traceCall(node, path, place, steps);
    case "variable":
    case "get":
    case "index": {
      const traversal = traversalOf(node);
      return traversal === undefined
        ? blocked("The value is computed.")
        : traceReference(traversal, path, place, steps);
    }
    default:
      return blocked("The value is computed.");
  }
}

const quietly = (node: Expression, { scope }: Place): TypedValue =>
  scope.session.capture(() => scope.evaluate(node, scope)).value;

function keyOf(key: Expression, place: Place): string | undefined {
  const literal = literalKey(key);
  if (literal !== undefined) return literal;
  const value = unmark(quietly(key, place));
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function traceCall(node: Call, path: Path, place: Place, steps: Steps): Traced {
  const [first, second, third] = node.args;
  if (first !== undefined && TRANSPARENT.has(node.name)) return trace(first, path, place, steps);
  switch (node.name) {
    case "try":
      for (const arg of node.args) {
        if (place.scope.session.capture(() => place.scope.evaluate(arg, place.scope)).errors.length === 0)
          return trace(arg, path, place, steps);
      }
      break;
    case "coalesce":
      for (const arg of node.args) {
        const value = unmark(quietly(arg, place));
        if (value instanceof UnknownValue) break;
        if (!isNullValue(value) && value !== "") return trace(arg, path, place, steps);
      }
      break;
    // A part of the document is written in the argument; the text as a whole is not written anywhere.
    case "jsonencode":
      if (first !== undefined && path.length > 0) return trace(first, path, place, steps);
      break;
    case "lookup": {
      if (first === undefined || second === undefined) break;
      const map = unmark(quietly(first, place));
      const key = unmark(quietly(second, place));
      if (!(map instanceof Mapping) || typeof key !== "string") break;
      if (map.get(key) !== undefined) return trace(first, [key, ...path], place, steps);
      if (third !== undefined) return trace(third, path, place, steps);
      break;
    }
    case "merge": {
      const [name] = path;
      if (name === undefined || node.expand) break;
      for (const arg of [...node.args].reverse()) {
        const value = unmark(quietly(arg, place));
        if (!(value instanceof Mapping) && !isNullValue(value)) break;
        if (value instanceof Mapping && value.get(name) !== undefined) return trace(arg, path, place, steps);
      }
    }
  }
  return { steps, blocked: `The value is computed by ${node.name}().` };
}

/** Known steps of a traversal as a path; undefined where an index is not known. */
function pathOf(traversal: Traversal, from: number, place: Place): string[] | undefined {
  const path: string[] = [];
  for (const step of traversal.steps.slice(from)) {
    const name = step.kind === "attribute" ? step.name : keyOf(step.key, place);
    if (name === undefined) return undefined;
    path.push(name);
  }
  return path;
}

function traceReference(traversal: Traversal, rest: Path, place: Place, steps: Steps): Traced {
  const root = traversal.root.name;
  const all = pathOf(traversal, 0, place);
  if (all === undefined) return { steps, blocked: "An index is not known before apply." };
  const path = [...all, ...rest];
  const [name = "", ...inside] = path;
  for (let frame = place.frames; frame !== undefined; frame = frame.outer) {
    if (frame.name !== root) continue;
    if (name !== "value") return { steps, blocked: "The value is the key of a loop." };
    return trace(frame.expression, [frame.key, ...inside], frame.place, steps);
  }
  switch (root) {
    case "var":
      return traceVariable(name, inside, place, steps);
    case "local": {
      const local = place.module.source.locals.get(name);
      if (local === undefined) return { steps, blocked: `local.${name} is not declared.` };
      const step: TraceStep = { kind: "local", name: `local.${name}`, range: local.file.rangeOf(local.node.value) };
      return trace(local.node.value, inside, inModule(place.module, local.file), [...steps, step]);
    }
    case "each":
      if (place.each === undefined || name !== "value") return { steps, blocked: "The value is the key of for_each." };
      return trace(
        place.each.expression,
        [place.each.key, ...inside],
        { ...place.each.outer, scope: inFile(place.each.outer.scope, place.each.file) },
        steps,
      );
    case "module":
      return traceOutput(path, place, steps);
    case "data":
    case "count":
    case "self":
    case "path":
    case "terraform":
      return { steps, blocked: "The value is not set in the code." };
    default:
      return traceResource(root, path, place, steps);
  }
}

const inModule = (module: Module, file: HclFile): Place => ({
  scope: inFile(module.scope, file),
  module,
  each: undefined,
  frames: undefined,
});

function traceVariable(name: string, path: Path, { module }: Place, steps: Steps): Traced {
  const declaration = module.source.variables.get(name);
  if (declaration === undefined) return { steps, blocked: `var.${name} is not declared.` };
  const given = module.given(name);
  if (given === undefined) {
    const fallback = declaration.body.attributes.get("default");
    if (fallback === undefined) return { steps, blocked: `var.${name} has no value here.` };
    const step: TraceStep = {
      kind: "variable-default",
      name: `var.${name}`,
      range: fallback.file.rangeOf(fallback.node.value),
    };
    return trace(fallback.node.value, path, inModule(module, fallback.file), [...steps, step]);
  }
  if (given.attribute === undefined)
    return { steps, blocked: `var.${name} is set by the environment variable TF_VAR_${name}.` };
  const { node, file } = given.attribute;
  const range = file.rangeOf(node.value);
  if (given.kind === "tfvars" || module.parent === undefined || module.call === undefined) {
    return trace(node.value, path, inModule(module, file), [...steps, { kind: "tfvars", name: `var.${name}`, range }]);
  }
  const { call, parent } = module;
  const forEach = call.declaration.body.attributes.get("for_each");
  const place: Place = {
    scope: inFile(call.scope, file),
    module: parent,
    each:
      forEach === undefined || call.key === undefined
        ? undefined
        : {
            expression: forEach.node.value,
            file: forEach.file,
            key: String(call.key),
            outer: inModule(parent, forEach.file),
          },
    frames: undefined,
  };
  return trace(node.value, path, place, [...steps, { kind: "module-argument", name: `module.${call.name}`, range }]);
}

/** module.name.output, module.name[key].output */
function traceOutput(path: Path, place: Place, steps: Steps): Traced {
  const [name = "", ...rest] = path;
  const calls = place.module.moduleCall(name);
  const single = calls?.expansion.kind === "single";
  const call = single ? calls?.items[0] : calls?.items.find((item) => String(item.key) === rest[0]);
  const [output = "", ...inside] = single ? rest : rest.slice(1);
  const value = call?.module?.source.outputs.get(output)?.body.attributes.get("value");
  if (call?.module === undefined || value === undefined)
    return { steps, blocked: `module.${name} is not in this repository.` };
  const step: TraceStep = {
    kind: "attribute",
    name: `module.${name}.${output}`,
    range: value.file.rangeOf(value.node.value),
  };
  return trace(value.node.value, inside, inModule(call.module, value.file), [...steps, step]);
}

/** Type.name.attribute, Type.name[key].attribute: the other resource's own attribute, where it is written. */
function traceResource(type: string, path: Path, place: Place, steps: Steps): Traced {
  const [name = "", ...rest] = path;
  const instances = place.module.resource(type, name);
  const single = instances?.expansion.kind === "single";
  const instance = single
    ? instances?.items[0]
    : instances?.items.find((item) => String(item.instance.key) === rest[0]);
  const [attribute = "", ...inside] = single ? rest : rest.slice(1);
  const written = instance?.declaration.body.attributes.get(attribute);
  if (instance === undefined || written === undefined)
    return { steps, blocked: "The value is not known before apply." };
  const step: TraceStep = {
    kind: "attribute",
    name: `${type}.${name}.${attribute}`,
    range: written.file.rangeOf(written.node.value),
  };
  const forEach = instance.declaration.body.attributes.get("for_each");
  const target: Place = {
    scope: inFile(instance.scope, written.file),
    module: place.module,
    each:
      forEach === undefined || instance.instance.key === undefined
        ? undefined
        : {
            expression: forEach.node.value,
            file: forEach.file,
            key: String(instance.instance.key),
            outer: inModule(place.module, forEach.file),
          },
    frames: undefined,
  };
  return trace(written.node.value, inside, target, [...steps, step]);
}
