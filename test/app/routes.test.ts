import { describe, expect, it } from "@jest/globals";
import { type DeliveryAnswer, type Doors, routes } from "../../src/app/http/routes.ts";

const facts = {
  paused: false,
  queue: [{ name: "scan-repository", waiting: 2, failed: 0 }],
  counts: { repositories: 1, openFindings: 3, openChanges: 1 },
  channels: [],
};
const details = {
  changes: [{ planId: "7F3K9Q", repository: "acme/<infra>", title: "t", state: "verified", updated: "now" }],
  history: [],
};

function doors(over: Partial<Doors> = {}): Doors {
  return {
    acceptDelivery: async () => "accepted",
    status: async (full) => (full ? { ...facts, details } : facts),
    unready: async () => [],
    metrics: async () => ({ contentType: "text/plain", text: "up 1" }),
    onError: () => undefined,
    ...over,
  };
}

const post = (app: ReturnType<typeof routes>, headers: Record<string, string>) =>
  app.request("/api/github/webhooks", { method: "POST", body: "{}", headers });
const signed = { "x-github-delivery": "g", "x-github-event": "push", "x-hub-signature-256": "sha256=0" };

describe("the webhook door", () => {
  it.each<[DeliveryAnswer, number]>([
    ["accepted", 202],
    ["duplicate", 202],
    ["unsigned", 401],
    ["malformed", 400],
  ])("answers %s with %i", async (answer, status) => {
    const response = await post(routes(doors({ acceptDelivery: async () => answer })), signed);
    expect(response.status).toBe(status);
  });

  it("answers 5xx when it cannot store, so that GitHub marks the delivery failed", async () => {
    const seen: unknown[] = [];
    const app = routes(
      doors({
        acceptDelivery: async () => {
          throw new Error("database down: postgres://user:pw@db");
        },
        onError: (error) => seen.push(error),
      }),
    );
    const response = await post(app, signed);
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain("postgres");
    expect(seen).toHaveLength(1);
  });

  it.each(Object.keys(signed))("refuses a request without %s", async (missing) => {
    const headers = Object.fromEntries(Object.entries(signed).filter(([name]) => name !== missing));
    expect((await post(routes(doors()), headers)).status).toBe(400);
  });

  it("refuses a body over GitHub's limit", async () => {
    const response = await routes(doors()).request("/api/github/webhooks", {
      method: "POST",
      body: "x".repeat(25 * 1024 * 1024 + 1),
      headers: signed,
    });
    expect(response.status).toBe(413);
  });
});

describe("the status page", () => {
  it("shows counts and no names to those who did not sign in", async () => {
    const app = routes(doors({ statusPassword: "correct horse battery" }));
    const page = await (await app.request("/")).text();
    expect(page).toContain("open findings");
    expect(page).not.toContain("acme");
    expect((await app.request("/history")).status).toBe(401);
    expect((await app.request("/metrics")).status).toBe(401);
  });

  it("shows the history to those who did, with everything escaped", async () => {
    const app = routes(doors({ statusPassword: "correct horse battery" }));
    const authorization = `Basic ${Buffer.from("draco:correct horse battery").toString("base64")}`;
    const response = await app.request("/history", { headers: { authorization } });
    expect(await response.text()).toContain("acme/&lt;infra&gt;");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  it("has no door to details or SMS where they are not set up", async () => {
    const app = routes(doors());
    expect((await app.request("/history")).status).toBe(404);
    expect((await app.request("/api/twilio/inbound", { method: "POST" })).status).toBe(404);
  });
});

describe("probes", () => {
  it("say what keeps the process from being ready", async () => {
    const app = routes(doors({ unready: async () => ["2 migrations are not applied"] }));
    expect((await app.request("/healthz")).status).toBe(200);
    const response = await app.request("/readyz");
    expect(response.status).toBe(503);
    expect(await response.text()).toContain("migrations");
  });
});
