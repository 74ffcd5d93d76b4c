// Draco's own reader of HCL native syntax: bytes in, tree with exact byte ranges out. Never throws: what is wrong is in
// `diagnostics`, and everything around it is in the tree.
import { isUtf8 } from "node:buffer";
import type { Diagnostic } from "../../model/finding.ts";
import type { Body, Expression, HclFile, Template } from "./ast.ts";
import { BodyReader } from "./body.ts";
import { codePointAt } from "./characters.ts";
import { type Problem, Source } from "./source.ts";

/** Parses a file of native syntax (`*.tf`, `*.tofu`, `*.tfvars`, `*.hcl`). `file` is its path relative to the scan root. */
export const parseHcl = (bytes: Uint8Array, file: string): HclFile => {
  const source = new Source(bytes, file);
  const encoding = badEncoding(bytes);
  let reader = new BodyReader(source, false);
  let body = reader.file();
  if (reader.unclosed) {
    // Something never ends and has swallowed the rest. Read again, and let indentation say where it was meant to end.
    const first = reader;
    reader = new BodyReader(source, true);
    body = reader.file();
    if (reader.problems.length === 0) reader.problems.push(...first.problems);
  }
  return hclFile("native", source, body, reader.comments, [...encoding, ...reader.problems]);
};

export interface ParsedExpression {
  readonly expression: Expression;
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses one expression, such as the value of `-var` or a type constraint in a string. */
export const parseHclExpression = (bytes: Uint8Array, file: string): ParsedExpression => {
  const source = new Source(bytes, file);
  const reader = new BodyReader(source, false);
  const expression = reader.wholeExpression();
  return { expression, diagnostics: [...badEncoding(bytes), ...reader.problems].map((it) => source.diagnosticOf(it)) };
};

export interface ParsedTemplate {
  readonly template: Template;
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses a file as a template without quotes, as `templatefile()` reads it. */
export const parseHclTemplate = (bytes: Uint8Array, file: string): ParsedTemplate => {
  const source = new Source(bytes, file);
  const reader = new BodyReader(source, false);
  const template = reader.bareTemplate();
  return { template, diagnostics: [...badEncoding(bytes), ...reader.problems].map((it) => source.diagnosticOf(it)) };
};

export const hclFile = (
  syntax: HclFile["syntax"],
  source: Source,
  body: Body,
  comments: HclFile["comments"],
  problems: readonly Problem[],
): HclFile => ({
  syntax,
  file: source.file,
  bytes: source.bytes,
  latin1: source.latin1,
  body,
  comments,
  diagnostics: problems.length === 0 ? NONE : inOrder(problems).map((problem) => source.diagnosticOf(problem)),
  lineAt: (offset) => source.lineAt(offset),
  columnAt: (offset) => source.columnAt(offset),
  rangeOf: (span) => source.rangeOf(span),
  textOf: (span) => source.textOf(span),
});

const NONE: readonly Diagnostic[] = [];

const inOrder = (problems: readonly Problem[]): Problem[] => [...problems].sort((a, b) => a.start - b.start);

/** The first place that is not UTF-8, if any. */
export const badEncoding = (bytes: Uint8Array): Problem[] => {
  if (isUtf8(bytes)) return [];
  let at = 0;
  for (let point = codePointAt(bytes, at); point && at < bytes.length; point = codePointAt(bytes, at))
    at += point.length;
  if (at >= bytes.length) at = Math.max(0, bytes.length - 1);
  const detail = "HCL files are UTF-8. Text behind this place may be read wrongly.";
  return [{ start: at, end: Math.min(bytes.length, at + 1), summary: "Invalid character encoding", detail }];
};
