/** The files of acme/infra, as they lie beside this module. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/app/package-root.ts";

/** Path from the repository's root to text. */
export function seedFiles(): { readonly [path: string]: string } {
  const root = join(packageRoot(), "demo", "seed", "infra");
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries
      .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll("\\", "/").slice(root.length + 1))
      .sort()
      .map((path) => [path, readFileSync(join(root, path), "utf8")]),
  );
}
