// Values and blocks as HCL text. Columns of `=` are not its business: align.ts sees to them once the text is in its file.
import type { BlockBody, FixValue } from "../../model/patch.ts";
import { isList, isObject, isUnknown } from "../../model/value.ts";
import type { Layout } from "./layout.ts";

/** A value that can be written down: no unknowns, no numbers that HCL cannot write. */
export const isWritable = (value: FixValue): boolean => {
  if (isUnknown(value)) return false;
  if (typeof value === "number") return Number.isFinite(value);
  if (isList(value)) return value.every(isWritable);
  return !isObject(value) || Object.values(value).every(isWritable);
};

export const isBodyWritable = (body: BlockBody): boolean =>
  Object.values(body.attributes).every(isWritable) && (body.blocks ?? []).every((block) => isBodyWritable(block.body));

/** The expression of a reference ({ ref }), which is written verbatim; undefined for any other value. */
export const referenceOf = (value: FixValue): string | undefined => {
  if (typeof value !== "object" || value === null || isList(value) || isUnknown(value)) return undefined;
  const { ref } = value;
  return typeof ref === "string" && Object.keys(value).length === 1 ? ref : undefined;
};

const ESCAPES: { readonly [character: string]: string } = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  '"': '\\"',
  "\\": "\\\\",
};

/** A quoted string whose value is exactly `text` (normalised to NFC by whoever reads it). */
export const renderString = (text: string): string => {
  const escaped = Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const needsCode = code < 32 || code === 127;
    return ESCAPES[character] ?? (needsCode ? `\\u${code.toString(16).padStart(4, "0")}` : character);
  }).join("");
  return `"${escaped.replace(/[$%](?=\{)/g, "$&$&")}"`;
};

const BARE_KEY = /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u;
const NOT_BARE: ReadonlySet<string> = new Set(["for", "true", "false", "null"]);
export const isBareKey = (key: string): boolean => BARE_KEY.test(key) && !NOT_BARE.has(key);

const MAX_INLINE = 80;

/** An expression. `indent` is that of the line it begins on; `inline` keeps it on that line. */
export const renderValue = (value: FixValue, layout: Layout, indent: string, inline = false): string => {
  const reference = referenceOf(value);
  if (reference !== undefined) return reference;
  if (typeof value === "string") return renderString(value);
  if (isList(value)) return renderList(value, layout, indent, inline);
  if (isObject(value)) return renderObject(value, layout, indent, inline);
  return String(value);
};

const renderList = (list: readonly FixValue[], layout: Layout, indent: string, inline: boolean): string => {
  const flat = `[${list.map((item) => renderValue(item, layout, indent, true)).join(", ")}]`;
  const hasObjects = list.some((item) => isObject(item) && referenceOf(item) === undefined);
  if (inline || (!hasObjects && flat.length <= MAX_INLINE)) return flat;
  const inner = indent + layout.unit;
  const lines = list.map((item) => `${inner}${renderValue(item, layout, inner)},${layout.eol}`);
  return `[${layout.eol}${lines.join("")}${indent}]`;
};

const renderObject = (
  object: { readonly [key: string]: FixValue },
  layout: Layout,
  indent: string,
  inline: boolean,
): string => {
  const entries = Object.entries(object);
  if (entries.length === 0) return "{}";
  const render = (key: string, value: FixValue, at: string, flat: boolean) =>
    `${isBareKey(key) ? key : renderString(key)} = ${renderValue(value, layout, at, flat)}`;
  if (inline) return `{ ${entries.map(([key, value]) => render(key, value, indent, true)).join(", ")} }`;
  const inner = indent + layout.unit;
  const lines = entries.map(([key, value]) => `${inner}${render(key, value, inner, false)}${layout.eol}`);
  return `{${layout.eol}${lines.join("")}${indent}}`;
};

/** `header { … }` without indentation before it and without a line break behind it. */
export const renderBlock = (header: string, body: BlockBody, layout: Layout, indent: string): string => {
  const inner = indent + layout.unit;
  const attributes = Object.entries(body.attributes).map(
    ([name, value]) => `${inner}${name} = ${renderValue(value, layout, inner)}${layout.eol}`,
  );
  const blocks = (body.blocks ?? []).map(
    (block) => `${inner}${renderBlock(block.type, block.body, layout, inner)}${layout.eol}`,
  );
  if (attributes.length === 0 && blocks.length === 0) return `${header} {}`;
  const sections = attributes.length > 0 ? [attributes.join(""), ...blocks] : blocks;
  return `${header} {${layout.eol}${sections.join(layout.eol)}${indent}}`;
};
