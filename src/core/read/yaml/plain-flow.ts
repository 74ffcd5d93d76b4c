/** Flow collections ([a, b], {a: b}, and JSON), on one line or several. */
import { type Node, Pair, type Scalar, YAMLMap, YAMLSeq } from "yaml";
import { plainScalar, quotedScalar, ranged, refuse, TAG } from "./plain-scalar.ts";

export const isFlowStart = (code: number): boolean => code === 0x5b || code === 0x7b;

const PLAIN = /(?:[^\s\-?:,[\]{}#&*!|>'"%@`]|[-?:](?=[^\s,[\]{}]))(?:[^\n:#,[\]{}]|:(?=[^\s,[\]{}])|(?<=\S)#)*/y;

export class FlowReader {
  readonly #text: string;
  #at = 0;
  /** Lines inside a collection are indented more than this. */
  #indent = -1;

  constructor(text: string) {
    this.#text = text;
  }

  /** The collection that opens at `start`; its range tells where it ends. */
  read(start: number, indent: number): Node {
    this.#at = start;
    this.#indent = indent;
    return this.#collection();
  }

  #collection(): Node {
    return this.#text[this.#at] === "[" ? this.#sequence() : this.#mapping();
  }

  #sequence(): Node {
    const sequence = new YAMLSeq();
    const start = this.#at++;
    while (!this.#closes("]", sequence.items.length)) sequence.items.push(this.#node());
    sequence.flow = true;
    return ranged(sequence, start, this.#at, this.#at);
  }

  #mapping(): Node {
    const map = new YAMLMap();
    const start = this.#at++;
    while (!this.#closes("}", map.items.length)) {
      const isQuoted = this.#isQuote();
      const key = this.#scalar();
      if (this.#text[this.#at] !== ":" || (!isQuoted && !/\s/.test(this.#text[this.#at + 1] ?? ""))) refuse();
      this.#at++;
      this.#skip();
      map.items.push(new Pair(key, this.#node()));
    }
    map.flow = true;
    return ranged(map, start, this.#at, this.#at);
  }

  /** At the closing bracket, which it passes, or at the next item, behind its comma. */
  #closes(bracket: string, items: number): boolean {
    this.#skip();
    if (items > 0 && this.#text[this.#at] === ",") {
      this.#at++;
      this.#skip();
    } else if (items > 0 && this.#text[this.#at] !== bracket) refuse();
    if (this.#text[this.#at] !== bracket) return false;
    this.#at++;
    return true;
  }

  #node(): Node {
    const code = this.#text.charCodeAt(this.#at);
    if (isFlowStart(code)) return this.#collection();
    if (code !== 0x21) return this.#scalar();
    TAG.lastIndex = this.#at;
    const tag = TAG.exec(this.#text)?.[0] ?? refuse();
    this.#at += tag.length;
    while (this.#text[this.#at] === " ") this.#at++;
    const node = isFlowStart(this.#text.charCodeAt(this.#at)) ? this.#collection() : this.#scalar(true);
    node.tag = tag;
    return node;
  }

  #isQuote(): boolean {
    return this.#text[this.#at] === '"' || this.#text[this.#at] === "'";
  }

  #scalar(isTagged = false): Scalar {
    const start = this.#at;
    if (this.#isQuote()) {
      const node = quotedScalar(this.#text, start);
      this.#at = node.range?.[1] ?? refuse();
      return node;
    }
    PLAIN.lastIndex = start;
    if (!PLAIN.test(this.#text)) refuse();
    this.#at = PLAIN.lastIndex;
    let end = this.#at;
    while (this.#text[end - 1] === " ") end--;
    if (end < this.#at && this.#text[this.#at] === ":") refuse();
    return plainScalar(this.#text, start, end, isTagged);
  }

  #skip(): void {
    const text = this.#text;
    for (;;) {
      const code = text.charCodeAt(this.#at);
      if (code === 0x20) this.#at++;
      else if (code === 0x0a) {
        const line = ++this.#at;
        while (text.charCodeAt(this.#at) === 0x20) this.#at++;
        if (text.charCodeAt(this.#at) === 0x0a) continue;
        if (this.#at - line <= this.#indent || text.startsWith("---", line)) refuse();
      } else return;
    }
  }
}
