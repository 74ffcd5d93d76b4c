/** Paths and files of a scan, by directory. All paths are relative to the scan root, with forward slashes. */
import type { SourceFile } from "../../model/source-range.ts";

export const directoryOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** Resolves ".." and "."; undefined where the path leaves the scan root. */
export function joinPath(base: string, path: string): string | undefined {
  if (path.startsWith("/")) return undefined;
  const parts = base === "" ? [] : base.split("/");
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

/** From one directory to another, both relative to the scan root. */
export function relativePath(from: string, to: string): string {
  const a = from === "" ? [] : from.split("/");
  const b = to === "" ? [] : to.split("/");
  let shared = 0;
  while (shared < a.length && a[shared] === b[shared]) shared++;
  return [...a.slice(shared).map(() => ".."), ...b.slice(shared)].join("/") || ".";
}

export class FileTree {
  readonly #files = new Map<string, SourceFile>();
  readonly #byDirectory = new Map<string, string[]>();
  readonly #below = new Map<string, readonly string[]>();

  constructor(files: readonly SourceFile[]) {
    for (const file of files) {
      this.#files.set(file.path, file);
      const directory = directoryOf(file.path);
      const listed = this.#byDirectory.get(directory);
      if (listed) listed.push(file.path);
      else this.#byDirectory.set(directory, [file.path]);
    }
  }

  get(path: string): SourceFile | undefined {
    return this.#files.get(path);
  }

  /** Directories that hold files, sorted. */
  get directories(): readonly string[] {
    return [...this.#byDirectory.keys()].sort();
  }

  /** Files directly in a directory. */
  in(directory: string): readonly string[] {
    return this.#byDirectory.get(directory) ?? [];
  }

  /** All files at or below a directory, sorted. */
  below(directory: string): readonly string[] {
    let listed = this.#below.get(directory);
    if (listed === undefined) {
      const prefix = directory === "" ? "" : `${directory}/`;
      listed = [...this.#files.keys()].filter((path) => path.startsWith(prefix)).sort();
      this.#below.set(directory, listed);
    }
    return listed;
  }
}
