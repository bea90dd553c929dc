import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import {
  type Folder,
  PlanError,
  planRun,
  readFolder,
  type RunResult,
  stepsOf,
} from "../../../engine/index.ts";
import { createFiles, createFolder } from "../../migration-folder.ts";
import { ledgerRows, openTarget, run, type Target } from "../target.ts";

async function applied(
  t: TestContext,
  files: Record<string, string>,
): Promise<Target & { folder: Folder; dir: string }> {
  const target = await openTarget(t);
  const dir = await createFiles(t, files);
  const folder = await readFolder({ dir });
  await run(target.database, folder);
  return { ...target, folder, dir };
}

async function goTo({ database }: Target, folder: Folder, target: string): Promise<RunResult> {
  return run(database, folder, { plan: await planRun({ database, folder, options: { target } }) });
}

async function isRefused(going: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(going, (error) => {
    assert.ok(error instanceof PlanError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

const withoutDown: { format: string; files: Record<string, string>; target: string; advice: RegExp }[] = [
  {
    format: "prisma",
    files: { "1_a/migration.sql": "SELECT 1", "2_b/migration.sql": "SELECT 2" },
    target: "1_a",
    advice: /write it into \S+\/2_b\/down\.sql, or choose/,
  },
  {
    format: "goose",
    files: { "1_a.sql": "-- +goose Up\nSELECT 1;", "2_b.sql": "-- +goose Up\nSELECT 2;" },
    target: "1",
    advice: /write it into \S+\/2_b\.sql, in a section "-- \+goose Down", or choose/,
  },
  {
    format: "node-pg-migrate",
    files: { "1_a.sql": "-- Up Migration\nSELECT 1;", "2_b.sql": "-- Up Migration\nSELECT 2;" },
    target: "1_a",
    advice: /write it into \S+\/2_b\.sql, in a section "-- Down Migration", or/,
  },
  {
    format: "golang-migrate",
    files: { "1_a.up.sql": "SELECT 1", "2_b.up.sql": "SELECT 2" },
    target: "1",
    advice: /write it into \S+\/2_b\.down\.sql, or/,
  },
  {
    format: "flyway",
    files: { "V1__a.sql": "SELECT 1", "V2__b.sql": "SELECT 2" },
    target: "1",
    advice: /write it into \S+\/U2__b\.sql, or/,
  },
  {
    format: "numbered",
    files: { "001_a.sql": "SELECT 1", "002_b.sql": "SELECT 2" },
    target: "1",
    advice: /write it into \S+\/002_b\.down\.sql, or/,
  },
  {
    format: "supabase",
    files: {
      "supabase/migrations/20260101000000_a.sql": "SELECT 1",
      "supabase/migrations/20260102000000_b.sql": "SELECT 2",
    },
    target: "20260101000000",
    advice: /it cannot be rolled back: supabase has no down scripts; choose another target/,
  },
];

for (const { format, files, target, advice } of withoutDown)
  test(`a down script that is missing is asked for where ${format} has it`, async (t) => {
    const opened = await openTarget(t);
    const dir = await createFiles(t, files);
    const folder = await readFolder({ dir: format === "supabase" ? `${dir}/supabase/migrations` : dir });
    assert.equal(folder.format, format);
    await run(opened.database, folder);
    await isRefused(goTo(opened, folder, target), advice);
  });

const indexes = "CREATE INDEX a_b ON a (b);\nCREATE INDEX a_c ON a (c);";

test("a down script outside a transaction runs in one if all of it can, and wholly or not at all", async (t) => {
  const target = await applied(t, {
    "1_a.sql": "-- +goose Up\nCREATE TABLE a (b int, c int);\n-- +goose Down\nDROP TABLE a;",
    "2_b.sql": `-- +goose NO TRANSACTION\n-- +goose Up\n${indexes}\n-- +goose Down\nDROP INDEX a_b;\nDROP INDEX a_c;`,
  });
  await target.database.execute("ALTER INDEX a_c RENAME TO other");
  const failed = await goTo(target, target.folder, "1");
  assert.match(failed.failed?.error?.message ?? "", /index "a_c" does not exist/);
  const names = (): Promise<unknown> =>
    target.database.query("SELECT relname FROM pg_class WHERE relkind = 'i' AND relname IN ('a_b', 'other')");
  assert.equal(((await names()) as unknown[]).length, 2);
  await target.database.execute("ALTER INDEX other RENAME TO a_c");
  const result = await goTo(target, target.folder, "1");
  assert.deepEqual(
    result.rolledBack.map(({ name }) => name),
    ["2_b"],
  );
  assert.deepEqual(await names(), []);
});

test("a down script that cannot be one transaction is refused with the reason", async (t) => {
  const files = (down: string): Record<string, string> => ({
    "1_a.sql": "-- +goose Up\nCREATE TABLE a (b int, c int);",
    "2_b.sql": `-- +goose NO TRANSACTION\n-- +goose Up\n${indexes}\n-- +goose Down\n${down}`,
  });
  const mixed = await applied(t, files("DROP INDEX a_b;\nDROP INDEX CONCURRENTLY a_c;"));
  await isRefused(
    goTo(mixed, mixed.folder, "1"),
    /2_b\.sql:7:1: A down script must be one transaction.*7 \| DROP INDEX CONCURRENTLY a_c/s,
  );
  const committing = await applied(
    t,
    files(
      "-- +goose StatementBegin\nDO $$ BEGIN DROP INDEX a_b; COMMIT; END $$;\n-- +goose StatementEnd\nDROP INDEX a_c;",
    ),
  );
  await isRefused(goTo(committing, committing.folder, "1"), /A down script must not commit by itself/);
});

test("what is applied below the target and not in the folder is in nobody's way; above it, it is named", async (t) => {
  const target = await applied(t, {
    "9_a.sql": "-- +goose Up\nCREATE TABLE a ();\n-- +goose Down\nDROP TABLE a;",
    "11_b.sql": "-- +goose Up\nCREATE TABLE b ();\n-- +goose Down\nDROP TABLE b;",
  });
  // As a migration in Go is recorded.
  await target.database.execute("INSERT INTO goose_db_version (version_id, is_applied) VALUES (10, true)");
  const up = await planRun({ database: target.database, folder: target.folder, options: { target: "11" } });
  assert.deepEqual([stepsOf(up, "rollBack"), up.missing], [[], ["10"]]);
  assert.equal((await run(target.database, target.folder, { plan: up })).failed, undefined);
  await isRefused(
    goTo(target, target.folder, "9"),
    /Migration 10 is applied, lies above the target 9 and is not in the folder.*roll it back with its own tool/,
  );
});

test("a repeatable migration that is no longer in the folder does not stop a rollback", async (t) => {
  const files = {
    "V1__a.sql": "CREATE TABLE a ()",
    "V2__b.sql": "CREATE TABLE b ()",
    "U2__b.sql": "DROP TABLE b",
  };
  const target = await applied(t, { ...files, "R__view.sql": "SELECT 1" });
  await rm(join(target.dir, "R__view.sql"));
  const result = await goTo(target, await readFolder({ dir: target.dir }), "1");
  assert.deepEqual([result.failed, result.rolledBack.map(({ name }) => name)], [undefined, ["V2__b"]]);
});

test("what was rolled back is a row that Prisma takes for rolled back, and not for finished", async (t) => {
  const target = await applied(t, {
    "1_a/migration.sql": "CREATE TABLE a ()",
    "2_b/migration.sql": "CREATE TABLE b ()",
    "2_b/down.sql": "DROP TABLE b",
  });
  await goTo(target, target.folder, "1_a");
  assert.deepEqual(
    (await ledgerRows(target.database)).map((row) => [row.finished_at === null, row.rolled_back_at === null]),
    [
      [false, true],
      [true, false],
    ],
  );
});

test("a database whose tables are of something else begins with nothing applied, if that is said", async (t) => {
  const { database } = await openTarget(t);
  await database.execute("CREATE TABLE foreign_thing ()");
  const folder = await createFolder(t, { "1_a": "CREATE TABLE a ()" });
  await isRefused(
    run(database, folder),
    /if none of them is applied and the tables are of something else, baseline: "none"/,
  );
  const plan = await planRun({ database, folder, options: { baseline: "none" } });
  assert.deepEqual([stepsOf(plan, "declare"), stepsOf(plan, "apply").map(({ name }) => name)], [[], ["1_a"]]);
  assert.equal((await run(database, folder, { plan })).applied.length, 1);
  const again = await planRun({ database, folder, options: { baseline: "none" } });
  assert.deepEqual(stepsOf(again, "apply"), []);
});
