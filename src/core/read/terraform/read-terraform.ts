/** Terraform and OpenTofu code to resources, as `terraform plan` would see them before it asks any provider. Pure. */
import type { Diagnostic } from "../../model/finding.ts";
import type { SourceFile } from "../../model/source-range.ts";
import { type HclFile, literalString } from "../hcl/ast.ts";
import { parseHcl, parseHclTemplate } from "../hcl/parse.ts";
import { parseHclJson, parseTfvarsJson } from "../hcl/parse-json.ts";
import type { Comment, Reading, Stack } from "../reading.ts";
import { resourcesOf } from "./emit.ts";
import { evaluate } from "./expression.ts";
import { FileTree, joinPath } from "./files.ts";
import { type FunctionContext, FunctionError } from "./function.ts";
import {
  autoLoaded,
  type Environment,
  emptyFile,
  environmentsOf,
  givenBy,
  isVariableFile,
  variableFilesByModule,
} from "./inputs.ts";
import { type Evaluated, Looked, type Snapshot, type TerraformMemory } from "./memory.ts";
import { Module, type World } from "./module.ts";
import { effectiveFiles, isModuleFile, type ModuleSource, moduleSource } from "./module-source.ts";
import { lockedVersions, Providers } from "./providers.ts";
import type { Scope } from "./scope.ts";
import { Session } from "./session.ts";
import { evaluateTemplate } from "./template.ts";
import type { Mapping, TypedValue } from "./typed-value.ts";

export interface TerraformInput {
  /** Every file of the scan: *.tf, *.tofu, tfvars, the lock file, modules.json, and whatever file() may read. */
  readonly files: readonly SourceFile[];
  /** Directories to evaluate as root modules. Default: those with Terraform files that no other one calls. */
  readonly roots?: readonly string[];
  /** Paths of -var-file, later ones win. Given any, environments are not discovered. */
  readonly varFiles?: readonly string[];
  /** TF_VAR_ values by variable name, without the prefix. */
  readonly variables?: { readonly [name: string]: string };
  /** Parser to use instead of Draco's own: a cache by content. */
  readonly parse?: (file: SourceFile) => HclFile;
  /** What earlier readings of the same directory came to: what has not changed since is not evaluated again. */
  readonly memory?: TerraformMemory;
}

const VENDORED = /(?:^|\/)\.terraform\//;
const MAX_DEPTH = 24;

export function parseTerraform(file: SourceFile): HclFile {
  if (file.path.endsWith(".tfvars.json")) return parseTfvarsJson(file.bytes, file.path);
  return file.path.endsWith(".json") ? parseHclJson(file.bytes, file.path) : parseHcl(file.bytes, file.path);
}

export function readTerraform(input: TerraformInput): Reading {
  const reader = new Reader(input);
  const stacks = (input.roots ?? reader.roots()).flatMap((root) => reader.evaluate(root));
  return { stacks, comments: reader.comments(), diagnostics: reader.diagnostics(), skipped: [] };
}

class Reader {
  readonly #input: TerraformInput;
  readonly #tree: FileTree;
  readonly #parsed = new Map<string, HclFile>();
  readonly #modules = new Map<string, ModuleSource | undefined>();
  readonly #variableFiles: ReadonlyMap<string, readonly string[]>;
  /** Only where there is a memory. */
  readonly #snapshot: Snapshot | undefined;
  readonly #given: string;
  readonly #told: Diagnostic[] = [];

  constructor(input: TerraformInput) {
    this.#input = input;
    const files = input.memory?.intern(input.files) ?? input.files;
    this.#tree = new FileTree(files);
    const variableFiles = files.map((file) => file.path).filter((path) => isVariableFile(path) && !VENDORED.test(path));
    this.#variableFiles = variableFilesByModule(variableFiles.sort(), this.#tree);
    this.#snapshot = input.memory?.snapshot(this.#tree, this.#variableFiles);
    this.#given = JSON.stringify([input.varFiles, input.variables]);
  }

  #parse(path: string): HclFile | undefined {
    let parsed = this.#parsed.get(path);
    if (parsed !== undefined) return parsed;
    const file = this.#tree.get(path);
    if (file === undefined) return undefined;
    const parse = this.#input.parse ?? parseTerraform;
    parsed = this.#input.memory?.parse(file, parse) ?? parse(file);
    this.#parsed.set(path, parsed);
    return parsed;
  }

  #module(directory: string, looked?: Looked): ModuleSource | undefined {
    const paths = effectiveFiles(this.#tree.in(directory).filter(isModuleFile));
    looked?.module(directory, paths);
    if (this.#modules.has(directory)) return this.#modules.get(directory);
    const files = paths.map((path) => this.#parse(path)).filter((file) => file !== undefined);
    const source = files.length === 0 ? undefined : moduleSource(directory, files);
    this.#modules.set(directory, source);
    return source;
  }

  /** Directories that no module of another directory calls; where all call each other, the first of them. */
  roots(): string[] {
    const directories = this.#tree.directories.filter(
      (directory) => !VENDORED.test(`${directory}/`) && this.#tree.in(directory).some(isModuleFile),
    );
    const calls = new Map<string, readonly string[]>();
    for (const directory of directories) calls.set(directory, this.#calledBy(directory));
    const called = new Set([...calls].flatMap(([from, to]) => to.filter((directory) => directory !== from)));
    const reached = new Set<string>();
    const reach = (directory: string): void => {
      if (reached.has(directory)) return;
      reached.add(directory);
      for (const next of calls.get(directory) ?? []) reach(next);
    };
    const roots: string[] = [];
    for (const directory of [...directories.filter((it) => !called.has(it)), ...directories]) {
      if (reached.has(directory)) continue;
      roots.push(directory);
      reach(directory);
    }
    return roots.sort();
  }

  #calledBy(directory: string): string[] {
    const called: string[] = [];
    for (const call of this.#module(directory)?.calls.values() ?? []) {
      const source = call.body.attributes.get("source")?.node.value;
      const path = source && literalString(source);
      const target = path !== undefined && isLocal(path) ? joinPath(directory, path) : undefined;
      if (target !== undefined) called.push(target);
    }
    return called;
  }

  evaluate(root: string): readonly Stack[] {
    const { stacks, diagnostics } = this.#snapshot ? this.#recallOrEvaluate(root, this.#snapshot) : this.#anew(root);
    this.#told.push(...diagnostics);
    return stacks;
  }

  #recallOrEvaluate(root: string, snapshot: Snapshot): Evaluated {
    const key = `${this.#given} ${root}`;
    const known = this.#input.memory?.recall(key, snapshot);
    if (known) {
      // Their comments and what is wrong with them belong to this reading too.
      for (const directory of known.looked.modules) this.#module(directory);
      for (const path of known.looked.parsed) this.#parse(path);
      return known.evaluated;
    }
    const looked = new Looked(snapshot);
    const evaluated = this.#anew(root, looked);
    this.#input.memory?.keep(key, looked, evaluated);
    return evaluated;
  }

  #anew(root: string, looked?: Looked): Evaluated {
    const source = this.#module(root, looked);
    if (source === undefined) return { stacks: [], diagnostics: [] };
    const parse = (path: string): HclFile | undefined => {
      looked?.parse(path);
      return this.#parse(path);
    };
    looked?.variables(root);
    const given = this.#input.varFiles;
    const environments: readonly Environment[] = given
      ? [{ variableFiles: [...autoLoaded(root, this.#tree), ...given] }]
      : environmentsOf(source, this.#tree, this.#variableFiles.get(root) ?? [], parse);
    const diagnostics: Diagnostic[] = [];
    const stacks = environments.map((environment) => {
      const session = new Session();
      const stack = this.#evaluate(source, environment, session, looked, parse);
      diagnostics.push(...session.diagnostics);
      return stack;
    });
    return { stacks, diagnostics };
  }

  #evaluate(
    source: ModuleSource,
    environment: Environment,
    session: Session,
    looked: Looked | undefined,
    parse: (path: string) => HclFile | undefined,
  ): Stack {
    const world = this.#world(session, source.path, looked);
    const files = environment.variableFiles.map(parse).filter((file) => file !== undefined);
    const constants = (file: HclFile): Scope => ({
      session,
      file,
      frame: undefined,
      functions: world.functionsFor(source.path),
      evaluate,
      name: () => undefined,
    });
    const module = new Module(world, source, givenBy(files, this.#input.variables ?? {}, constants));
    const lock = parse(joinPath(source.path, ".terraform.lock.hcl") ?? "");
    const resources = resourcesOf(module, new Providers(lockedVersions(lock)));
    return {
      format: "terraform",
      path: source.path,
      ...(environment.name !== undefined && { environment: environment.name }),
      resources,
    };
  }

  #world(session: Session, rootPath: string, looked: Looked | undefined): World {
    const vendored = this.#vendored(rootPath, looked);
    const contexts = new Map<string, FunctionContext>();
    const functionsFor = (modulePath: string): FunctionContext => {
      let context = contexts.get(modulePath);
      if (context === undefined) {
        context = this.#functions(session, modulePath, rootPath, looked, () => functionsFor(modulePath));
        contexts.set(modulePath, context);
      }
      return context;
    };
    return {
      session,
      rootPath,
      evaluate,
      functionsFor,
      resolve: (caller, call, name) => {
        const at = call.body.attributes.get("source");
        const path = at && literalString(at.node.value);
        if (at === undefined || path === undefined) return undefined;
        const names = [name];
        for (let m: Module | undefined = caller; m?.call !== undefined; m = m.parent) names.unshift(m.call.name);
        const directory = isLocal(path) ? joinPath(caller.source.path, path) : vendored.get(names.join("."));
        if (directory === undefined) return undefined;
        for (let m: Module | undefined = caller; m !== undefined; m = m.parent) {
          if (m.source.path !== directory && names.length <= MAX_DEPTH) continue;
          session.report(
            at.file,
            at.node,
            "Module calls itself",
            `module.${names.join(".module.")} leads back to "${directory || "."}".`,
            "error",
          );
          return undefined;
        }
        const source = this.#module(directory, looked);
        if (source === undefined)
          session.report(at.file, at.node, "Module not found", `There are no Terraform files in "${directory}".`);
        return source;
      },
    };
  }

  #functions(
    session: Session,
    modulePath: string,
    rootPath: string,
    looked: Looked | undefined,
    self: () => FunctionContext,
  ): FunctionContext {
    return {
      modulePath,
      rootPath,
      readFile: (path) => {
        looked?.file(path);
        return this.#tree.get(path)?.bytes;
      },
      listFiles: (directory) => {
        looked?.below(directory);
        return this.#tree.below(directory);
      },
      renderTemplate: (text, file, variables) => renderTemplate(session, self(), text, file, variables),
    };
  }

  /** Directories of modules that `terraform init` has fetched, by call path ("vpc.subnets"). */
  #vendored(root: string, looked: Looked | undefined): ReadonlyMap<string, string> {
    const directories = new Map<string, string>();
    const manifest = joinPath(root, ".terraform/modules/modules.json") ?? "";
    looked?.file(manifest);
    const file = this.#tree.get(manifest);
    if (file === undefined) return directories;
    for (const { Key, Dir } of vendoredModules(file)) {
      const directory = joinPath(root, Dir);
      if (directory !== undefined) directories.set(Key, directory);
    }
    return directories;
  }

  comments(): Comment[] {
    return [...this.#parsed].flatMap(([path, parsed]) => {
      const source = this.#tree.get(path);
      return source && this.#input.memory
        ? this.#input.memory.comments(source, () => commentsOf(parsed))
        : commentsOf(parsed);
    });
  }

  diagnostics(): Diagnostic[] {
    const parsing = [...this.#parsed.values()].flatMap((file) => file.diagnostics);
    const modules = [...this.#modules.values()].flatMap((source) => source?.diagnostics ?? []);
    return [...parsing, ...modules, ...this.#told];
  }
}

const commentsOf = (file: HclFile): Comment[] =>
  file.comments.map((span) => ({ text: commentText(file.textOf(span)), range: file.rangeOf(span) }));

const isLocal = (source: string): boolean => /^\.\.?(?:\/|$)/.test(source);

const commentText = (text: string): string =>
  text
    .replace(/^(?:#|\/\/|\/\*)\s?/, "")
    .replace(/\s*\*\/$/, "")
    .trim();

function vendoredModules(file: SourceFile): readonly { readonly Key: string; readonly Dir: string }[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(file.bytes));
  } catch {
    // A manifest that cannot be read is as good as none: the modules are then remote.
    return [];
  }
  const modules = typeof parsed === "object" && parsed !== null && "Modules" in parsed ? parsed.Modules : undefined;
  if (!Array.isArray(modules)) return [];
  return modules.filter(
    (entry): entry is { Key: string; Dir: string } =>
      typeof entry?.Key === "string" && typeof entry.Dir === "string" && entry.Key !== "",
  );
}

/** templatefile() and templatestring(): only the given variables are in scope. */
function renderTemplate(
  session: Session,
  functions: FunctionContext,
  text: string,
  file: string,
  variables: Mapping,
): TypedValue | FunctionError {
  const { template, diagnostics } = parseHclTemplate(new TextEncoder().encode(text), file);
  const [broken] = diagnostics;
  if (broken !== undefined) return new FunctionError(`${file}:${broken.line}: ${broken.summary}`);
  const scope: Scope = {
    session,
    file: emptyFile(file),
    frame: undefined,
    functions,
    evaluate,
    name: (root) => variables.get(root),
  };
  const { value, errors } = session.capture(() => evaluateTemplate(template, scope));
  return errors[0] === undefined ? value : new FunctionError(errors[0]);
}
