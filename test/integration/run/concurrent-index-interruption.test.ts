import assert from "node:assert/strict";
import { test } from "node:test";
import { planRun, stepsOf } from "../../../engine/index.ts";
import { changeFolder } from "../../migration-folder.ts";
import { ledgerRows, openSession, run, unfinish } from "../target.ts";
import { indexes, interrupt, targetWithTable } from "./table-to-index.ts";
import { lacking } from "../../server-version.ts";

test("a build that is interrupted is taken up again by the next run", async (t) => {
  const { connection, database, folder } = await targetWithTable(t);
  const changed = await changeFolder(folder, {
    "2_i": "CREATE INDEX CONCURRENTLY i ON a (b)",
    "3_c": "CREATE TABLE c ()",
  });
  const next = await openSession(t, connection);
  // The build waits for every older transaction, with an index that is not valid yet.
  await interrupt(t, connection, { script: "CREATE INDEX CONC%", work: () => run(database, changed) });
  assert.deepEqual(await indexes(next), [{ name: "i", valid: false }]);

  const plan = await planRun({ database: next, folder: changed });
  assert.deepEqual(
    [plan.failed, stepsOf(plan, "apply").map(({ interrupted }) => interrupted?.state)],
    [[], ["failed", undefined]],
  );
  assert.equal((await run(next, changed)).applied.length, 2);
  assert.deepEqual(await indexes(next), [{ name: "i", valid: true }]);
  const rows = (await ledgerRows(next)).map((row) => [
    row.migration_name,
    row.finished_at !== null,
    row.rolled_back_at !== null,
  ]);
  assert.deepEqual(rows, [
    ["1_a", true, false],
    ["2_i", false, true],
    ["2_i", true, false],
    ["3_c", true, false],
  ]);
});

test("a run that died between building and recording finds the index done", async (t) => {
  const { database, folder } = await targetWithTable(t);
  const changed = await changeFolder(folder, { "2_i": "CREATE INDEX CONCURRENTLY i ON a (b)" });
  await run(database, changed);
  await unfinish(database, "2_i");
  const [before] = await database.query("SELECT 'i'::regclass::oid AS oid");
  assert.equal((await run(database, changed)).applied.length, 1);
  assert.deepEqual(await database.query("SELECT 'i'::regclass::oid AS oid"), [before]);
});

test("an index of the same name that an older text of the script built is not taken for the new one", async (t) => {
  const { database, folder } = await targetWithTable(t);
  await run(database, await changeFolder(folder, { "2_i": "CREATE INDEX CONCURRENTLY i ON a (b)" }));
  await unfinish(database, "2_i");
  const edited = await changeFolder(folder, { "2_i": "CREATE INDEX CONCURRENTLY i ON a (b) WHERE b > 1" });
  await assert.rejects(run(database, edited), {
    message: /2_i started .*It was interrupted, and its script has changed since, so it cannot be resumed/,
  });
  const plan = await planRun({ database, folder: edited, options: { resolve: { "2_i": "rolled-back" } } });
  assert.equal((await run(database, edited, { plan })).failed?.error?.sqlstate, "42P07");
  await database.execute("DROP INDEX i");
  assert.equal((await run(database, edited)).applied.length, 1);
});

test("a drop that is interrupted leaves an invalid index, which the next run drops", async (t) => {
  const { connection, database, folder } = await targetWithTable(t);
  const changed = await changeFolder(folder, {
    "2_i": "CREATE INDEX i ON a (b)",
    "3_i": "DROP INDEX CONCURRENTLY i",
  });
  await run(database, { ...changed, migrations: changed.migrations.slice(0, 2) });
  const next = await openSession(t, connection);
  await interrupt(t, connection, { script: "DROP INDEX CONC%", work: () => run(database, changed) });
  assert.deepEqual(await indexes(next), [{ name: "i", valid: false }]);
  assert.equal((await run(next, changed)).applied.length, 1);
  assert.deepEqual(await indexes(next), []);
});

test("dropping an index that an interrupted run has dropped already is done", async (t) => {
  const { database, folder } = await targetWithTable(t);
  const changed = await changeFolder(folder, {
    "2_i": "CREATE INDEX i ON a (b)",
    "3_i": "DROP INDEX CONCURRENTLY i",
  });
  await run(database, changed);
  await unfinish(database, "3_i");
  assert.equal((await run(database, changed)).applied.length, 1);
  assert.deepEqual(await indexes(database), []);
});

for (const [statement, skip] of [
  ["REINDEX INDEX CONCURRENTLY i", false],
  ["REINDEX (CONCURRENTLY) TABLE a", lacking("options of REINDEX in parentheses", { before: 14 })],
] as const)
  test(`${statement} that is interrupted leaves a copy, which the next run drops`, { skip }, async (t) => {
    const { connection, database, folder } = await targetWithTable(t);
    const changed = await changeFolder(folder, { "2_i": "CREATE INDEX i ON a (b)", "3_r": statement });
    await run(database, { ...changed, migrations: changed.migrations.slice(0, 2) });
    const next = await openSession(t, connection);
    await interrupt(t, connection, { script: "REINDEX%", work: () => run(database, changed) });
    assert.deepEqual(await indexes(next), [
      { name: "i", valid: true },
      { name: "i_ccnew", valid: false },
    ]);
    assert.equal((await run(next, changed)).applied.length, 1);
    assert.deepEqual(await indexes(next), [{ name: "i", valid: true }]);
  });
