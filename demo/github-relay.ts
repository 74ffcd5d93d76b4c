/**
 * Stands between emulate's GitHub and Draco's webhook door, for what emulate leaves out: delivery ids that are unique
 * (emulate's are milliseconds, so two events can share one), the push that a merge or a new branch is, and
 * `synchronize` when the branch of a pull request moves. What emulate sends passes through untouched, with its own
 * signature, but for the head of a pull request, which emulate never moves: that is put right and signed again.
 */
import { createHmac, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { bodyOf } from "./stand-ins/http.ts";

export interface RelayedDelivery {
  readonly guid: string;
  readonly event: string;
  readonly body: string;
  readonly signature: string;
  /** What Draco answered; 0 where nobody did. */
  status: number;
}

export interface Relay {
  /** Where emulate delivers to. */
  readonly url: string;
  /** Everything that was sent on, oldest first. */
  readonly deliveries: readonly RelayedDelivery[];
  /** Where Draco listens; deliveries before this are kept and sent once it is known. */
  target(url: string): Promise<void>;
  /** Signs and sends an event that emulate cannot cause (a button of a check run, an installation). */
  send(event: string, payload: object): Promise<RelayedDelivery>;
  /** The same delivery once more: same id, same bytes. */
  redeliver(guid: string): Promise<number>;
  close(): Promise<void>;
}

type Json = { readonly [key: string]: unknown };

/** Reads the emulator's API as somebody who may read everything. */
export type Look = (path: string) => Promise<unknown>;

/** `subscribed`: the events that the App asks for; others are only looked at for what they imply. */
export async function startRelay(secret: string, subscribed: readonly string[], look: () => Look): Promise<Relay> {
  const deliveries: RelayedDelivery[] = [];
  let target: string | undefined;
  const forward = async (delivery: RelayedDelivery): Promise<number> => {
    if (target === undefined) return 0;
    const response = await fetch(target, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-github-event": delivery.event,
        "x-github-delivery": delivery.guid,
        "x-hub-signature-256": delivery.signature,
        "user-agent": "GitHub-Hookshot/emulate",
      },
      body: delivery.body,
    }).catch(() => undefined);
    delivery.status = response?.status ?? 0;
    return delivery.status;
  };
  const deliver = async (event: string, body: string, signature: string): Promise<RelayedDelivery> => {
    const delivery = { guid: randomUUID(), event, body, signature, status: 0 };
    deliveries.push(delivery);
    await forward(delivery);
    return delivery;
  };
  const send = (event: string, payload: object) => {
    const body = JSON.stringify(payload);
    return deliver(event, body, `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`);
  };
  /** Tips of branches as last pushed. */
  const tips = new Map<string, string>();
  const server = createServer((request, response) => {
    void (async () => {
      const body = await bodyOf(request);
      const event = String(request.headers["x-github-event"] ?? "");
      const signature = String(request.headers["x-hub-signature-256"] ?? "");
      const payload = JSON.parse(body) as Json;
      if (event === "push") tips.set(String(payload.ref), String(payload.after));
      const moved = withMovedHead(event, payload, tips);
      if (subscribed.includes(event)) await (moved ? send(event, moved) : deliver(event, body, signature));
      response.writeHead(202).end();
      for (const missing of await missingEvents(event, moved ?? payload, look())) {
        await send(missing.event, missing.payload);
      }
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    deliveries,
    async target(url) {
      target = url;
      for (const delivery of deliveries.filter((d) => d.status === 0)) await forward(delivery);
    },
    send,
    async redeliver(guid) {
      const delivery = deliveries.find((d) => d.guid === guid);
      if (!delivery) throw new Error(`no delivery ${guid}`);
      return forward({ ...delivery });
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The payload with the pull request's true head, where emulate's is an old one. */
function withMovedHead(event: string, payload: Json, tips: ReadonlyMap<string, string>): Json | undefined {
  const pull = payload.pull_request as { readonly head?: Branch } | undefined;
  if (!event.startsWith("pull_request") || !pull?.head) return undefined;
  const tip = tips.get(`refs/heads/${pull.head.ref}`);
  if (tip === undefined || tip === pull.head.sha) return undefined;
  return { ...payload, pull_request: { ...pull, head: { ...pull.head, sha: tip } } };
}

interface Missing {
  readonly event: string;
  readonly payload: object;
}

/** What GitHub would have sent besides this event. */
async function missingEvents(event: string, payload: Json, look: Look): Promise<Missing[]> {
  const { repository, sender, installation } = payload;
  const about = { repository, sender, installation };
  const fullName = (repository as { full_name?: string } | undefined)?.full_name;
  const push = (ref: string, before: string, after: string): Missing => ({
    event: "push",
    payload: { ref, before, after, created: /^0+$/.test(before), deleted: false, forced: false, commits: [], ...about },
  });
  if (event === "pull_request" && payload.action === "closed") {
    const pull = payload.pull_request as { merged?: boolean; merge_commit_sha: string; base: Branch };
    return pull.merged ? [push(`refs/heads/${pull.base.ref}`, pull.base.sha, pull.merge_commit_sha)] : [];
  }
  if (event === "create" && payload.ref_type === "branch") {
    const ref = String(payload.ref);
    const found = (await look(`/repos/${fullName}/git/ref/${ref.replace(/^refs\//, "")}`)) as { object: Branch };
    return [push(ref, "0".repeat(40), found.object.sha)];
  }
  if (event === "push" && String(payload.ref).startsWith("refs/heads/")) {
    const branch = String(payload.ref).slice("refs/heads/".length);
    const open = (await look(`/repos/${fullName}/pulls?state=open&per_page=100`)) as { head: Branch }[];
    return open
      .filter((pull) => pull.head.ref === branch)
      .map((pull) => ({
        event: "pull_request",
        payload: {
          action: "synchronize",
          before: payload.before,
          after: payload.after,
          pull_request: { ...pull, head: { ...pull.head, sha: payload.after } },
          ...about,
        },
      }));
  }
  return [];
}

interface Branch {
  readonly ref: string;
  readonly sha: string;
}
