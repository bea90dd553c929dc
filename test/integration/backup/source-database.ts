import { randomBytes } from "node:crypto";
import type { TestContext } from "node:test";
import { connect, type Connection, type Database } from "../../../engine/index.ts";
import { quoteIdentifier } from "../../../engine/postgres/text/identifier.ts";
import { openSession, openTarget, type Target } from "../target.ts";

/** A database to copy. */
export interface Source extends Target {
  /** A session on another database of the server, for statements that cannot run inside the source. */
  maintenance: Database;
}

/** A database with a table of three rows and no connections. Its copies are dropped after the test. */
export async function sourceDatabase(
  t: TestContext,
  name = `copied ${randomBytes(4).toString("hex")}`,
): Promise<Source> {
  const { connection, database } = await openTarget(t);
  const maintenance = await openSession(t, { ...connection, database: "postgres" });
  await database.execute(
    `CREATE SCHEMA "Odd.one"; CREATE TABLE "Odd.one".a (b int PRIMARY KEY); INSERT INTO "Odd.one".a VALUES (1), (2), (3);
     CREATE VIEW v AS SELECT 1 AS one; CREATE TABLE empty ()`,
  );
  await database.close();
  await maintenance.execute(`ALTER DATABASE ${connection.database} RENAME TO ${quoteIdentifier(name)}`);
  t.after(async () => {
    const session = await connect({ ...connection, database: "postgres" });
    for (const { datname } of await session.query<{ datname: string }>(
      "SELECT datname FROM pg_database WHERE datname = $1 OR shobj_description(oid, 'pg_database') LIKE $2 OR datname LIKE $3",
      [name, `%${quoteIdentifier(name)}%`, `${name.slice(0, 10)}%`],
    ))
      await session.execute(`DROP DATABASE IF EXISTS ${quoteIdentifier(datname)} WITH (FORCE)`);
    await session.close();
  });
  return { connection: { ...connection, database: name }, database, maintenance };
}

/** The copies of a database that have this package's mark, oldest first. */
export async function copiesOf(maintenance: Database, source: string): Promise<string[]> {
  const rows = await maintenance.query<{ datname: string }>(
    "SELECT datname FROM pg_database WHERE shobj_description(oid, 'pg_database') LIKE $1 ORDER BY datname",
    [`pulumi-pg-migrations: copy % of ${quoteIdentifier(source)} taken %`],
  );
  return rows.map(({ datname }) => datname);
}

export async function valuesIn(connection: Connection): Promise<number[]> {
  const session = await connect(connection);
  const rows = await session.query<{ b: number }>('SELECT b FROM "Odd.one".a ORDER BY b');
  await session.close();
  return rows.map(({ b }) => b);
}
