/** A stand-in for SendGrid on this machine: takes mail/send as the real one does, and shows what came at `/`. */
import { randomBytes } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { bodyOf } from "./http.ts";

export interface ReceivedMail {
  readonly id: string;
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly raw: unknown;
}

export interface SendGridStandIn {
  readonly url: string;
  readonly apiKey: string;
  /** Oldest first. */
  readonly inbox: readonly ReceivedMail[];
  close(): Promise<void>;
}

interface MailSend {
  readonly personalizations?: readonly { readonly to?: readonly { readonly email?: string }[] }[];
  readonly from?: { readonly email?: string };
  readonly subject?: string;
  readonly content?: readonly { readonly type?: string; readonly value?: string }[];
}

export async function startSendGrid(port = 0): Promise<SendGridStandIn> {
  const inbox: ReceivedMail[] = [];
  const apiKey = `SG.stand-in.${randomBytes(16).toString("hex")}`;
  const server = createServer((request, response) => {
    void (async () => {
      const path = new URL(request.url ?? "/", "http://stand-in").pathname;
      if (request.method === "GET" && path === "/") return page(response, inbox);
      if (request.headers.authorization !== `Bearer ${apiKey}`) {
        return refuse(response, 401, "The provided authorization grant is invalid, expired, or revoked");
      }
      if (request.method === "GET" && path === "/v3/scopes") return json(response, 200, { scopes: ["mail.send"] });
      if (request.method !== "POST" || path !== "/v3/mail/send") return refuse(response, 404, "Not Found");
      const mail = received(JSON.parse(await bodyOf(request)) as MailSend);
      if (typeof mail === "string") return refuse(response, 400, mail);
      inbox.push(mail);
      response.writeHead(202, { "x-message-id": mail.id }).end();
    })().catch(() => refuse(response, 400, "Bad Request"));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    apiKey,
    inbox,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What SendGrid checks first, in its words; a string is why the mail is refused. */
function received(body: MailSend): ReceivedMail | string {
  const to = body.personalizations?.[0]?.to?.[0]?.email;
  if (!to) return "The personalizations field is required and must have at least one personalization.";
  if (!body.from?.email) return "The from object must be provided for every email send.";
  if (!body.subject) return "The subject is required.";
  if (!body.content?.length) return "Unless a valid template_id is provided, the content parameter is required.";
  const part = (type: string) => body.content?.find((content) => content.type === type)?.value ?? "";
  return {
    id: randomBytes(11).toString("base64url"),
    to,
    from: body.from.email,
    subject: body.subject,
    text: part("text/plain"),
    html: part("text/html"),
    raw: body,
  };
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

const refuse = (response: ServerResponse, status: number, message: string): void =>
  json(response, status, { errors: [{ message, field: null, help: null }] });

function page(response: ServerResponse, inbox: readonly ReceivedMail[]): void {
  const mails = [...inbox]
    .reverse()
    .map(
      (mail) =>
        `<details><summary><b>${escaped(mail.subject)}</b> to ${escaped(mail.to)}</summary><iframe sandbox srcdoc="${escaped(mail.html)}"></iframe><pre>${escaped(mail.text)}</pre></details>`,
    );
  response
    .writeHead(200, { "content-type": "text/html; charset=utf-8" })
    .end(
      `<!doctype html><html lang="en"><meta charset="utf-8"><title>Inbox of the SendGrid stand-in</title><style>body{font:16px/1.5 system-ui;max-width:720px;margin:2rem auto;padding:0 1rem}iframe{width:100%;height:24rem;border:1px solid #ccc}pre{white-space:pre-wrap}</style><h1>Inbox of the SendGrid stand-in</h1><p>${inbox.length} e-mail(s). Nothing left this machine.</p>${mails.join("")}`,
    );
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
