import type { Folder } from "../../engine/index.ts";
import { catalogDifferences, type CatalogObject } from "../../engine/postgres/catalog/catalog.ts";
import { type DatabaseState, query, stateOf } from "../database-state.ts";
import type { TestDatabase } from "../database.ts";
import type { Scenario } from "./scenario.ts";

const ledgers = /\b(_prisma_migrations|schema_migrations|pulumi_pg_migrations_attempts)(_pkey)?\b/;

/** The state of a database without the ledger: the work of the migrations alone. */
export async function stateWithoutLedger(database: TestDatabase): Promise<DatabaseState> {
  const { catalog, rows } = await stateOf(database);
  return {
    catalog: catalog.filter(({ name }) => !ledgers.test(name)),
    rows: Object.fromEntries(Object.entries(rows).filter(([table]) => !ledgers.test(table))),
  };
}

/**
 * The differences of two states. `tolerated` objects are left out, and so are invalid indexes if there are any
 * tolerated ones.
 */
export function differences(expected: DatabaseState, actual: DatabaseState, tolerated?: RegExp): string[] {
  const looked = (catalog: CatalogObject[]): CatalogObject[] =>
    tolerated === undefined
      ? catalog
      : catalog.filter(
          ({ kind, name, definition }) =>
            !(kind === "index" && definition.endsWith(" INVALID")) && !tolerated.test(name),
        );
  const tables = new Set([...Object.keys(expected.rows), ...Object.keys(actual.rows)]);
  return [
    ...catalogDifferences(looked(expected.catalog), looked(actual.catalog)),
    ...[...tables]
      .filter((table) => expected.rows[table] !== actual.rows[table])
      .map((table) => `the rows of ${table} differ`),
  ];
}

/** The content of a ledger, read without the engine, as indexes of the folder's migrations. */
export interface LedgerClaim {
  applied: number[];
  /** The unfinished attempt, and its number of finished segments. */
  attempt: { index: number; segments: number } | undefined;
}

/** Reads the ledger. Throws if it names a migration twice, or an unknown one. */
export async function readClaim(
  database: TestDatabase,
  { format }: Scenario,
  { migrations }: Folder,
): Promise<LedgerClaim> {
  const rows = await ledgerRows(database, format);
  const indexOf = (key: string): number => {
    const index = migrations.findIndex((migration) => migration.key === key);
    if (index < 0) throw new Error(`The ledger names ${key}, which is not in the folder.`);
    return index;
  };
  const attempts = rows.filter(({ segments }) => segments !== null);
  if (attempts.length > 1) throw new Error(`The ledger has ${attempts.length} unfinished attempts.`);
  const keys = rows.filter(({ segments }) => segments === null).map(({ key }) => key);
  const applied = keys.map(indexOf).sort((left, right) => left - right);
  if (new Set(applied).size < applied.length)
    throw new Error(`The ledger has a row twice: ${keys.join(", ")}`);
  const [attempt] = attempts;
  return {
    applied,
    attempt: attempt && { index: indexOf(attempt.key), segments: attempt.segments ?? 0 },
  };
}

interface Row {
  key: string;
  /** Null if it is applied. */
  segments: number | null;
}

async function ledgerRows(database: TestDatabase, format: Scenario["format"]): Promise<Row[]> {
  if (format === "prisma") {
    if (!(await exists(database, "_prisma_migrations"))) return [];
    return query<Row>(
      database,
      `SELECT migration_name AS key, CASE WHEN finished_at IS NULL THEN applied_steps_count END AS segments
         FROM _prisma_migrations WHERE rolled_back_at IS NULL`,
    );
  }
  const attempts = (await exists(database, "pulumi_pg_migrations_attempts"))
    ? await query<Row>(database, "SELECT key, segments FROM pulumi_pg_migrations_attempts")
    : [];
  if (!(await exists(database, "schema_migrations"))) return attempts;
  if (format === "dbmate")
    return [
      ...(await query<Row>(database, "SELECT version AS key, NULL AS segments FROM schema_migrations")),
      ...attempts,
    ];
  const [row] = await query<{ version: number; dirty: boolean }>(
    database,
    "SELECT version::int AS version, dirty FROM schema_migrations",
  );
  const last = (row?.version ?? 0) - (row?.dirty === true ? 1 : 0);
  return [...Array.from({ length: last }, (_, at) => ({ key: String(at + 1), segments: null })), ...attempts];
}

async function exists(database: TestDatabase, table: string): Promise<boolean> {
  return (await query(database, "SELECT WHERE to_regclass('public.' || $1) IS NOT NULL", [table])).length > 0;
}
