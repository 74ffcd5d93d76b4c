/** The folder of this installation of Draco, from wherever the bundle or the sources lie in it. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export function packageRoot(): string {
  for (let at = dirname(fileURLToPath(import.meta.url)); ; at = dirname(at)) {
    if (existsSync(join(at, "app.yml")) && existsSync(join(at, "package.json"))) return at;
    if (at === dirname(at)) throw new Error("app.yml is missing: this installation of Draco is incomplete.");
  }
}
