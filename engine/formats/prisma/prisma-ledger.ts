import type { Queryable } from "../../postgres/session/database.ts";
import { quoteName } from "../../postgres/text/identifier.ts";
import { progressPrefix } from "../../ledger/recorded-error.ts";
import { createSchema, tableWithoutLedger } from "../../ledger/ledger-schema.ts";
import { requireTrusted, untrustedParts } from "../../ledger/table-trust.ts";
import type { AttemptProgress, Ledger, LedgerEntry, LedgerState } from "../../ledger/ledger.ts";

const tableName = "_prisma_migrations";

/** Prisma Migrate's ledger, with rows as Prisma writes them. */
export const prismaLedger: Ledger = {
  lockKey: () => "72707369",

  mark: { table: tableName, columns: ["id", "migration_name", "finished_at", "rolled_back_at"] },

  tableOf: (schema) => quoteName([schema, tableName]),

  remedy: {
    settle: (name) =>
      `npx prisma migrate resolve --rolled-back "${name}" if nothing of it remains, --applied "${name}" if all of it does`,
    baseline:
      'npx prisma migrate resolve --applied "<name>" for each migration that the database already holds',
  },

  async read(database) {
    const state = await readState(database);
    if (!state.exists) return state;
    const entries = await readEntries(database);
    return { ...state, hasRows: entries.length > 0, entries };
  },

  async create(database) {
    await createSchema(database);
    // Prisma's own definition, so that either tool may have created the table.
    await database.query(`CREATE TABLE ${tableOf(database)} (
      id                  VARCHAR(36) PRIMARY KEY NOT NULL,
      checksum            VARCHAR(64) NOT NULL,
      finished_at         timestamp with time zone,
      migration_name      VARCHAR(255) NOT NULL,
      logs                pg_catalog.text,
      rolled_back_at      timestamp with time zone,
      started_at          timestamp with time zone NOT NULL DEFAULT pg_catalog.now(),
      applied_steps_count INTEGER NOT NULL DEFAULT 0
    )`);
  },

  async apply(database, { id, migration }) {
    await database.query(
      `INSERT INTO ${tableOf(database)} (id, checksum, started_at, finished_at, migration_name, applied_steps_count)
       VALUES ($1, $2, pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(), $3, 1)`,
      [id, migration.checksum, migration.key],
    );
  },

  async revert(database, { migration }) {
    await database.query(
      // Prisma cannot handle a row that is both finished and rolled back.
      `UPDATE ${tableOf(database)} SET rolled_back_at = pg_catalog.clock_timestamp(), finished_at = NULL
        WHERE migration_name OPERATOR(pg_catalog.=) $1 AND rolled_back_at IS NULL`,
      [migration.key],
    );
  },

  // As `prisma migrate resolve --applied` writes it.
  async declareApplied(database, { id, migration }) {
    await prismaLedger.declareRolledBack(database, migration);
    await database.query(
      `INSERT INTO ${tableOf(database)}
              (id, checksum, started_at, finished_at, migration_name, logs, applied_steps_count)
       SELECT $1, $2, at, at, $3, '', 0 FROM pg_catalog.clock_timestamp() AS at`,
      [id, migration.checksum, migration.key],
    );
  },

  // As `prisma migrate resolve --rolled-back` does.
  async declareRolledBack(database, { key }) {
    await database.query(
      `UPDATE ${tableOf(database)} SET rolled_back_at = pg_catalog.clock_timestamp()
        WHERE migration_name OPERATOR(pg_catalog.=) $1 AND finished_at IS NULL AND rolled_back_at IS NULL`,
      [key],
    );
  },

  async begin(database, { id, migration }) {
    await database.query(
      `INSERT INTO ${tableOf(database)} (id, checksum, started_at, migration_name, logs)
       VALUES ($1, $2, pg_catalog.clock_timestamp(), $3, $4)`,
      [id, migration.checksum, migration.key, written(nothingDone)],
    );
  },

  // In an unfinished row, Prisma reads these columns only to show the logs.
  async advance(database, { id }, progress) {
    await database.query(
      `UPDATE ${tableOf(database)} SET applied_steps_count = $2, logs = $3 WHERE id OPERATOR(pg_catalog.=) $1`,
      [id, progress.segments, written(progress)],
    );
  },

  finishReadsRows: false,

  async finish(database, { id, migration }) {
    await database.query(
      `UPDATE ${tableOf(database)}
          SET applied_steps_count = 1, logs = NULL, checksum = $2, finished_at = pg_catalog.clock_timestamp()
        WHERE id OPERATOR(pg_catalog.=) $1`,
      [id, migration.checksum],
    );
    // The script may have removed it.
    await database.query(
      `INSERT INTO ${tableOf(database)} (id, checksum, started_at, finished_at, migration_name, applied_steps_count)
       SELECT $1, $2, pg_catalog.transaction_timestamp(), pg_catalog.clock_timestamp(), $3, 1
        WHERE NOT EXISTS (SELECT FROM ${tableOf(database)} WHERE id OPERATOR(pg_catalog.=) $1)`,
      [id, migration.checksum, migration.key],
    );
  },

  async fail(database, { id }, { logs, undone }) {
    if (undone) {
      await database.query(
        `UPDATE ${tableOf(database)} SET logs = $2, rolled_back_at = pg_catalog.clock_timestamp() WHERE id OPERATOR(pg_catalog.=) $1`,
        [id, logs],
      );
      return undefined;
    }
    const [row] = await database.query<{ at: number }>(
      `UPDATE ${tableOf(database)} SET logs = pg_catalog.concat_ws(E'\\n', logs, $2::pg_catalog.text) WHERE id OPERATOR(pg_catalog.=) $1
       RETURNING pg_catalog.date_part('epoch', started_at) OPERATOR(pg_catalog.*) 1000 AS at`,
      [id, logs],
    );
    return row && new Date(row.at);
  },
};

function tableOf(database: Queryable): string {
  return prismaLedger.tableOf(database.address.schema);
}

async function readState(database: Queryable): Promise<LedgerState> {
  const table = tableOf(database);
  const [found] = await database.query<{
    exists: boolean;
    untrusted: string[] | null;
    table_without_ledger: string | null;
  }>(
    `SELECT pg_catalog.to_regclass($1) IS NOT NULL AS exists, ${untrustedParts("pg_catalog.to_regclass($1)")} AS untrusted,
            (${tableWithoutLedger}) AS table_without_ledger`,
    [table, database.address.schema, [tableName]],
  );
  requireTrusted(database, table, found?.untrusted);
  const exists = found?.exists ?? false;
  return {
    table,
    exists,
    tableWithoutLedger: exists ? undefined : (found?.table_without_ledger ?? undefined),
    hasRows: false,
    entries: [],
  };
}

interface Row {
  key: string;
  checksum: string;
  finished: boolean;
  rolled_back: boolean;
  /** A number, because the text of a time depends on the DateStyle of the role or database. */
  started_at_ms: number;
  logs: string | null;
}

async function readEntries(database: Queryable): Promise<LedgerEntry[]> {
  const rows = await database.query<Row>(
    `SELECT migration_name AS key, checksum, finished_at IS NOT NULL AS finished,
            rolled_back_at IS NOT NULL AS rolled_back, logs,
            pg_catalog.date_part('epoch', started_at) OPERATOR(pg_catalog.*) 1000 AS started_at_ms
       FROM ${tableOf(database)} ORDER BY started_at, id`,
  );
  return rows.map((row) => ({
    key: row.key,
    checksum: row.checksum,
    state: row.rolled_back ? "rolled-back" : row.finished ? "applied" : "failed",
    startedAt: new Date(row.started_at_ms),
    logs: row.logs ?? undefined,
    progress: progressIn(row.logs ?? ""),
  }));
}

const nothingDone: AttemptProgress = { segments: 0, sha256: "0".repeat(64) };

/** Names the package, so that readers of the table or of Prisma's messages recognize it. */
function written({ segments, sha256 }: AttemptProgress): string {
  return `${progressPrefix}${segments} of its segments are applied (${sha256})`;
}

function progressIn(logs: string): AttemptProgress | undefined {
  const [, segments, sha256] =
    /^pulumi-pg-migrations: (\d+) of its segments are applied \(([0-9a-f]{64})\)/.exec(logs) ?? [];
  return sha256 === undefined ? undefined : { segments: Number(segments), sha256 };
}
