import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type RunProgress } from "../../../engine/index.ts";
import { stateOf } from "../../database-state.ts";
import { changeFolder, createFolder } from "../../migration-folder.ts";
import { ledgerRows, openSession, openTarget, run, until } from "../target.ts";
import { startRun } from "./run-process.ts";

const sleeping = "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";

test("two runs at once, of two processes, apply nothing twice", async (t) => {
  const { connection, database } = await openTarget(t);
  const names = Array.from({ length: 20 }, (_, at) => `${at + 10}_m`);
  const folder = await createFolder(
    t,
    Object.fromEntries(names.map((name) => [name, `CREATE TABLE "${name}" (); SELECT pg_sleep(0.01)`])),
  );
  const runs = [startRun(t, { connection, dir: folder.dir }), startRun(t, { connection, dir: folder.dir })];
  const applied = await Promise.all(runs.map((one) => one.applied));
  assert.deepEqual(applied.flat().sort(), names);
  const rows = await ledgerRows(database);
  assert.deepEqual(
    rows.map((row) => row.migration_name),
    names,
  );
  assert.ok(rows.every((row) => row.finished_at !== null && row.applied_steps_count === 1));
});

test("a process that is killed in a transaction leaves nothing, and the next run goes on at once", async (t) => {
  const { connection, database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_a": "CREATE TABLE a ()",
    "2_slow": "CREATE TABLE b (); SELECT pg_sleep(3)",
  });
  const { child, applied } = startRun(t, { connection, dir: folder.dir });
  const killed = assert.rejects(applied, /ended with a signal/);
  await until(database, sleeping);
  const before = await stateOf(connection);
  child.kill("SIGKILL");
  await killed;
  const corrected = await changeFolder(folder, { "2_slow": "CREATE TABLE b ()" });
  const events: RunProgress[] = [];
  const result = await run(database, corrected, { onProgress: (event) => events.push(event) });
  assert.deepEqual(
    result.applied.map(({ name }) => name),
    ["2_slow"],
  );
  assert.equal(
    before.catalog.some(({ name }) => name === "public.b"),
    false,
  );
  assert.deepEqual(
    (await ledgerRows(database)).map((row) => [row.migration_name, row.logs, row.rolled_back_at]),
    [
      ["1_a", null, null],
      ["2_slow", null, null],
    ],
  );
});

test("a process that is killed while it builds an index leaves what the next run finishes", async (t) => {
  const { connection, database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_a": "CREATE TABLE a (b int)",
    "2_i": "CREATE INDEX CONCURRENTLY i ON a (b)",
  });
  const writer = await openSession(t, connection);
  await run(database, { ...folder, migrations: folder.migrations.slice(0, 1) });
  await writer.execute("BEGIN; INSERT INTO a VALUES (1)");
  const { child, applied } = startRun(t, { connection, dir: folder.dir });
  const killed = assert.rejects(applied, /ended with a signal/);
  await until(
    database,
    "SELECT FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONC%' AND wait_event_type = 'Lock'",
  );
  child.kill("SIGKILL");
  await killed;
  // The server goes on with the statement of a client that has gone, until the transaction in its way is over.
  await writer.execute("COMMIT");
  assert.deepEqual(
    (await run(database, folder)).applied.map(({ name }) => name),
    ["2_i"],
  );
  assert.deepEqual(
    await database.query(
      "SELECT indexrelid::regclass::text AS name, indisvalid AS valid FROM pg_index WHERE indrelid = 'a'::regclass",
    ),
    [{ name: "i", valid: true }],
  );
  assert.deepEqual(
    (await ledgerRows(database)).filter((row) => row.finished_at !== null).map((row) => row.migration_name),
    ["1_a", "2_i"],
  );
});

test("a second run is told whom it waits for, and gives up where that takes too long", async (t) => {
  const { connection, database } = await openTarget(t);
  const folder = await createFolder(t, { "1_slow": "SELECT pg_sleep(1)" });
  const other = await openSession(t, connection);
  const { applied } = startRun(t, { connection, dir: folder.dir });
  await until(database, sleeping);
  await assert.rejects(run(other, folder, { options: { runLockWaitMs: 0 } }), {
    code: "MIGRATION_LOCK_HELD",
  });
  const events: RunProgress[] = [];
  const result = await run(database, folder, { onProgress: (event) => events.push(event) });
  assert.deepEqual(result.applied, []);
  assert.deepEqual(await applied, ["1_slow"]);
  assert.equal(events[0]?.event, "waiting");
});

test("a migration gives way to the application and is applied as soon as the lock is free", async (t) => {
  const { connection, database } = await openTarget(t, { settings: { lockTimeoutMs: 50 } });
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a (b int)" });
  await run(database, folder);
  const application = await openSession(t, connection);
  await application.execute("BEGIN; SELECT * FROM a");
  const events: RunProgress[] = [];
  const onProgress = (event: RunProgress): void => {
    events.push(event);
    if (event.event === "retrying") void application.execute("COMMIT");
  };
  const changed = await changeFolder(folder, { "2_b": "CREATE TABLE other (); ALTER TABLE a ADD c int" });
  const { applied, failed } = await run(database, changed, { onProgress });
  assert.equal(failed, undefined);
  assert.equal(applied.length, 1);
  assert.deepEqual(
    events.map(({ event }) => event),
    ["started", "retrying", "applied"],
  );
  assert.equal((await ledgerRows(database)).length, 2);
});

test("a lock that is never free ends in a failure that says so and leaves nothing", async (t) => {
  const { connection, database } = await openTarget(t, { settings: { lockTimeoutMs: 20 } });
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a (b int)" });
  await run(database, folder);
  const application = await openSession(t, connection);
  await application.execute("BEGIN; LOCK TABLE a IN ACCESS SHARE MODE");
  const changed = await changeFolder(folder, { "2_b": "CREATE TABLE other ();\nALTER TABLE a ADD c int" });
  const before = await stateOf(connection);
  const { failed } = await run(database, changed, { options: { lockRetryMs: 0 } });
  assert.equal(failed?.error?.sqlstate, "55P03");
  assert.deepEqual(failed.error.position, { line: 2, column: 1 });
  assert.deepEqual(await stateOf(connection), before);
});

for (const statement of ["VACUUM FULL a", "CLUSTER", "REINDEX SCHEMA public"])
  test(`${statement} gives way to the application as a migration in a transaction does`, async (t) => {
    const { connection, database } = await openTarget(t, { settings: { lockTimeoutMs: 50 } });
    const folder = await createFolder(t, {
      "1_a": "CREATE TABLE a (b int PRIMARY KEY); CLUSTER a USING a_pkey",
    });
    await run(database, folder);
    const application = await openSession(t, connection);
    await application.execute("BEGIN; SELECT * FROM a");
    const events: RunProgress["event"][] = [];
    const onProgress = ({ event }: RunProgress): void => {
      events.push(event);
      if (event === "retrying") void application.execute("COMMIT");
    };
    const changed = await changeFolder(folder, { "2_v": statement });
    const { applied, failed } = await run(database, changed, { onProgress });
    assert.equal(failed, undefined);
    assert.equal(applied.length, 1);
    assert.deepEqual(events, ["started", "retrying", "applied"]);
    assert.deepEqual(
      (await ledgerRows(database)).map((row) => [row.finished_at !== null, row.rolled_back_at !== null]),
      [
        [true, false],
        [true, false],
      ],
    );
  });

test("an index is built CONCURRENTLY however long it has to wait", async (t) => {
  const { connection, database } = await openTarget(t, { settings: { lockTimeoutMs: 50 } });
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a (b int)" });
  await run(database, folder);
  const application = await openSession(t, connection);
  await application.execute("BEGIN; INSERT INTO a VALUES (1)");
  const changed = await changeFolder(folder, { "2_i": "CREATE INDEX CONCURRENTLY i ON a (b)" });
  const running = run(database, changed, { options: { lockRetryMs: 0 } });
  await sleep(300);
  await application.execute("COMMIT");
  assert.equal((await running).failed, undefined);
});
