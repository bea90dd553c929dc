import assert from "node:assert/strict";
import { test } from "node:test";
import { failureReport, type RunProgress } from "../../../engine/index.ts";
import { changeFolder, createFolder } from "../../migration-folder.ts";
import { openSession, openTarget, run } from "../target.ts";

test("who holds the lock is named while the run waits, and when it gives up", async (t) => {
  const { connection, database } = await openTarget(t, { settings: { lockTimeoutMs: 800 } });
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a (b int)" });
  await run(database, folder);
  const application = await openSession(t, connection, { applicationName: "the app" });
  await application.execute("BEGIN; SELECT b AS \"PASSWORD 'x'\" FROM a");
  const events: RunProgress[] = [];
  const changed = await changeFolder(folder, { "2_b": "ALTER TABLE a ADD c int" });
  const result = await run(database, changed, {
    onProgress: (event) => events.push(event),
    options: { lockRetryMs: 0 },
  });
  const { failed } = result;
  assert.equal(failed?.error?.sqlstate, "55P03");
  const holder =
    /held by process \d+ \(the app, user postgres, idle in transaction, transaction since .* UTC\): BEGIN; SELECT b/;
  assert.match(failed.error.hint ?? "", holder);
  assert.match(failureReport({ ...result, failed }), holder);
  const blocked = events.find(({ event }) => event === "blocked");
  assert.ok(
    blocked?.event === "blocked" && blocked.holders[0]?.application === "the app",
    JSON.stringify(events),
  );
});

test("a session that is idle in its transaction is ended where that was asked for, and no other is", async (t) => {
  const { connection, database } = await openTarget(t, { settings: { lockTimeoutMs: 3_000 } });
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a (b int)" });
  await run(database, folder);
  const idle = await openSession(t, connection);
  const waiting = await openSession(t, connection);
  await idle.execute("BEGIN; SELECT * FROM a");
  await waiting.execute("BEGIN; CREATE TABLE other ()");
  const events: RunProgress[] = [];
  const changed = await changeFolder(folder, { "2_b": "ALTER TABLE a ADD c int" });
  const { failed } = await run(database, changed, {
    onProgress: (event) => events.push(event),
    options: { terminateIdleAfterMs: 100 },
  });
  assert.equal(failed, undefined);
  assert.equal(events.filter(({ event }) => event === "terminated").length, 1);
  await assert.rejects(idle.execute("COMMIT"), { name: "ConnectionError" });
  await waiting.execute("COMMIT");
});

test("a long build tells how far it is", async (t) => {
  const { connection, database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_a": "CREATE TABLE a (b int); INSERT INTO a SELECT generate_series(1, 1000)",
  });
  await run(database, folder);
  const writer = await openSession(t, connection);
  await writer.execute("BEGIN; INSERT INTO a VALUES (0)");
  const changed = await changeFolder(folder, { "2_i": "CREATE INDEX CONCURRENTLY i ON a (b)" });
  const phases: string[] = [];
  await run(database, changed, {
    onProgress(event) {
      if (event.event !== "progressing" && event.event !== "blocked") return;
      phases.push(event.event === "progressing" ? (event.progress?.phase ?? "") : event.event);
      void writer.execute("COMMIT").catch(() => undefined);
    },
  });
  assert.ok(phases.length > 0);
});

test("settings of the run's session are those that were asked for", async (t) => {
  const { database } = await openTarget(t, {
    settings: {
      maintenanceWorkMem: "7MB",
      applicationName: "migrator",
      statementTimeoutMs: 5_000,
      idleInTransactionTimeoutMs: 7_000,
    },
  });
  const setting =
    "INSERT INTO found SELECT name, current_setting(name) FROM unnest(ARRAY['maintenance_work_mem', 'application_name', 'statement_timeout', 'idle_in_transaction_session_timeout']) AS name";
  const folder = await createFolder(t, {
    "1_a": "CREATE TABLE found (name text, value text); SET statement_timeout = 0",
    "2_b": setting,
  });
  assert.equal((await run(database, folder)).failed, undefined);
  assert.deepEqual(
    (await database.query<{ value: string }>("SELECT value FROM found ORDER BY name")).map(
      ({ value }) => value,
    ),
    ["migrator", "7s", "7MB", "5s"],
  );
});
