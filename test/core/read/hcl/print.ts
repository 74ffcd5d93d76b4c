// Trees as short text, so that a test can say what it expects on one line.
import type { Block, Body, Expression, HclFile, TemplatePart } from "../../../../src/core/read/hcl/ast.ts";
import { parseHcl } from "../../../../src/core/read/hcl/parse.ts";

export const parseText = (text: string): HclFile => parseHcl(new TextEncoder().encode(text), "main.tf");

/** Prefix notation: `(+ 1 (* 2 3))`, `(get var.a)` as `(. var a)`, templates as `"text" … `. */
export const print = (expression: Expression): string => {
  switch (expression.kind) {
    case "number":
      return expression.text;
    case "bool":
      return String(expression.value);
    case "null":
      return "null";
    case "variable":
      return expression.name;
    case "template":
    case "heredoc":
      return `${expression.kind === "heredoc" ? "<<" : ""}${printParts(expression.parts)}`;
    case "get":
      return `(. ${print(expression.object)} ${expression.name})`;
    case "index":
      return `(${expression.legacy ? "legacy-index" : "index"} ${print(expression.object)} ${print(expression.key)})`;
    case "splat":
      return `(${expression.full ? "[*]" : ".*"} ${print(expression.source)} ${print(expression.each)})`;
    case "splat-item":
      return "@";
    case "call":
      return `(call ${[expression.name, ...expression.args.map(print)].join(" ")}${expression.expand ? "..." : ""})`;
    case "conditional":
      return `(if ${print(expression.condition)} ${print(expression.consequent)} ${print(expression.alternative)})`;
    case "unary":
      return `(${expression.operator} ${print(expression.operand)})`;
    case "binary":
      return `(${expression.operator} ${print(expression.left)} ${print(expression.right)})`;
    case "parentheses":
      return `(paren ${print(expression.inner)})`;
    case "tuple":
      return `[${expression.items.map(print).join(" ")}]`;
    case "object":
      return `{${expression.items.map((item) => `${print(item.key)}=${print(item.value)}`).join(" ")}}`;
    case "for": {
      const names = [expression.keyName?.name, expression.valueName.name]
        .filter((name) => name !== undefined)
        .join(",");
      const key = expression.key ? `${print(expression.key)}=>` : "";
      const condition = expression.condition ? ` if ${print(expression.condition)}` : "";
      const grouping = expression.grouping ? "..." : "";
      return `(for ${names} ${print(expression.collection)} ${key}${print(expression.value)}${grouping}${condition})`;
    }
    case "error":
      return "ERROR";
  }
};

const printParts = (parts: readonly TemplatePart[]): string => {
  if (parts.length === 0) return '""';
  return parts
    .map((part): string => {
      if (part.kind === "literal") return JSON.stringify(part.value);
      if (part.kind === "interpolation") return `\${${print(part.expression)}}`;
      if (part.kind === "if") {
        const otherwise = part.alternative.length > 0 ? ` else ${printParts(part.alternative)}` : "";
        return `%{if ${print(part.condition)} ${printParts(part.consequent)}${otherwise}}`;
      }
      const names = [part.keyName?.name, part.valueName.name].filter((name) => name !== undefined).join(",");
      return `%{for ${names} ${print(part.collection)} ${printParts(part.parts)}}`;
    })
    .join("+");
};

export const printBody = (body: Body): string =>
  body.items
    .map((item) => (item.kind === "attribute" ? `${item.name}=${print(item.value)}` : printBlock(item)))
    .join("; ");

const printBlock = (block: Block): string =>
  `${[block.type, ...block.labels.map((label) => JSON.stringify(label.value))].join(" ")} {${printBody(block.body)}}`;

/** The value of `x = …`. */
export const printValue = (text: string): string => {
  const file = parseText(`x = ${text}\n`);
  const item = file.body.items[0];
  if (file.body.items.length !== 1 || item?.kind !== "attribute") return `not one attribute: ${printBody(file.body)}`;
  const errors = file.diagnostics.map(({ line, column, summary }) => ` !${line}:${column} ${summary}`).join("");
  return print(item.value) + errors;
};

/** `line:column summary` of each error. */
export const errorsOf = (text: string): string[] =>
  parseText(text).diagnostics.map(({ line, column, summary }) => `${line}:${column} ${summary}`);
