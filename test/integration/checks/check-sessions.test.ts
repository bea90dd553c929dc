import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ConnectionError,
  noDuplicates,
  returnsNoRows,
  runChecks,
  tableExists,
} from "../../../engine/index.ts";
import { openSession, openTarget, until } from "../target.ts";
import { openGifts } from "./gifts-database.ts";

test("checks on PostgreSQL", async (t) => {
  const { database, resultOf } = await openGifts(t);

  await t.test(
    "checks see what the open transaction has done, which can go on writing afterwards",
    async () => {
      await database.execute("BEGIN; CREATE TABLE fresh (id int); INSERT INTO fresh VALUES (1), (1)");
      const results = await runChecks({
        database,
        checks: [tableExists("fresh"), noDuplicates("fresh.id")],
        insideTransaction: true,
      });
      assert.deepEqual(
        results.map(({ outcome }) => outcome),
        ["holds", "violated"],
      );
      await database.execute("INSERT INTO fresh VALUES (2); ROLLBACK");
      assert.equal((await resultOf(tableExists("fresh"))).outcome, "violated");
    },
  );

  await t.test("a check cannot leave anything in the session", async () => {
    await runChecks({
      database,
      checks: [
        returnsNoRows("n", "SELECT set_config('search_path', 'pg_catalog', false)"),
        tableExists("gifts"),
      ],
    });
    assert.deepEqual(await database.query("SELECT current_schema() AS schema"), [{ schema: "public" }]);
  });
});

for (const insideTransaction of [false, true])
  test(`a session that ends during a check is told of by its cause (${insideTransaction ? "open" : "own"} transaction)`, async (t) => {
    const { connection, database } = await openTarget(t);
    const other = await openSession(t, connection);
    await database.execute(insideTransaction ? "BEGIN" : "SELECT 1");
    const checks = [returnsNoRows("ends", "SELECT pg_sleep(20)"), tableExists("t")];
    const asleep = "FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
    void until(other, `SELECT ${asleep}`).then(() =>
      other.query(`SELECT pg_terminate_backend(pid) ${asleep}`),
    );
    await assert.rejects(runChecks({ database, checks, insideTransaction }), (error) => {
      assert.ok(error instanceof ConnectionError);
      assert.match(error.message, /terminating connection due to administrator command/);
      return true;
    });
  });
