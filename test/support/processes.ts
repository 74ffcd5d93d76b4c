/** Draco as processes of its own, from the sources as they are now: for what only a real kill can show. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { packageRoot } from "../../src/app/package-root.ts";

/** Builds the command line once a run. It lies in the tree, so that it finds its packages. */
export async function buildCli(): Promise<string> {
  const outdir = join(packageRoot(), "node_modules", ".cache", "draco-test", String(process.pid));
  mkdirSync(outdir, { recursive: true });
  await build({
    entryPoints: { cli: join(packageRoot(), "src", "cli.ts") },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    outdir,
    logLevel: "error",
  });
  return join(outdir, "cli.js");
}

export interface Process {
  readonly output: () => string;
  /** As the kernel or an operator in a hurry would. */
  kill(): Promise<void>;
  /** As an orchestrator would; resolves with the exit code. */
  terminate(): Promise<number | null>;
}

/** Starts `draco start` and waits until it says that it is up. */
export async function startProcess(
  cli: string,
  environment: { readonly [name: string]: string },
  args: readonly string[] = [],
): Promise<Process> {
  const child: ChildProcess = spawn(process.execPath, [cli, "start", ...args], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const up = new Promise<void>((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      output += chunk.toString("utf8");
      if (output.includes("Draco is up")) resolve();
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    child.once("exit", (code) => reject(new Error(`draco start ended with ${code}: ${output}`)));
  });
  await up;
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
    return child.exitCode;
  };
  return {
    output: () => output,
    async kill() {
      await end("SIGKILL");
    },
    terminate: () => end("SIGTERM"),
  };
}
