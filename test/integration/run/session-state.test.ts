import assert from "node:assert/strict";
import { test } from "node:test";
import { createFolder } from "../../migration-folder.ts";
import { openSession, openTarget, run } from "../target.ts";

const probe = `
CREATE TABLE state AS SELECT current_user::text AS role, session_user::text AS session, current_schema()::text AS schema,
  current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
  current_setting('default_transaction_isolation') AS isolation, current_setting('app.flag', true) AS flag,
  (SELECT count(*)::int FROM pg_cursors WHERE name <> '') AS cursors, (SELECT count(*)::int FROM pg_prepared_statements) AS prepared,
  to_regclass('leftover')::text AS leftover, (SELECT count(*)::int FROM pg_listening_channels()) AS channels;`;

const leftovers = [
  ["an empty search path", "SELECT pg_catalog.set_config('search_path', '', false)"],
  ["a search path for the transaction", "SET LOCAL search_path = pg_catalog"],
  ["another role", "SET ROLE pg_monitor"],
  ["another role for the transaction", "SET LOCAL ROLE pg_monitor"],
  ["another session authorization", "SET SESSION AUTHORIZATION pg_monitor"],
  ["a statement time-out", "SET statement_timeout = '1min'"],
  ["a lock time-out", "SET lock_timeout = '1min'"],
  ["an isolation level", "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE"],
  ["a setting of its own", "SET app.flag = 'x'"],
  ["a temporary table", "CREATE TEMP TABLE leftover (a int); INSERT INTO leftover VALUES (1)"],
  ["a temporary ledger", "CREATE TEMP TABLE _prisma_migrations (a int)"],
  ["a prepared statement", "PREPARE p AS SELECT 1"],
  ["an open cursor", "DECLARE c CURSOR FOR SELECT 1"],
  ["a cursor that outlives the transaction", "DECLARE c CURSOR WITH HOLD FOR SELECT generate_series(1, 9)"],
  [
    "a cursor on a temporary table",
    "CREATE TEMP TABLE leftover (a int); DECLARE c CURSOR FOR SELECT * FROM leftover",
  ],
  ["a channel that it listens to", "LISTEN news"],
  ["deferred constraints", "SET CONSTRAINTS ALL DEFERRED"],
  [
    "everything at once",
    "SET search_path = ''; CREATE TEMP TABLE leftover (); PREPARE p AS SELECT 1; SET statement_timeout = '1min'; SET ROLE pg_monitor",
  ],
] as const;

test("what a script leaves in the session affects neither the bookkeeping nor the next migration", async (t) => {
  const { connection } = await openTarget(t);
  for (const [number, [what, script]] of leftovers.entries())
    await t.test(`after ${what}`, async (t) => {
      const schema = `schema ${number}`;
      const database = await openSession(t, { ...connection, schema }, { lockTimeoutMs: 4321 });
      const result = await run(database, await createFolder(t, { "1_leaves": script, "2_probes": probe }));
      assert.equal(result.failed, undefined);
      assert.deepEqual(await database.query(`SELECT * FROM "${schema}".state`), [
        {
          role: "postgres",
          session: "postgres",
          schema,
          statement: "0",
          lock: "4321ms",
          isolation: "read committed",
          // PostgreSQL knows a setting of a script's own, once set, until the session ends.
          flag: what === "a setting of its own" ? "" : null,
          cursors: 0,
          prepared: 0,
          leftover: null,
          channels: 0,
        },
      ]);
      const rows = await database.query(
        `SELECT applied_steps_count AS steps FROM "${schema}"._prisma_migrations`,
      );
      assert.deepEqual(rows, [{ steps: 1 }, { steps: 1 }]);
    });
});

test("a script that fails leaves the session as it was, too", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_bad": "SET ROLE pg_monitor; SET search_path = ''; SET statement_timeout = '1min'; SELECT 1/0",
  });
  assert.equal((await run(database, folder)).failed?.error?.sqlstate, "22012");
  const [state] = await database.query("SELECT current_user::text AS role, current_schema()::text AS schema");
  assert.deepEqual(state, { role: "postgres", schema: "public" });
});

test("a transaction of the script's own becomes part of the runner's, with its isolation level", async (t) => {
  const { database } = await openTarget(t);
  const result = await run(
    database,
    await createFolder(t, {
      "1_begin":
        "BEGIN ISOLATION LEVEL SERIALIZABLE;\nCREATE TABLE a AS SELECT current_setting('transaction_isolation') AS level;\nCOMMIT;",
      "2_set":
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;\nINSERT INTO a SELECT current_setting('transaction_isolation');",
      "3_twice": "BEGIN; INSERT INTO a VALUES ('3'); COMMIT; BEGIN; INSERT INTO a VALUES ('4'); COMMIT;",
      "4_plain": "INSERT INTO a SELECT current_setting('transaction_isolation');",
    }),
  );
  assert.equal(result.failed, undefined);
  const rows = await database.query<{ level: string }>("SELECT level FROM a");
  assert.deepEqual(
    rows.map(({ level }) => level),
    ["serializable", "repeatable read", "3", "4", "read committed"],
  );
});

test("two blocks of BEGIN and COMMIT in one script are applied together or not at all", async (t) => {
  const { database } = await openTarget(t);
  const script = "BEGIN; CREATE TABLE a (); COMMIT; BEGIN; SELECT 1/0; COMMIT;";
  assert.equal(
    (await run(database, await createFolder(t, { "1_a": script }))).failed?.outcome,
    "rolled-back",
  );
  assert.deepEqual(await database.query("SELECT to_regclass('a')::text AS a"), [{ a: null }]);
});

test("a transaction of a client that has gone without a word does not last", async (t) => {
  const { database } = await openTarget(t);
  const script = "SET idle_in_transaction_session_timeout = 0";
  assert.equal((await run(database, await createFolder(t, { "1_a": script }))).failed, undefined);
  const [setting] = await database.query(
    "SELECT current_setting('idle_in_transaction_session_timeout') AS idle",
  );
  assert.deepEqual(setting, { idle: "1min" });
});
