/** Draco's HTTP doors. Each hands raw input to one function and turns its answer into a status code; no logic. */
import { timingSafeEqual } from "node:crypto";
import { Hono } from "hono";
import { basicAuth } from "hono/basic-auth";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { renderStatusPage, type StatusFacts } from "../../core/report/status-page.ts";

export type DeliveryAnswer = "accepted" | "duplicate" | "unsigned" | "malformed";
export type SmsAnswer = { readonly kind: "twiml"; readonly body: string } | { readonly kind: "unsigned" };

export interface RawDelivery {
  readonly guid: string;
  readonly event: string;
  readonly signature: string;
  readonly body: string;
}

export interface Doors {
  acceptDelivery(delivery: RawDelivery): Promise<DeliveryAnswer>;
  /** Absent where Twilio is not set up: the door is then not there. */
  readonly receiveSms?: (signature: string, form: Readonly<Record<string, string>>) => Promise<SmsAnswer>;
  status(details: boolean): Promise<StatusFacts>;
  /** What keeps this process from being ready; empty when it is. */
  unready(): Promise<readonly string[]>;
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** Password of the status page's details and of /metrics; without one the page shows counts only. */
  readonly statusPassword?: string;
  onError(error: unknown): void;
}

/** GitHub's own limit for a payload. */
const MOST_BYTES = 25 * 1024 * 1024;

export function routes(doors: Doors): Hono {
  const app = new Hono();
  app.use("*", async (c, next) => {
    await next();
    c.header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    c.header("x-content-type-options", "nosniff");
    c.header("referrer-policy", "no-referrer");
  });

  app.post("/api/github/webhooks", bodyLimit({ maxSize: MOST_BYTES }), async (c) => {
    const guid = c.req.header("x-github-delivery");
    const event = c.req.header("x-github-event");
    const signature = c.req.header("x-hub-signature-256");
    if (!guid || !event || !signature) return c.text("missing GitHub headers", 400);
    const answer = await doors.acceptDelivery({ guid, event, signature, body: await c.req.text() });
    if (answer === "unsigned") return c.text("bad signature", 401);
    if (answer === "malformed") return c.text("not a JSON object", 400);
    return c.text(answer, 202);
  });

  const { receiveSms } = doors;
  if (receiveSms) {
    app.post("/api/twilio/inbound", bodyLimit({ maxSize: 64 * 1024 }), async (c) => {
      const form = Object.fromEntries(new URLSearchParams(await c.req.text()));
      const answer = await receiveSms(c.req.header("x-twilio-signature") ?? "", form);
      if (answer.kind === "unsigned") return c.text("bad signature", 403);
      return c.body(answer.body, 200, { "content-type": "text/xml; charset=utf-8" });
    });
  }

  app.get("/healthz", (c) => c.text("ok"));
  app.get("/readyz", async (c) => {
    const reasons = await doors.unready();
    return reasons.length === 0 ? c.text("ready") : c.text(`not ready\n${reasons.join("\n")}`, 503);
  });

  const signIn = doors.statusPassword
    ? basicAuth({ verifyUser: (user, given) => user === "draco" && equal(given, doors.statusPassword ?? "") })
    : undefined;
  if (signIn) app.use("/metrics", signIn);
  app.get("/metrics", async (c) => {
    const { contentType, text } = await doors.metrics();
    return c.body(text, 200, { "content-type": contentType });
  });
  app.get("/", async (c) => c.html(renderStatusPage(await doors.status(false))));
  if (signIn) app.get("/history", signIn, async (c) => c.html(renderStatusPage(await doors.status(true))));

  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    doors.onError(error);
    return c.text("Draco could not take this just now; it was not stored. Send it again later.", 503);
  });
  return app;
}

function equal(given: string, wanted: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(wanted);
  return a.length === b.length && timingSafeEqual(a, b);
}
