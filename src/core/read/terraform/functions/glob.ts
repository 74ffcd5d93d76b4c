/** Terraform's glob patterns (doublestar) as patterns of our own linear-time engine. */
import type { FunctionError } from "../function.ts";
import { FunctionError as Failure } from "../function.ts";
import { parsePattern } from "./regex-parse.ts";
import { compile, type Effort, search } from "./regex-run.ts";
import { PatternError } from "./regex-tree.ts";

const literal = (letter: string): string => (/[\w/]/.test(letter) || letter > "\x7f" ? letter : `\\${letter}`);

/** undefined: a brace never closed, which matches nothing. */
function translate(pattern: string): string | undefined | FunctionError {
  const bad = new Failure(`failed to glob pattern ${JSON.stringify(pattern)}: syntax error in pattern`);
  let translated = "";
  let braces = 0;
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern.charAt(at);
    const segmentStart = at === 0 || pattern[at - 1] === "/";
    if (segmentStart && pattern.startsWith("**/", at)) {
      translated += "(?:.*/)?";
      at += 2;
    } else if (segmentStart && pattern.slice(at) === "**") {
      translated += ".*";
      at += 1;
    } else if (letter === "*") translated += "[^/]*";
    else if (letter === "?") translated += "[^/]";
    else if (letter === "{") {
      translated += "(?:";
      braces += 1;
    } else if (letter === "}" && braces > 0) {
      translated += ")";
      braces -= 1;
    } else if (letter === "," && braces > 0) translated += "|";
    else if (letter === "\\") {
      at += 1;
      if (at >= pattern.length) return bad;
      translated += literal(pattern.charAt(at));
    } else if (letter === "[") {
      const close = pattern.indexOf("]", at + 2);
      if (close < 0) return bad;
      const negated = pattern[at + 1] === "^";
      const members = pattern.slice(at + (negated ? 2 : 1), close);
      translated += `[${negated ? "^/" : ""}${members.replaceAll(/[[\]^&]/g, "\\$&")}]`;
      at = close;
    } else translated += literal(letter);
  }
  return braces > 0 ? undefined : `(?s)^${translated}$`;
}

/** A test of whole paths. */
export function globTest(pattern: string): ((path: string) => boolean) | FunctionError {
  const translated = translate(pattern);
  if (translated === undefined) return () => false;
  if (translated instanceof Failure) return translated;
  const parsed = parsePattern(translated);
  const program = parsed instanceof PatternError ? undefined : compile(parsed);
  if (program === undefined)
    return new Failure(`failed to glob pattern ${JSON.stringify(pattern)}: syntax error in pattern`);
  const effort: Effort = { spent: 0 };
  return (path) =>
    search(
      program,
      Array.from(path, (letter) => letter.codePointAt(0) ?? 0),
      0,
      effort,
    ) !== undefined;
}
