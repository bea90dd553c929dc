import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Database,
  type Folder,
  type PlanOptions,
  planRun,
  type RunResult,
  stepInWords,
} from "../../../engine/index.ts";
import { changeFolder, createFolder } from "../../migration-folder.ts";
import { type LedgerRow, ledgerRows, openTarget, run } from "../target.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

async function runWith(database: Database, folder: Folder, options: PlanOptions): Promise<RunResult> {
  return run(database, folder, { plan: await planRun({ database, folder, options }) });
}

/** A row as `prisma migrate resolve --applied` writes it. */
function assertDeclared(row: LedgerRow | undefined, folder: Folder, name: string): void {
  assert.ok(row);
  const { id, started_at, finished_at, ...others } = row;
  assert.match(id, uuid);
  assert.deepEqual(finished_at, started_at);
  const migration = folder.migrations.find((one) => one.name === name);
  assert.deepEqual(others, {
    checksum: migration?.checksum,
    migration_name: name,
    logs: "",
    rolled_back_at: null,
    applied_steps_count: 0,
  });
}

test("a baseline declares all up to it applied, runs the rest, and does nothing later", async (t) => {
  const { database } = await openTarget(t);
  await database.execute("CREATE TABLE a (b int)");
  const folder = await createFolder(t, {
    "1_a": "CREATE TABLE a (b int)",
    "2_b": "ALTER TABLE a ADD c int",
    "3_c": "ALTER TABLE a ADD d int",
  });
  const options = { baseline: "1_a" };
  const plan = await planRun({ database, folder, options });
  assert.deepEqual(plan.steps.map(stepInWords), ["1_a (declared applied)", "2_b", "3_c"]);
  const result = await runWith(database, folder, options);
  assert.deepEqual(result.declared, [{ name: "1_a", as: "applied" }]);
  assert.equal(result.applied.length, 2);
  assertDeclared((await ledgerRows(database))[0], folder, "1_a");
  // One that comes in late must not be taken for part of the baseline.
  const later = await changeFolder(folder, { "0_late": "CREATE TABLE late ()" });
  assert.deepEqual((await planRun({ database, folder: later, options })).steps.map(stepInWords), ["0_late"]);
});

test("a baseline of everything declares and runs nothing", async (t) => {
  const { database } = await openTarget(t);
  await database.execute("CREATE TABLE a (b int)");
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a (b int)", "2_b": "SELECT 1" });
  const result = await runWith(database, folder, { baseline: "2_b" });
  assert.deepEqual([result.declared.length, result.applied], [2, []]);
  assert.deepEqual(
    (await planRun({ database, folder, options: { baseline: "2_b" } })).steps.map(stepInWords),
    [],
  );
});

test("a failed row that is declared rolled back begins again; one declared applied is settled", async (t) => {
  for (const as of ["rolled-back", "applied"] as const) {
    const { database } = await openTarget(t);
    const folder = await createFolder(t, { "1_a": "CREATE TABLE a (b int)", "2_b": "CREATE TABLE b ()" });
    await run(database, { ...folder, migrations: folder.migrations.slice(0, 1) });
    // As Prisma leaves a script that failed.
    await database.query(
      `INSERT INTO _prisma_migrations (id, checksum, started_at, migration_name, logs)
       VALUES ('f', $1, now(), '2_b', 'it broke')`,
      [folder.migrations[1]?.checksum],
    );
    const options = { resolve: { "2_b": as } };
    const result = await runWith(database, folder, options);
    assert.deepEqual(result.declared, [{ name: "2_b", as }]);
    const [, failed, next] = await ledgerRows(database);
    assert.deepEqual([failed?.id, failed?.finished_at, failed?.logs], ["f", null, "it broke"]);
    assert.ok(failed?.rolled_back_at);
    if (as === "applied") {
      assert.deepEqual(result.applied, []);
      assertDeclared(next, folder, "2_b");
    } else {
      assert.equal(result.applied[0]?.name, "2_b");
      assert.deepEqual([next?.logs, next?.applied_steps_count], [null, 1]);
    }
    // Left in, it does nothing further.
    assert.deepEqual((await planRun({ database, folder, options })).steps.map(stepInWords), []);
  }
});

test("a pending migration can be declared applied, and a failed one that the folder lacks rolled back", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, {
    "1_a": "CREATE TABLE a ()",
    "2_b": "SELECT 1/0",
    "3_c": "SELECT 1",
  });
  await run(database, { ...folder, migrations: folder.migrations.slice(0, 1) });
  await database.execute(
    "INSERT INTO _prisma_migrations (id, checksum, started_at, migration_name) VALUES ('x', '', now(), 'gone')",
  );
  const options = { resolve: { "2_b": "applied", gone: "rolled-back" } } as const;
  const result = await runWith(database, folder, options);
  assert.equal(result.declared.length, 2);
  assert.deepEqual(
    result.applied.map(({ name }) => name),
    ["3_c"],
  );
  assert.deepEqual((await planRun({ database, folder, options })).steps.map(stepInWords), []);
});

test("names that mean nothing, and policies that refuse, are told before anything is done", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, { "1_a": "SELECT 1", "3_c": "SELECT 3" });
  await run(database, folder);
  const changed = await changeFolder(folder, { "1_a": "SELECT 11", "2_b": "SELECT 2" });
  for (const [options, message] of [
    [{ baseline: "nope" }, /baseline names nope, which is not a migration of/],
    [{ target: "nope" }, /target names nope/],
    [{ resolve: { nope: "applied" } }, /resolve names nope/],
    [{ edited: "refuse" }, /1_a has been edited since it was applied.*restore its script/],
    [{ outOfOrder: "refuse" }, /2_b is pending and comes before one that is applied.*later name/],
  ] as const)
    await assert.rejects(runWith(database, changed, options), { name: "PlanError", message });
  assert.equal(
    (await runWith(database, changed, { edited: "ignore", outOfOrder: "warn" })).applied.length,
    1,
  );
});

test("what a baseline covers and resolve names as well is declared once", async (t) => {
  const { database } = await openTarget(t);
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a (b int)", "2_b": "ALTER TABLE a ADD c int" });
  const { declared } = await runWith(database, folder, {
    baseline: "1_a",
    resolve: { "1_a": "applied", "2_b": "applied" },
  });
  assert.deepEqual(
    declared.map(({ name }) => name),
    ["1_a", "2_b"],
  );
  assert.deepEqual(
    (await ledgerRows(database)).map((row) => row.migration_name),
    ["1_a", "2_b"],
  );
});
