import assert from "node:assert/strict";
import { test } from "node:test";
import { planRun, readFolder } from "../../../engine/index.ts";
import { openTarget } from "../target.ts";
import { fixture, migrate, pendingNames, runScriptsOf } from "./fixture.ts";
import { recordedLedgers } from "./recorded-ledgers.ts";

for (const recorded of recordedLedgers) {
  const { format, tool, folder: name, first, ledger, rows, half, complete } = recorded;
  const dir = fixture(name);

  test(`${tool} begins, and this package goes on as it would: the ledger is the same`, async (t) => {
    const { database } = await openTarget(t);
    const folder = await readFolder({ dir });
    assert.equal(folder.format, format);
    await runScriptsOf(database, folder, first);
    await database.execute(ledger);
    assert.deepEqual(await database.query(rows), half);

    const plan = await planRun({ database, folder });
    const rest = folder.migrations.map((one) => one.name).filter((one) => !first.includes(one));
    assert.deepEqual(
      [plan.applied, plan.edited, plan.missing, plan.outOfOrder],
      [folder.migrations.map((one) => one.name).filter((one) => first.includes(one)), [], [], []],
    );
    assert.deepEqual((await migrate(database, dir)).applied, rest);
    assert.deepEqual(await database.query(rows), complete);
    assert.deepEqual(await pendingNames(database, dir), []);
  });

  if (format === "supabase") continue;

  test(`what ${tool} has applied is rolled back by its own down scripts, and applied again`, async (t) => {
    const { database } = await openTarget(t);
    const folder = await readFolder({ dir });
    await runScriptsOf(database, folder, first);
    await database.execute(ledger);
    await migrate(database, dir);
    const second = folder.migrations[1]?.name;

    const { rolledBack } = await migrate(database, dir, { target: second });
    assert.equal(rolledBack.length, 3);
    // Numbers of rows that a sequence has given are not given again.
    const withoutId = (row: Record<string, unknown>): unknown => ({ ...row, id: undefined });
    assert.deepEqual(
      (await database.query<Record<string, unknown>>(rows)).map(withoutId),
      half.map(withoutId),
    );
    assert.equal((await migrate(database, dir)).applied.length, 3);
  });

  test(`a new database gets the whole folder of ${tool}`, async (t) => {
    const { database } = await openTarget(t);
    const { applied } = await migrate(database, dir);
    const folder = await readFolder({ dir });
    assert.deepEqual(
      applied,
      folder.migrations.map((one) => one.name),
    );
    assert.equal((await database.query(rows)).length, complete.length);
    const found = await database.query(`SELECT to_regclass('pulumi_pg_migrations_attempts') AS left`);
    assert.deepEqual(found, [{ left: null }]);
  });
}
