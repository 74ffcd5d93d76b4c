/** .dracoignore: gitignore's patterns, for what Draco is not to read. */
import picomatch from "picomatch";

export interface IgnoreRules {
  /** Whether a path (relative to the root, forward slashes) is left out; the last pattern that matches decides. */
  ignores(path: string, isDirectory: boolean): boolean;
}

interface Pattern {
  readonly negated: boolean;
  readonly directoriesOnly: boolean;
  matches(path: string): boolean;
}

/** @param base directory of the ignore file, relative to the root; its patterns speak of what is under it. */
export function parseIgnore(text: string, base = ""): IgnoreRules {
  const patterns = text
    .split(/\r?\n/)
    .map((line) => line.replace(/(?<!\\)\s+$/, ""))
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => parsePattern(line, base));
  return {
    ignores: (path, isDirectory) => {
      let ignored = false;
      for (const pattern of patterns)
        if ((isDirectory || !pattern.directoriesOnly) && pattern.matches(path)) ignored = !pattern.negated;
      return ignored;
    },
  };
}

/** A slash at the start or in the middle ties a pattern to its base; without one it speaks of any depth. */
function parsePattern(line: string, base: string): Pattern {
  const negated = line.startsWith("!");
  const body = (negated ? line.slice(1) : line).replace(/^\\([!#])/, "$1");
  const directoriesOnly = body.endsWith("/");
  const trimmed = body.replace(/\/+$/, "");
  const anchored = trimmed.includes("/");
  const glob = anchored ? trimmed.replace(/^\/+/, "") : `**/${trimmed}`;
  const isMatch = picomatch(base === "" ? glob : `${escapeGlob(base)}/${glob}`, { dot: true, nonegate: true });
  return { negated, directoriesOnly, matches: isMatch };
}

const escapeGlob = (path: string): string => path.replace(/[\\*?[\]{}()!+@|]/g, "\\$&");
