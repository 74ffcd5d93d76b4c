/** What flows ask of SendGrid: send one e-mail that tracks nobody. */

export interface SendGridOptions {
  readonly apiKey: string;
  /** A verified sender. */
  readonly from: string;
  readonly fromName?: string;
  /** A stand-in on this machine. */
  readonly baseUrl?: string;
  readonly timeoutMs?: number;
}

export interface Mail {
  /** Ours: handed back with every delivery event. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface SendGrid {
  /** Returns SendGrid's message id. Has no idempotency key: record the intent before calling. */
  sendMail(mail: Mail): Promise<string>;
  /** Asks what the key may do: for `draco doctor`. */
  check(): Promise<{ readonly scopes: readonly string[] }>;
}
