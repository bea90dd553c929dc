import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { planRun } from "../../../engine/index.ts";
import { changeFolder } from "../../migration-folder.ts";
import { ledgerRows, openSession, run, until } from "../target.ts";
import { indexes, targetWithTable } from "./table-to-index.ts";

for (const [what, statement] of [
  ["named", "CREATE UNIQUE INDEX CONCURRENTLY i ON a (b)"],
  ["named IF NOT EXISTS", "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON a (b)"],
] as const)
  test(`duplicates stop a unique index (${what}): no invalid one is left, the row is rolled back, and the fix goes green`, async (t) => {
    const { database, folder } = await targetWithTable(t);
    const changed = await changeFolder(folder, { "2_i": statement });
    const { failed } = await run(database, changed);
    assert.equal(failed?.error?.sqlstate, "23505");
    assert.equal(failed.outcome, "undone");
    assert.deepEqual(failed.error.position, { line: 1, column: 1 });
    assert.deepEqual(await indexes(database), []);
    const [, row] = await ledgerRows(database);
    assert.ok(row?.rolled_back_at);
    assert.equal(row.finished_at, null);
    assert.match(row.logs ?? "", /could not create unique index/);

    await database.execute("DELETE FROM a WHERE ctid = (SELECT min(ctid) FROM a)");
    assert.equal((await run(database, changed)).applied.length, 1);
    assert.equal((await indexes(database)).length, 1);
    assert.deepEqual((await planRun({ database, folder: changed })).failed, []);
  });

test("a clean-up that fails is told of beside the failure itself, and the next run does it", async (t) => {
  const { database, folder } = await targetWithTable(t);
  await database.execute(
    `CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not today'; END $$;
     CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('DROP INDEX') EXECUTE FUNCTION refuse()`,
  );
  const changed = await changeFolder(folder, { "2_i": "CREATE UNIQUE INDEX CONCURRENTLY i ON a (b)" });
  const { failed } = await run(database, changed);
  assert.equal(failed?.error?.sqlstate, "23505");
  assert.equal(failed.outcome, "unfinished");
  assert.match(failed.error.hint ?? "", /invalid index is left, which the next pulumi up drops: not today/);
  assert.deepEqual(await indexes(database), [{ name: "i", valid: false }]);
  assert.match((await ledgerRows(database))[1]?.logs ?? "", /could not create unique index/);

  await database.execute("DROP EVENT TRIGGER refuse; DELETE FROM a WHERE ctid = (SELECT min(ctid) FROM a)");
  assert.equal((await run(database, changed)).applied.length, 1);
  assert.deepEqual(await indexes(database), [{ name: "i", valid: true }]);
});

for (const [statement, left] of [
  ["CREATE INDEX CONCURRENTLY i ON a (b)", [{ name: "j", valid: true }]],
  ["REINDEX INDEX CONCURRENTLY j", [{ name: "j", valid: true }]],
] as const)
  test(`${statement} that takes too long is cleaned up without a time-out`, async (t) => {
    const { connection, folder } = await targetWithTable(t);
    const database = await openSession(t, connection, { statementTimeoutMs: 300 });
    const [writer, observer] = [await openSession(t, connection), await openSession(t, connection)];
    await observer.execute("CREATE INDEX j ON a (b)");
    await writer.execute("BEGIN; INSERT INTO a VALUES (5)");
    const changed = await changeFolder(folder, { "2_i": statement });
    const running = run(database, changed);
    await until(
      observer,
      "SELECT FROM pg_stat_activity WHERE query LIKE 'DROP INDEX CONC%' AND datname = current_database()",
    );
    await sleep(400);
    await writer.execute("COMMIT");
    const { failed } = await running;
    assert.equal(failed?.error?.sqlstate, "57014");
    assert.equal(failed.error.hint, undefined);
    assert.deepEqual(await indexes(database), left);
    const { timeout } =
      (
        await database.query<{ timeout: string }>("SELECT current_setting('statement_timeout') AS timeout")
      )[0] ?? {};
    assert.equal(timeout, "300ms");
  });
