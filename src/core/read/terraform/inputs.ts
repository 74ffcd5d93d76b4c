/** Values of the root module's variables: which files and environment variables give them, and which environments exist. */

import type { Attribute } from "../hcl/ast.ts";
import { type HclFile, literalString } from "../hcl/ast.ts";
import { parseHclExpression } from "../hcl/parse.ts";
import { directoryOf, type FileTree, nameOf } from "./files.ts";
import type { Written } from "./merged-body.ts";
import type { Given } from "./module.ts";
import { isModuleFile, type ModuleSource } from "./module-source.ts";
import type { Scope } from "./scope.ts";
import type { TypedValue } from "./typed-value.ts";
import { isPrimitive, type Type } from "./types.ts";

const VARIABLE_FILE = /\.tfvars(?:\.json)?$/;
export const isVariableFile = (path: string): boolean => VARIABLE_FILE.test(path);

export interface Environment {
  /** Absent for the plain evaluation. */
  readonly name?: string;
  /** tfvars files, later ones win. */
  readonly variableFiles: readonly string[];
}

/** terraform.tfvars, terraform.tfvars.json, then *.auto.tfvars(.json) in lexical order: Terraform's own precedence. */
export function autoLoaded(root: string, tree: FileTree): string[] {
  const files = tree.in(root).filter(isVariableFile);
  const named = (name: string): string[] => files.filter((path) => nameOf(path) === name);
  const auto = files.filter((path) => /\.auto\.tfvars(?:\.json)?$/.test(path)).sort();
  return [...named("terraform.tfvars"), ...named("terraform.tfvars.json"), ...auto];
}

/**
 * Variable files by the module they belong to: beside it, or in a directory below that has no module of its own
 * (envs/prod.tfvars, environments/prod/terraform.tfvars).
 */
export function variableFilesByModule(
  paths: readonly string[],
  tree: FileTree,
): ReadonlyMap<string, readonly string[]> {
  const byModule = new Map<string, string[]>();
  for (const path of paths) {
    let directory = directoryOf(path);
    while (directory !== "" && !tree.in(directory).some(isModuleFile)) directory = directoryOf(directory);
    const listed = byModule.get(directory);
    if (listed) listed.push(path);
    else byModule.set(directory, [path]);
  }
  return byModule;
}

/** One environment per further tfvars file that sets a variable of the root. Without any, the plain evaluation alone. */
export function environmentsOf(
  root: ModuleSource,
  tree: FileTree,
  variableFiles: readonly string[],
  parse: (path: string) => HclFile | undefined,
): Environment[] {
  const automatic = autoLoaded(root.path, tree);
  const found: Environment[] = [];
  for (const path of variableFiles) {
    if (automatic.includes(path)) continue;
    const sets = parse(path)?.body.items.some((item) => item.kind === "attribute" && root.variables.has(item.name));
    if (sets) found.push({ name: environmentName(root.path, path), variableFiles: [...automatic, path] });
  }
  if (found.length === 0 || automatic.length > 0) found.unshift({ variableFiles: automatic });
  return found;
}

/** "prod" for prod.tfvars, prod/terraform.tfvars and prod/prod.auto.tfvars alike. */
function environmentName(root: string, path: string): string {
  const stem = nameOf(path).replace(/(?:\.auto)?\.tfvars(?:\.json)?$/, "");
  const directory = directoryOf(path);
  return /^(?:terraform|variables|vars|main|inputs)$/.test(stem) && directory !== root ? nameOf(directory) : stem;
}

/** Looks a variable up in tfvars files, then in TF_VAR_ values. */
export function givenBy(
  files: readonly HclFile[],
  environment: { readonly [name: string]: string },
  scope: (file: HclFile) => Scope,
): (name: string) => Given | undefined {
  const values = new Map<string, Given>();
  for (const [name, text] of Object.entries(environment)) {
    values.set(name, { attribute: undefined, kind: "tfvars", evaluate: (type) => fromText(text, type, name, scope) });
  }
  for (const file of files) {
    for (const item of file.body.items) {
      if (item.kind !== "attribute") continue;
      const attribute: Written<Attribute> = { node: item, file };
      values.set(item.name, { attribute, kind: "tfvars", evaluate: (type) => constant(attribute, type, scope(file)) });
    }
  }
  return (name) => values.get(name);
}

/** In tfvars.json a string is a string, whatever it holds. */
function constant({ node, file }: Written<Attribute>, _type: Type, scope: Scope): TypedValue {
  const literal = literalString(node.value);
  return literal !== undefined && file.syntax === "json" ? literal : scope.evaluate(node.value, scope);
}

/** Text from the environment is taken literally for a primitive type and read as an expression for any other. */
function fromText(text: string, type: Type, name: string, scope: (file: HclFile) => Scope): TypedValue {
  if (isPrimitive(type) || type.kind === "dynamic") return text;
  const parsed = parseHclExpression(new TextEncoder().encode(text), `TF_VAR_${name}`);
  const inner = scope(emptyFile(`TF_VAR_${name}`));
  return inner.evaluate(parsed.expression, inner);
}

/** A file for text that comes from no file. */
export function emptyFile(file: string): HclFile {
  return {
    syntax: "native",
    file,
    bytes: new Uint8Array(),
    latin1: "",
    body: { kind: "body", start: 0, end: 0, items: [] },
    comments: [],
    diagnostics: [],
    lineAt: () => 1,
    columnAt: () => 1,
    rangeOf: ({ start, end }) => ({ file, start, end, line: 1, endLine: 1 }),
    textOf: () => "",
  };
}
