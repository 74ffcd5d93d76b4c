/** Builds every adapter from the settings, once. The only place that knows them all. */
import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Logger } from "pino";
import { openGemini } from "../adapters/gemini/open.ts";
import { withPatience } from "../adapters/gemini/retry.ts";
import { openGitHub } from "../adapters/github/open.ts";
import { openSendGrid } from "../adapters/sendgrid/open.ts";
import { type Database, openDatabase } from "../adapters/store/database.ts";
import { migrate } from "../adapters/store/migrate.ts";
import { openQueue, type Queue } from "../adapters/store/queue.ts";
import { openStore } from "../adapters/store/store.ts";
import { findTerraform } from "../adapters/terraform/find.ts";
import { openTerraform } from "../adapters/terraform/open.ts";
import { openTwilio } from "../adapters/twilio/open.ts";
import { loadAllRules } from "../core/rules/registry.ts";
import type { Deps } from "../flows/deps.ts";
import { scanMemories } from "../flows/scan-memory.ts";
import type { Settings } from "./settings.ts";

export interface Composed {
  readonly deps: Deps;
  readonly database: Database;
  readonly queue: Queue;
  /** Migrations that were applied just now. */
  readonly migrated: readonly string[];
  close(): Promise<void>;
}

export async function compose(settings: Settings, log: Logger): Promise<Composed> {
  const auditKey = settings.auditKey?.reveal() ?? (await keyFile(settings.dataDir, "audit.key"));
  const database = await openDatabase({
    dataDir: settings.dataDir,
    ...(settings.databaseUrl && { databaseUrl: settings.databaseUrl.reveal() }),
    onError: (error) => log.error({ error: error.message }, "database connection"),
  });
  const migrated = await migrate(database);
  const queue = await openQueue(database, {
    onError: (error, job) =>
      log.error({ ...job, error: error instanceof Error ? error.message : String(error) }, "job failed"),
  });
  const store = openStore({ database, queue, auditKey });
  const deps: Deps = {
    store,
    queue,
    github: openGitHub({
      appId: settings.github.appId,
      privateKey: settings.github.privateKey.reveal(),
      baseUrl: settings.github.baseUrl,
    }),
    ...outside(settings),
    ...(await engine(settings, log)),
    rules: loadAllRules,
    memory: scanMemories(),
    now: () => new Date(),
    log,
    publicUrl: settings.publicUrl,
    webUrl: webUrl(settings.github.baseUrl),
    worker: `${hostname()}:${process.pid}:${randomBytes(3).toString("hex")}`,
    retentionDays: settings.retentionDays,
    key: auditKey,
  };
  return {
    deps,
    database,
    queue,
    migrated,
    async close() {
      await queue.stop();
      await database.close();
    },
  };
}

/** The services that are set up; those that are not are absent, and flows do without. */
function outside({ twilio, sendgrid, gemini }: Settings): Pick<Deps, "sms" | "mail" | "model"> {
  const at = (baseUrl: string | undefined) => (baseUrl === undefined ? {} : { baseUrl });
  return {
    ...(twilio && {
      sms: openTwilio({
        accountSid: twilio.accountSid,
        authToken: twilio.authToken.reveal(),
        from: twilio.from,
        ...at(twilio.baseUrl),
      }),
    }),
    ...(sendgrid && {
      mail: openSendGrid({ apiKey: sendgrid.apiKey.reveal(), from: sendgrid.from, ...at(sendgrid.baseUrl) }),
    }),
    ...(gemini && {
      model: {
        client: withPatience(openGemini({ apiKey: gemini.apiKey.reveal(), ...at(gemini.baseUrl) })),
        name: gemini.model,
        dailyRequests: gemini.dailyRequests,
      },
    }),
  };
}

async function engine(settings: Settings, log: Logger): Promise<Pick<Deps, "terraform">> {
  const binary = findTerraform(settings.terraformBinary);
  if (!binary) {
    log.warn({}, "no terraform or tofu on the PATH: what should be applied will be recorded as skipped");
    return {};
  }
  const environment = process.env;
  return {
    terraform: {
      client: openTerraform({ binary, environment }),
      stateDir: settings.stateDir ?? join(settings.dataDir, "states"),
      scratchDir: join(settings.dataDir, "work"),
    },
  };
}

/** A key that only this machine has, made at first need; readable by its owner alone. */
async function keyFile(dataDir: string, name: string): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, name);
  try {
    return (await readFile(path, "utf8")).trim();
  } catch {
    const key = randomBytes(32).toString("hex");
    await writeFile(path, `${key}\n`, { mode: 0o600, flag: "wx" });
    await chmod(path, 0o600);
    return key;
  }
}

/** Where people look at what the API serves. */
const webUrl = (apiUrl: string): string =>
  apiUrl === "https://api.github.com" ? "https://github.com" : apiUrl.replace(/\/api\/v3$/, "");
