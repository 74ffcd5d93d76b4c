/** Commander, set up as every subcommand wants it: errors as values, exit code 2 for usage, help with examples. */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { SEVERITIES, type Severity } from "../../core/model/finding.ts";
import type { Io } from "./io.ts";

export { Command, InvalidArgumentError, Option };

export function newCommand(name: string, io: Io, description: string, examples: readonly string[]): Command {
  return new Command(name)
    .description(description)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
      getOutHelpWidth: () => (io.outIsTerminal ? io.columns : 100),
    })
    .addHelpText("after", `\nExamples:\n${examples.map((line) => `  ${line}`).join("\n")}`);
}

/** Parses and runs the action; usage errors and --help end here as exit codes. */
export async function runCommand(command: Command, args: readonly string[]): Promise<number | undefined> {
  try {
    await command.parseAsync([...args], { from: "user" });
    return undefined;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
    throw thrown;
  }
}

/** "--rule a,b --rule c" is a, b and c. */
export const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  ...value.split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim()])),
];

export const severity = (value: string): Severity => {
  const found = SEVERITIES.find((s) => s === value.toLowerCase());
  if (!found) throw new InvalidArgumentError(`It is one of ${SEVERITIES.join(", ")}.`);
  return found;
};

export const severityOrNone = (value: string): Severity | "none" =>
  value.toLowerCase() === "none" ? "none" : severity(value);
