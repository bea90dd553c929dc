import { createHash } from "node:crypto";
import pg from "pg";
import { connect } from "../engine/index.ts";
import { type CatalogObject, countRows, readCatalog } from "../engine/postgres/catalog/catalog.ts";
import type { TestDatabase } from "./database.ts";

/** Everything in a database that a run could change, so that two states can be compared. */
export interface DatabaseState {
  catalog: CatalogObject[];
  /** A digest of each table's rows, including the ledger's. */
  rows: Record<string, string>;
}

/** Runs one query as the superuser and returns its rows. */
export async function query<Row extends object>(
  database: TestDatabase,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client(database);
  // A server that stops between two messages would end the process. The next message rejects anyway.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

export async function stateOf(database: TestDatabase): Promise<DatabaseState> {
  const session = await connect(database);
  try {
    const rows: Record<string, string> = {};
    for (const { table } of await countRows(session)) {
      const contents = await session.query<{ row: string }>(
        `SELECT t::text AS row FROM ${table} AS t ORDER BY 1`,
      );
      rows[table] = createHash("sha256").update(JSON.stringify(contents)).digest("hex");
    }
    return { catalog: await readCatalog(session), rows };
  } finally {
    await session.close();
  }
}
