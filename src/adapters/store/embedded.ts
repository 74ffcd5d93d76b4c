/** PostgreSQL inside this process (PGlite), behind a socket that nobody else can reach. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import { lockDirectory } from "./directory-lock.ts";

export interface Embedded {
  readonly connection: { readonly host: string; readonly port: number };
  close(): Promise<void>;
}

export async function openEmbedded(directory: string): Promise<Embedded> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const unlock = await lockDirectory(directory);
  const undo = [unlock];
  try {
    const glite = await PGlite.create(join(directory, "pglite"));
    undo.unshift(() => glite.close());
    const door = await makeDoor();
    undo.unshift(door.remove);
    const server = new PGLiteSocketServer({ db: glite, ...door.listen, maxConnections: 8 });
    await server.start();
    undo.unshift(() => server.stop());
    return { connection: door.connection(server.getServerConn()), close: () => inOrder(undo) };
  } catch (error) {
    await inOrder(undo);
    throw error;
  }
}

/** PGlite asks no password, so the socket is a file in a directory of this user alone; Windows has only the loopback. */
async function makeDoor() {
  if (process.platform === "win32") {
    return {
      listen: { host: "127.0.0.1", port: 0 },
      connection: (address: string) => ({
        host: "127.0.0.1",
        port: Number(address.slice(address.lastIndexOf(":") + 1)),
      }),
      remove: async () => {},
    };
  }
  const port = 5432;
  const directory = await mkdtemp(join(tmpdir(), "draco-")); // mode 0700, and short enough for a socket's path
  return {
    listen: { path: join(directory, `.s.PGSQL.${port}`) },
    connection: () => ({ host: directory, port }),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

async function inOrder(steps: readonly (() => Promise<void>)[]): Promise<void> {
  for (const step of steps) await step();
}
