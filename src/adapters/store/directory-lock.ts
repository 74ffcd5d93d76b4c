/** One process per data directory: PGlite would ruin its files if two wrote to them. */
import { randomUUID } from "node:crypto";
import { readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started: a container restarts with the same pid. */
  readonly born: number;
  readonly token: string;
}

const HEARTBEAT_MS = 5_000;
/** A holder on another host (a shared volume) cannot be asked; one that is silent for this long is gone. */
const SILENCE_MS = 60_000;

/** Returns how to give it back. Throws with a plain sentence when another process has it. */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const file = join(directory, "draco.lock");
  const me: Holder = { pid: process.pid, host: hostname(), born: performance.timeOrigin, token: randomUUID() };
  for (let tries = 0; tries < 3; tries++) {
    if (await write(file, me)) return keep(file, me);
    const other = await read(file);
    if (other && (await isAlive(file, other))) {
      throw new Error(
        `The database in ${directory} is in use by process ${other.pid} on ${other.host}. ` +
          `Stop that process, or give this one another DRACO_DATA_DIR or a DATABASE_URL. ` +
          `If no such process of Draco runs, delete ${file}.`,
      );
    }
    await takeAway(file, other);
  }
  throw new Error(`The lock file ${file} keeps changing hands; try again.`);
}

async function write(file: string, me: Holder): Promise<boolean> {
  try {
    await writeFile(file, JSON.stringify(me), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

async function read(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return undefined; // gone, or cut short by a crash while it was written
  }
}

async function isAlive(file: string, holder: Holder): Promise<boolean> {
  if (holder.host !== hostname()) {
    const seen = await stat(file).catch(() => undefined);
    return seen !== undefined && Date.now() - seen.mtimeMs < SILENCE_MS;
  }
  if (holder.pid === process.pid) return holder.born === performance.timeOrigin;
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM"; // alive, and somebody else's
  }
}

/** Moves a dead holder's file aside; puts it back should it turn out to be a new one's. */
async function takeAway(file: string, dead: Holder | undefined): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  const moved = await read(aside);
  if (moved && moved.token !== dead?.token) await rename(aside, file);
  else await rm(aside, { force: true });
}

function keep(file: string, me: Holder): () => Promise<void> {
  const beat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {}); // removed by hand: nothing to keep alive
  }, HEARTBEAT_MS);
  beat.unref();
  return async () => {
    clearInterval(beat);
    if ((await read(file))?.token === me.token) await rm(file, { force: true });
  };
}

const codeOf = (error: unknown): unknown =>
  typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
