import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { readFolder } from "../../engine/index.ts";
import { query } from "../database-state.ts";
import { halfFilledLedgers } from "./half-filled-ledgers.ts";
import { connectionOf, createMigratedProject } from "./project.ts";
import { fails, succeeds, up } from "./up.ts";

const folders = join(import.meta.dirname, "../folders");

for (const { format, folder: name, applied, ledger, isNamed = false } of halfFilledLedgers)
  test(`a folder of ${format} whose ledger is half filled goes through preview and up`, async (t) => {
    const migrations = join(folders, name);
    const folder = await readFolder({ dir: migrations, format });
    const { project, database } = await createMigratedProject(t, {
      migrations,
      ...(isNamed ? { format } : {}),
    });
    const first = folder.migrations.filter(({ key }) => !key.startsWith("R:")).slice(0, applied);
    for (const { up: section } of folder.migrations.slice(0, 2))
      await query(
        database,
        (await readFile(section.file)).subarray(section.start, section.end).toString("utf8"),
      );
    const list = (of: (migration: (typeof first)[number]) => string): string =>
      first
        .slice(0, 2)
        .map((migration) => `'${of(migration)}'`)
        .join(", ");
    await query(
      database,
      ledger
        .replace(
          "$names",
          list(({ key }) => key),
        )
        .replace(
          "$keys",
          list(({ key }) => key),
        )
        .replace(
          "$hashes",
          list(({ checksum }) => checksum),
        ),
    );

    const pending = folder.migrations.length - applied;
    assert.match(await succeeds(project, "preview"), new RegExp(`${pending} migrations? pending in`));
    assert.match(await up(project), new RegExp(`${pending} migrations? applied in`));
    const again = await succeeds(project, "preview", "--expect-no-changes");
    assert.doesNotMatch(again, /pending in|warning:/);
  });

test("a target is shown with what it would lose, rolls back, and comes forward again", async (t) => {
  const migrations = join(folders, "dbmate");
  const { project, database } = await createMigratedProject(t, { migrations });
  const configuration = { connection: connectionOf(database), migrations, backup: { none: "a test" } };
  await up(project);
  const target = "20260105090000_create_campaigns";
  await project.configure({ ...configuration, target });
  const preview = await succeeds(project, "preview");
  assert.match(preview, /4 migrations to be rolled back in .*, to reach 20260105090000_create_campaigns/);
  assert.match(preview, /DROP TABLE gifts[\s\S]*loses "gifts" \(2 rows\)/);
  assert.match(await up(project), /4 migrations rolled back in \d+ ms/);
  assert.deepEqual(await query(database, "SELECT version FROM schema_migrations"), [
    { version: "20260105090000" },
  ]);
  assert.match(
    await succeeds(project, "preview", "--expect-no-changes"),
    /4 migrations held back by the target/,
  );
  await project.configure(configuration);
  assert.match(await up(project), /4 migrations applied/);
});

test("a database without a ledger is adopted by a baseline, and a failed row settled by resolve", async (t) => {
  const { project, database } = await createMigratedProject(t);
  await project.writeMigration("1_a", "CREATE TABLE a (b int);");
  await project.writeMigration("2_b", "ALTER TABLE a ADD c int;");
  await query(database, "CREATE TABLE a (b int)");
  await fails(project, ["preview"], /holds tables \(a is one\).*P3005.*baseline: "<name>"/);

  const configuration = {
    connection: connectionOf(database),
    migrations: "migrations",
    backup: { none: "a test" },
  };
  await project.configure({ ...configuration, baseline: "1_a" });
  const preview = await succeeds(project, "preview");
  assert.match(
    preview,
    /1 migration to be declared in the ledger of .*, not run:\s+1_a: applied \(baseline\)/,
  );
  assert.match(await up(project), /1 migration declared in the ledger, 1 migration applied/);
  await succeeds(project, "preview", "--expect-no-changes");

  await query(database, "UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '2_b'");
  await fails(
    project,
    ["up", "--yes", "--skip-preview"],
    /2_b started at .*resolve: \{ "2_b": "rolled-back" \}/,
  );
  await project.configure({ ...configuration, baseline: "1_a", resolve: { "2_b": "applied" } });
  assert.match(await succeeds(project, "preview"), /2_b: applied \(resolve\)/);
  assert.match(await up(project), /1 migration declared in the ledger in/);
  await succeeds(project, "preview", "--expect-no-changes");
});

test("what is odd is refused where the stack's configuration says so", async (t) => {
  const { project, database } = await createMigratedProject(t);
  await project.writeMigration("1_a", "SELECT 1;");
  await up(project);
  await project.writeMigration("1_a", "SELECT 11;");
  assert.match(await succeeds(project, "preview"), /1 applied migration edited since/);
  const configuration = {
    connection: connectionOf(database),
    migrations: "migrations",
    backup: { none: "a test" },
  };
  await project.configure({ ...configuration, edited: "refuse" });
  await fails(project, ["preview"], /1_a has been edited since it was applied.*restore its script/);
  await project.configure({ ...configuration, edited: "never" });
  await fails(project, ["preview"], /edited: Invalid/);
});
