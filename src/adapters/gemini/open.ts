/**
 * The one file that knows @google/generative-ai (0.24, no longer supported by Google, hence behind a port). One try,
 * no retries: see retry.ts.
 */
import {
  type GenerationConfig,
  GoogleGenerativeAI,
  GoogleGenerativeAIAbortError,
  GoogleGenerativeAIFetchError,
  GoogleGenerativeAIRequestInputError,
  GoogleGenerativeAIResponseError,
} from "@google/generative-ai";
import { leaksIn } from "../../core/fix/redact/egress.ts";
import { loopbackOnly } from "../errors.ts";
import type { Failure, GeminiOptions, Model, ModelAnswer, ModelRequest, Usage } from "./types.ts";

const DEFAULT_TIMEOUT_MS = 60_000;
const FEWEST_OUTPUT_TOKENS = 8192;

export function openGemini(options: GeminiOptions): Model {
  const google = new GoogleGenerativeAI(options.apiKey);
  const baseUrl = options.baseUrl === undefined ? undefined : loopbackOnly("Gemini", options.baseUrl);
  return {
    async generate(request, signal) {
      // The SDK only listens for the event, which a signal that is aborted already never sends.
      if (signal?.aborted) return failed({ kind: "aborted", detail: "stopped before it was sent" });
      const contents = [{ role: "user", parts: [{ text: request.prompt }] }];
      const generationConfig = configOf(request);
      const leaks = leaksIn(
        JSON.stringify({ system: request.system, contents, generationConfig }),
        request.known ?? [],
      );
      if (leaks.length > 0) return failed({ kind: "would-leak", detail: `${leaks.length} sensitive value(s)` });
      const clock = deadline(options.timeoutMs ?? DEFAULT_TIMEOUT_MS, signal);
      try {
        const model = google.getGenerativeModel(
          { model: request.model, systemInstruction: request.system, generationConfig },
          baseUrl === undefined ? {} : { baseUrl },
        );
        const { response } = await model.generateContent({ contents }, { signal: clock.signal });
        return read(response as RawResponse, request.model);
      } catch (error) {
        return failed(failureOf(error, clock.timedOut(), signal?.aborted === true));
      } finally {
        clock.stop();
      }
    },
  };
}

/** Temperature is left alone on purpose: low ones harm Gemini 3. thinkingConfig is newer than the SDK's types. */
const configOf = (request: ModelRequest): GenerationConfig =>
  ({
    responseMimeType: "application/json",
    responseSchema: request.schema,
    maxOutputTokens: Math.max(FEWEST_OUTPUT_TOKENS, request.maxOutputTokens ?? 0),
    thinkingConfig: { thinkingLevel: (request.thinking ?? "low").toUpperCase() },
  }) as GenerationConfig;

/** The SDK's own timer is never cleared and keeps a finished process alive. */
function deadline(timeoutMs: number, outer: AbortSignal | undefined) {
  const controller = new AbortController();
  let late = false;
  const abort = () => controller.abort();
  const timer = setTimeout(() => {
    late = true;
    abort();
  }, timeoutMs);
  outer?.addEventListener("abort", abort, { once: true });
  return {
    signal: controller.signal,
    timedOut: () => late,
    stop() {
      clearTimeout(timer);
      outer?.removeEventListener("abort", abort);
    },
  };
}

interface RawResponse {
  readonly candidates?: readonly {
    readonly finishReason?: string;
    readonly content?: { readonly parts?: readonly { readonly text?: string; readonly thought?: boolean }[] };
  }[];
  readonly promptFeedback?: { readonly blockReason?: string };
  readonly usageMetadata?: {
    readonly promptTokenCount?: number;
    readonly candidatesTokenCount?: number;
    readonly thoughtsTokenCount?: number;
  };
}

/** Only a whole answer counts. The SDK's own text() hands out partial ones for MAX_TOKENS, SPII, OTHER and so on. */
function read(response: RawResponse, model: string): ModelAnswer {
  const usage: Usage = {
    inputTokens: response.usageMetadata?.promptTokenCount ?? 0,
    outputTokens: response.usageMetadata?.candidatesTokenCount ?? 0,
    thinkingTokens: response.usageMetadata?.thoughtsTokenCount ?? 0,
  };
  const blocked = response.promptFeedback?.blockReason;
  if (blocked && blocked !== "BLOCKED_REASON_UNSPECIFIED") {
    return failed({ kind: "blocked", detail: `the prompt was blocked: ${blocked}` }, usage);
  }
  const candidate = response.candidates?.[0];
  if (!candidate) return failed({ kind: "bad-answer", detail: "no candidate came back" }, usage);
  if (candidate.finishReason !== "STOP") {
    return failed(
      { kind: "bad-answer", detail: `the answer ended with ${candidate.finishReason ?? "nothing"}` },
      usage,
    );
  }
  const text = (candidate.content?.parts ?? [])
    .filter((part) => !part.thought)
    .map((part) => part.text ?? "")
    .join("");
  try {
    return { ok: true, json: JSON.parse(text), usage, model };
  } catch {
    return failed({ kind: "bad-answer", detail: "the answer is not JSON" }, usage);
  }
}

const failed = (failure: Failure, usage?: Usage): ModelAnswer =>
  usage ? { ok: false, failure, usage } : { ok: false, failure };

/** By instanceof: every class of the SDK has the name "Error". */
function failureOf(error: unknown, timedOut: boolean, stopped: boolean): Failure {
  const detail = (error instanceof Error ? error.message : String(error)).slice(0, 500);
  if (timedOut) return { kind: "timeout", detail: "no answer in time" };
  if (stopped || error instanceof GoogleGenerativeAIAbortError) return { kind: "aborted", detail: "stopped" };
  if (error instanceof GoogleGenerativeAIFetchError) {
    const status = error.status ?? 0;
    if (status === 429) {
      const retryAfterMs = retryDelayMs(error.errorDetails);
      return { kind: "rate-limited", detail, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    }
    return { kind: status >= 500 || status === 408 ? "unreachable" : "misconfigured", detail };
  }
  if (error instanceof GoogleGenerativeAIRequestInputError) return { kind: "misconfigured", detail };
  if (error instanceof GoogleGenerativeAIResponseError) return { kind: "bad-answer", detail };
  return { kind: "unreachable", detail };
}

/** google.rpc.RetryInfo: { retryDelay: "7s" } or "0.5s". Headers never reach us through the SDK. */
function retryDelayMs(details: readonly object[] | undefined): number | undefined {
  for (const detail of details ?? []) {
    const delay = (detail as { retryDelay?: unknown }).retryDelay;
    const seconds = typeof delay === "string" ? /^(\d+(?:\.\d+)?)s$/.exec(delay)?.[1] : undefined;
    if (seconds !== undefined) return Number(seconds) * 1000;
  }
  return undefined;
}
