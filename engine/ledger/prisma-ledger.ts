import type { Database } from "../postgres/database.ts";
import { quoteIdentifier, quoteName } from "../postgres/identifier.ts";
import type { Ledger, LedgerEntry, LedgerRecord, LedgerState } from "./ledger.ts";

const tableName = "_prisma_migrations";

/**
 * Prisma Migrate's ledger. Tables and functions are named with their schema throughout, since a migration
 * may have changed the search path.
 */
export const prismaLedger: Ledger = {
  lockKey: 72707369,

  tableOf(schema) {
    return quoteName([schema, tableName]);
  },

  async read(database) {
    const state = await readState(database);
    return state.exists ? { ...state, entries: await readEntries(database) } : state;
  },

  async create(database) {
    const { schema } = database.address;
    const [found] = await database.query(`SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1`, [schema]);
    if (found === undefined) await database.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)}`);
    // Prisma's own definition, so that either tool may have created the table.
    await database.query(`CREATE TABLE IF NOT EXISTS ${tableOf(database)} (
      id                  VARCHAR(36) PRIMARY KEY NOT NULL,
      checksum            VARCHAR(64) NOT NULL,
      finished_at         TIMESTAMPTZ,
      migration_name      VARCHAR(255) NOT NULL,
      logs                TEXT,
      rolled_back_at      TIMESTAMPTZ,
      started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
      applied_steps_count INTEGER NOT NULL DEFAULT 0
    )`);
  },

  async begin(database, { id, checksum, name }) {
    await database.query(
      `INSERT INTO ${tableOf(database)} (id, checksum, started_at, migration_name)
       VALUES ($1, $2, pg_catalog.clock_timestamp(), $3)`,
      [id, checksum, name],
    );
  },

  async finish(database, { id }) {
    const finished = await database.query(
      `UPDATE ${tableOf(database)}
          SET applied_steps_count = applied_steps_count + 1, finished_at = pg_catalog.clock_timestamp()
        WHERE id = $1 RETURNING id`,
      [id],
    );
    return finished.length === 1;
  },

  async fail(database, { id }, logs) {
    await database.query(
      `UPDATE ${tableOf(database)} SET logs = $2, rolled_back_at = pg_catalog.clock_timestamp() WHERE id = $1`,
      [id, logs],
    );
  },

  async rollBack(database, name) {
    const failed = await database.query<{ checksum: string }>(
      `UPDATE ${tableOf(database)} SET rolled_back_at = pg_catalog.clock_timestamp()
        WHERE migration_name = $1 AND finished_at IS NULL AND rolled_back_at IS NULL RETURNING checksum`,
      [name],
    );
    return failed.map(({ checksum }) => checksum);
  },
};

function tableOf(database: Database): string {
  return prismaLedger.tableOf(database.address.schema);
}

async function readState(database: Database): Promise<LedgerState> {
  const table = tableOf(database);
  // PostGIS puts a table of its own into every database that has it, which Prisma overlooks too.
  const [found] = await database.query<{ exists: boolean; table_without_ledger: string | null }>(
    `SELECT pg_catalog.to_regclass($1) IS NOT NULL AS exists,
            (SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
              WHERE n.nspname = $2 AND c.relkind = 'r' AND c.relname NOT IN ($3, 'spatial_ref_sys')
              ORDER BY c.relname LIMIT 1) AS table_without_ledger`,
    [table, database.address.schema, tableName],
  );
  const exists = found?.exists ?? false;
  return {
    table,
    exists,
    tableWithoutLedger: exists ? undefined : (found?.table_without_ledger ?? undefined),
    entries: [],
  };
}

interface Row extends LedgerRecord {
  finished: boolean;
  rolled_back: boolean;
  /** A number, since the text of a time depends on the DateStyle that a role or database may have. */
  started_at_ms: number;
  logs: string | null;
}

async function readEntries(database: Database): Promise<LedgerEntry[]> {
  const rows = await database.query<Row>(
    `SELECT id, migration_name AS name, checksum, finished_at IS NOT NULL AS finished,
            rolled_back_at IS NOT NULL AS rolled_back, logs,
            pg_catalog.date_part('epoch', started_at) * 1000 AS started_at_ms
       FROM ${tableOf(database)} ORDER BY started_at, id`,
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    checksum: row.checksum,
    state: row.rolled_back ? "rolled-back" : row.finished ? "applied" : "failed",
    startedAt: new Date(row.started_at_ms),
    logs: row.logs ?? undefined,
  }));
}
