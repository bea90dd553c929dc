import assert from "node:assert/strict";
import { test } from "node:test";
import {
  preserved,
  queryFasterThan,
  rowCountChange,
  runChecks,
  sumPreserved,
} from "../../../engine/index.ts";
import { createFolder } from "../../migration-folder.ts";
import { openTarget, run } from "../target.ts";

test("what could not be measured before the run holds; what cannot be read at all is unknown", async (t) => {
  const { database } = await openTarget(t);
  const checks = [
    sumPreserved("late.a"),
    preserved("two", "SELECT 1; DROP TABLE late"),
    rowCountChange("late", { where: "true); DROP TABLE late; SELECT (1" }),
    queryFasterThan("write", "SELECT nextval('late_seq')"),
  ];
  await database.execute("CREATE TABLE late (a int); CREATE SEQUENCE late_seq");
  const results = await runChecks({ database, checks });
  assert.deepEqual(
    results.map(({ outcome }) => outcome),
    ["holds", "unknown", "unknown", "unknown"],
  );
  assert.match(results[1]?.error?.message ?? "", /single SELECT/);
  assert.equal(results[3]?.error?.sqlstate, "25006");
});

test("a migration that loses a row or changes a sum is rolled back", async (t) => {
  const { database } = await openTarget(t);
  const base = {
    "1_base": `CREATE TABLE gifts (id bigint PRIMARY KEY, amount numeric(30, 2), note text);
      INSERT INTO gifts VALUES (1, 9007199254740993.01, 'x'), (2, 2.5, 'x'), (3, NULL, NULL)`,
  };
  const checks = [
    sumPreserved("gifts.amount"),
    rowCountChange("gifts"),
    preserved("notes", "SELECT note FROM gifts"),
  ];
  assert.equal((await run(database, await createFolder(t, base), { checks })).failed, undefined);
  for (const [script, ...violated] of [
    ["DELETE FROM gifts WHERE id = 3", "rows of gifts stay", "notes"],
    ["UPDATE gifts SET amount = 7 WHERE id = 3", "sum of gifts.amount preserved"],
    ["DROP TABLE gifts", "sum of gifts.amount preserved", "rows of gifts stay", "notes"],
  ] as const) {
    const { failed } = await run(database, await createFolder(t, { ...base, "2_bad": script, "3_x": "" }), {
      checks,
    });
    assert.deepEqual([failed?.name, failed?.violated.map(({ check }) => check)], ["2_bad", violated]);
    assert.deepEqual(await database.query("SELECT count(*)::int, max(amount) - 7 > 0 AS large FROM gifts"), [
      { count: 3, large: true },
    ]);
  }
  const good = await createFolder(t, {
    ...base,
    "2_good": "ALTER TABLE gifts ALTER id TYPE numeric, ADD b int",
  });
  assert.equal((await run(database, good, { checks })).failed, undefined);
});
