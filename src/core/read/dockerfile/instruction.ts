/** One Dockerfile instruction as plain data, with the ranges of its parts. */
import { type Instruction as Ast, Keyword, type Onbuild } from "dockerfile-ast";
import type { SourceRange } from "../../model/source-range.ts";
import type { ObjectValue, Value } from "../../model/value.ts";
import type { SourceText } from "../source-text.ts";
import { type Command, commandsOf } from "./shell.ts";

export interface Instruction {
  readonly attributes: ObjectValue;
  /** "text" is the whole instruction, "arguments" what follows the keyword. */
  readonly ranges: { readonly [part: string]: SourceRange };
}

export function toInstruction(
  ast: Ast,
  [start, end]: readonly [number, number],
  source: SourceText,
  escapeCharacter: string,
): Instruction {
  const text = source.text.slice(start, end);
  const keyword = ast.getKeyword();
  const isOnbuild = keyword === Keyword.ONBUILD;
  const trigger = isOnbuild ? (ast as Onbuild).getTriggerInstruction() : null;
  const inner = isOnbuild ? text.replace(/^\s*\S+\s+/, "") : text;
  const instruction = trigger?.getKeyword() ?? keyword;
  const { body, heredocs } = splitHeredocs(inner, instruction);
  const joined = joinLines(body, escapeCharacter).replace(/^\s*\S+\s*/, "");
  const { flags, rest } = takeFlags(joined, instruction);
  const attributes: { [name: string]: Value } = { instruction, arguments: rest, text };
  if (Object.keys(flags).length > 0) attributes.flags = flags;
  const json = jsonForm(rest, instruction);
  if (json) attributes.json = json;
  if (heredocs.length > 0) attributes.heredocs = heredocs;
  if (isOnbuild) attributes.onbuild = true;
  if (instruction === "RUN") attributes.commands = commandsRun(rest, json, heredocs);
  const pairs = pairsOf(rest, instruction);
  if (pairs) attributes.pairs = pairs;
  const keywordEnd = start + (/^\s*\S+\s*/.exec(text)?.[0].length ?? 0);
  return {
    attributes,
    ranges: { text: source.range(start, end), arguments: source.range(Math.min(keywordEnd, end), end) },
  };
}

const TAKES_HEREDOCS: ReadonlySet<string> = new Set(["RUN", "COPY", "ADD"]);

/** `RUN <<EOF … EOF`: the lines of each here-document, and the instruction without them. */
function splitHeredocs(text: string, keyword: string): { readonly body: string; readonly heredocs: readonly string[] } {
  const opener = /<<-?\s*(["']?)([A-Za-z_]\w*)\1/g;
  const newline = text.indexOf("\n");
  if (!TAKES_HEREDOCS.has(keyword) || newline === -1) return { body: text, heredocs: [] };
  const names = [...text.slice(0, newline).matchAll(opener)].map((match) => match[2] ?? "");
  if (names.length === 0) return { body: text, heredocs: [] };
  const lines = text.slice(newline + 1).split(/\r?\n/);
  const heredocs: string[] = [];
  for (const name of names) {
    const end = lines.findIndex((line) => line.replace(/^\t+/, "") === name);
    heredocs.push(
      lines
        .splice(0, end === -1 ? lines.length : end + 1)
        .slice(0, end === -1 ? undefined : -1)
        .join("\n"),
    );
  }
  return { body: text.slice(0, newline), heredocs };
}

/** Joins continued lines; comment lines and empty lines between them vanish, as Docker does it. */
function joinLines(text: string, escapeCharacter: string): string {
  const lines = text.split(/\r?\n/);
  const kept = lines.filter((line, index) => index === 0 || !/^\s*(?:#.*)?$/.test(line));
  const tail = new RegExp(`${escapeCharacter === "`" ? "`" : "\\\\"}[ \\t]*$`);
  return kept
    .map((line) => (tail.test(line) ? line.replace(tail, "") : `${line}\n`))
    .join("")
    .trim();
}

const TAKES_FLAGS: ReadonlySet<string> = new Set(["RUN", "COPY", "ADD", "HEALTHCHECK", "FROM"]);

/** Flags before the arguments: --from=build, --chown=1:1, --mount=… (the last of a name wins; all mounts are kept). */
function takeFlags(text: string, keyword: string): { readonly flags: ObjectValue; readonly rest: string } {
  const flags: { [name: string]: string } = {};
  let rest = text;
  while (TAKES_FLAGS.has(keyword)) {
    const match = /^--([a-z][\w-]*)(?:=("[^"]*"|\S*))?(?:\s+|$)/.exec(rest);
    if (!match?.[1]) break;
    const value = match[2] ?? "true";
    flags[match[1]] = flags[match[1]] === undefined ? value : `${flags[match[1]]} ${value}`;
    rest = rest.slice(match[0].length);
  }
  return { flags, rest };
}

const TAKES_JSON: ReadonlySet<string> = new Set([
  "RUN",
  "CMD",
  "ENTRYPOINT",
  "COPY",
  "ADD",
  "SHELL",
  "VOLUME",
  "HEALTHCHECK",
]);

/** The exec form `["a", "b"]` as a list; undefined for the shell form. */
function jsonForm(text: string, keyword: string): readonly string[] | undefined {
  if (!TAKES_JSON.has(keyword)) return undefined;
  const written = keyword === "HEALTHCHECK" ? text.replace(/^CMD\s+/i, "") : text;
  if (!written.startsWith("[")) return undefined;
  try {
    const parsed: unknown = JSON.parse(written);
    return Array.isArray(parsed) && parsed.every((part) => typeof part === "string") ? parsed : undefined;
  } catch {
    return undefined; // not JSON: Docker takes it as the shell form, too
  }
}

/** What RUN runs: the shell form, the exec form (of a shell: its script), and here-documents. */
function commandsRun(text: string, json: readonly string[] | undefined, heredocs: readonly string[]): readonly Value[] {
  const [shell = "", option = "", script] = json ?? [];
  const isScript = /(?:^|\/)(?:ba|da|z|a|k)?sh$/.test(shell) && /^-\w*c$/.test(option) && script !== undefined;
  const commands: readonly Command[] = json
    ? isScript
      ? commandsOf(script)
      : [{ environment: {}, words: json }]
    : [text, ...heredocs].flatMap((part) => commandsOf(part));
  return commands.map(({ environment, words }) => ({ environment, words }));
}

/** Names and values of ENV, ARG and LABEL, quotes removed: `ENV A=1 B="2"`, `ENV A 1`. */
function pairsOf(text: string, keyword: string): ObjectValue | undefined {
  if (keyword !== "ENV" && keyword !== "ARG" && keyword !== "LABEL") return undefined;
  const words = splitWords(text);
  const first = words[0] ?? "";
  if (keyword !== "ARG" && words.length > 1 && !first.includes("="))
    return { [unquote(first)]: unquote(text.trim().slice(first.length).trim()) };
  if (keyword === "ARG" && words.length === 2 && !first.includes("=")) return { [first]: unquote(words[1] ?? "") };
  const pairs: { [name: string]: Value } = {};
  for (const word of words) {
    const equals = word.indexOf("=");
    if (equals === -1) pairs[unquote(word)] = null;
    else pairs[unquote(word.slice(0, equals))] = unquote(word.slice(equals + 1));
  }
  return pairs;
}

/** Words of a line, quoted parts kept whole and with their quotes. */
function splitWords(text: string): readonly string[] {
  return text.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\]|["'])+/gs) ?? [];
}

const unquote = (text: string): string => text.replace(/^(["'])(.*)\1$/s, "$2");
