import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "@jest/globals";
import { MigrationRefused, migrate, pendingMigrations } from "../../../src/adapters/store/migrate.ts";
import { availableKinds, createEmptyDatabase, type TestDatabase } from "../../support/database.ts";

const PRISMA = join(import.meta.dirname, "../../../prisma");
const TYPES: { readonly [prisma: string]: string } = {
  BigInt: "int8",
  String: "text",
  Int: "int4",
  Boolean: "bool",
  Json: "jsonb",
  Bytes: "bytea",
  DateTime: "timestamptz",
};

/** "table.column type null?" for every column that prisma/schema.prisma declares, and its unique and plain indexes. */
async function declared(): Promise<{ columns: string[]; indexes: string[] }> {
  const schema = await readFile(join(PRISMA, "schema.prisma"), "utf8");
  const columns: string[] = [];
  const indexes: string[] = [];
  for (const [, body = ""] of schema.matchAll(/^model \w+ \{\n(.*?)^\}/gms)) {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1];
    const names = new Map<string, string>();
    for (const line of body.split("\n")) {
      const [, field, type = "", mark, attributes = ""] = /^ {2}(\w+)\s+(\w+)(\?|\[\])?\s*(.*)$/.exec(line) ?? [];
      const base = TYPES[type];
      if (field === undefined || base === undefined) continue;
      const column = /@map\("(\w+)"\)/.exec(attributes)?.[1] ?? field;
      names.set(field, column);
      const sql = `${mark === "[]" ? "_" : ""}${attributes.includes("@db.Uuid") ? "uuid" : base}`;
      columns.push(`${table}.${column} ${sql}${mark === undefined ? " not null" : ""}`);
      if (/@id\b/.test(attributes)) indexes.push(`${table} primary ${column}`);
      if (/@unique\b/.test(attributes)) indexes.push(`${table} unique ${column}`);
    }
    for (const [, kind, fields = ""] of body.matchAll(/@@(id|unique|index)\(\[([^\]]+)\]/g)) {
      const listed = fields
        .split(",")
        .map((field) => names.get(field.trim()))
        .join(",");
      indexes.push(`${table} ${kind === "id" ? "primary" : kind} ${listed}`);
    }
  }
  return { columns: columns.sort(), indexes: indexes.sort() };
}

describe.each(availableKinds())("migrations on %s", (kind) => {
  let test: TestDatabase;
  afterEach(async () => test?.close());

  it("make the database that the schema declares, once, and write down what Prisma would", async () => {
    test = await createEmptyDatabase(kind);
    const { pool } = test.database;
    expect(await pendingMigrations(test.database)).toEqual(["20261123000000_init"]);
    expect(await migrate(test.database)).toEqual(["20261123000000_init"]);
    expect(await migrate(test.database)).toEqual([]);

    const want = await declared();
    const columns = await pool.query(
      `SELECT table_name || '.' || column_name || ' ' || udt_name || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END AS c, udt_name
       FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_prisma_migrations'`,
    );
    // Lists have no null in Prisma's eyes whatever the column says.
    const got = columns.rows.map((row) => (row.udt_name.startsWith("_") ? row.c.replace(" not null", "") : row.c));
    expect(got.sort()).toEqual(want.columns);
    const indexes = await pool.query(
      `SELECT t.relname || CASE WHEN i.indisprimary THEN ' primary ' WHEN i.indisunique THEN ' unique ' ELSE ' index ' END ||
              (SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(i.indkey) WITH ORDINALITY AS k(att, n)
               JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.att) AS i
       FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace s ON s.oid = t.relnamespace
       WHERE s.nspname = 'public' AND t.relkind = 'r' AND t.relname <> '_prisma_migrations'`,
    );
    expect(indexes.rows.map((row) => row.i).sort()).toEqual(want.indexes);

    const { rows } = await pool.query(`SELECT * FROM "_prisma_migrations"`);
    const file = await readFile(join(PRISMA, "migrations/20261123000000_init/migration.sql"));
    expect(rows).toMatchObject([
      { migration_name: "20261123000000_init", applied_steps_count: 1, rolled_back_at: null, logs: null },
    ]);
    expect(rows[0].checksum).toBe(createHash("sha256").update(file).digest("hex"));
    expect(rows[0].finished_at).toBeInstanceOf(Date);
  }, 60_000);

  it("refuse what was changed, what failed, and what is newer; and keep nothing of one that fails", async () => {
    test = await createEmptyDatabase(kind);
    const { pool } = test.database;
    const folder = await mkdtemp(join(tmpdir(), "draco-migrations-"));
    const write = async (name: string, sql: string) => {
      await mkdir(join(folder, name), { recursive: true });
      await writeFile(join(folder, name, "migration.sql"), sql);
    };
    try {
      await write("1_one", "CREATE TABLE one (id int)");
      await write("2_two", "CREATE TABLE two (id int); SELECT no_such_function()");
      await expect(migrate(test.database, folder)).rejects.toThrow(/2_two failed, and nothing of it was kept/);
      const { rows } = await pool.query("SELECT to_regclass('one') AS one, to_regclass('two') AS two");
      expect(rows).toEqual([{ one: "one", two: null }]);
      await write("2_two", "CREATE TABLE two (id int)");
      expect(await migrate(test.database, folder)).toEqual(["2_two"]);

      await write("1_one", "CREATE TABLE one (id int, more int)");
      await expect(migrate(test.database, folder)).rejects.toThrow(/1_one was changed after it was applied/);
      await write("1_one", "CREATE TABLE one (id int)");
      await pool.query(`UPDATE "_prisma_migrations" SET finished_at = NULL WHERE migration_name = '2_two'`);
      await expect(migrate(test.database, folder)).rejects.toThrow(/2_two was begun and never finished/);
      await pool.query(`UPDATE "_prisma_migrations" SET finished_at = now()`);
      await rm(join(folder, "2_two"), { recursive: true });
      await expect(migrate(test.database, folder)).rejects.toThrow(MigrationRefused);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
