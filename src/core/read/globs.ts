/** gitignore's globs as regular expressions: `*` and `?` stay within a directory, `**` crosses them. */

/** The whole path must match. `a/` + `**` also matches what lies at any depth under a; `**` + `/b` also b itself. */
export function globToRegExp(glob: string): RegExp {
  let out = "";
  for (let i = 0; i < glob.length; ) {
    const rest = glob.slice(i);
    const [token, pattern] = nextToken(rest, i === 0);
    out += pattern;
    i += token;
  }
  return new RegExp(`^${out}$`);
}

/** Length of the next token of a glob, and what it is as a regular expression. */
function nextToken(rest: string, isStart: boolean): readonly [number, string] {
  if (isStart && rest.startsWith("**/")) return [3, "(?:.*/)?"];
  if (rest === "/**") return [3, "/.+"];
  if (rest.startsWith("/**/")) return [4, "/(?:.*/)?"];
  if (rest.startsWith("**")) return [2, ".*"];
  if (rest.startsWith("*")) return [1, "[^/]*"];
  if (rest.startsWith("?")) return [1, "[^/]"];
  const set = /^\[([!^]?)(\]?[^\]]*)\]/.exec(rest);
  if (set) {
    const members = (set[2] ?? "").replace(/[\\\]^[]/g, "\\$&");
    return [set[0].length, `(?!/)[${set[1] ? "^" : ""}${members}]`];
  }
  const [character, length] = rest.startsWith("\\") && rest.length > 1 ? [rest[1] ?? "", 2] : [rest[0] ?? "", 1];
  return [length, character.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")];
}

export const escapeGlob = (path: string): string => path.replace(/[\\*?[\]]/g, "\\$&");

/** Whether a path (forward slashes, no leading one) lies at a glob, or under the directory that it names. */
export const matchesPath = (glob: string, path: string): boolean => {
  const plain = glob.replace(/^\.?\//, "").replace(/\/+$/, "");
  return globToRegExp(plain).test(path) || globToRegExp(`${plain}/**`).test(path);
};
