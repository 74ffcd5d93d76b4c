/** Commands that work on what Draco remembers, without a server. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Store } from "../../adapters/store/store.ts";
import { openHere } from "./database-options.ts";
import { type Io, UserError } from "./io.ts";

/** Opens the store of this environment, hands it over, and closes it whatever happens. */
export async function withStore<T>(io: Io, work: (store: Store) => Promise<T>): Promise<T> {
  const [{ openQueue }, { openStore }] = await Promise.all([
    import("../../adapters/store/queue.ts"),
    import("../../adapters/store/store.ts"),
  ]);
  const key = auditKey(io);
  const database = await openHere(io);
  const queue = await openQueue(database);
  try {
    return await work(openStore({ database, queue, auditKey: key }));
  } finally {
    await queue.stop();
    await database.close();
  }
}

function auditKey(io: Io): string {
  if (io.env.DRACO_AUDIT_KEY) return io.env.DRACO_AUDIT_KEY;
  const path = io.env.DRACO_AUDIT_KEY_FILE ?? join(io.env.DRACO_DATA_DIR ?? ".draco", "audit.key");
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    throw new UserError(
      `The key of the history is not at ${path}; set DRACO_AUDIT_KEY or DRACO_DATA_DIR as for "draco start".`,
    );
  }
}
