/** The disk and git, as the scan flow asks for them, and what the repository's own policy adds to a scan. */
import { readFileSync, realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { changedSince } from "../../adapters/files/git.ts";
import { readSome, readTree, relativePath, repositoryOf } from "../../adapters/files/read-tree.ts";
import type { ScanDeps } from "../../flows/scan-deps.ts";
import type { Io } from "./io.ts";
import { readPolicy } from "./read-policy.ts";

export function scanDeps(onProgress?: (message: string) => void): ScanDeps {
  return {
    kindOf,
    readTree,
    readSome,
    readFile,
    repositoryOf,
    relativePath,
    changedSince,
    readPolicy,
    ...(onProgress && { onProgress }),
  };
}

export const absolutePaths = (paths: readonly string[], cwd: string) =>
  (paths.length === 0 ? ["."] : paths).map((shown) => ({ path: realPath(resolve(cwd, shown)), shown }));

/** git and the walk speak of real paths; what is not there stays as it is, and is told as missing later. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** TF_VAR_name=value, as Terraform reads it. */
export const variablesFrom = (env: Io["env"]): { readonly [name: string]: string } =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      name.startsWith("TF_VAR_") && value !== undefined ? [[name.slice("TF_VAR_".length), value]] : [],
    ),
  );

function kindOf(path: string): "file" | "directory" | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() ? "directory" : found?.isFile() ? "file" : undefined;
}

function readFile(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
