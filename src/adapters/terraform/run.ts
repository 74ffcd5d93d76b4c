/** Runs one command without a shell, in an environment of our making, within limits of time and output. */
import { spawn } from "node:child_process";

export interface Command {
  readonly binary: string;
  readonly args: readonly string[];
  readonly dir: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** After the polite signal, before the other one. */
  readonly graceMs: number;
  readonly mostBytes: number;
  readonly signal?: AbortSignal;
}

export interface Ran {
  readonly ended: "exited" | "timeout" | "aborted" | "too-much-output" | "not-started";
  /** 0 to 255 where it exited by itself, else -1. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function run(command: Command): Promise<Ran> {
  const { signal } = command;
  if (signal?.aborted) return Promise.resolve({ ended: "aborted", code: -1, stdout: "", stderr: "" });
  return new Promise((resolve) => {
    // Its own process group: providers are its children, and must not outlive it.
    const child = spawn(command.binary, command.args, {
      cwd: command.dir,
      env: command.environment,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
      windowsHide: true,
    });
    let ended: Ran["ended"] = "exited";
    let killer: NodeJS.Timeout | undefined;
    const stop = (why: Ran["ended"]) => {
      if (ended !== "exited") return;
      ended = why;
      // Terraform finishes what it is doing and saves its state on SIGINT.
      signalGroup(child.pid, "SIGINT");
      killer = setTimeout(() => signalGroup(child.pid, "SIGKILL"), command.graceMs);
    };
    const onAbort = () => stop("aborted");
    const clock = setTimeout(() => stop("timeout"), command.timeoutMs);
    signal?.addEventListener("abort", onAbort, { once: true });
    let bytes = 0;
    const collect = (stream: NodeJS.ReadableStream): Buffer[] => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > command.mostBytes) stop("too-much-output");
        else chunks.push(chunk);
      });
      return chunks;
    };
    const out = collect(child.stdout);
    const err = collect(child.stderr);
    const finish = (code: number, failure?: string) => {
      clearTimeout(clock);
      clearTimeout(killer);
      signal?.removeEventListener("abort", onAbort);
      const stderr = failure ?? Buffer.concat(err).toString("utf8");
      resolve({
        ended: failure === undefined ? ended : "not-started",
        code,
        stdout: Buffer.concat(out).toString("utf8"),
        stderr,
      });
    };
    child.once("error", (error) => finish(-1, error.message));
    child.once("close", (code) => finish(code ?? -1));
  });
}

function signalGroup(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // It is gone already.
  }
}
