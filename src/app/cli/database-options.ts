/** Commands that need the database and nothing else. */
import { readFileSync } from "node:fs";
import type { Database } from "../../adapters/store/database.ts";
import type { Io } from "./io.ts";

/** The database that `draco start` would use with this environment. */
export async function openHere(io: Io): Promise<Database> {
  const { openDatabase } = await import("../../adapters/store/database.ts");
  const url =
    io.env.DATABASE_URL ??
    (io.env.DATABASE_URL_FILE ? readFileSync(io.env.DATABASE_URL_FILE, "utf8").trim() : undefined);
  return openDatabase({ dataDir: io.env.DRACO_DATA_DIR ?? ".draco", ...(url && { databaseUrl: url }) });
}

export const whereIs = (io: Io): string =>
  io.env.DATABASE_URL || io.env.DATABASE_URL_FILE
    ? "the server that DATABASE_URL names"
    : `PGlite in ${io.env.DRACO_DATA_DIR ?? ".draco"}`;
