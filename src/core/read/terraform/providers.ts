/** Which provider configuration a resource uses, and what the code says of its version. */
import type { ProviderRef } from "../../model/resource.ts";
import { attributeOf, blocksOf, type Expression, type HclFile, literalString, traversalOf } from "../hcl/ast.ts";
import type { Declaration } from "./merged-body.ts";
import type { Module } from "./module.ts";

/** Exact versions by provider source ("registry.terraform.io/hashicorp/aws"), from .terraform.lock.hcl. */
export function lockedVersions(lock: HclFile | undefined): ReadonlyMap<string, string> {
  const versions = new Map<string, string>();
  if (lock === undefined) return versions;
  for (const block of blocksOf(lock.body, "provider")) {
    const source = block.labels[0]?.value;
    const value = attributeOf(block.body, "version")?.value;
    const version = value && literalString(value);
    if (source !== undefined && version !== undefined) versions.set(source, version);
  }
  return versions;
}

/** aws.west as [aws, west]. */
function providerName(expression: Expression | undefined): readonly [string, string | undefined] | undefined {
  if (expression === undefined) return undefined;
  const text = literalString(expression);
  if (text !== undefined) {
    const [name = "", alias] = text.split(".");
    return [name, alias];
  }
  const traversal = traversalOf(expression);
  const step = traversal?.steps[0];
  return traversal && [traversal.root.name, step?.kind === "attribute" ? step.name : undefined];
}

export class Providers {
  readonly #locked: ReadonlyMap<string, string>;
  readonly #known = new Map<Module, Map<string, ProviderRef>>();

  constructor(locked: ReadonlyMap<string, string>) {
    this.#locked = locked;
  }

  /** The provider of a resource type, as `provider = …` or the type's prefix says. */
  of(module: Module, type: string, argument: Expression | undefined): ProviderRef {
    const [name, alias] = providerName(argument) ?? [type.split("_")[0] ?? type, undefined];
    const key = alias === undefined ? name : `${name}.${alias}`;
    let known = this.#known.get(module);
    if (known === undefined) {
      known = new Map();
      this.#known.set(module, known);
    }
    let ref = known.get(key);
    if (ref === undefined) {
      ref = this.#resolve(module, name, alias);
      known.set(key, ref);
    }
    return ref;
  }

  #resolve(module: Module, localName: string, alias: string | undefined): ProviderRef {
    const required = module.source.requiredProviders.get(localName);
    const source = required?.source;
    const name = source?.split("/").at(-1) ?? localName;
    const version =
      this.#version(source ?? `hashicorp/${localName}`, name) ??
      required?.version ??
      this.#inheritedVersion(module, localName);
    const region = this.#region(module, localName, alias);
    return {
      name,
      ...(alias !== undefined && { alias }),
      ...(region !== undefined && { region }),
      ...(version !== undefined && { version }),
    };
  }

  #version(source: string, name: string): string | undefined {
    const full = source.split("/").length > 2 ? source : `registry.terraform.io/${source}`;
    const exact =
      this.#locked.get(full) ?? this.#locked.get(full.replace("registry.terraform.io", "registry.opentofu.org"));
    if (exact !== undefined) return exact;
    for (const [locked, version] of this.#locked) if (locked.endsWith(`/${name}`)) return version;
    return undefined;
  }

  #inheritedVersion(module: Module, localName: string): string | undefined {
    for (let at = module.parent; at !== undefined; at = at.parent) {
      const version = at.source.requiredProviders.get(localName)?.version;
      if (version !== undefined) return version;
    }
    return undefined;
  }

  /** Follows `providers = { aws = aws.west }` up through the callers. */
  #region(module: Module, name: string, alias: string | undefined): string | undefined {
    const own = module.source.providers.find((declaration) => matches(declaration, name, alias));
    if (own !== undefined) {
      const region = own.body.attributes.get("region");
      if (region === undefined) return undefined;
      const value = module.scope.evaluate(region.node.value, module.scope);
      return typeof value === "string" ? value : undefined;
    }
    if (module.parent === undefined) return undefined;
    const passed = module.call?.declaration.body.attributes.get("providers")?.node.value;
    if (passed?.kind === "object") {
      for (const { key, value } of passed.items) {
        const inner = providerName(key);
        const outer = providerName(value);
        if (inner?.[0] === name && inner[1] === alias && outer) return this.#region(module.parent, outer[0], outer[1]);
      }
    }
    return alias === undefined ? this.#region(module.parent, name, undefined) : undefined;
  }
}

function matches(declaration: Declaration, name: string, alias: string | undefined): boolean {
  if (declaration.block.labels[0]?.value !== name) return false;
  const written = declaration.body.attributes.get("alias")?.node.value;
  return (written && literalString(written)) === alias;
}
