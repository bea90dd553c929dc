import { crc32 } from "node:zlib";
import { toolLedger } from "../../ledger/tool-ledger.ts";

/** sqlx's ledger: a row for each applied version, with its checksum. */
export const sqlxLedger = toolLedger({
  table: "_sqlx_migrations",
  lockKey: ({ database }) => String(0x3d32ad9en * BigInt(crc32(database))),
  columns: ["version", "description", "installed_on", "success", "checksum", "execution_time"],
  row: {
    key: "version",
    checksum: "pg_catalog.encode(checksum, 'hex')",
    state: "CASE WHEN NOT success THEN 'failed' END",
    startedAt: "installed_on",
    order: "version",
  },

  async create(database, table) {
    await database.query(`CREATE TABLE ${table} (
      version        BIGINT PRIMARY KEY,
      description    pg_catalog.text NOT NULL,
      installed_on   pg_catalog.timestamptz NOT NULL DEFAULT pg_catalog.now(),
      success        BOOLEAN NOT NULL,
      checksum       pg_catalog.bytea NOT NULL,
      execution_time BIGINT NOT NULL
    )`);
  },

  // Nanoseconds since the transaction started, as the migration did.
  async insert(database, table, { migration: { key, checksum, details } }) {
    await database.query(
      `INSERT INTO ${table} (version, description, success, checksum, execution_time)
       VALUES ($1::bigint, $2, true, pg_catalog.decode($3, 'hex'),
               (pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) pg_catalog.now())
                 OPERATOR(pg_catalog.*) 1e9::double precision)::bigint)`,
      [key, details?.["description"] ?? "", checksum],
    );
  },

  async remove(database, table, { migration }) {
    await database.query(`DELETE FROM ${table} WHERE version OPERATOR(pg_catalog.=) $1::bigint`, [
      migration.key,
    ]);
  },
});
