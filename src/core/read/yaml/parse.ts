/**
 * YAML (and JSON, which is YAML) as documents with exact ranges. Knows nothing of what the documents mean. One broken
 * document gives a diagnostic; the others are still read.
 */
import { type Alias, type Document, isAlias, isNode, Lexer, type Node, parseAllDocuments, visit } from "yaml";
import type { Diagnostic } from "../../model/finding.ts";
import type { SourceFile } from "../../model/source-range.ts";
import type { Comment } from "../reading.ts";
import { SourceText } from "../source-text.ts";
import { AliasBomb, type Dialect, YamlDocument } from "./document.ts";
import { readPlainYaml } from "./plain.ts";

export interface YamlFile {
  readonly documents: readonly YamlDocument[];
  /** Comments that may hold a suppression. */
  readonly comments: readonly Comment[];
  readonly diagnostics: readonly Diagnostic[];
  /** Absent where the file is not text. */
  readonly source?: SourceText;
}

/** Reads every document of a file. Never throws: whatever is wrong is said in `diagnostics`. */
export function parseYaml(file: SourceFile, dialect: Dialect = "1.2"): YamlFile {
  const source = SourceText.decode(file);
  if (!source) {
    const summary = "The file is not UTF-8 text";
    const detail = "Save it as UTF-8, or leave it out with .dracoignore.";
    return {
      documents: [],
      comments: [],
      diagnostics: [{ severity: "error", summary, detail, file: file.path, line: 1, column: 1 }],
    };
  }
  const comments = suppressionComments(source);
  const tooDeep = tooDeepAt(source.text);
  if (tooDeep !== undefined) {
    const summary = "The YAML nests too deeply to be read";
    return { documents: [], comments, diagnostics: [yamlDiagnostic(source, summary, tooDeep, tooDeep)], source };
  }
  const plain = readPlainYaml(source.text);
  if (plain) {
    const documents = plain.map((root) => new YamlDocument(root, source, undefined, dialect));
    return { documents, comments, diagnostics: [], source };
  }
  const diagnostics: Diagnostic[] = [];
  const documents: YamlDocument[] = [];
  for (const document of parse(source)) {
    const error = document.errors[0];
    if (error) {
      diagnostics.push(yamlDiagnostic(source, firstLine(error.message), error.pos[0], error.pos[1]));
      continue;
    }
    const anchors = anchorsOf(document, source);
    const read = new YamlDocument(document.contents ?? undefined, source, anchors, dialect);
    const bomb = anchors.size > 0 ? bombIn(read) : undefined;
    if (bomb) diagnostics.push(bomb);
    else if (read.root) documents.push(read);
  }
  return { documents, comments, diagnostics, source };
}

export function yamlDiagnostic(source: SourceText, summary: string, start: number, end: number): Diagnostic {
  const at = Math.min(start, source.text.length);
  const range = source.range(at, Math.min(Math.max(end, at), source.text.length));
  return { severity: "error", summary, file: source.path, line: range.line, column: source.columnAt(at), range };
}

/** The library recurses: deeper text than this could end the process (V8 aborts when a regex meets the stack's end). */
const MAX_DEPTH = 300;
/** Every level of a block takes a column at least, two where dashes nest on one line. */
const MAX_INDENTATION = 600;

function parse(source: SourceText): readonly Document.Parsed[] {
  const options = { prettyErrors: false, uniqueKeys: false, strict: false, logLevel: "silent" } as const;
  const parsed = parseAllDocuments(source.text, options);
  return "empty" in parsed ? [] : parsed;
}

/** Where text begins to nest too deeply; undefined for all that anybody would write. */
function tooDeepAt(text: string): number | undefined {
  const indented = new RegExp(`^[ \\t?:-]{${MAX_INDENTATION}}`, "m").exec(text);
  if (indented) return indented.index;
  // Brackets that are text count as well, but nobody writes hundreds of them without closing.
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === OPEN_BRACKET || code === OPEN_BRACE) {
      depth++;
      if (depth > MAX_DEPTH) return at;
    } else if ((code === CLOSE_BRACKET || code === CLOSE_BRACE) && depth > 0) depth--;
  }
  return undefined;
}

const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

/** What each alias stands for: the last anchor of that name before it. */
function anchorsOf(document: Document.Parsed, source: SourceText): ReadonlyMap<Alias, Node> {
  const found = new Map<Alias, Node>();
  if (!source.text.includes("*")) return found;
  const anchors = new Map<string, Node>();
  visit(document, (_key, node) => {
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target) found.set(node, target);
    } else if (isNode(node) && "anchor" in node && typeof node.anchor === "string") anchors.set(node.anchor, node);
  });
  return found;
}

/** Converts the document once (it is kept), so that readers need not expect a failure later. */
function bombIn(document: YamlDocument): Diagnostic | undefined {
  try {
    document.valueOf(document.root);
    return undefined;
  } catch (error) {
    if (!(error instanceof AliasBomb)) throw error;
    const [start, end] = document.extent(error.node);
    return yamlDiagnostic(document.source, error.message, start, end);
  }
}

const MAY_SUPPRESS = /draco:|checkov:|bridgecrew:|cortex:|tfsec:|trivy:|kics|ts:skip/i;

/** The comments of a file that may hold a suppression, with exact ranges. Text inside block scalars is no comment. */
function suppressionComments(source: SourceText): readonly Comment[] {
  if (!MAY_SUPPRESS.test(source.text)) return [];
  const comments: Comment[] = [];
  let at = 0;
  let isContent = false;
  for (const token of new Lexer().lex(source.text)) {
    // The lexer's control tokens stand for nothing in the text; the one before a scalar says that content follows.
    if (token === "\u0002" || token === "\u0018" || token === "\u001f") {
      isContent = token === "\u001f";
      continue;
    }
    if (!isContent && token.startsWith("#") && MAY_SUPPRESS.test(token))
      comments.push({
        text: token.replace(/^#+\s?/, "").trimEnd(),
        range: source.range(at, at + token.trimEnd().length),
      });
    isContent = false;
    at += token.length;
  }
  return comments;
}

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? text;
