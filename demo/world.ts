/** A whole Draco on this machine, with servers around it that stand in for the services it talks to. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "pino";
import { type Running, startServer } from "../src/app/server.ts";
import { type Role, readSettings, type Settings } from "../src/app/settings.ts";
import { freePort, type GitHubWorld, startGitHub, startTwilio, type TwilioWorld } from "./emulators.ts";
import { type GeminiStandIn, startGemini } from "./stand-ins/gemini.ts";
import { type SendGridStandIn, startSendGrid } from "./stand-ins/sendgrid.ts";

export interface WorldOptions {
  /** Files of acme/infra at the start. */
  readonly files: { readonly [path: string]: string };
  readonly log: Logger;
  /** Absent: PGlite in a folder of its own. */
  readonly databaseUrl?: string;
  readonly role?: Role;
  readonly dracoPort?: number;
  readonly githubPort?: number;
  readonly statusPassword?: string;
  /** false: the service is not set up. */
  readonly gemini?: boolean;
  readonly twilio?: boolean;
  readonly sendgrid?: boolean;
  /** Settings to add or, where undefined, to leave out. */
  readonly environment?: { readonly [name: string]: string | undefined };
}

/** Everything but Draco itself, and the environment to start it with. */
export interface Services {
  readonly github: GitHubWorld;
  readonly twilio: TwilioWorld;
  readonly gemini: GeminiStandIn;
  readonly sendgrid: SendGridStandIn;
  readonly environment: { readonly [name: string]: string };
  readonly dataDir: string;
  /** Where Draco will listen. */
  readonly url: string;
  close(): Promise<void>;
}

export interface World extends Omit<Services, "close"> {
  /** Of the present Draco; changes with `restart`. */
  readonly draco: Running;
  /** Stops this Draco and starts another one on the same data. */
  restart(role?: Role): Promise<void>;
  stop(): Promise<void>;
}

const WEBHOOK_SECRET = "a webhook secret of the demo, and of nobody else";
const AUDIT_KEY = "an audit key of the demo, thirty-two bytes or more";

export async function startServices(options: Omit<WorldOptions, "log" | "role">): Promise<Services> {
  const dataDir = await mkdtemp(join(tmpdir(), "draco-"));
  const port = options.dracoPort ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const [github, twilio, gemini, sendgrid] = await Promise.all([
    startGitHub({
      webhookSecret: WEBHOOK_SECRET,
      files: options.files,
      ...(options.githubPort !== undefined && { port: options.githubPort }),
    }),
    startTwilio({ smsUrl: `${url}/api/twilio/inbound` }),
    startGemini(),
    startSendGrid(),
  ]);
  const wanted: { readonly [name: string]: string | undefined } = {
    APP_ID: String(github.appId),
    PRIVATE_KEY: github.privateKey,
    WEBHOOK_SECRET,
    GITHUB_API_URL: github.url,
    HOST: "127.0.0.1",
    PORT: String(port),
    DRACO_PUBLIC_URL: url,
    DRACO_DATA_DIR: dataDir,
    DRACO_AUDIT_KEY: AUDIT_KEY,
    DATABASE_URL: options.databaseUrl,
    DRACO_STATUS_PASSWORD: options.statusPassword,
    ...(options.twilio !== false && {
      TWILIO_ACCOUNT_SID: twilio.accountSid,
      TWILIO_AUTH_TOKEN: twilio.authToken,
      TWILIO_FROM: twilio.from,
      TWILIO_BASE_URL: twilio.url,
    }),
    ...(options.sendgrid !== false && {
      SENDGRID_API_KEY: sendgrid.apiKey,
      SENDGRID_FROM: "draco@acme.example",
      SENDGRID_BASE_URL: sendgrid.url,
    }),
    ...(options.gemini !== false && {
      GEMINI_API_KEY: gemini.apiKey,
      GEMINI_BASE_URL: gemini.url,
      DRACO_GEMINI_PAID_TIER: "acknowledged",
    }),
    ...options.environment,
  };
  return {
    github,
    twilio,
    gemini,
    sendgrid,
    dataDir,
    url,
    environment: Object.fromEntries(Object.entries(wanted).filter((e): e is [string, string] => e[1] !== undefined)),
    async close() {
      await Promise.all([github.close(), twilio.close(), gemini.close(), sendgrid.close()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export async function startWorld(options: WorldOptions): Promise<World> {
  const { close, ...services } = await startServices(options);
  const { environment } = services;
  let draco: Running;
  try {
    draco = await startServer(settingsOf(environment, options.role ?? "all"), options.log);
  } catch (error) {
    await close();
    throw error;
  }
  await services.github.relay.target(`${services.url}/api/github/webhooks`);
  return {
    ...services,
    get draco() {
      return draco;
    },
    async restart(role = "all") {
      await draco.stop();
      draco = await startServer(settingsOf(environment, role), options.log);
    },
    async stop() {
      await draco.stop();
      await close();
    },
  };
}

export function settingsOf(environment: { readonly [name: string]: string }, role: Role): Settings {
  const read = readSettings(environment, role, () => "");
  if (!read.ok) throw new Error(read.problems.map((p) => `${p.name} ${p.problem}`).join("; "));
  return read.settings;
}
