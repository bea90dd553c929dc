import assert from "node:assert/strict";
import { test } from "node:test";
import { planRun } from "../../../engine/index.ts";
import { changeFolder, createFolder } from "../../migration-folder.ts";
import { type LedgerRow, ledgerRows, openTarget, run } from "../target.ts";

/** A row in what it says; of times, whether they are there and in order. */
function said(row: LedgerRow | undefined): unknown {
  assert.ok(row);
  const { id, started_at, finished_at, rolled_back_at, ...others } = row;
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  for (const later of [finished_at, rolled_back_at]) if (later !== null) assert.ok(later >= started_at);
  return { ...others, isFinished: finished_at !== null, isRolledBack: rolled_back_at !== null };
}

test("each outcome leaves the row that Prisma would read as what it is", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_a": "CREATE TABLE a (b int)",
    "2_i": "CREATE INDEX CONCURRENTLY i ON a (b)",
    "3_failed": "VACUUM nope",
  });
  const checksumOf = (name: string): string =>
    folder.migrations.find((migration) => migration.name === name)?.checksum ?? "";
  await run(database, folder);
  const [atomic, alone, failed] = await ledgerRows(database);
  const applied = { logs: null, applied_steps_count: 1, isFinished: true, isRolledBack: false };
  assert.deepEqual(said(atomic), { ...applied, migration_name: "1_a", checksum: checksumOf("1_a") });
  assert.deepEqual(said(alone), { ...applied, migration_name: "2_i", checksum: checksumOf("2_i") });
  assert.deepEqual(said(failed), {
    migration_name: "3_failed",
    checksum: checksumOf("3_failed"),
    logs: 'relation "nope" does not exist',
    applied_steps_count: 0,
    isFinished: false,
    isRolledBack: true,
  });

  const half = await changeFolder(folder, { "3_failed": "INSERT INTO a VALUES (1); VACUUM nope" });
  await run(database, half);
  const unfinished = (await ledgerRows(database)).at(-1);
  assert.match(
    unfinished?.logs ?? "",
    /^pulumi-pg-migrations: 1 of its segments are applied \([0-9a-f]{64}\)\nrelation "nope" does not exist$/,
  );
  assert.deepEqual(
    [unfinished?.applied_steps_count, unfinished?.finished_at, unfinished?.rolled_back_at],
    [1, null, null],
  );

  const corrected = await changeFolder(half, { "3_failed": "INSERT INTO a VALUES (1); VACUUM a" });
  await run(database, corrected);
  const rows = await ledgerRows(database);
  assert.ok(rows.at(-2)?.rolled_back_at);
  const { checksum } =
    (await planRun({ database, folder: corrected })).applied.length === 3 ? (rows.at(-1) ?? {}) : {};
  assert.equal(checksum, corrected.migrations[2]?.checksum);
  assert.deepEqual(said(rows.at(-1)), { ...applied, migration_name: "3_failed", checksum });
});

test("columns that the ledger has beside Prisma's are left alone", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a ()" });
  await run(database, folder);
  await database.execute("ALTER TABLE _prisma_migrations ADD note text DEFAULT 'ours'");
  const next = await changeFolder(folder, { "2_b": "CREATE TABLE b ()", "3_i": "VACUUM a" });
  assert.equal((await run(database, next)).failed, undefined);
  assert.deepEqual(await database.query("SELECT DISTINCT note FROM _prisma_migrations"), [{ note: "ours" }]);
});
