import assert from "node:assert/strict";
import { test } from "node:test";
import { failureReport } from "../../../engine/report/run-report.ts";
import { createFolder } from "../../migration-folder.ts";
import { useServerWith } from "../../preloaded-server.ts";
import { openTarget, run } from "../target.ts";

useServerWith({ wal_level: "logical" });

const create = "SELECT pg_create_logical_replication_slot(current_database(), 'pgoutput');";
const drop =
  "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()";

test("the first migration of an empty database can create a logical slot", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_slot": `${create} CREATE TABLE a ()`,
    "2_b": "CREATE TABLE b ()",
  });
  try {
    const { applied, failed } = await run(database, folder);
    assert.equal(failed, undefined);
    assert.equal(applied.length, 2);
    assert.equal((await run(database, folder)).applied.length, 0);
  } finally {
    await database.query(drop);
  }
});

test("a slot that a failed migration leaves is named", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, { "1_slot": `${create}\nSELECT 1 / 0;\nSELECT setval('s', 1);` });
  try {
    const result = await run(database, folder);
    assert.ok(result.failed);
    assert.equal(
      (await database.query("SELECT FROM pg_replication_slots WHERE database = current_database()")).length,
      1,
    );
    const report = failureReport({ ...result, failed: result.failed });
    assert.match(
      report,
      /^It was rolled back, and the ledger with it\.\nA rollback does not undo these, which may remain\. Check them, and remove those that would block a new attempt:\n {2}line 1: a replication slot \(see pg_replication_slots; pg_drop_replication_slot removes it\)\nCorrect the migration or the data and run pulumi up again\.$/m,
    );
    assert.deepEqual(await database.query("SELECT to_regclass('_prisma_migrations') AS ledger"), [
      { ledger: null },
    ]);
  } finally {
    await database.query(drop);
  }
});

test("the ledger's own words stay if nothing outlasts the rollback", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, { "1_a": "SELECT 1 / 0; SELECT setval('s', 1)" });
  const result = await run(database, folder);
  assert.ok(result.failed);
  assert.match(
    failureReport({ ...result, failed: result.failed }),
    /schema, data and ledger are as they were before it/,
  );
});
