import { toolLedger } from "../../ledger/tool-ledger.ts";

/** The ledger of plain numbered files, defined by this package alone. */
export const numberedLedger = toolLedger({
  table: "pulumi_pg_migrations",
  columns: ["version", "name", "checksum", "started_at", "finished_at"],
  row: { key: "version", checksum: "checksum", order: "started_at, version" },

  async create(database, table) {
    await database.query(`CREATE TABLE ${table} (
      version     pg_catalog.text PRIMARY KEY,
      name        pg_catalog.text NOT NULL,
      checksum    pg_catalog.text NOT NULL,
      started_at  pg_catalog.timestamptz NOT NULL,
      finished_at pg_catalog.timestamptz NOT NULL
    )`);
  },

  async insert(database, table, { migration: { key, name, checksum } }) {
    await database.query(
      `INSERT INTO ${table} (version, name, checksum, started_at, finished_at)
       VALUES ($1, $2, $3, pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp())`,
      [key, name, checksum],
    );
  },

  async remove(database, table, { migration }) {
    await database.query(`DELETE FROM ${table} WHERE version OPERATOR(pg_catalog.=) $1`, [migration.key]);
  },
});
