/** What every reader returns: resources by stack, and everything that was said on the way. */
import type { Diagnostic, Skipped } from "../model/finding.ts";
import type { Format, Resource } from "../model/resource.ts";
import type { SourceRange } from "../model/source-range.ts";

/** A set of resources that is evaluated and joined together: one root module with one set of variables, one template. */
export interface Stack {
  readonly format: Format;
  /** Directory of the root module, or the file of a template or manifest, relative to the scan root. */
  readonly path: string;
  /** Name of the tfvars environment it was evaluated with ("prod"), absent for the defaults. */
  readonly environment?: string;
  readonly resources: readonly Resource[];
}

/** A comment that may hold a suppression, and the block or line it speaks of. */
export interface Comment {
  /** Without the comment marks. */
  readonly text: string;
  readonly range: SourceRange;
}

export interface Reading {
  readonly stacks: readonly Stack[];
  readonly comments: readonly Comment[];
  readonly diagnostics: readonly Diagnostic[];
  readonly skipped: readonly Skipped[];
}
