import assert from "node:assert/strict";
import { test } from "node:test";
import { preflight } from "../../../engine/index.ts";
import { createFolder } from "../../migration-folder.ts";
import { noPgBouncer, startPgBouncer } from "../../pgbouncer.ts";
import { openSession, openTarget, run } from "../target.ts";

test("a pooler that shares server processes is found out and refused", { skip: noPgBouncer }, async (t) => {
  const { connection } = await openTarget(t);
  const settings = { pool_mode: "transaction", ignore_startup_parameters: "options" };
  const port = await startPgBouncer(t, connection, settings);
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a ()" });
  await assert.rejects(preflight({ connection: { ...connection, port }, folder }), {
    name: "ConnectionError",
    code: "POOLER_SHARES_SESSIONS",
    message: /connection pooler.*PgBouncer's transaction mode.*session mode/s,
  });
});

test("a pooler that refuses a session's settings is explained", { skip: noPgBouncer }, async (t) => {
  const { connection } = await openTarget(t);
  const port = await startPgBouncer(t, connection, { pool_mode: "transaction" });
  await assert.rejects(openSession(t, { ...connection, port }), {
    code: "POOLER_REFUSES",
    message: /unsupported startup parameter.*Point the connection at the PostgreSQL server itself/s,
  });
});

test(
  "a pool in session mode will do, if it hands the session's settings on",
  { skip: noPgBouncer },
  async (t) => {
    const { connection } = await openTarget(t);
    const settings = { pool_mode: "session", ignore_startup_parameters: "options" };
    const port = await startPgBouncer(t, connection, settings);
    const pooled = { ...connection, port };
    const folder = await createFolder(t, { "1_a": "CREATE TABLE a ()" });
    await assert.rejects(preflight({ connection: pooled, folder }), { code: "POOLER_DROPS_SETTINGS" });
    assert.equal((await run(await openSession(t, connection), folder)).applied.length, 1);
  },
);
