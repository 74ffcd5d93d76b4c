import { createServer, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { RateLimited, Refused, Unauthorised, Unreachable } from "../../../src/adapters/errors.ts";
import { openTwilio, twiml } from "../../../src/adapters/twilio/open.ts";
import type { Form } from "../../../src/adapters/twilio/types.ts";
import { freePort, startTwilio, type TwilioWorld } from "../../support/emulators.ts";

interface Inbound {
  readonly signature: string | undefined;
  readonly params: Form;
}

let world: TwilioWorld;
let publicUrl: string;
const inbound: Inbound[] = [];
const door = createServer((request, response) => {
  void bodyOf(request).then((body) => {
    const signature = request.headers["x-twilio-signature"];
    inbound.push({ signature: signature?.toString(), params: Object.fromEntries(new URLSearchParams(body)) });
    response.writeHead(200, { "content-type": "text/xml" }).end(twiml());
  });
});

beforeAll(async () => {
  const port = await freePort();
  publicUrl = `http://127.0.0.1:${port}/sms?tenant=a`;
  await new Promise<void>((resolve) => door.listen(port, "127.0.0.1", resolve));
  world = await startTwilio({ smsUrl: publicUrl });
});
afterAll(async () => {
  await world.close();
  door.closeAllConnections();
  await new Promise((resolve) => door.close(resolve));
});

const open = (change: object = {}) =>
  openTwilio({
    accountSid: world.accountSid,
    authToken: world.authToken,
    from: world.from,
    baseUrl: world.url,
    ...change,
  });

describe("sending", () => {
  it("queues a text and returns its SID", async () => {
    const sid = await open().sendSms({ to: "+15005550001", body: "Draco: café [1]" });
    expect(await world.sent()).toContainEqual({ sid, to: "+15005550001", body: "Draco: café [1]" });
  });

  it("blanks a text at Twilio", async () => {
    const sid = await open().sendSms({ to: "+15005550002", body: "secret" });
    await open().redactMessage(sid);
    expect((await world.sent()).find((m) => m.sid === sid)?.body).toBe("");
  });

  it("says that credentials are wrong", async () => {
    await expect(open({ authToken: "wrong" }).sendSms({ to: "+15005550001", body: "x" })).rejects.toThrow(Unauthorised);
    await expect(open().check()).resolves.toEqual({ status: "active" });
  });

  it.each([
    [400, { code: 21610, message: "opted out", status: 400 }, Refused, { code: "21610", retryable: false }],
    [429, { code: 20429, message: "slow down", status: 429 }, RateLimited, { retryable: true }],
    [503, { code: 20503, message: "down", status: 503 }, Unreachable, { retryable: true }],
  ])("translates an answer of %i", async (status, body, kind, facts) => {
    const server = createServer((_, response) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const baseUrl = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
    const sent = open({ baseUrl }).sendSms({ to: "+15005550001", body: "x" });
    await expect(sent).rejects.toThrow(kind);
    await expect(sent).rejects.toMatchObject(facts);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("says Unreachable where nobody listens", async () => {
    const baseUrl = `http://127.0.0.1:${await freePort()}`;
    await expect(open({ baseUrl }).sendSms({ to: "+15005550001", body: "x" })).rejects.toThrow(Unreachable);
  });

  it("never lets the base URL leave this machine", () => {
    for (const baseUrl of ["https://twilio.example", "http://localhost.example", "http://127.0.0.1.example"]) {
      expect(() => open({ baseUrl })).toThrow(Refused);
    }
  });
});

describe("receiving", () => {
  it("accepts what Twilio signed, and keeps the body as it was sent", async () => {
    await world.reply("+15005550009", " OK 1234-ABCD ");
    const { signature, params } = last();
    expect(open().validateInbound({ signature, publicUrl, params })).toBe(true);
    expect(open().parseInbound(params)).toEqual({
      messageSid: params.MessageSid,
      accountSid: world.accountSid,
      from: "+15005550009",
      to: world.from,
      body: " OK 1234-ABCD ",
    });
  });

  it("refuses a changed body, another URL, another token and no signature", async () => {
    await world.reply("+15005550009", "OK 1234");
    const { signature, params } = last();
    const ask = (change: object, twilio = open()) =>
      twilio.validateInbound({ signature, publicUrl, params, ...change });
    expect(ask({ params: { ...params, Body: "OK 9999" } })).toBe(false);
    expect(ask({ publicUrl: publicUrl.replace("tenant=a", "tenant=b") })).toBe(false);
    expect(ask({}, open({ authToken: "another" }))).toBe(false);
    expect(ask({ signature: undefined })).toBe(false);
    expect(ask({ signature: "AAAA" })).toBe(false);
  });

  it("takes no message of another account, and nothing that is no message", () => {
    const params = { MessageSid: "SM1", AccountSid: "ACother", From: "+1", To: "+2", Body: "x" };
    expect(open().parseInbound(params)).toBeUndefined();
    expect(open().parseInbound({ AccountSid: world.accountSid, From: "+1", To: "+2", Body: "x" })).toBeUndefined();
  });

  it("drops geography and media, and keeps what Twilio did with an opt-out word", () => {
    const params = {
      MessageSid: "SM1",
      AccountSid: world.accountSid,
      From: "+15005550009",
      To: world.from,
      Body: "STOP",
      OptOutType: "STOP",
      FromCity: "SPRINGFIELD",
      MediaUrl0: "https://media.example/1",
    };
    const parsed = open().parseInbound(params);
    expect(parsed?.optOut).toBe("STOP");
    expect(JSON.stringify(parsed)).not.toMatch(/SPRINGFIELD|media/);
  });

  const last = (): Inbound => inbound.at(-1) ?? { signature: undefined, params: {} };
});

it("answers in TwiML, escaped, or not at all", () => {
  expect(twiml()).toContain("<Response/>");
  expect(twiml("a < b & c")).toContain("<Message>a &lt; b &amp; c</Message>");
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}
