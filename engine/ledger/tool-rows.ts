import type { Queryable } from "../postgres/session/database.ts";
import { quoteName } from "../postgres/text/identifier.ts";
import { attemptRows, attemptTableName } from "./attempt-table.ts";
import { LedgerError } from "./ledger-error.ts";
import { tableWithoutLedger } from "./ledger-schema.ts";
import type { LedgerState } from "./ledger.ts";
import { requireTrusted, untrustedParts } from "./table-trust.ts";
import { foreign } from "../foreign-text.ts";

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

/** The rows that were read: of the tool's table, where most have nothing but their key, and of the attempts beside it. */
export interface ReadRows {
  own: readonly (ReadRow | string)[];
  attempts: readonly ReadRow[];
}

/** What a row says; what its table does not have is left out. */
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
  database: Queryable,
  { table, schema, columns, isExact = false }: ReadTable,
): Promise<{ state: LedgerState; hasAttempts: boolean }> {
  const [name, attempts] = [quoteName([schema, table]), quoteName([schema, attemptTableName])];
  const [found] = await database.query<{
    columns: string[] | null;
    has_attempts: boolean;
    untrusted: string[] | null;
    untrusted_attempts: string[] | null;
    table_without_ledger: string | null;
  }>(
    `SELECT (SELECT pg_catalog.array_agg(attname::pg_catalog.text) FROM pg_catalog.pg_attribute
              WHERE attrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1) AND attnum OPERATOR(pg_catalog.>) 0 AND NOT attisdropped) AS columns,
            pg_catalog.to_regclass($4) IS NOT NULL AS has_attempts,
            ${untrustedParts("pg_catalog.to_regclass($1)")} AS untrusted,
            ${untrustedParts("pg_catalog.to_regclass($4)")} AS untrusted_attempts,
            (${tableWithoutLedger}) AS table_without_ledger`,
    [name, database.address.schema, [table, attemptTableName], attempts],
  );
  requireTrusted(database, name, found?.untrusted);
  requireTrusted(database, attempts, found?.untrusted_attempts);
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
      hasRows: false,
      entries: [],
    },
    hasAttempts: found?.has_attempts ?? false,
  };
}

/**
 * Reads the rows of the ledger, and of the attempts beside it: one query, and one value of each, since a ledger can have
 * ten thousand rows, of which most have nothing but their key, and come as that.
 */
export async function readRows(
  database: Queryable,
  { table, schema, row }: ReadTable,
  hasAttempts: boolean,
): Promise<ReadRows> {
  const { order, where = "true" } = row;
  const attempts = hasAttempts ? attemptRows(quoteName([schema, attemptTableName])) : "NULL";
  const [found] = await database.query<{ own: (ReadRow | string)[] | null; attempts: ReadRow[] | null }>(
    `SELECT (SELECT pg_catalog.json_agg(${entryOf(row)} ORDER BY ${order})
               FROM ${quoteName([schema, table])} WHERE ${where}) AS own, (${attempts}) AS attempts`,
  );
  return { own: found?.own ?? [], attempts: found?.attempts ?? [] };
}

/** A row as JSON: an object, or the key alone where there is nothing else. */
function entryOf({ key, checksum, state, startedAt }: ToolRow): string {
  const milliseconds =
    startedAt &&
    `pg_catalog.date_part('epoch', (${startedAt})::pg_catalog.timestamptz) OPERATOR(pg_catalog.*) 1000`;
  const others = Object.entries({
    state,
    checksum: checksum && `(${checksum})::pg_catalog.text`,
    started_at_ms: milliseconds,
  });
  const given = others.flatMap(([name, expression]) =>
    expression === undefined ? [] : [{ name, expression }],
  );
  if (given.length === 0) return `(${key})::pg_catalog.text`;
  const fields = given.map(({ name, expression }) => `, '${name}', ${expression}`).join("");
  const isPlain = given.map(({ expression }) => `(${expression}) IS NULL`).join(" AND ");
  return `CASE WHEN ${isPlain} THEN pg_catalog.to_json((${key})::pg_catalog.text)
               ELSE pg_catalog.json_build_object('key', (${key})::pg_catalog.text${fields}) END`;
}

function foreignTable(
  name: string,
  { existing, wanted }: { existing: readonly string[]; wanted: readonly string[] },
): LedgerError {
  return new LedgerError(
    "LEDGER_OF_ANOTHER_TOOL",
    `${name} has the columns ${existing.map((column) => foreign(column)).join(", ")}, while the ledger of this folder's format has ${wanted.join(", ")}: ` +
      `it belongs to another tool, or to another version of this one. Name the format that the database was migrated ` +
      `with, or connect to the schema whose ledger it is.`,
  );
}
