/**
 * Reads `/draco` commands out of a comment. Strict on purpose: a command is a whole line of its own, never inside code or
 * a quote, and what is not understood to the letter is refused with what was probably meant.
 */
import { type Flag, GRAMMAR, type TargetKind, VERB_NAMES, type VerbName } from "./grammar.ts";
import { nearest } from "./nearest.ts";

export type { VerbName } from "./grammar.ts";

export interface Target {
  readonly kind: TargetKind;
  /** verb: its name; plan: six capitals or digits; finding: the start of a fingerprint; all: "". */
  readonly value: string;
}

export interface Command {
  readonly verb: VerbName;
  readonly targets: readonly Target[];
  /** Values by name; one that stands alone is "true". */
  readonly flags: { readonly [name: string]: string };
}

interface Written {
  /** Line of the comment, from 1. */
  readonly line: number;
  readonly text: string;
}

export interface Understood extends Written {
  readonly ok: true;
  readonly command: Command;
}

export interface Misread extends Written {
  readonly ok: false;
  /** What is wrong, in a sentence or two for who wrote it. */
  readonly problem: string;
  /** A whole line that would have been understood. */
  readonly suggestion?: string;
}

export type CommandLine = Understood | Misread;

export const MAX_COMMANDS = 5;
const MAX_LINE = 500;

/** @param appName what Draco's bot is called: "@draco-bot approve" is the same as "/draco approve". */
export function parseCommands(comment: string, appName?: string): readonly CommandLine[] {
  const lines = commandLines(comment, appName);
  return lines.slice(0, MAX_COMMANDS).map(({ line, text, rest }) => {
    const read = text.length > MAX_LINE ? wrong(`A command has at most ${MAX_LINE} characters.`) : parse(rest);
    return read.ok ? { ...read, line, text } : { ...read, line, text: text.slice(0, MAX_LINE) };
  });
}

/** How many commands were left unread because there were too many. */
export const surplusCommands = (comment: string, appName?: string): number =>
  Math.max(0, commandLines(comment, appName).length - MAX_COMMANDS);

interface Line {
  readonly line: number;
  readonly text: string;
  /** Behind "/draco". */
  readonly rest: string;
}

/** Lines that begin with the command, outside fences, indented code, quotes and HTML comments (GFM §4.4, §4.5, §4.6, §5.1). */
function commandLines(comment: string, appName: string | undefined): readonly Line[] {
  const found: Line[] = [];
  let fence: string | undefined;
  let hidden = false;
  let quoted = false;
  comment.split(/\r\n|\n|\r/).forEach((text, index) => {
    if (fence !== undefined) {
      const closing = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(text)?.[1];
      if (closing?.startsWith(fence)) fence = undefined;
      return;
    }
    if (hidden) {
      hidden = !text.includes("-->");
      return;
    }
    const opening = /^ {0,3}(?:(`{3,})[^`]*|(~{3,}).*)$/.exec(text);
    if (opening) {
      fence = opening[1] ?? opening[2];
      quoted = false;
      return;
    }
    if (text.includes("<!--") && text.lastIndexOf("<!--") > text.lastIndexOf("-->")) hidden = true;
    // A quote goes on over lines without ">" until a blank one (lazy continuation).
    if (/^ {0,3}>/.test(text)) quoted = true;
    else if (text.trim() === "") quoted = false;
    if (quoted) return;
    const rest = behindName(text, appName);
    if (rest !== undefined) found.push({ line: index + 1, text: text.trim(), rest });
  });
  return found;
}

function behindName(text: string, appName: string | undefined): string | undefined {
  const match = /^(\/draco|@([A-Za-z0-9-]+)(?:\[bot\])?)(?:[ \t]+(.*))?$/i.exec(text.trimEnd());
  if (!match) return undefined;
  const [, name, mention, rest] = match;
  if (mention !== undefined && mention.toLowerCase() !== appName?.toLowerCase()) return undefined;
  return name === undefined ? undefined : (rest ?? "");
}

type Unplaced<Line extends Written> = Omit<Line, keyof Written>;
type Read = Unplaced<Understood> | Unplaced<Misread>;

const understood = (command: Command): Read => ({ ok: true, command });
const wrong = (problem: string, suggestion?: string): Unplaced<Misread> => ({
  ok: false,
  problem,
  ...(suggestion !== undefined && { suggestion }),
});

function parse(rest: string): Read {
  const words = splitWords(rest);
  if (words === undefined) return wrong("A quotation mark is not closed.");
  const [name, ...others] = words;
  if (name === undefined) return understood({ verb: "help", targets: [], flags: {} });
  const verb = VERB_NAMES.find((known) => known === name.toLowerCase());
  if (verb === undefined) {
    const meant = nearest(name, VERB_NAMES);
    return meant === undefined
      ? wrong(`There is no command "${name}".`, "/draco help")
      : wrong(`There is no command "${name}". Did you mean "${meant}"?`, ["/draco", meant, ...others].join(" "));
  }
  const grammar = GRAMMAR[verb];
  const targets: Target[] = [];
  const flags: { [name: string]: string } = {};
  for (const word of others) {
    if (word.startsWith("--")) {
      const flag = readFlag(word, grammar.flags);
      if ("reason" in flag) return wrong(flag.reason, grammar.example);
      if (flag.name in flags) return wrong(`--${flag.name} is there twice.`, grammar.example);
      flags[flag.name] = flag.value;
      continue;
    }
    for (const part of word.split(",")) {
      const target = readTarget(part, grammar.targets);
      if (typeof target === "string")
        return wrong(`${target} \`${verb}\` takes: ${taken(grammar.targets)}.`, grammar.example);
      targets.push(target);
    }
  }
  if (grammar.needsTarget && targets.length === 0) {
    return wrong(`\`${verb}\` must say of what: ${taken(grammar.targets)}.`, grammar.example);
  }
  const missing = grammar.flags.find((flag) => flag.required && !(flag.name in flags));
  if (missing) return wrong(`\`${verb}\` needs --${missing.name}.`, grammar.example);
  return understood({ verb, targets, flags });
}

/** Words, of which parts may stand in double quotes; undefined where one is not closed. Curly quotes count, as phones type them. */
function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word = "";
  let inQuotes = false;
  let started = false;
  for (const character of text) {
    if (/["“”]/.test(character)) {
      inQuotes = !inQuotes;
      started = true;
    } else if (/\s/.test(character) && !inQuotes) {
      if (started) words.push(word);
      word = "";
      started = false;
    } else {
      word += character;
      started = true;
    }
  }
  if (inQuotes) return undefined;
  return started ? [...words, word] : words;
}

function readFlag(
  word: string,
  known: readonly Flag[],
): { readonly name: string; readonly value: string } | { readonly reason: string } {
  const equals = word.indexOf("=");
  const name = (equals < 0 ? word.slice(2) : word.slice(2, equals)).toLowerCase();
  const value = equals < 0 ? undefined : word.slice(equals + 1);
  const flag = known.find((candidate) => candidate.name === name);
  if (!flag) {
    const meant = nearest(
      name,
      known.map((candidate) => candidate.name),
    );
    return { reason: `There is no flag "--${name}" here.${meant === undefined ? "" : ` Did you mean "--${meant}"?`}` };
  }
  if (flag.value === undefined) {
    return value === undefined ? { name, value: "true" } : { reason: `--${name} takes no value.` };
  }
  if (value === undefined || value.trim() === "") return { reason: `--${name} needs a value.` };
  return { name, value };
}

/** The value of a target of each kind, or undefined where the word is not one. */
const TARGETS: { readonly [Kind in TargetKind]: (word: string) => string | undefined } = {
  verb: (word) => VERB_NAMES.find((known) => known === word.toLowerCase()),
  plan: (word) => /^plan:([0-9a-hjkmnp-tv-z]{6})$/i.exec(word)?.[1]?.toUpperCase(),
  finding: (word) => /^finding:([0-9a-f]{6,64})$/i.exec(word)?.[1]?.toLowerCase(),
  all: (word) => (word.toLowerCase() === "all" ? "" : undefined),
};

/** The target, or what is wrong with the word. Nothing is ever taken for "the one that was probably meant". */
function readTarget(word: string, kinds: readonly TargetKind[]): Target | string {
  for (const kind of kinds) {
    const value = TARGETS[kind](word);
    if (value !== undefined) return { kind, value };
  }
  return `"${word}" is not understood.`;
}

const EXAMPLES: { readonly [Kind in TargetKind]: string } = {
  verb: "the name of a command",
  plan: "plan:7F3K9Q",
  finding: "finding:3f9a2c1e",
  all: "all",
};
const taken = (kinds: readonly TargetKind[]): string =>
  kinds.length === 0 ? "nothing more" : kinds.map((kind) => EXAMPLES[kind]).join(", ");
