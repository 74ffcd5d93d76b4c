#!/usr/bin/env node
/** The executable: hands the process to the command line, and the exit code back. */
import type { Io } from "./app/cli/io.ts";
import { main } from "./app/cli/main.ts";
import { packageVersion } from "./app/cli/version.ts";

/** `draco scan | head` closes the pipe early: that is the reader's right, not an error. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

const io: Io = {
  out: (text) => {
    process.stdout.write(text);
  },
  err: (text) => {
    process.stderr.write(text);
  },
  outIsTerminal: process.stdout.isTTY === true,
  errIsTerminal: process.stderr.isTTY === true,
  ask,
  columns: process.stdout.columns ?? process.stderr.columns ?? 80,
  env: process.env,
  cwd: process.cwd(),
  now: new Date(),
};

async function ask(question: string): Promise<string> {
  if (process.stdin.isTTY !== true) return "";
  const { createInterface } = await import("node:readline/promises");
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await prompt.question(question)).trim();
  } finally {
    prompt.close();
  }
}

process.exitCode = await main(process.argv.slice(2), io, packageVersion());
