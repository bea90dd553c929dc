import assert from "node:assert/strict";
import { test } from "node:test";
import {
  exactlyOne,
  noDuplicates,
  noOrphans,
  returnsNoRows,
  runChecks,
  tableExists,
} from "../../../engine/index.ts";
import { openGifts } from "./gifts-database.ts";

test("checks on PostgreSQL", async (t) => {
  const { database } = await openGifts(t);

  for (const [check, sqlstate] of [
    [noOrphans("nowhere.a", "donors.id"), "42P01"],
    [noOrphans("gifts.nope", "donors.id"), "42703"],
    [noDuplicates("nowhere.a"), "42P01"],
    [exactlyOne("gifts.donor", "nowhere.id"), "42P01"],
    [returnsNoRows("type", "SELECT 1 FROM gifts WHERE id = 'x'"), "22P02"],
    [returnsNoRows("crash", "SELECT 1/0"), "22012"],
    [returnsNoRows("write", "SELECT setval('written', 1)"), "25006"],
    [returnsNoRows("write in a function", "SELECT wrote()"), "25006"],
    [returnsNoRows("write in WITH", "WITH a AS (DELETE FROM gifts RETURNING 1) SELECT * FROM a"), "0A000"],
    [returnsNoRows("lock", "SELECT 1 FROM gifts FOR UPDATE"), "25006"],
    [returnsNoRows("unlock", "SELECT set_config('transaction_read_only', 'off', true)"), "25001"],
    [returnsNoRows("two", "SELECT 1; DELETE FROM gifts"), undefined],
    [
      returnsNoRows("break out", "SELECT 1) SELECT 1; COMMIT; DELETE FROM gifts; WITH a AS (SELECT 1"),
      undefined,
    ],
  ] as const)
    await t.test(
      `it cannot be evaluated: ${check.name}, neither by itself nor in a transaction`,
      async () => {
        for (const insideTransaction of [false, true]) {
          if (insideTransaction) await database.execute("BEGIN");
          const results = await runChecks({
            database,
            checks: [check, tableExists("gifts")],
            insideTransaction,
          });
          if (insideTransaction) await database.execute("COMMIT");
          assert.deepEqual(
            results.map(({ outcome }) => outcome),
            ["unknown", "holds"],
          );
          assert.notEqual(results[0]?.error?.message, "");
          if (sqlstate !== undefined && check.name !== "unlock")
            assert.equal(results[0]?.error?.sqlstate, sqlstate);
        }
        assert.deepEqual(await database.query("SELECT count(*)::int AS count FROM gifts"), [{ count: 5 }]);
      },
    );
});
