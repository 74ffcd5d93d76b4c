/**
 * A resource as a rule sees it: three-valued look-ups by dotted path, nested blocks, and the resources joined to it
 * through references. Reads only; knows nothing of rules.
 */
import type { Resource } from "../model/resource.ts";
import { isList, isObject, isUnknown, type Lookup, type Truth, type Value } from "../model/value.ts";
import type { Estate } from "./estate.ts";

/** Nested blocks (or list elements) at a path. `complete` is false where more may exist that are not known yet. */
export interface Blocks {
  readonly items: readonly Block[];
  readonly complete: boolean;
}

/** An object inside a resource: the resource itself, a nested block, or an element of a list of objects. */
export class Block {
  readonly value: Value;
  /** Dotted path from the resource, "" for the resource itself. */
  readonly path: string;
  constructor(value: Value, path: string) {
    this.value = value;
    this.path = path;
  }

  /**
   * Looks up "versioning.enabled" or "ingress.0.from_port". A list met on the way stands for its only element (its
   * first); ask `blocks` where there can be more. null is absent: the provider's default applies.
   */
  get(path: string): Lookup {
    let value: Value | undefined = this.value;
    let at = this.path;
    for (let start = 0, end = -1; end !== path.length; start = end + 1) {
      const dot = path.indexOf(".", start);
      end = dot < 0 ? path.length : dot;
      const part = path.slice(start, end);
      if (isList(value) && !isIndex(part)) {
        value = value[0];
        at = join(at, "0");
      }
      if (isUnknown(value)) return { kind: "unknown", value, path: join(at, part) };
      at = join(at, part);
      if (isList(value)) value = value[Number(part)];
      else if (isObject(value)) value = Object.hasOwn(value, part) ? value[part] : undefined;
      else return { kind: "absent", path: at };
    }
    if (value === undefined || value === null) return { kind: "absent", path: at };
    if (isUnknown(value)) return { kind: "unknown", value, path: at };
    return { kind: "value", value, path: at };
  }

  /** The string at a path; undefined where absent, unknown or not a string (numbers and booleans are rendered). */
  text(path: string): string | undefined {
    const found = this.get(path);
    if (found.kind !== "value") return undefined;
    return typeof found.value === "object" ? undefined : String(found.value);
  }

  /** The number at a path; numeric strings count, as in Terraform. */
  number(path: string): number | undefined {
    const text = this.text(path);
    return text === undefined || text.trim() === "" || Number.isNaN(Number(text)) ? undefined : Number(text);
  }

  /** Whether the value at a path is true ("true" counts, as in Terraform). Absent is `absent` (default false). */
  is(path: string, absent: Truth = false): Truth {
    const found = this.get(path);
    if (found.kind === "absent") return absent;
    if (found.kind === "unknown") return "unknown";
    return found.value === true || found.value === "true";
  }

  /** Whether anything is set at a path: empty strings and empty lists count as nothing. */
  has(path: string): Truth {
    const found = this.get(path);
    if (found.kind === "unknown") return "unknown";
    if (found.kind === "absent") return false;
    return found.value !== "" && !(isList(found.value) && found.value.length === 0);
  }

  /** Every object at a path, through every list on the way: "rule.apply.sse_algorithm" would look at all rules. */
  blocks(path: string): Blocks {
    let items: Block[] = [this];
    let complete = true;
    for (const part of path.split(".")) {
      const next: Block[] = [];
      for (const item of items) {
        const found = item.get(part);
        if (found.kind === "unknown") complete = false;
        if (found.kind !== "value") continue;
        if (!isList(found.value)) {
          next.push(new Block(found.value, found.path));
          continue;
        }
        found.value.forEach((element, index) => {
          if (isUnknown(element)) complete = false;
          if (element !== null) next.push(new Block(element, join(found.path, String(index))));
        });
      }
      items = next;
    }
    return { items, complete };
  }

  /** The elements of a list (or the one value) at a path, as text; `complete` false where some are unknown. */
  strings(path: string): { readonly items: readonly string[]; readonly complete: boolean } {
    const found = this.get(path);
    if (found.kind === "absent") return { items: [], complete: true };
    if (found.kind === "unknown") return { items: [], complete: false };
    const values: readonly Value[] = isList(found.value) ? found.value : [found.value];
    const known = values.filter((v) => v !== null && !isUnknown(v) && typeof v !== "object");
    return { items: known.map(String), complete: !values.some(isUnknown) };
  }
}

/** A whole resource, with what it is joined to. */
export class View extends Block {
  readonly resource: Resource;
  readonly estate: Estate;
  constructor(resource: Resource, estate: Estate) {
    super(resource.attributes, "");
    this.resource = resource;
    this.estate = estate;
  }

  get address(): string {
    return this.resource.address;
  }
  get type(): string {
    return this.resource.type;
  }

  /**
   * Resources of these types that point at this one, or that this one points at, per instance. `attribute` limits it
   * to links held in that attribute ("bucket"), on whichever side holds it.
   */
  joined(types: string | readonly string[], attribute?: string): readonly View[] {
    return this.estate.joined(this, typeof types === "string" ? [types] : types, attribute);
  }

  /**
   * Whether a resource of these types exists that may or may not be joined to this one (its link is unknown): then
   * "none is joined" is not certain.
   */
  mayJoin(types: string | readonly string[], attribute?: string): boolean {
    return this.estate.mayJoin(this, typeof types === "string" ? [types] : types, attribute);
  }
}

const isIndex = (part: string): boolean => part.charCodeAt(0) <= 0x39 && /^\d+$/.test(part);

const join = (path: string, part: string): string => (path === "" ? part : `${path}.${part}`);
