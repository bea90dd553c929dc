import assert from "node:assert/strict";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import {
  type Connection,
  type Database,
  returnsNoRows,
  slowerReport,
  watchDatabase,
} from "../../../engine/index.ts";
import { lackOf, usePreloadedServer } from "../../preloaded-server.ts";
import { createRole, openTarget, type Target } from "../target.ts";

const skip = await lackOf("pg_stat_statements");
if (skip === false) usePreloadedServer("pg_stat_statements");

const lookUp = "SELECT count(*) FROM orders WHERE customer = $1";

const extensions = {
  "of this version": "CREATE EXTENSION pg_stat_statements",
  // There the time has another name. An upgrade of the server leaves the extension as it was.
  "as old as PostgreSQL 12": "CREATE EXTENSION pg_stat_statements VERSION '1.7'",
  "in a schema of its own": `CREATE SCHEMA "My stats"; CREATE EXTENSION pg_stat_statements SCHEMA "My stats"`,
};

for (const [which, extension] of Object.entries(extensions))
  test(`statements that take longer are told by an extension ${which}`, { skip }, async (t) => {
    const { connection, database } = await openOrders(t, extension);
    const slower = await slowerDuring(database, connection, () => withoutIndex(database));
    const [{ beforeMs, nowMs, ...told } = { beforeMs: 0, nowMs: 0 }] = slower;
    assert.deepEqual(told, { query: lookUp, calls: 30 });
    assert.ok(beforeMs > 0 && nowMs > 2 * beforeMs, `${beforeMs} ms, ${nowMs} ms`);
    assert.match(
      slowerReport(slower) ?? "",
      /^1 statement slower .*\n {2}\S+ ms instead of \S+ ms, 30 executions: SELECT count/,
    );
  });

const roles = [
  ["a role is told nothing of statements that it may not read", "", []],
  [
    "a role that may read all statistics is told of everybody's statements",
    "IN ROLE pg_read_all_stats",
    [lookUp],
  ],
] as const;

for (const [name, options, told] of roles)
  test(name, { skip }, async (t) => {
    const target = await openOrders(t, extensions["of this version"]);
    const { database } = target;
    const reader = await createRole(t, target, options);
    await database.execute(`GRANT SELECT ON errors TO "${reader.user}"`);
    const slower = await slowerDuring(database, reader, () => withoutIndex(database));
    assert.deepEqual(
      slower.map(({ query }) => query),
      told,
    );
  });

// The last one, as the server cannot keep texts afterwards.
test("a statement whose text the server has lost is told by its number", { skip }, async (t) => {
  const { connection, database } = await openOrders(t, extensions["of this version"]);
  const [{ id, data } = { id: "", data: "" }] = await database.query<{ id: string; data: string }>(
    `SELECT queryid::text AS id, current_setting('data_directory') AS data
       FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
      WHERE query = $1 AND d.datname = current_database()`,
    [lookUp],
  );
  const slower = await slowerDuring(database, connection, async () => {
    await withoutIndex(database);
    // As where the disk fails: the file can be neither read nor written.
    const texts = join(data, "pg_stat_tmp/pgss_query_texts.stat");
    await rm(texts);
    await mkdir(texts);
  });
  assert.deepEqual(
    slower.map(({ query }) => query),
    [`the statement with the queryid ${id}`],
  );
});

/** A database with statistics, and a statement in them that is quick. */
async function openOrders(t: TestContext, extension: string): Promise<Target> {
  const target = await openTarget(t);
  await target.database.execute(extension);
  await target.database.execute(
    `CREATE TABLE errors (message text);
     CREATE TABLE orders AS SELECT n AS customer FROM generate_series(1, 300000) AS n;
     CREATE INDEX orders_customer_idx ON orders (customer)`,
  );
  await target.database.execute("VACUUM ANALYZE orders");
  await lookUpOften(target.database);
  return target;
}

/** What a migration can do to an application. */
async function withoutIndex(database: Database): Promise<void> {
  await database.execute("DROP INDEX orders_customer_idx");
  await lookUpOften(database);
}

async function lookUpOften(database: Database): Promise<void> {
  for (let customer = 1; customer <= 30; customer++) await database.query(lookUp, [customer]);
}

/** What is told by a watch that lasts as long as some work. */
async function slowerDuring(
  database: Database,
  connection: Connection,
  work: () => Promise<void>,
): Promise<Awaited<ReturnType<typeof watchDatabase>>["slower"]> {
  await database.execute("INSERT INTO errors VALUES ('the work is not done')");
  let working: Promise<void> | undefined;
  const { slower } = await watchDatabase({
    ...{ connection, checks: [returnsNoRows("no errors", "SELECT message FROM errors")] },
    ...{ durationMs: 0, intervalMs: 50, tolerated: 999, slowerFactor: 2 },
    onLook: () => {
      working ??= work().finally(() => database.execute("DELETE FROM errors"));
    },
  });
  await working;
  return slower;
}
