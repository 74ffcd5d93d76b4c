/**
 * Throw-away databases for tests: on a real PostgreSQL server where one is installed (one server for the whole run, one
 * database for each caller), else in PGlite. Nothing is shared between two databases but the server.
 */
import { randomBytes } from "node:crypto";
import { cp, mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, openDatabase } from "../../src/adapters/store/database.ts";
import { migrate } from "../../src/adapters/store/migrate.ts";
import { openQueue, type Queue, type QueueOptions } from "../../src/adapters/store/queue.ts";
import { openStore, type Store } from "../../src/adapters/store/store.ts";
import { afterRun, asAdmin, NO_SERVER, postgresBinaries, sharedInRun, sharedServer } from "./postgres-server.ts";

export type Kind = Database["kind"];

export const AUDIT_KEY = "an audit key for tests, 32 bytes long or more";

export interface TestDatabase {
  readonly kind: Kind;
  /** Another set of connections to the same database, as another process would have; on a server only. */
  connect(): Promise<Database>;
  readonly database: Database;
  /** Runs `draco start` against it, say; undefined for PGlite. */
  readonly url?: string;
  close(): Promise<void>;
}

/** A database without any tables of ours. `kind` defaults to the real server where there is one. */
export async function createEmptyDatabase(kind: Kind = installedKind()): Promise<TestDatabase> {
  if (kind === "pglite") return createEmbedded();
  const server = await sharedServer();
  const name = `draco_${randomBytes(6).toString("hex")}`;
  await asAdmin(server, `CREATE DATABASE ${name}`);
  const url = `postgres://postgres@127.0.0.1:${server.port}/${name}`;
  const opened: Database[] = [];
  const connect = async (): Promise<Database> => {
    const database = await openDatabase({ databaseUrl: url, dataDir: tmpdir() });
    opened.push(database);
    return database;
  };
  const database = await connect();
  return {
    kind,
    url,
    database,
    connect,
    async close() {
      for (const each of opened) await each.close();
      await asAdmin(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

/** A database with all migrations applied. */
export async function createDatabase(kind: Kind = installedKind()): Promise<TestDatabase> {
  const test = await createEmptyDatabase(kind);
  await migrate(test.database);
  return test;
}

export interface TestStore {
  readonly kind: Kind;
  readonly database: Database;
  readonly queue: Queue;
  readonly store: Store;
  /** A clock that stands still until it is told otherwise. */
  readonly clock: { now: Date; advance(ms: number): void };
  /** Another worker process, so to speak: its own connections, queue and store. On a server only. */
  another(
    options?: QueueOptions,
  ): Promise<{ readonly database: Database; readonly queue: Queue; readonly store: Store }>;
  close(): Promise<void>;
}

/** Database, queue and store, ready to be used, with a repository 1 (acme/infra) of installation 1 in it. */
export async function createStore(kind: Kind = installedKind(), options: QueueOptions = {}): Promise<TestStore> {
  const test = await createDatabase(kind);
  const clock = {
    now: new Date("2026-11-23T12:00:00Z"),
    advance(ms: number) {
      this.now = new Date(this.now.getTime() + ms);
    },
  };
  const queues: Queue[] = [];
  const over = async (database: Database, queueOptions: QueueOptions) => {
    const queue = await openQueue(database, { pollMs: 100, ...queueOptions });
    queues.push(queue);
    return { database, queue, store: openStore({ database, queue, auditKey: AUDIT_KEY, now: () => clock.now }) };
  };
  const first = await over(test.database, options);
  await first.store.installations.upsert({ id: 1, accountLogin: "acme", accountType: "Organization" });
  await first.store.repositories.upsert({
    id: 1,
    installationId: 1,
    owner: "acme",
    name: "infra",
    private: true,
    defaultBranch: "main",
  });
  return {
    kind: test.kind,
    ...first,
    clock,
    async another(queueOptions = {}) {
      return over(await test.connect(), queueOptions);
    },
    async close() {
      for (const queue of queues) await queue.stop({ timeoutMs: 1_000 });
      await test.close();
    },
  };
}

/** Both kinds where both can be had: for tests that must hold on either. */
export const availableKinds = (): readonly Kind[] =>
  postgresBinaries() === undefined ? ["pglite"] : ["postgres", "pglite"];

/** `undefined`, and a printed reason, where there is no server: what needs two sessions at a time cannot run on PGlite. */
export function hasServer(): boolean {
  if (postgresBinaries() !== undefined) return true;
  process.stderr.write(`skipped: ${NO_SERVER}\n`);
  return false;
}

const installedKind = (): Kind => (postgresBinaries() === undefined ? "pglite" : "postgres");

/** Where an empty PGlite database of its own lies: a copy of one that the run has made once, which takes PGlite seconds. */
export async function newDataDir(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), "draco-test-"));
  await cp(await sharedTemplate(), dataDir, { recursive: true });
  return dataDir;
}

/** Directory of an empty PGlite database, for all test files of a run. */
async function sharedTemplate(): Promise<string> {
  const { template } = await sharedInRun("draco-pglite", async (folder) => {
    const dataDir = join(folder, "template");
    await mkdir(dataDir);
    await (await openDatabase({ dataDir })).close();
    afterRun(folder);
    return { template: dataDir };
  });
  return template;
}

async function createEmbedded(): Promise<TestDatabase> {
  const dataDir = await newDataDir();
  const database = await openDatabase({ dataDir });
  return {
    kind: "pglite",
    database,
    connect: () => Promise.reject(new Error("PGlite has one session only.")),
    async close() {
      await database.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Whether a path is there. */
export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
