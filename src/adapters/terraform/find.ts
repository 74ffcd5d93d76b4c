/** Looks for `terraform`, then `tofu`, on a PATH. */
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

const NAMES = ["terraform", "tofu"];

/** Absolute path of the binary, undefined where there is none. `preferred` is a path or a name, and then the only one. */
export function findTerraform(preferred?: string, path = process.env.PATH): string | undefined {
  if (preferred !== undefined && isAbsolute(preferred)) return executable(preferred) ? preferred : undefined;
  const folders = (path ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  for (const name of preferred === undefined ? NAMES : [preferred]) {
    const found = folders.map((folder) => join(folder, name)).find(executable);
    if (found) return found;
  }
  return undefined;
}

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
