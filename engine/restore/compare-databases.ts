import { catalogDifferences, countRows, readCatalog, type TableRows } from "../postgres/catalog/catalog.ts";
import type { Connection } from "../postgres/session/connection.ts";
import { type Database } from "../postgres/session/database.ts";
import { withDatabase } from "../postgres/session/connect.ts";
import { looksOnly } from "../postgres/session/session-settings.ts";

/** The differences between a restored database and the one in use. */
export interface DatabaseComparison {
  /** Objects that only one of the two has, or whose definitions differ, one line each. */
  objects: string[];
  /** Tables whose row counts differ. */
  tables: TableComparison[];
  /** Number of tables that were counted in both. */
  compared: number;
}

/** The rows of one table, in both. */
export interface TableComparison {
  table: string;
  /** Undefined if the database has no such table. */
  current: number | undefined;
  restored: number | undefined;
}

/** Compares the catalogs and the row counts of two databases, on one server or on two. Changes nothing. */
export async function compareDatabases(databases: {
  /** The database in use. */
  current: Connection;
  restored: Connection;
}): Promise<DatabaseComparison> {
  const [current, restored] = await Promise.all([
    readContents(databases.current),
    readContents(databases.restored),
  ]);
  const counted = rowCounts(current.rows, restored.rows);
  return {
    objects: catalogDifferences(current.catalog, restored.catalog),
    tables: counted.filter((table) => table.current !== table.restored),
    compared: counted.filter((table) => table.current !== undefined && table.restored !== undefined).length,
  };
}

async function readContents(connection: Connection) {
  const contents = async (session: Database) => ({
    catalog: await readCatalog(session),
    rows: await countRows(session),
  });
  return withDatabase(connection, contents, looksOnly);
}

function rowCounts(current: TableRows[], restored: TableRows[]): TableComparison[] {
  const counts = (tables: TableRows[]): Map<string, number> =>
    new Map(tables.map(({ table, rows }) => [table, rows]));
  const [inCurrent, inRestored] = [counts(current), counts(restored)];
  return [...new Set([...inCurrent.keys(), ...inRestored.keys()])]
    .sort()
    .map((table) => ({ table, current: inCurrent.get(table), restored: inRestored.get(table) }));
}
