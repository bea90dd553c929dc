import assert from "node:assert/strict";
import { test } from "node:test";
import { noDuplicates, planRun, returnsNoRows, type RunProgress } from "../../../engine/index.ts";
import { changeFolder, createFolder } from "../../migration-folder.ts";
import { createRole, ledgerRows, openSession, openTarget, run } from "../target.ts";
import { indexes, targetWithTable } from "./table-to-index.ts";

test("an index is built concurrently, and recorded like any migration", async (t) => {
  const { database, folder } = await targetWithTable(t);
  const changed = await changeFolder(folder, {
    "2_i": "-- comments are allowed\nCREATE INDEX CONCURRENTLY i ON a (b);\n-- here, too",
  });
  assert.equal((await run(database, changed)).applied.length, 1);
  assert.deepEqual(await indexes(database), [{ name: "i", valid: true }]);
  const [, row] = await ledgerRows(database);
  assert.deepEqual(
    [row?.migration_name, row?.logs, row?.rolled_back_at, row?.applied_steps_count],
    ["2_i", null, null, 1],
  );
});

test("an index is built concurrently as the first migration of a ledger", async (t) => {
  const { database } = await openTarget(t);
  const result = await run(database, await createFolder(t, { "1_v": "VACUUM", "2_v": "VACUUM (ANALYZE)" }));
  assert.equal(result.applied.length, 2);
  assert.equal((await ledgerRows(database)).length, 2);
});

test("a check that does not hold afterwards is told of, though the statement stays applied", async (t) => {
  const { database, folder } = await targetWithTable(t);
  const changed = await changeFolder(folder, {
    "2_i": "CREATE INDEX CONCURRENTLY i ON a (b)",
    "3_c": "CREATE TABLE c ()",
  });
  const { applied, failed, unapplied } = await run(database, changed, {
    checks: [
      returnsNoRows("no index", "SELECT FROM pg_indexes WHERE indexname = 'i'"),
      noDuplicates("a.b", { when: ["inside"] }),
    ],
  });
  assert.equal(failed?.outcome, "committed");
  assert.deepEqual(
    failed.violated.map(({ check }) => check),
    ["no index"],
  );
  assert.deepEqual([applied.map(({ name }) => name), unapplied], [["2_i"], ["3_c"]]);
  assert.ok((await ledgerRows(database)).every((row) => row.finished_at !== null));
});

test("a ledger that is locked is waited for, with the name of the migration in the report", async (t) => {
  const { connection, folder } = await targetWithTable(t);
  const database = await openSession(t, connection, { lockTimeoutMs: 50 });
  const other = await openSession(t, connection);
  const changed = await changeFolder(folder, { "2_i": "CREATE INDEX CONCURRENTLY i ON a (b)" });
  const plan = await planRun({ database, folder: changed });
  await other.execute("BEGIN; LOCK TABLE _prisma_migrations IN SHARE MODE");
  const { failed } = await run(database, changed, { plan, options: { lockRetryMs: 0 } });
  assert.deepEqual([failed?.name, failed?.outcome, failed?.error?.sqlstate], ["2_i", "rolled-back", "55P03"]);
  const onProgress = ({ event }: RunProgress): void => {
    if (event === "retrying") void other.execute("COMMIT");
  };
  assert.equal((await run(database, changed, { onProgress })).applied.length, 1);
  assert.equal((await ledgerRows(database)).length, 2);
});

test("an index in a schema that the role must not use is not begun, and leaves the ledger as it was", async (t) => {
  const { connection, database, folder } = await targetWithTable(t);
  await run(database, folder);
  const before = await ledgerRows(database);
  const role = await createRole(t, { connection, database });
  await database.execute(
    `CREATE SCHEMA secret; CREATE TABLE secret.s (b int); GRANT USAGE ON SCHEMA public TO "${role.user}";
     GRANT ALL ON _prisma_migrations TO "${role.user}"`,
  );
  const changed = await changeFolder(folder, { "2_i": "CREATE INDEX CONCURRENTLY i ON secret.s (b);" });
  const { failed } = await run(await openSession(t, role), changed);
  assert.deepEqual([failed?.outcome, failed?.error?.sqlstate], ["rolled-back", "42501"]);
  assert.deepEqual(await ledgerRows(database), before);
});
