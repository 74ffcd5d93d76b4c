/**
 * Applies prisma/migrations in order, each in a transaction, and writes down what `prisma migrate deploy` would, under
 * the lock that it would take: either tool can go on from the other.
 */
import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type pg from "pg";
import type { Database } from "./database.ts";

/** The advisory lock of Prisma's own engine. */
const PRISMA_LOCK = 72707369;

export interface Migration {
  /** Name of its folder: "20261123000000_init". */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, as hexadecimal digits. */
  readonly checksum: string;
}

/** The database cannot be brought up to date; the message says what a person can do. */
export class MigrationRefused extends Error {
  override readonly name = "MigrationRefused";
}

/** Returns the names of the migrations that were applied now; none where everything was in place. */
export async function migrate(database: Database, directory = migrationsDirectory()): Promise<readonly string[]> {
  const migrations = await readMigrations(directory);
  const client = await database.pool.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [PRISMA_LOCK]);
    try {
      await client.query(MIGRATIONS_TABLE);
      const todo = pending(migrations, await recorded(client));
      for (const migration of todo) await apply(client, migration);
      return todo.map(({ name }) => name);
    } finally {
      await client.query("SELECT pg_advisory_unlock($1)", [PRISMA_LOCK]);
    }
  } finally {
    client.release();
  }
}

/** The names of migrations that are still to be applied, without applying them. Throws as `migrate` does. */
export async function pendingMigrations(
  database: Database,
  directory = migrationsDirectory(),
): Promise<readonly string[]> {
  const migrations = await readMigrations(directory);
  const client = await database.pool.connect();
  try {
    const { rows } = await client.query("SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there");
    const known = rows[0]?.there === true ? await recorded(client) : [];
    return pending(migrations, known).map(({ name }) => name);
  } finally {
    client.release();
  }
}

export async function readMigrations(directory: string): Promise<readonly Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const bytes = await readFile(join(directory, name, "migration.sql"));
      return { name, sql: bytes.toString("utf8"), checksum: createHash("sha256").update(bytes).digest("hex") };
    }),
  );
}

interface Recorded {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
}

const recorded = async (client: pg.PoolClient): Promise<readonly Recorded[]> => {
  const { rows } = await client.query<Recorded>(
    `SELECT "migration_name", "checksum", "finished_at" FROM "_prisma_migrations" WHERE "rolled_back_at" IS NULL`,
  );
  return rows;
};

function pending(migrations: readonly Migration[], known: readonly Recorded[]): readonly Migration[] {
  const files = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { migration_name: name, checksum, finished_at } of known) {
    if (finished_at === null) {
      throw new MigrationRefused(
        `Migration ${name} was begun and never finished. Look at the database, then mark it with ` +
          `\`prisma migrate resolve --applied ${name}\` or \`--rolled-back ${name}\`.`,
      );
    }
    const file = files.get(name);
    if (!file) {
      throw new MigrationRefused(
        `The database has migration ${name}, which this version of Draco does not know: it is older than its database. ` +
          `Install the newer version.`,
      );
    }
    if (file.checksum !== checksum) {
      throw new MigrationRefused(
        `Migration ${name} was changed after it was applied: its checksum is ${file.checksum.slice(0, 12)}…, the ` +
          `database remembers ${checksum.slice(0, 12)}…. Restore the file as it was released.`,
      );
    }
  }
  const done = new Set(known.map((row) => row.migration_name));
  return migrations.filter(({ name }) => !done.has(name));
}

async function apply(client: pg.PoolClient, migration: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    const startedAt = new Date();
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO "_prisma_migrations"
         ("id", "checksum", "migration_name", "started_at", "finished_at", "applied_steps_count")
       VALUES ($1, $2, $3, $4, $5, 1)`,
      [randomUUID(), migration.checksum, migration.name, startedAt, new Date()],
    );
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    const reason = error instanceof Error ? error.message : String(error);
    throw new MigrationRefused(`Migration ${migration.name} failed, and nothing of it was kept: ${reason}`, {
      cause: error,
    });
  }
}

/** As Prisma's engine creates it. */
const MIGRATIONS_TABLE = `
  CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id" VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum" VARCHAR(64) NOT NULL,
    "finished_at" TIMESTAMPTZ,
    "migration_name" VARCHAR(255) NOT NULL,
    "logs" TEXT,
    "rolled_back_at" TIMESTAMPTZ,
    "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count" INTEGER NOT NULL DEFAULT 0
  )`;

/** prisma/migrations of this package, from the source as from what was built of it. */
function migrationsDirectory(): string {
  for (let at = dirname(fileURLToPath(import.meta.url)); ; at = dirname(at)) {
    const candidate = join(at, "prisma", "migrations");
    if (existsSync(join(candidate, "migration_lock.toml"))) return candidate;
    if (at === dirname(at)) throw new Error("prisma/migrations is missing: this installation of Draco is incomplete.");
  }
}
