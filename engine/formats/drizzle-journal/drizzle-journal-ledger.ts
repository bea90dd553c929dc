import { plainEntry } from "../../ledger/tool-entries.ts";
import { toolLedger } from "../../ledger/tool-ledger.ts";

/**
 * The ledger of Drizzle before 1.0. Every migration not later than its newest row counts as applied, with a row or
 * without.
 */
export const drizzleJournalLedger = toolLedger({
  table: "__drizzle_migrations",
  schema: "drizzle",
  columns: ["id", "hash", "created_at"],
  row: { key: "created_at", checksum: "hash", order: "id", where: "created_at IS NOT NULL" },

  interpret(rows, { migrations }) {
    const known = new Set(rows.map(({ key }) => key));
    const newest = rows.reduce((latest, { key }) => Math.max(latest, Number(key)), -Infinity);
    const implied = migrations.filter(({ key }) => !known.has(key) && Number(key) <= newest);
    return [...rows, ...implied.map(({ key }) => plainEntry(key))];
  },

  async create(database, table) {
    await database.query(
      `CREATE TABLE ${table} (id SERIAL PRIMARY KEY, hash pg_catalog.text NOT NULL, created_at bigint)`,
    );
  },

  async insert(database, table, { migration: { key, checksum } }) {
    await database.query(`INSERT INTO ${table} (hash, created_at) VALUES ($1, $2::bigint)`, [checksum, key]);
  },

  async remove(database, table, { migration }) {
    await database.query(`DELETE FROM ${table} WHERE created_at OPERATOR(pg_catalog.=) $1::bigint`, [
      migration.key,
    ]);
  },
});
