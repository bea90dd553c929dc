import assert from "node:assert/strict";
import { test } from "node:test";
import { returnsNoRows } from "../../../engine/index.ts";
import { createFolder } from "../../migration-folder.ts";
import { ledgerRows, openTarget, run } from "../target.ts";

test("a check that uses a value which the migration adds to an enum is evaluated once that is committed", async (t) => {
  const { database } = await openTarget(t);
  const base = {
    "0_a": `CREATE TYPE state AS ENUM ('OPEN'); CREATE TABLE a (s state); INSERT INTO a VALUES ('OPEN')`,
  };
  await run(database, await createFolder(t, base));
  const paid = returnsNoRows("nothing paid", "SELECT s FROM a WHERE s = 'PAID'");
  const added = {
    ...base,
    "1_paid": "ALTER TYPE state ADD VALUE 'PAID'",
    "2_more": "ALTER TABLE a ADD b int",
  };
  const { applied, failed } = await run(database, await createFolder(t, added), { checks: [paid] });
  assert.equal(failed, undefined);
  assert.equal(applied.length, 2);

  const open = returnsNoRows("no gone", "SELECT s FROM a WHERE s <> 'GONE'");
  const violating = { ...added, "3_gone": "ALTER TYPE state ADD VALUE 'GONE'" };
  const result = await run(database, await createFolder(t, violating), { checks: [paid, open] });
  assert.deepEqual(
    [result.failed?.outcome, result.failed?.violated.map(({ check, outcome }) => [check, outcome])],
    ["committed", [["no gone", "violated"]]],
  );
  assert.equal((await ledgerRows(database)).length, 4);
});

test("a migration's own check that uses such a value is, too", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    "0_a": "CREATE TYPE state AS ENUM ('OPEN'); CREATE TABLE a (s state)",
    "1_paid":
      "ALTER TYPE state ADD VALUE 'PAID';\n-- check: nothing paid\n-- SELECT s FROM a WHERE s = 'PAID'\n",
  });
  assert.equal((await run(database, folder)).failed, undefined);
});
