/**
 * Reads the YAML that people write for infrastructure, some fifteen times as fast as the general library: block
 * mappings and sequences, flow collections (so JSON too), one-line scalars, literals, tags, comments. Whatever else a
 * text holds (anchors, folded or multi-line scalars, tabs, directives, mistakes) it refuses as a whole, and the library
 * reads it. What it returns is what the library would: the same nodes, values and ranges.
 */
import { type Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { FlowReader, isFlowStart } from "./plain-flow.ts";
import { isBreak, plainScalar, quotedScalar, REFUSED, ranged, refuse, TAG } from "./plain-scalar.ts";

/** The root of every document of a text, or undefined where the library has to read it. */
export function readPlainYaml(text: string): readonly Node[] | undefined {
  if (/[\t\r\ufeff]|^(?:%|\.\.\.)/m.test(text)) return undefined;
  try {
    return new PlainReader(text).documents();
  } catch (thrown) {
    if (thrown === REFUSED) return undefined;
    throw thrown;
  }
}

/** Comments between two pieces of content: their columns and ends. */
interface Remark {
  readonly column: number;
  readonly end: number;
}

const LITERAL = /\|-?\n/y;
const PLAIN_KEY = /(?:[^\s\-?:,[\]{}#&*!|>'"%@`]|[-?:](?=[^\s]))(?:[^\n:#]|:(?=[^\s])|(?<=\S)#)*/y;

class PlainReader {
  readonly #text: string;
  readonly #flow: FlowReader;
  #at = 0;
  /** Column of the content at `#at`; -1 where the document ends. */
  #column = -1;
  /** Comments passed on the way to it, that no node has taken yet. */
  #remarks: Remark[] = [];

  constructor(text: string) {
    this.#text = text;
    this.#flow = new FlowReader(text);
  }

  documents(): readonly Node[] {
    const roots: Node[] = [];
    this.#skipToContent();
    if (this.#column === -1) this.#openDocument();
    for (;;) {
      const margin = this.#column;
      if (margin !== 0) refuse();
      const root = this.#block(-1);
      if (this.#column !== -1) refuse();
      roots.push(root);
      if (this.#at >= this.#text.length) return roots;
      this.#openDocument();
    }
  }

  /** Past "---", which must lead to content. */
  #openDocument(): void {
    if (!this.#text.startsWith("---", this.#at)) refuse();
    this.#at += 3;
    this.#endLine();
  }

  /** A collection on lines of its own. */
  #block(parent: number): Node {
    const column = this.#column;
    if (this.#isDash()) return this.#sequence(column);
    if (isFlowStart(this.#text.charCodeAt(this.#at))) {
      const node = this.#flow.read(this.#at, parent);
      this.#finish(node, parent);
      return node;
    }
    return this.#mapping(column);
  }

  #mapping(column: number): Node {
    const map = new YAMLMap();
    const start = this.#at;
    let value: Node | undefined;
    while (this.#column === column) {
      const key = this.#key();
      value = this.#value(column, true);
      map.items.push(new Pair(key, value));
    }
    return this.#close(map, start, column, value);
  }

  #sequence(column: number): Node {
    const sequence = new YAMLSeq();
    const start = this.#at;
    let item: Node | undefined;
    while (this.#column === column && this.#isDash()) {
      this.#at += 1;
      item = this.#item(column);
      sequence.items.push(item);
    }
    return this.#close(sequence, start, column, item);
  }

  /** What follows a dash: another dash or a key on the same line opens a collection at its own column. */
  #item(column: number): Node {
    const dash = this.#at;
    this.#skipSpaces();
    const inner = column + 1 + this.#at - dash;
    if (this.#isDash()) {
      this.#column = inner;
      return this.#sequence(inner);
    }
    if (this.#isKey()) {
      this.#column = inner;
      return this.#mapping(inner);
    }
    this.#at = dash;
    return this.#value(column, false);
  }

  #isDash(): boolean {
    return this.#text.charCodeAt(this.#at) === 0x2d && isSpaceOrBreak(this.#text.charCodeAt(this.#at + 1));
  }

  #isKey(): boolean {
    const text = this.#text;
    const first = text[this.#at];
    let end: number;
    if (first === '"' || first === "'") end = quotedScalar(text, this.#at).range?.[1] ?? 0;
    else {
      PLAIN_KEY.lastIndex = this.#at;
      if (!PLAIN_KEY.test(text)) return false;
      end = PLAIN_KEY.lastIndex;
    }
    return text.charCodeAt(end) === 0x3a && isSpaceOrBreak(text.charCodeAt(end + 1));
  }

  /** A key and its colon. */
  #key(): Scalar {
    const text = this.#text;
    const start = this.#at;
    const first = text[start];
    let key: Scalar;
    if (first === '"' || first === "'") key = quotedScalar(text, start);
    else {
      PLAIN_KEY.lastIndex = start;
      if (!PLAIN_KEY.test(text)) refuse();
      key = plainScalar(text, start, PLAIN_KEY.lastIndex);
    }
    const end = key.range?.[1] ?? 0;
    const isLong = end - start > LONGEST_KEY;
    if (isLong || text.charCodeAt(end) !== 0x3a || !isSpaceOrBreak(text.charCodeAt(end + 1))) refuse();
    if (text.charCodeAt(end - 1) === 0x20) refuse();
    this.#at = end + 1;
    return key;
  }

  /** The value behind a colon or a dash of a collection at `column`. */
  #value(column: number, isInMap: boolean): Node {
    this.#skipSpaces();
    const text = this.#text;
    const tag = this.#tag();
    const code = text.charCodeAt(this.#at);
    if (this.#at >= text.length || isBreak(code) || code === HASH) return this.#below(column, isInMap, tag);
    const node = this.#inline(column, code, tag);
    if (tag !== undefined) node.tag = tag;
    if (isBlockNode(node)) return node;
    this.#finish(node, column);
    return node;
  }

  #tag(): string | undefined {
    if (this.#text.charCodeAt(this.#at) !== 0x21) return undefined;
    TAG.lastIndex = this.#at;
    const tag = TAG.exec(this.#text)?.[0] ?? refuse();
    this.#at += tag.length;
    this.#skipSpaces();
    return tag;
  }

  #inline(column: number, code: number, tag: string | undefined): Node {
    if (isFlowStart(code)) return this.#flow.read(this.#at, column);
    if (code === 0x22 || code === 0x27) return quotedScalar(this.#text, this.#at);
    if (code === 0x7c) return this.#literal(column);
    PLAIN_KEY.lastIndex = this.#at;
    if (!PLAIN_KEY.test(this.#text)) refuse();
    let end = PLAIN_KEY.lastIndex;
    while (this.#text.charCodeAt(end - 1) === 0x20) end--;
    return plainScalar(this.#text, this.#at, end, tag !== undefined);
  }

  /** A value on the lines below, or none at all. */
  #below(column: number, isInMap: boolean, tag: string | undefined): Node {
    const empty = this.#at;
    const isRemarked = this.#text.charCodeAt(empty) === HASH;
    this.#endLine();
    if (this.#column > column || (isInMap && this.#column === column && this.#isDash())) {
      const node = this.#block(column);
      if (tag !== undefined) node.tag = tag;
      return node;
    }
    if (isRemarked || this.#remarks.length > 0 || tag !== undefined) refuse();
    return plainScalar(this.#text, empty, empty);
  }

  /** `|` and `|-`: the lines below that are indented more. */
  #literal(column: number): Node {
    const text = this.#text;
    const start = this.#at;
    LITERAL.lastIndex = start;
    if (!LITERAL.test(text)) refuse();
    const keepsBreak = text.charCodeAt(start + 1) === 0x0a;
    let at = LITERAL.lastIndex;
    let indent = 0;
    let end = at;
    const lines: string[] = [];
    for (;;) {
      const lineEnd = text.indexOf("\n", at);
      if (lineEnd === -1 && at < text.length) refuse();
      if (lineEnd === -1) break;
      let first = at;
      while (text.charCodeAt(first) === 0x20) first++;
      if (first === lineEnd) {
        // Spaces beyond the indentation are text; before the first line of text nobody knows the indentation.
        if (first - at > indent || (indent === 0 && first > at)) refuse();
        lines.push("");
      } else {
        if (first - at <= column || (first - at === 0 && text.startsWith("---", at))) break;
        if (indent === 0) indent = first - at;
        if (first - at < indent) refuse();
        lines.push(text.slice(at + indent, lineEnd));
        end = lineEnd + 1;
      }
      at = lineEnd + 1;
    }
    if (indent === 0) refuse();
    while (lines.at(-1) === "") lines.pop();
    const value = lines.join("\n") + (keepsBreak ? "\n" : "");
    const node = ranged(new Scalar(value), start, end, end);
    node.type = "BLOCK_LITERAL";
    node.source = value;
    this.#at = end;
    this.#skipToContent();
    if (this.#column > column) refuse();
    return node;
  }

  /** The rest of the line behind a node, and on to what comes next, which may not continue the node. */
  #finish(node: Node, column: number): void {
    const range = node.range;
    if (!range) return;
    this.#at = range[1];
    range[2] = this.#endLine();
    if (this.#column > column) refuse();
  }

  /** Spaces, a comment, the line's end: whatever else stands there is not plain. Returns where the next line starts. */
  #endLine(): number {
    const text = this.#text;
    const from = this.#at;
    this.#skipSpaces();
    if (text.charCodeAt(this.#at) === HASH && (this.#at > from || text.charCodeAt(from - 1) === 0x20)) {
      const end = text.indexOf("\n", this.#at);
      this.#at = end === -1 ? text.length : end;
    }
    if (this.#at < text.length && text.charCodeAt(this.#at) !== 0x0a) refuse();
    const end = Math.min(this.#at + 1, text.length);
    this.#at = end;
    this.#skipToContent();
    return end;
  }

  /** From the start of a line over empty lines and comments to the next content, or the end of the document. */
  #skipToContent(): void {
    const text = this.#text;
    this.#remarks = [];
    for (;;) {
      const line = this.#at;
      this.#skipSpaces();
      const code = text.charCodeAt(this.#at);
      this.#column = this.#at - line;
      if (code === HASH) {
        const found = text.indexOf("\n", this.#at);
        const end = found === -1 ? text.length : found;
        this.#remarks.push({ column: this.#column, end });
        this.#at = Math.min(end + 1, text.length);
      } else if (code === 0x0a) this.#at++;
      else {
        const isMarker = this.#column === 0 && text.startsWith("---", line) && !(text.charCodeAt(line + 3) > 0x20);
        if (this.#at >= text.length || isMarker) this.#column = -1;
        return;
      }
    }
  }

  /**
   * Ends a collection. Comments below it that are indented as it is belong to it; those indented more, behind a value
   * that ends on its line, to that value: so the library counts ranges.
   */
  #close<T extends YAMLMap | YAMLSeq>(collection: T, start: number, column: number, last: Node | undefined): T {
    if (!last?.range || this.#column > column) refuse();
    let end = last?.range?.[2] ?? start;
    const endsOnLine = !isBlockNode(last) && !(last instanceof Scalar && last.source === "" && last.type === "PLAIN");
    while (endsOnLine && (this.#remarks[0]?.column ?? -1) > column) end = this.#remarks.shift()?.end ?? end;
    let outer = end;
    if (column > 0 && this.#remarks.some((remark) => remark.column >= column)) {
      outer = this.#remarks.at(-1)?.end ?? end;
      this.#remarks = [];
    }
    return ranged(collection, start, end, outer);
  }

  #skipSpaces(): void {
    while (this.#text.charCodeAt(this.#at) === 0x20) this.#at++;
  }
}

const LONGEST_KEY = 1000;
const HASH = 0x23;

const isBlockNode = (node: Node | undefined): boolean =>
  node instanceof Scalar
    ? node.type === "BLOCK_LITERAL"
    : (node instanceof YAMLMap || node instanceof YAMLSeq) && !node.flow;

/** NaN stands for the end of the text. */
const isSpaceOrBreak = (code: number): boolean => code === 0x20 || code === 0x0a || Number.isNaN(code);
