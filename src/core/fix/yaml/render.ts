/** Values as YAML text: plain where that is safe, in the style of the place they go to. */
import { isList, isObject, isUnknown, type ObjectValue, type Value } from "../../model/value.ts";

export interface Style {
  readonly newline: "\n" | "\r\n";
  /** Spaces by which a block is indented below its key. */
  readonly step: number;
  /** JSON has no plain scalars and no plain keys. */
  readonly isJson: boolean;
}

export function styleOf(text: string): Style {
  const indented = /^( {1,8})[^\s#-]/m.exec(text)?.[1]?.length ?? 2;
  return {
    newline: text.includes("\r\n") ? "\r\n" : "\n",
    step: indented,
    isJson: /^\ufeff?\s*[[{]/.test(text),
  };
}

/** A key with its value as the lines of a block, the first one without indentation. `column` is the key's, from 0. */
export function entryText(key: string, value: Value, column: number, style: Style): string {
  return `${keyText(key, style)}:${valueText(value, column, style)}`;
}

/** What follows a colon: " true", or a block on the next lines. */
export function valueText(value: Value, column: number, style: Style): string {
  if (typeof value === "string" && value.includes("\n"))
    return ` |${value.endsWith("\n") ? "" : "-"}${blockText(value, column + style.step, style)}`;
  if (isObject(value) && Object.keys(value).length > 0 && !style.isJson) {
    const indent = column + style.step;
    const lines = Object.entries(value).map(([name, part]) => entryText(name, part, indent, style));
    return lines.map((line) => `${style.newline}${" ".repeat(indent)}${line}`).join("");
  }
  return ` ${flowText(value, style)}`;
}

/** The lines of a block scalar below its header. */
export const blockText = (text: string, indent: number, style: Style): string =>
  text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => `${style.newline}${line === "" ? "" : " ".repeat(indent)}${line}`)
    .join("");

/** On one line. */
export function flowText(value: Value, style: Style): string {
  if (isList(value)) return `[${value.map((item) => flowText(item, style)).join(", ")}]`;
  if (isObject(value)) return objectText(value, style);
  return scalarText(value, style, true);
}

function objectText(value: ObjectValue, style: Style): string {
  const parts = Object.entries(value).map(([key, part]) => `${keyText(key, style)}: ${flowText(part, style)}`);
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

/** A scalar, quoted where it would be read as something else. `isFlow`: inside brackets more characters count. */
export function scalarText(value: Value, style: Style, isFlow = false): string {
  if (value === null || isUnknown(value)) return "null";
  if (typeof value !== "string") return JSON.stringify(value);
  return !style.isJson && isPlain(value, isFlow) ? value : JSON.stringify(value);
}

export const keyText = (key: string, style: Style): string =>
  !style.isJson && /^[A-Za-z_][\w./-]*$/.test(key) ? key : JSON.stringify(key);

function isPlain(text: string, isFlow: boolean): boolean {
  if (!/^[A-Za-z_/$.][^\n\r\t]*$/.test(text) || /:(?:\s|$)|\s#|\s$/.test(text)) return false;
  if (isFlow && /[[\]{},]/.test(text)) return false;
  return !/^(?:true|false|yes|no|on|off|null|y|n|\.(?:inf|nan)|\.\d.*)$/i.test(text);
}
