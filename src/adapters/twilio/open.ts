/** Texts through Twilio's own SDK. Decides nothing: who may answer, and with what, is not known here. */
import twilio from "twilio";
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
import type { Form, InboundSms, Twilio, TwilioOptions } from "./types.ts";

const SERVICE = "Twilio";
const DEFAULT_TIMEOUT_MS = 15_000;
/** Twilio names no time; its own SDK waits this long at most. */
const RATE_LIMIT_MS = 3_000;

export function openTwilio(options: TwilioOptions): Twilio {
  const timeout = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const standIn = options.baseUrl === undefined ? undefined : loopbackOnly(SERVICE, options.baseUrl);
  const httpClient = standIn
    ? new StandInClient(standIn, { timeout, keepAlive: false })
    : new twilio.RequestClient({ timeout, keepAlive: true });
  const client = twilio(options.accountSid, options.authToken, { httpClient, accountSid: options.accountSid });
  const sender = options.from.startsWith("MG") ? { messagingServiceSid: options.from } : { from: options.from };
  return {
    sendSms: ({ to, body }) =>
      translated("send a text", async () => (await client.messages.create({ ...sender, to, body })).sid),
    validateInbound: ({ signature, publicUrl, params }) =>
      signature !== undefined &&
      signature !== "" &&
      options.authToken !== "" &&
      twilio.validateRequest(options.authToken, signature, publicUrl, params),
    parseInbound: (params) => parseInbound(params, options.accountSid),
    redactMessage: (sid) =>
      translated("blank a message", async () => {
        await client.messages(sid).update({ body: "" });
      }),
    check: () =>
      translated("read the account", async () => {
        const account = await client.api.v2010.accounts(options.accountSid).fetch();
        return { status: account.status };
      }),
  };
}

/** The SDK builds absolute addresses of Twilio's hosts; only their host is changed. */
class StandInClient extends twilio.RequestClient {
  readonly #base: URL;
  constructor(baseUrl: string, options: { timeout: number; keepAlive: boolean }) {
    super(options);
    this.#base = new URL(baseUrl);
  }
  override request<T>(options: Parameters<twilio.RequestClient["request"]>[0]) {
    const uri = new URL(options.uri);
    uri.protocol = this.#base.protocol;
    uri.host = this.#base.host;
    return super.request<T>({ ...options, uri: uri.toString() } as never);
  }
}

function parseInbound(params: Form, accountSid: string): InboundSms | undefined {
  const { MessageSid: messageSid, From: from, To: to, Body: body, AccountSid: account, OptOutType: optOut } = params;
  if (account !== accountSid || !messageSid || !from || !to || body === undefined) return undefined;
  const known = optOut === "STOP" || optOut === "HELP" || optOut === "START" ? optOut : undefined;
  return { messageSid, accountSid: account, from, to, body, ...(known && { optOut: known }) };
}

/** The answer to an inbound webhook: one text back, or with none an empty answer. */
export function twiml(reply?: string): string {
  const response = new twilio.twiml.MessagingResponse();
  if (reply !== undefined) response.message(reply);
  return response.toString();
}

async function translated<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof AdapterError ? error : translate(doing, error);
  }
}

/** Twilio's RestException and its newer relatives, by shape. Messages name what was wrong, never the credentials. */
function translate(doing: string, error: unknown): AdapterError {
  const { status, code, message } = (typeof error === "object" && error !== null ? error : {}) as {
    status?: unknown;
    code?: unknown;
    message?: unknown;
  };
  const said = `could not ${doing}: ${typeof status === "number" ? `${status} ` : ""}${String(message ?? error)}`;
  if (typeof status !== "number" || status >= 500)
    return new Unreachable(SERVICE, said, undefined, !neverConnected(code));
  if (status === 429 || code === 20429) return new RateLimited(SERVICE, said, RATE_LIMIT_MS);
  if (status === 401 || status === 403 || code === 20003) return new Unauthorised(SERVICE, said);
  if (status === 404) return new NotFound(SERVICE, said);
  return new Refused(SERVICE, said, String(code ?? status));
}
