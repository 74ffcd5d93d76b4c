/** Probot's Octokit, set up so that a limit is an error for the queue to wait out, never a job that sleeps. */
import { randomBytes } from "node:crypto";
import type { Logger } from "pino";
import { Probot, ProbotOctokit } from "probot";

export interface GitHubOptions {
  readonly appId: string | number;
  /** PEM. */
  readonly privateKey: string;
  /** Of the REST API, without a trailing slash. GitHub Enterprise Server: https://HOST/api/v3. */
  readonly baseUrl?: string;
  readonly log?: Logger;
  /** GitHub's advice of one write a second, three for comments. Default: on, but off for a server on this machine. */
  readonly throttle?: boolean;
  /** Tries after a 5xx or a broken connection, 1, 4 and 9 seconds apart. Default 3. */
  readonly retries?: number;
  /** For one request. Default 60 seconds. */
  readonly timeoutMs?: number;
}

export type Octokit = Awaited<ReturnType<Probot["auth"]>>;

/** Clients by whom they act for; tokens are minted and cached by Probot. */
export interface Octokits {
  asApp(): Promise<Octokit>;
  as(installationId: number): Promise<Octokit>;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const NEVER_RETRY = [400, 401, 403, 404, 409, 410, 422, 429, 451];

export function createOctokits(options: GitHubOptions): Octokits {
  const baseUrl = (options.baseUrl ?? "https://api.github.com").replace(/\/+$/, "");
  const enabled = options.throttle ?? !/^http:\/\/(localhost|127\.|\[::1\])/.test(baseUrl);
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const probot = new Probot({
    appId: options.appId,
    privateKey: options.privateKey,
    // Deliveries are verified by verifyDelivery; without this Probot falls back to a secret that everyone knows.
    secret: randomBytes(32).toString("hex"),
    baseUrl,
    logLevel: "error",
    ...(options.log && { log: options.log }),
    request: { fetch: (url: string, init: RequestInit) => fetchWithin(timeoutMs, url, init) },
    // Innermost defaults: they win over the handlers that Probot sets, which would sleep until the limit is over.
    Octokit: ProbotOctokit.defaults((given: object & { throttle?: object }) => ({
      ...given,
      throttle: { ...given.throttle, enabled, onRateLimit: () => false, onSecondaryRateLimit: () => false },
      retry: { retries: options.retries ?? 3, doNotRetry: NEVER_RETRY },
    })),
  });
  return { asApp: () => probot.auth(), as: (installationId) => probot.auth(installationId) };
}

function fetchWithin(timeoutMs: number, url: string, init: RequestInit): Promise<Response> {
  const timeout = AbortSignal.timeout(timeoutMs);
  return fetch(url, { ...init, signal: init.signal ? AbortSignal.any([init.signal, timeout]) : timeout });
}
