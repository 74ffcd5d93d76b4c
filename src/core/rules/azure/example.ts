/** Writes the small resources that Azure rules show as examples. */

/** A resource "r" with these lines in its body; lines may hold whole blocks. */
export const resource = (type: string, ...lines: readonly string[]): string =>
  `resource "${type}" "r" {\n${lines.flatMap((line) => line.split("\n").map((part) => `  ${part}\n`)).join("")}}\n`;

/** A nested block. */
export const block = (name: string, ...lines: readonly string[]): string =>
  lines.length === 0
    ? `${name} {}`
    : `${name} {\n${lines.flatMap((line) => line.split("\n").map((part) => `  ${part}`)).join("\n")}\n}`;

/** Writes resources of one type. */
export const written =
  (type: string) =>
  (...lines: readonly string[]): string =>
    resource(type, ...lines);
