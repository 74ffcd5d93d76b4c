/** The files of acme/infra, as they lie beside this module. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = new URL("./infra/", import.meta.url);

/** Path from the repository's root to text. */
export function seedFiles(): { readonly [path: string]: string } {
  const entries = readdirSync(ROOT, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const root = fileURLToPath(ROOT);
  return Object.fromEntries(
    entries
      .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll("\\", "/").slice(root.length))
      .sort()
      .map((path) => [path, readFileSync(new URL(path, ROOT), "utf8")]),
  );
}
