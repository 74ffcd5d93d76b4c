/** The version that package.json states, from wherever the bundle lies. */
import { readFileSync } from "node:fs";

export function packageVersion(): string {
  for (const up of ["../package.json", "../../package.json", "../../../package.json"]) {
    try {
      const parsed: unknown = JSON.parse(readFileSync(new URL(up, import.meta.url), "utf8"));
      if (
        typeof parsed === "object" &&
        parsed !== null &&
        "name" in parsed &&
        parsed.name === "draco" &&
        "version" in parsed
      )
        return String(parsed.version);
    } catch {
      // Not at this depth: the bundle and the sources lie at different ones.
    }
  }
  return "0.0.0";
}
