/** E-mail through SendGrid's own SDK. Opens and clicks are never tracked, whatever the account's defaults are. */
import sendgrid from "@sendgrid/mail";
import {
  AdapterError,
  loopbackOnly,
  NotFound,
  neverConnected,
  RateLimited,
  Refused,
  Unauthorised,
  Unreachable,
} from "../errors.ts";
import type { Mail, SendGrid, SendGridOptions } from "./types.ts";

const SERVICE = "SendGrid";
const DEFAULT_TIMEOUT_MS = 15_000;

export function openSendGrid(options: SendGridOptions): SendGrid {
  const { mailer, client } = ownMailer();
  client.setApiKey(options.apiKey);
  client.setDefaultRequest("timeout", options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  // After the key: setting a key puts the base URL back.
  if (options.baseUrl !== undefined) {
    client.setDefaultRequest("baseUrl", `${loopbackOnly(SERVICE, options.baseUrl)}/`);
  }
  return {
    sendMail: (mail) =>
      translated("send an e-mail", async () => {
        const [response] = await mailer.send(messageOf(mail, options));
        const id = (response.headers as Record<string, unknown>)["x-message-id"];
        return typeof id === "string" ? id : "";
      }),
    check: () =>
      translated("read the key's scopes", async () => {
        const [, body] = await client.request({ method: "GET", url: "/v3/scopes" });
        const { scopes } = (body ?? {}) as { scopes?: unknown };
        return { scopes: Array.isArray(scopes) ? scopes.map(String) : [] };
      }),
  };
}

interface SdkClient {
  setApiKey(key: string): void;
  setDefaultRequest(key: string, value: unknown): void;
  request(request: { method: "GET"; url: string }): Promise<[unknown, unknown]>;
}

/** The package exports one shared mailer; its class, which the types hide, makes one that shares no key with others. */
function ownMailer(): { readonly mailer: typeof sendgrid; readonly client: SdkClient } {
  const mailer = new (sendgrid.constructor as new () => typeof sendgrid)();
  return { mailer, client: (mailer as unknown as { client: SdkClient }).client };
}

const messageOf = (mail: Mail, { from, fromName }: SendGridOptions) => ({
  to: mail.to,
  from: fromName === undefined ? from : { email: from, name: fromName },
  // A line break in a header would start another one.
  subject: mail.subject.replace(/[\r\n]+/g, " "),
  text: mail.text,
  html: mail.html,
  customArgs: { dracoId: mail.id },
  trackingSettings: {
    clickTracking: { enable: false, enableText: false },
    openTracking: { enable: false },
    subscriptionTracking: { enable: false },
    ganalytics: { enable: false },
  },
});

async function translated<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof AdapterError ? error : translate(doing, error, Date.now());
  }
}

interface Failure {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly response?: { readonly headers?: Record<string, unknown>; readonly body?: unknown };
}

function translate(doing: string, error: unknown, nowMs: number): AdapterError {
  const { code, message, response } = (typeof error === "object" && error !== null ? error : {}) as Failure;
  const said = `could not ${doing}: ${String(message ?? error)}${reasons(response?.body)}`;
  // Without a response `code` is Node's name of a broken connection.
  if (response === undefined || typeof code !== "number" || code >= 500) {
    return new Unreachable(SERVICE, said, undefined, !neverConnected(code));
  }
  if (code === 429) return new RateLimited(SERVICE, said, resetMs(response.headers ?? {}, nowMs));
  if (code === 401 || code === 403) return new Unauthorised(SERVICE, said);
  if (code === 404) return new NotFound(SERVICE, said);
  return new Refused(SERVICE, said, String(code));
}

function reasons(body: unknown): string {
  const { errors } = (typeof body === "object" && body !== null ? body : {}) as { errors?: unknown };
  if (!Array.isArray(errors)) return "";
  return ` (${errors.map((e: { message?: unknown; field?: unknown }) => `${e.field ? `${String(e.field)}: ` : ""}${String(e.message)}`).join("; ")})`;
}

/** X-RateLimit-Reset is an epoch in seconds. */
function resetMs(headers: Record<string, unknown>, nowMs: number): number {
  const reset = Number(headers["x-ratelimit-reset"]) * 1000;
  return Number.isFinite(reset) && reset > nowMs ? reset - nowMs : 1_000;
}
