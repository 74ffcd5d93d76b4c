import { rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { openDatabase } from "../../../src/adapters/store/database.ts";
import { newDataDir } from "../../support/database.ts";

it("the embedded database is one process's own, keeps what it was given, and outlives a crashed holder's lock", async () => {
  const dataDir = await newDataDir();
  try {
    const first = await openDatabase({ dataDir });
    await first.pool.query("CREATE TABLE kept AS SELECT 7 AS n");
    await expect(openDatabase({ dataDir })).rejects.toThrow(/is in use by process \d+/);
    await first.close();
    await first.close();

    const dead = { pid: 2 ** 22 + 1, host: hostname(), born: 0, token: "t" };
    await writeFile(join(dataDir, "database", "draco.lock"), JSON.stringify(dead));
    const second = await openDatabase({ dataDir });
    expect((await second.pool.query("SELECT n FROM kept")).rows).toEqual([{ n: 7 }]);
    await second.close();
    expect(await second.ping()).toBe(false);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}, 60_000);
