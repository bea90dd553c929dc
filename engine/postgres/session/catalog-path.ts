import type { Database } from "./database.ts";
import { undoTransaction } from "./transaction.ts";

/**
 * The search path for long queries on the system catalogs, until the transaction ends. Only a superuser can add to it,
 * so names need no schema there. Names of the user's objects are printed qualified.
 */
export const catalogPath = "SET LOCAL search_path = pg_catalog, pg_temp";

/** Runs one query on the system catalogs in a separate read-only transaction, with their search path. */
export async function queryCatalog<Row extends object>(database: Database, query: string): Promise<Row[]> {
  await database.execute(`BEGIN READ ONLY; ${catalogPath}`);
  try {
    return await database.query<Row>(query);
  } finally {
    await undoTransaction(database);
  }
}
