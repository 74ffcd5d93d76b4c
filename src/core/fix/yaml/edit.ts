/** Sets and removes values of a YAML document in place: comments, order, indentation and quoting stay as they are. */
import { isAlias, isMap, isScalar, isSeq, type Node, type YAMLMap, type YAMLSeq } from "yaml";
import type { Edit } from "../../model/patch.ts";
import type { SourceRange } from "../../model/source-range.ts";
import { isList, type Value } from "../../model/value.ts";
import type { Entry, YamlDocument } from "../../read/yaml/document.ts";
import { blockText, entryText, flowText, keyText, type Style, scalarText, styleOf, valueText } from "./render.ts";

export type YamlEdit =
  | { readonly ok: true; readonly edits: readonly Edit[] }
  | { readonly ok: false; readonly why: string; readonly at: SourceRange };

export interface SetOptions {
  /** A new key of the object itself is put before this one, where there is one. */
  readonly before?: string;
}

/** Makes the value at a dotted path (below `object`) what is given. Mappings on the way are made where they are not. */
export function setYaml(
  document: YamlDocument,
  object: Node,
  path: string,
  value: Value,
  options: SetOptions = {},
): YamlEdit {
  const draft = new Draft(document);
  return draft.set(object, path.split("."), value, options);
}

/** Removes what is at a dotted path, and mappings that hold nothing else. Nothing there: no edits. */
export function removeYaml(document: YamlDocument, object: Node, path: string): YamlEdit {
  return new Draft(document).remove(object, path.split("."));
}

class Draft {
  readonly #document: YamlDocument;
  readonly #text: string;
  readonly #style: Style;

  constructor(document: YamlDocument) {
    this.#document = document;
    this.#text = document.source.text;
    this.#style = styleOf(this.#text);
  }

  set(object: Node, parts: readonly string[], value: Value, options: SetOptions): YamlEdit {
    let at: Node = object;
    for (const [index, part] of parts.entries()) {
      const rest = parts.slice(index + 1);
      if (isAlias(at))
        return this.#refuse(at, "The value is shared through an anchor: changing it would change other places.");
      if (isSeq(at)) {
        const item = at.items[Number(part)] as Node | undefined;
        if (!item && Number(part) === at.items.length) return this.#append(at, nested(rest, value));
        if (!item) return this.#refuse(at, `The list has no element ${part}.`);
        if (rest.length === 0) return this.#edit(...this.#document.extent(item), flowText(value, this.#style));
        at = item;
        continue;
      }
      if (!isMap(at)) return this.#refuse(at, `There is a plain value where ${part} would have to go.`);
      const entry = this.#own(at, part);
      if (!entry) return this.#insert(at, part, nested(rest, value), index === 0 ? options.before : undefined);
      if (rest.length === 0) return this.#replace(entry, value);
      if (!entry.value || (isScalar(entry.value) && entry.value.value === null))
        return this.#replace(entry, nested(rest, value));
      at = entry.value;
    }
    return { ok: true, edits: [] };
  }

  remove(object: Node, parts: readonly string[]): YamlEdit {
    const holders: { readonly map: YAMLMap; readonly entry: Entry }[] = [];
    let at: Node | null = object;
    for (const part of parts) {
      if (at && isAlias(at))
        return this.#refuse(at, "The value is shared through an anchor: removing it would change other places.");
      if (isSeq(at)) {
        at = (at.items[Number(part)] as Node | undefined) ?? null;
        holders.length = 0; // an element of a list is not removed with its last key
        continue;
      }
      if (!isMap(at)) return { ok: true, edits: [] };
      const entry = this.#own(at, part);
      if (!entry) return { ok: true, edits: [] };
      holders.push({ map: at, entry });
      at = entry.value;
    }
    let target = holders.pop();
    while (target && target.map.items.length === 1 && holders.length > 0) target = holders.pop();
    if (!target) return { ok: true, edits: [] };
    return target.map.flow ? this.#removeFlow(target.map, target.entry) : this.#removeBlock(target.map, target.entry);
  }

  /** An entry that is written in this very mapping. */
  #own(map: YAMLMap, key: string): Entry | undefined {
    const keys = new Set(map.items.map((pair) => pair.key));
    return this.#document.entries(map).find((entry) => entry.key === key && keys.has(entry.keyNode));
  }

  #replace({ keyNode, value: old }: Entry, value: Value): YamlEdit {
    const column = this.#column(keyNode);
    if (!old?.range || (isScalar(old) && old.value === null && old.range[0] === old.range[1])) {
      const colon = this.#text.indexOf(":", this.#document.extent(keyNode)[1]);
      return this.#edit(colon + 1, colon + 1, valueText(value, column, this.#style));
    }
    if (isAlias(old))
      return this.#refuse(old, "The value is shared through an anchor: changing it would change other places.");
    const [start, end] = this.#document.extent(old);
    if (isScalar(old)) {
      if (old.type === "BLOCK_LITERAL" && typeof value === "string") return this.#replaceBlockScalar(start, end, value);
      if (typeof value === "object" && value !== null && !isList(value)) {
        const before = this.#text.slice(0, start).search(/[ \t]*$/);
        return this.#edit(before, end, valueText(value, column, this.#style));
      }
      return this.#edit(start, end, this.#inStyleOf(old.type, value, column));
    }
    if (isSeq(old) && !old.flow && isList(value)) {
      const indent = " ".repeat(this.#document.source.columnAt(start) - 1);
      const items = value.map((item) => `- ${flowText(item, this.#style)}`).join(`${this.#style.newline}${indent}`);
      return this.#edit(start, end, items);
    }
    if ((isMap(old) || isSeq(old)) && old.flow) return this.#edit(start, end, flowText(value, this.#style));
    const colon = this.#text.indexOf(":", this.#document.extent(keyNode)[1]);
    return this.#edit(colon + 1, end, valueText(value, column, this.#style));
  }

  #replaceBlockScalar(start: number, end: number, value: string): YamlEdit {
    const newline = this.#text.indexOf("\n", start);
    const header = this.#text.slice(start, newline).replace(/\r$/, "");
    const indent = /\n( *)\S/.exec(this.#text.slice(newline))?.[1]?.length ?? this.#style.step;
    return this.#edit(start, end, `${header}${blockText(value, indent, this.#style)}`);
  }

  #inStyleOf(type: unknown, value: Value, column: number): string {
    if (typeof value !== "string") return flowText(value, this.#style);
    if (value.includes("\n")) return valueText(value, column, this.#style).trimStart();
    if (type === "QUOTE_DOUBLE") return JSON.stringify(value);
    if (type === "QUOTE_SINGLE") return `'${value.replaceAll("'", "''")}'`;
    return scalarText(value, this.#style);
  }

  #insert(map: YAMLMap, key: string, value: Value, before: string | undefined): YamlEdit {
    if (map.flow) return this.#insertFlow(map, key, value);
    const pairs = map.items;
    const next =
      before === undefined
        ? -1
        : pairs.findIndex((pair) => this.#document.extent(pair.key as Node)[0] === this.#keyStart(map, before));
    const after = pairs[next > 0 ? next - 1 : pairs.length - 1];
    const first = pairs[0]?.key as Node | undefined;
    if (!after || !first) return this.#refuse(map, "The mapping is empty in a way that cannot be edited.");
    const [, valueEnd] = this.#document.extent((after.value ?? after.key) as Node);
    const end = Math.max(valueEnd, this.#document.extent(after.key as Node)[1]);
    const lineEnd = this.#lineEnd(end);
    const column = this.#column(first);
    const text = entryText(key, value, column, this.#style);
    return this.#edit(lineEnd, lineEnd, `${this.#style.newline}${" ".repeat(column)}${text}`);
  }

  /** A new last element. */
  #append(seq: YAMLSeq, value: Value): YamlEdit {
    const last = seq.items.at(-1) as Node | undefined;
    const text = flowText(value, this.#style);
    if (!last) return this.#edit(...this.#document.extent(seq), `[${text}]`);
    const [lastStart, end] = this.#document.extent(last);
    const [start] = this.#document.extent(seq);
    if (!seq.flow) {
      const lineEnd = this.#lineEnd(end);
      const indent = " ".repeat(this.#document.source.columnAt(start) - 1);
      return this.#edit(lineEnd, lineEnd, `${this.#style.newline}${indent}- ${text}`);
    }
    const isSpread = this.#text.slice(start, lastStart).includes("\n");
    const gap = isSpread ? `${this.#style.newline}${" ".repeat(this.#column(last))}` : " ";
    return this.#edit(end, end, `,${gap}${text}`);
  }

  #insertFlow(map: YAMLMap, key: string, value: Value): YamlEdit {
    const text = `${keyText(key, this.#style)}: ${flowText(value, this.#style)}`;
    const last = map.items.at(-1);
    if (!last) return this.#edit(...this.#document.extent(map), this.#style.isJson ? `{ ${text} }` : `{ ${text} }`);
    const [, end] = this.#document.extent((last.value ?? last.key) as Node);
    const [mapStart] = this.#document.extent(map);
    const keyStart = this.#document.extent(last.key as Node)[0];
    const isSpread = this.#text.slice(mapStart, keyStart).includes("\n");
    const gap = isSpread ? `${this.#style.newline}${" ".repeat(this.#column(last.key as Node))}` : " ";
    return this.#edit(end, end, `,${gap}${text}`);
  }

  #removeFlow(map: YAMLMap, entry: Entry): YamlEdit {
    const index = map.items.findIndex((pair) => pair.key === entry.keyNode);
    const next = map.items[index + 1]?.key as Node | undefined;
    const previous = map.items[index - 1];
    const [start] = this.#document.extent(entry.keyNode);
    const [, end] = this.#document.extent(entry.value ?? entry.keyNode);
    if (next) return this.#edit(start, this.#document.extent(next)[0], "");
    if (previous) return this.#edit(this.#document.extent((previous.value ?? previous.key) as Node)[1], end, "");
    return this.#edit(start, end, "");
  }

  #removeBlock(map: YAMLMap, entry: Entry): YamlEdit {
    const [start] = this.#document.extent(entry.keyNode);
    const [, valueEnd] = this.#document.extent(entry.value ?? entry.keyNode);
    const lineStart = this.#text.lastIndexOf("\n", start - 1) + 1;
    if (this.#text.slice(lineStart, start).trim() === "") {
      const end = this.#lineEnd(Math.max(valueEnd, start));
      const newline = this.#text.indexOf("\n", end);
      return this.#edit(lineStart, newline === -1 ? this.#text.length : newline + 1, "");
    }
    // The first key of a list's element stands behind its dash: what follows moves up to it.
    const next = map.items[map.items.findIndex((pair) => pair.key === entry.keyNode) + 1]?.key as Node | undefined;
    if (!next) return this.#refuse(entry.keyNode, "It is all that the list's element says.");
    return this.#edit(start, this.#document.extent(next)[0], "");
  }

  #keyStart(map: YAMLMap, key: string): number {
    const entry = this.#own(map, key);
    return entry ? this.#document.extent(entry.keyNode)[0] : -1;
  }

  #column(node: Node): number {
    return this.#document.source.columnAt(this.#document.extent(node)[0]) - 1;
  }

  /** End of the line that an offset is on, before its line break. */
  #lineEnd(offset: number): number {
    const newline = this.#text.indexOf("\n", offset);
    if (newline === -1) return this.#text.length;
    return this.#text[newline - 1] === "\r" && newline - 1 >= offset ? newline - 1 : newline;
  }

  #edit(start: number, end: number, text: string): YamlEdit {
    const { source } = this.#document;
    if (this.#text.slice(start, end) === text) return { ok: true, edits: [] };
    return { ok: true, edits: [{ file: source.path, start: source.byteAt(start), end: source.byteAt(end), text }] };
  }

  #refuse(node: Node, why: string): YamlEdit {
    return { ok: false, why, at: this.#document.rangeOf(node) };
  }
}

const nested = (parts: readonly string[], value: Value): Value =>
  parts.reduceRight<Value>((inner, part) => ({ [part]: inner }), value);
