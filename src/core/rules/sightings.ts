/** What is seen at the paths of one resource, looked up once: many rules speak of the same place. */
import type { Resource } from "../model/resource.ts";
import type { LiveRef, SourceRange } from "../model/source-range.ts";
import { evidenceAt } from "./evidence.ts";
import { once } from "./once.ts";

export class Sightings {
  readonly #resource: Resource;
  readonly #evidence = new Map<string, ReturnType<typeof evidenceAt>>();
  readonly #places = new Map<string, SourceRange | LiveRef>();

  constructor(resource: Resource) {
    this.#resource = resource;
  }

  /** What to show of the value there, and what goes into the fingerprint. */
  evidenceAt(path: string): ReturnType<typeof evidenceAt> {
    return once(this.#evidence, path, () => evidenceAt(this.#resource, path));
  }

  /** Where a dotted path is written, else the nearest block around it, else the resource's header. */
  placeOf(path: string): SourceRange | LiveRef {
    const { origin } = this.#resource;
    if (origin.kind === "live") return origin;
    if (path === "") return origin.header;
    return once(this.#places, path, () => origin.locate(path)?.range ?? this.placeOf(parentOf(path)));
  }
}

/** a.0.b → a.0 → a → "" */
export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf(".")));
