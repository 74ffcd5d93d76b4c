/** One line on a terminal that says what is going on, once it has taken a second; gone when done. */
import type { Io } from "./io.ts";

export interface Progress {
  say(message: string): void;
  done(): void;
}

const QUIET_MS = 1000;

export function startProgress(io: Io): Progress {
  if (!io.errIsTerminal) return { say: () => {}, done: () => {} };
  const started = performance.now();
  let shown = false;
  return {
    say(message) {
      if (performance.now() - started < QUIET_MS) return;
      shown = true;
      io.err(`\r\u001b[K${message.slice(0, Math.max(20, io.columns - 1))}`);
    },
    done() {
      if (shown) io.err("\r\u001b[K");
    },
  };
}
