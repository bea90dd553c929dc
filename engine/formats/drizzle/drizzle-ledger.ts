import { toolLedger } from "../../ledger/tool-ledger.ts";

/** The ledger of Drizzle from 1.0 on, which identifies migrations by name. */
export const drizzleLedger = toolLedger({
  table: "__drizzle_migrations",
  schema: "drizzle",
  columns: ["id", "hash", "created_at", "name", "applied_at"],
  row: { key: "name", checksum: "hash", order: "id", where: "name IS NOT NULL" },

  async create(database, table) {
    await database.query(`CREATE TABLE ${table} (
      id         SERIAL PRIMARY KEY,
      hash       pg_catalog.text NOT NULL,
      created_at bigint,
      name       pg_catalog.text,
      applied_at timestamp with time zone DEFAULT pg_catalog.now()
    )`);
  },

  async insert(database, table, { migration: { key, checksum, details = {} } }) {
    await database.query(`INSERT INTO ${table} (hash, created_at, name) VALUES ($1, $2::bigint, $3)`, [
      checksum,
      details["createdAt"],
      key,
    ]);
  },

  async remove(database, table, { migration }) {
    await database.query(`DELETE FROM ${table} WHERE name OPERATOR(pg_catalog.=) $1`, [migration.key]);
  },
});
