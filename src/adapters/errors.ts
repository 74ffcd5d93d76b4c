/** The few ways in which the outside world fails. Adapters translate into these; they carry what a retry needs. */

export class AdapterError extends Error {
  /** The system that failed: "GitHub", "Twilio"… */
  readonly service: string;
  /** Whether the same call may succeed later, unchanged. */
  readonly retryable: boolean;
  constructor(service: string, message: string, retryable: boolean, cause?: unknown) {
    super(`${service}: ${message}`, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.service = service;
    this.retryable = retryable;
  }
}

/** Too many requests. Ask again after `retryAfterMs`. */
export class RateLimited extends AdapterError {
  readonly retryAfterMs: number;
  constructor(service: string, message: string, retryAfterMs: number, cause?: unknown) {
    super(service, message, true, cause);
    this.retryAfterMs = retryAfterMs;
  }
}

/** It is not there, or not for us to see. */
export class NotFound extends AdapterError {
  constructor(service: string, message: string, cause?: unknown) {
    super(service, message, false, cause);
  }
}

/** The credentials are wrong, or lack a permission. */
export class Unauthorised extends AdapterError {
  constructor(service: string, message: string, cause?: unknown) {
    super(service, message, false, cause);
  }
}

/** No answer, or one that says the service itself is in trouble (5xx, time out, refused connection). */
export class Unreachable extends AdapterError {
  /** The request may have been carried out all the same: the answer never came, or said that the service is in trouble. */
  readonly mayHaveArrived: boolean;
  constructor(service: string, message: string, cause?: unknown, mayHaveArrived = false) {
    super(service, message, true, cause);
    this.mayHaveArrived = mayHaveArrived;
  }
}

/** Whether a connection failed before anything was sent: then the other side knows nothing of it. */
export const neverConnected = (code: unknown): boolean =>
  typeof code === "string" && ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"].includes(code);

/** The service understood and said no: what was asked does not fit its present state. `code` is its own code. */
export class Refused extends AdapterError {
  readonly code: string;
  constructor(service: string, message: string, code: string, cause?: unknown) {
    super(service, message, false, cause);
    this.code = code;
  }
}

/** Base URLs may be overridden only for this machine: a key must never be sent to somebody else's server. */
export function loopbackOnly(service: string, baseUrl: string): string {
  const { hostname, protocol } = new URL(baseUrl);
  const loopback = hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
  if (!loopback || !/^https?:$/.test(protocol)) {
    throw new Refused(service, `the base URL ${baseUrl} is not on this machine`, "base-url");
  }
  return baseUrl.replace(/\/+$/, "");
}
