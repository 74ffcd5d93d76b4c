/**
 * What a patch may write as a value: literals, `jsonencode` of literals, and references to what the file declares. All
 * that computes a value could compute a forbidden one, so nothing new may compute.
 */
import {
  type Block,
  type Body,
  blocksOf,
  type Expression,
  type HclFile,
  type Node,
  traversalOf,
} from "../../read/hcl/ast.ts";
import { childrenOf } from "../../read/hcl/walk.ts";
import { findSensitive } from "../redact/detect.ts";
import { type Rejection, reject } from "./gate.ts";

const LITERAL: readonly Node["kind"][] = [
  "number",
  "bool",
  "null",
  "template",
  "literal",
  "interpolation",
  "tuple",
  "object",
  "item",
  "body",
  "attribute",
  "block",
  "label",
];

export function expressionsGate(
  before: HclFile,
  old: Block | undefined,
  after: HclFile,
  now: Block,
): Rejection | undefined {
  const twice = repeated(now.body);
  if (twice !== undefined) return reject("structure", "TWICE", `sets "${twice}" twice`, true);
  const known = new Set<string>();
  if (old) collect(old, (node) => known.add(before.textOf(node)));
  const declared = declaredIn(before);
  const context = { before, after, known, declared, own: now.labels.map((l) => l.value).join(".") };
  return inspect(now, context);
}

interface Context {
  readonly before: HclFile;
  readonly after: HclFile;
  readonly known: ReadonlySet<string>;
  readonly declared: ReadonlySet<string>;
  readonly own: string;
}

function inspect(node: Node, context: Context): Rejection | undefined {
  const { after, known } = context;
  const text = after.textOf(node);
  if (known.has(text) && node.kind !== "literal") return undefined;
  if (node.kind === "literal") return known.has(text) ? undefined : literal(node.value, context.before);
  if (node.kind === "variable" || node.kind === "get" || node.kind === "index") {
    return isDeclared(node, context) ? undefined : computed("refers to what the file does not declare");
  }
  const opens = node.kind === "call" && node.name === "jsonencode" && node.args.length === 1;
  if (!opens && !LITERAL.includes(node.kind)) return computed(`computes a value (${node.kind})`);
  if (node.kind === "interpolation" && !/^(variable|get|index)$/.test(node.expression.kind)) {
    return computed("puts a text together");
  }
  for (const child of childrenOf(node)) {
    if (node.kind === "item" && child === node.key && child.kind === "variable") continue;
    const rejection = inspect(child, context);
    if (rejection) return rejection;
  }
  return undefined;
}

const computed = (why: string): Rejection => reject("structure", "COMPUTED", why, true);

/** `aws_kms_key.main.arn` where the file has that key; never a variable or local, which the model has not seen. */
function isDeclared(node: Expression, { declared, own }: Context): boolean {
  const traversal = traversalOf(node);
  const [first] = traversal?.steps ?? [];
  if (traversal?.root.name === "var" || traversal?.root.name === "local" || first?.kind !== "attribute") return false;
  const address = `${traversal?.root.name}.${first.name}`;
  return address !== own && declared.has(address);
}

const declaredIn = (file: HclFile): ReadonlySet<string> =>
  new Set(blocksOf(file.body, "resource").map((block) => block.labels.map((l) => l.value).join(".")));

function literal(value: string, before: HclFile): Rejection | undefined {
  if (/[^\x20-\x7e\r\n\t]/.test(value)) return reject("wider-access", "ODD_TEXT", "adds unusual characters", true);
  const all = before.latin1;
  const foreign = findSensitive(value).find((found) => !all.includes(found.value) && !isPrivateRange(found.kind));
  if (foreign) return reject("wider-access", "ADDS_IDENTITY", `adds a new ${foreign.kind}`, true);
  const host = [...value.matchAll(HOST)]
    .map(([name]) => name)
    .find((name) => !NO_HOST.test(name) && !all.includes(name));
  if (host !== undefined) return reject("wider-access", "ADDS_HOST", "adds a host", true);
  // What was asked for in the clear may be asked for under cover.
  const safer = value.startsWith("https://") && all.includes(value.replace("https://", "http://"));
  if (/[a-z][a-z0-9+.-]*:\/\/|^\/\//i.test(value) && !all.includes(value) && !safer) {
    return reject("wider-access", "ADDS_URL", "adds a URL", true);
  }
  return undefined;
}

/** Addresses are compared as ranges, with what was let in before (narrower.ts). */
const isPrivateRange = (kind: string): boolean => kind === "ipv4" || kind === "ipv6";
/** Anything that could be resolved: labels in lower case, the last one of letters. */
const HOST = /\b(?:[a-z0-9][a-z0-9-]*\.)+[a-z]{2,}\b/gi;
/** Pages, and services of the clouds themselves, which nobody can rent a name under. */
const NO_HOST =
  /^[\w-]+\.(?:html?|json|xml|txt|log)$|^[a-z0-9-]+\.(?:amazonaws|googleapis)\.com$|^(?:Microsoft|TLSv1)\./;

function collect(node: Node, see: (node: Node) => void): void {
  see(node);
  for (const child of childrenOf(node)) collect(child, see);
}

/** Terraform takes an attribute once; which of two would count must not matter. */
function repeated(body: Body): string | undefined {
  const names = new Set<string>();
  for (const item of body.items) {
    if (item.kind === "block") {
      const inner = repeated(item.body);
      if (inner !== undefined) return inner;
    } else if (names.has(item.name)) return item.name;
    else names.add(item.name);
  }
  return undefined;
}
