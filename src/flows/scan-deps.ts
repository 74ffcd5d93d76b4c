/** What a scan is given: the disk and git as plain functions, what was asked, and what the repository says of itself. */
import type { Tree, TreeOptions } from "../adapters/files/read-tree.ts";
import type { Severity } from "../core/model/finding.ts";
import type { SourceFile } from "../core/model/source-range.ts";
import type { Baseline } from "../core/rules/baseline.ts";
import type { ScanPolicy } from "../core/scan-policy.ts";

/** What the flow asks of the disk. Paths it gives are absolute. */
export interface ScanDeps {
  /** What a path is, undefined where nothing is there. */
  kindOf(path: string): "file" | "directory" | undefined;
  readTree(root: string, options: Pick<TreeOptions, "wants" | "shallow" | "onProgress">): Tree;
  readSome(root: string, paths: readonly string[]): readonly SourceFile[];
  /** One file wherever it lies, since somebody named it; undefined where it cannot be read. */
  readFile(path: string): Uint8Array | undefined;
  repositoryOf(directory: string): string | undefined;
  relativePath(from: string, to: string): string;
  /** What a repository says of its own scans (`.github/draco.yml`), undefined where it says nothing; options go before it. */
  readPolicy(repository: string): Promise<ScanPolicy | undefined>;
  /** Files that differ from a git revision, as absolute paths. */
  changedSince(directory: string, revision: string): Promise<readonly string[]>;
  readonly onProgress?: (message: string) => void;
}

export interface ScanOptions {
  /** Absolute paths of directories and files; `shown` is how the person wrote them. */
  readonly paths: readonly { readonly path: string; readonly shown: string }[];
  /** ISO date, for suppressions that expire. */
  readonly today: string;
  readonly profile?: "default" | "strict";
  readonly rules?: readonly string[];
  readonly severity?: Severity;
  readonly allResults?: boolean;
  /** Load every rule there is, so that `aliases` is complete. */
  readonly everyRule?: boolean;
  /** Absolute paths. */
  readonly varFiles?: readonly string[];
  readonly variables?: { readonly [name: string]: string };
  readonly baseline?: Baseline;
  readonly changedSince?: string;
}

export class PathNotFound extends Error {}
