import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import {
  type Database,
  type Folder,
  planRun,
  preflight,
  readFolder,
  rollbackReport,
  type RunResult,
  stepsOf,
  tableExists,
  stepInWords,
} from "../../../engine/index.ts";
import { type DatabaseState, stateOf } from "../../database-state.ts";
import { createFiles, writeFiles } from "../../migration-folder.ts";
import { ledgerRows, openSession, openTarget, run, type Target } from "../target.ts";

const files = {
  "1_a/migration.sql": "CREATE TABLE gifts (id int PRIMARY KEY)",
  "1_a/down.sql": "DROP TABLE gifts",
  "2_b/migration.sql": "ALTER TABLE gifts ADD note text; INSERT INTO gifts VALUES (1, 'x'), (2, 'y')",
  "2_b/down.sql": "ALTER TABLE gifts DROP COLUMN note;\nDELETE FROM gifts;",
  "3_c/migration.sql": "CREATE INDEX CONCURRENTLY i ON gifts (note)",
  "3_c/down.sql": "DROP INDEX CONCURRENTLY i",
};

async function applied(t: TestContext): Promise<Target & { folder: Folder; dir: string }> {
  const target = await openTarget(t);
  const dir = await createFiles(t, files);
  const folder = await readFolder({ dir });
  assert.equal((await run(target.database, folder)).applied.length, 3);
  return { ...target, folder, dir };
}

async function goTo(database: Database, folder: Folder, target: string): Promise<RunResult> {
  return run(database, folder, { plan: await planRun({ database, folder, options: { target } }) });
}

test("a target rolls back what lies above it, newest first, and back again", async (t) => {
  const { connection, database, folder } = await applied(t);
  const plan = await planRun({ database, folder, options: { target: "1_a" } });
  assert.deepEqual(plan.steps.map(stepInWords), ["3_c (rolled back)", "2_b (rolled back)"]);
  const found = await preflight({ connection, folder, planOptions: { target: "1_a" } });
  assert.match(
    rollbackReport(found.plan, found.losses),
    /^2 migrations to be rolled back, to reach 1_a:\n {2}3_c\n {4}DROP INDEX CONCURRENTLY i\n {2}2_b\n.*loses column note of "gifts" \(2 rows\)\n.*loses "gifts" \(2 rows\)/s,
  );

  const result = await goTo(database, folder, "1_a");
  assert.deepEqual(
    result.rolledBack.map(({ name }) => name),
    ["3_c", "2_b"],
  );
  assert.deepEqual(await database.query("SELECT * FROM gifts"), []);
  assert.deepEqual(
    (await ledgerRows(database)).map((row) => [
      row.migration_name,
      row.finished_at !== null,
      row.rolled_back_at !== null,
    ]),
    [
      ["1_a", true, false],
      ["2_b", false, true],
      ["3_c", false, true],
    ],
  );
  const held = await planRun({ database, folder, options: { target: "1_a" } });
  assert.deepEqual([held.steps.map(stepInWords), held.heldBack, held.version], [[], ["2_b", "3_c"], "1_a"]);
  assert.equal((await goTo(database, folder, "3_c")).applied.length, 2);
});

test("a down script that fails, or that violates a check, leaves migration and ledger as they were", async (t) => {
  const { connection, database, dir } = await applied(t);
  await writeFiles(dir, { "2_b/down.sql": "DROP TABLE gifts; SELECT 1/0" });
  const broken = await readFolder({ dir });
  await goTo(database, broken, "2_b");
  const before: DatabaseState = await stateOf(connection);
  const failed = await goTo(database, broken, "1_a");
  assert.deepEqual([failed.failed?.direction, failed.failed?.outcome], ["down", "rolled-back"]);
  assert.match(failed.failed?.file ?? "", /2_b.down\.sql$/);
  assert.deepEqual(failed.failed?.error?.position, { line: 1, column: 19 });
  assert.deepEqual(await stateOf(connection), before);

  await writeFiles(dir, { "2_b/down.sql": "DROP TABLE gifts" });
  const folder = await readFolder({ dir });
  const plan = await planRun({ database, folder, options: { target: "1_a" } });
  const violating = await run(database, folder, { plan, checks: [tableExists("gifts")] });
  assert.equal(violating.failed?.violated.length, 1);
  assert.deepEqual(await stateOf(connection), before);
});

test("without a down script, or with one that could stop half-way, nothing is rolled back", async (t) => {
  const { connection, database, dir } = await applied(t);
  const before = await stateOf(connection);
  await writeFiles(dir, { "3_c/down.sql": "DROP INDEX CONCURRENTLY i;\nDROP TABLE gifts;" });
  await assert.rejects(goTo(database, await readFolder({ dir }), "2_b"), {
    message: /3_c.down\.sql:2:1: A down script must be one transaction, or a single statement/,
  });
  const folder = await readFolder({ dir });
  const migrations = folder.migrations.map((migration) => ({ ...migration, down: undefined }));
  await assert.rejects(goTo(database, { ...folder, migrations }, "2_b"), {
    message: /3_c lies above the target 2_b and has no down script/,
  });
  assert.deepEqual(await stateOf(connection), before);
});

test("nothing is rolled back beneath a migration that is half applied", async (t) => {
  const { connection, database, dir } = await applied(t);
  await writeFiles(dir, {
    "4_d/migration.sql":
      "INSERT INTO gifts VALUES (3, 'x');\nCREATE UNIQUE INDEX CONCURRENTLY u ON gifts (note)",
  });
  const folder = await readFolder({ dir });
  assert.equal((await run(database, folder)).failed?.outcome, "unfinished");
  const before = await stateOf(connection);
  await assert.rejects(goTo(database, folder, "2_b"), {
    message:
      /^Migration 4_d started at \S+ and is unfinished, 1 of its segments are applied, and it lies above the target 2_b, so its effects would stay\. Remove target, .*/,
  });
  assert.deepEqual(await stateOf(connection), before);

  const { startedAt } = stepsOf(await planRun({ database, folder }), "apply")[0]?.interrupted ?? {};
  const resolve = { [`4_d@${startedAt?.toISOString() ?? ""}`]: "rolled-back" } as const;
  const plan = await planRun({ database, folder, options: { target: "2_b", resolve } });
  assert.deepEqual(plan.steps.map(stepInWords), ["4_d (declared rolled-back)", "3_c (rolled back)"]);
});

test("a ledger that takes two statements to say what was rolled back says all of it, or nothing", async (t) => {
  const { database, connection } = await openTarget(t);
  const dir = await createFiles(t, {
    "1_a.up.sql": "CREATE TABLE gifts (id int PRIMARY KEY)",
    "2_b.up.sql": "CREATE INDEX CONCURRENTLY i ON gifts (id)",
    "2_b.down.sql": "DROP INDEX CONCURRENTLY i",
  });
  const folder = await readFolder({ dir });
  await run(database, folder);
  const breakable = await openSession(t, connection);
  // The connection is lost between the DELETE and the INSERT that replace the row of golang-migrate.
  const breaking = Object.create(breakable, {
    query: {
      value: async (sql: string, values?: unknown[]) => {
        if (sql.startsWith('INSERT INTO "public"."schema_migrations"')) breakable.abandon("the test ends it");
        return breakable.query(sql, values);
      },
    },
    execute: { value: breakable.execute.bind(breakable) },
    isLost: { get: () => breakable.isLost },
    address: { value: breakable.address },
    announcedPid: { value: breakable.announcedPid },
    another: { value: () => breakable.another() },
  }) as Database;
  const result = await goTo(breaking, folder, "1_a");
  assert.equal(result.failed, undefined);
  assert.deepEqual(await database.query("SELECT version::int, dirty FROM schema_migrations"), [
    { version: 1, dirty: false },
  ]);
});

test("an index that never was is not taken for dropped, one that an interrupted run dropped is", async (t) => {
  const { database } = await openTarget(t);
  const dir = await createFiles(t, {
    "1_a/migration.sql": "CREATE TABLE a (b int)",
    "2_i/migration.sql": "CREATE INDEX i ON a (b)",
    "2_i/down.sql": "DROP INDEX CONCURRENTLY misspelt",
  });
  const folder = await readFolder({ dir });
  await run(database, folder);
  const { failed } = await goTo(database, folder, "1_a");
  assert.equal(failed?.error?.sqlstate, "42704");
  await database.execute("DROP INDEX i");
  await writeFiles(dir, { "2_i/down.sql": "DROP INDEX CONCURRENTLY i" });
  assert.equal((await goTo(database, await readFolder({ dir }), "1_a")).rolledBack.length, 1);
});
