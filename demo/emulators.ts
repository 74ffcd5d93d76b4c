/** Boots emulate's GitHub and Twilio in this process, seeded for the demo and for tests: an organisation, people, an App. */
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createEmulator } from "emulate";
import { parse } from "yaml";
import { packageRoot } from "../src/app/package-root.ts";
import { type Look, type Relay, startRelay } from "./github-relay.ts";
import { type Person, personOn } from "./people.ts";

export const OWNER = "acme";
export const REPO = "infra";
export const APP_ID = 424242;
export const APP_SLUG = "draco-acme";
export const INSTALLATION_ID = 7001;

/** alice owns the organisation, carol may write, bob may only read, mallory may do nothing. */
export type Login = "alice" | "carol" | "bob" | "mallory";
const PEOPLE: Readonly<Record<Login, "owner" | "push" | "pull" | "stranger">> = {
  alice: "owner",
  carol: "push",
  bob: "pull",
  mallory: "stranger",
};

export interface GitHubWorld {
  /** Base URL of the API, on this machine. */
  readonly url: string;
  readonly appId: number;
  readonly appSlug: string;
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly repo: {
    readonly installationId: number;
    readonly id: number;
    readonly owner: string;
    readonly name: string;
  };
  readonly relay: Relay;
  readonly people: Readonly<Record<Login, Person>>;
  /** Alice installs the App, or does away with it: emulate has no such event. */
  install(action?: "created" | "deleted" | "suspend" | "unsuspend"): Promise<void>;
  close(): Promise<void>;
}

export interface GitHubSeed {
  readonly webhookSecret: string;
  /** Draco's webhook door; may be named later with `relay.target`. */
  readonly webhookUrl?: string;
  readonly port?: number;
  /** Files of acme/infra at the start, as one commit upon the first. Draco hears of that push once it has a door. */
  readonly files?: { readonly [path: string]: string };
}

export async function startGitHub(seed: GitHubSeed): Promise<GitHubWorld> {
  const port = seed.port ?? (await freePort());
  const url = `http://localhost:${port}`;
  const look: Look = async (path) => (await people.alice.api("GET", path)) as unknown;
  const { default_permissions: permissions, default_events: events } = appManifest();
  const relay = await startRelay(seed.webhookSecret, events, () => look);
  const emulator = await createEmulator({
    service: "github",
    port,
    baseUrl: url,
    seed: {
      tokens: Object.fromEntries(
        Object.keys(PEOPLE).map((login) => [tokenOf(login), { login, scopes: ["repo", "user", "admin:org"] }]),
      ),
      github: {
        users: Object.keys(PEOPLE).map((login) => ({ login, name: login, email: `${login}@acme.example` })),
        orgs: [{ login: OWNER, name: "Acme", members: [{ login: "alice", role: "admin" }] }],
        repos: [{ owner: OWNER, name: REPO, private: true, auto_init: true, default_branch: "main" }],
        apps: [
          {
            app_id: APP_ID,
            slug: APP_SLUG,
            name: "Draco",
            permissions,
            // A new branch is a push to GitHub; to emulate it is only a "create", which the relay turns into one.
            events: [...events, "create"],
            webhook_url: relay.url,
            webhook_secret: seed.webhookSecret,
            installations: [{ installation_id: INSTALLATION_ID, account: OWNER, repository_selection: "all" }],
          },
        ],
      },
    },
  });
  const place = { baseUrl: url, owner: OWNER, repo: REPO, installationId: INSTALLATION_ID, relay };
  const person = (login: Login) => personOn(place, login, tokenOf(login));
  const people: Record<Login, Person> = {
    alice: person("alice"),
    carol: person("carol"),
    bob: person("bob"),
    mallory: person("mallory"),
  };
  for (const [login, permission] of Object.entries(PEOPLE)) {
    if (permission !== "push" && permission !== "pull") continue;
    await people.alice.api("PUT", `/repos/${OWNER}/${REPO}/collaborators/${login}`, { permission });
  }
  if (seed.files) await people.alice.push({ message: "Describe our infrastructure", files: seed.files });
  const { id } = await people.alice.api<{ id: number }>("GET", `/repos/${OWNER}/${REPO}`);
  if (seed.webhookUrl) await relay.target(seed.webhookUrl);
  const privateKey = emulator.generatedSecrets.find((secret) => secret.kind === "github.app_private_key")?.value;
  if (!privateKey) throw new Error("emulate made no key for the App");
  return {
    url,
    appId: APP_ID,
    appSlug: APP_SLUG,
    privateKey,
    webhookSecret: seed.webhookSecret,
    repo: { installationId: INSTALLATION_ID, id, owner: OWNER, name: REPO },
    relay,
    people,
    async install(action = "created") {
      const account = { login: OWNER, id: 1, type: "Organization" };
      const repository = { id, name: REPO, full_name: `${OWNER}/${REPO}`, private: true };
      await relay.send("installation", {
        action,
        installation: {
          id: INSTALLATION_ID,
          account,
          app_id: APP_ID,
          repository_selection: "all",
          permissions,
          events,
        },
        ...(action === "created" && { repositories: [repository] }),
        sender: await people.alice.api("GET", "/users/alice"),
      });
    },
    async close() {
      await emulator.close();
      await relay.close();
    },
  };
}

const tokenOf = (login: string): string => `${login}_token`;

/** The App asks the emulator for just what app.yml asks GitHub for: a permission that is missing there fails here. */
function appManifest(): { default_permissions: Record<string, string>; default_events: string[] } {
  return parse(readFileSync(join(packageRoot(), "app.yml"), "utf8"));
}

export interface TwilioWorld {
  readonly url: string;
  readonly accountSid: string;
  readonly authToken: string;
  readonly from: string;
  /** Texts that Draco sent, oldest first. */
  sent(): Promise<{ readonly sid: string; readonly to: string; readonly body: string }[]>;
  /** Somebody answers: Twilio signs the message and posts it to `smsUrl`. */
  reply(from: string, body: string): Promise<void>;
  close(): Promise<void>;
}

export async function startTwilio(seed: { readonly smsUrl: string; readonly port?: number }): Promise<TwilioWorld> {
  const port = seed.port ?? (await freePort());
  const url = `http://localhost:${port}`;
  const accountSid = `AC${"d".repeat(32)}`;
  const authToken = "demo_twilio_auth_token_of_nobody";
  const from = "+15005550006";
  const emulator = await createEmulator({
    service: "twilio",
    port,
    baseUrl: url,
    seed: {
      twilio: {
        account: { sid: accountSid, auth_token: authToken, friendly_name: "Acme" },
        phone_numbers: [{ phone_number: from, friendly_name: "Draco", sms_url: seed.smsUrl }],
      },
    },
  });
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;
  return {
    url,
    accountSid,
    authToken,
    from,
    async sent() {
      const response = await fetch(`${url}/2010-04-01/Accounts/${accountSid}/Messages.json?PageSize=1000`, {
        headers: { authorization },
      });
      const { messages } = (await response.json()) as {
        messages: { sid: string; to: string; body: string; direction: string }[];
      };
      const outbound = messages.filter((message) => message.direction.startsWith("outbound")).reverse();
      return outbound.map(({ sid, to, body }) => ({ sid, to, body }));
    },
    async reply(number, body) {
      const response = await fetch(`${url}/_twilio/simulate/inbound-message`, {
        method: "POST",
        headers: { authorization, "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ To: from, From: number, Body: body }),
      });
      if (!response.ok) throw new Error(`emulate's Twilio answered ${response.status}: ${await response.text()}`);
    },
    close: () => emulator.close(),
  };
}

/** A port that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
