/** GitHub's failures in our words. */
import { AdapterError, NotFound, RateLimited, Refused, Unauthorised, Unreachable } from "../errors.ts";

const SERVICE = "GitHub";
/** GitHub's advice for a secondary limit without a Retry-After. */
const SECONDARY_LIMIT_MS = 60_000;

interface HttpFailure {
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly answered: boolean;
}

/** Runs a call; whatever it throws becomes one of adapters/errors.ts. `doing` names the call: "read a blob". */
export async function translated<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof AdapterError ? error : translate(doing, failureOf(error));
  }
}

/** As `translated`, but undefined where the thing, or the endpoint, is not there. */
export async function ifThere<T>(doing: string, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await translated(doing, call);
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

function translate(doing: string, failure: HttpFailure): AdapterError {
  const said = `could not ${doing}: ${failure.answered ? `${failure.status} ` : ""}${failure.message}`;
  if (!failure.answered || failure.status >= 500) return new Unreachable(SERVICE, said);
  const waitMs = limitedForMs(failure, Date.now());
  if (waitMs !== undefined) return new RateLimited(SERVICE, said, waitMs);
  if (failure.status === 401 || failure.status === 403) return new Unauthorised(SERVICE, said);
  if (failure.status === 404 || failure.status === 410 || failure.status === 451) return new NotFound(SERVICE, said);
  return new Refused(SERVICE, said, String(failure.status));
}

/** How long a limit lasts, undefined where this is no limit. Primary limits answer 403 or 429, secondary ones too. */
export function limitedForMs(failure: Omit<HttpFailure, "answered">, nowMs: number): number | undefined {
  if (failure.status !== 403 && failure.status !== 429) return undefined;
  const retryAfter = Number(failure.headers["retry-after"]);
  if (failure.headers["retry-after"] !== undefined && Number.isFinite(retryAfter)) return retryAfter * 1000;
  if (String(failure.headers["x-ratelimit-remaining"]) === "0") {
    const resetMs = Number(failure.headers["x-ratelimit-reset"]) * 1000;
    return Number.isFinite(resetMs) ? Math.max(1000, resetMs - nowMs + 1000) : SECONDARY_LIMIT_MS;
  }
  const limited = failure.status === 429 || /\brate limit\b|\babuse detection\b/i.test(failure.message);
  return limited ? SECONDARY_LIMIT_MS : undefined;
}

/** Octokit's RequestError by its shape: its classes come in several copies. A missing response: nobody answered. */
function failureOf(error: unknown): HttpFailure {
  const given = typeof error === "object" && error !== null ? (error as Record<string, unknown>) : {};
  const response =
    typeof given.response === "object" && given.response !== null
      ? (given.response as { headers?: HttpFailure["headers"] })
      : undefined;
  const status = typeof given.status === "number" ? given.status : 0;
  const message = error instanceof Error ? error.message : String(error);
  return { status, message, headers: response?.headers ?? {}, answered: response !== undefined && status > 0 };
}
