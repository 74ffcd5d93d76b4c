/**
 * Throw-away databases for tests: on a real PostgreSQL server where one is installed (one server for the whole run, one
 * database for each caller), else in PGlite. Nothing is shared between two databases but the server.
 */
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { type Database, openDatabase } from "../../src/adapters/store/database.ts";
import { migrate } from "../../src/adapters/store/migrate.ts";
import { openQueue, type Queue, type QueueOptions } from "../../src/adapters/store/queue.ts";
import { openStore, type Store } from "../../src/adapters/store/store.ts";

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

export const NO_SERVER = "no PostgreSQL server is installed here (initdb and postgres were not found)";

/** `undefined`, and a printed reason, where there is no server: what needs two sessions at a time cannot run on PGlite. */
export function hasServer(): boolean {
  if (postgresBinaries() !== undefined) return true;
  process.stderr.write(`skipped: ${NO_SERVER}\n`);
  return false;
}

const installedKind = (): Kind => (postgresBinaries() === undefined ? "pglite" : "postgres");

/** A copy of an empty database that the run has made once: making one takes PGlite seconds, opening one does not. */
async function createEmbedded(): Promise<TestDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), "draco-test-"));
  await cp(await sharedTemplate(), dataDir, { recursive: true });
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

/** Folder of initdb and postgres. Debian keeps them off the PATH. */
function postgresBinaries(): string | undefined {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((v) => join(debian, v, "bin")), ...(process.env.PATH ?? "").split(delimiter)];
  return folders.find(
    (folder) => folder !== "" && ["initdb", "postgres"].every((name) => existsSync(join(folder, name))),
  );
}

interface Server {
  readonly port: number;
}

/** One server for all test files of a run. */
const sharedServer = (): Promise<Server> => sharedInRun("draco-postgres", startServer);

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

/**
 * Something that all test files of a run share, though they are processes of their own: whoever comes first makes it, in
 * a folder named for the run. A small watcher takes it away when the run is over, however that comes.
 */
async function sharedInRun<T extends object>(name: string, make: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(tmpdir(), `${name}-${runId()}`);
  const ready = join(folder, "ready.json");
  const isFirst = await mkdir(folder, { mode: 0o711 }).then(
    () => true,
    () => false,
  );
  const tell = (made: object) =>
    writeFile(`${ready}.new`, JSON.stringify(made)).then(() => rename(`${ready}.new`, ready));
  if (isFirst) {
    try {
      await tell(await make(folder));
    } catch (error) {
      await tell({ error: String(error) });
      throw error;
    }
  }
  for (let waited = 0; waited < 60_000; waited += 50) {
    const text = await readFile(ready, "utf8").catch(() => "");
    if (text !== "") {
      const made = JSON.parse(text);
      if (made.error) throw new Error(`${name} did not start: ${made.error}`);
      return made;
    }
    await sleep(50);
  }
  throw new Error(`${name} did not start within 60 s; see ${folder}.`);
}

/**
 * The process that all test files of one jest run have in common: jest's workers are its children and have a channel to
 * it, which their sandbox hides but their environment tells; without workers it is this very process.
 */
const runId = (): number =>
  process.argv.some((argument) => argument.endsWith("processChild.js")) ? process.ppid : process.pid;

async function startServer(folder: string): Promise<Server> {
  const bin = postgresBinaries();
  if (bin === undefined) throw new Error(NO_SERVER);
  const data = join(folder, "data");
  await mkdir(data, { mode: 0o700 });
  await chmod(folder, 0o711);
  // A server refuses to run as root: there it runs as the user that its package made.
  const user = process.getuid?.() === 0 ? postgresUser() : undefined;
  if (user) await chown(data, user.uid, user.gid);
  const as = user ? { uid: user.uid, gid: user.gid } : {};
  const settings = {
    cwd: data,
    stdio: "ignore",
    env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" },
    ...as,
  } as const;
  execFileSync(
    join(bin, "initdb"),
    ["-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"],
    settings,
  );
  const port = await freePort();
  const durability = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];
  const options = [...durability, "max_connections=200", "unix_socket_directories=", "listen_addresses=127.0.0.1"];
  const child = spawn(
    join(bin, "postgres"),
    ["-D", data, "-p", String(port), ...options.flatMap((option) => ["-c", option])],
    { ...settings, detached: true },
  );
  child.unref();
  if (child.pid === undefined) throw new Error("postgres did not start");
  afterRun(folder, child.pid);
  const server = { port };
  for (let waited = 0; ; waited += 50) {
    try {
      await asAdmin(server, "SELECT 1");
      return server;
    } catch (error) {
      if (waited > 20_000) throw error;
      await sleep(50);
    }
  }
}

/** A process of its own waits for the end of the run, since tests can end in ways that run no clean-up. */
function afterRun(folder: string, server?: number): void {
  const script = `
    const { rmSync } = require("node:fs");
    const alive = (pid) => { try { process.kill(pid, 0); return true; } catch { return false; } };
    const server = ${server ?? "undefined"};
    const timer = setInterval(() => {
      if (alive(${runId()})) return;
      clearInterval(timer);
      if (server) try { process.kill(server, "SIGQUIT"); } catch {}
      const gone = setInterval(() => {
        if (server && alive(server)) return;
        clearInterval(gone);
        rmSync(${JSON.stringify(folder)}, { recursive: true, force: true });
      }, 100);
    }, 500);`;
  spawn(process.execPath, ["-e", script], { detached: true, stdio: "ignore" }).unref();
}

function postgresUser(): { readonly uid: number; readonly gid: number } {
  const id = (flag: string): number => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

async function asAdmin({ port }: Server, sql: string): Promise<void> {
  const client = new pg.Client({ host: "127.0.0.1", port, user: "postgres", database: "postgres" });
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end().catch(() => {});
  }
}

async function freePort(): Promise<number> {
  const { createServer } = await import("node:net");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}

/** Whether a path is there. */
export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
