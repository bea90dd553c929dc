import { toolLedger } from "../../ledger/tool-ledger.ts";

/** node-pg-migrate's ledger: the applied names. */
export const nodePgMigrateLedger = toolLedger({
  table: "pgmigrations",
  lockKey: () => "7241865325823964",
  columns: ["id", "name", "run_on"],
  row: { key: "name", order: "run_on, id" },
  remedy: { baseline: "node-pg-migrate up --fake" },

  async create(database, table) {
    await database.query(
      `CREATE TABLE ${table} (
         id SERIAL PRIMARY KEY, name varchar(255) NOT NULL, run_on timestamp NOT NULL)`,
    );
  },

  async insert(database, table, { migration }) {
    await database.query(`INSERT INTO ${table} (name, run_on) VALUES ($1, pg_catalog.now())`, [
      migration.key,
    ]);
  },

  async remove(database, table, { migration }) {
    await database.query(`DELETE FROM ${table} WHERE name OPERATOR(pg_catalog.=) $1`, [migration.key]);
  },
});
