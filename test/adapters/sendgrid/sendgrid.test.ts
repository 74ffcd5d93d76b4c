import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type SendGridStandIn, startSendGrid } from "../../../demo/stand-ins/sendgrid.ts";
import { RateLimited, Refused, Unauthorised, Unreachable } from "../../../src/adapters/errors.ts";
import { openSendGrid } from "../../../src/adapters/sendgrid/open.ts";

let standIn: SendGridStandIn;
beforeAll(async () => {
  standIn = await startSendGrid();
});
afterAll(() => standIn.close());

const open = (change: object = {}) =>
  openSendGrid({ apiKey: standIn.apiKey, from: "draco@acme.example", baseUrl: standIn.url, ...change });
const MAIL = { id: "change-1", to: "alice@acme.example", subject: "Fixed", text: "plain", html: "<p>rich</p>" };

describe("sending an e-mail", () => {
  it("sends both parts, our id, and no tracking of any kind", async () => {
    const id = await open().sendMail(MAIL);
    const mail = standIn.inbox.at(-1);
    expect(mail).toMatchObject({
      id,
      to: MAIL.to,
      from: "draco@acme.example",
      subject: "Fixed",
      text: "plain",
      html: "<p>rich</p>",
    });
    expect(mail?.raw).toMatchObject({
      custom_args: { dracoId: "change-1" },
      tracking_settings: {
        click_tracking: { enable: false, enable_text: false },
        open_tracking: { enable: false },
        subscription_tracking: { enable: false },
        ganalytics: { enable: false },
      },
    });
  });

  it("lets no line break into the subject", async () => {
    await open().sendMail({ ...MAIL, subject: "a\r\nBcc: eve@evil.example" });
    expect(standIn.inbox.at(-1)?.subject).toBe("a Bcc: eve@evil.example");
  });

  it("does not share a key between two of them", async () => {
    const good = open();
    open({ apiKey: "SG.other" });
    await expect(good.sendMail(MAIL)).resolves.toBeTruthy();
  });

  it("says what the key may do", async () => {
    expect(await open().check()).toEqual({ scopes: ["mail.send"] });
  });

  it("says Unauthorised for a wrong key", async () => {
    await expect(open({ apiKey: "SG.wrong" }).sendMail(MAIL)).rejects.toThrow(Unauthorised);
  });

  it("says why SendGrid refused", async () => {
    await expect(open().sendMail({ ...MAIL, subject: "" })).rejects.toThrow(/subject/i);
  });

  it.each([
    [429, RateLimited, { "x-ratelimit-reset": String(Math.ceil(Date.now() / 1000) + 30) }],
    [500, Unreachable, {}],
    [413, Refused, {}],
  ])("translates an answer of %i", async (status, kind, headers: Record<string, string>) => {
    const server = createServer((_, response) => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify({ errors: [{ message: "no" }] }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const baseUrl = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
    const error: unknown = await open({ baseUrl })
      .sendMail(MAIL)
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(kind);
    if (error instanceof RateLimited) expect(error.retryAfterMs).toBeGreaterThan(20_000);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("gives up on a server that never answers", async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const baseUrl = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
    await expect(open({ baseUrl, timeoutMs: 50 }).sendMail(MAIL)).rejects.toThrow(Unreachable);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
