/**
 * What earlier readings came to, kept by content: a parsed file by its path and bytes, an evaluated root module by
 * everything that its evaluation looked at. A module is evaluated again only where one of those answers has changed, so
 * what is recalled is what a fresh evaluation would give. Holds no clock and no disk; whoever scans again keeps it.
 */
import { hash } from "node:crypto";
import type { Diagnostic } from "../../model/finding.ts";
import type { SourceFile } from "../../model/source-range.ts";
import type { HclFile } from "../hcl/ast.ts";
import type { Comment, Stack } from "../reading.ts";
import type { FileTree } from "./files.ts";

export interface Evaluated {
  readonly stacks: readonly Stack[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Answers about the files of one reading, short enough to be kept and compared. */
export class Snapshot {
  readonly #tree: FileTree;
  readonly #variableFiles: ReadonlyMap<string, readonly string[]>;
  readonly #digestOf: (file: SourceFile) => string;
  readonly #answers = new Map<string, string>();

  constructor(
    tree: FileTree,
    variableFiles: ReadonlyMap<string, readonly string[]>,
    digestOf: (file: SourceFile) => string,
  ) {
    this.#tree = tree;
    this.#variableFiles = variableFiles;
    this.#digestOf = digestOf;
  }

  answer(question: string): string {
    let answer = this.#answers.get(question);
    if (answer === undefined) {
      answer = this.#find(question);
      this.#answers.set(question, answer);
    }
    return answer;
  }

  #find(question: string): string {
    const space = question.indexOf(" ");
    const path = question.slice(space + 1);
    switch (question.slice(0, space)) {
      case "file": {
        const file = this.#tree.get(path);
        return file === undefined ? "" : this.#digestOf(file);
      }
      case "in":
        return this.#tree.in(path).join("\n");
      case "below":
        return this.#tree.below(path).join("\n");
      default:
        return (this.#variableFiles.get(path) ?? []).join("\n");
    }
  }
}

/** Everything that an evaluation asks of the files, with the answers it got. Goes on while values are looked up later. */
export class Looked {
  readonly #snapshot: Snapshot;
  readonly #answers = new Map<string, string>();
  /** Directories whose modules it read, and files that it parsed beside them. */
  readonly modules = new Set<string>();
  readonly parsed = new Set<string>();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  file(path: string): void {
    this.#note(`file ${path}`);
  }
  parse(path: string): void {
    this.file(path);
    this.parsed.add(path);
  }
  module(directory: string, files: readonly string[]): void {
    this.#note(`in ${directory}`);
    for (const path of files) this.file(path);
    this.modules.add(directory);
  }
  below(directory: string): void {
    this.#note(`below ${directory}`);
  }
  variables(root: string): void {
    this.#note(`variables ${root}`);
  }

  /** Whether the files of another reading would have given every answer that this one got. */
  holdsIn(snapshot: Snapshot): boolean {
    for (const [question, answer] of this.#answers) if (snapshot.answer(question) !== answer) return false;
    return true;
  }

  #note(question: string): void {
    if (!this.#answers.has(question)) this.#answers.set(question, this.#snapshot.answer(question));
  }
}

interface KnownFile {
  readonly source: SourceFile;
  parsed?: HclFile;
  comments?: readonly Comment[];
}

interface KnownRoot {
  readonly looked: Looked;
  readonly evaluated: Evaluated;
}

/** Versions of one root module that are kept: a base, a head, and a head with a patch on it. */
const MOST_VERSIONS = 3;
const MOST_ROOTS = 10_000;
const MOST_SOURCE_BYTES = 32 * 1024 * 1024;

export class TerraformMemory {
  readonly #files = new Map<string, KnownFile>();
  readonly #roots = new Map<string, readonly KnownRoot[]>();
  /** Asked for many times while a file is read. */
  readonly #digests = new WeakMap<SourceFile, string>();
  readonly #mostBytes: number;
  #bytes = 0;
  #evaluations = 0;

  /** @param mostBytes source text to remember; what was used least recently goes first. */
  constructor(mostBytes = MOST_SOURCE_BYTES) {
    this.#mostBytes = mostBytes;
  }

  /** Source text that is remembered. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many root modules were evaluated, and not recalled, since this memory began. */
  get evaluations(): number {
    return this.#evaluations;
  }

  /** The files as they are known from before, where they are: so that what is kept of two readings shares them. */
  intern(files: readonly SourceFile[]): readonly SourceFile[] {
    const known = files.map((file) => this.#known(file).source);
    for (const [key, { source }] of this.#files) {
      if (this.#bytes <= this.#mostBytes) break;
      this.#files.delete(key);
      this.#bytes -= source.bytes.length;
    }
    return known;
  }

  parse(file: SourceFile, parse: (file: SourceFile) => HclFile): HclFile {
    const known = this.#known(file);
    known.parsed ??= parse(known.source);
    return known.parsed;
  }

  comments(file: SourceFile, read: () => readonly Comment[]): readonly Comment[] {
    const known = this.#known(file);
    known.comments ??= read();
    return known.comments;
  }

  /** @param root the directory, and whatever else the evaluation was given. */
  recall(root: string, snapshot: Snapshot): KnownRoot | undefined {
    return this.#roots.get(root)?.find(({ looked }) => looked.holdsIn(snapshot));
  }

  keep(root: string, looked: Looked, evaluated: Evaluated): void {
    this.#evaluations++;
    this.#roots.set(root, [{ looked, evaluated }, ...(this.#roots.get(root) ?? [])].slice(0, MOST_VERSIONS));
    const [oldest] = this.#roots.keys();
    if (this.#roots.size > MOST_ROOTS && oldest !== undefined) this.#roots.delete(oldest);
  }

  snapshot(tree: FileTree, variableFiles: ReadonlyMap<string, readonly string[]>): Snapshot {
    return new Snapshot(tree, variableFiles, (file) => this.#digestOf(file));
  }

  #digestOf(file: SourceFile): string {
    let digest = this.#digests.get(file);
    if (digest === undefined) {
      digest = hash("sha256", file.bytes, "base64");
      this.#digests.set(file, digest);
    }
    return digest;
  }

  #known(file: SourceFile): KnownFile {
    const key = `${this.#digestOf(file)} ${file.path}`;
    let known = this.#files.get(key);
    if (known) this.#files.delete(key);
    else {
      known = { source: file };
      this.#bytes += file.bytes.length;
    }
    this.#files.set(key, known);
    return known;
  }
}
