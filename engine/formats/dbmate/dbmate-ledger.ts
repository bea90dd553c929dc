import { toolLedger } from "../../ledger/tool-ledger.ts";

/** dbmate's ledger: the applied versions. dbmate takes no lock. */
export const dbmateLedger = toolLedger({
  table: "schema_migrations",
  columns: ["version"],
  // Other tools have a table of the same name, with a version and more.
  isExact: true,
  row: { key: "version", order: "version" },

  async create(database, table) {
    await database.query(`CREATE TABLE ${table} (version varchar PRIMARY KEY)`);
  },

  async insert(database, table, { migration }) {
    await database.query(`INSERT INTO ${table} (version) VALUES ($1)`, [migration.key]);
  },

  async remove(database, table, { migration }) {
    await database.query(`DELETE FROM ${table} WHERE version OPERATOR(pg_catalog.=) $1`, [migration.key]);
  },
});
