/** What flows ask of a model: one structured answer. Any provider can stand behind this port. */

export interface ModelRequest {
  readonly system: string;
  readonly prompt: string;
  /** JSON schema of the answer: objects, arrays, strings and string enums only. */
  readonly schema: AnswerSchema;
  readonly model: string;
  /** At least 8192: thinking counts against it. */
  readonly maxOutputTokens?: number;
  readonly thinking?: "low" | "medium" | "high";
  /** Values that must not leave in any form: looked for in the body just before it is sent. */
  readonly known?: readonly string[];
}

export type AnswerSchema =
  | { readonly type: "string"; readonly enum?: readonly string[] }
  | { readonly type: "array"; readonly items: AnswerSchema }
  | {
      readonly type: "object";
      readonly properties: { readonly [name: string]: AnswerSchema };
      readonly required: readonly string[];
    };

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly thinkingTokens: number;
}

export type Failure =
  /** The answer was cut off, filtered, or not JSON. Asking the same again may help once. */
  | { readonly kind: "bad-answer"; readonly detail: string }
  /** The prompt itself was refused. Never ask the same again. */
  | { readonly kind: "blocked"; readonly detail: string }
  | { readonly kind: "rate-limited"; readonly detail: string; readonly retryAfterMs?: number }
  | { readonly kind: "unreachable"; readonly detail: string }
  | { readonly kind: "timeout"; readonly detail: string }
  | { readonly kind: "aborted"; readonly detail: string }
  /** The request held something sensitive, and was not sent: a bug in what made it. */
  | { readonly kind: "would-leak"; readonly detail: string }
  /** Wrong key, unknown model, or a request that the API does not take. */
  | { readonly kind: "misconfigured"; readonly detail: string }
  /** Too many failures in a row: not asked at all until `untilMs` (epoch). */
  | { readonly kind: "breaker-open"; readonly detail: string; readonly untilMs: number };

export type ModelAnswer =
  | { readonly ok: true; readonly json: unknown; readonly usage: Usage; readonly model: string }
  | { readonly ok: false; readonly failure: Failure; readonly usage?: Usage };

/** Never throws for what the model or the network does. */
export interface Model {
  generate(request: ModelRequest, signal?: AbortSignal): Promise<ModelAnswer>;
}

export interface GeminiOptions {
  readonly apiKey: string;
  /** A stand-in on this machine. */
  readonly baseUrl?: string;
  /** For one try. */
  readonly timeoutMs?: number;
}
