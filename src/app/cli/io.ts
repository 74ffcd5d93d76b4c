/** What a command touches besides its arguments, so that tests can hold it in their hands. */
import type { Screen } from "../../core/report/style.ts";

export interface Io {
  out(text: string): void;
  err(text: string): void;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Asks a question and resolves with the line typed; "" where nobody can answer. */
  ask(question: string): Promise<string>;
  readonly columns: number;
  readonly env: { readonly [name: string]: string | undefined };
  readonly cwd: string;
  readonly now: Date;
}

/** 0: nothing to act on; 1: findings; 2: usage or engine error. */
export type ExitCode = 0 | 1 | 2;

/** A subcommand: arguments after its name in, exit code out. */
export type Run = (args: readonly string[], io: Io) => Promise<number>;

export const today = (io: Io): string => io.now.toISOString().slice(0, 10);

/** Colour on a terminal unless NO_COLOR says otherwise (no-color.org); FORCE_COLOR overrules both. */
export const screenOf = (io: Io, isTerminal: boolean, wantsColour = true): Screen => ({
  colour:
    wantsColour && (isSet(io.env.FORCE_COLOR) || (isTerminal && !isSet(io.env.NO_COLOR) && io.env.TERM !== "dumb")),
  width: isTerminal ? Math.min(Math.max(io.columns, 40), 140) : 0,
});

const isSet = (value: string | undefined): boolean => value !== undefined && value !== "" && value !== "0";

/** A command failed in a way that a person can act on: said in one line, without a stack. */
export class UserError extends Error {
  readonly exitCode: ExitCode;
  constructor(message: string, exitCode: ExitCode = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}
