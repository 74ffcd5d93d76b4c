/**
 * A stand-in for Gemini on this machine, speaking `generateContent` with structured output. It is no model: it reads the
 * question as Draco asks it and answers like an engineer who follows the rule's remedy to the letter, or declines.
 * Everything it was sent is kept, for people at `/` and for tests.
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { bodyOf } from "./http.ts";

export interface ReceivedPrompt {
  readonly model: string;
  /** Exactly as it came over the wire. */
  readonly body: string;
}

/** What to answer instead: a whole HTTP answer, or only the text of the candidate. */
export type Scripted =
  | { readonly status: number; readonly body: unknown }
  | { readonly answer: unknown; readonly finishReason?: string };

export interface GeminiStandIn {
  readonly url: string;
  readonly apiKey: string;
  readonly prompts: readonly ReceivedPrompt[];
  /** Answers the next requests, in order, before it thinks for itself again. */
  script(...answers: readonly Scripted[]): void;
  close(): Promise<void>;
}

interface GenerateContent {
  readonly contents?: readonly { readonly parts?: readonly { readonly text?: string }[] }[];
  readonly generationConfig?: { readonly responseMimeType?: string; readonly responseSchema?: unknown };
}

export async function startGemini(port = 0): Promise<GeminiStandIn> {
  const prompts: ReceivedPrompt[] = [];
  const scripted: Scripted[] = [];
  const apiKey = "stand-in-key-of-nobody";
  const server = createServer((request, response) => {
    void (async () => {
      const path = new URL(request.url ?? "/", "http://stand-in").pathname;
      if (request.method === "GET" && path === "/") return page(response, prompts);
      const model = /^\/v1(?:beta)?\/models\/([\w.-]+):generateContent$/.exec(path)?.[1];
      if (request.method !== "POST" || !model) return refuse(response, 404, "NOT_FOUND", "no such method");
      if (request.headers["x-goog-api-key"] !== apiKey) {
        return refuse(response, 400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.");
      }
      const body = await bodyOf(request);
      prompts.push({ model, body });
      const next = scripted.shift();
      if (next && "status" in next) return json(response, next.status, next.body);
      if (next) return json(response, 200, candidate(body, next.answer, next.finishReason));
      const asked = JSON.parse(body) as GenerateContent;
      if (asked.generationConfig?.responseMimeType !== "application/json" || !asked.generationConfig.responseSchema) {
        return refuse(response, 400, "INVALID_ARGUMENT", "this stand-in only answers with a schema");
      }
      const prompt =
        asked.contents
          ?.at(-1)
          ?.parts?.map((part) => part.text ?? "")
          .join("") ?? "";
      return json(response, 200, candidate(body, solve(prompt)));
    })().catch(() => refuse(response, 400, "INVALID_ARGUMENT", "the request is not valid JSON"));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey,
    prompts,
    script: (...answers) => void scripted.push(...answers),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const NO_OP = {
  address: "",
  path: "",
  valueKind: "none",
  value: "",
  firstId: "",
  lastId: "",
  oldLines: [],
  newLines: [],
};

interface Asked {
  readonly findingId: string;
  readonly rule: { readonly remedy: string };
  readonly attribute: string;
  readonly lines: readonly string[];
}

/** "Set encrypted = true." on a line `encrypted = false`, or where it is missing, at the top of its object. */
function solve(prompt: string): object {
  const asked = questionIn(prompt);
  if (!asked) return { answer: "ok" };
  const wanted = /[`']?([A-Za-z_][\w.]*)[`']?\s*(?:=|to)\s*[`']?(true|false|\d+|"[^"]*")/.exec(asked.rule.remedy);
  if (!wanted) return decline(asked, "The remedy names no value, so a person must choose one.");
  const name = (wanted[1] ?? "").split(".").at(-1) ?? "";
  const value = wanted[2] ?? "";
  const lines = asked.lines.map((line) => ({
    id: line.slice(0, line.indexOf("|")),
    text: line.slice(line.indexOf("|") + 2),
  }));
  const set = lines.find((line) => new RegExp(`^\\s*"?${name}"?\\s*=`).test(line.text));
  if (set) {
    const text = set.text.replace(/(=\s*)[^=].*$/, (_, equals: string) => equals + value);
    return patch(asked, set, [text], `Sets ${name} to ${value}.`);
  }
  const parent = asked.attribute.split(".").slice(0, -1).at(-1);
  const opening = lines.find((line) =>
    parent ? new RegExp(`^\\s*${parent}\\s*=?\\s*\\{$`).test(line.text) : /\{$/.test(line.text),
  );
  if (!opening) return decline(asked, "The place where the value belongs is not in what was shown.");
  const indent = `${/^\s*/.exec(opening.text)?.[0] ?? ""}  `;
  return patch(asked, opening, [opening.text, `${indent}${name} = ${value}`], `Adds ${name} = ${value}.`);
}

/** The finding that is asked about; undefined for small talk, such as the doctor's. */
function questionIn(prompt: string): Asked | undefined {
  if (!prompt.startsWith("{")) return undefined;
  const parsed = JSON.parse(prompt) as Partial<Asked>;
  return parsed.rule && parsed.lines ? (parsed as Asked) : undefined;
}

const patch = (asked: Asked, line: { id: string; text: string }, newLines: readonly string[], rationale: string) => ({
  verdict: "patch",
  findingId: asked.findingId,
  evidence: line.id,
  ops: [{ ...NO_OP, kind: "replace_lines", firstId: line.id, lastId: line.id, oldLines: [line.text], newLines }],
  rationale,
  declineReason: "",
});

const decline = (asked: Asked, declineReason: string) => ({
  verdict: "decline",
  findingId: asked.findingId,
  evidence: "",
  ops: [],
  rationale: "",
  declineReason,
});

function candidate(body: string, answer: unknown, finishReason = "STOP"): object {
  const text = typeof answer === "string" ? answer : JSON.stringify(answer);
  const [promptTokenCount, candidatesTokenCount] = [Math.ceil(body.length / 4), Math.ceil(text.length / 4)];
  return {
    candidates: [{ content: { role: "model", parts: [{ text }] }, finishReason, index: 0 }],
    usageMetadata: { promptTokenCount, candidatesTokenCount, totalTokenCount: promptTokenCount + candidatesTokenCount },
  };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

const refuse = (response: ServerResponse, code: number, status: string, message: string): void =>
  json(response, code, { error: { code, message, status } });

function page(response: ServerResponse, prompts: readonly ReceivedPrompt[]): void {
  const shown = prompts.map((prompt) => `<h2>${escaped(prompt.model)}</h2><pre>${escaped(pretty(prompt.body))}</pre>`);
  response
    .writeHead(200, { "content-type": "text/html; charset=utf-8" })
    .end(
      `<!doctype html><html lang="en"><meta charset="utf-8"><title>What the Gemini stand-in was sent</title><style>body{font:16px/1.5 system-ui;max-width:900px;margin:2rem auto;padding:0 1rem}pre{white-space:pre-wrap;background:#f4f5f7;padding:1rem}</style><h1>What the Gemini stand-in was sent</h1><p>${prompts.length} request(s). Nothing left this machine.</p>${shown.join("")}`,
    );
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
