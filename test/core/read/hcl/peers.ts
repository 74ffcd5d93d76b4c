// What two independent parsers say about a file, and what ours says, in the same terms.
import { createRequire } from "node:module";
import { parse as hcl2json } from "@cdktf/hcl2json";
import { Language, Parser, type Node as SitterNode } from "web-tree-sitter";
import {
  type Block,
  type Body,
  type Expression,
  type HclFile,
  literalKey,
  type TemplatePart,
} from "../../../../src/core/read/hcl/ast.ts";
import { allNodes } from "./tree.ts";

const SITTER_KINDS: { readonly [type: string]: string } = {
  attribute: "attribute",
  block: "block",
  comment: "comment",
  function_call: "call",
  object: "object",
  tuple: "tuple",
  for_expr: "for",
  conditional: "conditional",
  template_interpolation: "interpolation",
  numeric_lit: "number",
  bool_lit: "bool",
  null_lit: "null",
  heredoc_template: "heredoc",
  binary_operation: "binary",
};
const COMPARED: ReadonlySet<string> = new Set(Object.values(SITTER_KINDS));

/** `kind start end` of every construct that both know, in characters of the text. */
export type Facts = readonly string[];

export const sitterFacts = async (): Promise<(text: string) => Facts | undefined> => {
  await Parser.init();
  const grammar = createRequire(import.meta.url).resolve(
    "@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm",
  );
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  return (text) => {
    // Terraform reads `$$${x}` as the text `$${x}`; this grammar sees an interpolation in it.
    if (text.includes("$$${")) return undefined;
    const tree = parser.parse(text);
    if (!tree) return undefined;
    const facts: string[] = [];
    const visit = (node: SitterNode): void => {
      const kind = SITTER_KINDS[node.type];
      // The other parser counts the carriage return of a CRLF line as comment.
      const end = node.type === "comment" && text[node.endIndex - 1] === "\r" ? node.endIndex - 1 : node.endIndex;
      if (kind) facts.push(`${kind} ${node.startIndex} ${end}`);
      for (const child of node.children) if (child) visit(child);
    };
    visit(tree.rootNode);
    const isDamaged = tree.rootNode.hasError;
    tree.delete();
    return isDamaged ? undefined : facts.sort();
  };
};

export const ourFacts = (file: HclFile): Facts => {
  const toCharacters = characterOffsets(file);
  const facts = file.comments.map(({ start, end }) => `comment ${toCharacters(start)} ${toCharacters(end)}`);
  const nodes = allNodes(file);
  // The number of a legacy index (`a.0`) is no literal to the other parser.
  const legacyKeys = new Set<unknown>(nodes.filter((node) => node.legacy === true).map((node) => node.key));
  for (const node of nodes.filter((it) => !legacyKeys.has(it))) {
    const isDirective = node.kind === "for" && "parts" in node;
    if (COMPARED.has(node.kind) && !isDirective)
      facts.push(`${node.kind} ${toCharacters(node.start)} ${toCharacters(node.end)}`);
  }
  return facts.sort();
};

/** From byte offsets to UTF-16 offsets, as other parsers count. */
const characterOffsets = (file: HclFile): ((offset: number) => number) => {
  const offsets: number[] = [];
  let at = 0;
  for (const character of file.textOf({ start: 0, end: file.bytes.length })) {
    const size = Buffer.byteLength(character);
    for (let i = 0; i < size; i++) offsets.push(at);
    at += character.length;
  }
  offsets.push(at);
  return (offset) => offsets[offset] ?? at;
};

/** hcl2json's own answer; undefined where it cannot read the file. */
export const peerJson = (text: string): Promise<unknown> => hcl2json("main.tf", text).catch(() => undefined);

/** Our tree in hcl2json's terms: blocks by type and labels in lists, expressions that are no literals as `${source}`. */
export const ourJson = (file: HclFile): unknown => bodyJson(file, file.body);

type Json = { [key: string]: unknown };

const bodyJson = (file: HclFile, body: Body): Json => {
  const result: Json = {};
  for (const item of body.items) if (item.kind === "block") addBlock(file, result, item);
  // Where an attribute has the name of a block, it wins.
  for (const item of body.items) if (item.kind === "attribute") result[item.name] = valueJson(file, item.value);
  return result;
};

const addBlock = (file: HclFile, into: Json, block: Block): void => {
  const path = [block.type, ...block.labels.map((label) => label.value)];
  let at = into;
  for (const step of path.slice(0, -1)) {
    const next = at[step] ?? {};
    at[step] = next;
    at = next as Json;
  }
  const last = path.at(-1) ?? "";
  const list = (at[last] ?? []) as Json[];
  at[last] = [...list, bodyJson(file, block.body)];
};

const valueJson = (file: HclFile, value: Expression): unknown => {
  switch (value.kind) {
    case "number":
      return Number(value.text);
    case "bool":
      return value.value;
    case "null":
      return null;
    case "template":
    case "heredoc":
      return partsText(file, value.parts);
    case "tuple":
      return value.items.map((item) => valueJson(file, item));
    case "object":
      return Object.fromEntries(value.items.map((item) => [keyJson(file, item.key), valueJson(file, item.value)]));
    case "unary":
      if (value.operator === "-" && value.operand.kind === "number") return -Number(value.operand.text);
      if (value.operator === "!" && value.operand.kind === "bool") return !value.operand.value;
      return `\${${file.textOf(value)}}`;
    default:
      return `\${${file.textOf(value)}}`;
  }
};

const keyJson = (file: HclFile, key: Expression): string => {
  if (key.kind === "template") return partsText(file, key.parts);
  return literalKey(key) ?? `\${${file.textOf(key)}}`;
};

const partsText = (file: HclFile, parts: readonly TemplatePart[]): string =>
  parts.map((part) => partText(file, part)).join("");

const partText = (file: HclFile, part: TemplatePart): string => {
  switch (part.kind) {
    case "literal":
      return part.value.replace(/[$%](?=\{)/g, "$&$&");
    case "interpolation":
      return `\${${file.textOf(part.expression)}}`;
    case "if": {
      const otherwise = part.alternative.length > 0 ? `%{else}${partsText(file, part.alternative)}` : "";
      return `%{if ${file.textOf(part.condition)}}${partsText(file, part.consequent)}${otherwise}%{endif}`;
    }
    case "for": {
      const names = [part.keyName?.name, part.valueName.name].filter((name) => name !== undefined).join(", ");
      return `%{for ${names} in ${file.textOf(part.collection)}}${partsText(file, part.parts)}%{endfor}`;
    }
  }
};
