import type { Database } from "../postgres/database.ts";
import { quoteName } from "../postgres/identifier.ts";
import { attemptRows, attemptTableName } from "./attempt-table.ts";
import { LedgerError } from "./ledger-error.ts";
import { tableWithoutLedger } from "./ledger-schema.ts";
import type { LedgerState } from "./ledger.ts";

/** How a row of a tool's table is read: expressions of SQL over its columns. */
export interface ToolRow {
  /** What the migration is known by, as text. */
  key: string;
  /** Its checksum, as text. Default: it has none. */
  checksum?: string | undefined;
  /** `failed`, `rolled-back` or a word that `interpret` knows; NULL for applied. Default: applied. */
  state?: string | undefined;
  /** When it was begun, a timestamptz; of use where it can have failed. Default: nothing is said of it. */
  startedAt?: string | undefined;
  /** By what rows are ordered. */
  order: string;
  /** Which rows are of migrations. Default: all. */
  where?: string | undefined;
}

/** A row that was read, of the tool's table or of an attempt; what the tool's table does not have is left out. */
export interface ReadRow {
  key: string;
  /** Default: applied. */
  state?: string | null;
  checksum?: string | null;
  started_at_ms?: number | null;
  logs?: string | null;
  segments?: number | null;
  sha256?: string | null;
}

/** Which table is read, and how. */
export interface ReadTable {
  table: string;
  schema: string;
  columns: readonly string[];
  /** Whether a table with further columns is another tool's. Default: false. */
  isExact?: boolean | undefined;
  row: ToolRow;
}

/** Looks whether the ledger is there, is the tool's, and has attempts beside it: one query. */
export async function readToolState(
  database: Database,
  { table, schema, columns, isExact = false }: ReadTable,
): Promise<{ state: LedgerState; hasAttempts: boolean }> {
  const name = quoteName([schema, table]);
  const [found] = await database.query<{
    columns: string[] | null;
    has_attempts: boolean;
    table_without_ledger: string | null;
  }>(
    `SELECT (SELECT pg_catalog.array_agg(attname::text) FROM pg_catalog.pg_attribute
              WHERE attrelid = pg_catalog.to_regclass($1) AND attnum > 0 AND NOT attisdropped) AS columns,
            pg_catalog.to_regclass($4) IS NOT NULL AS has_attempts,
            (${tableWithoutLedger}) AS table_without_ledger`,
    [name, database.address.schema, [table, attemptTableName], quoteName([schema, attemptTableName])],
  );
  const existing = found?.columns ?? undefined;
  const isOther =
    existing !== undefined &&
    (!columns.every((column) => existing.includes(column)) || (isExact && existing.length > columns.length));
  if (isOther) throw foreignTable(name, { existing, wanted: columns });
  const exists = existing !== undefined;
  return {
    state: {
      table: name,
      exists,
      tableWithoutLedger: exists ? undefined : (found?.table_without_ledger ?? undefined),
      entries: [],
    },
    hasAttempts: found?.has_attempts ?? false,
  };
}

/**
 * Reads the rows of the ledger, and of the attempts beside it: one query, and one value, since a ledger can have ten
 * thousand rows, of which most have nothing but their key.
 */
export async function readRows(
  database: Database,
  { table, schema, row }: ReadTable,
  hasAttempts: boolean,
): Promise<ReadRow[]> {
  const { key, checksum, state, startedAt, order, where = "true" } = row;
  const milliseconds = startedAt && `pg_catalog.date_part('epoch', (${startedAt})::timestamptz) * 1000`;
  const columns = Object.entries({
    ...{
      key: `(${key})::text`,
      state: state && `(${state})::text`,
      checksum: checksum && `(${checksum})::text`,
    },
    ...{ started_at_ms: milliseconds, logs: undefined, segments: undefined, sha256: undefined },
  }).filter(([, expression]) => hasAttempts || expression !== undefined);
  const own = columns.map(([name, expression]) => `${expression ?? "NULL"} AS ${name}`);
  const attempts = hasAttempts ? `UNION ALL ${attemptRows(quoteName([schema, attemptTableName]))}` : "";
  const fields = columns.map(([name]) => `'${name}', ${name}`);
  const others = columns.slice(1).map(([name]) => name);
  const whole = `pg_catalog.json_build_object(${fields.join(", ")})`;
  const entry =
    others.length === 0
      ? "key"
      : `CASE WHEN pg_catalog.num_nonnulls(${others.join(", ")}) = 0 THEN pg_catalog.to_json(key) ELSE ${whole} END`;
  const [found] = await database.query<{ rows: (ReadRow | string)[] | null }>(
    `SELECT pg_catalog.json_agg(${entry} ORDER BY place) AS rows
       FROM (SELECT ${own.join(", ")}, pg_catalog.row_number() OVER (ORDER BY ${order}) AS place
               FROM ${quoteName([schema, table])} WHERE ${where} ${attempts}) AS entries`,
  );
  return (found?.rows ?? []).map((one) => (typeof one === "string" ? { key: one } : one));
}

function foreignTable(
  name: string,
  { existing, wanted }: { existing: readonly string[]; wanted: readonly string[] },
): LedgerError {
  return new LedgerError(
    "LEDGER_OF_ANOTHER_TOOL",
    `${name} has the columns ${existing.join(", ")}, while the ledger of this folder's format has ${wanted.join(", ")}: ` +
      `it belongs to another tool, or to another version of this one. Name the format that the database was migrated ` +
      `with, or connect to the schema whose ledger it is.`,
  );
}
