import { toolLedger } from "../../ledger/tool-ledger.ts";

/** diesel's ledger: the applied versions. diesel takes no lock. */
export const dieselLedger = toolLedger({
  table: "__diesel_schema_migrations",
  columns: ["version", "run_on"],
  row: { key: "version", order: "version" },

  async create(database, table) {
    await database.query(`CREATE TABLE ${table} (
      version VARCHAR(50) PRIMARY KEY NOT NULL,
      run_on  TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
    )`);
  },

  async insert(database, table, { migration }) {
    await database.query(`INSERT INTO ${table} (version) VALUES ($1)`, [migration.key]);
  },

  async remove(database, table, { migration }) {
    await database.query(`DELETE FROM ${table} WHERE version OPERATOR(pg_catalog.=) $1`, [migration.key]);
  },
});
