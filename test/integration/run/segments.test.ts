import assert from "node:assert/strict";
import { test } from "node:test";
import { planRun, type RunProgress, stepsOf } from "../../../engine/index.ts";
import { changeFolder, createFolder } from "../../migration-folder.ts";
import { ledgerRows, openSession, openTarget, run, until } from "../target.ts";

const mixed = `CREATE TABLE a (b int);
INSERT INTO a VALUES (1);
CREATE INDEX CONCURRENTLY i ON a (b);
INSERT INTO a VALUES (2);
CREATE INDEX CONCURRENTLY j ON a (b);
`;

test("statements that cannot share a transaction run one after the other, with one row in the ledger", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, { "1_mixed": mixed, "2_next": "INSERT INTO a VALUES (3)" });
  assert.equal((await run(database, folder)).applied.length, 2);
  assert.deepEqual(
    await database.query(
      "SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indrelid = 'a'::regclass ORDER BY 1",
    ),
    [{ name: "i" }, { name: "j" }],
  );
  const [row] = await ledgerRows(database);
  assert.deepEqual([row?.applied_steps_count, row?.logs, row?.rolled_back_at], [1, null, null]);
  assert.ok(row?.finished_at);
});

test("one that fails in the middle is taken up where it stopped, once it is corrected", async (t) => {
  const { database } = await openTarget(t);
  const bad = mixed.replace("VALUES (2)", "VALUES (2), ('x')");
  const folder = await createFolder(t, { "1_mixed": bad });
  const { failed } = await run(database, folder);
  assert.equal(failed?.outcome, "unfinished");
  assert.deepEqual(failed.error?.position, { line: 4, column: 28 });
  assert.match(failed.error.hint ?? "", /The part before line 4 is applied and stays, 2 of 4 segments/);
  const [row] = await ledgerRows(database);
  // Prisma takes it for a failed migration, as it is one.
  assert.deepEqual([row?.finished_at, row?.rolled_back_at, row?.applied_steps_count], [null, null, 2]);

  const unlike = await changeFolder(folder, { "1_mixed": mixed.replace("VALUES (1)", "VALUES (7)") });
  await assert.rejects(run(database, unlike), {
    name: "PlanError",
    message:
      /1_mixed.*never finished.*first 2 segments are applied, but its script no longer begins with them/,
  });
  const corrected = await changeFolder(folder, { "1_mixed": mixed });
  assert.equal(
    stepsOf(await planRun({ database, folder: corrected }), "apply")[0]?.interrupted?.state,
    "failed",
  );
  assert.equal((await run(database, corrected)).failed, undefined);
  assert.deepEqual(await database.query("SELECT b FROM a ORDER BY b"), [{ b: 1 }, { b: 2 }]);
});

test("a half-done attempt is declared undone by its own name, and by no line that was left in", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_m": "CREATE TABLE m (v int); INSERT INTO m VALUES (1)",
    "2_i": "INSERT INTO m VALUES (1);\nCREATE UNIQUE INDEX CONCURRENTLY i ON m (v)",
  });
  assert.equal((await run(database, folder)).failed?.outcome, "unfinished");
  const options = { resolve: { "2_i": "rolled-back" } } as const;
  const left = await planRun({ database, folder, options });
  assert.deepEqual(stepsOf(left, "declare"), []);
  assert.equal((await run(database, folder, { plan: left })).failed?.outcome, "unfinished");
  assert.deepEqual(await database.query("SELECT v FROM m"), [{ v: 1 }, { v: 1 }]);

  await database.execute("DELETE FROM m");
  const begun = (await ledgerRows(database)).at(-1)?.started_at.toISOString() ?? "";
  const attempt = { resolve: { [`2_i@${begun}`]: "rolled-back" } } as const;
  const plan = await planRun({ database, folder, options: attempt });
  assert.deepEqual(
    stepsOf(plan, "declare").map(({ migration, as }) => [migration.name, as]),
    [["2_i", "rolled-back"]],
  );
  assert.equal((await run(database, folder, { plan })).failed, undefined);
  assert.deepEqual(await database.query("SELECT v FROM m"), [{ v: 1 }]);
});

test("a session that ends between two segments loses nothing and does nothing twice", async (t) => {
  const { connection, database } = await openTarget(t);
  const script = mixed.replace(
    "INSERT INTO a VALUES (2);",
    "INSERT INTO a VALUES (2); SELECT pg_sleep(0.5);",
  );
  const folder = await createFolder(t, { "1_mixed": script });
  const running = run(database, folder);
  const other = await openSession(t, connection);
  const sleeps = "FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
  await until(other, `SELECT ${sleeps}`);
  await other.query(`SELECT pg_terminate_backend(pid) ${sleeps}`);
  await assert.rejects(running, { name: "ConnectionError" });
  assert.equal((await run(other, folder)).failed, undefined);
  assert.deepEqual(await other.query("SELECT b FROM a ORDER BY b"), [{ b: 1 }, { b: 2 }]);
});

test("what a script sets holds for the segments after it, and not for the ledger or the next migration", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_a": 'CREATE SCHEMA s; CREATE ROLE "r of segments"; GRANT ALL ON SCHEMA s TO "r of segments"',
    "2_b": `SET search_path = s; SET ROLE "r of segments"; CREATE TABLE a (b int); CREATE INDEX CONCURRENTLY i ON a (b);
            INSERT INTO a SELECT 1 WHERE current_setting('search_path') = 's'`,
    "3_c": "CREATE TABLE c ()",
  });
  t.after(() => undefined);
  const { failed } = await run(database, folder);
  assert.equal(failed, undefined);
  assert.deepEqual(await database.query("SELECT b FROM s.a"), [{ b: 1 }]);
  assert.deepEqual(
    await database.query(
      "SELECT tablename AS name, tableowner = 'r of segments' AS owned FROM pg_tables WHERE tablename IN ('a', 'c') ORDER BY 1",
    ),
    [
      { name: "a", owned: true },
      { name: "c", owned: false },
    ],
  );
  await database.execute('DROP SCHEMA s CASCADE; DROP ROLE "r of segments"');
});

test("an enum value is committed before it is used", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_e": "CREATE TYPE e AS ENUM ('a'); CREATE TABLE a (b e)",
    "2_b": "ALTER TYPE e ADD VALUE 'b'; INSERT INTO a VALUES ('b');",
  });
  assert.equal((await run(database, folder)).failed, undefined);
  assert.deepEqual(await database.query("SELECT b::text FROM a"), [{ b: "b" }]);
});

test("where the user demands it, such statements have to stand alone", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, { "1_mixed": mixed });
  const options = { nonTransactional: "refuse" } as const;
  const plan = await planRun({ database, folder, options });
  await assert.rejects(run(database, folder, { plan }), {
    name: "PlanError",
    message: /1_mixed.migration\.sql:3:1: CREATE INDEX CONCURRENTLY i ON a \(b\) cannot run in a transaction/,
  });
  const alone = await createFolder(t, {
    "1_a": "CREATE TABLE a (b int)",
    "2_i": "CREATE INDEX CONCURRENTLY i ON a (b)",
  });
  const events: RunProgress["event"][] = [];
  const result = await run(database, alone, {
    plan: await planRun({ database, folder: alone, options }),
    onProgress: ({ event }) => events.push(event),
  });
  assert.equal(result.applied.length, 2);
  assert.deepEqual(events, ["started", "applied", "started", "applied"]);
});

test("a value that an enumerated type is given can be used in a script too large to be parsed", async (t) => {
  const { database } = await openTarget(t);
  const insert = `INSERT INTO moods VALUES ('glad'); -- ${"x".repeat(1000)}\n`;
  const folder = await createFolder(t, {
    "1_a": "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE moods (mood mood)",
    "2_b": `ALTER TYPE mood ADD VALUE 'glad';\nINSERT INTO moods VALUES ('sad');\n${insert.repeat(4500)}`,
  });
  assert.equal((await run(database, folder)).failed, undefined);
  assert.deepEqual(await database.query("SELECT mood, count(*)::int FROM moods GROUP BY 1 ORDER BY 1"), [
    { mood: "sad", count: 1 },
    { mood: "glad", count: 4500 },
  ]);
});

test("a ledger that refuses the end of a migration fails the run, which says what was done and what was not", async (t) => {
  const { database } = await openTarget(t);
  const first = { "1_a": "CREATE TABLE a (b int)" };
  await run(database, await createFolder(t, first));
  const folder = await createFolder(t, {
    ...first,
    "2_i": "CREATE INDEX CONCURRENTLY i ON a (b)",
    "3_c": "CREATE TABLE c (b int)",
  });
  await database.execute(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not today'; END $$;
    CREATE TRIGGER refuse BEFORE UPDATE ON _prisma_migrations FOR EACH ROW
      WHEN (new.finished_at IS NOT NULL) EXECUTE FUNCTION refuse()`);
  await assert.rejects(run(database, folder), {
    name: "RunRefusedError",
    sqlstate: "P0001",
    message:
      "The server refused a statement of the run itself: not today (SQLSTATE P0001). " +
      "This run had applied nothing before; 2_i was not completed, and the next run resumes it. " +
      "Check the ledger for a trigger and a missing privilege, and the session for a cancellation; then run pulumi up again.",
  });
  const after = await database.another();
  t.after(() => after.close());
  await after.execute("DROP TRIGGER refuse ON _prisma_migrations");
  assert.deepEqual(
    (await run(after, folder)).applied.map(({ name }) => name),
    ["2_i", "3_c"],
  );
});
