/** .dracoignore: gitignore's patterns, for what Draco is not to read. */
import { escapeGlob, globToRegExp } from "../../core/read/globs.ts";

export interface IgnoreRules {
  /** true: left out; false: taken back in (`!pattern`); undefined: no pattern speaks of it. The last match decides. */
  decide(path: string, isDirectory: boolean): boolean | undefined;
}

interface Pattern {
  readonly negated: boolean;
  readonly directoriesOnly: boolean;
  readonly matches: RegExp;
}

/** @param base directory of the ignore file, relative to the root; its patterns speak of what is under it. */
export function parseIgnore(text: string, base = ""): IgnoreRules {
  const patterns = text
    .split(/\r?\n/)
    .map((line) => line.replace(/(?<!\\)\s+$/, ""))
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => parsePattern(line, base));
  return {
    decide: (path, isDirectory) => {
      let decided: boolean | undefined;
      for (const pattern of patterns)
        if ((isDirectory || !pattern.directoriesOnly) && pattern.matches.test(path)) decided = !pattern.negated;
      return decided;
    },
  };
}

/** A slash at the start or in the middle ties a pattern to its base; without one it speaks of any depth. */
function parsePattern(line: string, base: string): Pattern {
  const negated = line.startsWith("!");
  const body = (negated ? line.slice(1) : line).replace(/^\\([!#])/, "$1");
  const directoriesOnly = body.endsWith("/");
  const trimmed = body.replace(/\/+$/, "");
  const glob = trimmed.includes("/") ? trimmed.replace(/^\/+/, "") : `**/${trimmed}`;
  return { negated, directoriesOnly, matches: globToRegExp(base === "" ? glob : `${escapeGlob(base)}/${glob}`) };
}
