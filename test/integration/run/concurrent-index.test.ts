import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  ConnectionError,
  type Database,
  noDuplicates,
  planRun,
  returnsNoRows,
  type RunProgress,
} from "../../../engine/index.ts";
import { changeFolder, createFolder } from "../../migration-folder.ts";
import { ledgerRows, openSession, openTarget, run, type Target, until } from "../target.ts";
import type { TestContext } from "node:test";

async function indexes(database: Database): Promise<object[]> {
  return database.query(
    `SELECT indexrelid::regclass::text AS name, indisvalid AS valid FROM pg_index
      WHERE indrelid = 'a'::regclass ORDER BY 1`,
  );
}

async function targetWithTable(
  t: TestContext,
): Promise<Target & { folder: Awaited<ReturnType<typeof createFolder>> }> {
  const target = await openTarget(t);
  const folder = await createFolder(t, {
    "1_a": "CREATE TABLE a (b int); INSERT INTO a VALUES (1), (1), (2)",
  });
  await run(target.database, folder);
  return { ...target, folder };
}

/** Ends the session of a run while its statement waits for an older transaction that has written to `a`. */
async function interrupt(
  t: TestContext,
  connection: Target["connection"],
  { script, work }: { script: string; work: () => Promise<unknown> },
): Promise<void> {
  const [writer, observer] = [await openSession(t, connection), await openSession(t, connection)];
  await writer.execute("BEGIN; INSERT INTO a VALUES (5)");
  const broken = assert.rejects(work(), ConnectionError);
  const waiting =
    "FROM pg_stat_activity WHERE query LIKE $1 AND wait_event_type = 'Lock' AND datname = current_database()";
  await until(observer, `SELECT ${waiting}`, [script]);
  await observer.query(`SELECT pg_terminate_backend(pid) ${waiting}`, [script]);
  await broken;
  await writer.execute("COMMIT");
}

test("an index is built concurrently, and recorded like any migration", async (t) => {
  const { database, folder } = await targetWithTable(t);
  const changed = await changeFolder(folder, {
    "2_i": "-- comments are allowed\nCREATE INDEX CONCURRENTLY i ON a (b);\n-- here, too",
  });
  assert.equal((await run(database, changed)).applied.length, 1);
  assert.deepEqual(await indexes(database), [{ name: "i", valid: true }]);
  const [, row] = await ledgerRows(database);
  assert.deepEqual(
    [row?.migration_name, row?.logs, row?.rolled_back_at, row?.applied_steps_count],
    ["2_i", null, null, 1],
  );
});

test("an index is built concurrently as the first migration of a ledger", async (t) => {
  const { database } = await openTarget(t);
  const result = await run(database, await createFolder(t, { "1_v": "VACUUM", "2_v": "VACUUM (ANALYZE)" }));
  assert.equal(result.applied.length, 2);
  assert.equal((await ledgerRows(database)).length, 2);
});

for (const [what, statement] of [
  ["named", "CREATE UNIQUE INDEX CONCURRENTLY i ON a (b)"],
  ["named IF NOT EXISTS", "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON a (b)"],
] as const)
  test(`duplicates stop a unique index (${what}): no invalid one is left, the row is rolled back, and the fix goes green`, async (t) => {
    const { database, folder } = await targetWithTable(t);
    const changed = await changeFolder(folder, { "2_i": statement });
    const { failed } = await run(database, changed);
    assert.equal(failed?.error?.sqlstate, "23505");
    assert.equal(failed.outcome, "undone");
    assert.deepEqual(failed.error.position, { line: 1, column: 1 });
    assert.deepEqual(await indexes(database), []);
    const [, row] = await ledgerRows(database);
    assert.ok(row?.rolled_back_at);
    assert.equal(row.finished_at, null);
    assert.match(row.logs ?? "", /could not create unique index/);

    await database.execute("DELETE FROM a WHERE ctid = (SELECT min(ctid) FROM a)");
    assert.equal((await run(database, changed)).applied.length, 1);
    assert.equal((await indexes(database)).length, 1);
    assert.deepEqual((await planRun({ database, folder: changed })).failed, []);
  });

test("a build that is interrupted is taken up again by the next run", async (t) => {
  const { connection, database, folder } = await targetWithTable(t);
  const changed = await changeFolder(folder, {
    "2_i": "CREATE INDEX CONCURRENTLY i ON a (b)",
    "3_c": "CREATE TABLE c ()",
  });
  const next = await openSession(t, connection);
  // The build waits for every older transaction, with an index that is not valid yet.
  await interrupt(t, connection, { script: "CREATE INDEX CONC%", work: () => run(database, changed) });
  assert.deepEqual(await indexes(next), [{ name: "i", valid: false }]);

  const plan = await planRun({ database: next, folder: changed });
  assert.deepEqual(
    [plan.failed, plan.pending.map(({ interrupted }) => interrupted?.state)],
    [[], ["failed", undefined]],
  );
  assert.equal((await run(next, changed)).applied.length, 2);
  assert.deepEqual(await indexes(next), [{ name: "i", valid: true }]);
  const rows = (await ledgerRows(next)).map((row) => [
    row.migration_name,
    row.finished_at !== null,
    row.rolled_back_at !== null,
  ]);
  assert.deepEqual(rows, [
    ["1_a", true, false],
    ["2_i", false, true],
    ["2_i", true, false],
    ["3_c", true, false],
  ]);
});

test("a run that died between building and recording finds the index done", async (t) => {
  const { database, folder } = await targetWithTable(t);
  const changed = await changeFolder(folder, { "2_i": "CREATE INDEX CONCURRENTLY i ON a (b)" });
  await run(database, changed);
  await database.query(
    "UPDATE _prisma_migrations SET finished_at = NULL, applied_steps_count = 0 WHERE migration_name = '2_i'",
  );
  const [before] = await database.query("SELECT 'i'::regclass::oid AS oid");
  assert.equal((await run(database, changed)).applied.length, 1);
  assert.deepEqual(await database.query("SELECT 'i'::regclass::oid AS oid"), [before]);
});

test("an index of the same name that an older text of the script built is not taken for the new one", async (t) => {
  const { database, folder } = await targetWithTable(t);
  await run(database, await changeFolder(folder, { "2_i": "CREATE INDEX CONCURRENTLY i ON a (b)" }));
  await database.query(
    "UPDATE _prisma_migrations SET finished_at = NULL, applied_steps_count = 0 WHERE migration_name = '2_i'",
  );
  const edited = await changeFolder(folder, { "2_i": "CREATE INDEX CONCURRENTLY i ON a (b) WHERE b > 1" });
  const { failed } = await run(database, edited);
  assert.equal(failed?.error?.sqlstate, "42P07");
  await database.execute("DROP INDEX i");
  assert.equal((await run(database, edited)).applied.length, 1);
});

test("a drop that is interrupted leaves an invalid index, which the next run drops", async (t) => {
  const { connection, database, folder } = await targetWithTable(t);
  const changed = await changeFolder(folder, {
    "2_i": "CREATE INDEX i ON a (b)",
    "3_i": "DROP INDEX CONCURRENTLY i",
  });
  await run(database, { ...changed, migrations: changed.migrations.slice(0, 2) });
  const next = await openSession(t, connection);
  await interrupt(t, connection, { script: "DROP INDEX CONC%", work: () => run(database, changed) });
  assert.deepEqual(await indexes(next), [{ name: "i", valid: false }]);
  assert.equal((await run(next, changed)).applied.length, 1);
  assert.deepEqual(await indexes(next), []);
});

test("dropping an index that an interrupted run has dropped already is done", async (t) => {
  const { database, folder } = await targetWithTable(t);
  const changed = await changeFolder(folder, {
    "2_i": "CREATE INDEX i ON a (b)",
    "3_i": "DROP INDEX CONCURRENTLY i",
  });
  await run(database, changed);
  await database.query(
    "UPDATE _prisma_migrations SET finished_at = NULL, applied_steps_count = 0 WHERE migration_name = '3_i'",
  );
  assert.equal((await run(database, changed)).applied.length, 1);
  assert.deepEqual(await indexes(database), []);
});

test("a check that does not hold afterwards is told of, though the statement stays applied", async (t) => {
  const { database, folder } = await targetWithTable(t);
  const changed = await changeFolder(folder, {
    "2_i": "CREATE INDEX CONCURRENTLY i ON a (b)",
    "3_c": "CREATE TABLE c ()",
  });
  const { applied, failed, unapplied } = await run(database, changed, {
    checks: [
      returnsNoRows("no index", "SELECT FROM pg_indexes WHERE indexname = 'i'"),
      noDuplicates("a.b", { when: ["inside"] }),
    ],
  });
  assert.equal(failed?.outcome, "committed");
  assert.deepEqual(
    failed.violated.map(({ check }) => check),
    ["no index"],
  );
  assert.deepEqual([applied.map(({ name }) => name), unapplied], [["2_i"], ["3_c"]]);
  assert.ok((await ledgerRows(database)).every((row) => row.finished_at !== null));
});

test("a clean-up that fails is told of beside the failure itself, and the next run does it", async (t) => {
  const { database, folder } = await targetWithTable(t);
  await database.execute(
    `CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not today'; END $$;
     CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('DROP INDEX') EXECUTE FUNCTION refuse()`,
  );
  const changed = await changeFolder(folder, { "2_i": "CREATE UNIQUE INDEX CONCURRENTLY i ON a (b)" });
  const { failed } = await run(database, changed);
  assert.equal(failed?.error?.sqlstate, "23505");
  assert.equal(failed.outcome, "unfinished");
  assert.match(failed.error.hint ?? "", /invalid index is left, which the next pulumi up drops: not today/);
  assert.deepEqual(await indexes(database), [{ name: "i", valid: false }]);
  assert.match((await ledgerRows(database))[1]?.logs ?? "", /could not create unique index/);

  await database.execute("DROP EVENT TRIGGER refuse; DELETE FROM a WHERE ctid = (SELECT min(ctid) FROM a)");
  assert.equal((await run(database, changed)).applied.length, 1);
  assert.deepEqual(await indexes(database), [{ name: "i", valid: true }]);
});

for (const [statement, left] of [
  ["CREATE INDEX CONCURRENTLY i ON a (b)", [{ name: "j", valid: true }]],
  ["REINDEX INDEX CONCURRENTLY j", [{ name: "j", valid: true }]],
] as const)
  test(`${statement} that takes too long is cleaned up without a time-out`, async (t) => {
    const { connection, folder } = await targetWithTable(t);
    const database = await openSession(t, connection, { statementTimeoutMs: 300 });
    const [writer, observer] = [await openSession(t, connection), await openSession(t, connection)];
    await observer.execute("CREATE INDEX j ON a (b)");
    await writer.execute("BEGIN; INSERT INTO a VALUES (5)");
    const changed = await changeFolder(folder, { "2_i": statement });
    const running = run(database, changed);
    await until(
      observer,
      "SELECT FROM pg_stat_activity WHERE query LIKE 'DROP INDEX CONC%' AND datname = current_database()",
    );
    await sleep(400);
    await writer.execute("COMMIT");
    const { failed } = await running;
    assert.equal(failed?.error?.sqlstate, "57014");
    assert.equal(failed.error.hint, undefined);
    assert.deepEqual(await indexes(database), left);
    const { timeout } =
      (
        await database.query<{ timeout: string }>("SELECT current_setting('statement_timeout') AS timeout")
      )[0] ?? {};
    assert.equal(timeout, "300ms");
  });

for (const statement of ["REINDEX INDEX CONCURRENTLY i", "REINDEX (CONCURRENTLY) TABLE a"])
  test(`${statement} that is interrupted leaves a copy, which the next run drops`, async (t) => {
    const { connection, database, folder } = await targetWithTable(t);
    const changed = await changeFolder(folder, { "2_i": "CREATE INDEX i ON a (b)", "3_r": statement });
    await run(database, { ...changed, migrations: changed.migrations.slice(0, 2) });
    const next = await openSession(t, connection);
    await interrupt(t, connection, { script: "REINDEX%", work: () => run(database, changed) });
    assert.deepEqual(await indexes(next), [
      { name: "i", valid: true },
      { name: "i_ccnew", valid: false },
    ]);
    assert.equal((await run(next, changed)).applied.length, 1);
    assert.deepEqual(await indexes(next), [{ name: "i", valid: true }]);
  });

test("a ledger that is locked is waited for, with the name of the migration in the report", async (t) => {
  const { connection, folder } = await targetWithTable(t);
  const database = await openSession(t, connection, { lockTimeoutMs: 50 });
  const other = await openSession(t, connection);
  const changed = await changeFolder(folder, { "2_i": "CREATE INDEX CONCURRENTLY i ON a (b)" });
  const plan = await planRun({ database, folder: changed });
  await other.execute("BEGIN; LOCK TABLE _prisma_migrations IN SHARE MODE");
  const { failed } = await run(database, changed, { plan, options: { lockRetryMs: 0 } });
  assert.deepEqual([failed?.name, failed?.outcome, failed?.error?.sqlstate], ["2_i", "rolled-back", "55P03"]);
  const onProgress = ({ event }: RunProgress): void => {
    if (event === "retrying") void other.execute("COMMIT");
  };
  assert.equal((await run(database, changed, { onProgress })).applied.length, 1);
  assert.equal((await ledgerRows(database)).length, 2);
});
