/** Shell scripts taken apart into simple commands. No shell: nothing is expanded, and what is quoted is text. */

export interface Command {
  /** Assignments before the program: `A=1 make`. For `export` and `env` too. */
  readonly environment: { readonly [name: string]: string };
  /** Program and arguments, quotes removed. */
  readonly words: readonly string[];
}

/** Words after which a command follows. */
const KEYWORDS: ReadonlySet<string> = new Set([
  "if",
  "then",
  "elif",
  "else",
  "while",
  "until",
  "do",
  "!",
  "{",
  "}",
  "fi",
  "done",
  "time",
  "exec",
  "command",
  "nohup",
  "builtin",
]);

/** Every simple command of a script, in order: those in pipes, lists, conditions, subshells and substitutions too. */
export function commandsOf(script: string): readonly Command[] {
  const commands: Command[] = [];
  for (const words of simpleCommands(script, 0)) {
    const command = toCommand(words);
    if (command) commands.push(command);
  }
  return commands;
}

function toCommand(given: readonly string[]): Command | undefined {
  const environment: { [name: string]: string } = {};
  const assign = (word: string): boolean => {
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? [];
    if (name) environment[name] = value ?? "";
    return name !== undefined;
  };
  let start = 0;
  for (; start < given.length; start++) {
    const word = given[start] ?? "";
    if (word === "export" || word === "declare") {
      for (const next of given.slice(start + 1)) assign(next);
      break;
    }
    if (!assign(word) && word !== "env" && !KEYWORDS.has(word)) break;
  }
  const words = given.slice(start);
  return words.length > 0 || Object.keys(environment).length > 0 ? { environment, words } : undefined;
}

const MAX_DEPTH = 8;

function simpleCommands(script: string, depth: number): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  const nested: (readonly string[])[] = [];
  let word = "";
  let hasWord = false;
  const endWord = (): void => {
    if (hasWord) commands.at(-1)?.push(word);
    word = "";
    hasWord = false;
  };
  const endCommand = (): void => {
    endWord();
    commands.push([]);
  };
  for (let at = 0; at < script.length; at++) {
    const char = script[at] ?? "";
    if (char === "\\") {
      const next = script[at + 1] ?? "";
      if (next !== "\n") word += next;
      hasWord ||= next !== "\n";
      at++;
    } else if (char === "'") {
      const end = closing(script, at, "'");
      word += script.slice(at + 1, end);
      hasWord = true;
      at = end;
    } else if (char === '"') {
      const end = closing(script, at, '"');
      const inner = script.slice(at + 1, end);
      word += inner.replace(/\\(["\\$`])/g, "$1");
      hasWord = true;
      if (depth < MAX_DEPTH) nested.push(...substitutions(inner, depth));
      at = end;
    } else if (char === "$" && script[at + 1] === "(") {
      const end = closingParenthesis(script, at + 1);
      if (depth < MAX_DEPTH) nested.push(...simpleCommands(script.slice(at + 2, end), depth + 1));
      word += script.slice(at, end + 1);
      hasWord = true;
      at = end;
    } else if (char === "#" && !hasWord) {
      const end = script.indexOf("\n", at);
      at = end === -1 ? script.length : end - 1;
    } else if (/[;&|\n()`]/.test(char)) {
      // `2>&1` and `&>` redirect; they end no command.
      if (char === "&" && (/[<>]$/.test(word) || script[at - 1] === ">" || script[at + 1] === ">")) {
        word += char;
        hasWord = true;
      } else endCommand();
    } else if (/\s/.test(char)) endWord();
    else {
      word += char;
      hasWord = true;
    }
  }
  endWord();
  return [...commands.filter((words) => words.length > 0), ...nested];
}

/** $(…) and `…` inside double quotes. */
function substitutions(text: string, depth: number): readonly (readonly string[])[] {
  const found: (readonly string[])[] = [];
  for (let at = text.indexOf("$("); at !== -1; at = text.indexOf("$(", at + 1)) {
    const end = closingParenthesis(text, at + 1);
    found.push(...simpleCommands(text.slice(at + 2, end), depth + 1));
    at = end;
  }
  for (const [, inner] of text.matchAll(/`([^`]*)`/g)) found.push(...simpleCommands(inner ?? "", depth + 1));
  return found;
}

function closing(script: string, from: number, quote: string): number {
  for (let at = from + 1; at < script.length; at++) {
    if (script[at] === "\\" && quote === '"') at++;
    else if (script[at] === quote) return at;
  }
  return script.length;
}

function closingParenthesis(script: string, open: number): number {
  let depth = 0;
  for (let at = open; at < script.length; at++) {
    const char = script[at];
    if (char === "\\") at++;
    else if (char === "'" || char === '"') at = closing(script, at, char);
    else if (char === "(") depth++;
    else if (char === ")" && --depth === 0) return at;
  }
  return script.length;
}

/** Program name without its directory. */
export const programOf = (command: Command): string => {
  const [first = ""] = command.words;
  return first.slice(first.lastIndexOf("/") + 1);
};
