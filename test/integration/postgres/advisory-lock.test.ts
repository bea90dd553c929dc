import assert from "node:assert/strict";
import { test } from "node:test";
import { LockHeldError } from "../../../engine/index.ts";
import { withAdvisoryLock } from "../../../engine/postgres/activity/advisory-lock.ts";
import { createRole, openSession, openTarget } from "../target.ts";

const key = "72707369";

test("a second session is told who holds the lock and gets it afterwards", async (t) => {
  const { connection, database } = await openTarget(t);
  const other = await openSession(t, connection);
  const [own] = await database.query<{ pid: number }>(
    "SELECT pg_backend_pid() AS pid, pg_advisory_lock($1)",
    [key],
  );
  const order: string[] = [];
  const onWait = (holder: string): void => {
    order.push(holder);
    void database.query("SELECT pg_advisory_unlock($1)", [key]);
  };
  await withAdvisoryLock(other, { key, waitMs: 10_000, onWait }, () => Promise.resolve(order.push("work")));
  const [holder = "", work] = order;
  assert.match(
    holder,
    new RegExp(`process ${own?.pid ?? ""} \\(pulumi-pg-migrations, user postgres from 127\\.0\\.0\\.1`),
  );
  assert.match(holder, /connected since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
  assert.equal(work, "work");
});

test("a wait that is over ends with an error that names the holder", async (t) => {
  const { connection, database } = await openTarget(t);
  const other = await openSession(t, connection);
  await database.query("SELECT pg_advisory_lock($1)", [key]);
  await assert.rejects(
    withAdvisoryLock(other, { key, waitMs: 0 }, () => Promise.reject(new Error("ran"))),
    (error) => {
      assert.ok(error instanceof LockHeldError);
      assert.equal(error.code, "MIGRATION_LOCK_HELD");
      assert.match(error.message, /pulumi-pg-migrations.*nothing was changed/);
      return true;
    },
  );
});

test("the lock of another database is another lock", async (t) => {
  const [{ database }, second] = [await openTarget(t), await openTarget(t)];
  await withAdvisoryLock(database, { key, waitMs: 0 }, () =>
    withAdvisoryLock(second.database, { key, waitMs: 0 }, () => Promise.resolve()),
  );
});

test("the lock is free again after work that fails", async (t) => {
  const { connection, database } = await openTarget(t);
  const other = await openSession(t, connection);
  const failure = new Error("work");
  await assert.rejects(
    withAdvisoryLock(database, { key, waitMs: 0 }, () => Promise.reject(failure)),
    failure,
  );
  await withAdvisoryLock(other, { key, waitMs: 0 }, () => Promise.resolve());
});

test("a role without privileges is told who holds the lock as well", async (t) => {
  const { connection, database } = await openTarget(t);
  const plain = await openSession(t, await createRole(t, { connection, database }));
  await database.query("SELECT pg_advisory_lock($1)", [key]);
  await assert.rejects(
    withAdvisoryLock(plain, { key, waitMs: 0 }, () => Promise.resolve()),
    (error) => {
      assert.ok(error instanceof LockHeldError);
      assert.match(error.message, /process \d+ \(pulumi-pg-migrations, user postgres\)/);
      return true;
    },
  );
});
