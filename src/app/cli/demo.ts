/** `draco demo`: hands over to the demo, which is built beside the command line and needs the development packages. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../package-root.ts";
import { newCommand, runCommand } from "./command.ts";
import { type Io, UserError } from "./io.ts";

export async function demo(args: readonly string[], io: Io): Promise<number> {
  let once = false;
  const command = newCommand(
    "draco demo",
    io,
    "Runs the whole product against emulated GitHub and Twilio on this machine.",
    [
      "draco demo          leaves it running, so that you can look around",
      "draco demo --once   exits when the loop is through: 0 only if every step happened",
    ],
  )
    .option("--once", "exit when the loop is through")
    .action((options: { once?: boolean }) => {
      once = options.once === true;
    });
  const ended = await runCommand(command, args);
  if (ended !== undefined) return ended;

  const path = join(packageRoot(), "dist", "demo.js");
  if (!existsSync(path))
    throw new UserError("the demo is part of the source tree: clone the repository, then npm ci && npm run demo");
  const { runDemo } = (await import(pathToFileURL(path).href)) as {
    runDemo: (o: { once: boolean }, io: Io) => Promise<number>;
  };
  return runDemo({ once }, io);
}
