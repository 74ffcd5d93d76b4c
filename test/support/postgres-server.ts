/** One throw-away PostgreSQL server for all test files of a run, where one is installed; and what else they share. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chmod, chown, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

export const NO_SERVER = "no PostgreSQL server is installed here (initdb and postgres were not found)";

/** Folder of initdb and postgres. Debian keeps them off the PATH. */
export function postgresBinaries(): string | undefined {
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
export const sharedServer = (): Promise<Server> => sharedInRun("draco-postgres", startServer);

/**
 * Something that all test files of a run share, though they are processes of their own: whoever comes first makes it, in
 * a folder named for the run. A small watcher takes it away when the run is over, however that comes.
 */
export async function sharedInRun<T extends object>(name: string, make: (folder: string) => Promise<T>): Promise<T> {
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
export function afterRun(folder: string, server?: number): void {
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

export async function asAdmin({ port }: Server, sql: string): Promise<void> {
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
