/** The process: doors and workers on one database, by role; stops without losing anything. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Logger } from "pino";
import { verifyDelivery } from "../adapters/github/delivery.ts";
import { pendingMigrations } from "../adapters/store/migrate.ts";
import type { Deps } from "../flows/deps.ts";
import { readStatus } from "../flows/read-status.ts";
import { receiveSms } from "../flows/receive-sms.ts";
import { interruptLapsed } from "../flows/recover.ts";
import { number, object } from "../flows/route-delivery.ts";
import { type Composed, compose } from "./compose.ts";
import { type DeliveryAnswer, type Doors, type RawDelivery, routes } from "./http/routes.ts";
import { type Metrics, openMetrics } from "./metrics.ts";
import type { Settings } from "./settings.ts";
import { startWorker } from "./worker.ts";

export interface Running {
  readonly composed: Composed;
  /** Where it listens; undefined for a worker without doors. */
  readonly url?: string;
  /** Takes nothing more, finishes what runs, closes. */
  stop(): Promise<void>;
}

const END_OF_TIME = new Date("9999-12-31T00:00:00Z");

export async function startServer(settings: Settings, log: Logger): Promise<Running> {
  const composed = await compose(settings, log);
  const { deps, queue } = composed;
  const metrics = openMetrics(deps);
  const server =
    settings.role === "worker"
      ? undefined
      : createServer(getRequestListener(routes(doors(settings, composed, metrics)).fetch));
  try {
    if (server) await listen(server, settings.port, settings.host);
  } catch (error) {
    await composed.close();
    throw error;
  }
  // The lock on PGlite's folder proves that whoever was applying is gone: no need to wait for leases to end.
  if (composed.database.kind === "pglite") await interruptLapsed(deps, END_OF_TIME);
  if (settings.role !== "web") startWorker(deps, queue, metrics);
  const url = server && `http://${settings.host}:${(server.address() as AddressInfo).port}`;
  log.info({ role: settings.role, url, database: composed.database.kind, migrated: composed.migrated }, "Draco is up");
  return {
    composed,
    ...(url !== undefined && { url }),
    async stop() {
      if (server) await closed(server);
      await composed.close();
    },
  };
}

function doors(settings: Settings, { deps, database }: Composed, metrics: Metrics): Doors {
  const secrets = settings.github.webhookSecrets.map((secret) => secret.reveal());
  const { sms } = deps;
  return {
    async acceptDelivery(raw) {
      const answer = await accept(deps, raw, secrets);
      metrics.delivery(answer);
      return answer;
    },
    ...(sms && {
      receiveSms: (signature, form) =>
        receiveSms({ store: deps.store, sms }, { signature, form, url: `${settings.publicUrl}/api/twilio/inbound` }),
    }),
    status: (details) => readStatus(deps, details),
    async unready() {
      if (!(await database.ping())) return ["the database does not answer"];
      const pending = await pendingMigrations(database);
      return pending.map((name) => `migration ${name} is not applied`);
    },
    metrics: () => metrics.read(),
    ...(settings.statusPassword && { statusPassword: settings.statusPassword.reveal() }),
    onError: (error) =>
      deps.log.error({ error: error instanceof Error ? error.message : String(error) }, "request failed"),
  };
}

/** Verify, store with its job, acknowledge: nothing else happens at the door. */
async function accept(deps: Deps, raw: RawDelivery, secrets: readonly string[]): Promise<DeliveryAnswer> {
  if (!(await verifyDelivery(raw.body, raw.signature, secrets))) return "unsigned";
  const payload = parse(raw.body);
  if (!payload) return "malformed";
  const installationId = number(object(payload.installation).id);
  const repositoryId = number(object(payload.repository).id);
  const action = payload.action;
  const outcome = await deps.store.deliveries.accept({
    guid: raw.guid.slice(0, 100),
    event: raw.event.slice(0, 100),
    ...(typeof action === "string" && { action: action.slice(0, 100) }),
    ...(installationId !== undefined && { installationId }),
    ...(repositoryId !== undefined && { repositoryId }),
    payload,
  });
  return outcome === "new" ? "accepted" : "duplicate";
}

function parse(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? object(value) : undefined;
  } catch {
    return undefined;
  }
}

const listen = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
