import { toolLedger } from "./tool-ledger.ts";

/** The ledger of Drizzle from 1.0 on, which knows migrations by their names. */
export const drizzleLedger = toolLedger({
  table: "__drizzle_migrations",
  schema: "drizzle",
  columns: ["id", "hash", "created_at", "name", "applied_at"],
  row: { key: "name", checksum: "hash", order: "id", where: "name IS NOT NULL" },

  async create(database, table) {
    await database.query(`CREATE TABLE IF NOT EXISTS ${table} (
      id         SERIAL PRIMARY KEY,
      hash       text NOT NULL,
      created_at bigint,
      name       text,
      applied_at timestamp with time zone DEFAULT now()
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
    await database.query(`DELETE FROM ${table} WHERE name = $1`, [migration.key]);
  },
});
