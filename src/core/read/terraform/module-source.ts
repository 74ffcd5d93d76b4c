/** One directory of Terraform files as a module: what it declares, with overrides merged. Nothing is evaluated here. */
import type { Diagnostic } from "../../model/finding.ts";
import { type Attribute, type Block, type HclFile, literalString, type Span } from "../hcl/ast.ts";
import { type Declaration, declare, mergedBody, override, type Written } from "./merged-body.ts";

export type Mode = "managed" | "data" | "ephemeral";

export interface ResourceDeclaration extends Declaration {
  readonly mode: Mode;
  readonly type: string;
  readonly name: string;
}

export interface RequiredProvider {
  readonly source?: string;
  readonly version?: string;
}

export interface ModuleSource {
  /** Directory relative to the scan root, "" for the root itself. */
  readonly path: string;
  readonly files: readonly HclFile[];
  readonly variables: ReadonlyMap<string, Declaration>;
  readonly locals: ReadonlyMap<string, Written<Attribute>>;
  readonly outputs: ReadonlyMap<string, Declaration>;
  /** By type, then by name; data sources under "data.TYPE". */
  readonly resources: ReadonlyMap<string, ReadonlyMap<string, ResourceDeclaration>>;
  readonly calls: ReadonlyMap<string, Declaration>;
  readonly providers: readonly Declaration[];
  readonly settings: readonly Declaration[];
  readonly requiredProviders: ReadonlyMap<string, RequiredProvider>;
  readonly diagnostics: readonly Diagnostic[];
}

const TERRAFORM_FILE = /\.(?:tf|tofu)(?:\.json)?$/;
export const isModuleFile = (path: string): boolean => TERRAFORM_FILE.test(path);
const stem = (path: string): string => path.slice(path.lastIndexOf("/") + 1).replace(TERRAFORM_FILE, "");
const isOverride = (path: string): boolean => /(?:^|_)override$/.test(stem(path));

/** The files of a directory that count: x.tofu hides x.tf, x.tofu.json hides x.tf.json. */
export function effectiveFiles(paths: readonly string[]): string[] {
  const all = new Set(paths);
  return paths
    .filter((path) => !all.has(path.replace(/\.tf(\.json)?$/, ".tofu$1")) || !/\.tf(?:\.json)?$/.test(path))
    .sort();
}

class Builder {
  readonly variables = new Map<string, Declaration>();
  readonly locals = new Map<string, Written<Attribute>>();
  readonly outputs = new Map<string, Declaration>();
  readonly resources = new Map<string, Map<string, ResourceDeclaration>>();
  readonly calls = new Map<string, Declaration>();
  readonly providers = new Map<string, Declaration>();
  readonly settings: Declaration[] = [];
  readonly requiredProviders = new Map<string, RequiredProvider>();
  readonly diagnostics: Diagnostic[] = [];

  read(file: HclFile, overriding: boolean): void {
    for (const item of file.body.items) {
      if (item.kind === "block") this.#readBlock(item, file, overriding);
      else this.#tell(file, item, "Unsupported argument", `An argument named "${item.name}" is not expected here.`);
    }
  }

  #readBlock(block: Block, file: HclFile, overriding: boolean): void {
    const first = block.labels[0]?.value;
    const second = block.labels[1]?.value;
    switch (block.type) {
      case "resource":
      case "data":
      case "ephemeral":
        if (first === undefined || second === undefined) this.#missing(block, file, "a type and a name");
        else this.#resource(block.type === "resource" ? "managed" : block.type, first, second, block, file, overriding);
        return;
      case "variable":
        this.#named(this.variables, first, block, file, overriding);
        return;
      case "output":
        this.#named(this.outputs, first, block, file, overriding);
        return;
      case "module":
        this.#named(this.calls, first, block, file, overriding);
        return;
      case "locals":
        for (const item of block.body.items) {
          if (item.kind !== "attribute") continue;
          if (this.locals.has(item.name) && !overriding)
            this.#duplicate(file, item, `A local value named "${item.name}"`);
          else this.locals.set(item.name, { node: item, file });
        }
        return;
      case "provider": {
        const alias = block.body.items.find((item) => item.kind === "attribute" && item.name === "alias");
        const name = alias?.kind === "attribute" ? literalString(alias.value) : undefined;
        this.#named(this.providers, name === undefined ? first : `${first}.${name}`, block, file, overriding);
        return;
      }
      case "terraform":
        this.settings.push(declare(block, file));
        this.#required(block, file);
    }
  }

  #resource(mode: Mode, type: string, name: string, block: Block, file: HclFile, overriding: boolean): void {
    const key = mode === "managed" ? type : `${mode}.${type}`;
    let byName = this.resources.get(key);
    if (byName === undefined) {
      byName = new Map();
      this.resources.set(key, byName);
    }
    const known = byName.get(name);
    const declaration: ResourceDeclaration = { block, file, body: mergedBody(block.body, file), mode, type, name };
    if (known === undefined) byName.set(name, declaration);
    else if (overriding) byName.set(name, { ...override(known, declaration), mode, type, name });
    else {
      // Terraform would refuse both; a reader wants to hear of both.
      byName.set(`${name}#${byName.size}`, declaration);
      this.#duplicate(file, block, `A ${type} named "${name}"`);
    }
  }

  #named(
    map: Map<string, Declaration>,
    name: string | undefined,
    block: Block,
    file: HclFile,
    overriding: boolean,
  ): void {
    if (name === undefined) {
      this.#missing(block, file, "a name");
      return;
    }
    const known = map.get(name);
    if (known === undefined) map.set(name, declare(block, file));
    else if (overriding) map.set(name, override(known, declare(block, file)));
    else {
      // As with resources: whoever looks for credentials wants to hear of every provider block.
      if (map === this.providers) map.set(`${name}#${map.size}`, declare(block, file));
      this.#duplicate(file, block, `A ${block.type} named "${name}"`);
    }
  }

  #required(block: Block, file: HclFile): void {
    for (const { node } of mergedBody(block.body, file).blocks) {
      if (node.type !== "required_providers") continue;
      for (const item of node.body.items) {
        if (item.kind !== "attribute") continue;
        const version = literalString(item.value);
        if (item.value.kind !== "object") {
          this.requiredProviders.set(item.name, version === undefined ? {} : { version });
          continue;
        }
        const entry: { source?: string; version?: string } = {};
        for (const { key, value } of item.value.items) {
          const name = key.kind === "variable" ? key.name : literalString(key);
          const text = literalString(value);
          if (text !== undefined && (name === "source" || name === "version")) entry[name] = text;
        }
        this.requiredProviders.set(item.name, entry);
      }
    }
  }

  #missing(block: Block, file: HclFile, what: string): void {
    this.#tell(file, block, "Missing name", `A ${block.type} block needs ${what}.`);
  }

  #duplicate(file: HclFile, span: Span, what: string): void {
    this.#tell(
      file,
      span,
      "Duplicate declaration",
      `${what} was already declared in this module; references are to the first one.`,
    );
  }

  #tell(file: HclFile, span: Span, summary: string, detail: string): void {
    const range = file.rangeOf(span);
    this.diagnostics.push({
      severity: "error",
      summary,
      detail,
      file: file.file,
      line: range.line,
      column: file.columnAt(span.start),
      range,
    });
  }
}

/** `files` are those of one directory that count (`effectiveFiles`), parsed. Override files are merged last, in order. */
export function moduleSource(path: string, files: readonly HclFile[]): ModuleSource {
  const builder = new Builder();
  for (const file of files) if (!isOverride(file.file)) builder.read(file, false);
  for (const file of files) if (isOverride(file.file)) builder.read(file, true);
  return {
    path,
    files,
    variables: builder.variables,
    locals: builder.locals,
    outputs: builder.outputs,
    resources: builder.resources,
    calls: builder.calls,
    providers: [...builder.providers.values()],
    settings: builder.settings,
    requiredProviders: builder.requiredProviders,
    diagnostics: builder.diagnostics,
  };
}
