import assert from "node:assert/strict";
import { test } from "node:test";
import { failureReport, PlanError, preflight } from "../../../engine/index.ts";
import { stateOf } from "../../database-state.ts";
import { createFolder } from "../../migration-folder.ts";
import { openTarget, run } from "../target.ts";

const base = { "0_a": "CREATE TABLE a (b int); INSERT INTO a VALUES (1), (2)" };

test("what a migration says has to hold before it is looked at in its transaction", async (t) => {
  const { connection, database } = await openTarget(t);
  await run(database, await createFolder(t, base));
  const before = await stateOf(connection);
  const folder = await createFolder(t, {
    ...base,
    "1_unique": `-- A unique index.
-- check before: nothing occurs twice
--   SELECT b, count(*) FROM a -- why
--    GROUP BY b HAVING count(*) > 1;

CREATE UNIQUE INDEX i ON a (b);
-- Check: all are positive
-- SELECT b FROM a WHERE b <= 0`,
  });
  await database.execute("INSERT INTO a VALUES (2)");
  const result = await run(database, folder);
  assert.deepEqual(
    [result.failed?.outcome, result.failed?.violated.map(({ check, rows }) => [check, rows])],
    ["rolled-back", [["nothing occurs twice", [{ b: "2", count: "2" }]]]],
  );
  assert.ok(result.failed);
  assert.match(failureReport({ ...result, failed: result.failed }), /nothing occurs twice: 1 violation/);
  await database.execute("DELETE FROM a WHERE ctid = (SELECT max(ctid) FROM a)");
  assert.deepEqual(await stateOf(connection), before);
  assert.equal((await run(database, folder)).failed, undefined);
});

test("what a migration says has to hold after it rolls it back, and is not looked at later", async (t) => {
  const { connection, database } = await openTarget(t);
  await run(database, await createFolder(t, base));
  const before = await stateOf(connection);
  const script = "-- check: none are negative\r\n--\tSELECT b FROM a WHERE b < 0\r\n";
  const folder = await createFolder(t, { ...base, "1_m": `${script}UPDATE a SET b = -b` });
  const { failed } = await run(database, folder);
  assert.deepEqual(
    failed?.violated.map(({ check, violations }) => [check, violations]),
    [["none are negative", 2]],
  );
  assert.deepEqual(await stateOf(connection), before);
  const right = await createFolder(t, { ...base, "1_m": script, "2_later": "UPDATE a SET b = -b" });
  assert.equal((await run(database, right)).failed, undefined);
});

test("a migration that is no transaction is looked at before its first statement and after its last", async (t) => {
  const { database } = await openTarget(t);
  await run(database, await createFolder(t, base));
  const script = (time: string, bound: number): string =>
    `-- check ${time}: few rows\n-- SELECT FROM a HAVING count(*) > ${bound}\nCREATE INDEX CONCURRENTLY i ON a (b);`;
  const unfit = await run(database, await createFolder(t, { ...base, "1_i": script("before", 1) }));
  assert.deepEqual([unfit.failed?.outcome, unfit.failed?.violated.length], ["rolled-back", 1]);
  assert.deepEqual(await database.query("SELECT FROM pg_indexes WHERE indexname = 'i'"), []);
  const done = await run(database, await createFolder(t, { ...base, "1_i": script("after", 1) }));
  assert.deepEqual([done.failed?.outcome, done.failed?.violated.length], ["committed", 1]);
});

test("a check in a migration that cannot be read is told in preview already, with its line", async (t) => {
  const { connection, database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_m":
      "CREATE TABLE x ();\n\n-- check: typo\n-- SELECT FROM WHERE\nSELECT 1;\n-- check before: writes\n-- DELETE FROM x\n",
  });
  for (const attempt of [() => run(database, folder), () => preflight({ connection, folder })])
    await assert.rejects(attempt(), (error) => {
      assert.ok(error instanceof PlanError);
      assert.match(error.message, /migration\.sql:3: check "typo": its SQL cannot be read/);
      assert.match(error.message, /migration\.sql:6: check "writes": its SQL must be a single SELECT/);
      return true;
    });
});

test("a check in a migration that lies across two portions of the file is read as a whole", async (t) => {
  const { database } = await openTarget(t);
  await run(database, await createFolder(t, base));
  const block = "-- check: no negative and no huge\n-- SELECT b FROM a WHERE b < 0\n--   OR b > 1000\n";
  for (const cut of [block.indexOf("-- SELECT"), block.indexOf("--   OR"), block.length]) {
    const filling = `${"-- x".padEnd(63, "x")}\n`.repeat(1000);
    const padding = `--${"y".repeat(65_536 - filling.length - cut - 3)}\n`;
    const script = `${filling}${padding}${block}\nUPDATE a SET b = 5000;`;
    const { failed } = await run(database, await createFolder(t, { ...base, "1_x": script }));
    assert.equal(failed?.violated[0]?.violations, 2, `cut at ${cut}`);
  }
});

test("comments that are no queries are comments", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    ...base,
    "1_x": `-- Check: the index is needed by the nightly job
CREATE INDEX ON a (b);
-- check before: see the runbook
-- and ask the owner of the table
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$
  -- check: balance first
  SELECT 1 $$;`,
  });
  assert.equal((await run(database, folder)).failed, undefined);
});
