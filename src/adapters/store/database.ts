/**
 * The database: a PostgreSQL server where one is named, else PGlite inside this process, spoken to through a socket. One
 * pool of `pg` connections serves Prisma, the queue and the migrations alike.
 */
import { join } from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { openEmbedded } from "./embedded.ts";
import { PrismaClient } from "./generated/client.ts";

export interface Database {
  readonly kind: "postgres" | "pglite";
  readonly pool: pg.Pool;
  readonly prisma: PrismaClient;
  /** Whether it answers. */
  ping(): Promise<boolean>;
  /** Closes all connections; may be called twice. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** postgres://… ; absent: PGlite under `dataDir`. */
  readonly databaseUrl?: string | undefined;
  readonly dataDir: string;
  /** Connections of this process to a server; 10 unless told. */
  readonly connections?: number;
  /** Told when an idle connection breaks; the pool makes a new one. */
  readonly onError?: (error: Error) => void;
}

/** Waiting for one's turn is normal where there is a single connection; only a stuck one should ever hit these. */
const PATIENCE_MS = 30_000;

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  if (options.databaseUrl) {
    const pool = new pg.Pool({
      connectionString: options.databaseUrl,
      application_name: "draco",
      max: options.connections ?? 10,
      connectionTimeoutMillis: PATIENCE_MS,
    });
    return overPool("postgres", pool, options, async () => {});
  }
  const embedded = await openEmbedded(join(options.dataDir, "database"));
  const pool = new pg.Pool({
    ...embedded.connection,
    user: "postgres",
    database: "postgres",
    // All connections to PGlite are one session, and its socket takes turns message by message: two would mix.
    max: 1,
    connectionTimeoutMillis: PATIENCE_MS,
    idleTimeoutMillis: 0,
  });
  return overPool("pglite", pool, options, embedded.close);
}

function overPool(
  kind: Database["kind"],
  pool: pg.Pool,
  { onError = () => {} }: DatabaseOptions,
  shutDown: () => Promise<void>,
): Database {
  pool.on("error", onError);
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool, { onConnectionError: onError }),
    transactionOptions: { maxWait: PATIENCE_MS, timeout: PATIENCE_MS },
  });
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await prisma.$disconnect();
    await pool.end();
    await shutDown();
  };
  return {
    kind,
    pool,
    prisma,
    async ping() {
      try {
        await pool.query("SELECT 1");
        return true;
      } catch {
        return false;
      }
    },
    close: () => (closing ??= close()),
  };
}
