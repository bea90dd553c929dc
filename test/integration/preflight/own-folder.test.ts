import assert from "node:assert/strict";
import { test } from "node:test";
import { PlanError, planRun, preflight } from "../../../engine/index.ts";
import { createFolder } from "../../migration-folder.ts";
import { openTarget, run } from "../target.ts";

test("the folder of another project is refused before anything else, with both names", async (t) => {
  const { connection, database } = await openTarget(t);
  await run(database, await createFolder(t, { "1_gifts": "CREATE TABLE gifts (id int)" }));
  const other = await createFolder(t, { "1_users": "this is no SQL", "2_more": "SELECT 1" });
  const isRefusal = (error: unknown): boolean => {
    assert.ok(error instanceof PlanError);
    assert.ok(error.message.includes(other.dir));
    assert.match(
      error.message,
      /^The folder .* does not belong to the ledger "public"\."_prisma_migrations": the ledger has 1_gifts as applied.*holds 1_users, 2_more\. Nothing was done\..*[^\n]*$/,
    );
    return true;
  };
  await assert.rejects(preflight({ connection, folder: other }), isRefusal);
  await assert.rejects(
    preflight({ connection, folder: other, planOptions: { missing: "ignore" } }),
    isRefusal,
  );
  await assert.rejects(run(database, other), isRefusal);
});

test("a folder that replaces the old migrations is accepted once one of its own is declared", async (t) => {
  const { connection, database } = await openTarget(t);
  await run(database, await createFolder(t, { "1_gifts": "CREATE TABLE gifts (id int)" }));
  const squashed = await createFolder(t, {
    "2_squashed": "CREATE TABLE gifts (id int)",
    "3_new": "SELECT 1",
  });
  const planOptions = { resolve: { "2_squashed": "applied" } } as const;
  await preflight({ connection, folder: squashed, planOptions });
  const plan = await planRun({ database, folder: squashed, options: planOptions });
  const result = await run(database, squashed, { plan });
  assert.deepEqual(
    result.applied.map(({ name }) => name),
    ["3_new"],
  );
});

test("a migration that is missing among others is a matter of its policy", async (t) => {
  const { connection, database } = await openTarget(t);
  await run(database, await createFolder(t, { "1_a": "SELECT 1", "2_b": "SELECT 2" }));
  const folder = await createFolder(t, { "1_a": "SELECT 1" });
  assert.deepEqual((await preflight({ connection, folder })).plan.missing, ["2_b"]);
  await assert.rejects(
    preflight({ connection, folder, planOptions: { missing: "refuse" } }),
    /2_b is applied and not in the folder, which the configuration refuses \(missing: refuse\)/,
  );
});
