/**
 * What a patch may change in the syntax tree of a Terraform file, deny by default: attributes and nested blocks of the
 * finding's own resources, and whole resources of types that the rule lists. Nothing that runs, fetches, hides or moves.
 */
import { attributesOf, type Block, type Body, blocksOf, type Expression, type HclFile } from "../../read/hcl/ast.ts";
import { walk } from "../../read/hcl/walk.ts";
import { expressionsGate } from "./expressions.ts";
import { type Rejection, reject } from "./gate.ts";
import { narrowerGate } from "./narrower.ts";

export interface Scope {
  /** Addresses without instance keys: "aws_s3_bucket.logs". */
  readonly resources: readonly string[];
  /** Types of resources that may be added beside them. */
  readonly companions: readonly string[];
  /** Path of the attribute that the finding's rule judges, relative to the resource. */
  readonly target?: string;
}

/** Inside a resource, these decide whether and how it exists, or run something: never a model's to write. */
const DENIED_BLOCKS = ["provisioner", "connection", "lifecycle", "dynamic"];
const DENIED_ATTRIBUTES = ["count", "for_each", "provider", "depends_on", "user_data", "user_data_base64", "command"];
/** Functions that read files or bend sensitivity, and values that differ by environment. */
const DENIED_CALLS =
  /^(file|filebase64|filemd5|filesha\d+|filebase64sha\d+|templatefile|templatestring|fileset|sensitive|nonsensitive|provider::.*)$/;

export function structureGate(before: HclFile, after: HclFile, scope: Scope): Rejection | undefined {
  const old = census(before.body);
  const now = census(after.body);
  for (const [key, block] of old) {
    const twin = now.get(key);
    if (!twin) return reject("structure", "REMOVED_BLOCK", `${key} is gone`, true);
    if (before.textOf(block) === after.textOf(twin)) continue;
    if (!scope.resources.includes(key))
      return reject("structure", "OTHER_BLOCK", `${key} is not the finding's resource`, true);
    const denied = deniedInside(before, block, after, twin);
    if (denied) return reject("structure", "DENIED_CONSTRUCT", `${key}: ${denied}`, true);
    const rejection =
      expressionsGate(before, block, after, twin) ??
      narrowerGate({ file: before, block }, { file: after, block: twin }, scope.target);
    if (rejection) return rejection;
  }
  for (const [key, block] of now) {
    if (old.has(key)) continue;
    const type = block.type === "resource" ? block.labels[0]?.value : undefined;
    if (type === undefined || !scope.companions.includes(type)) {
      return reject("structure", "NEW_BLOCK", `${key} may not be added for this rule`, true);
    }
    const denied = deniedItems(block.body, new Set());
    if (denied) return reject("structure", "DENIED_CONSTRUCT", `${key}: ${denied}`, true);
    const empty = { ...block, body: { ...block.body, items: [] } };
    const rejection =
      expressionsGate(before, undefined, after, block) ??
      narrowerGate({ file: after, block: empty }, { file: after, block }, undefined);
    if (rejection) return rejection;
  }
  if (addsComment(before, after)) return reject("structure", "NEW_COMMENT", "adds or changes a comment");
  if (attributesOf(after.body).length !== attributesOf(before.body).length) {
    return reject("structure", "TOP_LEVEL_ATTRIBUTE", "attributes outside blocks mean nothing", true);
  }
  return undefined;
}

/** Comments steer tools and readers; a mend needs none. */
function addsComment(before: HclFile, after: HclFile): boolean {
  const left = before.comments.map((comment) => before.textOf(comment));
  return after.comments.some((comment) => {
    const at = left.indexOf(after.textOf(comment));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** Top-level blocks by what they are. Two of one name make a second key, so that no block can hide behind another. */
function census(body: Body): Map<string, Block> {
  const blocks = new Map<string, Block>();
  for (const block of blocksOf(body)) {
    const labels = block.labels.map((l) => l.value).join(".");
    const key = block.type === "resource" ? labels : `${block.type}${labels && `.${labels}`}`;
    let unique = key;
    for (let n = 2; blocks.has(unique); n++) unique = `${key}#${n}`;
    blocks.set(unique, block);
  }
  return blocks;
}

/** Denied constructs that stood there before may stay, as long as they are untouched. */
function deniedInside(before: HclFile, old: Block, after: HclFile, now: Block): string | undefined {
  const texts = (file: HclFile, body: Body): Set<string> => new Set(body.items.map((item) => file.textOf(item)));
  const kept = texts(before, old.body);
  const isDenied = (item: Body["items"][number]): boolean =>
    item.kind === "block" ? DENIED_BLOCKS.includes(item.type) : DENIED_ATTRIBUTES.includes(item.name);
  const gone = old.body.items.find((item) => isDenied(item) && !texts(after, now.body).has(before.textOf(item)));
  if (gone) return `changes or removes "${gone.kind === "block" ? gone.type : gone.name}"`;
  const fresh = new Set(now.body.items.filter((item) => kept.has(after.textOf(item))));
  return deniedItems(now.body, fresh);
}

function deniedItems(body: Body, untouched: ReadonlySet<unknown>): string | undefined {
  for (const item of body.items) {
    if (untouched.has(item)) continue;
    if (item.kind === "block") {
      if (DENIED_BLOCKS.includes(item.type)) return `writes a "${item.type}" block`;
      const inner = deniedItems(item.body, untouched);
      if (inner) return inner;
      continue;
    }
    if (DENIED_ATTRIBUTES.includes(item.name)) return `writes "${item.name}"`;
    const bad = deniedExpression(item.value);
    if (bad) return bad;
  }
  return undefined;
}

function deniedExpression(expression: Expression): string | undefined {
  let denied: string | undefined;
  walk(expression, (node) => {
    if (node.kind === "call" && DENIED_CALLS.test(node.name)) denied ??= `calls ${node.name}()`;
    if (node.kind === "get" && node.object.kind === "variable" && node.object.name === "terraform") {
      denied ??= "depends on the workspace";
    }
    if (node.kind === "conditional") denied ??= "leaves the old value reachable through a condition";
    if (node.kind === "error") denied ??= "cannot be read";
  });
  return denied;
}
