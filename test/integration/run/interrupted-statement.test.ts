import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { connect, ConnectionError, type Database, PlanError } from "../../../engine/index.ts";
import { changeFolder, createFolder } from "../../migration-folder.ts";
import { openSession, openTarget, run, type Target, unfinish, until } from "../target.ts";
import { lacking } from "../../server-version.ts";

const noDetachment = lacking("DETACH PARTITION ... CONCURRENTLY", { before: 14 });

const partitioned = `CREATE TABLE a (b int) PARTITION BY RANGE (b);
CREATE TABLE p PARTITION OF a FOR VALUES FROM (0) TO (10)`;
const detach = "ALTER TABLE a DETACH PARTITION p CONCURRENTLY";

async function partitions(database: Database): Promise<object[]> {
  return database.query(
    "SELECT inhrelid::regclass::text AS name, inhdetachpending AS pending FROM pg_inherits WHERE inhparent = 'a'::regclass",
  );
}

/** A table with a partition, and a folder whose next migration detaches it. */
async function targetWithPartition(
  t: TestContext,
): Promise<Target & { folder: Awaited<ReturnType<typeof createFolder>> }> {
  const target = await openTarget(t);
  const folder = await createFolder(t, { "1_a": partitioned });
  await run(target.database, folder);
  return { ...target, folder: await changeFolder(folder, { "2_d": detach }) };
}

test("a detachment that is interrupted is finished by the next run", { skip: noDetachment }, async (t) => {
  const { connection, database, folder } = await targetWithPartition(t);
  const [writer, next] = [await openSession(t, connection), await openSession(t, connection)];
  await writer.execute("BEGIN; INSERT INTO a VALUES (5)");
  const broken = assert.rejects(run(database, folder), ConnectionError);
  const waiting =
    "FROM pg_stat_activity WHERE query LIKE '%DETACH%' AND wait_event_type = 'Lock' AND datname = current_database()";
  await until(next, `SELECT ${waiting}`);
  await next.query(`SELECT pg_terminate_backend(pid) ${waiting}`);
  await broken;
  await writer.execute("COMMIT");
  assert.deepEqual(await partitions(next), [{ name: "p", pending: true }]);
  assert.equal((await run(next, folder)).applied.length, 1);
  assert.deepEqual(await partitions(next), []);
  assert.deepEqual(await next.query("SELECT b FROM p"), [{ b: 5 }]);
});

test(
  "a detachment that takes too long says what it has left, and the next run finishes it",
  { skip: noDetachment },
  async (t) => {
    const { connection, folder } = await targetWithPartition(t);
    const database = await openSession(t, connection, { statementTimeoutMs: 200 });
    const writer = await openSession(t, connection);
    await writer.execute("BEGIN; INSERT INTO a VALUES (5)");
    const { failed } = await run(database, folder);
    assert.equal(failed?.error?.sqlstate, "57014");
    assert.match(failed.error.hint ?? "", /pending detach, which the next pulumi up finishes/);
    await writer.execute("COMMIT");
    assert.equal((await run(database, folder)).applied.length, 1);
    assert.deepEqual(await partitions(database), []);
  },
);

test("a detachment that an interrupted run has finished is done", { skip: noDetachment }, async (t) => {
  const { database, folder } = await targetWithPartition(t);
  await run(database, folder);
  await unfinish(database, "2_d");
  assert.equal((await run(database, folder)).applied.length, 1);
});

test("a database that an interrupted run has created, or dropped, is done; that of another script is not", async (t) => {
  const { connection, database } = await openTarget(t);
  const name = `${connection.database}_created`;
  t.after(async () => {
    const session = await connect({ ...connection, database: "postgres" });
    await session.execute(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await session.close();
  });
  const folder = await createFolder(t, { "1_d": `CREATE DATABASE ${name}` });
  await run(database, folder);
  await unfinish(database, "1_d");
  assert.equal((await run(database, folder)).applied.length, 1);

  await unfinish(database, "1_d");
  const edited = await changeFolder(folder, { "1_d": `CREATE DATABASE ${name} CONNECTION LIMIT 3` });
  await assert.rejects(run(database, edited), {
    message: /1_d started at \S+ and never finished .*It was interrupted, and its script has changed since/,
  });
  await database.query("UPDATE _prisma_migrations SET rolled_back_at = now() WHERE finished_at IS NULL");

  const dropped = await changeFolder(folder, { "1_d": `DROP DATABASE ${name}` });
  await run(database, dropped);
  await unfinish(database, "1_d");
  assert.equal((await run(database, dropped)).applied.length, 1);
});

test("an index without a name is refused before anything runs", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_a": "CREATE TABLE a (b int)",
    "2_i": "CREATE INDEX CONCURRENTLY ON a (b)",
  });
  await assert.rejects(run(database, folder), (error) => {
    assert.ok(error instanceof PlanError);
    assert.match(error.message, /2_i.migration\.sql:1:1: An index that is built CONCURRENTLY needs a name/);
    return true;
  });
  assert.deepEqual(await database.query("SELECT to_regclass('a')::text AS a"), [{ a: null }]);
});
