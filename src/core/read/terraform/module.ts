/**
 * One instance of a module: its names, each evaluated once, when first asked for. Terraform's dependency graph is thereby
 * followed exactly, whatever the order of the files and however often a module is called.
 */
import type { Attribute, Span } from "../hcl/ast.ts";
import { convert } from "./convert.ts";
import { expand, keyText } from "./expansion.ts";
import { relativePath } from "./files.ts";
import type { FunctionContext } from "./function.ts";
import { Instances, instanceScope } from "./instances.ts";
import type { Declaration, Written } from "./merged-body.ts";
import type { ModuleSource } from "./module-source.ts";
import { ResourceInstance } from "./resource-instance.ts";
import { inFile, type Scope } from "./scope.ts";
import type { Memo, Session } from "./session.ts";
import { typeConstraint } from "./type-constraint.ts";
import {
  LazyObject,
  mark,
  NullValue,
  objectOf,
  SENSITIVE,
  type TypedValue,
  UNKNOWN,
  unknownOf,
  unmark,
} from "./typed-value.ts";
import { DYNAMIC, STRING, type Type } from "./types.ts";

/** A value given to a variable: an expression somewhere else, evaluated there. */
export interface Given {
  /** Where it is written; undefined for an environment variable. */
  readonly attribute: Written<Attribute> | undefined;
  readonly kind: "argument" | "tfvars";
  evaluate(type: Type): TypedValue;
}

/** What all modules of one evaluation share. */
export interface World {
  readonly session: Session;
  readonly rootPath: string;
  evaluate: Scope["evaluate"];
  functionsFor(modulePath: string): FunctionContext;
  /** The local module a call leads to; undefined where its source is elsewhere. */
  resolve(caller: Module, call: Declaration, name: string): ModuleSource | undefined;
}

/** One instance of a module call. `module` is undefined where its source is not at hand. */
export interface CallInstance {
  readonly name: string;
  readonly declaration: Declaration;
  readonly address: string;
  readonly key: string | number | undefined;
  readonly possible: boolean;
  readonly scope: Scope;
  readonly module: Module | undefined;
}

export class Module {
  readonly world: World;
  readonly source: ModuleSource;
  /** "" for the root, else module.net["a"]. */
  readonly address: string;
  readonly parent: Module | undefined;
  readonly call: CallInstance | undefined;
  readonly scope: Scope;
  readonly #given: (name: string) => Given | undefined;
  readonly #memo: Memo = new Map();
  readonly #resources = new Map<string, Instances<ResourceInstance>>();
  readonly #calls = new Map<string, Instances<CallInstance>>();
  readonly #roots = new Map<string, TypedValue | undefined>();

  constructor(
    world: World,
    source: ModuleSource,
    given: (name: string) => Given | undefined,
    parent?: Module,
    call?: Omit<CallInstance, "module">,
  ) {
    this.world = world;
    this.source = source;
    this.address = call?.address ?? "";
    this.parent = parent;
    this.call = call === undefined ? undefined : { ...call, module: this };
    this.#given = given;
    const [file] = source.files;
    this.scope = {
      session: world.session,
      file: file as NonNullable<typeof file>,
      frame: undefined,
      functions: world.functionsFor(source.path),
      evaluate: world.evaluate,
      name: (root) => this.#root(root),
    };
  }

  #once(name: string, compute: () => TypedValue): TypedValue {
    return this.world.session.once(this.#memo, name, this.address, compute);
  }

  variable(name: string): TypedValue | undefined {
    const declaration = this.source.variables.get(name);
    if (declaration === undefined) return undefined;
    return this.#once(`var.${name}`, () => this.#variable(name, declaration));
  }

  /** The value a caller or tfvars file gives to a variable, if any. */
  given(name: string): Given | undefined {
    return this.#given(name);
  }

  #variable(name: string, declaration: Declaration): TypedValue {
    const { attributes } = declaration.body;
    const scope = inFile(this.scope, declaration.file);
    const constraint = attributes.get("type");
    const type =
      constraint === undefined ? DYNAMIC : typeConstraint(constraint.node.value, inFile(scope, constraint.file));
    const isSet = (attribute: string, expected: boolean): boolean => {
      const node = attributes.get(attribute)?.node.value;
      return node?.kind === "bool" && node.value === expected;
    };
    const fallback = (): TypedValue => {
      const written = attributes.get("default");
      // A variable that must be given is unknown here, never empty.
      if (written === undefined) return unknownOf(type);
      const value = scope.evaluate(written.node.value, inFile(scope, written.file));
      return this.#typed(value, type, written, `default value of variable "${name}"`);
    };
    const given = this.#given(name);
    let value =
      given === undefined
        ? fallback()
        : this.#typed(
            given.evaluate(type),
            type,
            given.attribute ?? { node: declaration.block, file: declaration.file },
            `variable "${name}"`,
          );
    if (unmark(value) instanceof NullValue && isSet("nullable", false) && attributes.has("default")) value = fallback();
    return isSet("sensitive", true) ? mark(value, SENSITIVE) : value;
  }

  #typed(value: TypedValue, type: Type, at: Written<Span>, what: string): TypedValue {
    const converted = convert(value, type);
    if (converted.ok) return converted.value;
    this.world.session.report(
      at.file,
      at.node,
      `Invalid value for ${what}`,
      `The given value is not suitable: ${converted.message}.`,
    );
    return unknownOf(type);
  }

  local(name: string): TypedValue | undefined {
    const written = this.source.locals.get(name);
    if (written === undefined) return undefined;
    return this.#once(`local.${name}`, () => this.scope.evaluate(written.node.value, inFile(this.scope, written.file)));
  }

  output(name: string): TypedValue | undefined {
    const declaration = this.source.outputs.get(name);
    if (declaration === undefined) return undefined;
    return this.#once(`output.${name}`, () => {
      const written = declaration.body.attributes.get("value");
      if (written === undefined) return UNKNOWN;
      const value = this.scope.evaluate(written.node.value, inFile(this.scope, written.file));
      const secret = declaration.body.attributes.get("sensitive")?.node.value;
      return secret?.kind === "bool" && secret.value ? mark(value, SENSITIVE) : value;
    });
  }

  /** All instances of a resource; `key` is its type, for data sources "data.TYPE". */
  resource(key: string, name: string): Instances<ResourceInstance> | undefined {
    const declaration = this.source.resources.get(key)?.get(name);
    if (declaration === undefined) return undefined;
    const id = `${key}.${name}`;
    const base = `${this.address === "" ? "" : `${this.address}.`}${key}.${declaration.name}`;
    this.#once(id, () => {
      const scope = inFile(this.scope, declaration.file);
      const expansion = expand(declaration.body, scope);
      const items = expansion.instances.map(
        (instance) =>
          new ResourceInstance(
            declaration,
            instance,
            base + keyText(instance.key),
            !expansion.known,
            instanceScope(scope, expansion, instance),
          ),
      );
      this.#resources.set(id, new Instances(expansion, items, (item) => item.object));
      return EXPANDED;
    });
    return this.#resources.get(id);
  }

  moduleCall(name: string): Instances<CallInstance> | undefined {
    const declaration = this.source.calls.get(name);
    if (declaration === undefined) return undefined;
    const id = `module.${name}`;
    const base = this.address === "" ? id : `${this.address}.${id}`;
    this.#once(id, () => {
      const scope = inFile(this.scope, declaration.file);
      const source = this.world.resolve(this, declaration, name);
      const expansion = expand(declaration.body, scope);
      const items = expansion.instances.map((instance) => {
        const call = {
          name,
          declaration,
          address: base + keyText(instance.key),
          key: instance.key,
          possible: !expansion.known,
          scope: instanceScope(scope, expansion, instance),
        };
        return { ...call, module: source && this.#child(source, call) };
      });
      this.#calls.set(id, new Instances(expansion, items, outputsOf));
      return EXPANDED;
    });
    return this.#calls.get(id);
  }

  #child(source: ModuleSource, call: Omit<CallInstance, "module">): Module {
    const given = (name: string): Given | undefined => {
      const attribute = call.declaration.body.attributes.get(name);
      if (attribute === undefined) return undefined;
      return {
        attribute,
        kind: "argument",
        evaluate: () => this.world.evaluate(attribute.node.value, inFile(call.scope, attribute.file)),
      };
    };
    return new Module(this.world, source, given, this, call);
  }

  #root(root: string): TypedValue | undefined {
    if (this.#roots.has(root)) return this.#roots.get(root);
    const value = this.#makeRoot(root);
    this.#roots.set(root, value);
    return value;
  }

  #makeRoot(root: string): TypedValue | undefined {
    const names = (read: (name: string) => TypedValue | undefined, all: () => Iterable<string>): LazyObject =>
      new LazyObject(root, false, read, all);
    switch (root) {
      case "var":
        return names(
          (name) =>
            this.variable(name) ??
            this.#undeclared(
              "Reference to undeclared input variable",
              `An input variable with the name "${name}" has not been declared.`,
            ),
          () => this.source.variables.keys(),
        );
      case "local":
        return names(
          (name) =>
            this.local(name) ??
            this.#undeclared(
              "Reference to undeclared local value",
              `A local value with the name "${name}" has not been declared.`,
            ),
          () => this.source.locals.keys(),
        );
      case "module":
        return names(
          (name) =>
            this.moduleCall(name)?.value ??
            (this.source.calls.has(name)
              ? UNKNOWN
              : this.#undeclared("Reference to undeclared module", `No module call named "${name}" is declared.`)),
          () => this.source.calls.keys(),
        );
      case "path":
        return objectOf(
          new Map<string, TypedValue>([
            [
              "module",
              this.scope.functions.modulePath === this.world.rootPath
                ? "."
                : relativePath(this.world.rootPath, this.scope.functions.modulePath),
            ],
            ["root", "."],
            ["cwd", unknownOf(STRING, { notNull: true })],
          ]),
        );
      case "terraform":
        return objectOf(new Map<string, TypedValue>([["workspace", unknownOf(STRING, { notNull: true })]]));
      case "self":
        return UNKNOWN;
      case "data":
      case "ephemeral":
        return new LazyObject(
          root,
          true,
          (type) => this.#type(`${root}.${type}`),
          () => [],
        );
      default:
        return this.source.resources.has(root) || root.includes("_") ? this.#type(root) : undefined;
    }
  }

  #undeclared(summary: string, detail: string): TypedValue {
    const { session } = this.world;
    return session.report(session.file ?? this.scope.file, session.at, summary, detail);
  }

  #type(key: string): LazyObject {
    const undeclared = (name: string): LazyObject => {
      const address = `${this.address === "" ? "" : `${this.address}.`}${key}.${name}`;
      this.#undeclared("Reference to undeclared resource", `${key}.${name} has not been declared in this module.`);
      return new LazyObject(
        address,
        true,
        (attribute) => mark(UNKNOWN, { sensitive: false, ephemeral: false, from: [`${address}.${attribute}`] }),
        () => [],
      );
    };
    return new LazyObject(
      key,
      false,
      (name) =>
        this.resource(key, name)?.value ?? (this.source.resources.get(key)?.has(name) ? UNKNOWN : undeclared(name)),
      () => this.source.resources.get(key)?.keys() ?? [],
    );
  }
}

/** In a module's memo: the instances of the block are known, see #resources and #calls. */
const EXPANDED: TypedValue = true;

function outputsOf(call: CallInstance): LazyObject {
  const { module, address } = call;
  const unknownOutput = (name: string): TypedValue =>
    mark(UNKNOWN, { sensitive: false, ephemeral: false, from: [`${address}.${name}`] });
  if (module === undefined) return new LazyObject(address, true, unknownOutput, () => []);
  return new LazyObject(
    address,
    false,
    (name) => module.output(name),
    () => module.source.outputs.keys(),
  );
}
