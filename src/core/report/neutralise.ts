/**
 * Makes text from outside (repositories, people, the cloud, a model) safe inside Markdown that Draco posts: it cannot
 * mention, link, close issues, run commands, hide, or pose as Draco.
 */

/** Control, bidi and zero-width characters: invisible to a reader, not to a parser. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\u2028\u2029]/gu;

/** One line of plain text. `most` is the greatest length in characters; the rest is cut and marked. */
export function plainText(text: string, most = 300): string {
  const oneLine = text
    .replace(/[\r\n\t\u2028\u2029]+/g, " ")
    .replace(INVISIBLE, "")
    .trim();
  const short = [...oneLine];
  return short.length <= most ? oneLine : `${short.slice(0, most - 1).join("")}…`;
}

/** One line that renders as itself in Markdown: nothing in it is markup, a mention, a link or a command. */
export function neutralise(text: string, most = 300): string {
  return plainText(text, most)
    .replace(/[\\`*_{}[\]()<>#+!|~]/g, (c) => `\\${c}`)
    .replace(/@/g, "@\u200b")
    .replace(/\b(https?|ftp|mailto|www)(:|\.)/gi, "$1\u200b$2")
    .replace(/^([/>-])/, "\\$1")
    .replace(/\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)\s+(\\#|gh-)/gi, "$1 \u200b$2");
}

/** Code span whose fence is longer than any run of backticks inside. */
export function codeSpan(text: string, most = 200): string {
  const inner = plainText(text, most);
  const fence = "`".repeat(longestRun(inner, "`") + 1);
  const pad = inner.startsWith("`") || inner.endsWith("`") ? " " : "";
  return inner === "" ? "` `" : `${fence}${pad}${inner}${pad}${fence}`;
}

/** Fenced block whose fence is longer than any run of backticks inside. Long text is cut in the middle. */
export function codeBlock(text: string, language = "", mostCharacters = 20_000): string {
  const inner = cutMiddle(text.replace(/\r\n/g, "\n"), mostCharacters).replace(
    /[\p{Cf}\p{Co}]/gu,
    (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`,
  );
  const fence = "`".repeat(Math.max(3, longestRun(inner, "`") + 1));
  return `${fence}${language}\n${inner.replace(/\n$/, "")}\n${fence}`;
}

/** Keeps the beginning and the end: the middle of a long diff says least. */
export function cutMiddle(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor((most - 60) / 2);
  return `${text.slice(0, half)}\n… ${text.length - 2 * half} characters left out …\n${text.slice(-half)}`;
}

/** A table cell: one neutralised line. */
export const cell = (text: string, most = 120): string => neutralise(text, most);

function longestRun(text: string, character: string): number {
  let longest = 0;
  let run = 0;
  for (const c of text) {
    run = c === character ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}
