import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { type Database, LockHeldError, preflight, type RunProgress } from "../../../engine/index.ts";
import { createFolder } from "../../migration-folder.ts";
import { createRole, openSession, openTarget, run, type Target, until } from "../target.ts";

const prismaLock = 72707369;
/** The first migration waits for this lock, so that a test can do something in the meantime. */
const gate = 1;
const build = {
  "1_a": `CREATE TABLE a (b int); SELECT pg_advisory_xact_lock(${gate});`,
  "2_i": "CREATE INDEX CONCURRENTLY i ON a (b)",
};

/** Lets a session wait for the run's lock as soon as the run has it. */
async function waitForTheRun(
  t: TestContext,
  database: Database,
  { target, first }: { target: Target; first?: string },
): Promise<string[]> {
  const [holder, waiter] = [await openSession(t, target.connection), await openSession(t, target.connection)];
  await holder.execute(`SELECT pg_advisory_lock(${gate})`);
  const folder = await createFolder(t, build);
  const events: RunProgress[] = [];
  const running = run(database, folder, {
    onProgress: (event) => events.push(event),
    options: { lockRetryMs: 10_000 },
  });
  await until(holder, `SELECT FROM pg_locks WHERE NOT granted AND objid = ${gate}`);
  // One that has been waiting for long no longer looks whether it is part of a deadlock.
  await waiter.execute(`SET deadlock_timeout = '1h'; ${first ?? ""}`);
  const waiting = waiter.execute(`SELECT pg_advisory_lock(${prismaLock})`).catch(() => "ended");
  await until(holder, `SELECT FROM pg_locks WHERE NOT granted AND objid = ${prismaLock}`);
  await holder.execute(`SELECT pg_advisory_unlock(${gate})`);
  const { failed } = await running;
  const told = events.flatMap((event) => (event.event === "ended-waiters" ? event.waiters : []));
  const outcome = failed === undefined ? [] : [`${failed.error?.message}\n${failed.error?.hint}`];
  if (failed === undefined) assert.equal(await waiting, "ended");
  return [...told.map(({ application, isEnded }) => `${application} ${isEnded}`), ...outcome];
}

test("a tool that waits for the run's lock is ended before CREATE INDEX CONCURRENTLY would wait for it", async (t) => {
  const target = await openTarget(t);
  assert.deepEqual(await waitForTheRun(t, target.database, { target }), ["pulumi-pg-migrations true"]);
});

test("a waiting tool that the role may not end is named, with the statement that ends it", async (t) => {
  const target = await openTarget(t);
  const plain = await createRole(t, target);
  await target.database.execute(`GRANT ALL ON SCHEMA public TO "${plain.user}"`);
  const [told, failure = ""] = await waitForTheRun(t, await openSession(t, plain), { target });
  assert.equal(told, "pulumi-pg-migrations false");
  assert.match(
    failure,
    /^process \d+ \(pulumi-pg-migrations, user postgres\) waits for the lock of this run/,
  );
  assert.match(failure, /This role may not end it\. .*SELECT pg_terminate_backend\(\d+\);/);
});

test("a waiting session that has written something is named and not ended", async (t) => {
  const target = await openTarget(t);
  const first = "CREATE TABLE kept (c int); BEGIN; INSERT INTO kept VALUES (1)";
  const [told, failure = ""] = await waitForTheRun(t, target.database, { target, first });
  assert.equal(told, "pulumi-pg-migrations false");
  assert.match(
    failure,
    /It has written something, so it is not ended here\. Let it finish, or end it \(SELECT/,
  );
});

const unfinished = `CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL,
  finished_at timestamptz, migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0);
  INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('1', 'x', '1_a');`;

test("a migration that another tool is in the middle of is not taken for a failed one: the tool is named", async (t) => {
  const { connection, database } = await openTarget(t);
  await database.execute(`SELECT pg_advisory_lock(${prismaLock}); ${unfinished}`);
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a ()" });
  await assert.rejects(preflight({ connection, folder, runLockWaitMs: 0 }), (error) => {
    assert.ok(error instanceof LockHeldError);
    assert.match(
      error.message,
      /^Another migration run is in progress on this database: process \d+ \(.*started 1_a and has not finished/,
    );
    return true;
  });
});

test("a preflight waits for the tool that is in the middle of a migration", async (t) => {
  const { connection, database } = await openTarget(t);
  await database.execute(`SELECT pg_advisory_lock(${prismaLock}); ${unfinished}`);
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a ()" });
  const looking = preflight({ connection, folder });
  await until(
    database,
    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%pg_locks%'",
  );
  const { checksum } = folder.migrations[0] ?? { checksum: "" };
  await database.query("UPDATE _prisma_migrations SET finished_at = now(), checksum = $1", [checksum]);
  await database.execute(`SELECT pg_advisory_unlock(${prismaLock})`);
  assert.deepEqual((await looking).plan.applied, ["1_a"]);
});
