import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { applyRun, connect, type Connection, type Database, planRun, readFolder } from "../engine/index.ts";
import { readCatalog } from "../engine/postgres/catalog/catalog.ts";
import { quoteIdentifier } from "../engine/postgres/text/identifier.ts";
import type { EmbeddedServer } from "./embedded-postgres.ts";
import { databaseName, exampleFolder } from "./quickstart-place.ts";

/** Number of migrations that the sample database has when the story begins; the others are pending. */
const migrationsBefore = 3;

/** The content of a database, in terms that show people whether it has changed. */
export interface Contents {
  /** Rows of each table of the schema, including the ledger. */
  rows: Record<string, number>;
  /** Names in the ledger, in order. */
  ledger: string[];
  /** Number of tables, columns, indexes, constraints and other objects. */
  objects: number;
  /** MD5 over the definition of every object and every row of every table. */
  fingerprint: string;
}

/** Drops the databases of an earlier quickstart on the server, and creates the sample database. */
export async function makeSampleDatabase(server: EmbeddedServer): Promise<void> {
  await withDatabase({ ...server, database: "postgres" }, async (maintenance) => {
    const leftovers = await maintenance.query<{ name: string }>(
      "SELECT datname AS name FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'",
    );
    for (const { name } of leftovers)
      await maintenance.execute(`DROP DATABASE ${quoteIdentifier(name)} WITH (FORCE)`);
    await maintenance.execute(`CREATE DATABASE ${databaseName}`);
  });
  await withSampleDatabase(server, async (database) => {
    const folder = await readFolder({ dir: join(exampleFolder, "migrations") });
    const { steps } = await planRun({ database, folder });
    const { failed } = await applyRun({ database, folder, steps: steps.slice(0, migrationsBefore) });
    if (failed !== undefined) throw new Error(`The sample's migration ${failed.name} cannot be applied.`);
    await database.execute(await readFile(join(exampleFolder, "sample-data.sql"), "utf8"));
  });
}

/** Reads the whole content of the sample database. */
export async function readContents(server: EmbeddedServer): Promise<Contents> {
  return await withSampleDatabase(server, async (database) => {
    const catalog = await readCatalog(database);
    const fingerprint = createHash("md5").update(JSON.stringify(catalog));
    const rows: Contents["rows"] = {};
    for (const table of await tableNames(database)) {
      const found = await database.query<{ row: string }>(
        `SELECT t::text AS row FROM ${quoteIdentifier(table)} AS t ORDER BY 1`,
      );
      fingerprint.update(JSON.stringify([table, found]));
      rows[table] = found.length;
    }
    const ledger = await database.query<{ name: string }>(
      `SELECT migration_name AS name FROM "_prisma_migrations" ORDER BY started_at`,
    );
    return {
      rows,
      ledger: ledger.map(({ name }) => name),
      objects: catalog.length,
      fingerprint: fingerprint.digest("hex"),
    };
  });
}

async function tableNames(database: Database): Promise<string[]> {
  const tables = await database.query<{ tablename: string }>(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  );
  return tables.map(({ tablename }) => tablename);
}

async function withSampleDatabase<Result>(
  server: EmbeddedServer,
  use: (database: Database) => Promise<Result>,
): Promise<Result> {
  return await withDatabase({ ...server, database: databaseName }, use);
}

async function withDatabase<Result>(
  { host, port, user, password, database: name }: Connection,
  use: (database: Database) => Promise<Result>,
): Promise<Result> {
  const database = await connect({ host, port, user, password, database: name });
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}
