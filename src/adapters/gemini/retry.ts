/** Patience around a model: a few tries with growing pauses, and a breaker that stops asking a service in trouble. */
import type { Failure, Model, ModelAnswer } from "./types.ts";

export interface Patience {
  readonly tries: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** All tries and pauses together. */
  readonly withinMs: number;
  /** Failures in a row, over all calls, that open the breaker. */
  readonly breakAfter: number;
  readonly breakForMs: number;
}

export const PATIENCE: Patience = {
  tries: 4,
  firstPauseMs: 1_000,
  longestPauseMs: 30_000,
  withinMs: 90_000,
  breakAfter: 5,
  breakForMs: 600_000,
};

export interface Time {
  now(): number;
  /** Ends early, without failing, where the signal aborts. */
  pause(ms: number, signal?: AbortSignal): Promise<void>;
  /** 0 to 1. */
  random(): number;
}

const REAL_TIME: Time = {
  now: () => Date.now(),
  pause: (ms, signal) =>
    new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener("abort", done, { once: true });
    }),
  random: Math.random,
};

export function withPatience(model: Model, patience: Patience = PATIENCE, time: Time = REAL_TIME): Model {
  let failuresInARow = 0;
  let openUntil = 0;
  const settle = (answer: ModelAnswer): void => {
    if (answer.ok || !isTrouble(answer.failure)) {
      failuresInARow = 0;
      return;
    }
    failuresInARow++;
    if (failuresInARow >= patience.breakAfter) openUntil = time.now() + patience.breakForMs;
  };
  return {
    async generate(request, signal) {
      const startedAt = time.now();
      for (let attempt = 1; ; attempt++) {
        if (openUntil > time.now()) {
          const failure = { kind: "breaker-open", detail: "too many failures in a row", untilMs: openUntil } as const;
          return { ok: false, failure };
        }
        const answer = await model.generate(request, signal);
        settle(answer);
        if (answer.ok || !isTrouble(answer.failure) || attempt >= patience.tries) return answer;
        const pauseMs = pauseBefore(attempt, answer.failure, patience, time.random());
        if (time.now() + pauseMs - startedAt > patience.withinMs) return answer;
        await time.pause(pauseMs, signal);
        if (signal?.aborted) return { ok: false, failure: { kind: "aborted", detail: "stopped while waiting" } };
      }
    },
  };
}

/** Trouble of the service, as opposed to our request or the model's answer: only this is worth asking again. */
const isTrouble = (failure: Failure): boolean =>
  failure.kind === "rate-limited" || failure.kind === "unreachable" || failure.kind === "timeout";

/** Full jitter, but never sooner than the service asked for. */
export function pauseBefore(attempt: number, failure: Failure, patience: Patience, random: number): number {
  const ceiling = Math.min(patience.longestPauseMs, patience.firstPauseMs * 2 ** (attempt - 1));
  const asked = failure.kind === "rate-limited" ? (failure.retryAfterMs ?? 0) : 0;
  return Math.max(asked, random * ceiling);
}
