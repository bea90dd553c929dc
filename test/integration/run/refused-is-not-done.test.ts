import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../../../engine/index.ts";
import { changeFolder, createFolder } from "../../migration-folder.ts";
import { ledgerRows, openTarget, run, unfinish } from "../target.ts";

test("an index that another migration built is not taken for the refused one", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_a": "CREATE TABLE a(id int, x int); CREATE INDEX ai ON a(x);",
    "2_b": "CREATE TABLE s(id int); CREATE UNIQUE INDEX CONCURRENTLY ai ON s(id);",
  });
  for (const applied of [1, 0, 0]) {
    const result = await run(database, folder);
    assert.equal(result.applied.length, applied);
    assert.equal(result.failed?.error?.message, 'relation "ai" already exists');
  }
  assert.deepEqual(await database.query("SELECT FROM pg_index WHERE indrelid = 's'::regclass"), []);
  const corrected = await changeFolder(folder, {
    "2_b": "CREATE TABLE s(id int); CREATE UNIQUE INDEX CONCURRENTLY si ON s(id);",
  });
  assert.equal((await run(database, corrected)).applied.length, 1);
});

const tables = `CREATE SCHEMA other; CREATE TABLE other.a (b int, c text);
CREATE TABLE a (b int, c text); CREATE TABLE "odd ON Name" (b int);`;
const asked = `CREATE INDEX CONCURRENTLY i ON a (lower(c) DESC, b) INCLUDE (c) WHERE b > 1 AND c <> 'x'`;

for (const [there, isSame] of [
  [
    "CREATE INDEX i ON a USING btree (lower(c) DESC NULLS FIRST, b) INCLUDE (c) WHERE (b > 1) AND c <> 'x'::text",
    true,
  ],
  ["CREATE INDEX i ON a (lower(c), b) INCLUDE (c) WHERE b > 1 AND c <> 'x'", false],
  ["CREATE INDEX i ON a (lower(c) DESC, b) INCLUDE (c) WHERE b > 2 AND c <> 'x'", false],
  ["CREATE INDEX i ON a (lower(c) DESC, b) INCLUDE (c)", false],
  ["CREATE INDEX i ON a (lower(c) DESC, b) WHERE b > 1 AND c <> 'x'", false],
  ["CREATE UNIQUE INDEX i ON a (lower(c) DESC, b) INCLUDE (c) WHERE b > 1 AND c <> 'x'", false],
  ["CREATE INDEX i ON a USING hash (b)", false],
  [`CREATE INDEX i ON "odd ON Name" (b)`, false],
] as const)
  test(`after an interruption, ${there} is ${isSame ? "" : "not "}the index asked for`, async (t) => {
    const { database } = await openTarget(t);
    const folder = await createFolder(t, { "1_t": tables, "2_i": asked });
    await run(database, folder);
    await unfinish(database, "2_i");
    await database.execute(`DROP INDEX i; ${there}`);
    const { applied, failed } = await run(database, folder);
    assert.equal(applied.length, isSame ? 1 : 0);
    assert.equal(failed?.error?.sqlstate, isSame ? undefined : "42P07");
    if (!isSame)
      assert.match(failed?.error?.hint ?? "", /cannot be shown to be, the one that the statement defines/);
    assert.equal((await run(database, folder)).failed?.error?.sqlstate, isSame ? undefined : "42P07");
  });

for (const statement of [
  'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "I x" ON public . "odd ON Name" USING btree (b) -- done',
  "create index concurrently J on A(B)",
  "CREATE INDEX CONCURRENTLY k ON other.a ((a.b)) WITH (fillfactor = 70)",
])
  test(`an interrupted ${statement} that is done is not repeated`, async (t) => {
    const { database } = await openTarget(t);
    const folder = await createFolder(t, { "1_t": tables, "2_i": statement });
    assert.equal((await run(database, folder)).failed, undefined);
    await unfinish(database, "2_i");
    assert.equal((await run(database, folder)).applied.length, 1);
  });

test("an invalid index of the same name on another table is left alone", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_t": "CREATE TABLE a (b int); CREATE TABLE x (b int); INSERT INTO x VALUES (1), (1)",
  });
  await run(database, folder);
  await assert.rejects(database.execute("CREATE UNIQUE INDEX CONCURRENTLY i ON x (b)"));
  const changed = await changeFolder(folder, { "2_i": "CREATE INDEX CONCURRENTLY i ON a (b)" });
  assert.equal((await run(database, changed)).failed?.error?.sqlstate, "42P07");
  assert.equal((await database.query("SELECT FROM pg_index WHERE indrelid = 'x'::regclass")).length, 1);
});

test("a row that another tool left as failed is never resumed", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_a": "CREATE TABLE a (b int)",
    "2_i": "CREATE INDEX CONCURRENTLY i ON a (b)",
  });
  await run(database, folder);
  await database.query(
    "UPDATE _prisma_migrations SET finished_at = NULL, logs = NULL WHERE migration_name = '2_i'",
  );
  await assert.rejects(run(database, folder), {
    name: "PlanError",
    message: /^Migration 2_i .*P3009.*resolve: \{ "2_i"/,
  });
  await database.query(
    "UPDATE _prisma_migrations SET logs = 'E: relation i already exists' WHERE migration_name = '2_i'",
  );
  await assert.rejects(run(database, folder), {
    name: "PlanError",
    message: /P3009\): E: relation i already exists/,
  });
});

test("a database that has another owner is not the one that was asked for", async (t) => {
  const { connection, database } = await openTarget(t);
  const name = `${connection.database}_owned`;
  t.after(async () => {
    const session = await connect({ ...connection, database: "postgres" });
    await session.execute(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await session.execute(`DROP ROLE IF EXISTS ${name}`);
    await session.close();
  });
  await database.execute(`CREATE ROLE ${name}`);
  const folder = await createFolder(t, {
    "1_d": `CREATE DATABASE ${name} OWNER ${name} TEMPLATE template0 ENCODING 'UTF8' CONNECTION LIMIT 3 IS_TEMPLATE = off`,
  });
  await run(database, folder);
  await unfinish(database, "1_d");
  assert.equal((await run(database, folder)).applied.length, 1);
  for (const change of ["OWNER TO CURRENT_USER", "CONNECTION LIMIT 4"]) {
    await database.execute(`ALTER DATABASE ${name} OWNER TO ${name}`);
    await database.execute(`ALTER DATABASE ${name} ${change}`);
    await unfinish(database, "1_d");
    assert.equal((await run(database, folder)).failed?.error?.sqlstate, "42P04", change);
    const rows = await ledgerRows(database);
    assert.ok(
      rows.every((row) => row.finished_at === null),
      change,
    );
    await database.query("UPDATE _prisma_migrations SET rolled_back_at = NULL WHERE logs LIKE 'data%'");
    await database.query("DELETE FROM _prisma_migrations WHERE rolled_back_at IS NOT NULL");
  }
});
