/** Colours and widths of text for a terminal. Without colour every style is the text itself. */
import type { Severity } from "../model/finding.ts";

export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
  severity(severity: Severity, text?: string): string;
}

export interface Screen {
  readonly colour: boolean;
  /** Columns; 0 for no limit. */
  readonly width: number;
}

export function styleFor(colour: boolean): Style {
  const wrap =
    (open: string, close: string) =>
    (text: string): string =>
      colour ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  const bold = wrap("1", "22");
  const red = wrap("31", "39");
  const yellow = wrap("33", "39");
  const blue = wrap("34", "39");
  const bySeverity: { readonly [s in Severity]: (text: string) => string } = {
    critical: (text) => wrap("1;37;41", "22;39;49")(text),
    high: (text) => bold(red(text)),
    medium: yellow,
    low: blue,
  };
  return {
    bold,
    red,
    yellow,
    dim: wrap("2", "22"),
    green: wrap("32", "39"),
    cyan: wrap("36", "39"),
    severity: (severity, text = severity.toUpperCase()) => bySeverity[severity](text),
  };
}

/** Breaks words at the width (0: not at all); the first line starts with `first`, the others with as many spaces. */
export function wrapText(text: string, width: number, first = ""): string {
  const words = text.split(/\s+/).filter((word) => word !== "");
  if (width === 0) return first + words.join(" ");
  const indent = " ".repeat(visibleLength(first));
  const room = Math.max(20, width - indent.length);
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const word of words) {
    const length = visibleLength(word);
    const fits = line === "" || used + 1 + length <= room;
    if (fits) {
      used += line === "" ? length : length + 1;
      line = line === "" ? word : `${line} ${word}`;
    } else {
      lines.push(line);
      line = word;
      used = length;
    }
  }
  lines.push(line);
  return lines.map((l, index) => (index === 0 ? first : indent) + l).join("\n");
}

const ESCAPE = String.fromCharCode(27);
const ESCAPES = new RegExp(`${ESCAPE}\\[[0-9;]*m`, "g");
export const visibleLength = (text: string): number =>
  [...(text.includes(ESCAPE) ? text.replace(ESCAPES, "") : text)].length;

export const plural = (count: number, noun: string, many = `${noun}s`): string =>
  `${thousands(count)} ${count === 1 ? noun : many}`;

/** 12,345: as Intl would, without loading it. */
const thousands = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
