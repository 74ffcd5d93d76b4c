import type { Value } from "./value.ts";

/** Replace bytes [start, end) of a file by text. Edits of one file never overlap. */
export interface Edit {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** in-place: safe; disruptive: can break clients, restart or cost; replaces: destroys and recreates; needs-value: a person must choose. */
export type FixRisk = "in-place" | "disruptive" | "replaces" | "needs-value";

export interface Patch {
  readonly edits: readonly Edit[];
  /** Addresses of the resources that change. */
  readonly touches: readonly string[];
  readonly by: "fixer" | "ai" | "person";
  readonly risk: FixRisk;
}

/** A block or resource to be written: attributes hold literals or references; blocks nest. */
export interface BlockBody {
  readonly attributes: { readonly [name: string]: FixValue };
  readonly blocks?: readonly { readonly type: string; readonly body: BlockBody }[];
}

/** A value to write: a literal, or a reference written verbatim ({ ref: "aws_s3_bucket.logs.id" }). */
export type FixValue = Value | { readonly ref: string };

/**
 * What a fixer wants, in terms of the resource: operations, not text. Paths are dotted, relative to the resource;
 * the editor finds (or makes) the place in the source.
 */
export type FixOperation =
  | { readonly op: "set"; readonly address?: string; readonly path: string; readonly value: FixValue }
  | { readonly op: "remove"; readonly address?: string; readonly path: string }
  | { readonly op: "add-block"; readonly address?: string; readonly path: string; readonly body: BlockBody }
  | { readonly op: "add-resource"; readonly type: string; readonly name: string; readonly body: BlockBody };
