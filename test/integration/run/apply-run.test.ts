import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { PlanError, planRun, readFolder, type RunProgress, stepsOf } from "../../../engine/index.ts";
import { stateOf } from "../../database-state.ts";
import { changeFolder, createFolder } from "../../migration-folder.ts";
import { ledgerRows, openSession, openTarget, run } from "../target.ts";

test("migrations are applied in order, and the ledger's rows are those that Prisma writes", async (t) => {
  const { database } = await openTarget(t);
  const scripts = {
    "1_a": "CREATE TABLE a (b int);\r\n",
    "2_b": "\uFEFFALTER TABLE a ADD c int;",
    "3_c": "-- nothing yet\n",
    "4_d": "",
  };
  const folder = await createFolder(t, scripts);
  const progress: RunProgress[] = [];
  const before = Date.now();
  const result = await run(database, folder, { onProgress: (event) => progress.push(event) });
  const after = Date.now();

  const names = Object.keys(scripts);
  assert.deepEqual(
    result.applied.map(({ name }) => name),
    names,
  );
  assert.deepEqual([result.failed, result.unapplied], [undefined, []]);
  assert.deepEqual(
    progress.map((event) => [event.event, "number" in event && event.number, "of" in event && event.of]),
    names.flatMap((_, at) => [
      ["started", at + 1, 4],
      ["applied", at + 1, 4],
    ]),
  );
  const rows = await ledgerRows(database);
  assert.deepEqual(
    rows.map((row) => row.migration_name),
    names,
  );
  for (const row of rows) {
    const script = scripts[row.migration_name as keyof typeof scripts];
    assert.match(row.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(row.checksum, createHash("sha256").update(script).digest("hex"));
    assert.ok(row.finished_at !== null && row.finished_at >= row.started_at);
    // The server's clock is that of this machine; a second is granted for its rounding.
    assert.ok(row.started_at.getTime() > before - 1000 && row.finished_at.getTime() < after + 1000);
    assert.deepEqual([row.logs, row.rolled_back_at, row.applied_steps_count], [null, null, 1]);
  }
});

test("the ledger table is the one that Prisma creates", async (t) => {
  const { database } = await openTarget(t);
  await run(database, await createFolder(t, { "1_a": "" }));
  const columns = await database.query(
    `SELECT column_name AS name, udt_name AS type, character_maximum_length AS length, is_nullable AS nullable, column_default AS "default"
       FROM information_schema.columns WHERE table_name = '_prisma_migrations' ORDER BY ordinal_position`,
  );
  const column = (name: string, type: string, options: object = {}) => ({
    name,
    type,
    length: null,
    nullable: "NO",
    default: null,
    ...options,
  });
  assert.deepEqual(columns, [
    column("id", "varchar", { length: 36 }),
    column("checksum", "varchar", { length: 64 }),
    column("finished_at", "timestamptz", { nullable: "YES" }),
    column("migration_name", "varchar", { length: 255 }),
    column("logs", "text", { nullable: "YES" }),
    column("rolled_back_at", "timestamptz", { nullable: "YES" }),
    column("started_at", "timestamptz", { default: "now()" }),
    column("applied_steps_count", "int4", { default: "0" }),
  ]);
});

const nothingDone = {
  declared: [],
  rolledBack: [],
  applied: [],
  failed: undefined,
  unapplied: [],
  held: [],
  warnings: [],
};

test("a run that has nothing to do changes nothing", async (t) => {
  const { connection, database } = await openTarget(t);
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a ()" });
  await run(database, folder);
  const before = await stateOf(connection);
  assert.deepEqual(await run(database, folder), nothingDone);
  assert.deepEqual(await stateOf(connection), before);
});

test("planning costs two queries: for the ledger and its rows, or whether another schema has one", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, { "1_a": "" });
  const queries: string[] = [];
  const counting: typeof database = Object.create(database, {
    address: { value: database.address },
    query: { value: (sql: string, values?: unknown[]) => (queries.push(sql), database.query(sql, values)) },
    execute: { value: () => assert.fail("a plan executes no script") },
  }) as typeof database;
  await planRun({ database: counting, folder });
  assert.equal(queries.length, 2);
  await run(database, folder);
  assert.deepEqual(stepsOf(await planRun({ database: counting, folder }), "apply"), []);
  assert.equal(queries.length, 4);
});

test("what was applied between planning and running is left out", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a ()" });
  const plan = await planRun({ database, folder });
  await run(database, folder);
  const result = await run(database, await changeFolder(folder, { "2_b": "CREATE TABLE b ()" }), { plan });
  assert.deepEqual(result, nothingDone);
});

test("a plan that was made of the folder before it was read once more is run all the same", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a (b int)" });
  const plan = await planRun({ database, folder: await readFolder(folder) });
  assert.equal((await run(database, folder, { plan })).applied.length, 1);
});

test("a failed row of Prisma's stands in the way, and is named with its log and the way out", async (t) => {
  const { connection, database } = await openTarget(t);
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a ()", "2_b": "" });
  await run(database, folder);
  await database.query(
    "UPDATE _prisma_migrations SET finished_at = NULL, logs = E'it broke\\nbadly' WHERE migration_name = '1_a'",
  );
  const before = await stateOf(connection);
  await assert.rejects(run(database, await changeFolder(folder, { "3_c": "CREATE TABLE c ()" })), (error) => {
    assert.ok(error instanceof PlanError);
    assert.equal(error.code, "PLAN_UNSOUND");
    assert.match(error.message, /1_a started at .*P3009.*it broke\. .*resolve: \{ "1_a": "rolled-back" \}/);
    return true;
  });
  assert.deepEqual(await stateOf(connection), before);
});

test("the ledger is read right whatever DateStyle the database has", async (t) => {
  const { connection, database } = await openTarget(t);
  const folder = await createFolder(t, { "1_a": "" });
  await run(database, folder);
  await database.execute(
    `UPDATE _prisma_migrations SET started_at = '2026-02-01T10:00:00.123Z', finished_at = NULL;
     ALTER DATABASE ${connection.database} SET datestyle = 'German'`,
  );
  const [failed] = (await planRun({ database: await openSession(t, connection), folder })).failed;
  assert.equal(failed?.startedAt?.toISOString(), "2026-02-01T10:00:00.123Z");
});

test("a schema that holds tables and no ledger is not taken for an empty one", async (t) => {
  const { database } = await openTarget(t);
  await database.execute('CREATE TABLE "Gifts" (); CREATE VIEW v AS SELECT 1');
  await assert.rejects(run(database, await createFolder(t, { "1_a": "" })), (error) => {
    assert.ok(error instanceof PlanError);
    assert.match(error.message, /Gifts is one.*P3005.*baseline: "<name>"/s);
    return true;
  });
});

test("views, sequences, tables of other schemas and of extensions leave a schema empty", async (t) => {
  const { database } = await openTarget(t);
  await database.execute(
    "CREATE VIEW v AS SELECT 1; CREATE SEQUENCE s; CREATE SCHEMA other; CREATE TABLE other.t ();" +
      "CREATE TABLE spatial_ref_sys (); ALTER EXTENSION plpgsql ADD TABLE spatial_ref_sys",
  );
  assert.equal((await run(database, await createFolder(t, { "1_a": "" }))).applied.length, 1);
});

test("everything that makes a folder unsound is named at once, and nothing is applied", async (t) => {
  const { connection, database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_good": "CREATE TABLE a ()",
    "2_syntax": "SELECT 1;\nSELEC 2",
    "3_nul": "\0",
    "4_latin": Buffer.from([0xe9]),
    "5_mixed": "BEGIN; CREATE TABLE x (); VACUUM; COMMIT",
  });
  const before = await stateOf(connection);
  const incomplete = [{ name: "6_none", file: "6_none/migration.sql" }];
  await assert.rejects(run(database, { ...folder, incomplete }), (error) => {
    assert.ok(error instanceof PlanError);
    for (const part of [
      "2_syntax/migration.sql:2:1: syntax error",
      "3_nul",
      "4_latin",
      "5_mixed",
      "6_none/migration.sql does not exist",
    ])
      assert.ok(error.message.includes(part), part);
    return true;
  });
  assert.deepEqual(await stateOf(connection), before);
});

test("tables and ledger go to the schema of the connection, which is created, whatever it is called", async (t) => {
  const { connection } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_a": "CREATE TABLE a (); SET search_path = ''",
    "2_b": "ALTER TABLE a ADD b int; CREATE INDEX i ON a (b)",
    "3_c": "CREATE INDEX CONCURRENTLY j ON a (b)",
  });
  for (const schema of ["app", "Up.per", 'quo"te', "two words", "back\\slash", "日本語"]) {
    const database = await openSession(t, { ...connection, schema });
    assert.equal((await run(database, folder)).applied.length, 3, schema);
    const next = await openSession(t, { ...connection, schema });
    const tables = await next.query(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = $1 ORDER BY 1",
      [schema],
    );
    assert.deepEqual(tables, [{ name: "_prisma_migrations" }, { name: "a" }]);
    assert.deepEqual(stepsOf(await planRun({ database: next, folder }), "apply"), []);
    assert.deepEqual(await next.query("SELECT FROM pg_tables WHERE schemaname = 'public'"), []);
  }
});
