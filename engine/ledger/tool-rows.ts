import type { Queryable } from "../postgres/session/database.ts";
import { quoteName } from "../postgres/text/identifier.ts";
import { attemptRows, attemptTableName } from "./attempt-table.ts";
import { LedgerError } from "./ledger-error.ts";
import { tableWithoutLedger } from "./ledger-schema.ts";
import type { LedgerState } from "./ledger.ts";
import { requireTrusted, untrustedParts } from "./table-trust.ts";
import { foreign } from "../foreign-text.ts";

/** SQL expressions over the columns of a tool's table. */
export interface ToolRow {
  /** The migration's key, as text. */
  key: string;
  /** Its checksum, as text. Default: none. */
  checksum?: string | undefined;
  /** `failed`, `rolled-back` or a term that `interpret` knows; NULL for applied. Default: applied. */
  state?: string | undefined;
  /** Its start, a timestamptz; useful if it can have failed. Default: unknown. */
  startedAt?: string | undefined;
  /** The order of the rows. */
  order: string;
  /** The rows that stand for migrations. Default: all. */
  where?: string | undefined;
}

/** The rows of the tool's table, where most have only a key, and of the attempts next to it. */
export interface ReadRows {
  own: readonly (ReadRow | string)[];
  attempts: readonly ReadRow[];
}

/** The content of a row, without what its table lacks. */
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

/** The table, and its expressions. */
export interface ReadTable {
  table: string;
  schema: string;
  columns: readonly string[];
  /** True if a table with additional columns belongs to another tool. Default: false. */
  isExact?: boolean | undefined;
  row: ToolRow;
}

/** Checks whether the ledger exists, belongs to the tool, and has attempts next to it: one query. */
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
 * Reads the rows of the ledger and of the attempts next to it. One query returns one value for each: a ledger can have
 * ten thousand rows, most of which have only a key and are returned as such.
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

/** A row as JSON: an object, or the bare key if there is nothing else. */
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
    `${name} has the columns ${existing.map((column) => foreign(column)).join(", ")}, but the ledger of this folder's format has ${wanted.join(", ")}: ` +
      `it belongs to another tool, or to another version of this one. Name the format that the database was migrated ` +
      `with, or connect to the schema that holds the ledger.`,
  );
}
