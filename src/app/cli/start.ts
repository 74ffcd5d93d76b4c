/** `draco start`: the server, the worker, or both, until it is told to stop. */
import { readFileSync } from "node:fs";
import pino from "pino";
import type { SettingProblem } from "../settings.ts";
import { type Role, readSettings } from "../settings.ts";
import { InvalidArgumentError, newCommand, Option, runCommand } from "./command.ts";
import type { Io } from "./io.ts";

const ROLES: readonly Role[] = ["all", "web", "worker"];

export async function start(args: readonly string[], io: Io): Promise<number> {
  let role: Role = "all";
  const command = newCommand("draco start", io, "Runs Draco against GitHub, with settings from the environment.", [
    "draco start                 doors and workers in one process",
    "draco start --role worker   one more worker on the same DATABASE_URL",
  ])
    .addOption(new Option("--role <role>", "what this process does").choices(ROLES).default("all"))
    .action((options: { role: string }) => {
      const found = ROLES.find((r) => r === options.role);
      if (!found) throw new InvalidArgumentError(`It is one of ${ROLES.join(", ")}.`);
      role = found;
    });
  const ended = await runCommand(command, args);
  if (ended !== undefined) return ended;

  const read = readSettings(io.env, role, (path) => readFileSync(path, "utf8"));
  if (!read.ok) {
    io.err(explain(read.problems));
    return 1;
  }
  const { startServer } = await import("../server.ts");
  const log = pino({ level: read.settings.logLevel, base: { app: "draco" } });
  const { CHECKPOINT_DISABLE: _, ...rest } = process.env;
  process.env = { ...rest, CHECKPOINT_DISABLE: "1" };
  const running = await startServer(read.settings, log).catch((error: unknown) => {
    io.err(`draco start: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  });
  if (!running) return 1;
  await untilSignal();
  log.info({}, "stopping: finishing what runs");
  await running.stop();
  return 0;
}

/** What is missing or wrong, each with what to set; and where to begin without any of it. */
export function explain(problems: readonly SettingProblem[]): string {
  const lines = problems.map((p) => `  ${p.name} ${p.problem}\n      ${p.remedy}`);
  return `Draco cannot start: ${problems.length === 1 ? "a setting is" : `${problems.length} settings are`} missing or wrong.

${lines.join("\n")}

A secret can also be in a file: set NAME_FILE to its path. README.md, "Install", goes through it step by step.
To see Draco work without any account:  npm run demo
`;
}

const untilSignal = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
