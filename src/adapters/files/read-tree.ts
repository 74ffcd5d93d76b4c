/**
 * Reads the files of a directory that a scan may need. Never leaves the directory through a symbolic link, never reads
 * a file beyond the size cap, and says what it left out.
 */
import { type Dirent, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import type { Diagnostic, Skipped } from "../../core/model/finding.ts";
import type { SourceFile } from "../../core/model/source-range.ts";
import { MOST_FILE_BYTES } from "../../core/read/candidates.ts";
import { type IgnoreRules, parseIgnore } from "./ignore.ts";

export interface TreeOptions {
  /** Whether a file is wanted by its relative path alone. */
  readonly wants: (path: string) => boolean;
  readonly mostFileBytes?: number;
  /** Only this directory itself, not those below it. */
  readonly shallow?: boolean;
  /** Told every few thousand entries how many files were read. */
  readonly onProgress?: (files: number) => void;
}

export interface Tree {
  readonly files: readonly SourceFile[];
  /** Paths of files that were there but not wanted by name; `readSome` can read them. */
  readonly others: readonly string[];
  readonly skipped: readonly Skipped[];
  readonly diagnostics: readonly Diagnostic[];
}

/** @param root an existing directory, absolute. */
export function readTree(root: string, options: TreeOptions): Tree {
  const walk = new Walk(realpathSync(root), options);
  walk.directory("", []);
  return { files: walk.files, others: walk.others, skipped: walk.skipped, diagnostics: walk.diagnostics };
}

class Walk {
  readonly files: SourceFile[] = [];
  readonly others: string[] = [];
  readonly skipped: Skipped[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly #root: string;
  readonly #options: TreeOptions;

  constructor(root: string, options: TreeOptions) {
    this.#root = root;
    this.#options = options;
  }

  /** @param path relative to the root, "" for the root itself. */
  directory(path: string, ignores: readonly IgnoreRules[]): void {
    const entries = this.#list(path);
    if (!entries) return;
    let rules = ignores;
    if (entries.some((entry) => entry.name === ".dracoignore")) {
      const text = this.#bytes(path === "" ? ".dracoignore" : `${path}/.dracoignore`);
      if (text) rules = [...ignores, parseIgnore(new TextDecoder().decode(text), path)];
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    for (const entry of entries) {
      const child = path === "" ? entry.name : `${path}/${entry.name}`;
      const kind = entry.isSymbolicLink() ? this.#behindLink(child) : kindOf(entry);
      if (kind === "directory") this.#enter(child, entry.name, rules);
      else if (kind === "file") this.#file(child, rules);
    }
  }

  #enter(path: string, name: string, rules: readonly IgnoreRules[]): void {
    if (this.#options.shallow || name === ".git") return;
    const reason = notScanned(path, name) ?? (isIgnored(rules, path, true) ? "ignored by .dracoignore" : undefined);
    if (reason) this.skipped.push({ path: `${path}/`, reason });
    else this.directory(path, rules);
  }

  #file(path: string, rules: readonly IgnoreRules[]): void {
    if (!this.#options.wants(path)) {
      this.others.push(path);
      return;
    }
    if (isIgnored(rules, path, false)) {
      this.skipped.push({ path, reason: "ignored by .dracoignore" });
      return;
    }
    const bytes = this.#bytes(path);
    if (!bytes) return;
    this.files.push({ path, bytes });
    if (this.files.length % 500 === 0) this.#options.onProgress?.(this.files.length);
  }

  #bytes(path: string): Uint8Array | undefined {
    const most = this.#options.mostFileBytes ?? MOST_FILE_BYTES;
    try {
      const full = join(this.#root, path);
      const { size } = statSync(full);
      if (size > most) {
        this.skipped.push({ path, reason: `larger than ${megabytes(most)} (${megabytes(size)})` });
        return undefined;
      }
      return readFileSync(full);
    } catch (thrown) {
      this.#unreadable(path, thrown);
      return undefined;
    }
  }

  #list(path: string): Dirent[] | undefined {
    try {
      return readdirSync(join(this.#root, path), { withFileTypes: true });
    } catch (thrown) {
      this.#unreadable(path === "" ? "." : path, thrown);
      return undefined;
    }
  }

  /** What a link inside the root points at; links that leave the root or point at a directory above are left out. */
  #behindLink(path: string): "file" | "directory" | "other" {
    try {
      const full = join(this.#root, path);
      const target = realpathSync(full);
      if (!isInside(this.#root, target)) {
        this.skipped.push({ path, reason: "symbolic link out of the scanned directory" });
        return "other";
      }
      const kind = statSync(full);
      if (kind.isDirectory() && isInside(target, realpathSync(dirname(full)))) {
        this.skipped.push({ path, reason: "symbolic link to a directory that holds it" });
        return "other";
      }
      return kind.isDirectory() ? "directory" : kind.isFile() ? "file" : "other";
    } catch {
      this.skipped.push({ path, reason: "broken symbolic link" });
      return "other";
    }
  }

  #unreadable(path: string, thrown: unknown): void {
    const why = thrown instanceof Error && "code" in thrown ? String(thrown.code) : String(thrown);
    this.diagnostics.push({ severity: "error", summary: `Cannot be read (${why})`, file: path, line: 1, column: 1 });
  }
}

/** Directories that hold copies, caches and history, not somebody's code. Vendored modules are read. */
function notScanned(path: string, name: string): string | undefined {
  if (name === "node_modules") return "never scanned";
  if (path.endsWith(".terraform/providers") || name === ".terragrunt-cache") return "downloaded by a tool";
  return undefined;
}

const kindOf = (entry: Dirent): "file" | "directory" | "other" =>
  entry.isDirectory() ? "directory" : entry.isFile() ? "file" : "other";

/** Ignore files nearer to the path overrule those above. */
const isIgnored = (rules: readonly IgnoreRules[], path: string, isDirectory: boolean): boolean =>
  rules.reduce((ignored, rule) => rule.decide(path, isDirectory) ?? ignored, false);

const isInside = (directory: string, path: string): boolean =>
  path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

/** Reads files by path, leaving out what is too large, is not there, or lies outside the root. */
export function readSome(root: string, paths: readonly string[], mostFileBytes = MOST_FILE_BYTES): SourceFile[] {
  const real = realpathSync(root);
  const files: SourceFile[] = [];
  for (const path of paths) {
    try {
      const full = join(real, path);
      if (!isInside(real, realpathSync(full)) || statSync(full).size > mostFileBytes) continue;
      files.push({ path, bytes: readFileSync(full) });
    } catch {
      // Named in code but not there: the evaluator says so at the place that names it.
    }
  }
  return files;
}

/** The repository a directory lies in: the nearest directory above that holds .git. */
export function repositoryOf(directory: string): string | undefined {
  for (let at = realpathSync(directory); ; at = dirname(at)) {
    try {
      lstatSync(join(at, ".git"));
      return at;
    } catch {
      if (dirname(at) === at) return undefined;
    }
  }
}

export const relativePath = (from: string, to: string): string => relative(from, to).split(sep).join("/");
