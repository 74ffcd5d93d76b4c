/** Evaluates one expression with our evaluator, and gives its answer in the form of the recorded ones. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseHcl, parseHclTemplate } from "../../../../../src/core/read/hcl/parse.ts";
import { evaluate } from "../../../../../src/core/read/terraform/expression.ts";
import { type FunctionContext, FunctionError } from "../../../../../src/core/read/terraform/function.ts";
import { encodeJson } from "../../../../../src/core/read/terraform/functions/json.ts";
import type { Scope } from "../../../../../src/core/read/terraform/scope.ts";
import { Session } from "../../../../../src/core/read/terraform/session.ts";
import { evaluateTemplate } from "../../../../../src/core/read/terraform/template.ts";
import {
  isWhollyKnown,
  Mapping,
  objectOf,
  Sequence,
  type TypedValue,
  typeOf,
  UnknownValue,
  unmarkDeep,
} from "../../../../../src/core/read/terraform/typed-value.ts";
import type { Type } from "../../../../../src/core/read/terraform/types.ts";
import { type Answer, filesFolder, UNTOLD } from "./cases.ts";

type Names = ReadonlyMap<string, TypedValue>;

const pathObject = objectOf(
  new Map([
    ["module", "."],
    ["root", "."],
  ]),
);

const testFiles = (): readonly string[] =>
  readdirSync(filesFolder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(filesFolder, name)).isFile())
    .map((name) => `files/${name}`)
    .sort();

/** The folder of test files, as a scan root named "files". */
export const contextOf = (inTemplate: boolean): FunctionContext => ({
  modulePath: "files",
  rootPath: "files",
  readFile: (path) => (testFiles().includes(path) ? readFileSync(join(filesFolder, "..", path)) : undefined),
  listFiles: (directory) => testFiles().filter((file) => directory === "" || file.startsWith(`${directory}/`)),
  renderTemplate: (source, file, variables) => {
    if (inTemplate)
      return new FunctionError(`cannot recursively call templatefile from inside another template function`);
    const { template, diagnostics } = parseHclTemplate(Buffer.from(source), file);
    const [problem] = diagnostics;
    if (problem) return new FunctionError(problem.summary);
    const scope = scopeOf(new Session(), variables.entries, true);
    const value = evaluateTemplate(template, scope);
    const [wrong] = scope.session.diagnostics;
    return wrong ? new FunctionError(wrong.detail ?? wrong.summary) : value;
  },
});

const scopeOf = (session: Session, names: Names, inTemplate: boolean): Scope => ({
  session,
  file: parseHcl(Buffer.from(""), "case.tf"),
  frame: undefined,
  functions: contextOf(inTemplate),
  evaluate,
  name: (root) => names.get(root),
});

export type Outcome =
  | { readonly ok: true; readonly value: TypedValue }
  | { readonly ok: false; readonly message: string };

export function evaluateText(expression: string, names: Names = new Map()): Outcome {
  const file = parseHcl(Buffer.from(`value = ${expression}\n`), "case.tf");
  const attribute = file.body.items.find((item) => item.kind === "attribute");
  const [problem] = file.diagnostics;
  if (problem || attribute === undefined)
    return { ok: false, message: `cannot be parsed: ${problem?.detail ?? expression}` };
  const scope = { ...scopeOf(new Session(), new Map([["path", pathObject], ...names]), false), file };
  const value = evaluate(attribute.value, scope);
  const [wrong] = scope.session.diagnostics;
  return wrong ? { ok: false, message: `${wrong.summary}: ${wrong.detail ?? ""}` } : { ok: true, value };
}

export function answerTo(expression: string, names?: Names): Answer {
  const outcome = evaluateText(expression, names);
  if (!outcome.ok) return { kind: "error", text: outcome.message, json: "" };
  const [bare] = unmarkDeep(outcome.value);
  return { kind: "value", text: isWhollyKnown(bare) ? typeText(typeOf(bare)) : UNTOLD, json: jsonText(bare) };
}

function typeText(type: Type): string {
  return JSON.stringify(typeJson(type));
}

function typeJson(type: Type): unknown {
  if ("element" in type) return [type.kind, typeJson(type.element)];
  if (type.kind === "tuple") return [type.kind, type.elements.map(typeJson)];
  if (type.kind !== "object") return type.kind;
  const names = [...type.attributes.keys()].sort();
  return [
    type.kind,
    Object.fromEntries(names.map((name) => [name, typeJson(type.attributes.get(name) ?? { kind: "dynamic" })])),
  ];
}

/** What jsonencode would give; unknown parts as "<unknown>". */
const jsonText = (value: TypedValue): string =>
  isWhollyKnown(value) ? encodeJson(value) : JSON.stringify(withUnknowns(value));

function withUnknowns(value: TypedValue): unknown {
  if (value instanceof UnknownValue) return "<unknown>";
  if (value instanceof Sequence) return value.items.map(withUnknowns);
  if (value instanceof Mapping)
    return Object.fromEntries(value.keys.map((key) => [key, withUnknowns(value.entries.get(key) ?? false)]));
  return JSON.parse(encodeJson(value));
}
