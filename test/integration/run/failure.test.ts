import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import {
  connect,
  ConnectionError,
  type FailedMigration,
  failureReport,
  noDuplicates,
  noOrphans,
  type RunRequest,
} from "../../../engine/index.ts";
import { type DatabaseState, stateOf } from "../../database-state.ts";
import { changeFolder, createFolder } from "../../migration-folder.ts";
import { ledgerRows, openSession, openTarget, run, until } from "../target.ts";

const base = `CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (id int PRIMARY KEY, parent int, CONSTRAINT fk FOREIGN KEY (parent) REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1, 1);`;

/** Applies a base, then a script that must fail; makes sure that it left nothing and that a corrected one is applied. */
async function failing(
  t: TestContext,
  script: string,
  request: Partial<RunRequest> = {},
): Promise<FailedMigration> {
  const { connection, database } = await openTarget(t);
  const folder = await createFolder(t, { "1_base": base });
  await run(database, folder);
  const before: DatabaseState = await stateOf(connection);
  const changed = await changeFolder(folder, { "2_bad": script, "3_next": "CREATE TABLE next ()" });
  const { applied, failed, unapplied } = await run(database, changed, request);
  assert.deepEqual([applied, unapplied], [[], ["2_bad", "3_next"]]);
  assert.deepEqual(await stateOf(connection), before);
  assert.equal(failed?.name, "2_bad");
  assert.equal(failed.outcome, "rolled-back");

  const corrected = await changeFolder(changed, { "2_bad": "CREATE TABLE good ()" });
  assert.equal((await run(database, corrected, request)).applied.length, 2);
  return failed;
}

test("the third statement fails: its line and column are shown, and nothing of the first two remains", async (t) => {
  const { error, file } = await failing(
    t,
    "-- é\nCREATE TABLE a (b int);\r\nINSERT INTO parent VALUES (2);\n  SELECT 'é', nope\nFROM a;\n",
  );
  assert.match(file, /2_bad.migration\.sql$/);
  assert.equal(error?.sqlstate, "42703");
  assert.match(error.message, /column "nope" does not exist/);
  assert.deepEqual(error.position, { line: 4, column: 15 });
  assert.equal(error.excerpt, "4 |   SELECT 'é', nope\n                  ^");
});

test("a row that is there twice: the statement is shown, though the server points nowhere", async (t) => {
  const { error } = await failing(
    t,
    "CREATE TABLE a ();\n\n/* é */ INSERT INTO parent VALUES (2), (1);\nDROP TABLE child;",
  );
  assert.equal(error?.sqlstate, "23505");
  assert.equal(error.detail, "Key (id)=(1) already exists.");
  assert.deepEqual(error.position, { line: 3, column: 9 });
});

test("positions are right behind a BEGIN that was taken out", async (t) => {
  const { error } = await failing(t, "BEGIN /* é🐘 */; SELECT nope;\nCOMMIT;");
  assert.deepEqual(error?.position, { line: 1, column: 24 });
  assert.match(error.excerpt ?? "", /^1 \| BEGIN \/\* é🐘 \*\/; SELECT nope;\n {27}\^$/u);
});

test("an error inside a function comes with its context", async (t) => {
  const { error } = await failing(t, "CREATE TABLE a ();\nDO $$\nBEGIN\n  EXECUTE 'SELECT nope';\nEND $$;");
  assert.equal(error?.sqlstate, "42703");
  assert.match(error.where ?? "", /line 3 at EXECUTE/);
  assert.equal(error.position?.line, 2);
});

test("a deferred constraint is found before COMMIT", async (t) => {
  const { error } = await failing(t, "INSERT INTO child VALUES (2, 99);\nCREATE TABLE a ();");
  assert.equal(error?.sqlstate, "23503");
  assert.match(error.detail ?? "", /99/);
  assert.equal(error.position, undefined);
});

test("a string that is never closed is not closed by what follows the script", async (t) => {
  const { error } = await failing(t, "INSERT INTO parent VALUES (2);\nUPDATE parent SET id = '3 -- ;");
  assert.equal(error?.sqlstate, "42601");
  assert.match(error.message, /unterminated quoted string/);
  assert.deepEqual(error.position, { line: 2, column: 24 });
});

test("a violated check rolls everything back and shows the rows", async (t) => {
  const script = "ALTER TABLE child DROP CONSTRAINT fk; UPDATE child SET parent = 77; CREATE TABLE a ();";
  const { error, violated } = await failing(t, script, {
    checks: [noOrphans("child.parent", "parent.id"), noDuplicates("child.id")],
  });
  assert.equal(error, undefined);
  assert.deepEqual(
    violated.map(({ check, outcome, violations, rows, before }) => ({
      check,
      outcome,
      violations,
      rows,
      before,
    })),
    [
      {
        check: "no orphans in child.parent",
        outcome: "violated",
        violations: 1,
        rows: [{ parent: "77" }],
        before: "holds",
      },
    ],
  );
});

test("a migration that makes a check impossible to evaluate is rolled back", async (t) => {
  const { violated } = await failing(t, "DROP TABLE child", {
    checks: [noOrphans("child.parent", "parent.id")],
  });
  assert.equal(violated[0]?.outcome, "unknown");
  assert.equal(violated[0].error?.sqlstate, "42P01");
});

test("a new enum value that a DO block makes up and uses fails, is gone, and has a remedy", async (t) => {
  const { connection, database } = await openTarget(t);
  const folder = await createFolder(t, { "1_e": "CREATE TYPE e AS ENUM ('a'); CREATE TABLE a (b e)" });
  await run(database, folder);
  const before = await stateOf(connection);
  const add = "ALTER TYPE e ADD VALUE 'bb';";
  const use = "DO $$ BEGIN EXECUTE format('INSERT INTO a VALUES (%L)', repeat('b', 2)); END $$;";
  const result = await run(database, await changeFolder(folder, { "2_b": `${add}\n${use}` }));
  const { failed } = result;
  assert.equal(failed?.error?.sqlstate, "55P04");
  assert.equal(failed.error.position?.line, 2);
  assert.match(
    failureReport({ ...result, failed }),
    /Move ALTER TYPE \.\.\. ADD VALUE into a separate, earlier migration/,
  );
  assert.deepEqual(await stateOf(connection), before);

  const split = await changeFolder(folder, { "2_b": add, "3_c": use });
  assert.equal((await run(database, split)).applied.length, 2);
});

test("a transaction that cannot write leaves nothing", async (t) => {
  const { error } = await failing(t, "BEGIN READ ONLY; SELECT 1; COMMIT;");
  assert.equal(error?.sqlstate, "25006");
});

for (const end of ["", ";", "; -- and that was it"])
  test(`a script that drops the ledger is rolled back, and ${JSON.stringify(end)} ends it`, async (t) => {
    const { error } = await failing(t, `DROP TABLE _prisma_migrations${end}`);
    assert.equal(error?.sqlstate, "42P01");
    assert.equal(error.position, undefined);
  });

test("a script that empties the ledger is recorded all the same", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_a": "CREATE TABLE a ()",
    "2_b": "DELETE FROM _prisma_migrations",
  });
  assert.equal((await run(database, folder)).applied.length, 2);
  assert.deepEqual(
    (await ledgerRows(database)).map(({ migration_name }) => migration_name),
    ["2_b"],
  );
});

test("a first run that fails leaves an empty database empty, without schema and ledger", async (t) => {
  const { connection, database } = await openTarget(t, { schema: "app" });
  const before = await stateOf(connection);
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a (); SELECT 1/0" });
  assert.equal((await run(database, folder)).failed?.error?.sqlstate, "22012");
  assert.deepEqual(await stateOf(connection), before);
});

test("a run whose session is ended in the middle leaves nothing, and the next one goes on", async (t) => {
  const { connection, database } = await openTarget(t);
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a (); SELECT pg_sleep(60)" });
  const other = await openSession(t, connection);
  const before = await stateOf(connection);
  const broken = assert.rejects(run(database, folder), (error) => {
    assert.ok(error instanceof ConnectionError, String(error));
    assert.equal(error.code, "CONNECTION_LOST");
    assert.match(error.message, /terminating connection due to administrator command/);
    assert.match(
      error.message,
      /This run had applied nothing before; 1_a was not completed, and the next run resumes it\.$/,
    );
    return true;
  });
  await until(
    other,
    "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()",
  );
  await other.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()",
  );
  await broken;
  assert.deepEqual(await stateOf(connection), before);

  const next = await connect(connection);
  t.after(() => next.close());
  const corrected = await changeFolder(folder, { "1_a": "CREATE TABLE a ()" });
  assert.equal((await run(next, corrected)).applied.length, 1);
});

test("a run whose session is ended says what it had applied", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_a": "CREATE TABLE a ()",
    "2_b": "",
    "3_c": "SELECT pg_terminate_backend(pg_backend_pid())",
  });
  await assert.rejects(run(database, folder), (error) => {
    assert.ok(error instanceof ConnectionError);
    assert.match(
      error.message,
      /This run had done before: 1_a, 2_b; 3_c was not completed, and the next run resumes it/,
    );
    return true;
  });
});
