import assert from "node:assert/strict";
import { test } from "node:test";
import { type CheckResult, type Database, runChecks, smoke, tableExists } from "../../../engine/index.ts";
import { stateOf } from "../../database-state.ts";
import { createFolder } from "../../migration-folder.ts";
import { openTarget, run } from "../target.ts";

const schema = `
CREATE TABLE donors (id int PRIMARY KEY);
CREATE TABLE gifts (id serial PRIMARY KEY, donor int REFERENCES donors DEFERRABLE INITIALLY DEFERRED, amount int CHECK (amount > 0));
INSERT INTO donors VALUES (1);`;

const settings = `SELECT pg_catalog.current_setting('search_path') AS path, current_user AS role,
  pg_catalog.current_setting('statement_timeout') AS timeout, pg_catalog.current_setting('transaction_read_only') AS ro`;

const works = smoke(
  "a gift can be given",
  `-- as the application does
   SET ROLE pg_monitor; RESET ROLE; SET search_path = public, pg_temp; SET LOCAL statement_timeout = 5000;
   INSERT INTO gifts (donor, amount) VALUES (2, 5); INSERT INTO donors VALUES (2);
   CREATE TEMP TABLE kept (a int); CREATE TABLE public.made (a int); NOTIFY somebody;
   DO $$ BEGIN UPDATE gifts SET amount = 6; END $$; SELECT * FROM gifts; -- done`,
);

async function resultsOf(
  database: Database,
  insideTransaction: boolean,
  ...sqls: string[]
): Promise<CheckResult[]> {
  const checks = [...sqls.map((sql, at) => smoke(String(at), sql)), tableExists("gifts")];
  const results = await runChecks({ database, checks, insideTransaction });
  assert.equal(results.pop()?.outcome, "holds");
  return results;
}

for (const insideTransaction of [false, true])
  test(`a smoke leaves nothing (${insideTransaction ? "open" : "own"} transaction)`, async (t) => {
    const { connection, database } = await openTarget(t);
    await database.execute(schema);
    const before = [await stateOf(connection), await database.query(settings)];
    if (insideTransaction) await database.execute("BEGIN");
    const [found] = await runChecks({ database, checks: [works], insideTransaction });
    assert.deepEqual([found?.outcome, found?.rows, found?.error], ["holds", [], undefined]);
    const results = await resultsOf(
      database,
      insideTransaction,
      "INSERT INTO donors VALUES (3);\n\n  INSERT INTO donors VALUES (3)",
      "SELECT 1;\n'ä'; SELECT 2;".replace("'ä'", "SELECT 'ä',\n nope"),
      "INSERT INTO gifts (donor, amount) VALUES (9, 1)",
      "SELECT 1;\nSELECT pg_sleep(1/0)",
      "INSERT INTO missing VALUES (1)",
      "DO $$ BEGIN COMMIT; END $$",
    );
    assert.deepEqual(
      results.map(({ outcome, violations, rows: [row] }) => [
        outcome,
        violations,
        row?.["sqlstate"],
        row?.["line"],
      ]),
      [
        ["violated", 1, "23505", "3"],
        ["violated", 1, "42703", "3"],
        ["violated", 1, "23503", null],
        ["violated", 1, "22012", "2"],
        ["violated", 1, "42P01", "1"],
        ["violated", 1, "2D000", "1"],
      ],
    );
    assert.equal(results[4]?.rows[0]?.["error"], 'relation "missing" does not exist');
    if (insideTransaction)
      await database.execute("INSERT INTO donors VALUES (7); COMMIT; DELETE FROM donors WHERE id = 7");
    assert.deepEqual([await stateOf(connection), await database.query(settings)], before);
  });

test("a migration commits after its smoke, and is rolled back where the smoke fails", async (t) => {
  const { connection, database } = await openTarget(t);
  const checks = [works, smoke("late", "INSERT INTO late DEFAULT VALUES")];
  const folder = { "1_base": schema, "2_late": "CREATE TABLE late (a int); SET search_path = pg_catalog" };
  const { applied, failed } = await run(database, await createFolder(t, folder), { checks });
  assert.deepEqual([failed, applied.length], [undefined, 2]);
  const { rows } = await stateOf(connection);
  assert.deepEqual(
    await database.query("SELECT (SELECT count(*)::int FROM gifts) AS gifts, to_regclass('made') AS made"),
    [{ gifts: 0, made: null }],
  );

  const must = "ALTER TABLE gifts ADD must text NOT NULL";
  const result = await run(database, await createFolder(t, { ...folder, "3_must": must }), { checks });
  assert.deepEqual(
    [result.failed?.name, result.failed?.violated.map(({ rows: [row] }) => row)],
    [
      "3_must",
      [
        {
          error: 'null value in column "must" of relation "gifts" violates not-null constraint',
          sqlstate: "23502",
          line: "3",
        },
      ],
    ],
  );
  const mended = await createFolder(t, { ...folder, "3_must": `${must} DEFAULT ''` });
  assert.equal((await run(database, mended, { checks })).failed, undefined);
  assert.equal((await stateOf(connection)).rows["public.donors"], rows["public.donors"]);
});

test("what could leave the transaction is never sent", async (t) => {
  const { database } = await openTarget(t);
  await database.execute(schema);
  const results = await resultsOf(
    database,
    false,
    "COMMIT; DROP TABLE gifts",
    "ROLLBACK TO SAVEPOINT checks; DROP TABLE gifts",
  );
  assert.deepEqual(
    results.map(({ outcome }) => outcome),
    ["unknown", "unknown"],
  );
  assert.equal((await resultsOf(database, false)).length, 0);
});
