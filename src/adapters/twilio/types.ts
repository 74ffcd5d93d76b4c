/** What flows ask of Twilio: send a text, know who sent one. */

export interface TwilioOptions {
  /** "AC…" */
  readonly accountSid: string;
  /** Also what inbound requests are signed with. */
  readonly authToken: string;
  /** An E.164 number ("+1…") or a messaging service ("MG…"). */
  readonly from: string;
  /** A stand-in on this machine. */
  readonly baseUrl?: string;
  readonly timeoutMs?: number;
}

export interface InboundSms {
  /** Unique per message: the idempotency key. */
  readonly messageSid: string;
  readonly accountSid: string;
  /** E.164. */
  readonly from: string;
  readonly to: string;
  /** Exactly as sent: not trimmed. */
  readonly body: string;
  /** What Twilio itself did with an opt-out word. */
  readonly optOut?: "STOP" | "HELP" | "START";
}

/** The parameters of a form-encoded request, as received. */
export type Form = Readonly<Record<string, string>>;

export interface Twilio {
  /**
   * Returns the message's SID once Twilio has queued it. Throws RateLimited, Unauthorised, Unreachable, or Refused with
   * Twilio's code ("21610": the person opted out). Has no idempotency key: record the intent before calling.
   */
  sendSms(message: { readonly to: string; readonly body: string }): Promise<string>;
  /** True where Twilio signed these parameters for this public URL (with its query), constant time. */
  validateInbound(request: {
    readonly signature: string | undefined;
    readonly publicUrl: string;
    readonly params: Form;
  }): boolean;
  /** undefined where it is no text message to this account. Media and geography are dropped here. */
  parseInbound(params: Form): InboundSms | undefined;
  /** Blanks a stored message's text at Twilio (deleting one's history). */
  redactMessage(messageSid: string): Promise<void>;
  /** Asks for the account itself: for `draco doctor`. */
  check(): Promise<{ readonly status: string }>;
}
