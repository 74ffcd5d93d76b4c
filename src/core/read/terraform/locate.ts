/** Where the value at a path of a resource is written. The way from there to the deciding literal is trace.ts's. */
import type { AttributeSource } from "../../model/resource.ts";
import type { Block } from "../hcl/ast.ts";
import { literalString } from "../hcl/ast.ts";
import { nestedType } from "./body-value.ts";
import { eachOf } from "./iterate.ts";
import { type MergedBody, mergedBody, type Written } from "./merged-body.ts";
import type { Module } from "./module.ts";
import { inFile, type Scope, withFrame } from "./scope.ts";
import { type Place, type Traced, trace } from "./trace.ts";
import { objectOf, type TypedValue, unmark } from "./typed-value.ts";

/** A body, and everything needed to evaluate inside of it. */
export interface Located {
  readonly body: MergedBody;
  readonly scope: Scope;
  readonly module: Module;
  readonly key: string | number | undefined;
}

/** Undefined where the path is not written. */
export function locate(at: Located, path: string): AttributeSource | undefined {
  const forEach = at.body.attributes.get("for_each");
  const place: Place = {
    scope: at.scope,
    module: at.module,
    each:
      forEach === undefined || at.key === undefined
        ? undefined
        : { expression: forEach.node.value, file: forEach.file, key: String(at.key), outer: callPlace(at.module) },
    frames: undefined,
  };
  const answer = locateIn(at.body, path.split("."), place, []);
  if (answer === undefined) return undefined;
  const { range, traced } = answer;
  // Missing from an object in the resource's own body, it is simply not written.
  if (traced.isMissing && traced.steps.length === 0) return undefined;
  const vendored = (file: string): boolean => /(?:^|\/)\.terraform\//.test(file);
  if (vendored((traced.literal ?? range).file))
    return { range, steps: traced.steps, blocked: "The value is set inside a module of someone else." };
  return {
    range,
    steps: traced.steps,
    ...(traced.literal && { literal: traced.literal }),
    ...(traced.blocked !== undefined && { blocked: traced.blocked }),
  };
}

/** for_each of a resource is evaluated in its module, without an each of its own. */
const callPlace = (module: Module): Place => ({ scope: module.scope, module, each: undefined, frames: undefined });

interface Answer {
  readonly range: AttributeSource["range"];
  readonly traced: Traced;
}

function locateIn(body: MergedBody, path: readonly string[], place: Place, steps: Traced["steps"]): Answer | undefined {
  const [name = "", ...rest] = path;
  const attribute = body.attributes.get(name);
  if (attribute !== undefined) {
    const { node, file } = attribute;
    const inner = { ...place, scope: inFile(place.scope, file) };
    return { range: file.rangeOf(node.value), traced: trace(node.value, rest, inner, steps) };
  }
  const [index, ...inside] = /^\d+$/.test(rest[0] ?? "") ? rest : ["0", ...rest];
  let remaining = Number(index);
  for (const block of body.blocks) {
    if (nestedType(block.node) !== name) continue;
    if (block.node.type !== "dynamic") {
      if (remaining-- === 0) return locateBlock(block, inside, place, steps);
      continue;
    }
    const found = locateDynamic(block, remaining, inside, place, steps);
    if (typeof found !== "number") return found;
    remaining -= found;
  }
  return undefined;
}

function locateBlock(
  { node, file }: Written<Block>,
  inside: readonly string[],
  place: Place,
  steps: Traced["steps"],
): Answer | undefined {
  if (inside.length > 0) return locateIn(mergedBody(node.body, file), inside, place, steps);
  const range = file.rangeOf(node);
  return { range, traced: steps.length === 0 ? { steps, literal: range } : { steps } };
}

/** The number of blocks it makes, where the wanted one is not among them. */
function locateDynamic(
  block: Written<Block>,
  wanted: number,
  inside: readonly string[],
  place: Place,
  steps: Traced["steps"],
): Answer | number | undefined {
  const { node, file } = block;
  const body = mergedBody(node.body, file);
  const forEach = body.attributes.get("for_each");
  const content = body.blocks.find((inner) => inner.node.type === "content");
  if (forEach === undefined || content === undefined) return 0;
  const scope = inFile(place.scope, file);
  const collection = scope.session.capture(() => scope.evaluate(forEach.node.value, scope)).value;
  const pairs = eachOf(unmark(collection), forEach.node.value, scope);
  const step = { kind: "dynamic", name: nestedType(node), range: file.rangeOf(forEach.node.value) } as const;
  if (pairs === undefined) {
    const inner = inside.length > 0 ? locateBlock(content, inside, { ...place, scope }, [...steps, step]) : undefined;
    // A literal inside is the same for every block there may be.
    if (inner?.traced.literal !== undefined) return inner;
    const blocked = "Whether the block exists is not known before apply.";
    return { range: inner?.range ?? file.rangeOf(node), traced: { steps: [...steps, step], blocked } };
  }
  const pair = pairs[wanted];
  if (pair === undefined) return pairs.length;
  const [key, value] = pair;
  const iterator = body.attributes.get("iterator")?.node.value;
  const name =
    iterator?.kind === "variable" ? iterator.name : ((iterator && literalString(iterator)) ?? nestedType(node));
  const each = objectOf(
    new Map<string, TypedValue>([
      ["key", key],
      ["value", value],
    ]),
  );
  const inner: Place = {
    ...place,
    scope: withFrame(scope, name, each),
    frames: {
      name,
      expression: forEach.node.value,
      place: { ...place, scope },
      key: typeof key === "string" ? key : String(wanted),
      outer: place.frames,
    },
  };
  return locateBlock(content, inside, inner, [...steps, step]);
}
